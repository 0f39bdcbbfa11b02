"""hosts: which operating system and kernel, and which time zone."""

from __future__ import annotations

from report.demo.visit import Visit, section


def printed(visit: Visit) -> str:
    """Return what the probe of `hosts` prints."""
    system, zone = visit.server.system, visit.server.zone
    offset = f"{visit.now.astimezone(visit.zone):%z}"
    systemd = section("zone_systemd", zone) if system.init == "systemd" else ""
    debian = zone if system.packages == "apt" else ""
    return (
        section("uname", f"Linux {visit.kernel}")
        + section("os", system.release)
        + section("release", [system.release_file] if system.release_file else [])
        + section("zone", [f"/usr/share/zoneinfo/{zone}"] * 2)
        + section("zone_file", [f"/etc/timezone {debian}"] if debian else [])
        + systemd
        + section("zone_variable", [])
        + section("offset", offset)
    )
