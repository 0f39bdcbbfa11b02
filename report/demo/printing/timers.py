"""timers: what systemd's timers start, when they last did, and how that ended."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from report.demo.visit import Visit, section

# Per package manager and role: the timer, its OnCalendar, its hours on a day.
USUAL = {
    "apt": (
        ("apt-daily-upgrade", "*-*-* 06:00:00", (1,)), ("dpkg-db-backup", "*-*-* 00:00:00", (0,)),
    ),
    "dnf": (("dnf-makecache", "*-*-* 05:00:00", (3,)),),
    "zypper": (("backup-rpmdb", "*-*-* 00:00:00", (0,)),),
    "apk": (),
}  # fmt: skip
OWN = {
    "web": (("certbot", "*-*-* 00,12:00:00", (0, 12)),),
    "app": (("backup-sync", "*-*-* 01:30:00", (1,)),),
    "db": (("pgbackrest-full", "*-*-* 23:00:00", (23,)),),
}


def printed(visit: Visit) -> str:
    """Return what the probe of `timers` prints."""
    system = visit.server.system
    if system.init != "systemd":
        return section("none", "no systemd")
    every = (("logrotate", "*-*-* 00:00:00", (0,)), *USUAL[system.packages])
    timers, services = [], []
    for name, calendar, hours in (*every, *OWN.get(visit.server.role, ())):
        lines = _timer(visit, name, calendar, hours)
        timers += lines[0]
        services += lines[1]
    return (
        section("now", f"{visit.now.timestamp():.0f}")
        + section("up", f"{visit.uptime:.2f} {visit.uptime * 2:.2f}")
        + section("timers", timers)
        + section("services", services)
    )


def _timer(
    visit: Visit, name: str, calendar: str, hours: tuple[int, ...]
) -> tuple[list[str], list[str]]:
    host, day = visit.server.name, visit.day
    broken = visit.story.state(host, f"{name}.timer", day)
    last = _latest(visit.now, hours, int(calendar[-5:-3]))
    coming = min(
        last + timedelta(hours=12 if len(hours) > 1 else 24), visit.now + timedelta(days=1)
    )
    if broken is not None:  # it stands still since then
        last = coming = broken
    failing = [
        one for one in visit.story.failures.get((host, day), ()) if one.unit == f"{name}.service"
    ]
    began = visit.boot.at + timedelta(seconds=9)
    timer = [
        f"Unit={name}.service",
        f"TimersCalendar={{ OnCalendar={calendar} ; next_elapse={_stamp(coming)} }}",
        f"NextElapseUSecRealtime={_stamp(coming) if broken is None else ''}",
        "NextElapseUSecMonotonic=infinity",
        f"LastTriggerUSec={_stamp(last)}",
        "AccuracyUSec=1min", "RandomizedDelayUSec=0", "Result=success",
        "LoadState=loaded", f"Id={name}.timer", "ActiveState=active", "SubState=waiting",
        f"ActiveEnterTimestamp={_stamp(began)}", "",
    ]  # fmt: skip
    service = [
        "Result=exit-code" if failing else "Result=success",
        f"ExecMainStartTimestamp={_stamp(last)}",
        "ExecMainCode=1",
        f"ExecMainStatus={_status(failing[0].said) if failing else 0}",
        f"Id={name}.service", "LoadState=loaded",
        f"ActiveState={'failed' if failing else 'inactive'}", "",
    ]  # fmt: skip
    return timer, service


def _status(said: str) -> int:
    """Return what a program exits with: the number that it says, 12 as rsync does otherwise."""
    named = re.search(r"\[(\d+)\]", said)
    return int(named[1]) if named else 12


def _latest(now: datetime, hours: tuple[int, ...], minute: int) -> datetime:
    today = [now.replace(hour=hour, minute=minute, second=2, microsecond=0) for hour in hours]
    found = [at for at in (*today, *(at - timedelta(days=1) for at in today)) if at <= now]
    return max(found)


def _stamp(at: datetime) -> str:
    return f"{at:%a %Y-%m-%d %H:%M:%S} UTC"
