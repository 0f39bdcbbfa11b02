"""Software that waits: security updates, restarts, backups, certificates, checks."""

from __future__ import annotations

from datetime import timedelta

from report.demo import systems
from report.demo.certificates import GLOBS, LASTS
from report.demo.organisation import DOMAIN
from report.demo.story import Story, at


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
    """Let a kernel that was installed wait for a restart, on one system's servers."""
    since = story.past(12)
    newest = systems.DEBIAN_13.kernel(story.last)
    hosts = []
    for server in story.present(story.last):
        if server.system.key.startswith("debian-13") and _there(story, server.name):
            story.restarts[server.name] = since
            boot = story.started(server, at(story.last, 3))[0]
            if server.system.kernel(boot.at.date()) != newest:
                hosts.append(server.name)
    if hosts:
        story.plant("restart_due", hosts, newest, story.last, severity="warning")


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
