"""Make the workbook's template, report/templates/report.xlsx: python -m docs.make_workbook_template

Here it can be changed in text; a test holds what is committed against what this makes.
`report.looks` says what is taken from it. The same input makes the same bytes.
"""

from __future__ import annotations

import sys
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from report.looks import COVER, TABLE
from report.marks import GREY, INK, RED
from report.own import TEMPLATES

WIDTHS = (32, 20, 18, 80, 12, 12)  # of the first sheet's columns
LINE = 1.4  # times a font's size
SIZE = 11
# name: size, weight, colour, fill, and what it is for.
STYLES = {
    "day": (SIZE, "", GREY, "", "Title, organisation and date, above all"),
    "headline": (18, "bold", INK, "", "The headline"),
    "lead": (12, "", INK, "", "What follows the headline"),
    "section": (13, "bold", INK, "", "The heading of a table on this sheet"),
    "head": (SIZE, "bold", INK, "", "The head of every table"),
    "cut": (SIZE, "bold", RED, "", "A table that was cut says so"),
    "link": (SIZE, "underlined", INK, "", "Leads to a row of another sheet"),
    "critical": (SIZE, "bold", RED, "#f6ddd7", "A rule's colours: critical"),
    "warning": (SIZE, "bold", INK, "#efe6cf", "A rule's colours: a warning"),
    "unread": (SIZE, "", INK, "#cfcdc8", "A rule's colours: could not be read"),
    "quiet": (SIZE, "", GREY, "", "A rule's colours: what is of no concern"),
    "bar": (SIZE, "", INK, "#b9c4cf", "The fill is the colour of the bars behind percentages"),
}
ABOUT = (
    "The cell styles called “Report …” are what the workbook takes from here, with each sheet's "
    "page set-up, header and footer,",
    "and of this sheet the widths of the columns and the pictures. What is written in cells stays "
    "here.",
    "In headers and footers {title}, {date} and {foot} stand for the report's title, its day, and "
    "the classification with the footer of daily.yaml.",
)
TABLES = "Page set-up, header and footer of all sheets but the first."


def template() -> Workbook:
    """Return the template: two sheets, and the named styles with a sample of each."""
    book = Workbook()
    cover = book.active
    assert isinstance(cover, Worksheet)
    cover.title = COVER
    for nth, width in enumerate(WIDTHS):
        cover.column_dimensions["ABCDEF"[nth]].width = width
    for row, said in enumerate(ABOUT, 1):
        cover.cell(row, 1, said)
    for row, (name, (size, weight, colour, fill, use)) in enumerate(STYLES.items(), len(ABOUT) + 2):
        style = _style(name, size, weight, colour, fill)
        book.add_named_style(style)
        cover.cell(row, 1, style.name).style = style.name
        cover.cell(row, 4, use)
        cover.row_dimensions[row].height = round(size * LINE, 1)
    tables = book.create_sheet(TABLE)
    tables["A1"] = TABLES
    for sheet in (cover, tables):
        _set_up(sheet)
    at = datetime(2026, 11, 25)  # noqa: DTZ001 - Excel's times have no zone
    book.properties = DocumentProperties(
        creator="Daily Infrastructure Report", title="Template of the workbook",
        created=at, modified=at,
    )  # fmt: skip
    return book


def _style(name: str, size: int, weight: str, colour: str, fill: str) -> NamedStyle:
    made = NamedStyle(f"Report {name}")
    made.font = Font(
        name="Calibri", family=2, size=size, color=_argb(colour), bold=weight == "bold" or None,
        underline="single" if weight == "underlined" else None,
    )  # fmt: skip
    rule = Side("medium", _argb(INK)) if name == "head" else None
    made.border = Border(left=None, right=None, top=None, bottom=rule, diagonal=None)
    if fill:
        made.fill = PatternFill("solid", fgColor=_argb(fill))
    return made


def _argb(colour: str) -> str:
    return f"FF{colour[1:].upper()}"


def _set_up(sheet: Worksheet) -> None:
    """A4 across, as many pages long as it needs; who, what and which page stand on each."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.6
    margins.top = margins.bottom = 0.75
    margins.header = margins.footer = 0.35
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = "{title}, {date}", "&A"
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "{foot}", "&P / &N"


def packed(book: Workbook) -> bytes:
    """Return a workbook as a file whose members carry no time of their own."""
    loose, made = BytesIO(), BytesIO()
    ExcelWriter(book, ZipFile(loose, "w", ZIP_STORED)).save()
    with ZipFile(loose) as source, ZipFile(made, "w") as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name), ZIP_DEFLATED)
    return made.getvalue()


if __name__ == "__main__":
    path = Path(sys.argv[1]) if sys.argv[1:] else TEMPLATES / "report.xlsx"
    path.write_bytes(packed(template()))
