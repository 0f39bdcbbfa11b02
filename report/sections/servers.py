"""The servers: the fleet at a glance, those that are not up, and what runs on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from report import tables
from report.causes import clause
from report.findings import summarise
from report.marks import state
from report.markup import (
    Col,
    Page,
    block,
    bold,
    facts,
    halves,
    joined,
    prose,
    quiet,
    quoted,
    section,
    table,
)  # fmt: skip
from report.reading import View, frame_of, rows_of, split
from report.sections import FEW, NAMES, ROWS, cut, flows, nth
from report.sections.fleet import ORDER, fleet_grid
from report.states import State, states
from report.trail import BLIND
from report.words import day_month, foreign, is_missing, listing, number, plural, readable, verb

NAMED = 30  # hosts of one cause; all the rest is in the workbook
MOST = 15  # causes
LINES = 3  # that failed units said last, where hosts share a row
KERNELS = 3  # of a system


def page(view: View) -> Page:
    """Return the section."""
    found = states(view)
    by_host = {host: one.name for one in found for host in one.hosts}
    parts: list[Markup] = []
    if len(view.hosts) <= FEW:
        parts.append(_few(view, by_host))
    elif view.answered:
        parts.append(fleet_grid(view, by_host))
    parts += [_not_up(view, found), _in_maintenance(found)]
    if len(view.hosts) > FEW:
        parts.append(_systems(view))
    return section(
        "servers", nth(view, "servers"), NAMES["servers"], _finding(view, by_host), parts,
        flows(view, "servers"),
    )  # fmt: skip


def _finding(view: View, by_host: dict[str, str]) -> str:
    counts = Counter(by_host.values())
    if len(by_host) == 1:
        host, name = next(iter(by_host.items()))
        said = {"unknown": _unknown(view, [host]), "maintenance": "is in maintenance"}
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
        hosts = [host for host, one in by_host.items() if one == "unknown"]
        parts.append(f"{_who(by_host, 'unknown')} {_unknown(view, hosts)}")
    return f"{number(up)} of {every} servers {verb(up, 'is')} up; {listing(parts)}."


def _who(by_host: dict[str, str], name: str) -> str:
    hosts = [host for host, one in by_host.items() if one == name]
    return hosts[0] if len(hosts) == 1 else number(len(hosts))


def _unknown(view: View, hosts: Sequence[str]) -> str:
    """Return what is said of servers of which the state is not known."""
    blind = [view.blind.get(host) for host in hosts]
    if all(gap is not None and gap.outcome == "host_key" for gap in blind):
        keys = {clause(gap.outcome, gap.cause, len(hosts)) for gap in blind if gap}
        why = f" ({next(iter(keys)).split(' ', 1)[1]})" if len(keys) == 1 else ""
        return f"{verb(len(hosts), 'was')} not trusted{why}"
    return "could not be asked"


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
    units = {str(row.host): row for row in rows_of(view, "servers") if split(row.failed_units)}
    shown: list[tuple[Any, ...]] = [
        (
            bold(listing(one.hosts, NAMED), 1000),
            listing(dict.fromkeys(view.main_group[host] for host in one.hosts), 3),
            state(one.name), *_why(view, one, [units[h] for h in one.hosts if h in units]),
        )
        for one in rows[:MOST]
    ]  # fmt: skip
    cols = [Col("Host", 42), Col("Group", 22), Col("State", 23), Col("Since", 17),
            Col("Why", 70, "wide")]  # fmt: skip
    if not any(row[3] for row in shown):
        cols = [Col("Host", 54), Col("Group", 22), Col("State", 23), Col("Why", 75, "wide")]
        shown = [(*row[:3], row[4]) for row in shown]
    else:
        shown = [(*row[:3], row[3] or "–", row[4]) for row in shown]
    said = ", ".join(f"{number(count)} {name}" for name, count in counts.items())
    if len(rows) > MOST:
        said += f"; {number(MOST)} of {number(len(rows))} causes, the rest is in the workbook"
    return block("Not up", said, table(cols, shown, "stack"))


def _why(view: View, one: State, failed: Sequence[Any]) -> tuple[str, Markup]:
    """Return since when hosts are not up, as far as that is known, and why.

    failed: their rows of `servers` that name failed units, of which the last lines are told.
    """
    if not failed:
        return _known_since(view, one), prose(one.why, 200) if one.why else Markup("–")
    since = sorted(row.failed_since_at for row in failed if not is_missing(row.failed_since_at))
    at = f"{'from ' if since[0] != since[-1] else ''}{view.at(since[0])}" if since else "–"
    units = list(dict.fromkeys(unit for row in failed for unit in split(row.failed_units)))
    more = f" and {number(len(units) - NAMED)} more" if len(units) > NAMED else ""
    lines = {str(row.failed_last_lines): row.host for row in failed
             if not is_missing(row.failed_last_lines)}  # fmt: skip
    said = [quoted(line) if len(failed) == 1 else Markup("{}: {}").format(host, quoted(line))
            for line, host in list(lines.items())[:LINES]]  # fmt: skip
    last = joined(Markup("<br>{}").format(quiet(line)) for line in said)
    return at, Markup("{}{} failed{}").format(_whole_words(units[:NAMED]), more, last)


def _known_since(view: View, one: State) -> str:
    """Return since when it is known that hosts are silent, as page 1 has it."""
    summary = summarise(view)
    told = [each for each in (*summary.findings, *summary.planned)
            if each.kind in BLIND and set(one.hosts) <= set(each.hosts)]  # fmt: skip
    if not told or not summary.days_before:
        return ""
    return day_month(told[0].since) if told[0].since else "new"


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
    """Return the systems and the kernels on each: of one system there should be few."""
    every = tables.systems(frame_of(view, "hosts"))
    if every.empty:
        return Markup()
    cols = (
        Col("System", 44), Col("Hosts", 14, "n"), Col("Kernels, with their hosts", 116, "p wide"),
    )  # fmt: skip
    top: Iterable[Any] = every.head(ROWS).itertuples(index=False)
    rows = [(row.system, row.hosts, _kernels(row.on)) for row in top]
    servers = plural(int(every["hosts"].sum()), "server")
    note = f"{cut(min(len(every), ROWS), len(every), 'system')}, on {servers}"
    mixed = int((every["kernels"] > 1).sum())
    note += f"; {number(mixed)} with more than one kernel" if mixed else ""
    return block("Systems and kernels", note, table(cols, rows, "stack"))


def _kernels(on: Sequence[tuple[str, int]]) -> Markup:
    shown = [
        Markup('<span class="nb">{} <span class="quiet">({})</span></span>').format(
            readable(kernel, 40), number(hosts)
        )
        for kernel, hosts in on[:KERNELS]
    ]
    left = len(on) - KERNELS
    more = Markup(" and {} more").format(number(left)) if left > 0 else Markup()
    return joined(shown, ", ") + more if shown else Markup("–")
