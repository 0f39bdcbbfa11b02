"""The PDF, read again as a reader's program reads it: by PDFium, not by what wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report.contract import Summary
from report.selfcheck import today
from report.selfcheck.figures import bare, short
from report.selfcheck.screen import Screen

NUMBER = re.compile(r"Page (\d+) of (\d+)")
NO_GLYPH = "\ufffd"
SLACK = 1.0  # points that a stroke may stand over its line's end
OVER = 2.5  # points in both directions, from which text over text is no mere tight line
INK = 0.002  # of a chart's area, at least

Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True)
class Sheet:
    """A page. text: all of it. body: without the margins'. boxes: of runs of text in a line."""

    text: str
    body: str
    boxes: tuple[tuple[Box, str], ...]
    width: float
    height: float


def faults(path: Path, screen: Screen, summary: Summary) -> list[str]:
    """Return what in the PDF is not as the snapshot and the HTML have it.

    Raises OSError, PdfiumError and pikepdf.PdfError where it cannot be read.
    """
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        sheets = [_read(page, screen.margins) for page in document]
        charts = list(_charts(path, document, screen))
        body = "".join(sheet.body for sheet in sheets)
        return [
            *today.faults(_first(sheets, summary) or body, summary),
            *_pages(sheets),
            *_glyphs(sheets, screen),
            *_lost(body, screen),
            *_beside(sheets, screen),
            *_over(sheets, [place for place, _ in charts]),
            *[fault for _, fault in charts if fault],
        ]
    finally:
        document.close()


def _read(page: Any, margins: Sequence[float] | None) -> Sheet:
    width, height = page.get_size()
    top, _, bottom, _ = margins or (0, 0, 0, 0)
    text = page.get_textpage()
    # Wider than the page: what stands beside it is there, too.
    body = text.get_text_bounded(-1e5, bottom, 1e5, height - top)
    boxes = [text.get_rect(n) for n in range(text.count_rects())]
    named = tuple((box, text.get_text_bounded(*box)) for box in boxes)
    return Sheet(text.get_text_range(), body, named, width, height)


def _first(sheets: Sequence[Sheet], summary: Summary) -> str:
    """Return what stands on page 1, which has the headline, and overleaf, should it go on there."""
    said = [sheet.body for sheet in sheets]
    here = (n for n, one in enumerate(said) if bare(summary.headline) in bare(one))
    at = next(here, len(said))
    return "".join(said[at : at + 2])


def _pages(sheets: Sequence[Sheet]) -> Iterator[str]:
    """Yield what is wrong with the pages' own numbers; a template may go without them."""
    numbers = [hits[-1] if (hits := NUMBER.findall(sheet.text)) else None for sheet in sheets]
    wanted = [(str(n), str(len(sheets))) for n in range(1, len(sheets) + 1)]
    if not sheets or (any(numbers) and numbers != wanted):
        said = ", ".join("none" if one is None else f"{one[0]} of {one[1]}" for one in numbers)
        yield f"it has {len(sheets)} pages, which say they are {short(said)}"


def _glyphs(sheets: Sequence[Sheet], screen: Screen) -> Iterator[str]:
    asked = sum(piece.count(NO_GLYPH) for piece in screen.pieces)
    for nth, sheet in enumerate(sheets, 1):
        asked -= sheet.text.count(NO_GLYPH)
        if asked < 0:
            at = sheet.text.index(NO_GLYPH)
            near = short(sheet.text[max(0, at - 20) : at + 20])
            yield f"page {nth} has a box in place of a character: {near}"
            return


def _lost(body: str, screen: Screen) -> Iterator[str]:
    """Yield the rows and sentences of the HTML that the PDF has not, each taken once.

    Long ones first, so that none is taken for a part of another; the order is the layout's.
    """
    left = bytearray(bare(body).encode())
    for piece in sorted(screen.pieces, key=len, reverse=True):
        wanted = piece.encode()
        if (found := left.find(wanted)) < 0:
            yield f"not on its pages: {short(piece)}"
        else:
            left[found : found + len(wanted)] = bytes(len(wanted))


def _beside(sheets: Sequence[Sheet], screen: Screen) -> Iterator[str]:
    _, right, _, left = screen.margins or (0, 0, 0, 0)
    for nth, sheet in enumerate(sheets, 1):
        for box, said in sheet.boxes:
            across = box[0] < left - SLACK or box[2] > sheet.width - right + SLACK
            along = box[1] < 0 or box[3] > sheet.height
            if across or along:
                yield f"page {nth} has text beside its lines' ends: {short(said)}"


def _over(sheets: Sequence[Sheet], charts: Sequence[tuple[int, Box]]) -> Iterator[str]:
    """Yield text that stands over other text; the labels of a chart are its own."""
    for nth, sheet in enumerate(sheets):
        own = [place for page, place in charts if page == nth]
        boxes = sorted(
            (one for one in sheet.boxes if not any(_shared(one[0], place) > 0 for place in own)),
            key=lambda one: one[0][1],
        )
        for at, (box, said) in enumerate(boxes):
            for other, also in boxes[at + 1 :]:
                if other[1] >= box[3]:
                    break
                if _shared(box, other) > OVER:
                    yield f"page {nth + 1} has text over text: {short(said)} / {short(also)}"


def _shared(one: Box, other: Box) -> float:
    """Return the lesser side of what two boxes share; negative where they share nothing."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    along = min(one[3], other[3]) - max(one[1], other[1])
    return min(across, along)


def _charts(path: Path, document: Any, screen: Screen) -> Iterator[tuple[tuple[int, Box], str]]:
    """Yield each chart's page and place, and what is wrong with it."""
    import pikepdf

    from report.outline import places_of

    nowhere = (-1, (0.0, 0.0, 0.0, 0.0))
    with pikepdf.open(path) as pdf:
        places = {
            name: (_index(place[0]), float(place[2]), float(place[3]))
            for name, place in places_of(pdf).items()
            if name.startswith("chart-")
        }
    for nth, size in enumerate(screen.charts, 1):
        page, left, top = places.get(f"chart-{nth}", (-1, 0.0, 0.0))
        if page < 0:
            yield nowhere, f"chart {nth} is not on its pages"
        elif size:
            box = (left, top - size[1], left + size[0], top)
            share = _ink(document[page], box)
            yield (page, box), "" if share >= INK else f"page {page + 1} has an empty chart"


def _index(page: Any) -> int:
    """Return a page's number from 0; -1 for one that is no more in its document."""
    import pikepdf

    try:
        return int(pikepdf.Page(page).index)
    except ValueError:
        return -1


def _ink(page: Any, box: Box) -> float:
    """Return how much of a page's area is not as most of it, from 0 to 1."""
    import numpy as np

    width, height = page.get_size()
    left, bottom, right, top = box
    crop = (left, max(0.0, bottom), max(0.0, width - right), height - top)
    drawn = page.render(scale=1, crop=crop, grayscale=True).to_numpy()
    values, counts = np.unique(drawn, return_counts=True)
    ground = values[counts.argmax()].astype(int)
    return float((abs(drawn.astype(int) - ground) > 12).mean())
