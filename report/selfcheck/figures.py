"""Pure: whether a text holds the day's headline and key figures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from report.contract import KeyFigure, Summary
from report.statement import signed

# Blanks and line ends are the layout's, and a hyphen at a line's end may be read as its own.
GAP = r"[\s\x02\u00ad\u200b-\u200f\u2010\u2011\u2060\ufeff\ufffe`-]*"
LAYOUT = re.compile(GAP)
END = r"(?![,.]?\d)"  # of a number
SHOWN = 60


def bare(text: str) -> str:
    """Return a text without what only lays it out, so that two renderings can be compared."""
    return LAYOUT.sub("", unicodedata.normalize("NFKC", text))


def missing(text: str, summary: Summary) -> list[str]:
    """Return what of headline, lead and key figures is not in a text, a sentence each.

    A figure stands right behind its label, or before it.
    """
    found = lost(bare(text), opening(summary))
    for one in summary.figures:
        value = one.value + one.unit
        found += differing(text, one, ((one.label, value), (value, one.label)), worth(one))
    return found


def opening(summary: Summary) -> list[tuple[str, str]]:
    """Return what a day begins with, each with its name."""
    return [("the headline", summary.headline), ("the lead", summary.lead)]


def lost(inside: str, told: Iterable[tuple[str, str]]) -> list[str]:
    """Return which of the texts is not inside one that is bare, a sentence each."""
    return [f"{name} is missing: {short(said)}" for name, said in told if bare(said) not in inside]


def differing(
    text: str, one: KeyFigure, orders: Iterable[Sequence[str]], said: str
) -> list[str]:  # fmt: skip
    """Return how a text differs from a figure's label and what belongs to it, in one order.

    said: what should stand there, in words. Nothing where it does.
    """
    text = unicodedata.normalize("NFKC", text)
    for order in orders:
        whole = GAP.join(_loose(part) + END * part[-1].isdigit() for part in order if part)
        if re.search(rf"(?<![\d,.]){whole}", text):
            return []
    if not (at := re.search(_loose(one.label), text)):
        return [f"{said}, and it does not stand there"]
    there = text[at.end() : at.end() + len("".join((one.value, one.unit, one.note))) + 8]
    return [f"{said}, and there stands {short(there)}"]


def worth(one: KeyFigure) -> str:
    """Return what a key figure is, in words."""
    return f"“{one.label}” is {' '.join((one.value, one.unit)).strip()}"


def changed(one: KeyFigure) -> str:
    """Return by how much a figure changed, as it is shown; empty where that is not known."""
    return "" if one.amount is None or one.change is None else signed(one.change)


def short(said: str) -> str:
    """Return the beginning of what is missing, on one line."""
    said = " ".join(said.split())
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}…"


def _loose(said: str) -> str:
    """Return a pattern of a text's characters, however it is laid out."""
    return GAP.join(re.escape(one) for one in bare(said))
