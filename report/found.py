"""The workbook's sheet "Findings": every finding with its id, and those that are not told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from report.cells import Column, Grid, Link
from report.contract import Finding, Resolved, Summary
from report.cover import SEVERITY, measured
from report.evidence import Place, Places
from report.grids import table

TITLE = "Findings"
STATUS = (("quiet", '{c}<>"open"'),)
COLUMNS = (
    Column("Status", "text", STATUS), Column("Severity", "text", SEVERITY), Column("State"),
    Column("Since", "day"), Column("Host"), Column("Question"), Column("What", "prose"),
    Column("Value", "number"), Column("Limit", "number"), Column("Planned because"),
    Column("Silenced by"), Column("Silenced because"), Column("Silenced until", "day"),
    Column("Id"), Column("Evidence"), Column("Printed in"),
)  # fmt: skip
ABOUT = (
    "Every finding of every host with its id, as silences.yaml takes it, the rows it is made of, "
    "and the file with what the server printed; below them what is planned, silenced or resolved."
)


def findings(summary: Summary, places: Places) -> Grid:
    """Return a row a finding and host: the told ones as page 1 orders them, the others below."""
    return table(TITLE, COLUMNS, list(_rows(summary, places)), ABOUT)


def _rows(summary: Summary, places: Places) -> Iterator[tuple[Any, ...]]:
    for one in summary.findings:
        yield from _of(one, places, "open")
    for one in summary.planned:
        yield from _of(one, places, "planned", one.planned)
    for each in summary.silenced:
        why = (each.author, each.reason, _day(each.until))
        yield from _of(each.finding, places, "silenced", each.finding.planned or None, *why)
    for gone in summary.resolved:
        yield from _gone(gone)


def _of(
    one: Finding, places: Places, status: str, window: str | None = None, author: str | None = None,
    reason: str | None = None, until: datetime | None = None,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    value, bound = (measured(each, one.section) for each in (one.value, one.bound))
    made_of = places.of(one)
    for host, name in zip(one.hosts, one.ids, strict=True):
        yield (
            status, one.severity, one.state or None, _day(one.since), host, one.question,
            one.sentence, value, bound, window, author, reason, until, name,
            _linked(made_of.get(host)), places.raw(host),
        )  # fmt: skip


def _linked(place: Place | None) -> Any:
    if place is None:
        return None
    return Link(place.said, place.sheet, place.row) if place.row else place.said


def _gone(one: Resolved) -> Iterator[tuple[Any, ...]]:
    for host in one.hosts:
        what = (host, one.question, one.sentence)
        yield ("resolved", None, None, _day(one.since), *what, *[None] * 9)


def _day(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day)  # noqa: DTZ001
