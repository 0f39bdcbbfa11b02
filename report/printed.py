"""How a table of the workbook is printed: as large as can be read, its names on every page.

The page itself is the template's. Where it is one page wide, a table that would shrink below
`LEAST` goes over as many pages as it needs side by side, and these follow one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.utils import get_column_letter

LEAST = 0.6  # of the size of a cell's font
POINTS = 5.25  # of a column that is one wide, in the usual font
INCH = 72
# Short and long edge in inches, by Excel's number of a paper.
PAPERS = {1: (8.5, 11.0), 3: (11.0, 17.0), 5: (8.5, 14.0), 8: (11.69, 16.54), 9: (8.27, 11.69),
          11: (5.83, 8.27)}  # fmt: skip
NAMES = 5  # columns that may stand before and with the host's
MOST_REPEATED = 0.4  # of a page


def lay_out(sheet: Any, heads: Sequence[str], widths: Sequence[float]) -> None:
    """Set how many pages a table is wide, and repeat the columns up to the host's on each."""
    setup, room = sheet.page_setup, _room(sheet) / LEAST
    host = next((n for n, head in enumerate(heads[:NAMES], 1) if head.lower() == "host"), 0)
    host = min(host, 1) if sum(widths[:host]) > MOST_REPEATED * room else host
    # A template of one's own may have it otherwise.
    fits = sheet.sheet_properties.pageSetUpPr.fitToPage and setup.fitToWidth == 1
    pages = abreast(widths, sum(widths[: host or 1]), room) if fits else 1
    if host or pages > 1:
        sheet.print_title_cols = f"A:{get_column_letter(host or 1)}"
    if pages > 1:
        setup.fitToWidth, setup.pageOrder = pages, "overThenDown"


def abreast(widths: Sequence[float], repeated: float, room: float) -> int:
    """Return on how many pages columns stand, each whole; those repeated take room on all."""
    pages, used = 1, 0.0
    for width in widths:
        if used and used + width > room:
            pages, used = pages + 1, repeated
        used += width
    return pages


def _room(sheet: Any) -> float:
    """Return how wide the columns of a page may be at their full size."""
    short, long = PAPERS.get(int(sheet.page_setup.paperSize or 9), PAPERS[9])
    edge = long if sheet.page_setup.orientation == "landscape" else short
    return float((edge - sheet.page_margins.left - sheet.page_margins.right) * INCH / POINTS)
