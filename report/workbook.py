"""A day's frames into report.xlsx. Also a program: `python -m report.workbook OUTPUT DATE PATH`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.writer.excel import ExcelWriter

from collectors.errors import InfraReportError
from report.contract import Finding, Summary, Unread
from report.files import write_whole
from report.findings import summarise
from report.grids import grids
from report.reading import narrowed
from report.sheets import GREY, RED, Column, Grid, Sheet, Typed, font
from report.store import Day, load
from report.words import is_missing

WIDTHS = (32, 20, 18, 80, 12, 12)
SHOWN = {"time": 19, "percent": 7, "flag": 6}
WIDEST, NARROWEST = 60, 6
SEVERITY = (("critical", '{c}="critical"'), ("warning", '{c}="warning"'))
FIGURE = re.compile(r"[-−]?\d{1,3}(,\d{3})*(\.\d+)?|[-−]?\d+(\.\d+)?")


def write_workbook(day: Day, path: Path, summary: Summary | None = None) -> None:
    """Write the day's workbook into its place. Raises OutputError."""
    write_whole(path, packed_workbook(day, summary))


def packed_workbook(day: Day, summary: Summary | None = None) -> bytes:
    """Return the day's workbook as a file's bytes, the same for the same day.

    Sheets: Summary, the processed tables, one a frame.
    """
    book = Workbook(write_only=True)
    tables = _with_own_titles(grids(day))
    _summary_sheet(book, day, summary or summarise(day), tables)
    for grid in tables:
        _grid_sheet(book, grid, _table_name(grid.title))
    book.properties = _properties(day)
    return _packed(book)


def main(arguments: list[str]) -> int:
    """Write one day's workbook, of some groups' hosts only if groups are named.

    Arguments: OUTPUT DATE PATH [GROUP …]. Says on one line of stderr why there is none.
    """
    parent = os.getppid()
    try:
        output, day, path, *groups = arguments
        snapshot = load(Path(output), date.fromisoformat(day))
        book = packed_workbook(narrowed(snapshot, groups) if groups else snapshot)
        if os.getppid() != parent:  # the run was killed; another one may be at work here
            return 1
        write_whole(Path(path), book)
    except InfraReportError as error:
        print(" ".join(str(error).split()), file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


def _summary_sheet(book: Workbook, day: Day, summary: Summary, tables: list[Grid]) -> None:
    sheet = Sheet(book, "Summary", WIDTHS)
    named = " – ".join(filter(None, (day.info.title, day.info.organisation)))
    sheet.line(f"{named}, {day.date:%A}, {day.date.day} {day.date:%B %Y}", style=font(color=GREY))
    sheet.banner(summary.headline, font(18, bold=True))
    sheet.banner(summary.lead, font(12))
    for name, value, kind in _facts(day, summary):
        sheet.line(name, value, kinds=("text", kind))
    for title, grid in (
        ("Key figures", _figures(summary)),
        ("What needs attention", _attention(summary.findings)),
        ("Could not be read", _unread(summary.unread)),
        ("Sheets", _contents(tables)),
    ):
        sheet.line()
        sheet.line(title, style=font(13, bold=True))
        if grid.rows:
            sheet.grid(grid, f"summary_{_table_name(grid.title)}")
        else:
            sheet.line(grid.about)


def _grid_sheet(book: Workbook, grid: Grid, name: str) -> None:
    """Write a sheet that holds one table; what was cut stands above it."""
    sheet = Sheet(book, grid.title, list(_widths(grid)))
    sheet.freeze(3 if grid.cut else 2)
    if grid.cut:
        sheet.line(grid.cut, style=font(bold=True, color=RED))
    sheet.grid(grid, name)


def _widths(grid: Grid) -> Iterator[float]:
    for index, column in enumerate(grid.columns):
        fixed = SHOWN.get(column.kind)
        longest = fixed or max((_length(row[index]) for row in grid.rows), default=0)
        yield min(max(longest + 2, len(column.head) + 5, NARROWEST), WIDEST)


def _length(value: Any) -> int:
    if is_missing(value):
        return 0
    return len(f"{value:,.2f}") if isinstance(value, float) else len(str(value))


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


def _figures(summary: Summary) -> Grid:
    columns = (Column("Figure"), Column("Value", "whole"), Column("Unit"), Column("Note"))
    rows = [(one.label, _as_number(one.value), one.unit, one.note) for one in summary.figures]
    return Grid("figures", columns, rows, "None.")


def _attention(findings: tuple[Finding, ...]) -> Grid:
    columns = (
        Column("Subject", "prose"), Column("Severity", "text", SEVERITY), Column("Question"),
        Column("What", "prose"), Column("Value", "number"), Column("Limit", "number"),
    )  # fmt: skip
    rows = [
        (
            one.subject,
            one.severity,
            one.question,
            one.sentence,
            _measured(one.value, one.section),
            _measured(one.bound, one.section),
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
        (grid.title, len(grid.rows), grid.of if grid.cut else None, grid.about) for grid in tables
    ]
    return Grid("sheets", columns, rows)


def _measured(value: float | None, section: str) -> Any:
    if value is None or section != "disks":
        return None if value is None else Typed(value, "whole" if value == int(value) else "number")
    return Typed(value / 100, "percent")


def _as_number(text: str) -> Any:
    """Return "43,312" as a number, and what is none as the text it is."""
    if not FIGURE.fullmatch(text):
        return text
    digits = text.replace(",", "").replace("−", "-")
    return Typed(float(digits), "tenth") if "." in digits else int(digits)


def _with_own_titles(tables: list[Grid]) -> list[Grid]:
    """Return the tables so that no two sheets share a name, which Excel reads without case."""
    taken: set[str] = {"summary"}
    named = []
    for grid in tables:
        title = re.sub(r"[\[\]:*?/\\]", "_", grid.title)[:24]
        title = title if title.lower() not in taken else f"{title} (data)"
        taken.add(title.lower())
        named.append(Grid(title, grid.columns, grid.rows, grid.about, grid.of, grid.whole))
    return named


def _table_name(title: str) -> str:
    return "t_" + re.sub(r"\W+", "_", title.lower(), flags=re.ASCII).strip("_")


def _properties(day: Day) -> DocumentProperties:
    at = day.info.to_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return DocumentProperties(
        creator="Daily Infrastructure Report",
        title=f"{day.info.title} {day.date}",
        created=at,
        modified=at,
    )


def _packed(book: Workbook) -> bytes:
    """Return the workbook as a file whose members carry no time of their own."""
    loose, packed = BytesIO(), BytesIO()
    ExcelWriter(book, ZipFile(loose, "w", ZIP_STORED)).save()
    with ZipFile(loose) as source, ZipFile(packed, "w") as target:
        for name in source.namelist():
            member = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o600 << 16
            target.writestr(member, source.read(name), ZIP_DEFLATED, 6)
    return packed.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
