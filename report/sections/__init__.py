"""The report's sections, a module each: a day in, a Page out."""

from __future__ import annotations

from report.causes import clause, short
from report.gaps import EVERYTHING
from report.reading import View
from report.words import foreign, number, plural

NAMES = {
    "today": "Today",
    "servers": "Servers",
    "disks": "Disks",
    "logins": "Logins",
    "uptime": "Uptime",
    "health": "Health",
    "upkeep": "Upkeep",
    "access": "Ways in",
    "trends": "7, 30 and 90 days",
    "coverage": "Coverage",
    "made": "How this report was made",
}
ROWS = 10
FEW = 5  # so many hosts need no grid, no totals, and no page for each section


def order(view: View) -> list[str]:
    """Return the keys of the sections of this report, in order."""
    shown = [key for key in NAMES if key in view.info.sections]
    return ["today", *shown, "coverage", "made"]


def nth(view: View, key: str) -> int:
    """Return a section's number."""
    return order(view).index(key) + 1


def flows(view: View, key: str = "") -> bool:
    """Return whether a section begins where the one before ends, rather than on a new page."""
    few = len(view.hosts) <= FEW or not view.answered
    # Page 1 is one page; of the others each begins where there is room for its first table.
    return few or key != order(view)[1]


def unknown(view: View, key: str, noun: str) -> str:
    """Return the sentence of a section of which no server gave anything."""
    gaps = [gap for gap in view.gaps if key in gap.what or gap.what == EVERYTHING]
    if len(view.hosts) == 1 and len(gaps) == 1:
        if gaps[0].what == EVERYTHING:
            return f"The {noun} could not be read: {clause(gaps[0].outcome, gaps[0].cause, 1)}."
        cause = foreign(short(gaps[0].outcome, gaps[0].cause), 100)
        return f"The {noun} could not be read: {cause}."
    return f"Nothing is known: the {noun} of no server could be read."


def cut(shown: int, every: int, noun: str, rest: str = "the rest is in the workbook") -> str:
    """Return how many rows of how many a table shows: "10 of 4,012 filesystems; the rest …"."""
    if shown >= every:
        return plural(every, noun)
    return f"{number(shown)} of {plural(every, noun)}; {rest}"
