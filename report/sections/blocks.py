"""What the sections of many small collectors share: their sentence, and a block a collector."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from report.findings import summarise
from report.headline import capital_of, clauses
from report.markup import NOTHING, Col, Page, block, section, table
from report.reading import GOOD, READ, View, frame_of, plain
from report.sections import NAMES, ROWS, cut, flows, nth
from report.words import capital, count_word, listing, number, plural

Cells = Callable[[Any], Sequence[Any]]


def small_blocks(view: View, key: str, collectors: Sequence[str], parts: Sequence[Markup]) -> Page:
    """Return a section of several collectors; where none of them was read it says so."""
    asked = [name for name in collectors if any(name in one for one in view.outcomes.values())]
    applicable = [name for name in asked if view.read(name)]
    said = _finding(view, key, asked, applicable)
    return section(key, nth(view, key), NAMES[key], said, parts, flows(view, key))


def _finding(view: View, key: str, asked: Sequence[str], read: Sequence[str]) -> str:
    if not asked:
        return "Nothing is known: nobody was asked."
    if not read:
        outcomes = {one.get(name) for one in view.outcomes.values() for name in asked}
        if outcomes <= GOOD:
            return "Nothing of it is there."
        return "Nothing is known: of no server could any of it be read."
    missed = not_everywhere(view, asked)
    where = " everywhere" if len(view.hosts) > 1 else ""
    gap = f"; {listing(missed, 4)} not read{where}" if missed else ""
    return f"{_to_see_to(view, key)}{gap}."


def not_everywhere(view: View, names: Sequence[str]) -> list[str]:
    """Return which of these collectors could not be read of every server that answered."""
    return [
        name for name in names
        if any(view.outcomes[host].get(name, "ok") not in GOOD for host in view.answered)
    ]  # fmt: skip


def _to_see_to(view: View, key: str) -> str:
    """Return who has what is critical, and how many findings there are besides."""
    summary = summarise(view)
    found = [one for one in summary.findings if one.section == key]
    aside = sum(one.finding.section == key for one in summary.silenced)
    quiet = f", and {count_word(aside)} silenced" if aside else ""
    worst, named = clauses(view, [one for one in found if one.severity == "critical"])
    left = len(found) - named
    if not worst:
        return f"{capital(_things(left)) if left else 'Nothing'} to see to{quiet}"
    more = f"; {count_word(left)} more to see to{quiet}" if left else quiet
    return f"{capital_of(view, worst)}{more}"


def _things(count: int) -> str:
    return f"{count_word(count)} {'thing' if count == 1 else 'things'}"


def listed(
    view: View, title: str, collector: str, rows: pd.DataFrame, cols: Sequence[Col], cells: Cells,
    noun: str, good: str, rest: str = "", below: Markup = NOTHING, of: int = 0,
) -> Markup:  # fmt: skip
    """Return a block with the first of these rows; without rows, that all is well where it is.

    noun: what a row is; good: what is said where there is none, on how many servers read.
    rest: what is said of those that have no row; below: what stands below the table. of: so
    many these are of. Nothing where the collector has nothing to read anywhere.
    """
    read = view.read(collector)
    if not read:
        return Markup()
    if rows.empty:
        where = "" if len(view.hosts) == 1 else f" on {plural(read, 'server')} read"
        return block(title, f"{good}{where}{f'; {rest}' if rest else ''}.", Markup())
    shown = [cells(row) for row in plain(rows.head(ROWS)).itertuples(index=False)]
    said = cut(len(shown), len(rows), noun)
    if of > len(rows):
        most = f", of which {number(ROWS)}" if len(rows) > ROWS else ""
        said = f"{number(len(rows))} of {plural(of, noun)}{most}"
    said += f"; {rest}" if rest else ""
    return block(title, said, table(cols, shown, "stack"), below)


def known(view: View, name: str) -> pd.DataFrame:
    """Return a collector's rows of the hosts that it was read on."""
    frame = frame_of(view, name)
    there = [host for host, one in view.outcomes.items() if one.get(name) in READ]
    return frame[frame["host"].isin(there)]


def divided(frame: pd.DataFrame, told: Iterable[bool]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that are told, and the others; also of a frame without rows."""
    here = pd.Series(list(told), frame.index, dtype=bool)
    return frame[here], frame[~here]
