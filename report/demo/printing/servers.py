"""servers: what the init system says, and which units have failed."""

from __future__ import annotations

from collections.abc import Sequence

from report.demo.story import Failure
from report.demo.visit import Visit, section


def printed(visit: Visit) -> str:
    """Return what the probe of `servers` prints."""
    failures = visit.story.failures.get((visit.server.name, visit.day), [])
    said = section("init", visit.server.system.init) + section("kernel", f"Linux {visit.kernel}")
    if visit.server.system.init != "systemd":
        return said + _openrc() + firmware(visit.server.hardware)
    return said + _systemd(failures) + section(
        "virt", visit.server.virtual, int(visit.server.hardware)
    )  # fmt: skip


def _systemd(failures: Sequence[Failure]) -> str:
    state = "degraded" if failures else "running"
    width = max((len(one.unit) for one in failures), default=0)
    said = section("system", state, int(bool(failures)))
    said += section(
        "failed", [f"{one.unit:<{width}} loaded failed failed {one.what}" for one in failures]
    )
    for number, one in enumerate(failures[:3], 1):
        since = f"{one.since:%a %Y-%m-%d %H:%M:%S} UTC"
        shown = [f"Id={one.unit}", f"InactiveEnterTimestamp={since}"]
        said += section(f"unit{number}", shown) + section(f"line{number}", one.said)
    return said


def _openrc() -> str:
    listed = ["Runlevel: default"]
    listed += [
        f" {name:<59} [  started  ]" for name in ("sshd", "chronyd", "haproxy", "crond", "syslog")
    ]
    listed += ["Runlevel: boot", f" {'networking':<59} [  started  ]", "Dynamic Runlevel: manual"]
    return section("openrc", listed) + section("runlevel", "default")


def firmware(hardware: bool) -> str:
    """Return what the firmware, and the processor's flags, say it is."""
    maker = ["Dell Inc.", "PowerEdge R650"] if hardware else ["QEMU", "Standard PC (Q35, 2009)"]
    return section("firmware", maker) + section("flags", "0" if hardware else "2", int(hardware))
