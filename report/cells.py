"""What a table of the workbook is made of, before it becomes a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Link:
    """Text that leads to a cell of another sheet."""

    text: str
    sheet: str
    row: int


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
    name of the frame whose rows it has, in their order. beside: all rows, where they are to lie
    beside the workbook.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    about: str = ""
    of: int = 0
    whole: str = ""
    frame: str = ""
    beside: pd.DataFrame | None = None

    @property
    def cut(self) -> str:
        """What is missing, in words; empty when nothing is."""
        if self.of <= len(self.rows):
            return ""
        return f"Cut: {len(self.rows):,} of {self.of:,} rows. {self.whole} has them all."
