"""What servers print, a module for each collector; `PRINTERS` has them by its name."""

from __future__ import annotations

from collections.abc import Callable

from report.demo.printing import (
    accounts,
    backups,
    certificates,
    checks,
    disks,
    hosts,
    kernel,
    lifecycle,
    logins,
    memory,
    ports,
    servers,
    storage,
    timers,
    timesync,
    updates,
    uptime,
)
from report.demo.visit import Visit

PRINTERS: dict[str, Callable[[Visit], str]] = {
    "hosts": hosts.printed,
    "servers": servers.printed,
    "uptime": uptime.printed,
    "disks": disks.printed,
    "logins": logins.printed,
    "memory": memory.printed,
    "timesync": timesync.printed,
    "timers": timers.printed,
    "ports": ports.printed,
    "users": accounts.users,
    "groups": accounts.groups,
    "sudoers": accounts.sudoers,
    "keys": accounts.keys,
    "backups": backups.printed,
    "checks": checks.printed,
    "kernel": kernel.printed,
    "lifecycle": lifecycle.printed,
    "updates": updates.printed,
    "storage": storage.printed,
    "certificates": certificates.printed,
}
# About how many seconds a probe runs on a server.
SECONDS = {"hosts": 0.06, "servers": 0.2, "uptime": 0.08, "disks": 0.1, "logins": 0.4}


def printed(visit: Visit, collectors: list[str]) -> bytes:
    """Return all that a server prints, each probe in its envelope (`collectors.envelope`)."""
    dice = visit.dice("seconds")
    clock, parts = visit.uptime, []
    for name in collectors:
        said = PRINTERS[name](visit)
        ended = clock + SECONDS.get(name, 0.1) * (1 + 2 * dice.random() ** 4)
        body = said.replace("\n", "\n ")
        parts.append(f"<{name} {clock:.2f}\n {body}\n =0\n>{name} {ended:.2f}\n")
        clock = ended + 0.02
    return "".join(parts).encode()
