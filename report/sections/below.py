"""What stands below page 1's findings: what will be full, what is resolved, unread or planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from markupsafe import Markup

from report import markup
from report.causes import IN_WORDS
from report.contract import Later, Summary, Unread
from report.headline import not_read
from report.later import DAYS
from report.marks import mark
from report.markup import Col, bold, joined, prose, quiet, table
from report.reading import View
from report.sections import NAMES
from report.words import capital, count_word, day_month, foreign, listing, number, percent, plural

UNREAD, NAMED = 4, 3  # causes; of what will be full, resolved and planned
block = partial(markup.block, level=2)
PACE = "at the pace so far"
SIGNS = ("critical", "warning", "unread", "planned", "good")
MEANT = {"unread": "not read, not known", "good": "good, or resolved"}


def later(view: View, summary: Summary, most: int = NAMED) -> Markup:
    """Return what will be full, soonest first."""
    if not summary.later:
        return Markup()
    cols = (Col("Filesystem", 36), Col("Full on", 12, "n"), Col("Between", 24, "n"),
            Col("Now, %", 12, "n"))  # fmt: skip
    rows = [_will_be_full(view, one) for one in summary.later[:most]]
    return block("Will be full", later_said(summary, len(rows)), table(cols, rows))


def later_said(summary: Summary, shown: int) -> str:
    """Return how many more will be full, and on what that stands."""
    more = len(summary.later) - shown
    return f"{number(more)} more within {DAYS} days; {PACE}" if more else PACE


def _will_be_full(view: View, one: Later) -> Sequence[object]:
    mount, inodes, on, span, now = full_on(one, view.info.report_date)
    name = Markup("{} {}{}").format(bold(one.host), mount, quiet(inodes))
    return name, bold(on), span, now


def full_on(one: Later, today: date) -> tuple[str, str, str, str, str]:
    """Return the mount, what of its inodes, on which day, between which, and % used now."""

    def day(days: float) -> str:
        return day_month(today + timedelta(days=int(days)))

    inodes = " inodes" if one.what == "inodes" else ""
    inodes += f"; its {one.also} later" if one.also else ""
    span = "that day" if one.earliest == one.latest else f"{day(one.earliest)} – {day(one.latest)}"
    return foreign(one.mount, 30), inodes, day(one.days), span, percent(one.used)


def planned(summary: Summary, most: int = NAMED) -> Markup:
    """Return what lies in windows of maintenance: it is told, and nobody needs to act."""
    if not summary.planned:
        return Markup()
    rows = [
        (mark("planned"), bold(one.subject), prose(one.sentence)) for one in summary.planned[:most]
    ]
    cols = (Col("", 5, "m"), Col("", 36), Col("", 133, "wide"))
    return block("Planned", _some(len(summary.planned), most), table(cols, rows, "stack"))


def resolved(summary: Summary, most: int = NAMED) -> Markup:
    """Return what was a finding on the day before and is none today."""
    if not summary.resolved:
        return Markup()
    rows = [
        (
            mark("good"),
            bold(one.subject),
            prose(f"{one.sentence} Had stood since {day_month(one.since)}."),
        )
        for one in summary.resolved[:most]
    ]
    cols = (Col("", 5, "m"), Col("", 19), Col("", 60, "wide"))
    said = _some(len(summary.resolved), most)
    return block("Resolved since yesterday", said, table(cols, rows, "stack"))


def _some(every: int, most: int) -> str:
    return number(every) if every <= most else f"{number(every)}, of which {count_word(most)}"


def unread(summary: Summary, causes: Sequence[Unread], above: int) -> Markup:
    """Return what could not be read, and why.

    causes: those there is room for. above: so many the findings tell.
    """
    if not summary.unread:
        whole = f"Nothing: all {plural(summary.hosts, 'server')} were read in full."
        only = "Nothing: the server was read in full."
        return block("Could not be read", only if summary.hosts == 1 else whole, Markup())
    caption = unread_said(summary, above)
    rows = unread_rows(causes)
    more = len(summary.unread) - len(rows) - above
    if more:
        rows.append(("", f"{plural(more, 'more cause')}", "", link("coverage")))
    cols = (Col("", 6, "m"), Col("", 62), Col("", 26), Col("", 80, "wide"))
    return block("Could not be read", caption, table(cols, rows, "stack") if rows else Markup())


def unread_said(summary: Summary, above: int) -> str:
    """Return how much could not be read, and how much of that the findings tell."""
    full = summary.hosts_read - summary.hosts_partial
    said = capital(not_read(summary)) + (f"; {number(full)} in full" if full else "")
    return said + (f"; {number(above)} told above" if above else "")


def unread_rows(
    unread: Sequence[Unread], named: int = 4, longest: int = 200
) -> list[Sequence[object]]:
    """Return rows of hosts, what is missing, and the cause."""
    rows: list[Sequence[object]] = []
    for one in unread:
        cause = prose(cause_of(one), longest)
        kind = "planned" if one.planned else "unread"
        rows.append((mark(kind), bold(listing(one.hosts, named), 400), one.what, cause))
    return rows


def cause_of(one: Unread) -> str:
    """Return why something was not read, in a sentence that says it once."""
    said = IN_WORDS.get(one.outcome, one.outcome)
    if one.cause:
        told = one.cause.startswith((said, "host key", "their log", "its log", "no log"))
        said = one.cause if told else f"{said}: {one.cause}"
    return capital(said)


def link(section: str) -> Markup:
    """Return the way to a section."""
    return leading(section, f"→\u00a0{NAMES[section]}")


def leading(section: str, said: str | Markup) -> Markup:
    """Return something that leads to a section."""
    return Markup('<a href="#{}">{}</a>').format(section, said)


def signs() -> Markup:
    """Return what the signs mean, once and small."""
    inner = joined(
        Markup("<span>{} {}</span>").format(mark(one, 6), MEANT.get(one, one)) for one in SIGNS
    )
    return Markup('<p class="key small-key">{}</p>').format(inner)
