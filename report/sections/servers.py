"""The servers: the fleet at a glance, those that are not up, and what runs on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from report import tables
from report.marks import state
from report.markup import Col, Page, block, bold, facts, halves, joined, prose, section, table
from report.reading import View, frame_of, split
from report.sections import FEW, NAMES, ROWS, cut, flows, nth
from report.sections.fleet import ORDER, fleet_grid
from report.states import State, states
from report.words import foreign, is_missing, listing, moment, number, plural, readable, verb

NAMED = 30  # hosts of one cause; all the rest is in the workbook
MOST = 15  # causes


def page(view: View) -> Page:
    """Return the section."""
    found = states(view)
    by_host = {host: one.name for one in found for host in one.hosts}
    parts: list[Markup] = []
    if len(view.hosts) <= FEW:
        parts.append(_few(view, by_host))
    elif view.answered:
        parts.append(fleet_grid(view, by_host))
    parts += [_not_up(view, found), _failed_units(view), _in_maintenance(found)]
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


def _failed_units(view: View) -> Markup:
    """Return since when units have failed, and what they said last."""
    frame = frame_of(view, "servers")
    frame = frame[frame["failed_units"].fillna("").ne("")]
    if frame.empty:
        return Markup()
    info, shown = view.info, frame.sort_values("failed_since_at", kind="stable").head(MOST)
    rows = [
        (
            bold(row.host), _whole_words(split(row.failed_units)[:NAMED]),
            "–" if is_missing(row.failed_since_at)
            else moment(row.failed_since_at, info.zone, info.from_at, info.to_at),
            "–" if is_missing(row.failed_last_lines) else foreign(row.failed_last_lines, 240),
        )
        for row in shown.itertuples(index=False)
    ]  # fmt: skip
    cols = (Col("Host", 34), Col("Units", 46), Col("Since", 22), Col("Last line", 72, "wide"))
    said = cut(len(rows), len(frame), "server")
    return block("Failed units", said, table(cols, rows, "stack"))


def _whole_words(names: Sequence[str]) -> Markup:
    return joined(
        (Markup('<span class="nb">{}</span>').format(foreign(n, 40)) for n in names), ", "
    )


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
    cols = (Col("Kernel", 50, "path"), Col("Hosts", 11, "n"), Col("One of them", 23, "p"))
    shown = min(len(every), ROWS)
    return block(
        "Kernels", cut(shown, len(every), "kernel", "").rstrip("; "),
        table(cols, [(r.kernel, r.hosts, r.example) for r in rows]),
    )  # fmt: skip
