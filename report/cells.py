"""What a table of the workbook is made of, before it becomes a sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from report.words import readable

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 32_767  # Excel's, for a cell
# Excel reads _x0041_ in a text as the letter A: the underscore itself must be written so.
ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Link:
    """Text that leads to a cell of another sheet."""

    text: str
    sheet: str
    row: int

    @property
    def location(self) -> str:
        """The cell, as a workbook names it."""
        return f"'{self.sheet}'!A{self.row}"


@dataclass(frozen=True)
class Formula:
    """A formula of ours, and what it comes to: for programs that do not compute."""

    text: str
    value: float
    kind: str = "whole"


@dataclass(frozen=True)
class Typed:
    """A value that is shown otherwise than its column."""

    value: Any
    kind: str


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, the kind of its values, and rules that colour them.

    kind: a key of FORMATS, or "text", "flag", "prose" (text in as many lines as it needs).
    A rule is a look and a formula; in it {c} is the cell, and {Head} that of another column
    in the row. The first that holds counts.
    Percentages are given as fractions, times without a zone, in the report's.
    """

    head: str
    kind: str = "text"
    rules: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Grid:
    """A table for a sheet.

    of: how many rows there were before it was cut; whole: where all of them are. frame: the
    name of the frame whose rows it has, and index their labels there, in their order. beside: all
    rows, where they are to lie beside the workbook.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    about: str = ""
    of: int = 0
    whole: str = ""
    frame: str = ""
    beside: pd.DataFrame | None = None
    index: Any = None

    @property
    def cut(self) -> str:
        """What is missing, in words; empty when nothing is."""
        if self.of <= len(self.rows):
            return ""
        return f"Cut: {len(self.rows):,} of {self.of:,} rows. {self.whole} has them all."


@dataclass(frozen=True)
class Held:
    """What a workbook is to hold. tables: by name, each with its sheet. lines: what else the
    first sheet says, cell by cell."""

    tables: Mapping[str, tuple[str, Grid]]
    lines: Sequence[Sequence[Any]]


def clean(value: Any) -> str:
    """Return a text as a cell takes it: readable, and not longer than Excel allows."""
    text = readable(value, len(str(value)) * 10 + 1, any_glyph=True)
    text = ESCAPE_LIKE.sub("_x005F_", text) if "_x" in text else text
    if len(text) > LONGEST:
        note = f"… [cut: {len(text):,} characters]"
        text = text[: LONGEST - len(note)] + note
    return text


def heads_of(columns: Sequence[Column]) -> list[str]:
    """Return the heads as a table takes them: text, and none twice."""
    heads: list[str] = []
    for column in columns:
        head, nth = clean(column.head), 1
        while head.lower() in (one.lower() for one in heads):
            nth += 1
            head = f"{clean(column.head)} {nth}"
        heads.append(head)
    return heads
