"""What is planted: everything that happens in the demo besides its everyday.

A story is made once, by the chapters; after that it only answers questions about days. What
it planted stands in `plants`, and so in truth.json. Between its first days and the last lies
one day on which nothing at all is wrong: `best`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from report.demo import usage
from report.demo.organisation import Mount, Server
from report.demo.usage import Course

LONG_AGO = timedelta(days=220)


@dataclass(frozen=True)
class Plant:
    """One planted thing: what, on which hosts, on what object, from when to when.

    severity: as the default thresholds have it on its last day, "" where nothing is wrong.
    """

    kind: str
    hosts: Sequence[str]
    object: str
    first: date
    last: date
    severity: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Absence:
    """Why a server was not read on a day, in the transport's outcome and words."""

    outcome: str
    cause: str


@dataclass(frozen=True)
class Boot:
    """A start. planned: an orderly shutdown came before it."""

    at: datetime
    planned: bool = True


@dataclass(frozen=True)
class Failure:
    """A unit that has failed, since when, and what it said last."""

    unit: str
    what: str
    said: str
    since: datetime


@dataclass
class Story:
    """The demo's story: who is there, and what happens to whom on which day."""

    seed: int
    servers: list[Server]
    first: date
    last: date
    plants: list[Plant] = field(default_factory=list)
    added: dict[str, date] = field(default_factory=dict)
    retired: dict[str, date] = field(default_factory=dict)
    absences: dict[tuple[str, date], Absence] = field(default_factory=dict)
    boots: dict[str, list[Boot]] = field(default_factory=dict)
    failures: dict[tuple[str, date], list[Failure]] = field(default_factory=dict)
    bytes_of: dict[tuple[str, str], Course] = field(default_factory=dict)
    inodes_of: dict[tuple[str, str], Course] = field(default_factory=dict)
    extended: dict[tuple[str, str], tuple[date, float]] = field(default_factory=dict)
    shares: dict[str, tuple[Mount, str]] = field(default_factory=dict)
    stuck: set[tuple[str, date]] = field(default_factory=set)
    read_only: dict[tuple[str, str], date] = field(default_factory=dict)
    restarts: dict[str, date] = field(default_factory=dict)
    denied: dict[str, date] = field(default_factory=dict)
    memory: dict[str, Course] = field(default_factory=dict)
    logins: dict[tuple[str, date], list[Any]] = field(default_factory=dict)
    states: dict[tuple[str, str], tuple[date, Any]] = field(default_factory=dict)
    silences: list[dict[str, Any]] = field(default_factory=list)
    windows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reserved: set[str] = field(default_factory=set)

    @property
    def best(self) -> date:
        """The day on which nothing is wrong: a working day without maintenance."""
        day = self.first + timedelta(days=max(1, (self.last - self.first).days // 4))
        while day.weekday() > 4 or day in self.maintenance():
            day += timedelta(days=1)
        return min(day, self.last - timedelta(days=1))

    def past(self, days: int) -> date:
        """Return the day so long before the last; at the earliest the one after the best."""
        return max(self.last - timedelta(days=days), self.best + timedelta(days=1))

    def pace(self, points: float, room: float = 13.0) -> float:
        """Return points a day, more where the days after the best are few: `room` is grown."""
        return max(points, room / (self.last - self.best).days)

    def plant(
        self, kind: str, hosts: Iterable[str], thing: str, first: date, last: date | None = None,
        severity: str = "", **values: Any,
    ) -> None:  # fmt: skip
        """Note what was planted; without `last` it is there to the end."""
        self.plants.append(
            Plant(kind, list(hosts), thing, first, last or self.last, severity, values)
        )

    def pick(
        self, role: str, place: int = 1, fits: Callable[[Server], bool] = lambda _: True
    ) -> Server | None:
        """Return a server of a role that is there all the time, by its place among those."""
        changing = self.reserved | self.added.keys() | self.retired.keys()
        there = [s for s in self.servers if s.role == role and s.name not in changing and fits(s)]
        return there[(place - 1) % len(there)] if there else None

    def present(self, day: date) -> list[Server]:
        """Return the servers that are in the fleet on a day."""
        end = self.last + timedelta(days=1)
        return [
            server
            for server in self.servers
            if self.added.get(server.name, self.first) <= day < self.retired.get(server.name, end)
        ]

    def maintenance(self) -> dict[date, int]:
        """Return the nights of maintenance, monthly three in a row, each with its number."""
        found: dict[date, int] = {}
        month = (self.first - LONG_AGO).replace(day=1)
        while month <= self.last:
            tuesday = month + timedelta(days=(1 - month.weekday()) % 7 + 7)
            found |= {tuesday + timedelta(days=n): n for n in range(3)}
            month = (month + timedelta(days=32)).replace(day=1)
        return found

    def course(self, server: Server, mount: Mount) -> Course:
        """Return how full a filesystem is by day."""
        key = (server.name, mount.at)
        if key not in self.bytes_of:
            self.bytes_of[key] = usage.ordinary(self.seed, server, mount)
        return self.bytes_of[key]

    def use(self, server: Server, mount: Mount, day: date) -> usage.Use:
        """Return the figures of a filesystem on a day."""
        key = (server.name, mount.at)
        inodes = self.inodes_of.get(key)
        since, growth = self.extended.get(key, (self.last, 1.0))
        percent = self.course(server, mount)(day)
        nodes = inodes(day) if inodes else mount.inodes + usage.wobble(f"i{key}", day, 0.05)
        return usage.use(mount, percent, nodes, growth if day >= since else 1.0)

    def started(self, server: Server, now: datetime) -> list[Boot]:
        """Return the starts of a server until then, the latest first."""
        return [boot for boot in reversed(self.boots[server.name]) if boot.at <= now]

    def state(self, host: str, thing: str, day: date) -> Any:
        """Return what was planted for a thing of a host from that day on, or None."""
        since, value = self.states.get((host, thing), (None, None))
        return value if since is not None and since <= day else None


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment of a day, in UTC."""
    return datetime.combine(day, time(hour, minute, second), UTC)


def start_servers(story: Story) -> None:
    """Let every server start now and then: by waves of maintenance, for those that take part."""
    nights = story.maintenance()
    for server in story.servers:
        dice = Random(f"{story.seed} boots {server.name}")  # noqa: S311 - of a made-up fleet
        first = at(story.first - LONG_AGO - timedelta(days=dice.randint(5, 160)), 9)
        boots = [Boot(first + timedelta(minutes=dice.randint(0, 300)))]
        for night, wave in sorted(nights.items()):
            taken = dice.random() < (0.45 if server.hardware else 0.9)
            minutes, seconds = dice.randint(0, 80), dice.randint(0, 59)
            if taken and (server.number - 1) % 3 == wave:
                boots.append(Boot(at(night, 2) + timedelta(minutes=minutes, seconds=seconds)))
        story.boots[server.name] = boots


def plant_waves(story: Story) -> None:
    """Note the waves that lie within the demo's days."""
    for night in story.maintenance():
        if not story.first <= night <= story.last:
            continue
        hosts = [
            server.name
            for server in story.present(night)
            if any(boot.planned and boot.at.date() == night for boot in story.boots[server.name])
            and (server.name, night) not in story.absences
        ]
        if hosts:
            story.plant("reboots", hosts, "maintenance", night, night, "warning", planned=True)


def days_between(first: date, last: date) -> list[date]:
    """Return the days from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
