"""How full a filesystem is on a day: a course over time for bytes, and one for inodes.

A course gives per cent of what users may fill, so that 100 is full. All are pure in the
day: the same day has the same figures, whichever others are made.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from report.demo.organisation import Mount, Server

Course = Callable[[date], float]
EPOCH = date(2026, 1, 1)
FLOOR = 4.0


@dataclass(frozen=True)
class Use:
    """A filesystem on a day: kilobytes and inodes."""

    size: int
    used: int
    available: int
    inodes: int
    inodes_used: int


def wobble(name: str, day: date, width: float) -> float:
    """Return a small difference of a day's own, at most about three times `width`."""
    return max(-3.0, min(3.0, Random(f"{name} {day}").gauss(0, 1))) * width  # noqa: S311


def ordinary(seed: int, server: Server, mount: Mount) -> Course:
    """Return the course of a filesystem with nothing amiss: a slow slope, a weekly wave."""
    name = f"{seed} {server.name} {mount.at}"
    dice = Random(name)  # noqa: S311
    slope = 0.0 if mount.at == "/boot" else dice.uniform(0.0, 9.0) / 90
    wave, phase = dice.uniform(0.1, 0.9), dice.randint(0, 6)

    def percent(day: date) -> float:
        since = (day - EPOCH).days - 240
        swing = wave * math.sin((since + phase) * 2 * math.pi / 7)
        return max(0.5, min(76.0, mount.usage + slope * since + swing + wobble(name, day, 0.12)))

    return percent


def steady(name: str, last: date, end: float, pace: float, width: float = 0.08) -> Course:
    """Return a course that reaches `end` on the last day at `pace` points a day."""

    def percent(day: date) -> float:
        level = end - pace * (last - day).days
        return max(FLOOR, level + (wobble(name, day, width) if day < last else 0.0))

    return percent


def jumping(before: Course, at: date, points: float) -> Course:
    """Return a course that is `points` higher from a day on."""
    return lambda day: before(day) + (points if day >= at else 0.0)


def steps(name: str, last: date, end: float, points: float, every: int) -> Course:
    """Return a course that rises by `points` every so many days and stands still between.

    The last time it rose the day before the last.
    """

    def percent(day: date) -> float:
        taken = ((last - day).days + every - 2) // every
        return max(FLOOR, end - points * taken) + wobble(name, day, 0.03)

    return percent


def cleaned(name: str, at: date, peak: float, pace: float, rest: float) -> Course:
    """Return a course that rises to `peak`, is cleaned up to `rest` on a day, and goes on."""

    def percent(day: date) -> float:
        if day < at:
            return max(FLOOR, peak - pace * ((at - day).days - 1) + wobble(name, day, 0.1))
        return min(70.0, rest + pace * (day - at).days / 4 + wobble(name, day, 0.1))

    return percent


def use(mount: Mount, percent: float, inodes_percent: float, growth: float = 1.0) -> Use:
    """Return the figures of df; `growth` is by how much the filesystem was extended."""
    size = int(mount.gib * growth * 1048576 * (0.984 if mount.fs_type == "ext4" else 0.995))
    usable = int(size * mount.usable)
    used = min(usable, int(usable * percent / 100))
    inodes = size // 16 if mount.fs_type == "ext4" else size // 2
    return Use(size, used, usable - used, inodes, int(inodes * inodes_percent / 100))


def full_on(last: date, end: float, pace: float) -> date:
    """Return the day on which a steady course reaches 100, looked at at six in the morning."""
    return last + timedelta(days=math.floor((100 - end) / pace + 0.25))
