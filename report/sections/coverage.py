"""How far the report looked: each collector's outcomes, and what could not be read, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from report import tables
from report.causes import IN_WORDS
from report.findings import summarise
from report.markup import Col, Page, block, bold, note, prose, quiet, section, table
from report.reading import GOOD, View, frame_of
from report.sections import NAMES, ROWS, cut, flows, nth
from report.sections.missed import missed
from report.sections.quiet import ids, silenced
from report.words import capital, listing, moment, natural, number, plural

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES_SHOWN = 7
DAY = re.compile(r"\bon \d{4}-\d{2}-\d{2}\b")


def page(view: View) -> Page:
    """Return the section."""
    summary = summarise(view)
    quiet_ones = [silenced(summary), ids(view, summary)]
    parts = [_matrix(view), missed(view), *quiet_ones, _evidence(view), _noted(view)]
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
    blind = sorted(view.blind, key=natural)
    full = f"{number(read - part)} in full" if part else "all of them in full"
    said = f"{number(read)} of {plural(listed, 'server')} read, {full}"
    return f"{said}; not read: {listing(blind, 4)}." if blind else f"{said}."


def _matrix(view: View) -> Markup:
    """Return the collectors that were not read everywhere a server answered; the others below."""
    frame = frame_of(view, "outcomes")
    every = tables.outcomes(frame[frame["host"].isin(list(view.answered))])
    if every.empty:
        return Markup()
    names = [str(name) for name in every.columns if name not in ("collector", "p50", "p95")]
    bad = [name for name in names if name not in GOOD]
    sums = {str(name): int(total) for name, total in every[names].sum().items()}
    lacking = every[bad].sum(axis=1) > 0
    rest = sorted((one for one in names if one != "ok"), key=lambda one: -sums[one])
    rest = [name for name in rest if every.loc[lacking, name].sum()]
    shown, folded = rest[:OUTCOMES_SHOWN], rest[OUTCOMES_SHOWN:]
    heads = [IN_WORDS.get(name, name) for name in shown] + (["other"] if folded else [])
    cols = (Col("Collector", 30), Col("read", 16, "n"), *(Col(head, 22, "n") for head in heads))
    rows = []
    for row in every[lacking].to_dict("records"):
        cells = [_count(row[name], name) for name in shown]
        cells += [_count(sum(row[name] for name in folded), "")] if folded else []
        rows.append((row["collector"], number(row.get("ok", 0)), *cells))
    parts = [table(cols, rows, "fit")] if rows else []
    how = [_whole(view, every[~lacking]), _slowest(view, every)]
    said = f"{number(len(rows))} of {plural(len(every), 'collector')} not read everywhere"
    if not rows:
        said = f"all {number(len(every))} read" + ("" if len(view.hosts) == 1 else " everywhere")
    if len(view.hosts) > len(view.answered):
        said += f" on the {plural(len(view.answered), 'server')} that answered"
    return block("Collectors", said, *parts, note(prose(" ".join(one for one in how if one), 4000)))


def _whole(view: View, rows: pd.DataFrame) -> str:
    """Return which collectors came back whole, and on how many servers there is such a thing."""
    everywhere, some = [], []
    for row in rows.to_dict("records"):
        count = int(row.get("ok", 0))
        name = str(row["collector"])
        if count == len(view.answered):
            everywhere.append(name)
        else:
            some.append(f"{name} {number(count)}" if len(view.hosts) > 1 else name)
    where = f" on all {number(len(view.answered))}" if len(view.hosts) > 1 else ""
    said = f"Read in full{where}: {listing(everywhere)}." if everywhere else ""
    if some and len(view.hosts) == 1:
        said += f" Nothing of the kind is there: {listing(some)}."
    elif some:
        said += f" Read wherever there is such a thing: {listing(some)}."
    return said.strip()


def _slowest(view: View, rows: pd.DataFrame) -> str:
    """Return how long collectors took."""
    known = rows[rows["p50"].notna()]
    if known.empty:
        return ""
    longest = max(known.to_dict("records"), key=lambda row: float(row["p95"]))
    if len(view.hosts) == 1:
        return f"The longest: {longest['collector']}, {number(longest['p50'], 1)} s."
    low, high = (number(one, 1) for one in (known["p50"].min(), known["p50"].max()))
    span = low if low == high else f"{low} to {high}"
    return (
        f"Median seconds per server and collector: {span}; the slowest 5 % took "
        f"{number(longest['p95'], 1)} s or more, for {longest['collector']}."
    )


def _count(value: Any, outcome: str) -> Markup:
    if not value:
        return quiet(0)
    return quiet(int(value)) if outcome in GOOD else bold(int(value))


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
    alike: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in frame[frame["note"].notna()].itertuples(index=False):
        told, host = str(row.note), str(row.host)
        dated = len(DAY.findall(told)) == 1
        key = (str(row.collector), DAY.sub("", told) if dated else told)
        alike.setdefault(key, []).append((told, host))
    every = sorted(
        (
            (sorted((host for _, host in own), key=natural), name, _one_note(n for n, _ in own))
            for (name, _), own in alike.items()
        ),
        key=lambda one: (one[1], -len(one[0]), natural(one[0][0])),
    )
    rows = [
        (bold(listing(hosts, 6), 400), collector, prose(capital(said), 600))
        for hosts, collector, said in every[:ROWS]
    ]
    cols = (Col("Server", 54), Col("Collector", 26), Col("What it says", 94, "wide"))
    said = cut(len(rows), len(every), "note", "the rest stands on sheet outcomes of the workbook")
    return block("Noted", said, table(cols, rows, "stack"))


def _one_note(notes: Iterable[str]) -> str:
    """Return notes that differ in a day alone as one: "between" the first and the last."""
    every = sorted(set(notes))
    if len(every) == 1:
        return every[0]
    days = sorted(found[0].removeprefix("on ") for one in every if (found := DAY.search(one)))
    return DAY.sub(f"between {days[0]} and {days[-1]}", every[0])
