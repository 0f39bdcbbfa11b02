"""Servers that never end: each costs its own row and no more time than its deadline."""

from __future__ import annotations

import resource
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from collectors.errors import CollectError, Outcome
from collectors.fleet import Host
from collectors.transports import Access, Printed, trusting
from collectors.transports.ssh import Ssh
from tests.evil_servers import evil_server
from tests.ssh_fixtures import find_sshd, make_key

DEADLINE_SECONDS = 2.0
CAP = 300_000


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    find_sshd()
    return make_key(tmp_path / "user")


def ssh_threads() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name == "ssh"}


def timed(host: Host, known_hosts: tuple[Path, ...]) -> tuple[Printed, float]:
    """Return what came of one host, and after how many seconds."""
    begun = time.monotonic()
    printed = Ssh(Access(known_hosts)).run(host, "true", DEADLINE_SECONDS, CAP)
    return printed, time.monotonic() - begun


def ask(evil: str, tmp_path: Path, key_file: Path) -> tuple[Printed, float]:
    """Ask one; no thread may stay behind."""
    with evil_server(evil) as server:
        before = ssh_threads()
        found = timed(server.host(key_file), (server.known_hosts(tmp_path),))
        assert not ssh_threads() - before
    return found


HANGING = {
    "silent": "the SSH greeting of 127.0.0.1",
    "dripping_greeting": "the SSH greeting of 127.0.0.1",
    "endless_lines": "the SSH greeting of 127.0.0.1",
    "hanging_in_kex": "the key exchange with 127.0.0.1",
    "never_answers_auth": "authentication by 127.0.0.1",
    "never_opens_channel": "a session on the server",
    "never_answers_exec": "the answer to the request to run a command",
    "silent_command": "the end of the output",
    "dripping": "the end of the output",
    "no_status": "the exit status, after the end of the output",
}


@pytest.fixture(scope="module")
def hung(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Printed, float]]:
    """Ask all of them at once: what each waits for is its deadline."""
    find_sshd()
    folder = tmp_path_factory.mktemp("hung")
    key_file = make_key(folder / "user")
    with ExitStack() as stack:
        servers = {evil: stack.enter_context(evil_server(evil)) for evil in HANGING}
        known = tuple(server.known_hosts(folder) for server in servers.values())
        pool = stack.enter_context(ThreadPoolExecutor(len(servers)))
        hosts = [server.host(key_file) for server in servers.values()]
        before = ssh_threads()
        found = dict(zip(HANGING, pool.map(lambda host: timed(host, known), hosts), strict=True))
        assert not ssh_threads() - before
    return found


@pytest.mark.parametrize("evil", HANGING)
def test_hanging_servers_end_at_the_deadline(
    evil: str, hung: dict[str, tuple[Printed, float]]
) -> None:
    printed, took = hung[evil]
    assert printed.outcome is Outcome.TIMED_OUT
    assert f"timed out after 2 s, waiting for {HANGING[evil]}" in printed.cause
    assert DEADLINE_SECONDS - 0.1 < took < DEADLINE_SECONDS + 1
    expected = {"no_status": b"all of it\n", "dripping": b"." * len(printed.stdout)}
    assert printed.stdout == expected.get(evil, b"")


@pytest.mark.parametrize(
    ("evil", "outcome", "cause", "size_bytes"),
    [
        ("closing", Outcome.UNREACHABLE, "no SSH greeting from 127.0.0.1", 0),
        ("endless_greeting", Outcome.UNREACHABLE, "a greeting without end", 0),
        ("huge_packet", Outcome.UNREACHABLE, "a packet of 2,147,483,", 0),
        ("garbage", Outcome.UNREACHABLE, "the server breaks the protocol", 0),
        ("endless", Outcome.TRUNCATED, "more than 300,000 bytes of output", CAP),
        ("endless_errors", Outcome.TRUNCATED, "more than 300,000 bytes of error output", 0),
        ("vanishing", Outcome.UNREACHABLE, "the connection was lost before the end", 11),
        ("refusing_exec", Outcome.COMMAND_FAILED, "the server refused", 0),
    ],
)
def test_misbehaving_servers_end_at_once(
    evil: str, outcome: Outcome, cause: str, size_bytes: int, tmp_path: Path, key_file: Path
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    printed, took = ask(evil, tmp_path, key_file)
    assert (printed.outcome, len(printed.stdout)) == (outcome, size_bytes)
    assert cause in printed.cause
    assert took < DEADLINE_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_port_that_takes_no_connection(tmp_path: Path, key_file: Path) -> None:
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        host = Host("full", "127.0.0.1", full.getsockname()[1], "somebody", key_file)
        begun = time.monotonic()
        printed = Ssh(Access()).run(host, "true", 1, CAP)
        assert time.monotonic() - begun < 2
    assert printed.outcome is Outcome.TIMED_OUT
    assert "waiting for a TCP connection to 127.0.0.1 port" in printed.cause


def test_trusting_ends_at_the_deadline_too(tmp_path: Path, key_file: Path) -> None:
    with evil_server("hanging_in_kex") as server:
        begun = time.monotonic()
        with pytest.raises(CollectError, match="waiting for the key exchange"):
            trusting.keys_of(server.host(key_file), Access(), DEADLINE_SECONDS)
        assert time.monotonic() - begun < DEADLINE_SECONDS + 1
