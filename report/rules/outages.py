"""Servers that are silent together: a site, a group, or all that is reached over one of them.

A place is a label of hosts (`site: fra`), a group, or what stands behind a host: the label
`behind` names the host over which others are reached.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from report.reading import View, frame_of, split
from report.words import natural, plural

FEWEST = 3  # silent servers that make an outage
MOST_OF_IT = 0.8  # of a place's servers have to be silent
BEHIND, SITE = "behind", "site"


class Outage(NamedTuple):
    """A place of which most servers are silent. name: like "site fra"; of: how many it has."""

    name: str
    hosts: tuple[str, ...]
    of: int

    @property
    def said(self) -> str:
        """What has happened, as a sentence without its end."""
        silent = len(self.hosts)
        if self.name.startswith(f"{BEHIND} "):
            jump = self.name.partition(" ")[2]
            count = plural(self.of - 1, "server")
            which = f"any of the {count}" if silent == self.of else f"{silent - 1} of the {count}"
            return f"{jump} does not answer, nor do {which} behind it"
        name = self.name[:1].upper() + self.name[1:]
        if silent == self.of:
            return f"{name} is cut off: none of its {self.of:,} servers answers"
        return f"{name} is cut off: {silent:,} of its {self.of:,} servers do not answer"


def outages(view: View, silent: Iterable[str]) -> list[Outage]:
    """Return the places that are silent, each host in one at most, the largest first.

    silent: the hosts that nothing was read of. When it is all of them, no place tells more.
    """
    left = set(silent)
    if len(left) < FEWEST or left >= set(view.hosts):
        return []
    places, found = _places(view), []
    while best := _best(places, left):
        found.append(best)
        left -= set(best.hosts)
    return found


def _best(places: Mapping[tuple[str, str], Sequence[str]], left: set[str]) -> Outage | None:
    candidates = []
    for (key, value), hosts in places.items():
        here = [host for host in hosts if host in left]
        behind = key == BEHIND
        enough = len(here) >= FEWEST and len(here) >= MOST_OF_IT * len(hosts)
        if enough and (not behind or value in left):
            rank = (not behind, -len(here), key != SITE, key == "group", key, natural(value))
            outage = Outage(f"{key} {value}", tuple(sorted(here, key=natural)), len(hosts))
            candidates.append((rank, outage))
    return min(candidates, default=(None, None))[1]


def _places(view: View) -> dict[tuple[str, str], list[str]]:
    """Return (label or "group", value) → hosts."""
    frame = frame_of(view, "hosts")
    found: dict[tuple[str, str], list[str]] = {}
    full = {name: shown for shown, name in view.names.items()}
    for host, groups, labels in zip(frame["host"], frame["groups"], frame["labels"], strict=True):
        for group in split(groups):
            found.setdefault(("group", group), []).append(str(host))
        for key, value in json.loads(labels or "{}").items():
            shown = full.get(str(value), str(value)) if key == BEHIND else str(value)
            found.setdefault((str(key), shown), []).append(str(host))
    for (key, value), hosts in found.items():
        if key == BEHIND and value not in hosts:
            hosts.append(value)
    return found
