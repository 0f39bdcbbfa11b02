"""A host's own keys, asked for before they are trusted: what `infra-report trust` shows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from paramiko import PKey
from paramiko.ssh_exception import IncompatiblePeer, SSHException

from collectors.errors import CollectError, Outcome
from collectors.fleet import Host
from collectors.transports import Access, known_hosts
from collectors.transports.ssh import Ssh, broken
from collectors.transports.ssh_wire import RSA, Wire, under_deadline

# One key exchange shows one key: each kind is asked for on its own, the best first.
KINDS = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    RSA,
)


@dataclass(frozen=True)
class Offered:
    """A key that a host showed, and the name that known_hosts would list it under."""

    name: str
    key: PKey

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as `ssh-keygen -l` prints it."""
        return known_hosts.fingerprint(self.key)

    @property
    def kind(self) -> str:
        """ED25519, ECDSA or RSA."""
        return known_hosts.kind(self.key)


def keys_of(host: Host, access: Access, seconds: float) -> tuple[Offered, ...]:
    """Return the host's keys, the one to prefer first; nobody logs in to it.

    Jump hosts on the way are verified and logged in to as ever. `seconds` bound it all.
    Raises CollectError where the host shows none.
    """
    ssh, ends = Ssh(access), time.monotonic() + seconds
    shown = (_shown(ssh, host, kinds, ends - time.monotonic()) for kinds in KINDS)
    offered = tuple(each for each in shown if each is not None)
    if not offered:
        cause = f"{host.name} has no host key of a kind that is known here"
        raise CollectError(cause, Outcome.UNREACHABLE)
    return offered


def accept(path: Path, offered: Offered) -> None:
    """Write the key to a known_hosts file: see `known_hosts.accept`. Raises OSError."""
    known_hosts.accept(path, offered.name, offered.key)


def _shown(ssh: Ssh, host: Host, kinds: tuple[str, ...], seconds: float) -> Offered | None:
    wire = Wire(max(seconds, 0.0))
    return under_deadline(wire, lambda: _ask(ssh, wire, host, kinds))


def _ask(ssh: Ssh, wire: Wire, host: Host, kinds: tuple[str, ...]) -> Offered | None:
    route = ssh.route(wire, host)
    last = route[-1]
    transport = wire.transport(ssh.reach(wire, route), (), kinds)
    wire.expect(f"the SSH greeting of {last}", f"the key exchange with {last}")
    try:
        transport.start_client()
        return Offered(last.key_names[0], transport.get_remote_server_key())
    except IncompatiblePeer:
        return None
    except (SSHException, OSError, EOFError) as error:
        raise broken(wire, last, error) from error
