"""The HTML, read again: what it says piece by piece, its charts, and its pages' margins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from report.contract import Summary
from report.selfcheck import today
from report.selfcheck.figures import bare

# A row counts as one piece, with its cells in order.
PIECES = frozenset(
    ("p", "h1", "h2", "h3", "h4", "tr", "li", "div", "section", "pre", "text", "table", "thead",
     "tbody", "header", "footer", "figure", "figcaption", "dt", "dd", "caption", "summary",
     "details", "main", "article")
)  # fmt: skip
VOID = frozenset(["img", "col", "br", "meta", "link", "hr", "input", "wbr"])
UNSEEN = frozenset(("nav", "style", "title", "script"))
MARGIN = re.compile(r"@page\s*\{[^}]*?margin:\s*([\d.]+)mm ([\d.]+)mm ([\d.]+)mm ([\d.]+)mm")
SIZE = re.compile(r"([\d.]+)(px|pt|mm|)")
POINTS = {"": 0.75, "px": 0.75, "pt": 1.0, "mm": 72 / 25.4}


@dataclass(frozen=True)
class Screen:
    """What an HTML report says.

    pieces: its rows and sentences without blanks, in order; today: those of page 1, or all where
    there is none. charts: width and height in points of chart-1 …, None where it does not say.
    margins: top, right, bottom and left of the printed page in points, None where it does not say.
    """

    pieces: tuple[str, ...]
    today: tuple[str, ...]
    charts: tuple[tuple[float, float] | None, ...]
    margins: tuple[float, ...] | None


def read(path: Path) -> Screen:
    """Return what a report's HTML says on paper. Raises OSError, ValueError."""
    html = path.read_text(encoding="utf-8")
    reader = _Reader()
    reader.feed(html)
    reader.close()
    margin = MARGIN.search(html)
    points = tuple(float(one) * POINTS["mm"] for one in margin.groups()) if margin else None
    pieces = tuple(reader.pieces)
    return Screen(pieces, pieces[slice(*reader.today)], tuple(reader.charts), points)


def faults(known: Screen, summary: Summary) -> list[str]:
    """Return what in the HTML is not as the snapshot has it."""
    return today.faults("\n".join(known.today), summary)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.charts: list[tuple[float, float] | None] = []
        self.today: tuple[int, int | None] = (0, None)  # where page 1 begins and ends
        self._said: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        kinds = known.get("class", "").split()
        if tag in ("img", "svg") and "chart" in kinds:
            self.charts.append(_size(known))
        self._cut(tag)
        if known.get("id") == "today":
            self.today = (len(self.pieces), None)
        if tag not in VOID:
            hidden = self._hidden or tag in UNSEEN or "screen" in kinds
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        self._cut(tag)
        if tag == "section" and self.today[1] is None:
            self.today = (self.today[0], len(self.pieces))
        while self._open and tag not in VOID and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._said.append(data)

    def close(self) -> None:
        super().close()
        self._cut("p")

    @property
    def _hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _cut(self, tag: str) -> None:
        if tag in PIECES:
            if piece := bare("".join(self._said)):
                self.pieces.append(piece)
            self._said.clear()


def _size(known: dict[str, str]) -> tuple[float, float] | None:
    hits = [SIZE.fullmatch(known.get(name, "").strip()) for name in ("width", "height")]
    sizes = [float(hit[1]) * POINTS[hit[2]] for hit in hits if hit]
    return (sizes[0], sizes[1]) if len(sizes) == 2 else None
