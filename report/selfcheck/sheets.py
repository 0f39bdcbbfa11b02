"""What stands in a workbook's file: its sheets' cells and links, and its tables.

Not by openpyxl, which takes half a minute for 10,000 hosts: SpreadsheetML (ECMA-376, part 1,
18.3.1) as we write it, a sheet at a time. What is written otherwise counts as not there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from html import unescape
from posixpath import join, normpath
from typing import Any
from zipfile import ZipFile

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.xml.functions import fromstring

from report.cells import Formula, Link, Typed, clean
from report.words import is_missing

CELL = re.compile(
    r'<c r="([A-Z]+)(\d+)"[^>]*?(?: t="(\w+)")?>'
    r"(?:<f>([^<]*)</f>)?(?:<is><t[^>]*>|<v>)?([^<]*)"
)
TEXT = re.compile(r"<si>.*?</si>", re.S)
TAG = re.compile(r"<[^>]*>")
LINK = re.compile(r"<hyperlink [^>]*>")
PLACE = re.compile(r' (ref|location)="([^"]*)"')
REF = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
TEXTUAL = ("s", "inlineStr", "str")


@dataclass(frozen=True)
class Cells:
    """What a sheet holds: by column and row a number as its digits, a text behind a quotation
    mark, a formula behind "="; what formulas came to; where links lead."""

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def rows(self) -> dict[int, list[str]]:
        """Return the rows, each without its empty cells."""
        found: dict[int, list[str]] = {}
        for column in self.columns.values():
            for row, value in column.items():
                found.setdefault(int(row), []).append(value)
        return found


@dataclass(frozen=True)
class Table:
    """A table: its sheet, the row of its heads and its last, its columns' letters and names."""

    sheet: str
    top: int
    bottom: int
    letters: tuple[str, ...]
    heads: tuple[str, ...]


class Book:
    """A workbook's file. Raises BadZipFile, KeyError, ValueError, ParseError where it is none."""

    def __init__(self, file: ZipFile) -> None:
        self._file = file
        targets = self._related("xl/workbook.xml")
        sheets = self._tree("xl/workbook.xml").iter(f"{MAIN}sheet")
        self._parts = {str(one.get("name")): targets[str(one.get(REL))] for one in sheets}

    @property
    def titles(self) -> list[str]:
        """The names of its sheets."""
        return list(self._parts)

    def cells(self, title: str) -> Cells:
        """Return what a sheet holds."""
        xml = self._file.read(self._parts[title]).decode()
        made = Cells()
        for column, row, kind, formula, content in CELL.findall(xml):
            if formula:
                made.results[f"{column}{row}"] = content
            if value := self._value(kind, formula, content):
                made.columns.setdefault(column, {})[row] = value
        for link in LINK.findall(xml):
            known = dict(PLACE.findall(link))
            made.links[known.get("ref", "")] = unescape(known.get("location", ""))
        return made

    def _value(self, kind: str, formula: str, content: str) -> str:
        if formula:
            return f"={unescape(formula)}"
        if kind not in TEXTUAL or not content:
            return content
        if kind == "s":
            return f'"{self._texts[int(content)]}'
        return f'"{unescape(content) if "&" in content else content}'

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Its tables by name."""
        return {
            str(one.get("displayName")): _table(title, one)
            for title, part in self._parts.items()
            for other in self._related(part).values()
            if "/tables/" in other
            for one in [self._tree(other)]
        }

    @cached_property
    def _texts(self) -> list[str]:
        """The texts that cells share; of ours, none."""
        xml = self._file.read("xl/sharedStrings.xml").decode()
        return [unescape(TAG.sub("", one)) for one in TEXT.findall(xml)]

    def _related(self, part: str) -> dict[str, str]:
        """Return the parts that one refers to, by id."""
        folder, _, name = part.rpartition("/")
        where = f"{folder}/_rels/{name}.rels"
        if where not in self._file.namelist():
            return {}
        return {
            str(one.get("Id")): normpath(join(folder, str(one.get("Target")))).lstrip("/")
            for one in self._tree(where)
            if one.get("TargetMode") != "External"
        }

    def _tree(self, part: str) -> Any:
        return fromstring(self._file.read(part))


def _table(title: str, tree: Any) -> Table:
    hit = REF.fullmatch(str(tree.get("ref")))
    if not hit:
        raise ValueError(f"a table has no place on sheet {title}")
    first, last = (column_index_from_string(one) for one in hit.group(1, 3))
    letters = tuple(get_column_letter(n) for n in range(first, last + 1))
    heads = tuple(str(one.get("name")) for one in tree.iter(f"{MAIN}tableColumn"))
    return Table(title, int(hit[2]), int(hit[4]), letters, heads)


def column(book: Book, name: str, head: str) -> Iterator[str]:
    """Yield what stands in a table's column, if the book has it."""
    if not (table := book.tables.get(name)) or head not in table.heads:
        return iter(())
    there = book.cells(table.sheet).columns.get(table.letters[table.heads.index(head)], {})
    return (there.get(str(row), "") for row in range(table.top + 1, table.bottom + 1))


def written(value: Any) -> str:
    """Return what a cell has in the file: a number's digits, a text behind a quotation mark.

    A formula stands behind "="; an empty cell has nothing.
    """
    value = value.value if isinstance(value, Typed) else value
    if isinstance(value, Formula):
        return f"={value.text}"
    if is_missing(value) or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, datetime):
        value = to_excel(value)  # type: ignore[no-untyped-call]
    if isinstance(value, (int, float)):
        return f"{value:.16g}"
    text = clean(value.text if isinstance(value, Link) else value)
    return text and f'"{text}'
