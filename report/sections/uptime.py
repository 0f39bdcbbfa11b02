"""How long servers have run, which of them rebooted in the period, and how busy they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from report import tables
from report.marks import bar, mark
from report.markup import Col, Page, block, bold, halves, section, table
from report.planned import planned
from report.reading import View, frame_of
from report.sections import FEW, NAMES, ROWS, cut, flows, nth, unknown
from report.words import day_month, is_missing, listing, number, plural, span, verb

if TYPE_CHECKING:
    import pandas as pd

ENDS = 5  # so many of the shortest, and of the longest


def page(view: View) -> Page:
    """Return the section."""
    nth_, flow, read = nth(view, "uptime"), flows(view, "uptime"), view.read("uptime")
    if not read:
        said = unknown(view, "uptime", "uptime")
        return section("uptime", nth_, NAMES["uptime"], said, [], flow)
    frame = frame_of(view, "uptime")
    booted = tables.rebooted(frame, view.info.from_at, view.info.to_at)
    if len(view.hosts) <= FEW:
        parts = [_all(view, frame)]
    else:
        parts = [
            halves(_rebooted(view, booted), _over_fleet(frame)),
            halves(_ends(view, frame), _busy(frame)),
        ]
    return section("uptime", nth_, NAMES["uptime"], _finding(view, frame, booted), parts, flow)


def _finding(view: View, frame: pd.DataFrame, booted: pd.DataFrame) -> str:
    read, hosts = view.read("uptime"), sorted(map(str, booted["host"]))
    said = f"No reboot in the period on {plural(read, 'server')} read"
    if len(view.hosts) == 1 and not hosts:
        said = "No reboot in the period"
    if hosts:
        who = listing(hosts) if len(hosts) <= 2 else plural(len(hosts), "server")
        said = f"{who} rebooted in the period"
    known = frame[frame["uptime_seconds"].notna()]
    longest = known.sort_values("uptime_seconds", kind="stable").tail(1)
    for host, seconds in zip(longest["host"], longest["uptime_seconds"], strict=True):
        if host not in hosts:
            return f"{said}; {host} has run for {span(seconds)}."
    return f"{said}."


def _when(view: View, at: Any) -> str:
    if is_missing(at):
        return "–"
    local = at.astimezone(view.info.zone)
    old = (view.info.to_at - at).days >= 300
    return day_month(local, with_year=True) if old else f"{day_month(local)} {local:%H:%M}"


def _days(seconds: Any) -> str:
    return number(None if is_missing(seconds) else float(seconds) / 86400, 2)


def _before(last_stop: Any) -> str:
    """Return how the run before this one ended."""
    said = {"planned": "was shut down", "crashed": "crashed"}
    return "–" if is_missing(last_stop) else said.get(str(last_stop), str(last_stop))


def _rebooted(view: View, booted: pd.DataFrame) -> Markup:
    if booted.empty:
        return block("Rebooted", f"None on {plural(view.read('uptime'), 'server')} read.", Markup())
    cols = (Col("", 5, "m"), Col("Host", 29), Col("Booted", 22, "n"), Col("Run before", 28, "p"))
    rows = [
        (_mark(view, row), bold(row.host), _when(view, row.booted_at), _before(row.last_stop))
        for row in booted.head(ROWS).itertuples(index=False)
    ]
    return block("Rebooted", cut(len(rows), len(booted), "server"), table(cols, rows))


def _mark(view: View, row: Any) -> Markup:
    """Return the mark of a start: planned, where it lies in a window of maintenance."""
    return mark("planned" if planned(view, str(row.host), row.booted_at) else "warning")


def _over_fleet(frame: pd.DataFrame) -> Markup:
    steps = tables.uptimes(frame)
    most = max(int(steps["hosts"].max()), 1)
    cols = (Col("Running for", 30), Col("Hosts", 14, "n"), Col("", 40, "p"))
    rows = [
        (name, count, bar(100 * count / most))
        for name, count in zip(steps["running"], map(int, steps["hosts"]), strict=True)
    ]
    old = int(steps["hosts"].iloc[-1])
    said = (
        f"{plural(old, 'server')} {verb(old, 'has')} run for over a year"
        if old
        else "None for over a year"
    )
    return block("Over the fleet", said, table(cols, rows))


def _ends(view: View, frame: pd.DataFrame) -> Markup:
    known = frame[frame["uptime_seconds"].notna()].sort_values("uptime_seconds", kind="stable")
    ends = known if len(known) <= 2 * ENDS else known.iloc[[*range(ENDS), *range(-ENDS, 0)]]
    cols = (Col("Host", 40), Col("Days", 16, "n"), Col("Booted", 28, "n"))
    rows = [
        (row.host, _days(row.uptime_seconds), _when(view, row.booted_at))
        for row in ends.itertuples(index=False)
    ]
    said = cut(len(rows), len(known), "server", "")
    return block("Shortest and longest", said.rstrip("; "), table(cols, rows))


def _busy(frame: pd.DataFrame) -> Markup:
    every = tables.busiest(frame)
    if every.empty:
        return Markup()
    cols = (
        Col("Host", 34),
        Col("Load per core", 18, "n"),
        Col("Load, 15 min", 18, "n"),
        Col("Cores", 14, "n"),
    )
    rows = [
        (row.host, number(row.per_core, 2), number(row.load_15, 2), row.cores)
        for row in every.head(ROWS).itertuples(index=False)
    ]
    over = int((every["per_core"] >= 1).sum())
    said = (
        f"{plural(over, 'server')} {verb(over, 'is')} at or above 1 per core"
        if over
        else "None at 1 per core or above"
    )
    return block("Busiest", said, table(cols, rows))


def _all(view: View, frame: pd.DataFrame) -> Markup:
    cols = (
        Col("", 5, "m"), Col("Host", 43), Col("Days up", 18, "n"), Col("Booted", 28, "n"),
        Col("Run before", 26, "p"), Col("Load, 15 min", 22, "n"), Col("Cores", 14, "n"),
        Col("Logged in", 18, "n"),
    )  # fmt: skip
    new = set(tables.rebooted(frame, view.info.from_at, view.info.to_at)["host"])
    rows = [
        (
            _mark(view, row) if row.host in new else "",
            bold(row.host) if row.host in new else row.host,
            _days(row.uptime_seconds), _when(view, row.booted_at), _before(row.last_stop),
            number(row.load_15, 2), number(row.cores), number(row.users),
        )
        for row in frame.itertuples(index=False)
    ]  # fmt: skip
    return block("Running", "", table(cols, rows))
