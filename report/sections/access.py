"""Ways in: what changed among users, groups, keys, sudo rules and ports, and what is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from report.marks import mark
from report.markup import Col, Page, block, bold, note, quiet, section, table, text
from report.reading import View, frame_of, rows_of
from report.sections import NAMES, ROWS, cut, flows, nth
from report.sections.blocks import not_everywhere, small_blocks
from report.sections.opened import opened
from report.sections.ways import Line, by_server, headline
from report.words import day_month, is_missing, listing, natural, plural, verb

COLLECTORS = ("ports", "users", "groups", "sudoers", "keys")
WHATS = ("port", "user", "group", "sudo rule", "key")
MOST = 3 * ROWS
SEVERITIES = ("critical", "warning", "")
WHY = {"not read whole": "not read in full", "not read whole before": "not read in full before"}


def page(view: View) -> Page:
    """Return the section."""
    parts = [_changes(view), opened(view)]
    if said := headline(view):
        said += _gap(view)
        return section("access", nth(view, "access"), NAMES["access"], f"{said}.", parts,
                       flows(view, "access"))  # fmt: skip
    return small_blocks(view, "access", COLLECTORS, parts)


def _gap(view: View) -> str:
    """Return what was not read of servers that answered, where no line below tells it."""
    if len(frame_of(view, "compared")):
        return ""
    missed = not_everywhere(view, COLLECTORS)
    where = " everywhere" if len(view.hosts) > 1 else ""
    return f"; {listing(missed)} {verb(len(missed), 'was')} not read{where}" if missed else ""


def _changes(view: View) -> Markup:
    """Return what changed and what never ought to be, server by server; what was not compared."""
    compared = frame_of(view, "compared")
    hosts = compared.loc[compared["state"] == "compared", "host"].nunique()
    lines = [one for own in by_server(view) for one in own]
    left, title = _not_compared(view), "What changed"
    if not lines:
        said = f"Nothing on {plural(hosts, 'server')} compared." if hosts else "Not known."
        return block(title, said, left) if hosts or left else Markup()
    if any(one.kind == "risk" for one in lines):
        title += ", and what should not be"
    cols = (Col("", 5, "m"), Col("Server", 36), Col("What", 133, "wide"))
    caption = cut(min(len(lines), MOST), len(lines), "thing") + _since(view)
    return block(title, caption, table(cols, _rows(lines), "stack"), left)


def _since(view: View) -> str:
    since = {str(row.since) for row in rows_of(view, "changes") if not is_missing(row.since)}
    return f", since {day_month(date.fromisoformat(since.pop()))}" if len(since) == 1 else ""


def _rows(lines: Sequence[Line]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows; of the lines about the same hosts these stand out once."""
    last: tuple[str, ...] = ()
    worst = sorted(lines, key=lambda one: SEVERITIES.index(one.severity))[:MOST]
    for one in (one for one in lines if one in worst):
        names = listing(one.hosts, 3)
        host = quiet(names) if one.hosts == last else bold(names, 200)
        yield mark(one.severity), host, text(one.said, 400)
        last = one.hosts


def _not_compared(view: View) -> Markup:
    """Return in a line what could not be held against an earlier snapshot, and why."""
    frame = frame_of(view, "compared")
    lacking: dict[tuple[str, str], list[str]] = {}
    for row in frame[frame["state"] == "no_comparison"].itertuples(index=False):
        lacking.setdefault((str(row.host), _why(row.cause)), []).append(str(row.what))
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (host, why), whats in lacking.items():
        alike.setdefault((why, tuple(sorted(whats, key=WHATS.index))), []).append(host)
    by_why: dict[str, list[str]] = {}
    for (why, of), hosts in sorted(alike.items(), key=lambda one: -len(one[0][1])):
        which = "all" if of == WHATS else listing([f"{one}s" for one in of])
        names = listing(sorted(hosts, key=natural), 6)
        by_why.setdefault(why, []).append(f"{which} of {names}")
    if not by_why:
        return Markup()
    said = "; ".join(f"{why}: {', '.join(every)}" for why, every in by_why.items())
    return note(mark("unread", alt="not known") + Markup(" Not compared, {}.").format(said))


def _why(cause: Any) -> str:
    why = str(cause).partition(": ")[0]
    return WHY.get(why, why)
