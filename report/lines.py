"""Pure: numbers in, a chart as inline SVG out. Its text stays text, and takes the page's font.

A unit is a point on paper. Lines carry their last value at their end; there is no legend.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import log
from typing import NamedTuple

from markupsafe import Markup

from report.marks import GREY, HAIR, INK, MID, RED
from report.markup import joined
from report.words import day_month, number

MM = 72 / 25.4
WEEK = 7
ROSE = "#e6b8ae"
# From few to many, each darker, in black and white too; on the first three the text is dark.
GREYS = ("#e6e4df", HAIR, "#a9a7a1", GREY, INK)
REDS = ("#f6dfd8", ROSE, "#d68f80", "#b84c38", RED)
LIGHT = 3
CELL = 12.0
TOP, BOTTOM, LEFT, RIGHT = 6.0, 14.0, 28.0, 34.0


class Wedge(NamedTuple):
    """When something will be full: the early and the late end of the range, in days."""

    early: float
    late: float


def svg(width_mm: float, height: float, alt: str, parts: Sequence[Markup], kind: str) -> Markup:
    """Return a drawing of that width on paper; `alt` says what it shows."""
    return Markup(
        '<svg class="{}" style="width:{:.0f}mm" viewBox="0 0 {:.1f} {:.1f}" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(kind, width_mm, width_mm * MM, height, alt, joined(parts))


def said(x: float, y: float, text: str, colour: str = GREY, anchor: str = "start",
         bold: bool = False) -> Markup:  # fmt: skip
    """Return a text at its place."""
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" font-size="7.5" text-anchor="{}" fill="{}" '
        'font-weight="{}">{}</text>'
    ).format(x, y, anchor, colour, 600 if bold else 400, text)


def rule(x: float, y: float, to_x: float, to_y: float, colour: str = HAIR,
         dashes: str = "") -> Markup:  # fmt: skip
    """Return a straight line."""
    dashed = Markup(' stroke-dasharray="{}"').format(dashes) if dashes else Markup()
    return Markup(
        '<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" stroke="{}" stroke-width=".6"{}/>'
    ).format(x, y, to_x, to_y, colour, dashed)


def path(places: Sequence[tuple[float, float] | None], colour: str) -> Markup:
    """Return a line through what is known; it breaks where a day is not."""
    drawn, pen = [], "M"
    for place in places:
        if place is None:
            pen = "M"
            continue
        drawn.append(f"{pen}{place[0]:.1f} {place[1]:.1f}")
        pen = "L"
    return Markup('<path d="{}" fill="none" stroke="{}" stroke-width="1.1"/>').format(
        "".join(drawn), colour
    )  # fmt: skip


def dot(x: float, y: float, colour: str) -> Markup:
    """Return the dot of today."""
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2" fill="{}"/>').format(x, y, colour)


def trend(values: Sequence[float | None], alt: str, width_mm: float = 54) -> Markup:
    """Return a line of the last days, today's value at its end; its scale begins at 0."""
    high, width = top_of(max((v for v in values if v is not None), default=0.0)), width_mm * MM
    right, floor = width - RIGHT, 52.0
    step = (right - LEFT) / max(len(values) - 1, 1)

    def at(index: int, value: float) -> tuple[float, float]:
        return LEFT + step * index, floor - (floor - TOP) * value / high

    places = [None if v is None else at(i, v) for i, v in enumerate(values)]
    parts = [rule(LEFT, y, right, y) for y in (TOP, floor)]
    parts += [said(LEFT - 3, y + 2.5, brief(v), anchor="end") for y, v in ((TOP, high), (floor, 0))]
    for back in (len(values) - 1, 30, 7):
        if 0 < back < len(values) and (back == len(values) - 1 or back + 12 < len(values)):
            x = LEFT + step * (len(values) - 1 - back)
            words = f"{back + 1} days" if back == len(values) - 1 else str(back)
            parts += [rule(x, floor, x, floor + 2, MID), said(x, floor + 10, words)]
    parts.append(path(places, INK))
    last = places[-1]
    if last is not None and values[-1] is not None:
        parts += [
            dot(*last, INK),
            said(last[0] + 4, last[1] + 2.6, brief(values[-1]), INK, bold=True),
        ]
    return svg(width_mm, floor + BOTTOM, alt, parts, "lines")


def brief(value: float) -> str:
    """Return a count in the room that a chart's margin has: 43,312, 300 k, 1.24 M."""
    if value < 100_000:
        return number(value)
    part, letter = (value / 1e3, "k") if value < 999_500 else (value / 1e6, "M")
    return f"{number(part, 2 if part < 10 else 0)} {letter}"


def top_of(value: float) -> float:
    """Return the round number at or above it that a scale ends at."""
    scale = 1.0
    while scale * 10 < value:
        scale *= 10
    return next(scale * n for n in (1, 2, 3, 4, 5, 6, 8, 10) if scale * n >= value)


def filling(
    values: Sequence[float | None], ahead: int, limit: float, wedge: Wedge | None, critical: bool,
    low: float, alt: str, today: date,
) -> Markup:  # fmt: skip
    """Return how full a filesystem was, in %, with its limit, and when it may be full.

    values: one a day, the last is today's. ahead: days to come. low: where the scale begins.
    """
    right, floor, colour = 54 * MM - 2, 66.0, RED if critical else INK
    whole = len(values) - 1 + ahead
    now = LEFT + (right - LEFT) * (len(values) - 1) / whole

    def x_of(days: float) -> float:
        return now + (right - LEFT) * days / whole

    def y_of(value: float) -> float:
        return floor - (floor - TOP) * (max(value, low) - low) / (100 - low)

    parts = [rule(LEFT, y_of(v), right, y_of(v)) for v in (low, (low + 100) / 2, 100)]
    parts += [
        said(LEFT - 3, y_of(v) + 2.5, f"{v:g}", anchor="end") for v in (low, (low + 100) / 2, 100)
    ]
    parts += [rule(now, TOP, now, floor), rule(LEFT, y_of(limit), right, y_of(limit), MID, "2 2")]
    first, last = (day_month(today + timedelta(days=n)) for n in (1 - len(values), ahead))
    parts += [said(LEFT, floor + 10, first), said(now, floor + 10, "today", anchor="middle"),
              said(right, floor + 10, last, anchor="end")]  # fmt: skip
    value = values[-1]
    if wedge and value is not None:
        ends = [(min(days, ahead), value + (100 - value) * min(1, ahead / days)) for days in wedge]
        corner = [(float(ahead), 100.0)] if wedge.early < ahead < wedge.late else []
        shape = [(0.0, value), ends[0], *corner, ends[1]]
        drawn = "L".join(f"{x_of(d):.1f} {y_of(v):.1f}" for d, v in shape)
        parts.append(Markup('<path d="M{}Z" fill="{}" stroke="{}" stroke-width=".8"/>').format(
            drawn, *(2 * (ROSE if critical else HAIR,))))  # fmt: skip
        early, late = (min(days, ahead) for days in wedge)
        if wedge.early <= ahead:  # a thin wedge near the top is hardly seen: when it is full is
            parts.append(Markup('<path d="M{:.1f} {:.1f}h{:.1f}v3h-{:.1f}z" fill="{}"/>').format(
                x_of(early) - 0.8, y_of(100) - 3, *(2 * (x_of(late) - x_of(early) + 1.6,)),
                RED if critical else MID))  # fmt: skip
    count = len(values) - 1
    places = [None if v is None else (x_of(i - count), y_of(v)) for i, v in enumerate(values)]
    parts.append(path(places, colour))
    if value is not None:
        below = max(y_of(value) + 11, y_of(limit) + 9) if value >= limit else y_of(value) + 11
        parts += [
            dot(now, y_of(value), colour),
            said(now + 4, below, f"{int(value)} %", colour, bold=True),
        ]
    return svg(54, floor + BOTTOM, alt, parts, "lines")


def calendar(counts: Sequence[int | None], until: date, red: bool, alt: str) -> Markup:
    """Return a cell a day, a column a week: its number where it is not 0, "–" where not known.

    The more, the darker.
    """
    first = until - timedelta(days=len(counts) - 1)
    monday = first - timedelta(days=first.weekday())
    names = {0: "Mon", 2: "Wed", 4: "Fri", 6: "Sun"}
    parts = [said(0, 12 + CELL * row + 8, name) for row, name in names.items()]
    high, shown = max((one or 0 for one in counts), default=0), -9
    for index, count in enumerate(counts):
        day = first + timedelta(days=index)
        column = (day - monday).days // WEEK
        x, y = 22 + CELL * column, 12 + CELL * day.weekday()
        if day.weekday() == 0 and column - shown >= 4:
            parts.append(said(x, 8, day_month(day)))
            shown = column
        parts.append(_cell(x, y, count, high, red))
    return svg(84, 12 + CELL * WEEK + 2, alt, parts, "lines")


def _cell(x: float, y: float, count: int | None, high: int, red: bool) -> Markup:
    step = _step(count or 0, high)
    fill = (REDS if red else GREYS)[step - 1] if step else "none"
    words = "–" if count is None else str(min(count, 999)) if count else ""
    box = Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="11" height="11" fill="{}" stroke="{}" '
        'stroke-width=".5"/>'
    ).format(x, y, fill, HAIR)
    size = 6.5 if len(words) < 3 else 5
    inner = Markup(
        '<text x="{:.1f}" y="{:.1f}" font-size="{}" text-anchor="middle" fill="{}">{}</text>'
    ).format(x + 5.5, y + 8, size, "#ffffff" if step > LIGHT else INK, words)
    return box + inner if words else box


def _step(count: int, high: int) -> int:
    """Return how dark a day is, 1 to 5; 0 for none. Each step is as many times the last."""
    last = len(GREYS)
    return 1 + int((last - 1) * log(count) / log(max(high, last))) if count else 0


def band(shares: Sequence[float | None], target: float, low: float, alt: str) -> Markup:
    """Return a group's availabilities on a line from `low` to 100 %, the target as a tick.

    shares: of 7 days (a full dot), 30 (a ring) and 90 (a small dot).
    """
    scale = 94 / (100 - low)
    parts = [
        rule(3, 5, 97, 5),
        rule(3 + scale * (target - low), 1, 3 + scale * (target - low), 9, INK),
    ]
    for index in (1, 0, 2):  # the smallest on top
        if (share := shares[index]) is not None:
            radius, fill, edge = ((2.4, INK, INK), (2.4, "#ffffff", INK), (1.1, MID, MID))[index]
            parts.append(
                Markup('<circle cx="{:.1f}" cy="5" r="{}" fill="{}" stroke="{}"/>').format(
                    3 + scale * (max(share, low) - low), radius, fill, edge
                )
            )
    return Markup(
        '<svg class="lines" style="width:40mm" viewBox="0 0 100 10" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(alt, joined(parts))
