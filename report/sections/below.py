"""What stands below page 1's findings: what will be full, what is resolved, unread or planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from markupsafe import Markup

from report import markup
from report.causes import IN_WORDS, brief
from report.contract import Later, Resolved, Summary, Unread
from report.gaps import EVERYTHING, PART
from report.headline import not_read
from report.later import DAYS
from report.marks import mark
from report.markup import Col, bold, joined, prose, quiet, table
from report.reading import View
from report.sections import NAMES
from report.words import capital, count_word, day_month, foreign, listing, number, percent, plural

UNREAD, NAMED = 4, 3  # causes; of what will be full, resolved and planned
MOST_ABOVE = 6  # hosts told above that are named once more
LONGEST = 160  # letters of a cause
MANY_NAMES = 74  # mm, for names of servers alone
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
    said = _some(len(summary.planned), most)
    return block("Planned", said, table(_cols(17, 36, bool(summary.resolved)), rows, "stack"))


def _cols(half: int, whole: int, beside: bool) -> tuple[Col, Col, Col]:
    """Return the columns of a sign, a name and a sentence, on a half of the page or all of it.

    half, whole: how wide the name is then.
    """
    name, said = (half, 79 - half) if beside else (whole, 169 - whole)
    return Col("", 5, "m"), Col("", name), Col("", said, "wide")


def resolved(summary: Summary, most: int = NAMED) -> Markup:
    """Return what was a finding on the day before and is none today."""
    if not summary.resolved:
        return Markup()
    rows = [(mark("good"), bold(one.subject), prose(was(one))) for one in summary.resolved[:most]]
    said = _some(len(summary.resolved), most)
    cols = _cols(17, 36, bool(summary.planned))
    return block("Resolved since yesterday", said, table(cols, rows, "stack"))


def was(one: Resolved) -> str:
    """Return what had been found, so that nobody takes it for what is."""
    few = 1 < len(one.hosts) <= NAMED
    where = f" ({listing(one.hosts)})" if few else ""
    return f"Was, since {day_month(one.since)}: {one.sentence}{where}"


def _some(every: int, most: int) -> str:
    return number(every) if every <= most else f"{number(every)}, of which {count_word(most)}"


def unread(summary: Summary, causes: Sequence[Unread], above: Sequence[str]) -> Markup:
    """Return what could not be read, and why.

    causes: the rows there is room for. above: the hosts that the findings tell.
    """
    said = unread_said(summary)
    if not summary.unread:
        return block("Could not be read", said, Markup())
    rows: list[Sequence[object]] = []
    if above:
        names = listing(above, MOST_ABOVE)
        rows.append((mark("unread"), bold(names, 400), "everything: told above, with the cause"))
    rows += [
        (mark("planned" if one.planned else "unread"), bold(listing(one.hosts, NAMED), 400),
         prose(lacking(one), LONGEST))
        for one in causes
    ]  # fmt: skip
    every = {host for one in summary.unread for host in one.hosts}
    more = len(every - set(above) - {host for one in causes for host in one.hosts})
    if more:
        rows.append(("", bold(f"{number(more)} more"), link("coverage")))
    cols = _cols(22, MANY_NAMES, bool(summary.later))
    return block("Could not be read", said, table(cols, rows, "stack"))


def unread_said(summary: Summary) -> str:
    """Return how many servers could not be read, or that all were."""
    if not summary.unread:
        whole = f"Nothing: all {plural(summary.hosts, 'server')} were read in full."
        return "Nothing: the server was read in full." if summary.hosts == 1 else whole
    if summary.hosts == 1:
        return capital(not_read(summary))
    counts = (
        (summary.hosts - summary.hosts_read, "not at all"), (summary.hosts_partial, "in part")
    )  # fmt: skip
    return ", ".join(f"{number(n)} {how}" for n, how in counts if n)


def lacking(one: Unread) -> str:
    """Return what of hosts was not read, and why."""
    return f"{one.what}: {why(one)}"


def why(one: Unread) -> str:
    """Return why something was not read, with its outcome said once."""
    said = IN_WORDS.get(one.outcome, one.outcome)
    if not one.cause or one.cause.startswith((said, "host key", "their log", "its log", "no log")):
        return one.cause or said
    return f"{said}: {one.cause}"


def gathered(unread: Iterable[Unread]) -> list[Unread]:
    """Return what is missing host by host, hosts that lack the same in one, with a cause."""
    lacks: dict[str, list[Unread]] = {}
    for one in unread:
        for host in one.hosts:
            lacks.setdefault(host, []).append(one)
    alike: dict[tuple[object, ...], list[str]] = {}
    for host, every in lacks.items():
        named = tuple(_lacking(every))
        key = (named, every[0].cause if len(every) == 1 else "", every[0].planned)
        alike.setdefault(key, []).append(host)
    rows = [_one_of(hosts, [lacks[host] for host in hosts]) for hosts in alike.values()]
    blind = [one for one in rows if one.what == EVERYTHING and not one.planned]
    if len(blind) < 2:
        return rows
    hosts = tuple(host for one in blind for host in one.hosts)
    causes = dict.fromkeys(brief(one.outcome, one.cause) for one in blind)
    merged = Unread(hosts, EVERYTHING, "", ", ".join(causes))
    return [merged, *(one for one in rows if one not in blind)]


def _one_of(hosts: Sequence[str], lacks: Sequence[Sequence[Unread]]) -> Unread:
    first = lacks[0][0]
    if len(lacks[0]) == 1:
        return replace(first, hosts=tuple(hosts))
    causes = len({one.cause for every in lacks for one in every}) - 1
    also = f"; and {plural(causes, 'more cause')}" if causes else ""
    what = listing(_lacking(lacks[0]))
    return replace(first, hosts=tuple(hosts), what=what, cause=f"{first.cause}{also}")


def _lacking(every: Sequence[Unread]) -> list[str]:
    """Return the names of what is lacking, as a whole or in part, each once."""
    return list(
        dict.fromkeys(name for one in every for name in one.what.removeprefix(PART).split(", "))
    )


def unread_rows(
    unread: Sequence[Unread], named: int = 4, longest: int = 200
) -> list[Sequence[object]]:
    """Return rows of hosts, what is missing, and the cause."""
    return [
        (mark("planned" if one.planned else "unread"), bold(listing(one.hosts, named), 400),
         one.what, prose(capital(why(one)), longest))
        for one in unread
    ]  # fmt: skip


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
