"""Servers that crash, restart out of turn, run for years; units that fail."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from report.demo.story import Boot, Failure, Story, at, days_between

FLAPPING = (0, 1, 4, 7, 8, 13, 15, 16, 21)  # days ago


def plant(story: Story) -> None:
    """Plant what happens to servers and their units."""
    _crash(story, 3, story.last, 3)
    if (story.last - story.best).days > 30:
        _crash(story, 1, story.past(37), 22)
    _emergency(story)
    _old(story)
    _flapping(story)
    _failed(story)
    if (story.last - story.best).days > 60:
        _earlier(story)


def _crash(story: Story, place: int, day: date, hour: int) -> None:
    """Let a server start again without having been shut down: its kernel panicked."""
    server = story.pick("app", place, lambda s: s.system.wtmp)
    if server is None:
        return
    when = at(day if hour < 5 else day - timedelta(days=1), hour, 41, 12)
    _start(story, server.name, Boot(when, planned=False))
    story.plant(
        "crash", [server.name], "kernel", day, day, "warning", booted_at=when.isoformat(),
        last_stop="crashed",
    )  # fmt: skip


def _start(story: Story, host: str, boot: Boot) -> None:
    story.boots[host] = sorted([*story.boots[host], boot], key=lambda one: one.at)


def _emergency(story: Story) -> None:
    """Let the caches be restarted in the last night, for a patch that could not wait."""
    hosts = []
    for number, server in enumerate(s for s in story.present(story.last) if s.role == "cache"):
        if (server.name, story.last) in story.absences:
            continue
        _start(story, server.name, Boot(at(story.last, 1, 10) + timedelta(minutes=7 * number)))
        hosts.append(server.name)
    day = story.last
    window = {"from": f"{day} 02:00", "until": f"{day} 04:00", "reason": "emergency patch"}
    story.windows["cache"] = [window]
    story.plant("reboots", hosts, "emergency patch", day, day, planned=True)
    story.plant("maintenance_window", hosts, "emergency patch", day, day, **window)


def _old(story: Story) -> None:
    """Let one server run on since it was set up."""
    server = story.pick("app", 1, lambda s: s.system.wtmp)
    crashed = {plant.hosts[0] for plant in story.plants if plant.kind == "crash"}
    if server is None or server.name in crashed:
        server = story.pick("db", 2, lambda s: s.name not in crashed)
    if server is None:
        return
    first = at(story.last - timedelta(days=1095), 8, 14, 3)
    story.boots[server.name] = [Boot(first)]
    story.plant("long_uptime", [server.name], "uptime", story.first, booted_at=first.isoformat())


def _flapping(story: Story) -> None:
    """Let a unit fail on some days and be well on others."""
    server = story.pick("app", 2, lambda s: s.system.init == "systemd")
    if server is None:
        return
    days = sorted({d for ago in FLAPPING if (d := story.last - timedelta(days=ago)) > story.best})
    for day in days:
        since = at(day, 1, 30, 41)
        _fail(story, server.name, day, "backup-sync.service", "Copy of the backups to the archive",
              "rsync: connection unexpectedly closed (0 bytes received so far) [sender]",
              since)  # fmt: skip
    story.plant(
        "unit_flaps", [server.name], "backup-sync.service", days[0], severity="warning",
        days=[str(day) for day in days],
    )  # fmt: skip
    _timer(story, server.name, "backup-sync.timer", days[0], story.last)


def _failed(story: Story) -> None:
    server = story.pick("db", 2, lambda s: s.system.init == "systemd")
    if server is None:
        return
    since = at(story.past(2) - timedelta(days=1), 23, 2, 17)
    for day in days_between(story.past(2), story.last):
        _fail(story, server.name, day, "pgbackrest-full.service", "Full backup of PostgreSQL",
              "ERROR: [103]: unable to find a valid repository", since)  # fmt: skip
    story.plant(
        "unit_failed", [server.name], "pgbackrest-full.service", story.past(2), severity="warning",
        failed_since_at=since.isoformat(),
    )  # fmt: skip
    _timer(story, server.name, "pgbackrest-full.timer", story.past(2), story.last)


def _earlier(story: Story) -> None:
    """Let a unit fail for two days, weeks ago."""
    server = story.pick("ops", 1)
    if server is None:
        return
    first, last = story.past(61), story.past(60)
    since = at(first - timedelta(days=1), 22, 0, 9)
    for day in (first, last):
        _fail(story, server.name, day, "logrotate.service", "Rotate log files",
              "error: failed to rename /var/log/nginx/access.log: No space left on device",
              since)  # fmt: skip
    story.plant(
        "unit_failed", [server.name], "logrotate.service", first, last, severity="warning",
        failed_since_at=since.isoformat(),
    )  # fmt: skip
    _timer(story, server.name, "logrotate.timer", first, last)


def _timer(story: Story, host: str, timer: str, first: date, last: date) -> None:
    """Note that the timer of a unit that fails has failed, too."""
    story.plant("timer_failed", [host], timer, first, last, severity="warning")


def _fail(
    story: Story, host: str, day: date, unit: str, what: str, said: str, since: datetime
) -> None:
    story.failures.setdefault((host, day), []).append(Failure(unit, what, said, since))
