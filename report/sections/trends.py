"""7, 30 and 90 days: key figures day by day, a calendar, and availability by group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from report import lines
from report.markup import (
    Col,
    Page,
    block,
    bold,
    columns,
    halves,
    joined,
    note,
    section,
    table,
)
from report.reading import NO_GROUP, View, split
from report.sections import NAMES, ROWS, flows, nth
from report.trend import Values, figures_by_day, rows_of_hosts
from report.words import UNKNOWN, capital, day_month, is_missing, listing, number, plural

if TYPE_CHECKING:
    import pandas as pd

SPANS = (7, 30, 90)
RUNNING = ("up", "degraded")
WORST = 6


def page(view: View) -> Page:
    """Return the section; a line as long as there is nothing to compare with."""
    number_, flow = nth(view, "trends"), flows(view, "trends")
    rows = rows_of_hosts(view)
    first = int(rows["day"].min()) if len(rows) else view.date.toordinal()
    if first == view.date.toordinal():
        said = "First report: nothing to compare with. Trends begin tomorrow, forecasts later."
        return section("trends", number_, NAMES["trends"], said, [], True)
    series = figures_by_day(view, rows, first)
    missed, availability = _availability(view, rows)
    parts = [
        _trends(series),
        _calendars(view, series),
        columns((4, availability), (2, _worst(view, rows))),
    ]
    return section("trends", number_, NAMES["trends"], _finding(series, missed), parts, flow)


SHOWN = ("Servers answering", "Filesystems above limit", "Critical findings",
         "Logins failed", "Logins accepted", "Warnings")  # fmt: skip


def _finding(series: dict[str, Values], missed: Sequence[str]) -> str:
    critical = [int(one) for one in series["Critical findings"] if one is not None]
    days, today, most = len(critical), critical[-1], max(critical)
    found = plural(today, "critical finding")
    said = f"{found} today, the median of {days} days is {_median(critical)}"
    if days == 1:
        said = f"{found} today; of no day before is that known"
    elif days > 2 and today == most and critical.count(most) == 1:
        said = f"The worst of {days} days, with {found}"
    groups = f"{listing(missed, 4)} missed the target this week"
    return f"{said}; {groups}." if missed else f"{said}; every group met its target this week."


def _trends(series: dict[str, Values]) -> Markup:
    cells = []
    for label in SHOWN:
        values = series[label]
        said, means = _said(values), _means(values)
        title = Markup('<p class="cap"><b>{}</b><br>{}<br><span class="for">{}</span></p>').format(
            label, said, means
        )
        alt = "; ".join(filter(None, (f"{label} on {len(values)} days: {said}", means)))
        cells.append((2, title + lines.trend(values, alt)))
    rows = joined(columns(*cells[n : n + 3]) for n in (0, 3))
    gaps = max(sum(one is None for one in series[label]) for label in SHOWN)
    caption = f"{len(series[SHOWN[0]])} days, each with its own scale"
    return block("Trends", caption + (f"; {plural(gaps, 'day')} not known" if gaps else ""), rows)


def _said(values: Values) -> str:
    """Return what a line comes to: today against the days before."""
    known = [one for one in values[:-1] if one is not None]
    if values[-1] is None or not known:
        return "Not known today" if values[-1] is None else "No day before is known"
    middle, today = _median(known), values[-1]
    usual = f"usually {middle}" if len(known) > 1 else f"{middle} before"
    if today > max(known):
        return f"Highest in {len(known) + 1} days; {usual}"
    if today < min(known):
        return f"Lowest in {len(known) + 1} days; {usual}"
    return capital(usual)


def _median(known: Sequence[float]) -> str:
    """Return the median, with its half where it has one and that is not small beside it."""
    middle = float(np.median(known))
    return number(middle, 1 if middle % 1 and middle < 100 else 0)


def _means(values: Values) -> str:
    """Return the means of the last days: "Mean 7 d 58.4 · 30 d 58.9"; "" where one is known."""
    if sum(one is not None for one in values) < 2:
        return ""
    spans = dict.fromkeys(min(days, len(values)) for days in SPANS)
    return "Mean " + " · ".join(f"{days} d {_mean(values, days)}" for days in spans)


def _mean(values: Values, days: int) -> str:
    """Return a mean in the room of a third of a chart's caption."""
    known = [one for one in values[-days:] if one is not None]
    if not known:
        return UNKNOWN
    mean = float(np.mean(known))
    if mean < 10_000:
        return number(mean, 1 if mean < 100 else 0)
    return f"{number(mean / 1e3)} k" if mean < 999_500 else f"{number(mean / 1e6, 1)} M"


def _calendars(view: View, series: dict[str, Values]) -> Markup:
    made = []
    for title, red in (("Servers not read", False), ("Critical findings", True)):
        counts = [None if one is None else int(one) for one in series[title]]
        said = _calendar(view, counts)
        drawn = lines.calendar(counts, view.date, red, f"{title}: {said}")
        made.append(block(title, said, drawn))
    return halves(*made)


def _calendar(view: View, counts: Sequence[int | None]) -> str:
    """Return on how many days there was any, and on which of them the most."""
    bad = [one for one in counts if one]
    said = f"{plural(len(bad), 'day')} of {len(counts)}"
    if not bad:
        return said
    most = max(bad)
    if bad.count(most) > 1:
        return f"{said}; never more than {number(most)}"
    when = _day(view, view.date.toordinal() - len(counts) + 1 + counts.index(most))
    return f"{said}; most {when if when == 'today' else f'on {when}'}, {number(most)}"


def _share(rows: pd.DataFrame) -> float | None:
    """Return the % of looks that found a host answering and running; planned ones apart."""
    looks = rows[rows["state"] != "maintenance"]
    return 100 * float(_up(looks).mean()) if len(looks) else None


def _up(rows: pd.DataFrame) -> pd.Series:
    return rows["answered"].astype(bool) & rows["state"].isin(list(RUNNING))


def _spans(view: View, rows: pd.DataFrame) -> list[float | None]:
    today = view.date.toordinal()
    return [_share(rows[rows["day"] > today - days]) for days in SPANS]


def _availability(view: View, rows: pd.DataFrame) -> tuple[list[str], Markup]:
    """Return the groups that miss their target on 7 days, and the block that shows all."""
    names = {text: _group(view, text) for text in rows["groups"].dropna().unique()}
    first = rows["groups"].map(names).astype(object).fillna(_group(view, None))
    found = {str(name): _spans(view, one) for name, one in rows.groupby(first)}
    targets = {name: view.info.availability_target.of(name) for name in found}
    low = _lowest(found, min(targets.values(), default=view.info.availability_target.default))
    short = {name: week - targets[name] for name, (week, *_) in found.items() if week is not None}
    worst = sorted(found, key=lambda name: short.get(name, 101))
    missed = [name for name in worst if short.get(name, 0) < 0]
    each = len(set(targets.values())) > 1
    cols = (Col("Group", 22), *([Col("Target, %", 16, "n")] if each else []),
            *(Col(f"{days} days, %", 16, "n") for days in SPANS),
            Col(f"{low:g} to 100 %", 44, "p"))  # fmt: skip
    cells = [
        (bold(name) if name in missed else name, *([f"{targets[name]:g}"] if each else []),
         *(_percent(one, targets[name]) for one in found[name]),
         lines.band(found[name], targets[name], low, _aloud(found[name], targets[name])))
        for name in worst[:ROWS]
    ]  # fmt: skip
    alike = next(iter(targets.values()), view.info.availability_target.default)
    said = "" if each else f"target {alike:g} %"
    said += ("; " if said else "") + "in bold what missed it" if missed else ""
    how = note(
        "Share of daily checks in which the host answered and ran (up or degraded). Not read "
        "counts as failed; maintenance is left out. Full dot: 7 days, ring: 30, small dot: 90, "
        "tick: target."
    )
    return missed, block("Availability by group", said, table(cols, cells), how)


def _lowest(found: dict[str, list[float | None]], target: float) -> float:
    """Return where the scale begins: below every share and every target."""
    low = min([target, *(one for every in found.values() for one in every if one is not None)])
    low = float(max(0, int(low // 5) * 5 if low < 99 else 99))
    return low if low < target else max(0.0, target - 1)


def _group(view: View, text: Any) -> str:
    own = [] if is_missing(text) else split(text)
    return ([one for one in own if one in view.groups] or own or [NO_GROUP])[0]


def _percent(share: float | None, target: float) -> Markup | str:
    if share is None:
        return UNKNOWN
    return bold(_rounded(share, target)) if share < target else _rounded(share, target)


def _rounded(share: float, target: float) -> str:
    """Return a percentage, rounded, but not up to all of it, nor to a target that it missed."""
    decimals = max(1, len(f"{target:g}".partition(".")[2]))
    value = round(share, decimals)
    if share < value and (value >= 100 or share < target <= value):
        value = math.floor(share * 10**decimals) / 10**decimals
    return f"{value:.{decimals}f}"


def _aloud(shares: Sequence[float | None], target: float) -> str:
    known = [(d, one) for d, one in zip(SPANS, shares, strict=True) if one is not None]
    return ", ".join(f"{days} days {_rounded(one, target)} %" for days, one in known)


def _worst(view: View, rows: pd.DataFrame) -> Markup:
    """Return the hosts that were found not running most often."""
    bad = rows[~_up(rows) & (rows["state"] != "maintenance") & rows["host"].isin(view.hosts)]
    if bad.empty:
        return block("Worst servers", "None was ever found not running.", Markup())
    counts = bad.groupby("host")["day"].agg(["size", "max"]).reset_index()
    counts = counts.sort_values(["size", "max", "host"], ascending=[False, False, True])
    looks = rows.groupby("host").size()
    cols = (Col("Server", 20), Col("Checks failed", 20, "n"), Col("Last", 14, "n"))
    cells = [
        (row[1], f"{row[2]} of {looks[row[1]]}", _day(view, int(row[3])))
        for row in counts.head(WORST).itertuples()
    ]
    said = f"{number(len(cells))} of {number(len(counts))} that failed"
    return block("Worst servers", said, table(cols, cells))


def _day(view: View, day: int) -> str:
    return "today" if day == view.date.toordinal() else day_month(date.fromordinal(day))
