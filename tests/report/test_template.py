"""The committed template of the workbook is what its script makes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from docs.make_workbook_template import packed, template
from report.looks import COVER, STYLES, TABLE
from report.own import TEMPLATES

LOOK = ("font", "fill", "border", "alignment", "number_format", "protection")
SETUP = ("orientation", "paperSize", "scale", "fitToWidth", "fitToHeight")


def told(content: bytes) -> dict[str, Any]:
    """Return what a template is made of: sheets with cells, widths and pages, and named styles."""
    book: Any = openpyxl.load_workbook(BytesIO(content))
    found: dict[str, Any] = {"sheets": book.sheetnames, "title": book.properties.title}
    for style in book._named_styles:
        found[f"style {style.name}"] = {name: repr(getattr(style, name)) for name in LOOK}
    for sheet in book:
        found[f"cells of {sheet.title}"] = {
            cell.coordinate: (cell.value, cell.style, *(repr(getattr(cell, name)) for name in LOOK))
            for row in sheet.iter_rows()
            for cell in row
        }
        found[f"columns of {sheet.title}"] = {
            name: one.width for name, one in sheet.column_dimensions.items()
        }
        found[f"rows of {sheet.title}"] = {n: r.height for n, r in sheet.row_dimensions.items()}
        found[f"page of {sheet.title}"] = {
            **{name: getattr(sheet.page_setup, name) for name in SETUP},
            "fit": sheet.sheet_properties.pageSetUpPr.fitToPage,
            "margins": repr(sheet.page_margins),
            "ends": [
                getattr(getattr(end, side), "text", None)
                for end in (sheet.oddHeader, sheet.oddFooter)
                for side in ("left", "center", "right")
            ],
        }
    return found


def test_what_is_committed_is_what_the_script_makes() -> None:
    made, committed = told(packed(template())), told((TEMPLATES / "report.xlsx").read_bytes())
    assert made["sheets"] == [COVER, TABLE]
    assert {f"style {name}" for name in STYLES} <= made.keys()
    assert made == committed


@pytest.mark.parametrize("what", ["style Report head", "cells of Summary", "page of Table"])
def test_a_change_by_hand_would_be_seen(what: str, tmp_path: Path) -> None:
    book: Any = openpyxl.load_workbook(TEMPLATES / "report.xlsx")
    book["Table"].page_setup.orientation = "portrait"
    book["Summary"]["D5"] = "Another"
    book._named_styles["Report head"].font = openpyxl.styles.Font(name="Georgia")
    book.save(tmp_path / "changed.xlsx")
    changed = told((tmp_path / "changed.xlsx").read_bytes())
    assert changed[what] != told(packed(template()))[what]


def test_the_same_bytes_come_of_it_every_time() -> None:
    assert packed(template()) == packed(template())
