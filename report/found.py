"""The workbook's sheet "Findings": every finding with its id, and those that are not told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from report.cells import Column, Grid
from report.contract import Finding, Resolved, Summary
from report.cover import SEVERITY, measured
from report.grids import table

TITLE = "Findings"
STATUS = (("quiet", '{c}<>"open"'),)
COLUMNS = (
    Column("Status", "text", STATUS), Column("Severity", "text", SEVERITY), Column("State"),
    Column("Since", "day"), Column("Host"), Column("Question"), Column("What", "prose"),
    Column("Value", "number"), Column("Limit", "number"), Column("Planned because"),
    Column("Silenced by"), Column("Silenced because"), Column("Silenced until", "day"),
    Column("Id"),
)  # fmt: skip
ABOUT = (
    "Every finding of every host with its id, as silences.yaml takes it; below them what is "
    "planned, silenced or resolved."
)


def findings(summary: Summary) -> Grid:
    """Return a row a finding and host: the told ones as page 1 orders them, the others below."""
    return table(TITLE, COLUMNS, list(_rows(summary)), ABOUT)


def _rows(summary: Summary) -> Iterator[tuple[Any, ...]]:
    for one in summary.findings:
        yield from _of(one, "open")
    for one in summary.planned:
        yield from _of(one, "planned", one.planned)
    for each in summary.silenced:
        why = (each.author, each.reason, _day(each.until))
        yield from _of(each.finding, "silenced", each.finding.planned or None, *why)
    for gone in summary.resolved:
        yield from _gone(gone)


def _of(
    one: Finding, status: str, window: str | None = None, author: str | None = None,
    reason: str | None = None, until: datetime | None = None,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    value, bound = (measured(each, one.section) for each in (one.value, one.bound))
    for host, name in zip(one.hosts, one.ids, strict=True):
        yield (
            status, one.severity, one.state or None, _day(one.since), host, one.question,
            one.sentence, value, bound, window, author, reason, until, name,
        )  # fmt: skip


def _gone(one: Resolved) -> Iterator[tuple[Any, ...]]:
    for host in one.hosts:
        what = (host, one.question, one.sentence)
        yield ("resolved", None, None, _day(one.since), *what, *[None] * 7)


def _day(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day)  # noqa: DTZ001
