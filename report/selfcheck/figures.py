"""Pure: whether a text holds the day's headline and key figures."""

from __future__ import annotations

import re
import unicodedata

from report.contract import KeyFigure, Summary

# Blanks and line ends are the layout's, and a hyphen at a line's end may be read as its own.
GAP = r"[\s\x02\u00ad\u200b-\u200f\u2010\u2011\u2060\ufeff\ufffe`-]*"
LAYOUT = re.compile(GAP)
SHOWN = 60


def bare(text: str) -> str:
    """Return a text without what only lays it out, so that two renderings can be compared."""
    return LAYOUT.sub("", unicodedata.normalize("NFKC", text))


def missing(text: str, summary: Summary) -> list[str]:
    """Return what of headline, lead and key figures is not in a text, a sentence each."""
    text = unicodedata.normalize("NFKC", text)
    inside = bare(text)
    found = [
        f"{name} is missing: {short(said)}"
        for name, said in (("the headline", summary.headline), ("the lead", summary.lead))
        if bare(said) not in inside
    ]
    return found + [fault for one in summary.figures if (fault := _wrong(text, one))]


def short(said: str) -> str:
    """Return the beginning of what is missing, on one line."""
    said = " ".join(said.split())
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}…"


def _wrong(text: str, one: KeyFigure) -> str:
    """Return how a key figure differs: it stands right behind its label, or before it."""
    label, value = _loose(one.label), _loose(one.value + one.unit)
    if re.search(rf"{label}{GAP}{value}(?![,.]?\d)|(?<![\d,.]){value}{GAP}{label}", text):
        return ""
    wanted = f"“{one.label}” is {' '.join((one.value, one.unit)).strip()}"
    if not (at := re.search(label, text)):
        return f"{wanted}, and it does not stand there"
    there = text[at.end() : at.end() + len(one.value + one.unit) + 8]
    return f"{wanted}, and there stands {short(there)}"


def _loose(said: str) -> str:
    """Return a pattern of a text's characters, however it is laid out."""
    return GAP.join(re.escape(one) for one in bare(said))
