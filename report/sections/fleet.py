"""The fleet at a glance: a cell a host, its mark and what differs in its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence

from markupsafe import Markup

from report.marks import mark
from report.markup import block, joined
from report.reading import NO_GROUP, View
from report.sections.standing import critical
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
    small, bad_ones = len(view.hosts) > SMALL_CELLS, critical(view)
    rows, quiet = [], []
    for name, hosts in sorted(groups.items(), key=lambda one: one[0] == NO_GROUP):
        bad = sum(by_host[host] not in ("up", "maintenance") for host in hosts)
        if small and all(by_host[host] == "up" and host not in bad_ones for host in hosts):
            quiet.append(f"{readable(name, 30)}: {number(len(hosts))} up")
            continue
        cells = _cells(hosts, by_host, bad_ones, small)
        said = plural(len(hosts), "host") + (f", {number(bad)} not up" if bad else "")
        rows.append(
            Markup(
                '<div class="group"><div class="name"><b>{}</b><span>{}</span></div>'
                '<div class="cells{}">{}</div></div>'
            ).format(readable(name, 22), said, " small" if small else "", cells)
        )
    if quiet:
        rows.append(Markup('<p class="note">{}.</p>').format(listing(quiet)))
    note = "One cell per host, in the first of its groups"
    worse = [host for host in view.hosts if by_host[host] == "up" and host in bad_ones]
    return block("The fleet", note, joined(rows), _key(by_host, len(worse)))


def _cells(
    hosts: Sequence[str], by_host: dict[str, str], worse: Container[str], small: bool
) -> Markup:
    names = dict(zip(hosts, _short_names(hosts), strict=True))
    wide = max(len(name) for name in names.values())
    kind = "" if wide <= 3 else " wide" if wide <= 8 else " widest"
    cells = []
    for host in hosts:
        name, told, sign = by_host[host], by_host[host], by_host[host]
        if name == "up" and host in worse:
            name, told, sign = "up critical", "up, with a critical finding", "critical"
        shown = "" if small else Markup("<i>{}</i>").format(readable(names[host], 13))
        cells.append(
            Markup('<span class="cell {}{}" title="{}, {}">{}{}</span>').format(
                name, "" if small else kind, host, told, mark(sign, 6, told), shown
            )
        )
    return joined(cells)


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


def _key(by_host: dict[str, str], worse: int) -> Markup:
    """Return what the cells mean. worse: how many of those up have a critical finding."""
    counts = Counter(by_host.values())
    parts = [(mark("up"), counts["up"] - worse, "up")]
    parts.append((mark("critical"), worse, "up, with a critical finding (white cell)"))
    parts += [(mark(name), counts[name], name) for name in reversed(ORDER[:-1])]
    if worse and counts["down"]:
        parts[-1] = (*parts[-1][:2], "down (filled cell)")
    shown = joined(
        Markup("<span>{} <b>{}</b> {}</span>").format(sign, number(count), said)
        for sign, count, said in parts if count
    )  # fmt: skip
    return Markup('<p class="key">{}</p>').format(shown)
