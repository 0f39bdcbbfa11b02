"""The workbook, read again: every sheet, cell and link as it was to be, its formulas worked out.

A key figure is held against the snapshot's own, also where a formula gives it: that is worked
out over the cells that the file has.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from zipfile import ZipFile

from report.cells import Formula, Grid, Held, Link, heads_of
from report.contract import KeyFigure, Summary, amount
from report.looks import COVER
from report.selfcheck.figures import bare, opening, short
from report.selfcheck.sheets import Book, Cells, Table, column, written

FORMULA = re.compile(r"=(SUM|COUNTIFS?)\((.+)\)")
WHERE = re.compile(r'(\w+)\[([^\]"]+)\](?:,"([^"]*)")?(?:,|$)')
SOME = "<>"
NEAR = 1e-11  # of a number: another program may write its last digits otherwise
TEXTUAL = ("", '"', "=")  # what cells begin with that hold no number
FIGURES, VALUE = "summary_t_figures", "Value"


def faults(path: Path, summary: Summary, held: Held) -> list[str]:
    """Return what in the workbook is not as it was to be, a sentence each.

    Raises OSError, BadZipFile, LookupError, ValueError, ParseError where it cannot be read.
    """
    with ZipFile(path) as file:
        if damaged := file.testzip():
            return [f"{damaged} in it is damaged"]
        return list(_faults(Book(file), summary, held))


def _faults(book: Book, summary: Summary, held: Held) -> Iterator[str]:
    titles = dict.fromkeys([COVER, *(title for title, _ in held.tables.values())])
    if lacking := [one for one in titles if one not in book.titles]:
        yield f"it has no sheet {' and no '.join(lacking)}"
    if more := [one for one in book.titles if one not in titles]:
        yield f"it has a sheet more: {' and '.join(more)}"
    for title in (one for one in titles if one in book.titles):
        cells = book.cells(title)
        if title == COVER:
            yield from _cover(book, cells, summary, held)
        for name, (sheet, grid) in held.tables.items():
            if sheet == title:
                yield from _table(book.tables.get(name), title, grid, cells)


def _cover(book: Book, cells: Cells, summary: Summary, held: Held) -> Iterator[str]:
    """Yield what on the first sheet differs: headline and lead, its lines, the key figures."""
    rows = list(cells.rows().values())
    texts = {bare(value[1:]) for row in rows for value in row}
    for name, said in opening(summary):
        if bare(said) not in texts:
            yield f"{name} is missing: {short(said)}"
    for line in held.lines:
        wanted = [text for value in line if (text := written(value))]
        if wanted not in rows:
            yield f"sheet {COVER} does not say {short(': '.join(map(_said, wanted)))}"
    if table := book.tables.get(FIGURES):
        letter = table.letters[heads_of(held.tables[FIGURES][1].columns).index(VALUE)]
        formulas = {
            row[0]: f"={row[1].text}"
            for row in held.tables[FIGURES][1].rows
            if isinstance(row[1], Formula)
        }
        for row, one in enumerate(summary.figures, table.top + 1):
            there = cells.columns.get(letter, {}).get(str(row), "")
            result = cells.results.get(f"{letter}{row}", "")
            yield from _figure(book, there, result, one, formulas.get(one.label, ""))


def _figure(book: Book, there: str, result: str, one: KeyFigure, formula: str) -> Iterator[str]:
    """Yield how a key figure differs from its cell.

    result: what its formula came to, as the file has it. formula: that it is to have.
    """
    wanted = f"“{one.label}” is {one.value}"
    if formula and there != formula:
        yield f"{wanted}, by the formula {formula}, and there stands {short(_said(there))}"
        return
    number, near = amount(one.value), 0.05 if one.unit == "%" else 1e-6  # a page rounds it
    came_to = [_worked_out(book, formula), *filter(None, [result])] if formula else [there]
    for value in came_to:
        same = value == f'"{one.value}' if number is None else _near(value, number, near)
        if not same:
            by = f", which is what {formula} comes to" if formula else ""
            yield f"{wanted}, and there stands {short(_said(value))}{by}"
            return


def _worked_out(book: Book, formula: str) -> str:
    """Return what one of our formulas comes to over the file's cells; empty where it cannot be."""
    if not (hit := FORMULA.fullmatch(formula)):
        return ""
    where = WHERE.findall(hit[2])
    columns = [list(column(book, table, head)) for table, head, _ in where]
    if hit[1] == "SUM":
        return f"{math.fsum(float(one) for one in columns[0] if _is_number(one)):.16g}"
    wanted = [said for _, _, said in where]
    return str(sum(all(map(_meets, row, wanted)) for row in zip(*columns, strict=True)))


def _is_number(cell: str) -> bool:
    return cell[:1] not in TEXTUAL


def _meets(cell: str, wanted: str) -> bool:
    if wanted == SOME:
        return bool(cell)
    return cell == f'"{wanted}'


def _table(table: Table | None, title: str, grid: Grid, cells: Cells) -> Iterator[str]:
    """Yield how a table differs from what it was to hold."""
    if table is None or table.sheet != title:
        yield f"sheet {title} has no table of {grid.title}"
        return
    heads = heads_of(grid.columns)
    rows = max(len(grid.rows), 1)  # without rows it has an empty one
    if grid.cut and cells.columns.get("A", {}).get("1") != written(grid.cut):
        yield f"sheet {title} does not say {short(grid.cut)}"
    last = max((int(row) for one in cells.columns.values() for row in one), default=0)
    if list(table.heads) != heads:
        yield f"the columns of sheet {title} are {short(', '.join(table.heads))}"
    elif table.bottom - table.top != rows or (title != COVER and last > table.bottom):
        there = max(table.bottom, last) - table.top
        yield f"sheet {title} has {there:,} rows, and would have {rows:,}"
    else:
        yield from _columns(table, title, grid, cells)


def _columns(table: Table, title: str, grid: Grid, cells: Cells) -> Iterator[str]:
    """Yield for each column how its head, its cells and its links differ."""
    rows = [str(row) for row in range(table.top + 1, table.bottom + 1)]
    for nth, (head, letter) in enumerate(zip(table.heads, table.letters, strict=True)):
        there = cells.columns.get(letter, {})
        if there.get(str(table.top)) != f'"{head}':
            yield f"sheet {title} has another head than {head}"
        if (title, grid.title, head) == (COVER, "figures", VALUE):
            continue  # held against the snapshot's own
        values = [row[nth] for row in grid.rows]
        wanted = {value: written(value) for value in set(values)}
        wrong = [
            (row, wanted[value])
            for row, value in zip(rows, values, strict=False)
            if there.get(row, "") != wanted[value] and not _alike(there.get(row, ""), wanted[value])
        ]
        if wrong:
            row, said = wrong[0]
            stands = f"{short(_said(there.get(row, '')))} in place of {short(_said(said))}"
            more = f"; {len(wrong) - 1:,} more of {head} differ" if wrong[1:] else ""
            yield f"sheet {title}, {letter}{row}: {stands}{more}"
        if any(isinstance(value, Link) for value in wanted):
            yield from _links(title, letter, zip(rows, values, strict=False), cells.links)


def _links(
    title: str, letter: str, values: Iterable[tuple[str, object]], links: Mapping[str, str]
) -> Iterator[str]:
    for row, value in values:
        if isinstance(value, Link) and links.get(f"{letter}{row}") != value.location:
            yield f"sheet {title}, {letter}{row} does not lead to {value.location}"
            return


def _alike(one: str, other: str) -> bool:
    return _near(one, float(other), NEAR * abs(float(other))) if other[:1] not in TEXTUAL else False


def _near(one: str, number: float, near: float) -> bool:
    return one[:1] not in TEXTUAL and abs(float(one) - number) <= near


def _said(value: str) -> str:
    """Return what a cell has, in words."""
    return f"“{value[1:]}”" if value[:1] == '"' else value or "nothing"
