"""What page 1 asks attention for: findings, what will be full, what is resolved, what is unread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from unicodedata import east_asian_width

from markupsafe import Markup

from report import markup
from report.causes import IN_WORDS
from report.contract import Finding, Summary, Unread
from report.headline import not_read
from report.later import sentence
from report.marks import mark
from report.markup import Col, bold, note, place, prose, quiet, table
from report.reading import View
from report.sections import NAMES, nth
from report.standing import standing
from report.words import capital, count_word, day_month, listing, number, plural, shortened

MOST = 14  # rows of a severity, if there is room for them
FEWEST = 4  # of warnings that critical findings leave room for
FIRST = {"Broken": 3, "Got in": 2, "Filling": 2}  # so many before any other
LARGE, FEW_QUESTIONS = 6, 4  # so many critical findings stand in large type
UNREAD, NAMED = 4, 3  # causes; of what will be full, and of what is resolved
block = partial(markup.block, level=2)
COLS = (Col("", 18), Col("", 5, "m"), Col("", 26), Col("", 86), Col("", 23, "n"), Col("", 16, "n"))
# In points on paper: what a page holds, and what things on it take.
PAGE, OPENING, TITLE_LINE, TITLE_LETTERS = 790, 142, 24, 52
HEAD, LINE, ROW, LARGE_LINE, LARGE_ROW = 31, 12, 15, 15, 19
LETTERS, LARGE_LETTERS = 58, 47  # of a sentence on a line
SUBJECT_LETTERS, HOST_LETTERS, CAUSE_LETTERS = 13, 40, 50
LONGEST, SUBJECT = 170, 64


def findings(view: View, summary: Summary) -> list[Markup]:
    """Return a block for each severity, with as many rows as the page has room for."""
    blocks = []
    for title, every, shown in shares(summary):
        if every:
            rows = _rows(view, every, shown, bool(summary.days_before))
            kind = f"find {every[0].severity}" if len(every) <= LARGE else "find"
            blocks.append(block(title, _caption(every, len(shown)), table(COLS, rows, kind)))
        else:
            blocks.append(block(title, _none(view), Markup()))
    return blocks


def shares(summary: Summary) -> list[tuple[str, list[Finding], list[Finding]]]:
    """Return of each severity its title, all findings, and those that page 1 has room for."""
    critical, warnings = (
        [one for one in summary.findings if one.severity == severity]
        for severity in ("critical", "warning")
    )
    room = PAGE - OPENING - TITLE_LINE * _lines(summary.headline, TITLE_LETTERS)
    room -= 3 * HEAD + _below(summary)
    kept = sum(_height(one, False) for one in _first(warnings, FEWEST))
    first = _first(critical, _fitting(critical, room - kept, len(critical) <= LARGE))
    room -= sum(_height(one, len(critical) <= LARGE) for one in first)
    second = _first(warnings, _fitting(warnings, room, False))
    return [("Critical", critical, first), ("Warnings", warnings, second)]


def _fitting(found: Sequence[Finding], room: float, large: bool) -> int:
    """Return how many findings fit the room, the line for the others among them; at least two."""
    for most in range(min(len(found), MOST), 2, -1):
        rest = 0 if most == len(found) else ROW
        if rest + sum(_height(one, large) for one in _first(found, most)) <= room:
            return most
    return 2


def _height(one: Finding, large: bool) -> int:
    said = shortened(one.sentence, LONGEST)
    lines = _lines(said, LARGE_LETTERS if large else LETTERS)
    lines = max(lines, _lines(shortened(one.subject, SUBJECT), SUBJECT_LETTERS))
    return LARGE_ROW + LARGE_LINE * (lines - 1) if large else ROW + LINE * (lines - 1)


def _lines(said: str, letters: int) -> int:
    wide = sum(2 if east_asian_width(one) in "WF" else 1 for one in said)
    return max(1, -(-wide // letters))


def _below(summary: Summary) -> int:
    """Return the height of what stands below the findings."""
    soon = HEAD + 3 * LINE if summary.later else 0
    over = max(min(len(one), NAMED) for one in (summary.resolved, summary.planned))
    shown = summary.unread[:UNREAD]
    texts = [(f"{one.cause[:200]}{one.outcome}", listing(one.hosts, 4)[:400]) for one in shown]
    causes = sum(max(_lines(why, CAUSE_LETTERS), _lines(who, HOST_LETTERS)) for why, who in texts)
    gone = HEAD + over * (ROW + 2 * LINE) if over else 0  # side by side
    return soon + gone + ROW * (len(shown) + 3) + LINE * (causes - len(shown))


def _caption(found: Sequence[Finding], most: int) -> str:
    shown = min(len(found), most)
    whole = "" if shown == len(found) else f", the worst {count_word(shown)}"
    questions = list(dict.fromkeys(one.question.lower() for one in found))
    counts = [f"{number(sum(f.question.lower() == q for f in found))} {q}" for q in questions]
    if not 1 < len(questions) <= FEW_QUESTIONS:
        return f"{number(len(found))}{whole}"
    return f"{number(len(found))}{whole}: {', '.join(counts)}"


def _first(found: Sequence[Finding], most: int) -> list[Finding]:
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
    view: View, found: Sequence[Finding], shown: Sequence[Finding], past: bool
) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = []
    asked = ""
    places = set[str]()
    for one in shown:
        question = "" if one.question == asked else one.question
        asked = one.question
        rows.append(
            (
                bold(question) if question else "",
                mark(one.severity, 8 if one.severity == "critical" else 7),
                bold(one.subject) if one.anchor in places else place(one.anchor, one.subject),
                prose(one.sentence, LONGEST),
                _standing(view, one, past),
                _link(one.section),
            )
        )
        places.add(one.anchor)
    left = [one for one in found if one not in shown]
    if left:
        sections = list(dict.fromkeys(one.section for one in left))
        names = listing([f"{nth(view, key)} {NAMES[key]}" for key in sections])
        where = f"see {names}, and the workbook" if len(sections) <= 2 else "on the pages below"
        said = f"and {number(len(left))} more: {where}."
        rows.append(("", mark(left[0].severity), "", said, "", ""))
    return rows


def _standing(view: View, one: Finding, past: bool) -> str | Markup:
    """Return how it stands to the days before; without any, the limit that it met."""
    if not past:
        return f"limit {_bound(one)}" if one.bound is not None else ""
    said = standing(one, view.info.report_date)
    return said if one.state == "ongoing" else bold(said)


def _bound(one: Finding) -> str:
    return f"{one.bound:g} %" if one.section == "disks" else number(one.bound)


def _link(section: str) -> Markup:
    return Markup('<a href="#{}">→ {}</a>').format(section, NAMES[section])


def later(summary: Summary) -> Markup:
    """Return what will be full, soonest first."""
    if not summary.later:
        return Markup()
    said = note(sentence(summary.later, NAMED))
    return block("Will be full", "at the pace of the days before", said)


def planned(summary: Summary) -> Markup:
    """Return what lies in windows of maintenance: it is told, and nobody needs to act."""
    if not summary.planned:
        return Markup()
    rows = [
        (mark("planned"), bold(one.subject), prose(one.sentence)) for one in summary.planned[:NAMED]
    ]
    cols = (Col("", 5, "m"), Col("", 19), Col("", 60, "wide"))
    every = len(summary.planned)
    said = number(every) if every <= NAMED else f"{number(every)}, of which {count_word(NAMED)}"
    return block("Planned", said, table(cols, rows, "stack"))


def resolved(summary: Summary) -> Markup:
    """Return what was a finding on the day before and is none today."""
    if not summary.resolved:
        return Markup()
    rows = [
        (
            mark("good"),
            bold(one.subject),
            prose(f"{one.sentence} Had stood since {day_month(one.since)}."),
        )
        for one in summary.resolved[:NAMED]
    ]
    cols = (Col("", 5, "m"), Col("", 19), Col("", 60, "wide"))
    every = len(summary.resolved)
    said = number(every) if every <= NAMED else f"{number(every)}, of which {count_word(NAMED)}"
    return block("Resolved since yesterday", said, table(cols, rows, "stack"))


def unread(summary: Summary) -> Markup:
    """Return what could not be read, and why."""
    if not summary.unread:
        whole = f"Nothing: all {plural(summary.hosts, 'server')} were read in full."
        only = "Nothing: the server was read in full."
        return block("Could not be read", only if summary.hosts == 1 else whole, Markup())
    caption = capital(not_read(summary))
    rows = unread_rows(summary.unread[:UNREAD])
    more = len(summary.unread) - len(rows)
    if more:
        rows.append(("", f"{plural(more, 'more cause')}", "", _link("coverage")))
    full = summary.hosts_read - summary.hosts_partial
    if full:
        rows.append((mark("good"), plural(full, "server"), "nothing", quiet("read in full")))
    cols = (Col("", 6, "m"), Col("", 62), Col("", 26), Col("", 80, "wide"))
    return block("Could not be read", caption, table(cols, rows, "stack"))


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
        kind = "planned" if one.planned else "unread"
        rows.append((mark(kind), bold(listing(one.hosts, named), 400), one.what, cause))
    return rows
