"""The workbook, read again: whole as a file, and its cover says what the snapshot has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from report.contract import KeyFigure, Summary, amount
from report.selfcheck.figures import bare, short

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# As Excel writes what XML cannot hold, and an underscore that looks like the beginning of it.
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def faults(path: Path, summary: Summary) -> list[str]:
    """Return what in the workbook is not as the snapshot has it.

    Raises OSError, BadZipFile, KeyError, ParseError where it cannot be read.
    """
    with ZipFile(path) as file:
        if damaged := file.testzip():
            return [f"{damaged} in it is damaged"]
        rows = _cover(file)
    texts = {bare(str(value)) for row in rows for value in row}
    said = [("the headline", summary.headline), ("the lead", summary.lead)]
    said += [("a finding", one.sentence) for one in summary.findings]
    found = [f"{name} is missing: {short(text)}" for name, text in said if bare(text) not in texts]
    return found + [fault for one in summary.figures if (fault := _wrong(rows, one))]


def _wrong(rows: Sequence[Sequence[Any]], one: KeyFigure) -> str:
    """Return how a key figure differs from the cell behind its label.

    A formula counts as what it came to when it was written; without that it is not compared.
    """
    told = {text for text in (one.unit, one.note) if text}
    named = [row[1:] for row in rows if row and row[0] == one.label]
    behind = [cells for cells in named if told & {str(cell) for cell in cells}] or named
    wanted = f"“{one.label}” is {one.value}"
    if not behind:
        return f"{wanted}, and it does not stand there"
    number = amount(one.value)
    for cells in behind:
        value = cells[0] if cells else None
        if isinstance(value, str) and value.startswith("="):
            return ""
        same = value == one.value if number is None else _equal(value, number, one.unit)
        if not same:
            return f"{wanted}, and there stands {short(str(value))}"
    return ""


def _equal(value: Any, number: float, unit: str) -> bool:
    """Return whether a cell holds a number, a percentage also as a fraction of one."""
    if not isinstance(value, int | float):
        return False
    near = 0.05 if unit == "%" else 1e-6  # the page rounds it
    return abs(value - number) <= near or (unit == "%" and abs(100 * value - number) <= near)


def _cover(file: ZipFile) -> list[list[Any]]:
    """Return the first sheet's rows, each without its empty cells.

    Not by openpyxl, which reads the texts of all sheets for it: most of a second for 60 hosts.
    """
    sheet = next(_elements(file, "xl/workbook.xml", "sheet"))
    targets = {one.get("Id"): one.get("Target") for one in _relations(file)}
    part = str(targets[sheet.get(REL)]).lstrip("/")
    part = part if part.startswith("xl/") else f"xl/{part}"
    rows = [list(row.iter(f"{MAIN}c")) for row in _elements(file, part, "row")]
    shared = [
        int(cell.findtext(f"{MAIN}v")) for row in rows for cell in row if cell.get("t") == "s"
    ]
    texts = _texts(file, max(shared, default=-1))
    values = ([_value(cell, texts) for cell in row] for row in rows)
    return [[value for value in row if value is not None] for row in values]


def _value(cell: Any, texts: Sequence[str]) -> Any:
    kind, raw = cell.get("t", "n"), cell.findtext(f"{MAIN}v")
    if not raw and (formula := cell.findtext(f"{MAIN}f")) is not None:
        return f"={formula}"
    if kind == "inlineStr":
        return "".join(cell.itertext())
    if raw is None:
        return None
    return texts[int(raw)] if kind == "s" else float(raw) if kind == "n" else raw


def _texts(file: ZipFile, last: int) -> list[str]:
    texts: list[str] = []
    if last >= 0:
        for one in _elements(file, "xl/sharedStrings.xml", "si"):
            texts.append(ESCAPED.sub(lambda hit: chr(int(hit[1], 16)), "".join(one.itertext())))
            if len(texts) > last:
                break
    return texts


def _elements(file: ZipFile, part: str, name: str) -> Iterator[Any]:
    from openpyxl.xml.functions import iterparse

    with file.open(part) as stream:
        for _, element in iterparse(stream):
            if element.tag == f"{MAIN}{name}":
                yield element


def _relations(file: ZipFile) -> Iterator[Any]:
    from openpyxl.xml.functions import fromstring

    yield from fromstring(file.read("xl/_rels/workbook.xml.rels"))
