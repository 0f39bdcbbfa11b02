"""The day on one page: what is broken, who got in, what fills, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from report.branding import Colours
from report.contract import KeyFigure
from report.findings import summarise
from report.marks import mark, spark
from report.markup import (
    Page,
    columns,
    halves,
    infra,
    joined,
    prose,
)
from report.reading import View
from report.sections import NAMES, attention, nth, order
from report.words import (
    number,
    period,
)


def page(view: View) -> Page:
    """Return the first page."""
    summary = summarise(view)
    info = view.info
    logo = Markup()
    if info.branding.logo:
        logo = Markup('<img class="logo" alt="{}" src="{}">').format(
            info.organisation, info.branding.logo
        )
    opening = logo + Markup(
        '<p class="eyebrow"><b>1</b> Today <span>{}</span></p><h1>{}</h1><p class="lead">{}</p>'
    ).format(long_date(info.report_date), prose(summary.headline), prose(summary.lead))
    parts = [
        running_heads(view),
        _masthead(view),
        Markup('<section class="page first" id="today">{}').format(opening),
        _strip(summary.figures),
        *attention.findings(view, summary),
        attention.later(summary),
        halves(attention.resolved(summary), attention.planned(summary)),
        attention.unread(summary),
        Markup("</section>"),
    ]
    return Page(infra(joined(parts)), f"{info.title}, {info.report_date}: {summary.headline}")


def long_date(day: date) -> str:
    """Return "Monday, 23 November 2026"."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def _masthead(view: View) -> Markup:
    """Return what the margins say on paper, for the screen, and the way to each section."""
    info = view.info
    links = joined(
        Markup('<a href="#{}"><b>{}</b> {}</a>').format(key, nth(view, key), NAMES[key])
        for key in order(view)
    )
    said = joined(
        (one for one in (info.organisation, info.title, info.classification) if one), " · "
    )
    when = period(info.from_at, info.to_at, info.zone, info.time_zone)
    return Markup(
        '<header class="screen"><p><b>{}</b></p><p class="quiet">{}</p></header><nav>{}</nav>'
    ).format(said, when, links)


def running_heads(view: View) -> Markup:
    """Return the style that puts organisation, title, period and classification in the margins."""
    info = view.info
    boxes = {
        "top-left": info.organisation,
        "top-right": f"{info.title}, {info.report_date}",
        "bottom-left": info.foot,
        "bottom-center": period(info.from_at, info.to_at, info.zone, info.time_zone),
    }
    rules = "".join(f"@{box}{{content:{css_string(said)}}}" for box, said in boxes.items())
    return Markup("<style>@page{{{}}}{}</style>").format(Markup(rules), _colours(view))  # noqa: S704


def _colours(view: View) -> Markup:
    """Return the rules for colours of one's own, which the settings have checked."""
    own = view.info.branding.colours
    if own == Colours():
        return Markup()
    return Markup(
        ".infra{{color:{}}}.infra .eyebrow,.infra h1,.infra h2,.infra h3"
        "{{color:{};border-color:{}}}"
    ).format(own.text, own.accent, own.accent)


def css_string(said: str) -> str:
    """Return a text as a CSS string in which no character but letters and digits is itself."""
    from report.words import readable

    inner = re.sub(
        r"[^A-Za-z0-9,.:/–-]",
        lambda hit: f"\\{ord(hit[0]):06x}",
        readable(said, 100) if said else "",
    )
    return f'"{inner}"'


def _strip(figures: Sequence[KeyFigure]) -> Markup:
    cells = [
        (
            1,
            Markup(
                '<p class="kl">{}{}</p><p class="kn">{}<span>{}</span></p><p class="kd">{}</p>'
                '<p class="kd past">{}</p>'
            ).format(mark(one.mark, 6), one.label, one.value, one.unit, one.note, _past(one)),
        )
        for one in figures
    ]
    return Markup('<div class="strip">{}</div>').format(columns(*cells))


def _past(one: KeyFigure) -> Markup:
    """Return how a figure came to what it is: a line of the last days, and the change."""
    if one.amount is None or one.change is None:
        return Markup()
    days = len(one.before)
    said = "as yesterday" if not one.change else f"{_signed(one.change)} since yesterday"
    line = spark([*one.before, one.amount], f"{one.label} on the last {days + 1} days")
    short = "unchanged" if not one.change else _signed(one.change)
    return Markup('{}<span title="{}">{}</span>').format(line, said, short)


def _signed(change: float) -> str:
    decimals = 0 if change == int(change) else 1
    return f"{'+' if change > 0 else '−'}{number(abs(change), decimals)}"
