"""The workbook's first sheet: the day in words, key figures, findings, gaps, and what follows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from report.cells import Column, Formula, Grid, Held, Link, Typed
from report.contract import Finding, Summary, Unread
from report.evidence import Places
from report.looks import COVER, Looks
from report.sheets import Sheet
from report.store import Day

COLUMNS = 6
SEVERITY = (("critical", '{c}="critical"'), ("warning", '{c}="warning"'))
FIGURE = re.compile(r"[-−]?\d{1,3}(,\d{3})*(\.\d+)?|[-−]?\d+(\.\d+)?")


def write_cover(
    looks: Looks, day: Day, summary: Summary, tables: list[Grid], places: Places
) -> tuple[Sheet, Held]:  # fmt: skip
    """Write the first sheet; return it, and what the workbook is to hold."""
    sheet = Sheet(looks, COVER, looks.widths(COLUMNS))
    looks.illustrate(sheet.raw, COLUMNS - 1)
    named = " – ".join(filter(None, (day.info.title, day.info.organisation)))
    first = f"{named}, {day.date:%A}, {day.date.day} {day.date:%B %Y}"
    facts = _facts(day, summary)
    sheet.line(first, style="Report day")
    sheet.banner(summary.headline, "Report headline")
    sheet.banner(summary.lead, "Report lead")
    for name, value, kind in facts:
        sheet.line(name, value, kinds=("text", kind))
    lines: list[Sequence[Any]] = [(first,), *(fact[:2] for fact in facts)]
    held = {}
    for title, grid in (
        ("Key figures", _figures(summary, tables)),
        ("What needs attention", _attention(summary.findings, places)),
        ("Could not be read", _unread(summary.unread)),
        ("Sheets", _contents(tables)),
    ):
        sheet.line()
        sheet.line(title, style="Report section")
        lines.append((title,))
        if grid.rows:
            held[f"summary_{table_name(grid.title)}"] = (COVER, grid)
            sheet.grid(grid, f"summary_{table_name(grid.title)}")
        else:
            sheet.line(grid.about)
            lines.append((grid.about,))
    return sheet, Held(
        {**held, **{table_name(one.title): (one.title, one) for one in tables}}, lines
    )


def _facts(day: Day, summary: Summary) -> list[tuple[str, Any, str]]:
    info = day.info
    first, last = (
        at.astimezone(info.zone).replace(tzinfo=None) for at in (info.from_at, info.to_at)
    )
    return [
        (f"Period from ({info.time_zone})", first, "time"),
        (f"Period to ({info.time_zone})", last, "time"),
        ("Servers listed", summary.hosts, "whole"),
        ("Servers read", summary.hosts_read, "whole"),
        ("Servers read in part", summary.hosts_partial, "whole"),
        ("Coverage", round(summary.coverage_percent / 100, 8), "percent"),
    ]


def _figures(summary: Summary, tables: list[Grid]) -> Grid:
    """Return the key figures, as formulas on the tables where those hold all they are made of."""
    columns = (Column("Figure"), Column("Value", "whole"), Column("Unit"), Column("Note"))
    whole = {grid.title: grid for grid in tables if not grid.cut}
    sums = {
        "Servers up": ("servers", "state", "up"),
        "Logins failed": ("Logins by host", "Failed", None),
        "Logins accepted": ("Logins by host", "Accepted", None),
    }
    rows = [
        (
            one.label,
            _above(_as_number(one.value), _attention(summary.findings))
            if one.label == "Disks above limit"
            else _computed(_as_number(one.value), whole, sums.get(one.label)),
            one.unit,
            one.note,
        )
        for one in summary.figures
    ]
    return Grid("figures", columns, rows, "None.")


def _above(value: Any, found: Grid) -> Any:
    """Return how many findings of a filling disk have a limit: others will only be full."""
    heads = [column.head for column in found.columns]
    question, limit = heads.index("Question"), heads.index("Limit")
    limited = [
        row for row in found.rows if row[question] == "Filling" and row[limit] is not None
    ]  # fmt: skip
    if not found.rows or len(limited) != value:
        return value
    table = f"summary_{table_name('attention')}"
    return Formula(f'COUNTIFS({table}[Question],"Filling",{table}[Limit],"<>")', value)


def _computed(
    value: Any, whole: Mapping[str, Grid], how: tuple[str, str, str | None] | None
) -> Any:
    """Return a figure as the formula that gives it, where a table does; as it is otherwise."""
    if how is None or not isinstance(value, int) or not (grid := whole.get(how[0])):
        return value
    title, head, counted = how
    index = [column.head for column in grid.columns].index(head)
    cells = [row[index] for row in grid.rows]
    comes_to = sum(one or 0 for one in cells) if counted is None else cells.count(counted)
    if comes_to != value or not cells:
        return value
    where = f"{table_name(title)}[{head}]"
    return Formula(f"SUM({where})" if counted is None else f'COUNTIF({where},"{counted}")', value)


def _linked(one: Finding, places: Places | None) -> Any:
    """Return a finding's subject, leading to the first row it is made of that is on a sheet."""
    for place in places.of(one).values() if places else ():
        if place.row:
            return Link(one.subject, place.sheet, place.row)
    return one.subject


def _attention(findings: tuple[Finding, ...], places: Places | None = None) -> Grid:
    columns = (
        Column("Subject", "prose"), Column("Severity", "text", SEVERITY), Column("Question"),
        Column("What", "prose"), Column("Value", "number"), Column("Limit", "number"),
    )  # fmt: skip
    rows = [
        (
            _linked(one, places),
            one.severity,
            one.question,
            one.sentence,
            measured(one.value, one.section),
            measured(one.bound, one.section),
        )
        for one in findings
    ]
    return Grid("attention", columns, rows, "Nothing.")


def _unread(unread: tuple[Unread, ...]) -> Grid:
    columns = (
        Column("Hosts", "prose"), Column("What"), Column("Outcome"), Column("Cause", "prose"),
        Column("Number", "whole"),
    )  # fmt: skip
    rows = [
        (", ".join(one.hosts), one.what, one.outcome, one.cause, len(one.hosts)) for one in unread
    ]
    return Grid("unread", columns, rows, "Everything could be read.")


def _contents(tables: list[Grid]) -> Grid:
    columns = (
        Column("Sheet"),
        Column("Rows", "whole"),
        Column("Cut from", "whole"),
        Column("Holds", "prose"),
    )
    rows = [
        (
            grid.title, len(grid.rows), grid.of if grid.cut else None,
            " ".join(filter(None, (grid.about, grid.cut))),
        )
        for grid in tables
    ]  # fmt: skip
    return Grid("sheets", columns, rows)


def measured(value: float | None, section: str) -> Any:
    if value is None or section != "disks":
        return None if value is None else Typed(value, "whole" if value == int(value) else "number")
    return Typed(value / 100, "percent")


def _as_number(text: str) -> Any:
    """Return "43,312" as a number, and what is none as the text it is."""
    if not FIGURE.fullmatch(text):
        return text
    digits = text.replace(",", "").replace("−", "-")
    return Typed(float(digits), "tenth") if "." in digits else int(digits)


def table_name(title: str) -> str:
    """Return the name of a sheet's table, by which formulas call it."""
    return "t_" + re.sub(r"\W+", "_", title.lower(), flags=re.ASCII).strip("_")
