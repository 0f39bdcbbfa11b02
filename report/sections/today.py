"""The day on one page: what is broken, who got in, what fills, and what could not be read."""

from __future__ import annotations

import re
from datetime import date

from markupsafe import Markup

from report.branding import Colours
from report.findings import summarise
from report.markup import Page, columns, halves, infra, joined, prose
from report.reading import View
from report.sections import NAMES, attention, below, nth, order
from report.sections.fitting import asides
from report.sections.strip import strip
from report.words import period


def page(view: View) -> Page:
    """Return the first page."""
    summary = summarise(view)
    info = view.info
    logo = Markup()
    if info.branding.logo:
        logo = Markup('<img class="logo" alt="{}" src="{}">').format(
            info.organisation or info.title, info.branding.logo
        )
    opening = logo + Markup(
        '<p class="eyebrow"><b>1</b> Today <span>{}</span></p><h1>{}</h1><p class="lead">{}</p>'
    ).format(long_date(info.report_date), prose(summary.headline), prose(summary.lead))
    aside = asides(summary)
    parts = [
        running_heads(view),
        _masthead(view),
        Markup('<section class="page first" id="today">{}').format(opening),
        strip(summary),
        *attention.findings(view, summary),
        _soon_and_unread(
            below.later(view, summary, aside.later),
            below.unread(summary, aside.causes, aside.above),
        ),
        halves(below.resolved(summary, aside.rows), below.planned(summary, aside.rows)),
        below.signs(),
        Markup("</section>"),
    ]
    return Page(infra(joined(parts)), f"{info.title}, {info.report_date}: {summary.headline}")


def _soon_and_unread(soon: Markup, unread: Markup) -> Markup:
    """Return both beside one another; what could not be read alone has the page's whole width."""
    return columns((3, soon), (3, unread)) if soon else unread


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
