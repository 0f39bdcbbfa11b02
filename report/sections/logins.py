"""The logins: who came in, who tried, when and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from report import charts, tables
from report.marks import mark
from report.markup import Col, Page, block, bold, columns, halves, section, table
from report.reading import View, frame_of
from report.rules.logins import roots
from report.sections import FEW, NAMES, ROWS, cut, flows, nth, unknown
from report.words import is_missing, moment, number, plural, verb

if TYPE_CHECKING:
    import pandas as pd

SOURCES, HOSTS = 8, 5  # rows, so that the page is one
BY_COUNT = (Col("Failed", 15, "n"), Col("Accepted", 17, "n"))


def page(view: View) -> Page:
    """Return the section."""
    nth_, flow, read = nth(view, "logins"), flows(view, "logins"), view.read("logins")
    if not read:
        said = unknown(view, "logins", "logins")
        return section("logins", nth_, NAMES["logins"], said, [], flow)
    every = frame_of(view, "logins")
    seen = tables.sessions(every)
    if every.empty:
        said = f"Nobody came in, and nobody tried, on {view.reach('logins')}."
        return section("logins", nth_, NAMES["logins"], said, [], flow)
    parts = [_to_explain(view), _by_hour(view, seen)]
    parts += [_sources(view, seen), halves(_accepted(seen), _tried(seen))]
    hosts = _hosts(view, seen) if len(view.hosts) > FEW else Markup()
    parts.append(halves(hosts, _privilege(every)))
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


def _to_explain(view: View) -> Markup:
    rows = roots(view).sort_values("at", ascending=False, kind="stable")
    if rows.empty:
        return Markup()
    cols = (Col("", 5, "m"), Col("At", 16), Col("User", 24), Col("Host", 36), Col("Source", 48),
            Col("Method", 30),            Col("Times", 15, "n"))  # fmt: skip
    shown = [
        (mark("critical"), _at(view, at), bold(user), bold(host), source, method, times)
        for at, user, host, source, method, times in _cells(
            rows.head(ROWS), "at", "user", "host", "source_ip", "method", "count"
        )
    ]
    return block("To explain", cut(len(shown), len(rows), "login"), table(cols, shown))


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
    sources = seen.loc[seen["result"] == "failed", "source_ip"].dropna()
    inside = set(seen.loc[seen["result"] == "accepted", "source_ip"].dropna())
    both = len(set(sources) & inside)
    noun = "address" if sources.nunique() == 1 else "addresses"
    facts = _fact(number(sources.nunique()), f"{noun} failed to log in.")
    facts += _fact(number(both), "of them also got in.")
    chart = charts.image(charts.logins_by_hour(hours), alt)
    note = f"{info.time_zone}; each with its own scale; {plural(read, 'server')} read{gap}"
    return block("By hour", note, columns((5, chart), (1, facts)))


def _fact(value: str, said: str) -> Markup:
    return Markup('<p class="big">{}</p><p class="cap">{}</p>').format(value, said)


def _sources(view: View, seen: pd.DataFrame) -> Markup:
    known = seen[seen["source_ip"].notna()]
    every = tables.ranked(known, ["source_ip"], "failed")
    every = every[every["failed"] > 0]
    if every.empty:
        return Markup()
    cols = (Col("Source", 50), *BY_COUNT, Col("Hosts", 15, "n"), Col("Users tried", 21, "n"),
            Col("First", 28, "n"), Col("Last", 28, "n"))  # fmt: skip
    rows = [
        (source, failed, accepted, hosts, users, _at(view, first), _at(view, last))
        for source, failed, accepted, hosts, users, first, last in _cells(
            every.head(SOURCES), "source_ip", "failed", "accepted", "hosts", "users",
            "first_at", "last_at",
        )
    ]  # fmt: skip
    whole = tables.total(seen, "failed")
    share = int(every.head(SOURCES)["failed"].sum())
    said = f"{cut(len(rows), len(every), 'source')}"
    if len(rows) < len(every):
        sources = plural(len(every), "source")
        said = f"{number(len(rows))} of {sources} made {number(share)} of {number(whole)} tries"
    return block("Failed by source", said, table(cols, rows))


def _accepted(seen: pd.DataFrame) -> Markup:
    every = tables.ranked(seen[seen["result"] == "accepted"], ["user"])
    if every.empty:
        return block("Accepted by user", "None on the servers read.", Markup())
    return _users("Accepted by user", every, "accepted", "Accepted")


def _tried(seen: pd.DataFrame) -> Markup:
    every = tables.ranked(seen[seen["result"] == "failed"], ["user"], "failed")
    if every.empty:
        return block("Failed by user", "None on the servers read.", Markup())
    return _users("Failed by user", every, "failed", "Failed")


def _users(title: str, every: pd.DataFrame, result: str, head: str) -> Markup:
    cols = (Col("User", 36), Col(head, 18, "n"), Col("Hosts", 14, "n"), Col("Sources", 16, "n"))
    rows: list[tuple[Any, ...]] = []
    for user, count, hosts, sources in _cells(every.head(ROWS), "user", result, "hosts", "sources"):
        rows.append(("not in the log" if is_missing(user) else user, count, hosts, sources))
    return block(
        title, cut(len(rows), len(every), "user", "all in the workbook"), table(cols, rows)
    )


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
    rows = _cells(ranked.head(HOSTS), "user", "target_user", "accepted", "failed", "hosts")
    refused = int(ranked["failed"].sum())
    said = f"{number(refused)} refused" if refused else "None was refused"
    return block("sudo and su", said, table(cols, rows))
