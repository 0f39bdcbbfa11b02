"""Servers that come, go, and cannot be read: for a day, a week, a whole site at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from report.demo import organisation, systems
from report.demo.organisation import Server
from report.demo.story import Absence, Story, days_between

# What the servers run that came with a firm that was bought.
TAKEN_OVER = (systems.DEBIAN_12, systems.DEBIAN_11)
LONG = 60  # days: shorter demos have no long stories


def plant(story: Story) -> None:
    """Plant who is not there; first of all, so that nothing else is planted on those."""
    _come_and_go(story)
    _last_day(story)
    if (story.last - story.first).days >= LONG:
        _earlier(story)
        _site(story)


def silent(server: Server) -> Absence:
    """Return how a server that is switched off is met."""
    return Absence("timed_out", f"timed out, waiting for a TCP connection to {server.address}")


def away(server: Server) -> Absence:
    """Return how a server is met to which no way leads."""
    return Absence("unreachable", f"no route to {server.address}: No route to host")


def _come_and_go(story: Story) -> None:
    new = [s for s in reversed(story.servers) if s.role == "web"][:2]
    if (story.last - story.first).days < LONG or len(new) < 2:
        return
    for server, ago, system in zip(new, (34, 2), TAKEN_OVER, strict=True):
        story.servers[story.servers.index(server)] = replace(server, system=system)
        story.added[server.name] = since = story.past(ago)
        story.plant("host_added", [server.name], "fleet", since)
        story.plant(
            "end_of_life", [server.name], system.key, since,
            severity="critical" if system is systems.DEBIAN_11 else "warning",
        )  # fmt: skip
    # One more than was asked for, as it is gone in the end.
    old = organisation.server("app", sum(s.role == "app" for s in story.servers) + 1)
    story.servers.append(old)
    story.retired[old.name] = gone = story.past(20)
    story.plant("host_retired", [old.name], "fleet", gone, last_seen=str(gone - _DAY))


_DAY = timedelta(days=1)


def _absent(story: Story, server: Server, days: list[date], why: Absence) -> None:
    story.absences |= {(server.name, day): why for day in days}
    story.plant(
        "unreachable", [server.name], why.outcome, days[0], days[-1], "critical", cause=why.cause
    )


def _last_day(story: Story) -> None:
    """Let some servers be away on the last day, each for a reason of its own."""
    large = len(story.servers) >= 20
    edge = story.pick("edge", 6) if large else story.pick("ops")
    app, db = story.pick("app", 7), story.pick("db", 5)
    if edge:
        story.reserved.add(edge.name)
        _absent(story, edge, [story.last], away(edge))
    if not large or app is None or db is None:
        return
    story.reserved |= {db.name, app.name}
    _absent(story, db, days_between(story.past(1), story.last), silent(db))
    key = (
        f"host key {app.address} shows ED25519 SHA256:mK0ZqkWcU1Zt5h6pYHcM2pX1n0s7jJ8o4vQe9rTa3Lw,"
        " but known is ED25519 SHA256:Q3dVt9yB7sXnRf0uJ2wLk5mE8cPz1aHgTiYo6NvKbD4: it was set up "
        "again, or somebody stands in between; once checked, "
        f"`infra-report trust {app.name}` accepts it"
    )
    _absent(story, app, days_between(story.past(3), story.last), Absence("host_key", key))
    _few_rights(story)


def _few_rights(story: Story) -> None:
    """Let some servers be read by a user of few rights: logs, keys and disks are closed to it."""
    since = story.past(12)
    denied = [s for s in (story.pick("cache", 5), story.pick("storage", 2)) if s]
    story.denied |= {server.name: since for server in denied}
    for collector in ("logins", "sudoers", "keys", "kernel"):
        story.plant(
            "no_permission", [s.name for s in denied], collector, since, outcome="no_permission"
        )
    for server in denied:
        outcome = "partial" if server.hardware else "no_permission"
        story.plant("no_permission", [server.name], "storage", since, outcome=outcome)
    disks = [s.name for s in denied if s.hardware]
    if disks:
        story.plant("disk_unknown", disks, "sda", since, severity="warning")


def _earlier(story: Story) -> None:
    web, cache = story.pick("web", 4), story.pick("cache", 3)
    early = story.first + 9 * _DAY
    if web:
        _absent(story, web, [early], silent(web))
    if cache:
        _absent(story, cache, days_between(story.past(26), story.past(20)), silent(cache))
    if (ops := story.pick("ops", 2)) is not None:
        tried = "/home/infra-report/.ssh/id_ed25519"
        cause = f"user root was not let in; tried {tried}; the server takes publickey"
        _absent(
            story, ops, days_between(story.past(44), story.past(43)), Absence("auth_failed", cause)
        )


def _site(story: Story) -> None:
    """Let a whole site be cut off for one day."""
    day = story.past(31)
    hosts = [s for s in story.present(day) if s.site == "fra" and (s.name, day) not in
             story.absences]  # fmt: skip
    if len(hosts) < 3:
        return
    story.absences |= {(server.name, day): away(server) for server in hosts}
    story.plant(
        "site_outage", [s.name for s in hosts], "fra", day, day, "critical", outcome="unreachable"
    )
