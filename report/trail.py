"""Pure: today's findings against those of the days before: what is new, worse, gone.

A finding comes down to atoms: (host, kind, object). A day's atoms are saved beside its
snapshot; those of the last weeks are what today is held against.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from report.contract import Finding, KeyFigure, Resolved, Severity, State
from report.words import is_missing, natural, plural

if TYPE_CHECKING:
    import pandas as pd

Atom = tuple[str, str, str]
COLUMNS = (
    "host", "kind", "object", "severity", "value", "question", "sentence", "collector", "aside",
)  # fmt: skip
PLANNED, SILENCED = "planned", "silenced"
DAYS = 30  # of the past that are looked at
FIGURE_DAYS = 14  # of them that a key figure shows
LATELY = 7  # known days, in which a finding that comes and goes is flapping
TURNS = 3  # so many times of coming or going
WORSE = 0.05  # a value that has changed by a twentieth, and by one, is another one
# Of these the value is % used: it is another one by three points, or when what is left shrank
# by a fifth, for two points are much at 96 % and little at 50.
PERCENTS = frozenset({"disk-full", "inodes-full", "disk-filling", "memory"})
POINTS, OF_THE_REST = 3.0, 0.2
# Of a host of which nothing was read, nothing else is known either.
BLIND = frozenset({"server-down", "server-unread", "server-unknown"})
# What happens and is over is not resolved on the day after.
EVENTS = (
    "rebooted", "root-by-password", "failed-logins", "guessed", "returned", "new-", "kernel-",
    "unusual-", "login-burst",
)  # fmt: skip
# Days that are left: that they get fewer is no news.
COUNTDOWNS = frozenset({"certificate"})
RANK: dict[str, int] = {"warning": 1, "critical": 2}


class Seen(NamedTuple):
    """An atom on one day."""

    severity: str
    value: float | None


class Past:
    """The findings of the days before, by atom and day (its ordinal)."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.days: list[int] = sorted({int(day) for day in rows["day"]})
        self._seen: dict[Atom, dict[int, Seen]] = {}
        self._blind: dict[str, set[int]] = {}
        self._rows: dict[Atom, Mapping[Hashable, Any]] = {}
        for row in rows.to_dict("records"):
            if is_missing(row["host"]):  # what stands for a day without a finding
                continue
            atom, day = (str(row["host"]), str(row["kind"]), str(row["object"])), int(row["day"])
            if atom[1] in BLIND:
                self._blind.setdefault(atom[0], set()).add(day)
            if row.get("aside") == PLANNED:  # the day after its window it is news
                continue
            value = None if is_missing(row["value"]) else float(row["value"])
            self._seen.setdefault(atom, {})[day] = Seen(str(row["severity"]), value)
            self._rows[atom] = row  # the latest

    @classmethod
    def none(cls) -> Past:
        """Return the past of a first day."""
        import pandas as pd

        return cls(pd.DataFrame(columns=["day", *COLUMNS]))

    def last(self, atom: Atom) -> str:
        """Return how bad it was on the last day on which that is known; "" for not at all."""
        known = self.of(atom)
        seen = known[max(known)] if known else None
        return seen.severity if seen else ""

    def of(self, atom: Atom) -> dict[int, Seen | None]:
        """Return the days on which it is known whether it was there, oldest first."""
        there = self._seen.get(atom, {})
        blind = self._blind.get(atom[0], set()) if atom[1] not in BLIND else set()
        return {day: there.get(day) for day in self.days if day in there or day not in blind}

    def gone(self, today: Iterable[Finding]) -> Iterator[tuple[Atom, Mapping[Hashable, Any]]]:
        """Yield the atoms of the day before, with their rows, that are not among today's."""
        here = {atom for one in today for atom in one.atoms}
        last = self.days[-1] if self.days else None
        for atom, days in self._seen.items():
            if last in days and atom not in here:
                yield atom, self._rows[atom]


def told(found: Sequence[Finding], past: Past) -> list[Finding]:
    """Return the findings with their state and since when; as they are without a past."""
    return [_told(one, past) for one in found] if past.days else list(found)


def _told(one: Finding, past: Past) -> Finding:
    each = [_state(one, past.of(atom)) for atom in one.atoms]
    states = [state for state, _ in each]
    since = min((day for _, day in each if day is not None), default=None)
    state: State = states[0] if len(set(states)) == 1 else "worse" if "new" in states else "ongoing"
    return replace(one, state=state, since=None if since is None else date.fromordinal(since))


def _state(one: Finding, days: Mapping[int, Seen | None]) -> tuple[State, int | None]:
    """Return how one atom stands to its past, and the first day of it without a break."""
    known = list(days.items())
    since = None
    for day, seen in reversed(known):
        if seen is None:
            break
        since = day
    lately = [seen is not None for _, seen in known[-LATELY:]] + [True]
    if sum(before != after for before, after in pairwise(lately)) >= TURNS:
        return "flapping", since
    before = known[-1][1] if known else None
    if before is None:
        return "new", None
    value = None if one.kind in COUNTDOWNS else one.value
    return _compared(one.severity, value, before, one.kind in PERCENTS), since


def _compared(severity: Severity, value: float | None, before: Seen, used: bool = False) -> State:
    was = RANK.get(before.severity, 0)
    if RANK[severity] != was:
        return "worse" if RANK[severity] > was else "better"
    if value is None or before.value is None:
        return "ongoing"
    change = value - before.value
    least = _points(value, before.value) if used else WORSE * abs(before.value)
    if abs(change) < max(1.0, least):
        return "ongoing"
    return "worse" if change > 0 else "better"


def _points(value: float, before: float) -> float:
    """Return how many points make another value of one in % used."""
    return min(POINTS, OF_THE_REST * (100 - min(value, before)))


def resolved(found: Sequence[Finding], past: Past, read: Mapping[str, set[str]]) -> list[Resolved]:
    """Return what was a finding the day before and is none today, one for each sentence.

    read: host → the collectors that read it today; of the rest nothing is known.
    """
    alike: dict[tuple[str, str], list[str]] = {}
    since: dict[tuple[str, str], int] = {}
    for atom, row in past.gone(found):
        if row["collector"] not in read.get(atom[0], set()) or atom[1].startswith(EVENTS):
            continue
        if row.get("aside") == SILENCED:
            continue
        key = (str(row["question"]), str(row["sentence"]))
        alike.setdefault(key, []).append(atom[0])
        first = _state_since(past.of(atom))
        since[key] = min(since.get(key, first), first)
    return [
        Resolved(
            hosts[0] if len(hosts) == 1 else plural(len(hosts), "host"),
            tuple(sorted(hosts, key=natural)), question, sentence, date.fromordinal(since[key]),
        )
        for key, hosts in alike.items() for question, sentence in [key]
    ]  # fmt: skip


def _state_since(days: Mapping[int, Seen | None]) -> int:
    since = max(days, default=0)
    for day, seen in reversed(list(days.items())):
        if seen is None:
            break
        since = day
    return since


def with_past(figures: Sequence[KeyFigure], rows: pd.DataFrame) -> list[KeyFigure]:
    """Return the key figures with what they were; rows: day, label and value of the days before."""
    days = sorted({int(day) for day in rows["day"]})[-FIGURE_DAYS:]
    known = {
        (str(row["label"]), int(row["day"])): float(row["value"])
        for row in rows.to_dict("records")
        if not is_missing(row["value"])
    }
    return [
        replace(one, before=tuple(known.get((one.label, day)) for day in days)) for one in figures
    ]


def rows(
    found: Sequence[Finding], silenced: Sequence[Finding] = (), planned: Sequence[Finding] = ()
) -> list[dict[str, Any]]:
    """Return what is saved of a day's findings: a row an atom, or one that says that there is none.

    Keys: COLUMNS.
    """
    every = ((found, None), (silenced, SILENCED), (planned, PLANNED))
    made = [
        {"host": host, "kind": kind, "object": what, "severity": one.severity, "value": one.value,
         "question": one.question, "sentence": one.about or one.sentence, "collector": one.source,
         "aside": aside}
        for findings, aside in every for one in findings for host, kind, what in one.atoms
    ]  # fmt: skip
    return made or [dict.fromkeys(COLUMNS)]
