"""What was not read, and why, as recorded: by cause, or by server where that takes fewer rows."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from report.causes import IN_WORDS, of_many
from report.contract import Unread
from report.gaps import EVERYTHING, Gap, gathered
from report.markup import Col, block, note, table
from report.reading import View
from report.sections import ROWS
from report.sections.below import unread_rows
from report.words import capital, listing, natural, plural

PART = "partial"
MOST = 2 * ROWS
LONGEST = 1200


def missed(view: View) -> Markup:
    """Return the block; nothing where everything was read."""
    by_cause = [(hosts, gap) for hosts, gap in gathered(view)]
    blind = [_unread(*one) for one in by_cause if one[1].what == EVERYTHING]
    rest = [_unread(*one) for one in by_cause if one[1].what != EVERYTHING]
    by_server = _by_server(view)
    every = [*blind, *(by_server if len(by_server) < len(rest) else rest)]
    if not every:
        return Markup()
    rows = unread_rows(every[:MOST], named=6, longest=LONGEST)
    cols = (Col("", 6, "m"), Col("Server", 34), Col("Missing", 34), Col("Cause", 100, "wide"))
    left = len(every) - len(rows)
    more = (
        note(f"{plural(left, 'more cause')}: sheet outcomes of the workbook.") if left else Markup()
    )
    return block(
        "Not read, and why", "What this report cannot know", table(cols, rows, "stack"), more
    )


def _unread(hosts: tuple[str, ...], gap: Gap) -> Unread:
    return Unread(hosts, gap.what, gap.outcome, _recorded(gap.cause), bool(gap.planned))


def _recorded(cause: str) -> str:
    """Return a cause without what it says twice."""
    twice = ": No route to host"
    return cause.replace(twice, "") if cause.startswith("no route to ") else cause


def _by_server(view: View) -> list[Unread]:
    """Return what servers lack that were read in part, all that one lacks together."""
    own: dict[str, list[Gap]] = {}
    for gap in view.gaps:
        if gap.what != EVERYTHING:
            own.setdefault(gap.host, []).append(gap)
    alike: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for host, gaps in own.items():
        key = [(g.what, g.outcome, view.without_host(host, g.cause), g.planned) for g in gaps]
        alike.setdefault(tuple(sorted(key)), []).append(host)
    rows = [(tuple(sorted(hosts, key=natural)), own[hosts[0]]) for hosts in alike.values()]
    rows.sort(key=lambda row: (-len(row[0]), natural(row[0][0])))
    return [_together(view, hosts, gaps) for hosts, gaps in rows]


def _together(view: View, hosts: tuple[str, ...], gaps: Sequence[Gap]) -> Unread:
    """Return what these hosts lack as one row: the causes of one outcome behind one another."""
    by_outcome: dict[str, list[str]] = {}
    for gap in sorted(gaps, key=lambda one: (one.outcome == PART, one.outcome, len(one.cause))):
        cause = _recorded(gap.cause)
        if len(hosts) > 1:
            cause = of_many(view.without_host(gap.host, cause), cause)
        by_outcome.setdefault(gap.outcome, []).append(cause)
    first, *rest = by_outcome
    said = _sentences(by_outcome[first])
    for outcome in rest:
        said += f". {capital(IN_WORDS.get(outcome, outcome))}: {_sentences(by_outcome[outcome])}"
    planned = gaps[0].planned
    said += f"; {planned}" if planned else ""
    return Unread(hosts, listing(gap.what for gap in gaps), first, said, bool(planned))


def _sentences(causes: Sequence[str]) -> str:
    """Return causes as sentences; how it is mended once, where it is a part of another's."""
    every = list(dict.fromkeys(cause for cause in causes if cause))
    mended = [cause.partition(": ")[2] for cause in every]

    def again(nth: int) -> bool:
        own = mended[nth]
        longer = any(own != one and one.startswith(own) for one in mended)
        return bool(own) and (longer or own in mended[:nth])

    said = [one.partition(": ")[0] if again(nth) else one for nth, one in enumerate(every)]
    return ". ".join([*said[:1], *(capital(one) for one in said[1:])])
