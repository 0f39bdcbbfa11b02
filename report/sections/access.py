"""Ways in: what changed among users, groups, keys, sudo rules and ports, and what is open."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from report.causes import IN_WORDS
from report.marks import mark
from report.markup import Col, Page, block, bold, table
from report.reading import View, frame_of, rows_of
from report.sections import ROWS, cut
from report.sections.blocks import known, listed, small_blocks
from report.words import foreign, is_missing, listing, natural, plural

COLLECTORS = ("ports", "users", "groups", "sudoers", "keys")
MOST = 3 * ROWS


def page(view: View) -> Page:
    """Return the section."""
    parts = [_changes(view), _not_compared(view), _open(view)]
    return small_blocks(view, "access", COLLECTORS, parts)


def _changes(view: View) -> Markup:
    """Return what changed, the same on several hosts once."""
    compared = frame_of(view, "compared")
    hosts = compared.loc[compared["state"] == "compared", "host"].nunique()
    if not hosts:
        return Markup()
    alike: dict[tuple[Any, ...], list[str]] = {}
    for row in rows_of(view, "changes"):
        key = (row.what, row.change, row.object, row.before, row.after, row.since)
        alike.setdefault(key, []).append(str(row.host))
    if not alike:
        return block("What changed", f"Nothing on {plural(hosts, 'server')} compared.", Markup())
    order = {"added": 0, "changed": 1, "removed": 2}
    rows = sorted(alike.items(), key=lambda one: (order.get(one[0][1], 3), one[0][0]))
    cols = (
        Col("", 5, "m"), Col("Server", 36), Col("", 18), Col("What", 18), Col("Which", 56, "path"),
        Col("From, to", 41, "path"),
    )  # fmt: skip
    shown = [
        (
            mark("warning" if change != "removed" else ""),
            bold(listing(sorted(every, key=natural), 3), 200), change, what, foreign(which, 160),
            _from_to(change, was, now),
        )
        for (what, change, which, was, now, _), every in rows[:MOST]
    ]  # fmt: skip
    since = sorted({str(key[5]) for key in alike if not is_missing(key[5])})
    said = cut(len(shown), len(rows), "change")
    when = f"; since {since[0]}" if len(since) == 1 else ""
    return block("What changed", f"{said}{when}", table(cols, shown, "stack"))


def _from_to(change: str, was: Any, now: Any) -> str:
    if change != "changed":
        return "–"
    before = "–" if is_missing(was) else foreign(was, 80)
    after = "–" if is_missing(now) else foreign(now, 80)
    return f"{before} → {after}"


def _not_compared(view: View) -> Markup:
    """Return what could not be held against an earlier snapshot, and why."""
    frame = frame_of(view, "compared")
    alike: dict[tuple[str, str], list[str]] = {}
    for row in frame[frame["state"] == "no_comparison"].itertuples(index=False):
        alike.setdefault((str(row.what), str(row.cause)), []).append(str(row.host))
    by_cause: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (what, cause), hosts in alike.items():
        by_cause.setdefault((cause, tuple(sorted(set(hosts), key=natural))), []).append(what)
    if not by_cause:
        return Markup()
    rows = [
        (mark("unread"), listing(hosts, 4), listing([f"{what}s" for what in whats]), _said(cause))
        for (cause, hosts), whats in by_cause.items()
    ]
    cols = (Col("", 5, "m"), Col("Server", 50), Col("What", 50), Col("Why", 69, "wide"))
    said = cut(min(len(rows), ROWS), len(rows), "cause")
    return block("Not compared", said, table(cols, rows[:ROWS], "stack"))


def _said(cause: str) -> str:
    """Return why there is no comparison, an outcome in words."""
    why, colon, outcome = cause.rpartition(": ")
    return f"{why}{colon}{IN_WORDS.get(outcome, outcome)}"


def _open(view: View) -> Markup:
    """Return what listens beyond its own host, by port and program."""
    frame = known(view, "ports")
    frame = frame[(frame["scope"] != "loopback") & ~frame["ephemeral"].fillna(False).astype(bool)]
    names = ("kind", "number", "by")
    values = (frame["protocol"].str.removesuffix("6"), frame["port"], frame["process"].fillna(""))
    frame = frame.assign(**dict(zip(names, values, strict=True)))
    groups = frame.groupby(list(names), sort=True)["host"]
    found = [(*key, sorted(set(map(str, hosts)), key=natural)) for key, hosts in groups]
    rows = pd.DataFrame(found, columns=[*names, "hosts"])
    rows = rows.assign(count=rows["hosts"].map(len)).sort_values(["count", "number"], kind="stable")
    cols = (
        Col("Port", 20, "n"), Col("", 14, "p"), Col("Program", 50), Col("Servers", 20, "n"),
        Col("On", 70, "p"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        return (
            str(row.number),
            row.kind,
            foreign(row.by) or "not seen",
            len(row.hosts),
            listing(row.hosts, 3),
        )

    title = "Open to others, the rarest first"
    return listed(view, title, "ports", rows, cols, cells, "port", "Nothing")
