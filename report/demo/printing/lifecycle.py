"""lifecycle: which operating system, as for `hosts`."""

from __future__ import annotations

from report.demo.visit import Visit, section


def printed(visit: Visit) -> str:
    """Return what the probe of `lifecycle` prints."""
    system = visit.server.system
    return (
        section("uname", f"Linux {visit.kernel}")
        + section("os", system.release)
        + section("release", [system.release_file] if system.release_file else [])
    )
