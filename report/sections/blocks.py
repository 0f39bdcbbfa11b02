"""What the sections of many small collectors share: their sentence, and a block a collector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from report.contract import Finding
from report.markup import Col, Page, block, section, table
from report.reading import GOOD, READ, View, frame_of, plain
from report.sections import NAMES, ROWS, cut, flows, nth
from report.words import capital, count_word, listing, plural, verb

if TYPE_CHECKING:
    import pandas as pd

Cells = Callable[[Any], Sequence[Any]]


def small_blocks(
    view: View, key: str, collectors: Sequence[str], found: Sequence[Finding],
    parts: Sequence[Markup],
) -> Page:  # fmt: skip
    """Return a section of several collectors; where none of them was read it says so."""
    asked = [name for name in collectors if any(name in one for one in view.outcomes.values())]
    applicable = [name for name in asked if view.read(name)]
    said = _finding(view, asked, applicable, found)
    return section(key, nth(view, key), NAMES[key], said, parts, flows(view, key))


def _finding(
    view: View, asked: Sequence[str], read: Sequence[str], found: Sequence[Finding]
) -> str:
    if not asked:
        return "Nothing is known: nobody was asked."
    if not read:
        outcomes = {one.get(name) for one in view.outcomes.values() for name in asked}
        if outcomes <= GOOD:
            return "Nothing of it is there."
        return "Nothing is known: of no server could any of it be read."
    missed = [
        name for name in asked
        if any(view.outcomes[host].get(name, "ok") not in GOOD for host in view.answered)
    ]  # fmt: skip
    where = " everywhere" if len(view.hosts) > 1 else ""
    gap = f"; {listing(missed, 4)} {verb(len(missed), 'was')} not read{where}" if missed else ""
    if not found:
        return f"Nothing to see to{gap}."
    critical = sum(one.severity == "critical" for one in found)
    things = f"{count_word(len(found))} {'thing' if len(found) == 1 else 'things'} to see to"
    worst = f", {count_word(critical)} of them critical" if critical and len(found) > 1 else ""
    return f"{capital(things)}{worst}{gap}."


def listed(
    view: View, title: str, collector: str, rows: pd.DataFrame, cols: Sequence[Col], cells: Cells,
    noun: str, good: str,
) -> Markup:  # fmt: skip
    """Return a block with the first of these rows; without rows, that all is well where it is.

    noun: what a row is; good: what is said where there is none, on how many servers read.
    Nothing where the collector has nothing to read anywhere.
    """
    read = view.read(collector)
    if not read:
        return Markup()
    if rows.empty:
        where = "" if len(view.hosts) == 1 else f" on {plural(read, 'server')} read"
        return block(title, f"{good}{where}.", Markup())
    shown = [cells(row) for row in plain(rows.head(ROWS)).itertuples(index=False)]
    return block(title, cut(len(shown), len(rows), noun), table(cols, shown, "stack"))


def known(view: View, name: str) -> pd.DataFrame:
    """Return a collector's rows of the hosts that it was read on."""
    frame = frame_of(view, name)
    there = [host for host, one in view.outcomes.items() if one.get(name) in READ]
    return frame[frame["host"].isin(there)]
