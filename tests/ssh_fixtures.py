"""A real sshd on loopback: a plain process with its own keys, settings and port.

    with_sshd = start_sshd(tmp_path, name="web1")
    Access(known_hosts=(with_sshd.known_hosts,)); with_sshd.host()

Works as root (the way in a container) and without.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from collectors.fleet import Host

NEEDS_SSHD = "needs sshd (openssh-server)"
PRIVILEGE_SEPARATION = Path("/run/sshd")

# At shell level 2 bash leaves out ~/.bashrc, which may be slow and is nobody's business here.
CONFIG = """
ListenAddress 127.0.0.1
Port {port}
{host_keys}
AuthorizedKeysFile {folder}/authorized_keys
PidFile {folder}/sshd.pid
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 500
PerSourceMaxStartups none
PrintMotd no
PrintLastLog no
LogLevel VERBOSE
SetEnv SHLVL=2
"""


@dataclass
class RunningSshd:
    """One running sshd. `user_key` is let in, `stranger_key` is not."""

    name: str
    folder: Path
    port: int
    user: str
    host_keys: dict[str, Path]
    user_key: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def stranger_key(self) -> Path:
        return self.folder / "stranger"

    @property
    def log(self) -> str:
        return (self.folder / "sshd.log").read_text("utf-8", "replace")

    @property
    def known_hosts(self) -> Path:
        """A file with all of its host keys under `[127.0.0.1]:port`."""
        path = self.folder / "known_hosts"
        path.write_text("".join(self.known_hosts_line(kind) for kind in self.host_keys))
        return path

    def known_hosts_line(self, kind: str = "ed25519", name: str | None = None) -> str:
        key = self.host_keys[kind].with_suffix(".pub").read_text().split()[:2]
        return f"{name or f'[127.0.0.1]:{self.port}'} {' '.join(key)}\n"

    def fingerprint(self, kind: str = "ed25519") -> str:
        """What `ssh-keygen -l` says."""
        command = ["ssh-keygen", "-lf", str(self.host_keys[kind])]
        return subprocess.check_output(command, text=True).split()[1]

    def host(self, **changes: object) -> Host:
        known: dict[str, object] = {
            "name": self.name,
            "address": "127.0.0.1",
            "port": self.port,
            "user": self.user,
            "key_file": self.user_key,
        }
        return Host(**(known | changes))  # type: ignore[arg-type]

    def stop(self) -> None:
        """End the server, and the sessions it has begun."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(5)


def find_sshd() -> str:
    """Return sshd's path, or skip the test: it wants to be called by its whole path."""
    found = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin:" + os.environ["PATH"])
    if found is None or shutil.which("ssh-keygen") is None:
        pytest.skip(NEEDS_SSHD)
    return found


def start_sshd(
    tmp_path: Path,
    name: str = "sshd",
    kinds: Sequence[str] = ("ed25519", "ecdsa", "rsa"),
    extra: str = "",
    authorized: Sequence[Path] = (),
    first: str = "",
) -> RunningSshd:
    """Start a server of that name, with host keys of those kinds and further settings.

    `first` stands before the usual settings: sshd takes the first value that it meets.
    `authorized` are further private keys that are let in. The caller calls `stop()`.
    """
    sshd = find_sshd()
    if os.geteuid() == 0:
        PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
    folder = tmp_path / name
    folder.mkdir(mode=0o700)
    host_keys = {kind: make_key(folder / f"host_{kind}", kind) for kind in kinds}
    user_key = make_key(folder / "user")
    make_key(folder / "stranger")
    allowed = [key.with_suffix(".pub").read_text() for key in (user_key, *authorized)]
    (folder / "authorized_keys").write_text("".join(allowed))
    port = free_port()
    lines = "\n".join(f"HostKey {path}" for path in host_keys.values())
    config = folder / "sshd_config"
    usual = CONFIG.format(port=port, folder=folder, host_keys=lines)
    config.write_text(f"{first}\n{usual}\n{extra}\n")
    command = [sshd, "-D", "-f", str(config), "-E", str(folder / "sshd.log")]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )
    running = RunningSshd(name, folder, port, getpass.getuser(), host_keys, user_key, process)
    _wait_for(running)
    return running


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    """Make a key pair with ssh-keygen and return the private one's path."""
    size = {"rsa": ["-b", "2048"], "ecdsa": ["-b", "256"]}.get(kind, [])
    command = ["ssh-keygen", "-q", "-t", kind, *size, "-N", passphrase, "-C", path.name]
    subprocess.run([*command, "-f", str(path)], check=True)
    return path


def free_port() -> int:
    """Return a port on which nothing listens just now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(running: RunningSshd) -> None:
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", running.port), 1).close()
        except OSError:
            if running.process.poll() is not None:
                break
            time.sleep(0.02)
        else:
            return
    running.stop()
    pytest.fail(f"sshd did not start: {running.log}")
