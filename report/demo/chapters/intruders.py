"""Who gets in, or tries to, and should not: a wave, a guessed password, a stolen key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from report.demo.logins import Event, failed, people
from report.demo.organisation import GONE, PEOPLE, ZONE, Server
from report.demo.story import Story, at

NETWORK = "203.0.113"
LUCKY = f"{NETWORK}.57"
FOREIGN = "198.51.100.23"
SHARE = 0.55  # of the fleet that the wave passes over
WEIGHTS = (80, 160, 210, 240, 215, 120, 50)


def plant(story: Story) -> None:
    """Plant what happens at night."""
    there = [s for s in story.present(story.last) if _readable(story, s)]
    hit = there[: max(2, round(len(story.servers) * SHARE))]
    _wave(story, story.last, hit, 1.25, NETWORK)
    if (story.last - story.best).days > 60:
        edges = [s for s in story.servers if s.role == "edge"][:3]
        _wave(story, story.past(56), edges, 0.8, NETWORK)
    _guessed(story)
    _root(story)
    _stolen(story)
    _returned(story)


def _readable(story: Story, server: Server) -> bool:
    return server.name not in story.denied and (server.name, story.last) not in story.absences


def _login(story: Story, server: Server, *events: Event) -> None:
    story.logins.setdefault((server.name, story.last), []).extend(events)


def _wave(story: Story, day: date, hosts: Sequence[Server], most: float, network: str) -> None:
    """Let failed logins from one network pass over hosts in the evening before a day.

    most: how hard the first is hit; the others get a part of that.
    """
    attempts = 0
    for number, server in enumerate(hosts):
        dice = Random(f"{story.seed} wave {day} {server.name}")  # noqa: S311 - of a made-up fleet
        strength = most if number == 0 else most * dice.uniform(0.15, 0.4)
        for hour, weight in enumerate(WEIGHTS):
            begin = at(day - timedelta(days=1), 16) + timedelta(hours=hour)
            often = round(weight * strength)
            attempts += often
            for _ in range(often):
                when = begin + timedelta(seconds=dice.randint(0, 3599))
                tried = failed(when, dice, f"{network}.{dice.randint(1, 40)}")
                story.logins.setdefault((server.name, day), []).append(tried)
    story.plant(
        "attack", [s.name for s in hosts], f"{network}.0/24", day, day,
        severity="critical" if most > 1 else "warning", attempts=attempts, sources=40,
    )  # fmt: skip


def _guessed(story: Story) -> None:
    """Let one source fail time and again, and then get in by a password."""
    server = story.pick("edge", 2, lambda s: _readable(story, s))
    if server is None:
        return
    begin, failures = at(story.last, 1, 14, 5), 14
    tries = [
        Event(begin + timedelta(seconds=21 * n), False, "deploy", LUCKY, 41000 + 2 * n, "password")
        for n in range(failures)
    ]
    inside = Event(begin + timedelta(minutes=6), True, "deploy", LUCKY, 41122, "password",
                   minutes=17)  # fmt: skip
    _login(story, server, *tries, inside)
    story.plant(
        "failed_then_accepted", [server.name], "deploy", story.last, severity="critical",
        source_ip=LUCKY, failed=failures, at=inside.at.isoformat(),
    )  # fmt: skip


def _root(story: Story) -> None:
    server = story.pick("app", 3, lambda s: _readable(story, s))
    if server is None:
        return
    when = at(story.last - timedelta(days=1), 21, 41, 8)
    _login(story, server, Event(when, True, "root", "10.20.4.17", 51022, "password", minutes=9))
    story.plant(
        "root_password", [server.name], "root", story.last, severity="critical",
        source_ip="10.20.4.17", at=when.isoformat(),
    )  # fmt: skip


def _stolen(story: Story) -> None:
    """Let a user come at 03:12 from an address, and a country, never seen before."""
    person = PEOPLE[0]
    server = story.pick(
        "app", 6, lambda s: _readable(story, s) and person in people(s.role, s.number)
    )
    if server is None:
        return
    night = datetime.combine(story.last, time(3, 12, 44), ZoneInfo(ZONE))
    when = night.astimezone(UTC)
    event = Event(when, True, person.user, FOREIGN, 60122, minutes=31, sudo="/usr/bin/bash")
    _login(story, server, event)
    story.plant(
        # Alone it would be a warning; a key and a port that come with it make it one story.
        "login_new_source", [server.name], person.user, story.last, severity="critical",
        source_ip=FOREIGN, at=when.isoformat(),
    )  # fmt: skip


def _returned(story: Story) -> None:
    """Let somebody come back who was last seen in the first days."""
    server = story.pick("ops", 1, lambda s: _readable(story, s))
    if server is None or (story.last - story.first).days < 60:
        return
    when = at(story.last - timedelta(days=1), 19, 26, 2)
    _login(story, server, Event(when, True, GONE.user, GONE.source, 40210, minutes=12))
    story.plant(
        "user_returned", [server.name], GONE.user, story.last, severity="warning",
        at=when.isoformat(), last_seen=str(story.first + timedelta(days=4)),
    )  # fmt: skip
