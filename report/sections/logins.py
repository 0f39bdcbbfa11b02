"""The logins: who came in, who tried, when and from where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from report import hourly, tables
from report.markup import Col, Page, block, bold, columns, halves, joined, section, table
from report.measures import network
from report.reading import View, frame_of
from report.rules.logins import roots
from report.sections import FEW, NAMES, cut, flows, nth, unknown
from report.sections.newcomers import new
from report.words import is_missing, moment, number, plural, verb

if TYPE_CHECKING:
    import pandas as pd

NETWORKS, PAIRS, HOSTS, ROOTS, ROLES = 5, 8, 5, 3, 3  # rows, so that the page is one
NOT_LOGGED = "not in the log"
WEEK = 7
BY_COUNT = (Col("Failed", 15, "n"), Col("Accepted", 17, "n"))


def page(view: View) -> Page:
    """Return the section."""
    nth_, flow, read = nth(view, "logins"), flows(view, "logins"), view.read("logins")
    if not read:
        said = unknown(view, "logins", "logins")
        return section("logins", nth_, NAMES["logins"], said, [], flow)
    every = frame_of(view, "logins")
    seen = view.logins
    if every.empty:
        said = f"Nobody came in, and nobody tried, on {view.reach('logins')}."
        return section("logins", nth_, NAMES["logins"], said, [], flow)
    parts = [new(view), _by_hour(view, seen), _networks(view, seen)]
    parts.append(halves(_accepted(seen), joined([_root(view, seen), _privilege(every)])))
    hosts = _hosts(view, seen) if len(view.hosts) > FEW else Markup()
    parts.append(halves(_tried(seen), hosts))
    return section("logins", nth_, NAMES["logins"], _finding(view, seen), parts, flow)


def _finding(view: View, seen: pd.DataFrame) -> str:
    failed, accepted = tables.total(seen, "failed"), tables.total(seen, "accepted")
    inside = sorted(set(roots(view)["host"]))
    said = f"{number(accepted)} accepted, {number(failed)} failed"
    if inside:
        where = inside[0] if len(inside) == 1 else plural(len(inside), "server")
        return f"{said}; root came in by password on {where}."
    where = f" on {view.reach('logins')}" if len(view.hosts) > 1 else ""
    if len(view.hosts) == 1 and not view.whole("logins"):
        where = " in the part of its log that could be read"
    return f"{said}{where}; root never by password."


def _cells(frame: pd.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    """Return a frame's columns row by row; `itertuples` would hide one named "count"."""
    return list(zip(*(frame[name] for name in names), strict=True))


def _at(view: View, at: Any) -> str:
    return moment(at, view.info.zone, view.info.from_at, view.info.to_at)


def _by_hour(view: View, seen: pd.DataFrame) -> Markup:
    info, read = view.info, view.read("logins")
    hours = tables.by_hour(seen, info.from_at, info.to_at, info.zone)
    failed, accepted = int(hours["failed"].sum()), int(hours["accepted"].sum())
    if not failed + accepted:
        return Markup()
    blind = len(view.hosts) - read
    gap = f"; {plural(blind, 'server')} could not be read" if blind else ""
    peak = "none failed"
    if failed:
        nth_ = int(hours["failed"].to_numpy().argmax())
        most = number(int(hours["failed"].iloc[nth_]))
        peak = f"most failed at {hours['hour'].iloc[nth_]:%H:%M}, {most} in an hour"
    alt = f"Logins by hour: {number(failed)} failed and {number(accepted)} accepted; {peak}."
    before = [hourly.earlier(view, hours["hour"], days) for days in (1, WEEK)]
    lines = [one.failed for one in before]
    log = "Logarithmic scale; " if hourly.logarithmic(list(hours["failed"]), lines) else ""
    chart = Markup('<div class="scroll">{}</div>').format(hourly.chart(hours, lines, alt))
    note = f"{log}{plural(read, 'server')} read{gap}{_compared(read, before)}"
    return block("By hour", note, columns((5, chart), (1, _came_from(seen))))


def _compared(read: int, before: Sequence[hourly.Earlier]) -> str:
    """Return of how many servers the days before speak, where that is another number."""
    days = zip(("yesterday", "a week ago"), before, strict=True)
    said = [f"{name} {number(one.read)}" for name, one in days if one.read not in (0, read)]
    return f"; {', '.join(said)}" if said else ""


def _came_from(seen: pd.DataFrame) -> Markup:
    sources = set(seen.loc[seen["result"] == "failed", "source_ip"].dropna())
    both = sources & set(seen.loc[seen["result"] == "accepted", "source_ip"].dropna())
    noun = "address" if len(sources) == 1 else "addresses"
    facts = _fact(number(len(sources)), f"{noun} failed to log in.")
    return facts + _fact(number(len(both)), "of them also got in.")


def _fact(value: str, said: str) -> Markup:
    return Markup('<p class="big">{}</p><p class="cap">{}</p>').format(value, said)


def _networks(view: View, seen: pd.DataFrame) -> Markup:
    """Return the networks that failed most, a /24 or /64 each; one address stands by itself."""
    known = seen[seen["source_ip"].notna()]
    names = {one: network(one) for one in known["source_ip"].unique()}
    every = tables.ranked(
        known.assign(network=known["source_ip"].map(names)), ["network"], "failed"
    )
    every = every[every["failed"] > 0]
    if every.empty:
        return Markup()
    single = {network_: source for source, network_ in names.items()}
    cols = (Col("Network", 46), *BY_COUNT, Col("Addresses", 18, "n"), Col("Hosts", 13, "n"),
            Col("Users tried", 19, "n"), Col("First", 23, "n"), Col("Last", 23, "n"))  # fmt: skip
    rows = [
        (single[name] if sources == 1 else name, failed, accepted, sources, hosts, users,
         _at(view, first), _at(view, last))
        for name, failed, accepted, sources, hosts, users, first, last in _cells(
            every.head(NETWORKS), "network", "failed", "accepted", "sources", "hosts", "users",
            "first_at", "last_at",
        )
    ]  # fmt: skip
    whole, share = tables.total(seen, "failed"), int(every.head(NETWORKS)["failed"].sum())
    said = f"{cut(len(rows), len(every), 'network')}"
    if len(rows) < len(every):
        many = plural(len(every), "network")
        said = f"{number(len(rows))} of {many} made {number(share)} of {number(whole)} tries"
    return block("Failed by network", said, table(cols, rows))


def _accepted(seen: pd.DataFrame) -> Markup:
    every = tables.ranked(seen[seen["result"] == "accepted"], ["user", "source_ip"])
    title = "Accepted by user, source"
    if every.empty:
        return block(title, "None on the servers read.", Markup())
    cols = (Col("User", 26), Col("Source", 30), Col("Accepted", 16, "n"), Col("Hosts", 12, "n"))
    rows = [
        (NOT_LOGGED if is_missing(user) else user, NOT_LOGGED if is_missing(source) else source,
         count, hosts)
        for user, source, count, hosts in _cells(
            every.head(PAIRS), "user", "source_ip", "accepted", "hosts"
        )
    ]  # fmt: skip
    return block(title, cut(len(rows), len(every), "pair", "").rstrip("; "), table(cols, rows))


def _root(view: View, seen: pd.DataFrame) -> Markup:
    """Return how root came in, by method and source: also by key it is nobody in particular."""
    every = tables.ranked(
        seen[(seen["result"] == "accepted") & (seen["user"] == "root")], ["method", "source_ip"]
    )
    if every.empty:
        return block("root", f"Did not come in on {view.reach('logins')}.", Markup())
    cols = (Col("By", 26), Col("Source", 30), Col("Accepted", 16, "n"), Col("Hosts", 12, "n"))
    rows = [
        (NOT_LOGGED if is_missing(method) else method,
         NOT_LOGGED if is_missing(source) else source, count, hosts)
        for method, source, count, hosts in _cells(
            every.head(ROOTS), "method", "source_ip", "accepted", "hosts"
        )
    ]  # fmt: skip
    count = int(every["accepted"].sum())
    times = "once" if count == 1 else plural(count, "time")
    ways = f", {cut(len(rows), len(every), 'way')}" if len(every) > 1 else ""
    return block("root", f"Came in {times}{ways}", table(cols, rows))


def _tried(seen: pd.DataFrame) -> Markup:
    every = tables.ranked(seen[seen["result"] == "failed"], ["user"], "failed")
    if every.empty:
        return block("Failed by user", "None on the servers read.", Markup())
    cols = (Col("User", 36), Col("Failed", 18, "n"), Col("Hosts", 14, "n"), Col("Sources", 16, "n"))
    rows = [
        (NOT_LOGGED if is_missing(user) else user, count, hosts, sources)
        for user, count, hosts, sources in _cells(
            every.head(HOSTS), "user", "failed", "hosts", "sources"
        )
    ]
    said = cut(len(rows), len(every), "user", "all in the workbook")
    return block("Failed by user", said, table(cols, rows))


def _hosts(view: View, seen: pd.DataFrame) -> Markup:
    every = tables.ranked(seen, ["host"], "failed")
    over = every[every["failed"] >= view.info.thresholds.failed_logins.warning]
    cols = (Col("Host", 36), *BY_COUNT, Col("Sources", 16, "n"))
    rows = [
        (bold(host) if host in set(over["host"]) else host, failed, accepted, sources)
        for host, failed, accepted, sources in _cells(
            every.head(HOSTS), "host", "failed", "accepted", "sources"
        )
    ]
    limit = number(view.info.thresholds.failed_logins.warning)
    many = f"{plural(len(over), 'host')} {verb(len(over), 'has')}" if len(over) else "None has"
    said = f"{many} {limit} failed or more"
    return block("By host", said, table(cols, rows))


def _privilege(every: pd.DataFrame) -> Markup:
    ranked = tables.privilege(every)
    if ranked.empty:
        return Markup()
    cols = (
        Col("User", 30),
        Col("Became", 18),
        Col("Times", 12, "n"),
        Col("Refused", 14, "n"),
        Col("Hosts", 10, "n"),
    )
    rows = _cells(ranked.head(ROLES), "user", "target_user", "accepted", "failed", "hosts")
    refused = int(ranked["failed"].sum())
    said = f"{number(refused)} refused" if refused else "None was refused"
    return block("sudo and su", said, table(cols, rows))
