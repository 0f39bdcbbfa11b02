"""How much of the day fits page 1: what each row takes of its height, in points on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple
from unicodedata import east_asian_width

from report.contract import Finding, Summary, Unread
from report.gaps import EVERYTHING
from report.sections.below import LONGEST, MOST_ABOVE, NAMED, UNREAD, gathered, lacking, was
from report.sections.rest import by_kind
from report.together import Told, apart, together
from report.trail import BLIND
from report.words import listing, shortened

MOST = 14  # rows of a severity, if there is room for them
FEWEST = 4  # of warnings that critical findings leave room for; where these do not all fit, none
FIRST = {"Broken": 4, "Got in": 3, "Filling": 2}  # so many before any other
LARGE = 6  # so many critical findings stand in large type
PLAIN = ("", "new", "ongoing", "flapping")  # states that are said on one line
FEW = 3  # causes, where critical findings do not all fit
WAYS = 3  # sections that the last line leads to
MOST_LATER = 10  # of what will be full, on a calm day
# In points on paper: what a page holds, and what things on it take.
PAGE, OPENING, TITLE_LINE, TITLE_LETTERS = 744, 152, 24, 52
LEAD_LINE, LEAD_LETTERS = 14, 96
HEAD, LINE, ROW, LARGE_LINE, LARGE_ROW, SIGNS = 31, 12, 15, 15, 19, 4
LETTERS, LARGE_LETTERS, NAME_LETTERS = 70, 56, 13  # on a line: of a sentence, of a host's name
SUBJECT = 64  # letters of a finding's subject
# Letters on a line of a name and of a sentence: of what was not read, and of what stands below.
HALF, MANY, NARROW, WHOLE = (12, 34), (42, 62), (9, 38), (20, 90)


class Asides(NamedTuple):
    """What stands below the findings: how many rows, and which causes.

    later: of what will be full; rows: of what is resolved or planned; causes: those told;
    above: the hosts that the findings above tell already.
    """

    later: int
    rows: int
    causes: list[Unread]
    above: tuple[str, ...]


def asides(summary: Summary) -> Asides:
    """Return what stands below; little where page 1 has not even room for what is critical."""
    (_, critical, first), (_, warnings, second) = shares(summary)
    left = untold(summary, first)
    above = tuple(
        dict.fromkeys(
            host for one in summary.unread if one not in left and not one.planned
            for host in one.hosts
        )
    )  # fmt: skip
    rows = gathered(left)
    if len(first) < len(critical):
        free = _unread(summary, first, FEW) - _soon(summary)
        return Asides(NAMED + max(0, free) // ROW, 1, rows[:FEW], above)
    room = _room(summary) - _with_below(summary, critical, NAMED, UNREAD, first)
    more = max(0, room - _heights(warnings, second)) // ROW
    return Asides(min(NAMED + more, MOST_LATER), NAMED, rows[:UNREAD], above)


def untold(summary: Summary, shown: Sequence[Told]) -> list[Unread]:
    """Return the causes of what was not read that no finding above tells."""
    told = {host for one in apart(shown) if one.kind in BLIND for host in one.hosts}
    return [
        one for one in summary.unread
        if one.what != EVERYTHING or one.planned or not told >= set(one.hosts)
    ]  # fmt: skip


def shares(summary: Summary) -> list[tuple[str, list[Told], list[Told]]]:
    """Return of each severity its title, all rows, and those that page 1 has room for."""
    critical, warnings = (
        together(one for one in summary.findings if one.severity == severity)
        for severity in ("critical", "warning")
    )
    for aside, causes, fewest in ((NAMED, UNREAD, FEWEST), (1, FEW, 0)):
        room = _room(summary)
        kept = _heights(warnings, of_every_question(warnings, fewest))
        takes = partial(_with_below, summary, critical, aside, causes)
        first = _fitting(critical, room - kept, takes)
        if len(first) == len(critical):
            break
    room -= takes(first)
    second = _fitting(warnings, room, partial(_heights, warnings), fewest and 2)
    return [("Critical", critical, first), ("Warnings", warnings, second)]


def _room(summary: Summary) -> int:
    """Return the height that is left for findings, and for what stands below."""
    opening = OPENING + TITLE_LINE * _lines(summary.headline, TITLE_LETTERS)
    opening += LEAD_LINE * _lines(summary.lead, LEAD_LETTERS)
    return PAGE - opening - 2 * HEAD - SIGNS


def _fitting(
    found: Sequence[Told], room: float, takes: Callable[[Sequence[Told]], int], least: int = 2
) -> list[Told]:
    """Return as many rows as fit the room, a few at least. takes: the height of so many."""
    for most in range(min(len(found), MOST), least, -1):
        chosen = of_every_question(found, most)
        if takes(chosen) <= room:
            return chosen
    return of_every_question(found, least)


def _with_below(
    summary: Summary, critical: Sequence[Told], aside: int, causes: int, chosen: Sequence[Told]
) -> int:
    """Return the height of critical findings, and of all that stands below the warnings."""
    width = NARROW if summary.resolved and summary.planned else WHOLE
    over = sum(_row(one.subject, was(one), width) for one in summary.resolved[:aside])
    plan = sum(_row(one.subject, one.sentence, width) for one in summary.planned[:aside])
    second = max(HEAD + over if over else 0, HEAD + plan if plan else 0)
    return (
        _heights(critical, chosen, is_large(critical))
        + max(_soon(summary), _unread(summary, chosen, causes))
        + second
    )


def _soon(summary: Summary) -> int:
    """Return the height of what will be full; a few filesystems at least."""
    soon = sum(ROW + LINE * (name_lines(one.host) - 1) for one in summary.later[:NAMED])
    return soon + HEAD + LINE if soon else 0


def _unread(summary: Summary, chosen: Sequence[Told], causes: int) -> int:
    """Return the height of what could not be read."""
    left = untold(summary, chosen)
    told = [one for one in summary.unread if one not in left]
    above = listing(dict.fromkeys(host for one in told for host in one.hosts), MOST_ABOVE)
    width = HALF if summary.later else MANY
    lines = [(above, 40 * " ")] if told else []
    rows = gathered(left)
    lines += [(listing(one.hosts, NAMED), lacking(one)) for one in rows[:causes]]
    return HEAD + sum(_row(*one, width) for one in lines) + (ROW if rows[causes:] else 0)


def _row(name: str, said: str, width: tuple[int, int]) -> int:
    """Return the height of a name and a sentence beside one another."""
    lines = max(_lines(name[:400], width[0]), _lines(said[:LONGEST], width[1]))
    return ROW + LINE * (lines - 1)


def is_large(critical: Sequence[Told]) -> bool:
    """Whether so few are critical that they stand in large type."""
    return len(critical) <= LARGE


def _heights(found: Sequence[Told], chosen: Sequence[Told], large: bool = False) -> int:
    """Return the height of those chosen, and of the line that says what there is more."""
    left = apart([one for one in found if one not in chosen])
    said = rest_of(left) + 9 * WAYS * " "
    rest = ROW + LINE * (_lines(said, LETTERS) - 1) if left else 0
    return rest + sum(_height(one, large) for one in chosen)


def rest_of(left: Sequence[Finding]) -> str:
    """Return what there is no room for: of which kinds, and how many of it are new.

    Of what is critical it is said whom it is about, if that is no list of its own.
    """
    new = sum(one.state == "new" for one in left)
    whose = by_kind(left, named=True) if left and left[0].severity == "critical" else ""
    return (whose if 0 < len(whose) <= 4 * LETTERS else by_kind(left)) + (
        f"; {new} of them new" if 0 < new < len(left) else ""
    )


def _height(row: Told, large: bool) -> int:
    lines = _lines(row.said, LARGE_LETTERS if large else LETTERS)
    plain = row.first.state in PLAIN and (row.first.state == "new" or not row.new)
    lines = max(lines, name_lines(row.first.subject), 1 if plain else 2)
    return LARGE_ROW + LARGE_LINE * (lines - 1) if large else ROW + LINE * (lines - 1)


def name_lines(subject: str) -> int:
    """Return on how many lines a host's name stands, in a column of its own."""
    return _lines(shortened(subject, SUBJECT), NAME_LETTERS)


def _lines(said: str, letters: int) -> int:
    wide = sum(2 if east_asian_width(one) in "WF" else 1 for one in said)
    return max(1, -(-wide // letters))


def of_every_question(found: Sequence[Told], most: int) -> list[Told]:
    """Return the rows that page 1 has room for, in their order: of every question some."""
    if len(found) <= most:
        return list(found)
    seen: dict[str, int] = {}
    tiers: tuple[list[Told], ...] = ([], [], [])
    for row in found:
        question = row.first.question
        seen[question] = seen.get(question, 0) + 1
        urgent = seen[question] <= FIRST.get(question, 0)
        tiers[0 if urgent else 1 if seen[question] == 1 else 2].append(row)
    chosen = {id(one) for one in [one for tier in tiers for one in tier][:most]}
    return [one for one in found if id(one) in chosen]
