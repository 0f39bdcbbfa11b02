"""The ways to a host. A transport runs one script on one host and returns what it printed.

A transport never raises for what a host does: the host's failure is data, in `Printed`.
Its module is imported when the first host needs it, so that a fleet without SSH does not
pay for Fabric.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from collectors.errors import Outcome
from collectors.fleet import Host


@dataclass(frozen=True)
class Printed:
    """What a host printed, and how that ended.

    `outcome` is OK when the script ran to its end; otherwise `cause` says in words what
    happened, and `stdout` holds what had come until then. `at`: when that was, if not now.
    """

    stdout: bytes = b""
    outcome: Outcome = Outcome.OK
    cause: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Access:
    """What transports may need to reach hosts: files, read once before the first host.

    `known_hosts`: the files whose keys count. `raw`: the folder that `replay` reads.
    """

    known_hosts: tuple[Path, ...] = ()
    ssh_config: Path | None = None
    raw: Path | None = None


class Transport(Protocol):
    """One way to hosts, shared by all threads."""

    def run(self, host: Host, script: str, seconds: float, cap_bytes: int) -> Printed:
        """Run a POSIX sh script on the host.

        Returns within a second after `seconds`, whatever the host does, with at most
        `cap_bytes` of output (outcome `truncated` beyond that).
        """
        ...


def open_transport(name: str, access: Access) -> Transport:
    """Return the transport of that name (`fleet.TRANSPORTS` lists them)."""
    match name:
        case "local":
            from collectors.transports.local import Local

            return Local()
        case "replay":
            from collectors.transports.replay import Replay

            return Replay(access.raw)
        case "ssh":
            from collectors.transports.ssh import Ssh

            return Ssh(access)
    raise ValueError(f"no such transport: {name}")
