"""The report's sections, a module each: a day in, a Page out."""

from __future__ import annotations

from report.reading import EVERYTHING, View
from report.words import number, plural, readable

NAMES = {
    "today": "Today",
    "servers": "Servers",
    "disks": "Disks",
    "logins": "Logins",
    "uptime": "Uptime",
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
    empty = key in view.info.sections and not view.read(key)
    return len(view.hosts) <= FEW or not view.answered or empty or key == "made"


def unknown(view: View, key: str, noun: str) -> str:
    """Return the sentence of a section of which no server gave anything."""
    causes = {gap.cause for gap in view.gaps if key in gap.what or gap.what == EVERYTHING}
    if len(view.hosts) == 1 and len(causes) == 1:
        cause = readable(next(iter(causes)).partition(":")[0], 100)
        return f"The {noun} could not be read: {cause}."
    return f"Nothing is known: the {noun} of no server could be read."


def cut(shown: int, every: int, noun: str, rest: str = "the rest is in the workbook") -> str:
    """Return how many rows of how many a table shows: "10 of 4,012 filesystems; the rest …"."""
    if shown >= every:
        return plural(every, noun)
    return f"{number(shown)} of {plural(every, noun)}; {rest}"
