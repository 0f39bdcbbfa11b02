"""Pieces of a page as `Markup`: what is not Markup is data, made readable and escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from markupsafe import Markup, escape

from report.words import UNKNOWN, beginning, number, readable

NOTHING = Markup()
CELL, NAME = Markup("<td{}>{}</td>"), Markup('<th scope="row"{}>{}</th>')
TABLE = '<div class="scroll"><table'
BEHIND = re.compile(r"^( ?)([A-Za-z]+ it|[A-Za-z]+ them)\b")
KEPT = re.compile(r"(\d[\d,.]* %)")
LONGEST_PROSE = 300
ONE_LINE = 28  # a command of so many characters is not broken
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Col:
    """A column of a table. width: its part of the table, in mm of a page of 174 mm.

    kind: "n" for figures (to the right), "m" for marks, "p" for a gap before the text,
    "path" for long values without spaces, which may break anywhere.
    """

    head: str
    width: float
    kind: str = ""


@dataclass(frozen=True)
class Page:
    """A section of the report: as HTML in Jupyter and the documents, as a line elsewhere."""

    html: Markup
    line: str

    def _repr_html_(self) -> str:
        return str(self.html)

    def __repr__(self) -> str:
        return readable(self.line, 300, any_glyph=True)


def text(value: Any, longest: int = 64) -> Markup:
    """Return a value as a cell shows it: Markup as it is, the rest readable and escaped."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Real):
        return escape(number(value, 0 if isinstance(value, Integral) else 1))
    return escape(readable(value, longest))


def quoted(value: Any, longest: int = 240) -> Markup:
    """Return what a server said, whole where there is room; a cell cuts a plain text at 64."""
    return escape(UNKNOWN if value == "" else beginning(value, longest))


def prose(said: str, longest: int = LONGEST_PROSE) -> Markup:
    """Return a sentence: commands between backticks as code, no line end before a %."""
    parts = str(text(said, longest)).split("`")
    inner = [KEPT.sub(r'<span class="nb">\1</span>', part) for part in parts]
    if len(inner) % 2:
        # The engine breaks a word in an element, and one behind it, anywhere.
        inner[1::2] = [_code(part) for part in inner[1::2]]
        inner[2::2] = [BEHIND.sub(r'\1<span class="nb">\2</span>', part) for part in inner[2::2]]
        return Markup("".join(inner))  # noqa: S704 - `text` has escaped it
    return Markup("`".join(inner))  # noqa: S704


def _code(part: str) -> str:
    kept = ' class="nb"' if len(part) <= ONE_LINE else ""
    return f"<code{kept}>{part}</code>"


def bold(value: Any, longest: int = 64) -> Markup:
    """Return a value that stands out: a host with a finding."""
    return Markup("<b>{}</b>").format(text(value, longest))


def place(name: str, value: Any, longest: int = 64) -> Markup:
    """Return a value that stands out, and that links lead to by name."""
    return Markup('<b id="{}">{}</b>').format(name, text(value, longest))


def quiet(value: Any) -> Markup:
    """Return a value that is second."""
    return Markup('<span class="quiet">{}</span>').format(text(value))


def joined(parts: Iterable[Markup | str], between: Markup | str = "") -> Markup:
    """Return parts behind one another."""
    return escape(between).join(parts)


def table(cols: Sequence[Col], rows: Iterable[Sequence[Any]], kind: str = "") -> Markup:
    """Return a table of fixed layout; it stands without a head when no column has one.

    Then a cell of each row is its name, for those who hear it: behind the mark, or the first.
    """
    total = sum(col.width for col in cols)
    widths = joined(
        Markup('<col style="width:{:.2f}%">').format(100 * col.width / total) for col in cols
    )
    head, named = NOTHING, next((n for n, col in enumerate(cols, 1) if col.kind == "m"), 0)
    if any(col.head for col in cols):
        cells = joined(
            Markup('<th scope="col"{}>{}</th>').format(_class(col), col.head) for col in cols
        )
        head, named = Markup("<thead><tr>{}</tr></thead>").format(cells), -1
    body = joined(_row(cols, row, named) for row in rows)
    return Markup(
        '<div class="scroll"><table{}><colgroup>{}</colgroup>{}<tbody>{}</tbody></table></div>'
    ).format(_named(kind), widths, head, body)


def _row(cols: Sequence[Col], row: Sequence[Any], named: int) -> Markup:
    """named: which cell is the name of the row; none of those there are for -1."""
    cells = joined(
        (NAME if nth == named else CELL).format(_class(col), text(value))
        for nth, (col, value) in enumerate(zip(cols, row, strict=True))
    )
    return Markup("<tr>{}</tr>").format(cells)


def _class(col: Col) -> Markup:
    return _named(col.kind)


def _named(kind: str) -> Markup:
    return Markup(' class="{}"').format(kind) if kind else NOTHING


def block(title: str, note: str, *parts: Markup, level: int = 3) -> Markup:
    """Return a block: the thing's name, what was found, and the parts that show it.

    Head and parts stay on one page, unless they begin with a table: that goes on overleaf. A
    caption says what was found. level: 2 where no section's head stands above it; it looks
    the same.
    """
    kind = "block long" if parts and parts[0].startswith(TABLE) else "block"
    said = Markup("<span>{}</span>").format(text(note, LONGEST_NOTE)) if note else NOTHING
    return Markup('<div class="{}"><h{} class="head">{}{}</h{}>{}</div>').format(
        kind, level, title, said, level, joined(parts)
    )


def halves(left: Markup, right: Markup) -> Markup:
    """Return two columns; one that is empty leaves its place to the other's."""
    if not (left and right):
        return left or right
    return columns((3, left), (3, right))


def columns(*parts: tuple[int, Markup]) -> Markup:
    """Return parts beside one another, each over so many of the six columns."""
    inner = joined(Markup('<div class="c{}">{}</div>').format(n, part) for n, part in parts)
    return Markup('<div class="row">{}</div>').format(inner)


def note(said: str | Markup) -> Markup:
    """Return a sentence below a table."""
    return Markup('<p class="note">{}</p>').format(text(said, LONGEST_NOTE))


def facts(rows: Iterable[tuple[str, Any]]) -> Markup:
    """Return names and values, without a head."""
    cols = (Col("", 24), Col("", 60))
    return table(cols, [(quiet(name), value) for name, value in rows], "facts")


def infra(inner: Markup) -> Markup:
    """Return the wrapper that carries the looks, and keeps MathJax off what is data."""
    kinds = "infra tex2jax_ignore mathjax_ignore"
    return Markup('<div class="{}">{}</div>').format(kinds, inner)


def section(
    key: str, nth: int, name: str, finding: str, parts: Iterable[Markup], flow: bool = False
) -> Page:
    """Return a section that begins a page (`flow`: where the one before ends).

    key: its name for links. finding: the sentence that heads it.
    """
    kind = "page flow" if flow else "page"
    # Where pages flow into one another, the head stays with the first thing below it.
    first, *rest = [part for part in parts if part] or [NOTHING]
    html = Markup(
        '<section class="{}" id="{}"><div class="start"><div class="opening">'
        '<p class="eyebrow"><b>{}</b> <a href="#today">{}</a></p><h2>{}</h2></div>{}</div>'
        "{}</section>"
    ).format(kind, key, nth, name, prose(finding), first, joined(rest))
    return Page(infra(html), f"{name}: {finding}")
