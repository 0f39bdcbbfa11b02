"""Software that waits: security updates, restarts, backups, certificates, checks."""

from __future__ import annotations

from datetime import date, timedelta

from report.demo import systems
from report.demo.certificates import GLOBS, LASTS
from report.demo.organisation import DOMAIN, Server
from report.demo.story import Story, at, days_between


def plant(story: Story) -> None:
    """Plant what nobody has seen to."""
    _security(story)
    _restarts(story)
    _backups(story)
    _check(story)
    _certificates(story)


def _there(story: Story, host: str) -> bool:
    return (host, story.last) not in story.absences and host not in story.added


def _security(story: Story) -> None:
    """Let the nightly installation stop on the application servers of one system."""
    since = story.past(9)
    hosts = [
        s.name for s in story.present(story.last)
        if s.role == "app" and s.system in (systems.UBUNTU_22, systems.UBUNTU_24)
        and _there(story, s.name)
    ]  # fmt: skip
    counts = {}
    for number, host in enumerate(hosts):
        counts[host] = 11 - number % 5
        story.states[host, "security"] = since, counts[host]
    if hosts:
        story.plant("security_updates", hosts, "updates", since, severity="warning", counts=counts)


def _restarts(story: Story) -> None:
    """Let kernels that were installed wait for a restart, on one system's servers."""
    since = story.past(12)
    waits: dict[tuple[str, date, date], list[str]] = {}
    for server in story.present(story.last):
        if server.system.key.startswith("debian-13") and _there(story, server.name):
            story.restarts[server.name] = since
            for wait in _waits(story, server, since):
                waits.setdefault(wait, []).append(server.name)
    for (kernel, first, last), hosts in waits.items():
        story.plant("restart_due", hosts, kernel, first, last, severity="warning")


def _waits(story: Story, server: Server, since: date) -> list[tuple[str, date, date]]:
    """Return each kernel that waited on a server, from which day to which."""
    found: list[tuple[str, date, date]] = []
    for day in days_between(since, story.last):
        newest = server.system.kernel(day)
        booted = story.started(server, at(day, 4))[0].at.date()
        if server.system.kernel(booted) == newest or (server.name, day) in story.absences:
            continue
        if found and found[-1][0] == newest and found[-1][2] == day - timedelta(days=1):
            found[-1] = (newest, found[-1][1], day)
        else:
            found.append((newest, day, day))
    return found


def _backups(story: Story) -> None:
    failed = [p for p in story.plants if p.kind == "unit_failed" and "pgbackrest" in p.object]
    for plant_ in failed:
        newest = at(plant_.first - timedelta(days=2), 23, 41, 9)
        since = plant_.first
        story.states[plant_.hosts[0], "backup postgres"] = since, newest
        story.plant(
            "backup_old", plant_.hosts, "postgres", since, severity="critical",
            newest_at=newest.isoformat(),
        )  # fmt: skip
    server = story.pick("storage", 3, lambda s: _there(story, s.name))
    if server is not None:
        story.states[server.name, "small backup daily"] = story.last, True
        story.plant("backup_small", [server.name], "daily", story.last, severity="warning")


def _check(story: Story) -> None:
    server = story.pick("web", 6, lambda s: _there(story, s.name))
    if server is not None:
        story.states[server.name, "check http"] = story.last, True
        story.plant("check_critical", [server.name], "http", story.last, severity="critical")


def _certificates(story: Story) -> None:
    """Let a certificate run out where nothing renews it any more, and one come near its end."""
    stopped = [plant.hosts[0] for plant in story.plants if plant.kind == "timer_overdue"]
    edge = story.pick("edge", 4, lambda s: _there(story, s.name))
    for host, left, glob in (
        *((host, -1, GLOBS["web"]) for host in stopped),
        *([(edge.name, 5, GLOBS["edge"])] if edge else []),
    ):
        since = story.past(20 + left)
        ends = story.last + timedelta(days=left)
        story.states[host, "certificate"] = since, ends - LASTS
        story.plant(
            "certificate", [host], glob.replace("*", f"{host}.{DOMAIN}"), since,
            severity="critical", not_after=str(ends),
        )  # fmt: skip
