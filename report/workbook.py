"""A day's frames into report.xlsx; also a program, `python -m report.workbook`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.writer.excel import ExcelWriter

from collectors.errors import InfraReportError
from report import dictionary, overtime
from report.beside import write_beside
from report.cells import Grid, Typed
from report.contract import Summary
from report.cover import table_name, write_cover
from report.files import write_whole
from report.findings import summarise
from report.found import findings
from report.grids import grids
from report.looks import COVER, Looks
from report.own import WORKBOOK, find
from report.reading import View, narrowed, view
from report.sheets import Sheet
from report.store import Day, load
from report.trendcharts import add_trends
from report.words import is_missing

SHOWN = {"time": 19, "day": 10, "percent": 7, "flag": 6}
WIDEST, NARROWEST = 60, 6


def write_workbook(day: Day, path: Path, summary: Summary | None = None) -> None:
    """Write the day's workbook into its place. Raises OutputError."""
    write_whole(path, packed_workbook(day, summary))


def packed_workbook(day: Day, summary: Summary | None = None) -> bytes:
    """Return the day's workbook as a file's bytes, the same for the same day.

    Sheets: Summary, the processed tables, the days before, one a frame, the data dictionary.
    """
    known = summary or summarise(day)
    return _made(day, known, all_grids(day, known), find(WORKBOOK, None))


def all_grids(day: Day, summary: Summary) -> list[Grid]:
    """Return the tables of every sheet but the first."""
    made = [findings(summary), *grids(day)]
    processed = sum(not grid.frame for grid in made)
    past: tuple[Grid | None, ...] = (
        () if isinstance(day, View) and day.groups else (overtime.trends(day, summary.figures),)
    )
    past += (overtime.disks(day),) if "disks" in day.frames else ()
    made[processed:processed] = [grid for grid in past if grid]
    return _with_own_titles([*made, dictionary.dictionary(day)])


def _made(day: Day, summary: Summary, tables: list[Grid], template: Path) -> bytes:
    looks = Looks(template, day.info)
    computed = write_cover(looks, day, summary, tables)
    for grid in tables:
        sheet = _grid_sheet(looks, grid, table_name(grid.title))
        if grid.title == overtime.TRENDS:
            add_trends(sheet, grid)
    looks.book.properties = _properties(day)
    return _packed(looks.book, computed)


def main(arguments: list[str]) -> int:
    """Write one day's workbook, of some groups' hosts only if groups are named.

    Arguments: OUTPUT DATE PATH TEMPLATE [GROUP …]. Says on one line of stderr why there is none.
    """
    parent = os.getppid()
    try:
        output, day, path, template, *groups = arguments
        snapshot = load(Path(output), date.fromisoformat(day))
        shown = narrowed(snapshot, groups) if groups else view(snapshot)
        summary = summarise(shown)
        tables = all_grids(shown, summary)
        book = _made(shown, summary, tables, Path(template))
        if os.getppid() != parent:  # the run was killed; another one may be at work here
            return 1
        write_beside(Path(path).parent, tables)
        write_whole(Path(path), book)
    except InfraReportError as error:
        print(" ".join(str(error).split()), file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


def _grid_sheet(looks: Looks, grid: Grid, name: str) -> Sheet:
    """Write a sheet that holds one table; what was cut stands above it."""
    sheet = Sheet(looks, grid.title, list(_widths(grid)))
    sheet.freeze(3 if grid.cut else 2)
    if grid.cut:
        sheet.line(grid.cut, style="Report cut")
    sheet.grid(grid, name)
    return sheet


def _widths(grid: Grid) -> Iterator[float]:
    for index, column in enumerate(grid.columns):
        fixed = SHOWN.get(column.kind)
        longest = fixed or max((_length(row[index]) for row in grid.rows), default=0)
        yield min(max(longest + 2, len(column.head) + 5, NARROWEST), WIDEST)


def _length(value: Any) -> int:
    value = value.value if isinstance(value, Typed) else value
    if is_missing(value):
        return 0
    if isinstance(value, int | float):
        return len(f"{value:,.2f}" if isinstance(value, float) else f"{value:,}")
    return len(str(value))


def _with_own_titles(tables: list[Grid]) -> list[Grid]:
    """Return the tables so that no two sheets share a name, which Excel reads without case."""
    taken: set[str] = {COVER.lower()}
    named = []
    for grid in tables:
        title = re.sub(r"[\[\]:*?/\\]", "_", grid.title)[:24]
        title = title if title.lower() not in taken else f"{title} (data)"
        taken.add(title.lower())
        named.append(replace(grid, title=title))
    return named


def _properties(day: Day) -> DocumentProperties:
    at = day.info.to_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return DocumentProperties(
        creator="Daily Infrastructure Report",
        title=f"{day.info.title} {day.date}",
        created=at,
        modified=at,
    )


def _packed(book: Workbook, computed: Mapping[str, float]) -> bytes:
    """Return the workbook as a file whose members carry no time of their own.

    computed: cell of the first sheet → what its formula comes to, which openpyxl leaves out.
    """
    loose, packed = BytesIO(), BytesIO()
    ExcelWriter(book, ZipFile(loose, "w", ZIP_STORED)).save()
    with ZipFile(loose) as source, ZipFile(packed, "w") as target:
        for name in source.namelist():
            member = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o600 << 16
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = _with_values(content.decode(), computed).encode()
            target.writestr(member, content, ZIP_DEFLATED, 6)
    return packed.getvalue()


def _with_values(xml: str, computed: Mapping[str, float]) -> str:
    for cell, value in computed.items():
        empty = rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)(?:<v ?/>|<v></v>)'
        xml = re.sub(empty, rf"\g<1><v>{value:.12g}</v>", xml)
    return xml


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
