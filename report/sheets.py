"""Cells and tables of a workbook: what is data stays data, what is a number is a number.

Text never becomes a formula or an error value; what Excel refuses, and what nobody would see,
becomes a visible escape. NA is an empty cell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import DataBarRule, FormulaRule
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from report import printed
from report.bulk import rows_xml
from report.cells import Formula, Grid, Link, Typed, clean, heads_of
from report.looks import Looks
from report.words import is_missing

FORMATS = {  # _) keeps figures off the text in the next column
    "plain": "0_)",
    "whole": "#,##0_)",
    "number": "#,##0.00_)",
    "tenth": "#,##0.0_)",
    "percent": "0.0%_)",
    "time": "yyyy-mm-dd hh:mm:ss_)",
    "day": "yyyy-mm-dd_)",
    "flag": '"TRUE";"TRUE";"FALSE"',  # LibreOffice shows some as 1 and 0 otherwise
}
HIGHEST = 400  # points, a little below what Excel allows
LINE = 1.37  # times a font's size
BAR = "B9C4CF"  # of a template without a colour for it
FORMULA_LIKE = ("=", "+", "-", "@")


class Sheet:
    """A sheet that is written from top to bottom.

    computed: what its formulas come to, by cell. rest: the XML of rows that follow those
    written, for whoever packs the workbook.
    """

    def __init__(self, looks: Looks, title: str, widths: Sequence[float]) -> None:
        self._sheet, self._looks = looks.book.create_sheet(title), looks
        self._row = 0
        self._whole = False
        self.computed: dict[str, float] = {}
        self.rest = ""
        self._widths = widths
        for index, width in enumerate(widths, 1):
            self._sheet.column_dimensions[get_column_letter(index)].width = width
        looks.lay_out(self._sheet)

    def freeze(self, row: int) -> None:
        """Keep the rows above and the first column in sight, and on every page."""
        self._whole = True
        self._sheet.freeze_panes = f"B{row}"
        self._sheet.print_title_rows = f"{row - 1}:{row - 1}"

    @property
    def raw(self) -> Any:
        """The sheet as openpyxl has it, for what refers to it."""
        return self._sheet

    def chart(self, chart: Any, anchor: str) -> None:
        """Draw a chart whose upper left corner lies in a cell."""
        self._sheet.add_chart(chart, anchor)

    def line(self, *values: Any, kinds: Sequence[str] = (), style: str = "") -> None:
        """Write cells that belong to no table. style: that of the template's, all text then."""
        if style:
            self._append([self._styled(clean(value), style) for value in values])
        else:
            self._append(
                [self._cell(v, k) for v, k in zip_longest(values, kinds, fillvalue="text")]
            )

    def banner(self, text: str, style: str) -> None:
        """Write text over all columns, as high as it needs."""
        row, size = self._row + 1, self._looks.font(style).size or self._looks.size
        lines = _lines(text, sum(self._widths) * self._looks.size / size)
        self._sheet.row_dimensions[row].height = min(lines * size * LINE, HIGHEST)
        self._sheet.merged_cells.add(f"A{row}:{get_column_letter(len(self._widths))}{row}")
        self._append([self._styled(clean(text), style, wrap=True)])

    def grid(self, grid: Grid, name: str) -> None:
        """Write a table with its head, filters and colours; without rows it has an empty one."""
        top = self._row + 1
        heads = heads_of(grid.columns)
        kinds = [column.kind for column in grid.columns]
        self._append([self._head(h, k) for h, k in zip(heads, kinds, strict=True)])
        if self._whole and grid.rows and "prose" not in kinds:
            self.rest = rows_xml(grid.rows, kinds, self._row + 1, self._cell)
            self._row += len(grid.rows)
        else:
            self._write(grid.rows or [[None] * len(heads)], kinds)
        ref = f"A{top}:{get_column_letter(len(heads))}{self._row}"
        table = Table(displayName=name, ref=ref, autoFilter=AutoFilter(ref=ref))
        table.tableColumns = [TableColumn(id=n, name=h) for n, h in enumerate(heads, 1)]
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        if self._whole:
            self._sheet.print_area = f"A1:{get_column_letter(len(heads))}{self._row}"
            printed.lay_out(self._sheet, heads, self._widths)
        self._sheet.tables.add(table)  # add_table warns of columns, which are there
        letters = {get_column_letter(n): column for n, column in enumerate(grid.columns, 1)}
        named = {column.head: f"${letter}{top + 1}" for letter, column in letters.items()}
        for letter, column in letters.items():
            if column.kind == "percent":
                self._bars(f"{letter}{top + 1}:{letter}{self._row}")
            self._colour(letter, top + 1, column.rules, named)

    def _write(self, rows: Sequence[Sequence[Any]], kinds: Sequence[str]) -> None:
        for row in rows:
            self._fit(row, kinds)
            cells = [self._cell(v, k) for v, k in zip(row, kinds, strict=True)]
            for index, value in enumerate(row, 1):
                if isinstance(value, Formula):
                    self.computed[f"{get_column_letter(index)}{self._row + 1}"] = value.value
            self._append(self._topped(cells) if "prose" in kinds else cells)

    def _colour(
        self, letter: str, top: int, rules: Sequence[tuple[str, str]], named: Mapping[str, str]
    ) -> None:
        for look, formula in rules:
            font, fill = self._looks.rule(look)
            said = formula.format_map({**named, "c": f"{letter}{top}"})
            rule = FormulaRule([said], True, font=font, fill=fill)  # type: ignore[no-untyped-call]
            self._sheet.conditional_formatting.add(f"{letter}{top}:{letter}{self._row}", rule)

    def _bars(self, where: str) -> None:
        """Draw percentages as bars from 0 to 100 %, before any rule that ends the search."""
        colour = self._looks.fill("bar") or BAR
        bar = DataBarRule("num", 0, "num", 1, colour, minLength=0, maxLength=100)  # type: ignore[no-untyped-call]
        self._sheet.conditional_formatting.add(where, bar)

    def _fit(self, row: Sequence[Any], kinds: Sequence[str]) -> None:
        """Make the next row as high as its prose needs; the programs that read it do not."""
        if "prose" in kinds:
            cells = zip(row, kinds, self._widths, strict=False)
            lines = max(_lines(_text(v), w) for v, k, w in cells if k == "prose")
            if lines > 1:
                self._sheet.row_dimensions[self._row + 1].height = min(
                    self._looks.size * LINE * lines, HIGHEST
                )

    def _topped(self, cells: Sequence[Any]) -> list[Any]:
        """Begin every cell of a row at its top, where one of them has more lines."""
        topped = [self._styled(cell) if isinstance(cell, str) else cell for cell in cells]
        for cell in topped:
            if cell is not None:
                cell.alignment = Alignment(wrap_text=cell.alignment.wrap_text, vertical="top")
        return topped

    def _head(self, text: str, kind: str) -> Any:
        cell = self._styled(text, "Report head")
        if kind in FORMATS and kind != "flag":
            cell.alignment = Alignment(horizontal="right", indent=2)  # clear of the filter
        return cell

    def _cell(self, value: Any, kind: str) -> Any:
        """Return what `append` takes: plain values as they are, quickly."""
        if isinstance(value, (Link, Formula)):
            return self._link(value) if isinstance(value, Link) else self._formula(value)
        if isinstance(value, Typed):
            value, kind = value.value, value.kind
        if is_missing(value) or (isinstance(value, float) and not math.isfinite(value)):
            return None
        if isinstance(value, bool):
            kind = "flag"
        if not isinstance(value, (int, float, datetime)):
            text = clean(value)
            if kind == "prose" or text[:1] in FORMULA_LIKE or text[:1] == "#":
                return self._styled(text, wrap=kind == "prose")
            return text
        cell = WriteOnlyCell(self._sheet, value)
        cell.number_format = FORMATS[kind]
        return cell

    def _link(self, value: Link) -> Any:
        cell = self._styled(clean(value.text), "Report link", wrap=True)
        # Set past the setter, which would make an address of it: it leads into this file only.
        cell._hyperlink = Hyperlink(ref="", location=value.location)
        return cell

    def _formula(self, value: Formula) -> Any:
        cell = WriteOnlyCell(self._sheet, f"={value.text}")
        cell.number_format = FORMATS[value.kind]
        return cell

    def _styled(self, value: Any, style: str = "", wrap: bool = False) -> Any:
        cell = WriteOnlyCell(self._sheet, value)
        if style:
            cell.style = style  # first, for it takes the place of all that follows
        if isinstance(value, str):
            cell.data_type = "s"  # openpyxl made a formula of =…, an error of #N/A
            cell.quotePrefix = value[:1] in FORMULA_LIKE
        if wrap:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    def _append(self, cells: Sequence[Any]) -> None:
        self._sheet.append(list(cells))
        self._row += 1


def _text(value: Any) -> str:
    return value.text if isinstance(value, Link) else str(value or "")


def _lines(text: str, width: float) -> int:
    return math.ceil(len(text) / width) or 1
