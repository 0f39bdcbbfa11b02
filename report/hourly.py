"""Failed logins hour by hour, before those of the day before and of the same weekday last week."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from report import history, store, tables
from report.lines import MM, dot, rule, said, svg, top_of
from report.marks import GREY, HAIR, INK, MID
from report.markup import joined
from report.reading import READ, View
from report.words import day_month, number

if TYPE_CHECKING:
    import pandas as pd

Values = Sequence[float | None]
Scale = Callable[[float], float]
COLUMNS = ("host", "at", "result", "service", "count")
STEPS = 20  # so many times what is usual, and the scale is a logarithmic one
WIDTH, LEFT, RIGHT = 144 * MM, 34.0, 72.0
TOP, FLOOR, LOWER, HIGH = 14.0, 102.0, 148.0, 24.0
LINE = 9.0  # between the labels at the lines' ends


class Earlier(NamedTuple):
    """The failed logins of a day before by hour, None where that hour is not known; servers read.

    read is 0 where nothing of that day is known.
    """

    failed: list[float | None]
    read: int


def earlier(view: View, hours: pd.Series, days: int) -> Earlier:
    """Return what failed so many days before, in the same hours by the clock on the wall."""
    import pandas as pd

    output, day = view.folder.parent, view.date - timedelta(days=days)
    nothing = Earlier([None] * len(hours), 0)
    info = store.read_info(output, day)
    if info is None:
        return nothing
    hosts = [view.names.get(host, host) for host in view.hosts] if view.groups else []
    outcomes = history.rows(output, "outcomes", ("host", "collector", "outcome"), day, 1, "", hosts)
    ours = outcomes[outcomes["collector"] == "logins"]
    read = int(ours["outcome"].isin(list(READ)).sum())
    if not read or not history.readable(output, "logins", day):
        return nothing
    rows = tables.sessions(history.rows(output, "logins", COLUMNS, day, 1, "", hosts))
    failed = rows[rows["result"] == "failed"]
    then = hours.dt.tz_localize(None) - pd.Timedelta(days=days)
    first, last = (
        pd.Timestamp(at).tz_convert(view.info.time_zone).tz_localize(None)
        for at in (info.from_at, info.to_at)
    )
    at = pd.to_datetime(failed["at"], utc=True).dt.tz_convert(view.info.time_zone)
    counts = failed["count"].groupby(at.dt.tz_localize(None).dt.floor("h")).sum()
    found = counts.reindex(then, fill_value=0)
    known = (then >= first.floor("h")) & (then < last)
    return Earlier(
        [float(v) if k else None for v, k in zip(found, known, strict=True)], read
    )  # fmt: skip


def logarithmic(today: Values, before: Sequence[Values]) -> bool:
    """Return whether a day is so unlike those before that only such a scale shows both."""
    past = [v for values in before for v in values if v is not None]
    return bool(past) and max(v or 0 for v in today) > STEPS * max(1.0, *past)


def chart(hours: pd.DataFrame, before: Sequence[Values], alt: str) -> Markup:
    """Return failed logins by hour as lines, and accepted ones as bars below, each to its scale.

    hours: as `tables.by_hour` returns it. before: the failed of yesterday and of a week ago.
    """
    failed, accepted = ([float(v) for v in hours[name]] for name in ("failed", "accepted"))
    log = logarithmic(failed, before)
    every = [v for values in (failed, *before) for v in values if v is not None]
    high = _top(max(every), log)

    def y_of(value: float) -> float:
        part = math.log10(1 + value) / math.log10(1 + high) if log else value / high
        return FLOOR - (FLOOR - TOP) * part

    parts = _grid(high, log, y_of) + _ticks(hours["hour"])
    ends = []
    looks = ((failed, INK, "", "today"), (before[0], MID, "", "yesterday"),
             (before[1], MID, "1.5 1.5", "a week ago"))  # fmt: skip
    for values, colour, dashes, name in reversed(looks):
        places = [
            None if v is None else (_x(n, len(values)), y_of(v)) for n, v in enumerate(values)
        ]
        parts.append(_line(places, colour, dashes))
        last = next((place for place in reversed(places) if place), None)
        if last:
            ends.append((last[1], name, INK if colour == INK else GREY))
    parts += [*_named(ends), *_peak(hours["hour"], failed, y_of), *_bars(hours["hour"], accepted)]
    return svg(144, LOWER + 12, alt, parts, "lines wide")


def _x(index: int, count: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (index + 0.5) / count


def _top(most: float, log: bool) -> float:
    return float(10 ** math.ceil(math.log10(most + 1))) if log else top_of(max(most, 1.0))


def _grid(high: float, log: bool, y_of: Scale) -> list[Markup]:
    steps = [0.0, high]
    if log:
        powers = int(math.log10(high))
        steps = [0.0, *(10.0**n for n in range(powers, 0, -max(1, math.ceil(powers / 3))))]
    right = WIDTH - RIGHT
    lines = [rule(LEFT, y_of(v), right, y_of(v)) for v in steps]
    names = [said(LEFT - 4, y_of(v) + 2.5, number(v), anchor="end") for v in steps]
    return [*lines, *names, said(0, TOP - 7, "Failed", INK, bold=True)]


def _ticks(hours: pd.Series) -> list[Markup]:
    step = next(n for n in (3, 6, 12, 24, 48, 168, 10**6) if len(hours) <= 10 * n)
    names = []
    for nth, hour in enumerate(hours):
        day = (hour.toordinal() * 24 + hour.hour) % step == 0 if step > 24 else None
        if day or (day is None and hour.hour % step == 0):
            words = f"{hour:%H:%M}" if step < 24 else day_month(hour.date())
            names.append(said(_x(nth, len(hours)), LOWER + 10, words, anchor="middle"))
    return names


def _line(places: Sequence[tuple[float, float] | None], colour: str, dashes: str) -> Markup:
    drawn, pen = [], "M"
    for place in places:
        if place is not None:
            drawn.append(f"{pen}{place[0]:.1f} {place[1]:.1f}")
        pen = "M" if place is None else "L"
    dashed = Markup(' stroke-dasharray="{}"').format(dashes) if dashes else Markup()
    width = 1.4 if colour == INK else 0.9
    return Markup('<path d="{}" fill="none" stroke="{}" stroke-width="{}"{}/>').format(
        "".join(drawn), colour, width, dashed
    )


def _named(ends: Sequence[tuple[float, str, str]]) -> list[Markup]:
    """Return the names at the lines' ends, moved apart where they would lie on one another."""
    names, above = [], -LINE
    lowest = FLOOR - LINE * (len(ends) - 1)
    order = ("today", "yesterday", "a week ago")
    for nth, (y, name, colour) in enumerate(
        sorted(ends, key=lambda one: (one[0], order.index(one[1])))
    ):
        above = max(min(y, lowest + LINE * nth), above + LINE)
        words = f"{name}, dotted" if name == order[2] else name
        names.append(said(WIDTH - RIGHT + 5, above + 2.5, words, colour, bold=colour == INK))
    return names


def _peak(hours: pd.Series, values: Sequence[float], y_of: Scale) -> list[Markup]:
    most = max(values)
    if not most:
        return []
    nth = values.index(most)
    x, y = _x(nth, len(values)), y_of(most)
    anchor = "start" if nth < len(values) / 2 else "end"
    words = f"{number(most)} at {hours.iloc[nth]:%H:%M}"
    return [dot(x, y, INK), said(x, max(y - 5, 7.0), words, INK, anchor, True)]


def _bars(hours: pd.Series, values: Sequence[float]) -> list[Markup]:
    most = max(values)
    parts = [said(0, LOWER - HIGH - 9, "Accepted", INK, bold=True),
             rule(LEFT, LOWER, WIDTH - RIGHT, LOWER, MID)]  # fmt: skip
    parts += [said(LEFT - 4, LOWER + 2.5, "0", anchor="end")]
    if not most:
        return [*parts, said(LEFT + 6, LOWER - 4, "none")]
    top = LOWER - HIGH
    parts += [rule(LEFT, top, WIDTH - RIGHT, top, HAIR),
              said(LEFT - 4, top + 2.5, number(most), anchor="end")]  # fmt: skip
    wide = 0.72 * (WIDTH - LEFT - RIGHT) / len(values)
    boxes = []
    for nth, value in enumerate(values):
        if value:
            x, high = _x(nth, len(values)) - wide / 2, HIGH * value / most
            boxes.append(f"M{x:.1f} {LOWER:.1f}v-{high:.1f}h{wide:.1f}v{high:.1f}z")
    parts.append(Markup('<path d="{}" fill="{}"/>').format("".join(boxes), MID))
    nth = values.index(most)
    anchor = "start" if nth < len(values) / 2 else "end"
    words = f"{number(most)} at {hours.iloc[nth]:%H:%M}"
    return [joined(parts), said(_x(nth, len(values)), top - 3, words, INK, anchor)]
