"""uptime: since when it runs, under which load, and how the run before ended."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from report.demo.visit import Visit, section

LOADS = {"web": 0.22, "app": 0.35, "db": 0.3, "cache": 0.12, "storage": 0.18, "edge": 0.1,
         "ops": 0.2}  # fmt: skip


def printed(visit: Visit) -> str:
    """Return what the probe of `uptime` prints."""
    server, boot, dice = visit.server, visit.boot, visit.dice("load")
    weekend = 0.6 if visit.day.weekday() > 4 else 1.0
    base = LOADS[server.role] * server.cores * weekend * dice.uniform(0.6, 1.4)
    loads = " ".join(f"{base * dice.uniform(0.9, 1.15):.2f}" for _ in range(3))
    said = (
        section("now", f"{visit.now.timestamp():.0f}")
        + section("uptime", f"{visit.uptime:.2f} {visit.uptime * server.cores * 0.8:.2f}")
        + section("btime", f"btime {boot.at.timestamp():.0f}")
        + section("boot_id", _boot_id(f"{visit.story.seed} {server.name} {boot.at}"))
        + section("loadavg", f"{loads} 1/{dice.randint(180, 900)} {dice.randint(2000, 4000000)}")
        + section("cores", str(server.cores))
    )
    if server.system.init == "systemd":
        said += section("who", [])
    said += section("init", pid_1(visit)) + section("ticks", "100")
    return said + (section("last", _last(visit)) if server.system.wtmp else "")


def pid_1(visit: Visit) -> str:
    """Return /proc/1/stat."""
    manager = "systemd" if visit.server.system.init == "systemd" else "init"
    return f"1 ({manager}) S 0 1 1 0 -1 4194560 " + "0 " * 12 + "23 170000000 3300"


def _boot_id(name: str) -> str:
    hexadecimal = hashlib.sha256(name.encode()).hexdigest()
    parts = (hexadecimal[:8], hexadecimal[8:12], "4" + hexadecimal[13:16], "a" + hexadecimal[17:20])
    return "-".join((*parts, hexadecimal[20:32]))


def _last(visit: Visit) -> list[str]:
    """Return the last records of starts and shutdowns, the latest first."""
    lines: list[str] = []
    began = ""
    for boot in visit.story.started(visit.server, visit.now)[:3]:
        kernel = visit.server.system.kernel(boot.at.date())[:16]
        noted = boot.at + timedelta(seconds=4)
        ending = "  still running" if not began else f" - {began}"
        lines.append(f"reboot   system boot  {kernel:<16} {noted:%a %b %e %H:%M:%S %Y}{ending}")
        began = f"{noted:%a %b %e %H:%M:%S %Y}"
        if boot.planned and boot != visit.story.boots[visit.server.name][0]:
            down = boot.at - timedelta(seconds=38)
            stamp = f"{down:%a %b %e %H:%M:%S %Y}"
            lines.append(f"shutdown system down  {kernel:<16} {stamp} - {began}  (00:00)")
            began = stamp
    return lines[:4]
