"""How long servers have run, which of them rebooted in the period, and how busy they are."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from report import tables
from report.headline import capital_of
from report.marks import bar
from report.markup import Col, Page, block, bold, halves, section, table
from report.planned import planned
from report.reading import View, frame_of, plain
from report.sections import FEW, NAMES, ROWS, cut, flows, nth, unknown
from report.sections.standing import stands
from report.words import day_month, is_missing, listing, natural, number, plural, verb

ENDS = 5  # so many of the shortest, and of the longest
FULL = 1  # load per core


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
        below = [_ends(view, frame, booted), _busy(view, frame)]
        left, right = below if len(booted) < ENDS else reversed(below)
        parts = [
            halves(_rebooted(view, booted) + left, _over_fleet(frame) + right),
        ]
    return section("uptime", nth_, NAMES["uptime"], _finding(view, frame, booted), parts, flow)


def _finding(view: View, frame: pd.DataFrame, booted: pd.DataFrame) -> str:
    """Return who crashed, who else rebooted, or since when the longest runs."""
    if booted.empty:
        read = view.read("uptime")
        where = f" on {plural(read, 'server')} read" if len(view.hosts) > 1 else ""
        longest = frame[frame["booted_at"].notna()].sort_values("booted_at", kind="stable").head(1)
        since = "".join(
            f"; {host} has run since {day_month(at.astimezone(view.info.zone), with_year=True)}"
            for host, at in zip(longest["host"], longest["booted_at"], strict=True)
        )
        return f"No reboot in the period{where}{since}."
    crashed = booted["last_stop"].eq("crashed").fillna(False).astype(bool)
    parts: list[str] = []
    for rows, said in ((booted[crashed], "crashed and restarted"), (booted[~crashed], "rebooted")):
        if len(rows):
            parts.append(_told(view, rows, said, bool(parts)))
    return capital_of(view, f"{'; '.join(parts)}.")


def _told(view: View, rows: pd.DataFrame, said: str, more: bool) -> str:
    """Return that these hosts rebooted, when it was one, and whether it was planned."""
    hosts = sorted(map(str, rows["host"]), key=natural)
    many = f"{number(len(hosts))} more" if more else plural(len(hosts), "server")
    who = listing(hosts) if len(hosts) <= 2 else many
    at = "" if more else " in the period"
    at = f" at {view.at(rows['booted_at'].iloc[0])}" if len(hosts) == 1 else at
    kept = sum(
        bool(planned(view, str(host), when))
        for host, when in zip(rows["host"], rows["booted_at"], strict=True)
    )
    aside = ", as planned" if kept == len(hosts) else f", {number(kept)} of them as planned"
    return f"{who} {said}{at}{aside if kept else ''}"


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
    said = {"planned": "clean shutdown", "crashed": "crashed"}
    return "not known" if is_missing(last_stop) else said.get(str(last_stop), str(last_stop))


def _rebooted(view: View, booted: pd.DataFrame) -> Markup:
    if booted.empty:
        return block("Rebooted", f"None on {plural(view.read('uptime'), 'server')} read.", Markup())
    cols = (Col("", 5, "m"), Col("Host", 29), Col("Booted", 22, "n"), Col("Before that", 28, "p"))
    rows = [
        (_mark(view, row), bold(row.host), _when(view, row.booted_at), _before(row.last_stop))
        for row in booted.head(ROWS).itertuples(index=False)
    ]
    return block("Rebooted", cut(len(rows), len(booted), "server"), table(cols, rows))


def _mark(view: View, row: Any) -> Markup:
    """Return the mark of a start: that of its finding, planned in a window of maintenance."""
    return stands(view, row.host, "rebooted").mark


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


def _ends(view: View, frame: pd.DataFrame, booted: pd.DataFrame) -> Markup:
    """Return who has run longest, and shortest where "Rebooted" does not show them."""
    known = frame[frame["uptime_seconds"].notna()].sort_values("uptime_seconds", kind="stable")
    told = list(map(str, booted["host"].head(ROWS)))
    shown = min(len(told), ENDS)
    shortest = known[~known["host"].isin(told)].head(ENDS - shown)
    longest = known[~known["host"].isin([*told, *shortest["host"]])].tail(ENDS)
    cols = (Col("Host", 40), Col("Days", 16, "n"), Col("Booted", 28, "n"))
    rows = [
        (row.host, _days(row.uptime_seconds), _when(view, row.booted_at))
        for row in pd.concat([shortest, longest]).itertuples(index=False)
    ]
    if not rows:
        return Markup()
    whole = cut(len(rows), len(known), "server", "").rstrip("; ")
    if shown == ENDS:
        return block(
            "Longest", f"{whole}; the shortest are those rebooted", table(cols, rows[::-1])
        )
    return block("Shortest and longest", whole, table(cols, rows))


def _busy(view: View, frame: pd.DataFrame) -> Markup:
    """Return the servers at 1 per core or above, or busier than ever; otherwise the busiest."""
    every = tables.busiest(frame)
    if every.empty:
        return Markup()
    full = every["per_core"] >= FULL
    unusual = [bool(stands(view, host, "unusual-load").kind) for host in every["host"]]
    bad = every[full | pd.Series(unusual, every.index, dtype=bool)]
    over = int(full.sum())
    said = f"{plural(over, 'server')} {verb(over, 'is')} at or above {FULL} per core"
    if not over:
        said = f"None at {FULL} per core or above"
    if bad.empty:
        top = next(plain(every.head(1)).itertuples(index=False))
        most = f"{top.host} has most, {number(top.per_core, 2)}"
        return block("Busiest", f"{said}; {most} in 15 minutes.", Markup())
    cols = (
        Col("", 5, "m"), Col("Host", 29), Col("Load per core", 20, "n"),
        Col("Load, 15 min", 18, "n"), Col("Cores", 12, "n"),
    )  # fmt: skip
    rows = [
        (
            stands(view, row.host, "unusual-load").mark, row.host, number(row.per_core, 2),
            number(row.load_15, 2), row.cores,
        )
        for row in bad.head(ROWS).itertuples(index=False)
    ]  # fmt: skip
    said += f", of which {number(ROWS)}" if over > ROWS else ""
    return block("Busiest", said, table(cols, rows))


def _all(view: View, frame: pd.DataFrame) -> Markup:
    cols = (
        Col("", 5, "m"), Col("Host", 43), Col("Days up", 18, "n"), Col("Booted", 28, "n"),
        Col("Before that", 26, "p"), Col("Load, 15 min", 22, "n"), Col("Cores", 14, "n"),
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
