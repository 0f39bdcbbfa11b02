"""What page 1 asks attention for: its findings, as many of them as there is room for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple
from unicodedata import east_asian_width

from markupsafe import Markup

from report import markup
from report.contract import Finding, Summary, Unread
from report.gaps import EVERYTHING
from report.marks import mark
from report.markup import Col, bold, joined, place, prose, table, text
from report.reading import View
from report.sections.below import NAMED, UNREAD, leading, link
from report.sections.purpose import Purpose, purpose, purposes
from report.sections.rest import by_kind
from report.standing import in_short
from report.trail import BLIND
from report.words import count_word, listing, number, plural, shortened

MOST = 14  # rows of a severity, if there is room for them
FEWEST = 4  # of warnings that critical findings leave room for; where these do not all fit, fewer
FIRST = {"Broken": 4, "Got in": 2, "Filling": 2}  # so many before any other
LARGE, FEW_QUESTIONS = 6, 4  # so many critical findings stand in large type
PLAIN = ("", "new", "ongoing", "flapping")  # states that are said on one line
FEW = 2  # causes, where critical findings do not all fit
WAYS = 3  # sections that the last line leads to
MOST_LATER = 10  # of what will be full, on a calm day
block = partial(markup.block, level=2)
COLS = (Col("", 16), Col("", 5, "m"), Col("", 34), Col("", 99), Col("", 20, "n"))
# In points on paper: what a page holds, and what things on it take.
PAGE, OPENING, TITLE_LINE, TITLE_LETTERS = 748, 166, 24, 52
HEAD, LINE, ROW, LARGE_LINE, LARGE_ROW, SIGNS = 31, 12, 15, 15, 19, 4
LETTERS, LARGE_LETTERS, NAME_LETTERS = 67, 54, 15  # on a line: of a sentence, of a host's name
LONGEST, CAUSE_LETTERS, PLANNED_LETTERS, RESOLVED_LETTERS = 170, 50, 95, 42
FOR = 40  # letters of what it is for
SUBJECT, HOST_LETTERS = 64, 40  # letters of a finding's subject


def findings(view: View, summary: Summary) -> list[Markup]:
    """Return a block for each severity, with as many rows as the page has room for."""
    blocks = []
    known = purposes(view)
    for title, every, shown in shares(summary):
        if every:
            rows = _rows(view, every, shown, bool(summary.days_before), known)
            kind = f"find {every[0].severity}" if len(every) <= LARGE else "find"
            blocks.append(block(title, caption(every, len(shown)), table(COLS, rows, kind)))
        else:
            blocks.append(block(title, _none(view), Markup()))
    return blocks


class Asides(NamedTuple):
    """What stands below the findings: how many rows, and which causes.

    later: of what will be full; rows: of what is resolved or planned; causes: those told;
    above: how many the findings above tell already.
    """

    later: int
    rows: int
    causes: list[Unread]
    above: int


def asides(summary: Summary) -> Asides:
    """Return what stands below; little where page 1 has not even room for what is critical."""
    (_, critical, first), (_, warnings, second) = shares(summary)
    left = untold(summary, first)
    above = len(summary.unread) - len(left)
    if len(first) < len(critical):
        return Asides(NAMED, 1, left[:FEW], above)
    room = _room(summary, NAMED) - _with_causes(summary, critical, UNREAD, first)
    more = max(0, room - _heights(warnings, second)) // ROW
    return Asides(min(NAMED + more, MOST_LATER), NAMED, left[:UNREAD], above)


def untold(summary: Summary, shown: Sequence[Finding]) -> list[Unread]:
    """Return the causes of what was not read that no finding above tells."""
    told = {host for one in shown if one.kind in BLIND for host in one.hosts}
    return [
        one for one in summary.unread
        if one.what != EVERYTHING or one.planned or not told >= set(one.hosts)
    ]  # fmt: skip


def shares(summary: Summary) -> list[tuple[str, list[Finding], list[Finding]]]:
    """Return of each severity its title, all findings, and those that page 1 has room for."""
    critical, warnings = (
        [one for one in summary.findings if one.severity == severity]
        for severity in ("critical", "warning")
    )
    for aside, causes, fewest in ((NAMED, UNREAD, FEWEST), (1, FEW, FEW)):
        room = _room(summary, aside)
        kept = _heights(warnings, of_every_question(warnings, fewest))
        takes = partial(_with_causes, summary, critical, causes)
        first = _fitting(critical, room - kept, takes)
        if len(first) == len(critical):
            break
    room -= takes(first)
    second = _fitting(warnings, room, partial(_heights, warnings))
    return [("Critical", critical, first), ("Warnings", warnings, second)]


def _room(summary: Summary, aside: int) -> int:
    """Return the height that is left for findings, and for what was not read."""
    opening = OPENING + TITLE_LINE * _lines(summary.headline, TITLE_LETTERS)
    return PAGE - opening - 3 * HEAD - SIGNS - _below(summary, aside)


def _fitting(
    found: Sequence[Finding], room: float, takes: Callable[[Sequence[Finding]], int]
) -> list[Finding]:
    """Return as many findings as fit the room, at least two. takes: the height of so many."""
    for most in range(min(len(found), MOST), 2, -1):
        chosen = of_every_question(found, most)
        if takes(chosen) <= room:
            return chosen
    return of_every_question(found, 2)


def _with_causes(
    summary: Summary, critical: Sequence[Finding], causes: int, chosen: Sequence[Finding]
) -> int:
    """Return the height of critical findings, and of the causes that these do not tell."""
    left = untold(summary, chosen)[:causes]
    lines = sum(
        max(_lines(one.cause[:200] + one.outcome, CAUSE_LETTERS),
            _lines(listing(one.hosts, NAMED)[:400], HOST_LETTERS))
        for one in left
    )  # fmt: skip
    rows = ROW * (len(left) + 1) + LINE * (lines - len(left))
    return _heights(critical, chosen, len(critical) <= LARGE) + rows


def _heights(found: Sequence[Finding], chosen: Sequence[Finding], large: bool = False) -> int:
    """Return the height of those chosen, and of the line that says what there is more."""
    left = [one for one in found if one not in chosen]
    rest = ROW + LINE * (_lines(by_kind(left) + 10 * WAYS * " ", LETTERS) - 1) if left else 0
    return rest + sum(_height(one, large) for one in chosen)


def _height(one: Finding, large: bool) -> int:
    said = shortened(one.sentence, LONGEST)
    lines = _lines(said, LARGE_LETTERS if large else LETTERS)
    lines = max(lines, _name(one.subject), 1 if one.state in PLAIN else 2)
    return LARGE_ROW + LARGE_LINE * (lines - 1) if large else ROW + LINE * (lines - 1)


def _name(subject: str) -> int:
    """Return on how many lines a host's name stands, in a column of its own."""
    return _lines(shortened(subject, SUBJECT), NAME_LETTERS)


def _lines(said: str, letters: int) -> int:
    wide = sum(2 if east_asian_width(one) in "WF" else 1 for one in said)
    return max(1, -(-wide // letters))


def _below(summary: Summary, aside: int) -> int:
    """Return the height of what stands below the findings, without what was not read."""
    soon = sum(ROW + LINE * (_name(one.host) - 1) for one in summary.later[:NAMED])
    soon += HEAD + LINE if summary.later else 0
    over = summary.resolved[:aside]
    gone = sum(
        ROW + LINE * max(_lines(one.sentence, RESOLVED_LETTERS), 2 * _name(one.subject) - 1)
        for one in over
    )
    plans = summary.planned[:aside]
    plan = sum(
        ROW + LINE * (max(_lines(one.sentence, PLANNED_LETTERS), _name(one.subject)) - 1)
        for one in plans
    )
    # The first two stand side by side.
    return max(soon, HEAD + gone if over else 0) + (HEAD + plan if plans else 0)


def caption(found: Sequence[Finding], most: int) -> str:
    shown = min(len(found), most)
    whole = "" if shown == len(found) else f", the worst {count_word(shown)}"
    questions = list(dict.fromkeys(one.question.lower() for one in found))
    counts = [f"{number(sum(f.question.lower() == q for f in found))} {q}" for q in questions]
    if not 1 < len(questions) <= FEW_QUESTIONS:
        return f"{number(len(found))}{whole}"
    return f"{number(len(found))}{whole}: {', '.join(counts)}"


def of_every_question(found: Sequence[Finding], most: int) -> list[Finding]:
    """Return the findings that page 1 has room for, in their order: of every question some."""
    if len(found) <= most:
        return list(found)
    seen: dict[str, int] = {}
    tiers: tuple[list[Finding], ...] = ([], [], [])
    for one in found:
        seen[one.question] = seen.get(one.question, 0) + 1
        urgent = seen[one.question] <= FIRST.get(one.question, 0)
        tiers[0 if urgent else 1 if seen[one.question] == 1 else 2].append(one)
    chosen = {id(one) for one in [one for tier in tiers for one in tier][:most]}
    return [one for one in found if id(one) in chosen]


def _none(view: View) -> str:
    read = len(view.answered)
    if not read:
        return "Not known: no server could be read."
    return f"None on the {plural(read, 'server')} read." if read > 1 else "None."


def _rows(
    view: View, found: Sequence[Finding], shown: Sequence[Finding], past: bool, known: Purpose
) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = []
    asked = ""
    places = set[str]()
    for one in shown:
        question = "" if one.question == asked else one.question
        asked = one.question
        name = bold(one.subject) if one.anchor in places else place(one.anchor, one.subject)
        rows.append(
            (
                bold(question) if question else "",
                mark(one.severity, 8 if one.severity == "critical" else 7),
                leading(one.section, name) + _for(one, known),
                prose(one.sentence, LONGEST),
                _standing(view, one, past),
            )
        )
        places.add(one.anchor)
    left = [one for one in found if one not in shown]
    if left:
        sections = Counter(one.section for one in left).most_common(WAYS)
        ways = joined((link(section) for section, _ in sections), " ")
        said = Markup("{}. {}").format(by_kind(left), ways)
        rows.append(("", mark(left[0].severity), bold(f"{number(len(left))} more"), said, ""))
    return rows


def _for(one: Finding, known: Purpose) -> Markup:
    """Return behind a host's name what it is for; a name that takes many lines has none."""
    said = purpose(one.hosts, known) if _name(one.subject) <= 2 else ""
    return Markup(' <span class="for">{}</span>').format(text(said, FOR)) if said else Markup()


def _standing(view: View, one: Finding, past: bool) -> str | Markup:
    """Return how it stands to the days before; bold what is more than that it goes on."""
    said = in_short(one, view.info.report_date, past)
    return said if not past or one.state == "ongoing" else bold(said)
