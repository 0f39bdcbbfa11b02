"""The day on one page: what is broken, who got in, what fills, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from report.causes import IN_WORDS
from report.contract import Finding, KeyFigure, Summary, Unread
from report.findings import summarise
from report.headline import not_read
from report.marks import mark
from report.markup import Col, Page, block, bold, columns, infra, joined, prose, quiet, table
from report.reading import View
from report.sections import NAMES, ROWS, nth, order
from report.words import capital, count_word, listing, number, period, plural

MOST = {"critical": 8, "warning": 10}
COLS = (Col("", 22), Col("", 6, "m"), Col("", 24), Col("", 88), Col("", 18, "n"), Col("", 16, "n"))


def page(view: View) -> Page:
    """Return the first page."""
    summary = summarise(view)
    info = view.info
    opening = Markup(
        '<p class="eyebrow"><b>1</b> Today <span>{}</span></p><h1>{}</h1><p class="lead">{}</p>'
    ).format(long_date(info.report_date), prose(summary.headline), prose(summary.lead))
    parts = [
        running_heads(view),
        _masthead(view),
        Markup('<section class="page first" id="today">{}').format(opening),
        _strip(summary.figures),
        *_findings(view, summary),
        _unread(view, summary),
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
        "bottom-left": info.classification,
        "bottom-center": period(info.from_at, info.to_at, info.zone, info.time_zone),
    }
    rules = "".join(f"@{box}{{content:{css_string(said)}}}" for box, said in boxes.items())
    return Markup("<style>@page{{{}}}</style>").format(Markup(rules))  # noqa: S704


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
            ).format(mark(one.mark, 6), one.label, one.value, one.unit, one.note),
        )
        for one in figures
    ]
    return Markup('<div class="strip">{}</div>').format(columns(*cells))


def _findings(view: View, summary: Summary) -> list[Markup]:
    blocks = []
    for severity, title in (("critical", "Critical"), ("warning", "Warnings")):
        found = [one for one in summary.findings if one.severity == severity]
        if found:
            rows = _rows(view, found, MOST[severity])
            note = _caption(found, MOST[severity])
            blocks.append(block(title, note, table(COLS, rows, f"find {severity}")))
        else:
            blocks.append(block(title, _none(view), Markup()))
    return blocks


def _caption(found: Sequence[Finding], most: int) -> str:
    shown = min(len(found), most)
    whole = "" if shown == len(found) else f", the worst {count_word(shown)}"
    questions = list(dict.fromkeys(one.question.lower() for one in found))
    counts = [f"{number(sum(f.question.lower() == q for f in found))} {q}" for q in questions]
    return f"{number(len(found))}{whole}: {', '.join(counts)}" if len(questions) > 1 else (
        f"{number(len(found))}{whole}"
    )  # fmt: skip


def _none(view: View) -> str:
    read = len(view.answered)
    if not read:
        return "Not known: no server could be read."
    return f"None on the {plural(read, 'server')} read." if read > 1 else "None."


def _rows(view: View, found: Sequence[Finding], most: int) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = []
    asked = ""
    for one in found[:most]:
        question = "" if one.question == asked else one.question
        asked = one.question
        rows.append(
            (
                bold(question) if question else "",
                mark(one.severity, 8 if one.severity == "critical" else 7),
                bold(one.subject),
                prose(one.sentence),
                f"limit {_bound(one)}" if one.bound is not None else "",
                _link(view, one.section),
            )
        )
    left = found[most:]
    if left:
        sections = list(dict.fromkeys(one.section for one in left))
        names = listing([f"{nth(view, key)} {NAMES[key]}" for key in sections])
        said = f"and {number(len(left))} more: see {names}, and the workbook."
        rows.append(("", mark(left[0].severity), "", said, "", ""))
    return rows


def _bound(one: Finding) -> str:
    return f"{one.bound:g} %" if one.section == "disks" else number(one.bound)


def _link(view: View, section: str) -> Markup:
    return Markup('<a href="#{}">{} {}</a>').format(section, nth(view, section), NAMES[section])


def _unread(view: View, summary: Summary) -> Markup:
    if not summary.unread:
        whole = f"Nothing: all {plural(summary.hosts, 'server')} were read in full."
        only = "Nothing: the server was read in full."
        return block("Could not be read", only if summary.hosts == 1 else whole, Markup())
    note = capital(not_read(summary))
    rows = unread_rows(summary.unread[:ROWS])
    more = len(summary.unread) - len(rows)
    if more:
        rows.append(("", f"{plural(more, 'more cause')}", "", _link(view, "coverage")))
    full = summary.hosts_read - summary.hosts_partial
    if full and not more:
        rows.append((mark("good"), plural(full, "server"), "nothing", quiet("read in full")))
    cols = (Col("", 6, "m"), Col("", 62), Col("", 26), Col("", 80, "wide"))
    return block("Could not be read", note, table(cols, rows, "stack"))


def unread_rows(
    unread: Sequence[Unread], named: int = 4, longest: int = 200
) -> list[Sequence[object]]:
    """Return rows of hosts, what is missing, and the cause."""
    rows: list[Sequence[object]] = []
    for one in unread:
        said = IN_WORDS.get(one.outcome, one.outcome)
        if one.cause:
            told = one.cause.startswith((said, "host key", "their log", "its log", "no log"))
            said = one.cause if told else f"{said}: {one.cause}"
        cause = prose(capital(said), longest)
        rows.append((mark("unread"), bold(listing(one.hosts, named), 400), one.what, cause))
    return rows
