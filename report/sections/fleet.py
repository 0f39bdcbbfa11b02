"""The fleet at a glance: a cell a host, its mark and what differs in its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from report.marks import mark
from report.markup import block, joined
from report.reading import NO_GROUP, View
from report.words import listing, number, plural, readable

ORDER = ("down", "unknown", "degraded", "maintenance", "up")
SMALL_CELLS = 120  # above so many hosts a cell is a mark, and quiet groups are a line


def fleet_grid(view: View, by_host: dict[str, str]) -> Markup:
    """Return a cell for each host, by group."""
    groups: dict[str, list[str]] = {}
    for group in view.main_group.values():
        groups[group] = []  # in the order of the fleet's file
    for host in view.hosts:
        groups[view.main_group[host]].append(host)
    small = len(view.hosts) > SMALL_CELLS
    rows, quiet = [], []
    for name, hosts in sorted(groups.items(), key=lambda one: one[0] == NO_GROUP):
        bad = sum(by_host[host] not in ("up", "maintenance") for host in hosts)
        if small and all(by_host[host] == "up" for host in hosts):
            quiet.append(f"{readable(name, 30)}: {number(len(hosts))} up")
            continue
        cells = _cells(hosts, by_host, small)
        said = plural(len(hosts), "host") + (f", {number(bad)} not up" if bad else "")
        rows.append(
            Markup(
                '<div class="group"><div class="name"><b>{}</b><span>{}</span></div>'
                '<div class="cells{}">{}</div></div>'
            ).format(readable(name, 22), said, " small" if small else "", cells)
        )
    if quiet:
        rows.append(Markup('<p class="note">{}.</p>').format(listing(quiet)))
    note = "A cell a host, in the first of its groups; circles are up"
    return block("The fleet", note, joined(rows), _key(by_host))


def _cells(hosts: Sequence[str], by_host: dict[str, str], small: bool) -> Markup:
    names = dict(zip(hosts, _short_names(hosts), strict=True))
    wide = max(len(name) for name in names.values())
    kind = "" if wide <= 3 else " wide" if wide <= 8 else " widest"
    return joined(
        Markup('<span class="cell {}{}" title="{}, {}">{}{}</span>').format(
            by_host[host], "" if small else kind, host, by_host[host], mark(by_host[host], 6),
            "" if small else Markup("<i>{}</i>").format(readable(names[host], 13)),
        )
        for host in hosts
    )  # fmt: skip


def _short_names(hosts: Sequence[str]) -> list[str]:
    """Return what differs in the names of a group's hosts: 01, 02 of web01.example.org …"""
    if len(hosts) == 1:
        return [hosts[0].partition(".")[0]]
    head = _shared(hosts).rstrip("0123456789")
    tail = _shared([host[::-1] for host in hosts])[::-1]
    tail = tail[tail.index(".") :] if "." in tail else ""
    return [host[len(head) : len(host) - len(tail)] or host for host in hosts]


def _shared(names: Sequence[str]) -> str:
    """Return what all of the names begin with."""
    first, last = min(names), max(names)
    same = next(
        (n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first)
    )
    return first[:same]


def _key(by_host: dict[str, str]) -> Markup:
    counts = Counter(by_host.values())
    parts = joined(
        Markup("<span>{} <b>{}</b> {}</span>").format(mark(name), number(counts[name]), name)
        for name in reversed(ORDER) if counts[name]
    )  # fmt: skip
    return Markup('<p class="key">{}</p>').format(parts)
