"""The SSH transport against a real sshd on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collectors.errors import CollectError, Outcome
from collectors.fleet import Host
from collectors.transports import Access, Printed, trusting
from collectors.transports.ssh import Ssh, command_of
from tests.ssh_fixtures import RunningSshd, free_port, make_key, start_sshd

CAP = 1_000_000
SECONDS = 20.0


@pytest.fixture(autouse=True)
def _nobodys_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key and no agent of whoever runs the tests takes part in them."""
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


@pytest.fixture(scope="module")
def web1(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSshd]:
    server = start_sshd(tmp_path_factory.mktemp("sshd"), "web1")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def special(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSshd]:
    """A server for awkward users, by key: a forced command, and a second factor."""
    folder = tmp_path_factory.mktemp("special")
    server = start_sshd(folder, "special")
    nologin, silent = make_key(folder / "nologin"), make_key(folder / "silent")
    lines = (
        f'command="echo This account is currently not available.; exit 1" {_public(nologin)}',
        f'command="echo nothing for you >&2; exit 1" {_public(silent)}',
    )
    (server.folder / "authorized_keys").write_text("".join(lines))
    yield server
    server.stop()


def _public(key: Path) -> str:
    return key.with_suffix(".pub").read_text()


def run(server: RunningSshd, script: str = "echo hello", **changes: object) -> Printed:
    known_hosts = changes.pop("known_hosts", server.known_hosts)
    config = changes.pop("ssh_config", None)
    access = Access((known_hosts,), config)  # type: ignore[arg-type]
    return Ssh(access).run(server.host(**changes), script, SECONDS, CAP)


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_what_the_script_prints_comes_back(web1: RunningSshd) -> None:
    awkward = 'it\'s 50% \\n \\\\ "$HOME" `date` a!b é ☃ \t end'
    script = f"cat <<'END'\n{awkward}\nEND\nprintf '\\000\\377' # done"
    assert run(web1, script) == Printed(f"{awkward}\n".encode() + b"\x00\xff")


@pytest.mark.parametrize(
    "shell",
    [
        path
        for name in ("sh", "dash", "bash", "busybox", "zsh", "ksh", "fish", "tcsh")
        for path in (f"/bin/{name}", f"/usr/bin/{name}")
        if os.path.exists(path)  # noqa: PTH110
    ],
)
def test_any_login_shell_passes_the_script_on(shell: str) -> None:
    script = "printf '%s ' \"it's\" 50% '\\n' 'a!b'\nfor i in 1 2; do echo $i; done"
    applet = ["sh"] if shell.endswith("busybox") else []
    said = subprocess.check_output([shell, *applet, "-c", command_of(script)])
    assert said == b"it's 50% \\n a!b 1\n2\n"


def test_standard_error_is_not_output(web1: RunningSshd) -> None:
    assert run(web1, "echo no >&2; echo yes") == Printed(b"yes\n")


def test_a_failing_script_without_output_says_why(web1: RunningSshd) -> None:
    printed = run(web1, "printf 'not \\033[31mhere\\nmore\\n' >&2; exit 3")
    assert printed.outcome is Outcome.COMMAND_FAILED
    assert printed.cause == "exit status 3: not  [31mhere"
    assert run(web1, "kill -9 $$").cause == "killed on the server: no exit status"


def test_a_failing_script_with_output_is_left_to_the_envelope(web1: RunningSshd) -> None:
    assert run(web1, "echo some; exit 3") == Printed(b"some\n")


def test_output_is_cut_at_the_cap(web1: RunningSshd) -> None:
    ssh = Ssh(Access((web1.known_hosts,)))
    whole = ssh.run(web1.host(), "head -c 1000 /dev/zero", SECONDS, 1000)
    assert whole == Printed(bytes(1000))
    cut = ssh.run(web1.host(), "head -c 1001 /dev/zero", SECONDS, 1000)
    assert cut == Printed(bytes(1000), Outcome.TRUNCATED, "more than 1,000 bytes of output")


def test_a_silent_script_ends_at_the_deadline(web1: RunningSshd) -> None:
    begun = time.monotonic()
    printed = Ssh(Access((web1.known_hosts,))).run(web1.host(), "echo a; sleep 60", 2, CAP)
    assert time.monotonic() - begun < 3
    cause = "timed out after 2 s, waiting for the end of the output"
    assert printed == Printed(b"a\n", Outcome.TIMED_OUT, cause)


def test_forced_commands_and_accounts_without_a_shell(special: RunningSshd) -> None:
    nologin = special.folder.parent / "nologin"
    printed = run(special, key_file=nologin)
    assert printed == Printed(b"This account is currently not available.\n")
    printed = run(special, key_file=special.folder.parent / "silent")
    assert printed == Printed(b"", Outcome.COMMAND_FAILED, "exit status 1: nothing for you")


def test_a_host_that_is_down(web1: RunningSshd) -> None:
    printed = run(web1, port=free_port())
    assert printed.outcome is Outcome.UNREACHABLE
    assert "connection refused" in printed.cause


def test_a_name_that_does_not_resolve(web1: RunningSshd) -> None:
    printed = run(web1, address="no-such-host.invalid")
    assert printed.outcome is Outcome.UNREACHABLE
    assert "name resolution failed for no-such-host.invalid" in printed.cause


def test_name_resolution_that_hangs(web1: RunningSshd, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: over.wait(30) and [])
    begun = time.monotonic()
    printed = Ssh(Access()).run(web1.host(), "true", 1, CAP)
    took = time.monotonic() - begun
    over.set()
    assert took < 2
    assert printed.outcome is Outcome.TIMED_OUT
    assert "name resolution of 127.0.0.1" in printed.cause


def test_an_unknown_host_key_is_refused(web1: RunningSshd, tmp_path: Path) -> None:
    printed = run(web1, known_hosts=tmp_path / "none")
    assert printed.outcome is Outcome.HOST_KEY
    assert f"ED25519 {web1.fingerprint()}" in printed.cause
    assert "is not known" in printed.cause
    assert "`infra-report trust web1`" in printed.cause


def test_a_changed_host_key_is_refused(web1: RunningSshd, tmp_path: Path) -> None:
    key = _public(make_key(tmp_path / "other"))
    known = written(tmp_path / "known_hosts", f"[127.0.0.1]:{web1.port} {key}")
    printed = run(web1, known_hosts=known)
    assert printed.outcome is Outcome.HOST_KEY
    assert f"shows ED25519 {web1.fingerprint()}, but known is ED25519 SHA256:" in printed.cause
    assert "`infra-report trust web1`" in printed.cause
    assert "Accepted publickey" not in web1.log.rpartition("Connection from")[2]


def test_a_revoked_host_key_is_refused(web1: RunningSshd, tmp_path: Path) -> None:
    lines = web1.known_hosts_line() + "@revoked " + web1.known_hosts_line(name="*")
    printed = run(web1, known_hosts=written(tmp_path / "known_hosts", lines))
    assert printed.outcome is Outcome.HOST_KEY
    assert "is revoked" in printed.cause


def test_the_key_type_that_is_known_is_asked_for(web1: RunningSshd, tmp_path: Path) -> None:
    for kind in ("ecdsa", "rsa"):
        known = written(tmp_path / kind, web1.known_hosts_line(kind))
        assert run(web1, known_hosts=known) == Printed(b"hello\n")


def test_hashed_known_hosts(web1: RunningSshd, tmp_path: Path) -> None:
    known = written(tmp_path / "known_hosts", web1.known_hosts_line("rsa"))
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(known)], check=True, capture_output=True)
    assert "127.0.0.1" not in known.read_text()
    assert run(web1, known_hosts=known) == Printed(b"hello\n")


@pytest.mark.parametrize("name", ["127.0.0.1", "web1", "127.0.0.*", "other,[127.0.0.1]:*"])
def test_names_under_which_a_key_counts(web1: RunningSshd, tmp_path: Path, name: str) -> None:
    known = written(tmp_path / "known_hosts", web1.known_hosts_line(name=name))
    assert run(web1, known_hosts=known) == Printed(b"hello\n")


def test_a_key_that_is_not_let_in(web1: RunningSshd, tmp_path: Path) -> None:
    printed = run(web1, key_file=web1.stranger_key)
    assert printed.outcome is Outcome.AUTH_FAILED
    assert printed.cause == (
        f"user {web1.user} was not let in; tried {web1.stranger_key}; the server takes publickey"
    )
    assert "no key: none is configured" in run(web1, key_file=None).cause
    assert "No such file or directory" in run(web1, key_file=tmp_path / "absent").cause


def test_keys_in_ssh_folder_are_found(web1: RunningSshd) -> None:
    folder = Path.home() / ".ssh"
    folder.mkdir(mode=0o700)
    written(folder / "id_ed25519", web1.user_key.read_text())
    assert run(web1, key_file=None) == Printed(b"hello\n")


def test_an_encrypted_key_needs_the_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = make_key(tmp_path / "locked", passphrase="open sesame")
    server = start_sshd(tmp_path, "web2", ("ed25519",), authorized=(key,))
    try:
        printed = run(server, key_file=key)
        assert printed.outcome is Outcome.AUTH_FAILED
        assert f"{key} (encrypted: an agent would have to hold it)" in printed.cause
        with _agent(tmp_path, key, "open sesame", monkeypatch):
            assert run(server, key_file=key) == Printed(b"hello\n")
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "gone"))
        assert run(server, key_file=key).outcome is Outcome.AUTH_FAILED
    finally:
        server.stop()


class _agent:  # noqa: N801
    """An ssh-agent that holds one key, while the block lasts."""

    def __init__(self, folder: Path, key: Path, passphrase: str, patch: pytest.MonkeyPatch) -> None:
        self._folder, self._key, self._patch = folder, key, patch
        self._ask = written(folder / "askpass", f"#!/bin/sh\necho '{passphrase}'\n", 0o700)

    def __enter__(self) -> None:
        sock = self._folder / "agent"
        self._process = subprocess.Popen(
            ["ssh-agent", "-D", "-a", str(sock)], stdout=subprocess.DEVNULL
        )
        ends = time.monotonic() + 5
        while not sock.exists() and time.monotonic() < ends:
            time.sleep(0.01)
        self._patch.setenv("SSH_AUTH_SOCK", str(sock))
        ask = {"SSH_ASKPASS": str(self._ask), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}
        command = ["ssh-add", "-q", str(self._key)]
        subprocess.run(command, env=os.environ | ask, check=True, stdin=subprocess.DEVNULL)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(5)


def test_a_second_factor_is_not_asked_for(tmp_path: Path) -> None:
    extra = "PasswordAuthentication yes\nAuthenticationMethods publickey,password"
    # sshd takes the first value it meets.
    server = start_sshd(tmp_path, "web2", ("ed25519",), first=extra)
    try:
        printed = run(server)
    finally:
        server.stop()
    assert printed.outcome is Outcome.AUTH_FAILED
    assert "the server also asks for password" in printed.cause


def test_aliases_of_ssh_config(web1: RunningSshd, tmp_path: Path) -> None:
    config = written(
        tmp_path / "config",
        f"Host www\n  HostName 127.0.0.1\n  Port {web1.port}\n  User {web1.user}\n"
        f"  IdentityFile {web1.user_key}\n  ConnectTimeout 5\n  ForwardAgent /somewhere\n"
        f"Host pinned\n  HostName 127.0.0.1\n  Port {web1.port}\n  HostKeyAlias the-web\n"
        f"Host *\n  IdentityFile {web1.user_key}\n  ProxyJump none\n",
    )
    known = written(
        tmp_path / "known_hosts", web1.known_hosts_line() + web1.known_hosts_line("rsa", "the-web")
    )
    ssh = Ssh(Access((known,), config))
    assert ssh.warnings == []
    for name in ("www", "pinned"):
        assert ssh.run(Host(name), "echo hello", SECONDS, CAP) == Printed(b"hello\n")


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_config_that_others_may_write_is_passed_over(tmp_path: Path, mode: int) -> None:
    touched = tmp_path / "touched"
    text = f'Match exec "touch {touched}"\n  HostName 127.0.0.1\n'
    ssh = Ssh(Access((), written(tmp_path / "config", text, mode)))
    ssh.run(Host("no-such-host.invalid"), "true", 5, CAP)
    assert not touched.exists()
    assert "is passed over: others may write it" in ssh.warnings[0]


def test_a_config_of_the_users_own_may_run_commands(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    text = f'Match exec "touch {touched}"\n  HostName 127.0.0.1\n  Port {free_port()}\n'
    ssh = Ssh(Access((), written(tmp_path / "config", text)))
    assert "connection refused" in ssh.run(Host("somewhere"), "true", 5, CAP).cause
    assert touched.exists()


def test_configs_that_lead_nowhere(tmp_path: Path) -> None:
    text = (
        "Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n"
        "Host p\n  Port seven\nHost h\n  HostName -oProxyCommand=evil\n"
    )
    ssh = Ssh(Access((), written(tmp_path / "config", text)))
    causes = {name: ssh.run(Host(name), "true", 5, CAP).cause for name in "aph"}
    assert "leads in a circle" in causes["a"]
    assert "port 'seven' is no number" in causes["p"]
    assert "is no address of a host" in causes["h"]
    broken = Ssh(Access((), written(tmp_path / "broken", "Host\n")))
    assert "is passed over" in broken.warnings[0]


@pytest.fixture
def chain(tmp_path: Path, web1: RunningSshd) -> Iterator[dict[str, RunningSshd]]:
    """web1 behind `inner` behind `outer`; each leads to the next one only."""
    inner = start_sshd(tmp_path, "inner", ("ed25519",), f"PermitOpen 127.0.0.1:{web1.port}")
    outer = start_sshd(tmp_path, "outer", ("ed25519",), f"PermitOpen 127.0.0.1:{inner.port}")
    yield {"inner": inner, "outer": outer, "web1": web1}
    inner.stop()
    outer.stop()


def _chain_config(chain: dict[str, RunningSshd], jump: str) -> str:
    blocks = "".join(
        f"Host {name}\n  HostName 127.0.0.1\n  Port {each.port}\n  IdentityFile {each.user_key}\n"
        for name, each in chain.items()
    )
    return f"Host web1\n  ProxyJump {jump}\n{blocks}"


def test_through_two_jump_hosts(chain: dict[str, RunningSshd], tmp_path: Path) -> None:
    others = set(threading.enumerate())
    known = written(
        tmp_path / "known_hosts", "".join(each.known_hosts_line() for each in chain.values())
    )
    user = chain["web1"].user
    for jump in ("outer,inner", f"{user}@outer,inner:{chain['inner'].port}"):
        config = written(tmp_path / "config", _chain_config(chain, jump))
        printed = Ssh(Access((known,), config)).run(Host("web1"), "echo hello", SECONDS, CAP)
        assert printed == Printed(b"hello\n")
    # The other way round each forbids it; so do hosts that a jump host cannot reach.
    config = written(tmp_path / "config", _chain_config(chain, "inner,outer"))
    printed = Ssh(Access((known,), config)).run(Host("web1"), "echo hello", SECONDS, CAP)
    assert printed.outcome is Outcome.UNREACHABLE
    assert f"is not reached from 127.0.0.1 port {chain['inner'].port}" in printed.cause
    assert set(threading.enumerate()) <= others


def test_jump_hosts_are_verified(chain: dict[str, RunningSshd], tmp_path: Path) -> None:
    lines = chain["outer"].known_hosts_line() + chain["web1"].known_hosts_line()
    known = written(tmp_path / "known_hosts", lines)
    config = written(tmp_path / "config", _chain_config(chain, "outer,inner"))
    printed = Ssh(Access((known,), config)).run(Host("web1"), "echo hello", SECONDS, CAP)
    assert printed.outcome is Outcome.HOST_KEY
    assert f"port {chain['inner'].port} is not known" in printed.cause
    assert "`infra-report trust inner`" in printed.cause


def test_a_jump_host_that_its_own_pattern_matches(web1: RunningSshd, tmp_path: Path) -> None:
    text = (
        f"Host bastion\n  HostName 127.0.0.1\n  Port {web1.port}\n"
        f"Host *\n  ProxyJump bastion\n  IdentityFile {web1.user_key}\n"
    )
    config = written(tmp_path / "config", text)
    ssh = Ssh(Access((web1.known_hosts,), config))
    assert ssh.run(Host("bastion"), "echo hello", SECONDS, CAP) == Printed(b"hello\n")
    beyond = Host("beyond", "localhost", web1.port)
    known = written(
        tmp_path / "more", web1.known_hosts_line() + web1.known_hosts_line(name="beyond")
    )
    ssh = Ssh(Access((known,), config))
    assert ssh.run(beyond, "echo hello", SECONDS, CAP) == Printed(b"hello\n")


RELAY = """
import os, pathlib, socket, sys, threading
pathlib.Path(sys.argv[3]).write_text(str(os.getpid()))
sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def pump(read, write):
    while data := read(65536):
        write(data)
there = lambda: pump(lambda size: os.read(0, size), sock.sendall)
threading.Thread(target=there, daemon=True).start()
pump(sock.recv, lambda data: os.write(1, data))
"""


def test_through_a_proxy_command(web1: RunningSshd, tmp_path: Path) -> None:
    relay, pid = written(tmp_path / "relay.py", RELAY), tmp_path / "pid"
    text = f"Host web1\n  HostName 127.0.0.1\n  ProxyCommand {sys.executable} {relay} %h %p {pid}\n"
    config = written(tmp_path / "config", text)
    ssh = Ssh(Access((web1.known_hosts,), config))
    host = web1.host(address="")
    assert ssh.run(host, "echo hello", SECONDS, CAP) == Printed(b"hello\n")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    written(config, "Host web1\n  ProxyCommand /bin/false\n")
    printed = Ssh(Access((web1.known_hosts,), config)).run(host, "true", 5, CAP)
    assert printed.outcome is Outcome.UNREACHABLE
    written(config, "Host web1\n  ProxyCommand /no/such/command\n")
    printed = Ssh(Access((web1.known_hosts,), config)).run(host, "true", 5, CAP)
    assert printed.cause == "the proxy command /no/such/command: No such file or directory"


def test_sixty_at_once(web1: RunningSshd) -> None:
    others = set(threading.enumerate())
    ssh = Ssh(Access((web1.known_hosts,)))
    with ThreadPoolExecutor(60) as pool:
        asked = [pool.submit(ssh.run, web1.host(), f"echo {n}", 60, CAP) for n in range(60)]
        said = [each.result() for each in asked]
    assert said == [Printed(f"{n}\n".encode()) for n in range(60)]
    assert set(threading.enumerate()) <= others


def test_all_kinds_of_keys_are_shown(web1: RunningSshd, tmp_path: Path) -> None:
    offered = trusting.keys_of(web1.host(), Access(), SECONDS)
    assert [each.kind for each in offered] == ["ED25519", "ECDSA", "RSA"]
    assert [each.fingerprint for each in offered] == [
        web1.fingerprint(kind) for kind in ("ed25519", "ecdsa", "rsa")
    ]
    path = tmp_path / "known_hosts"
    for each in offered[1:]:
        trusting.accept(path, each)
        assert run(web1, known_hosts=path) == Printed(b"hello\n")
    assert path.read_text() == web1.known_hosts_line("ecdsa") + web1.known_hosts_line("rsa")


def test_a_host_with_one_kind_of_key(tmp_path: Path) -> None:
    server = start_sshd(tmp_path, "web2", ("rsa",))
    try:
        assert trusting.keys_of(server.host(), Access(), SECONDS)[0].kind == "RSA"
    finally:
        server.stop()
    with pytest.raises(CollectError, match="connection refused"):
        trusting.keys_of(server.host(), Access(), SECONDS)


def test_a_big_ssh_config_is_cheap(tmp_path: Path) -> None:
    blocks = [
        f"Host h{n} h{n}.example.org\n  HostName 127.0.0.{n % 200 + 1}\n" for n in range(1000)
    ]
    ssh = Ssh(Access((), written(tmp_path / "config", "".join(blocks) + "Host *\n  Port 1\n")))
    begun = time.process_time()
    for n in range(100):
        ssh._config.route(Host(f"h{n}"))
    assert time.process_time() - begun < 0.5
