"""What a server is for, in a few letters behind its name: its group, and what its labels say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from report.reading import NO_GROUP, View, frame_of
from report.words import foreign, is_missing

# Labels of fleet.yaml that say it, the first of each row that a host has; in this order.
LABELS = (("role",), ("site", "location", "datacenter", "dc"), ("owner", "team"))
LONGEST = 24

Purpose = Mapping[str, tuple[str, ...]]


def purposes(view: View) -> Purpose:
    """Return host → its group, role, site and owner, as far as they are known."""
    frame = frame_of(view, "hosts")
    found = {}
    for host, text in zip(frame["host"].astype(str), frame["labels"], strict=True):
        labels = {} if is_missing(text) else json.loads(text or "{}")
        group = view.main_group.get(host, NO_GROUP)
        own = [] if group == NO_GROUP else [group]
        own += [next((labels[key] for key in keys if labels.get(key)), "") for keys in LABELS]
        found[host] = tuple(dict.fromkeys(foreign(one, LONGEST) for one in own if one))
    return found


def purpose(hosts: Iterable[str], known: Purpose) -> str:
    """Return what hosts have in common: "db, Zürich"; "" for nothing."""
    every = [known.get(host, ()) for host in hosts]
    return ", ".join(one for one in every[0] if all(one in own for own in every)) if every else ""
