"""A doubtful login, and on the same server something new that lets people in: one story.

Either alone is often harmless: somebody works from elsewhere, somebody installs a service.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from report.contract import Finding
from report.words import count_word, listing

DOUBTFUL = frozenset({"guessed", "new-source", "root-by-password"})
WAYS = frozenset({"new-way-in", "second-root"})
NEW = "; new there: "
NAMED = 2  # of what is new, if the sentence keeps to so many letters
ROOM = 140
# What of a thing's name tells the least: a key's print, a port's address, a rule's file.
LEAST = re.compile(r": \S+ SHA256:\S+| on [0-9a-f.:*]+(?= \()| \(/[^()]*\)$")
FIRST = ("user", "port", "key", "sudo")  # what tells most


def traced(found: Sequence[Finding]) -> list[Finding]:
    """Return the findings, each doubtful login critical where it has left a way in, and with it."""
    left = _left_behind(found)
    return [
        replace(one, severity="critical", sentence=_with(one.sentence, left[one.hosts[0]]))
        if one.kind in DOUBTFUL and one.hosts[0] in left
        else one
        for one in found
    ]


def intruded(found: Iterable[Finding]) -> list[str]:
    """Return the hosts with a doubtful login and a new way in, each once."""
    every = list(found)
    left = _left_behind(every)
    return list(dict.fromkeys(
        one.hosts[0] for one in every if one.kind in DOUBTFUL and one.hosts[0] in left
    ))  # fmt: skip


def login(one: Finding) -> str:
    """Return what is said of a login without what is new there, for where that stands itself."""
    said, new, _ = one.sentence.partition(NEW)
    return f"{said}." if new else said


def _left_behind(found: Iterable[Finding]) -> dict[str, list[str]]:
    """Return host → what is new there alone; what came to many hosts was rolled out."""
    left: dict[str, list[str]] = {}
    for one in found:
        if one.kind in WAYS and len(one.hosts) == 1:
            said = LEAST.sub("", one.sentence.removeprefix("new ").removesuffix("."))
            left.setdefault(one.hosts[0], []).append(said)
    return left


def _with(sentence: str, left: Sequence[str]) -> str:
    # The account that is root by another name is among what is new, too.
    new = [one for one in left if ": it is root" not in one] or list(left)
    new.sort(key=lambda said: next((n for n, w in enumerate(FIRST) if said.startswith(w)), 9))
    for named in range(min(NAMED, len(new)), 0, -1):
        more = [f"{count_word(len(new) - named)} more"] if len(new) > named else []
        said = f"{sentence.removesuffix('.')}{NEW}{listing([*new[:named], *more])}."
        if len(said) <= ROOM:
            break
    return said
