"""The workbook on paper: nothing shrinks until nobody can read it, names stand on every page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from openpyxl.utils import get_column_letter

from report.own import find
from report.printed import LEAST, abreast
from report.workbook import write_workbook
from tests.report import days
from tests.report.test_workbook_days import with_a_past

PAGE = (11.69 - 2 * 0.6) * 72 / 5.25  # of A4 across: so wide are its columns at full size


def book_of(folder: Path, template: Path | None = None) -> Any:
    write_workbook(days.worst(), folder / "report.xlsx", template)
    return openpyxl.load_workbook(folder / "report.xlsx")


def widths(sheet: Any) -> list[float]:
    return [sheet.column_dimensions[get_column_letter(n)].width
            for n in range(1, sheet.max_column + 1)]  # fmt: skip


def test_no_table_shrinks_below_what_can_be_read(tmp_path: Path) -> None:
    wide = 0
    for sheet in book_of(tmp_path).worksheets[1:]:
        pages, each = sheet.page_setup.fitToWidth, widths(sheet)
        assert sheet.print_title_rows in ("$1:$1", "$2:$2"), sheet.title
        heads = [str(cell.value).lower() for cell in sheet[int(sheet.print_title_rows[-1])]]
        repeated = heads.index("host") + 1 if "host" in heads[:5] else pages > 1
        last = get_column_letter(repeated) if repeated else ""
        assert (sheet.print_title_cols or "") == (last and f"$A:${last}"), sheet.title
        whole = sum(each) + (pages - 1) * sum(each[:repeated])
        assert pages * PAGE / whole >= LEAST, sheet.title
        assert (pages == 1) == (sum(each) <= PAGE / LEAST), sheet.title
        assert (sheet.page_setup.pageOrder == "overThenDown") == (pages > 1)
        wide += pages > 1
    assert wide >= 2


def test_charts_of_trends_are_printed_apart_from_their_figures(tmp_path: Path) -> None:
    write_workbook(with_a_past(tmp_path / "output", before=2), tmp_path / "report.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["Trends"]
    figures, charts = str(sheet.print_area).replace("$", "").replace("'Trends'!", "").split(",")
    assert figures == "A1:G4" and charts == "I2:X44"
    places = [chart.anchor._from for chart in sheet._charts]
    assert {one.col for one in places} == {8, 16} and max(one.row for one in places) + 14 < 44
    assert sheet.page_setup.fitToWidth == 1 and sheet.print_title_cols is None


@pytest.mark.parametrize(
    ("columns", "repeated", "pages"),
    [([100] * 2, 100, 1), ([100] * 3, 100, 2), ([100] * 4, 100, 3), ([100] * 3, 0, 2),
     ([500], 0, 1), ([90, 150, 60], 90, 2), ([], 0, 1)],
)  # fmt: skip
def test_columns_are_whole_on_each_page(columns: list[float], repeated: float, pages: int) -> None:
    assert abreast(columns, repeated, 240) == pages


def test_a_template_of_ones_own_has_its_way(tmp_path: Path) -> None:
    template = tmp_path / "own.xlsx"
    book = openpyxl.load_workbook(str(find("report.xlsx", None)))
    book["Table"].page_setup.paperSize = 8  # A3
    book.save(template)
    first = {sheet.title: sheet for sheet in book_of(tmp_path)}
    larger = {sheet.title: sheet for sheet in book_of(tmp_path, template)}
    assert larger["outcomes"].page_setup.paperSize == 8
    assert first["disks"].page_setup.fitToWidth == 2 > larger["disks"].page_setup.fitToWidth
    book["Table"].page_setup.fitToWidth = 3
    book.save(template)
    assert {s.page_setup.fitToWidth for s in book_of(tmp_path, template).worksheets[1:]} == {3}


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_on_paper_every_page_names_its_hosts(tmp_path: Path) -> None:
    book = book_of(tmp_path)
    for sheet in book.worksheets:  # what is hidden would be printed too
        if sheet.title != "servers":
            del book[sheet.title]
    sheet = book["servers"]
    sheet.column_dimensions["C"].width = 200
    sheet.page_setup.fitToWidth = 2
    book.save(tmp_path / "one.xlsx")
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "one.xlsx")],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    pdf = pypdfium2.PdfDocument(tmp_path / "one.pdf")
    texts = [page.get_textpage().get_text_range() for page in pdf]
    assert len(texts) >= 2
    assert all("host" in text.split() and re.search(r"\b[a-z]+\d\d\b", text) for text in texts)
    assert "virtualisation" in texts[1] and "virtualisation" not in texts[0]
