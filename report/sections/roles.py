"""Who came in as root, and who became somebody else: a sentence where that is all there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from report import tables
from report.markup import Col, block, table
from report.reading import View
from report.sections import cut
from report.sections.newcomers import METHODS
from report.words import foreign, is_missing, listing, number, plural

if TYPE_CHECKING:
    import pandas as pd

ROOTS, ROLES = 3, 3  # rows
NOT_LOGGED = "not in the log"


def root(view: View, seen: pd.DataFrame) -> Markup:
    """Return how root came in, by method and source: also by key it is nobody in particular."""
    every = tables.ranked(
        seen[(seen["result"] == "accepted") & (seen["user"] == "root")], ["method", "source_ip"]
    )
    if every.empty:
        return block("root", f"Did not come in on {view.reach('logins')}.", Markup())
    ways = cells(every.head(ROOTS), "method", "source_ip", "accepted", "hosts")
    count = int(every["accepted"].sum())
    times = "once" if count == 1 else plural(count, "time")
    if len(every) == 1:
        method, source, _, hosts = ways[0]
        where = f" on {plural(hosts, 'host')}" if count > 1 and len(view.hosts) > 1 else ""
        said = f"Came in {times}{where}: {_by(method)}, {_from(source)}."
        return block("root", said, Markup())
    cols = (Col("By", 26), Col("Source", 30), Col("Accepted", 16, "n"), Col("Hosts", 12, "n"))
    rows = [(or_not(method), or_not(source), n, hosts) for method, source, n, hosts in ways]
    said = f"Came in {times}, {cut(len(rows), len(every), 'way')}"
    return block("root", said, table(cols, rows))


def _by(method: Any) -> str:
    """Return how somebody came in, in words."""
    if is_missing(method):
        return f"how is {NOT_LOGGED}"
    return f"by {METHODS.get(str(method), foreign(method, 40))}"


def _from(source: Any) -> str:
    return f"from where is {NOT_LOGGED}" if is_missing(source) else f"from {foreign(source, 45)}"


def privilege(every: pd.DataFrame) -> Markup:
    """Return who became whom; a sentence where nobody was refused."""
    ranked = tables.privilege(every)
    if ranked.empty:
        return Markup()
    top = ranked.head(ROLES)
    refused = int(ranked["failed"].sum())
    if not refused:
        who = [
            f"{_name(user)} {plural(times, 'time')} ({_name(target)})"
            for user, target, times in cells(top, "user", "target_user", "accepted")
        ]
        more = len(ranked) - len(who)
        who += [f"{number(more)} more"] if more else []
        return block("sudo and su", f"None was refused: {listing(who)}.", Markup())
    cols = (
        Col("User", 30),
        Col("Became", 18),
        Col("Times", 12, "n"),
        Col("Refused", 14, "n"),
        Col("Hosts", 10, "n"),
    )
    rows = cells(top, "user", "target_user", "accepted", "failed", "hosts")
    return block("sudo and su", f"{number(refused)} refused", table(cols, rows))


def _name(user: Any) -> str:
    return NOT_LOGGED if is_missing(user) else foreign(user, 30)


def or_not(value: Any) -> Any:
    return NOT_LOGGED if is_missing(value) else value


def cells(frame: pd.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    """Return a frame's columns row by row; `itertuples` would hide one named "count"."""
    return list(zip(*(frame[name] for name in names), strict=True))
