"""The servers: the fleet at a glance, those that are not up, and what runs on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from report import tables
from report.marks import mark, state
from report.markup import Col, Page, block, bold, facts, halves, joined, prose, section, table
from report.reading import NO_GROUP, View, frame_of
from report.sections import FEW, NAMES, ROWS, cut, flows, nth
from report.states import State, states
from report.words import foreign, is_missing, listing, number, plural, readable, verb

ORDER = ("down", "unknown", "degraded", "maintenance", "up")
NAMED = 30  # hosts of one cause; all the rest is in the workbook
MOST = 15  # causes
SMALL_CELLS = 120  # above so many hosts a cell is a mark, and quiet groups are a line


def page(view: View) -> Page:
    """Return the section."""
    found = states(view)
    by_host = {host: one.name for one in found for host in one.hosts}
    parts: list[Markup] = []
    if len(view.hosts) <= FEW:
        parts.append(_few(view, by_host))
    elif view.answered:
        parts.append(_fleet(view, by_host))
    parts += [_not_up(view, found), _in_maintenance(found)]
    if len(view.hosts) > FEW:
        parts.append(halves(_systems(view), _kernels(view)))
    return section(
        "servers", nth(view, "servers"), NAMES["servers"], _finding(by_host), parts,
        flows(view, "servers"),
    )  # fmt: skip


def _finding(by_host: dict[str, str]) -> str:
    counts = Counter(by_host.values())
    if len(by_host) == 1:
        host, name = next(iter(by_host.items()))
        said = {"unknown": "could not be asked", "maintenance": "is in maintenance"}
        return f"{host} {said.get(name, f'is {name}')}."
    up = counts["up"]
    every = number(len(by_host))
    if up == len(by_host):
        return f"All {every} servers are up."
    if counts["unknown"] == len(by_host):
        return f"Nothing is known: none of {every} servers could be asked."
    parts = []
    for name, words in (
        ("down", "down"),
        ("degraded", "degraded"),
        ("maintenance", "in maintenance"),
    ):
        if counts[name]:
            parts.append(f"{_who(by_host, name)} {verb(counts[name], 'is')} {words}")
    if counts["unknown"]:
        parts.append(f"{_who(by_host, 'unknown')} could not be asked")
    return f"{number(up)} of {every} servers {verb(up, 'is')} up; {listing(parts)}."


def _who(by_host: dict[str, str], name: str) -> str:
    hosts = [host for host, one in by_host.items() if one == name]
    return hosts[0] if len(hosts) == 1 else number(len(hosts))


def _few(view: View, by_host: dict[str, str]) -> Markup:
    blocks = []
    servers = frame_of(view, "servers").set_index("host").to_dict("index")
    hosts = frame_of(view, "hosts").set_index("host").to_dict("index")
    for host in view.hosts:
        if host in view.blind:
            continue  # nothing but dashes: "Not up" says why
        about, own = hosts.get(host, {}), servers.get(host, {})
        system = " ".join(
            readable(about[key])
            for key in ("os_name", "os_version")
            if not is_missing(about.get(key))
        )
        rows = [
            ("State", state(by_host[host])),
            ("System", system or None),
            ("Kernel", about.get("kernel")),
            ("Virtualisation", own.get("virtualisation")),
            ("Its init system says", own.get("system_state")),
            ("Failed units", "none" if own.get("failed_units") == "" else own.get("failed_units")),
        ]
        blocks.append(block(host, "", facts(rows)))
    return joined(halves(*pair) for pair in _pairs(blocks))


def _pairs(blocks: Sequence[Markup]) -> list[tuple[Markup, Markup]]:
    every = [*blocks, Markup()] if len(blocks) % 2 else list(blocks)
    return list(zip(every[::2], every[1::2], strict=True))


def _fleet(view: View, by_host: dict[str, str]) -> Markup:
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


def _not_up(view: View, found: Sequence[State]) -> Markup:
    rows = [one for one in found if one.name not in ("up", "maintenance")]
    if not rows:
        return Markup()
    rows.sort(key=lambda one: (_rank(one.name), -len(one.hosts)))
    counts: Counter[str] = Counter()
    for one in rows:
        counts[one.name] += len(one.hosts)
    shown = [
        (
            bold(listing(one.hosts, NAMED), 1000),
            listing(dict.fromkeys(view.main_group[host] for host in one.hosts), 3),
            state(one.name), prose(one.why, 200) if one.why else "–",
        )
        for one in rows[:MOST]
    ]  # fmt: skip
    cols = (Col("Host", 52), Col("Group", 24), Col("State", 26), Col("Why", 72, "wide"))
    said = ", ".join(f"{number(count)} {name}" for name, count in counts.items())
    if len(rows) > MOST:
        said += f"; {number(MOST)} of {number(len(rows))} causes, the rest is in the workbook"
    return block("Not up", said, table(cols, shown, "stack"))


def _rank(name: str) -> int:
    return ORDER.index(name) if name in ORDER else 1


def _in_maintenance(found: Sequence[State]) -> Markup:
    """Return those that somebody took out on purpose: nothing to act on."""
    hosts = [
        listing(one.hosts, NAMED) + (f" ({foreign(one.why)})" if one.why else "")
        for one in found if one.name == "maintenance"
    ]  # fmt: skip
    if not hosts:
        return Markup()
    return block("In maintenance", prose(f"{listing(hosts)}", 400), Markup())


def _systems(view: View) -> Markup:
    every = tables.systems(frame_of(view, "hosts"))
    if every.empty:
        return Markup()
    rows = every.head(ROWS).itertuples(index=False)
    cols = (Col("System", 52), Col("Hosts", 16, "n"), Col("Kernels", 16, "n"))
    servers = plural(int(every["hosts"].sum()), "server")
    note = f"{cut(min(len(every), ROWS), len(every), 'system')}, on {servers}"
    return block("Systems", note, table(cols, [(r.system, r.hosts, r.kernels) for r in rows]))


def _kernels(view: View) -> Markup:
    every = tables.kernels(frame_of(view, "hosts"))
    if every.empty:
        return Markup()
    rows = every.head(ROWS).itertuples(index=False)
    cols = (Col("Kernel", 44), Col("Hosts", 14, "n"), Col("One of them", 26, "p"))
    shown = min(len(every), ROWS)
    return block(
        "Kernels", cut(shown, len(every), "kernel"),
        table(cols, [(r.kernel, r.hosts, r.example) for r in rows]),
    )  # fmt: skip
