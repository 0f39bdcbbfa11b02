"""How far the report looked: each collector's outcomes, and what could not be read, and why."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from report import tables
from report.causes import IN_WORDS
from report.contract import Unread
from report.findings import summarise
from report.gaps import gathered
from report.markup import Col, Page, block, bold, note, prose, quiet, section, table
from report.reading import GOOD, View, frame_of
from report.sections import NAMES, ROWS, cut, flows, nth
from report.sections.below import unread_rows
from report.sections.quiet import ids, silenced
from report.words import capital, listing, moment, natural, number, plural

OUTCOMES_SHOWN = 7


def page(view: View) -> Page:
    """Return the section."""
    summary = summarise(view)
    quiet_ones = [silenced(summary), ids(view, summary)]
    parts = [_matrix(view), _unread(view), *quiet_ones, _evidence(view), _noted(view)]
    return section(
        "coverage",
        nth(view, "coverage"),
        NAMES["coverage"],
        _finding(view),
        parts,
        flows(view, "coverage"),
    )


def _finding(view: View) -> str:
    listed, read, part = len(view.hosts), len(view.answered), len(view.incomplete)
    if not read:
        return "Nothing could be read." if listed else "No server is listed."
    if listed == 1:
        return "The server was read in part." if part else "The server was read in full."
    if read == listed and not part:
        return f"All {number(listed)} servers answered, and were read in full."
    blind = sorted(view.blind)
    said = f"{number(read)} of {plural(listed, 'server')} answered, {number(read - part)} in full"
    return f"{said}; {listing(blind, 4)} did not." if blind else f"{said}."


def _matrix(view: View) -> Markup:
    every = tables.outcomes(frame_of(view, "outcomes"))
    if every.empty:
        return Markup()
    counts = every.drop(columns=["collector", "p50", "p95"])
    sums = {str(name): int(total) for name, total in counts.sum().items()}
    rest = sorted((name for name in sums if name != "ok"), key=lambda name: -sums[name])
    shown, folded = rest[:OUTCOMES_SHOWN], rest[OUTCOMES_SHOWN:]
    heads = [IN_WORDS.get(name, name) for name in shown] + (["other"] if folded else [])
    cols = (Col("Collector", 24), Col("ok", 14, "n"), *(Col(head, 20, "n") for head in heads),
            *_seconds(view))  # fmt: skip
    rows = []
    for record in every.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        cells = [_count(row[name], name) for name in shown]
        cells += [_count(sum(row[name] for name in folded), "")] if folded else []
        seconds = tuple(number(row[key], 1) for key in ("p50", "p95"))[: len(_seconds(view))]
        rows.append((row["collector"], number(row.get("ok", 0)), *cells, *seconds))
    servers = plural(len(view.hosts), "server")
    said = f"How many of {servers} each read, and the seconds it took on one of them"
    if len(view.hosts) == 1:
        said = "What each came to, and the seconds it took"
    return block("Outcome of every collector", said, table(cols, rows, "fit"))


def _seconds(view: View) -> tuple[Col, ...]:
    """Return the columns for how long it took; one server has no spread."""
    if len(view.hosts) == 1:
        return (Col("Seconds", 16, "n"),)
    return (Col("Median, s", 16, "n"), Col("Slowest 5 %, s", 22, "n"))


def _count(value: Any, outcome: str) -> Markup:
    if not value:
        return quiet(0)
    return quiet(int(value)) if outcome in GOOD else bold(int(value))


def _unread(view: View) -> Markup:
    every = [
        Unread(hosts, gap.what, gap.outcome, gap.cause, bool(gap.planned))
        for hosts, gap in gathered(view)
    ]
    if not every:
        return Markup()
    rows = unread_rows(every[: 2 * ROWS], named=6, longest=600)
    cols = (
        Col("", 6, "m"),
        Col("Server", 54),
        Col("Missing", 26),
        Col("Cause, as recorded", 88, "wide"),
    )
    said = "What this report cannot know"
    left = len(every) - len(rows)
    more = (
        note(f"{plural(left, 'more cause')}: sheet outcomes of the workbook.") if left else Markup()
    )
    return block("Not read, and why", said, table(cols, rows, "stack"), more)


def _evidence(view: View) -> Markup:
    """Return the hosts whose logs begin after the period does: their counts are too low."""
    frame = frame_of(view, "outcomes")
    late = frame[(frame["evidence_from_at"] > frame["from_at"]).fillna(False).astype(bool)]
    if late.empty:
        return Markup()
    late = late.sort_values("evidence_from_at", ascending=False, kind="stable")
    info = view.info
    rows = [
        (
            bold(row.host),
            row.collector,
            moment(row.evidence_from_at, info.zone, info.from_at, info.to_at),
        )
        for row in late.head(ROWS).itertuples(index=False)
    ]
    cols = (Col("Server", 60), Col("Collector", 54), Col("Evidence from", 60, "n"))
    servers = plural(int(late["host"].nunique()), "server")
    said = f"{servers} whose logs begin after the period does: counts are too low"
    if len(view.hosts) == 1:
        said = "Its log begins after the period does: counts are too low"
    return block("Cut short", said, table(cols, rows))


def _noted(view: View) -> Markup:
    """Return what collectors have to say of what they read in full."""
    frame = frame_of(view, "outcomes")
    if "note" not in frame or not frame["note"].notna().any():  # a snapshot of an earlier version
        return Markup()
    alike: dict[tuple[str, str], list[str]] = {}
    for row in frame[frame["note"].notna()].itertuples(index=False):
        alike.setdefault((str(row.collector), str(row.note)), []).append(str(row.host))
    every = sorted(
        ((sorted(hosts, key=natural), *key) for key, hosts in alike.items()),
        key=lambda one: (one[1], -len(one[0]), natural(one[0][0])),
    )
    rows = [
        (bold(listing(hosts, 6), 400), collector, prose(capital(said), 600))
        for hosts, collector, said in every[:ROWS]
    ]
    cols = (Col("Server", 54), Col("Collector", 26), Col("What it says", 94, "wide"))
    said = cut(len(rows), len(every), "note", "the rest stands on sheet outcomes of the workbook")
    return block("Noted", said, table(cols, rows, "stack"))
