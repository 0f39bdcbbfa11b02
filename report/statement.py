"""The one number that matters, what it was and what it is made of: for page 1 and the mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from report.contract import Finding, KeyFigure, Summary
from report.reading import BEFORE, View
from report.trail import FIGURE_DAYS
from report.words import UNKNOWN, day_month, number, plural, verb

LABEL = "Critical findings"


class Statement(NamedTuple):
    """figure: how many findings are critical. made_of: of which questions, worst first.

    said: what today's number is held against, in words; "" where nothing was read.
    """

    figure: KeyFigure
    made_of: tuple[tuple[str, int], ...]
    said: str


def statement(summary: Summary) -> Statement:
    """Return how many findings are critical, of which kinds, and what it was before."""
    critical = [one for one in summary.findings if one.severity == "critical"]
    read, before = bool(summary.hosts_read), summary.critical_before
    value = number(len(critical)) if read or critical else UNKNOWN
    mark = "critical" if critical else "unread" if summary.unread or not read else "good"
    past = tuple(float(count) for _, count in before) if read else ()
    made_of = tuple(Counter(one.question for one in critical).items())
    figure = KeyFigure(LABEL, value, "", "", mark, past)
    return Statement(figure, made_of, _then(critical, before) if read else "")


def _then(critical: Sequence[Finding], before: Sequence[tuple[date, int]]) -> str:
    if not before:
        return "The first report: nothing to compare with."
    new = sum(one.state == "new" for one in critical)
    if critical:
        return f"{number(before[-1][1])} yesterday; {number(new)} of today’s {verb(new, 'is')} new."
    bad = [(day, count) for day, count in before if count]
    if not bad:
        return f"None in the {plural(len(before), 'day')} before." if len(before) > 1 else ""
    day, count = bad[-1]
    return f"The last: {number(count)} on {day_month(day)}."


def critical_before(view: View) -> tuple[tuple[date, int], ...]:
    """Return how many critical findings were told on each of the days before, oldest first."""
    rows = view.frames[BEFORE]
    days = sorted({int(day) for day in rows["day"]})[-FIGURE_DAYS:]
    here = rows[rows["host"].notna() & rows["severity"].eq("critical") & rows["aside"].isna()]
    once = here.drop_duplicates(["day", "kind", "question", "sentence"])
    counts = once.groupby("day").size()
    return tuple((date.fromordinal(day), int(counts.get(day, 0))) for day in days)


def signed(change: float) -> str:
    """Return a change with its sign: "+9", "−1.6", "±0"."""
    decimals = 0 if change == int(change) else 1
    return f"{'+' if change > 0 else '−'}{number(abs(change), decimals)}" if change else "±0"
