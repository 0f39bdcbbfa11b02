"""A day's frames into report.xlsx."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.writer.excel import ExcelWriter

from report import dictionary, overtime
from report.beside import write_beside
from report.cells import Grid, Held, Link, Typed
from report.contract import Summary
from report.cover import table_name, write_cover
from report.evidence import Places
from report.files import write_whole
from report.findings import summarise
from report.found import TITLE as FINDINGS
from report.found import findings
from report.grids import grids
from report.looks import COVER, Looks
from report.own import WORKBOOK, find
from report.reading import View, view
from report.sheets import Sheet
from report.store import Day
from report.trendcharts import add_trends
from report.words import is_missing

SHOWN = {"time": 19, "day": 10, "percent": 7, "flag": 6}
WIDEST, NARROWEST = 60, 6


def write_workbook(day: Day, path: Path, template: Path | None = None) -> Held:
    """Write the day's workbook, the same for the same day, and beside it what its sheets cut.

    Returns what it is to hold.

    Sheets: Summary, the processed tables, the days before, one a frame, the data dictionary.
    template: ours, if none is given. Raises DocumentError for one that lacks something,
    OutputError.
    """
    known = view(day)
    summary = summarise(known)
    tables, places = all_grids(known, summary)
    book, held = _made(known, summary, tables, places, template or find(WORKBOOK, None))
    write_beside(path.parent, tables)
    write_whole(path, book)
    return held


def all_grids(day: View, summary: Summary) -> tuple[list[Grid], Places]:
    """Return the tables of every sheet but the first, and where in them findings' rows stand."""
    made = [Grid(FINDINGS, (), ()), *grids(day)]
    processed = sum(not grid.frame for grid in made)
    past = [overtime.trends(day, summary.figures)]
    past += [overtime.disks(day)] if "disks" in day.frames else []
    made[processed:processed] = [grid for grid in past if grid]
    named = _with_own_titles([*made, dictionary.dictionary(day)])
    places = Places(day, named)
    return [findings(summary, places), *named[1:]], places


def _made(
    day: View, summary: Summary, tables: list[Grid], places: Places, template: Path
) -> tuple[bytes, Held]:  # fmt: skip
    looks = Looks(template, day.info)
    cover, held = write_cover(looks, day, summary, tables, places)
    sheets = [cover]
    for grid in tables:
        sheet = _grid_sheet(looks, grid, table_name(grid.title))
        if grid.title == overtime.TRENDS:
            add_trends(sheet, grid)
        sheets.append(sheet)
    looks.book.properties = _properties(day)
    return _packed(looks.book, sheets), held


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
    value = value.text if isinstance(value, Link) else value
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


def _packed(book: Workbook, sheets: Sequence[Sheet]) -> bytes:
    """Return the workbook as a file whose members carry no time of their own.

    What openpyxl leaves out is put in: a sheet's further rows, what its formulas come to.
    """
    loose, packed = BytesIO(), BytesIO()
    members = {f"xl/worksheets/sheet{nth}.xml": sheet for nth, sheet in enumerate(sheets, 1)}
    ExcelWriter(book, ZipFile(loose, "w", ZIP_STORED)).save()
    with ZipFile(loose) as source, ZipFile(packed, "w") as target:
        for name in source.namelist():
            member = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o600 << 16
            content = source.read(name)
            if sheet := members.get(name):
                content = _completed(content.decode(), sheet).encode()
            target.writestr(member, content, ZIP_DEFLATED, 6)
    return packed.getvalue()


def _completed(xml: str, sheet: Sheet) -> str:
    xml = xml.replace("</sheetData>", f"{sheet.rest}</sheetData>", 1)
    for cell, value in sheet.computed.items():
        empty = rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)(?:<v ?/>|<v></v>)'
        xml = re.sub(empty, rf"\g<1><v>{value:.12g}</v>", xml)
    return xml
