"""What page 1 asks attention for: its findings, as many of them as there is room for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import partial

from markupsafe import Markup

from report import markup
from report.contract import Finding, Summary
from report.marks import mark
from report.markup import Col, bold, joined, place, prose, table, text
from report.reading import View
from report.sections.below import leading, link
from report.sections.fitting import WAYS, is_large, name_lines, rest_of, shares
from report.sections.purpose import Purpose, purpose, purposes
from report.standing import in_short
from report.together import LONGEST, Told, apart
from report.words import count_word, number, plural

FEW_QUESTIONS = 4
block = partial(markup.block, level=2)
COLS = (Col("", 16), Col("", 5, "m"), Col("", 30), Col("", 103), Col("", 20, "n"))
FOR = 40  # letters of what it is for


def findings(view: View, summary: Summary) -> list[Markup]:
    """Return a block for each severity, with as many rows as the page has room for."""
    blocks = []
    known = purposes(view)
    for title, every, shown in shares(summary):
        if every:
            severity = every[0].first.severity
            rows = _rows(view, every, shown, bool(summary.days_before), known)
            kind = f"find {severity}" if is_large(every) else "find"
            blocks.append(block(title, caption(every, shown), table(COLS, rows, kind)))
        else:
            blocks.append(block(title, _none(view), Markup()))
    return blocks


def caption(every: Sequence[Told], shown: Sequence[Told]) -> str:
    """Return how many findings there are, of which questions, and how many of them are told."""
    found, told = apart(every), apart(shown)
    whole = f", the worst {count_word(len(told))}" if 0 < len(told) < len(found) else ""
    questions = list(dict.fromkeys(one.question.lower() for one in found))
    counts = [f"{number(sum(f.question.lower() == q for f in found))} {q}" for q in questions]
    if not 1 < len(questions) <= FEW_QUESTIONS:
        return f"{number(len(found))}{whole}"
    return f"{number(len(found))}{whole}: {', '.join(counts)}"


def _none(view: View) -> str:
    read = len(view.answered)
    if not read:
        return "Not known: no server could be read."
    return f"None on the {plural(read, 'server')} read." if read > 1 else "None."


def _rows(
    view: View, every: Sequence[Told], shown: Sequence[Told], past: bool, known: Purpose
) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = []
    asked = ""
    places = set[str]()
    for row in shown:
        one = row.first
        question = "" if one.question == asked else one.question
        asked = one.question
        name = bold(one.subject) if one.anchor in places else place(one.anchor, one.subject)
        rows.append(
            (
                bold(question) if question else "",
                mark(one.severity, 8 if one.severity == "critical" else 7),
                leading(one.section, name) + _for(one, known),
                _sentences(row),
                _standing(view, row, past),
            )
        )
        places.add(one.anchor)
    left = apart([row for row in every if row not in shown])
    if left:
        sections = Counter(one.section for one in left).most_common(WAYS)
        ways = joined((link(section) for section, _ in sections), " ")
        said = Markup("{}. {}").format(rest_of(left), ways)
        more = bold(f"{number(len(left))} more" if shown else "by kind")
        rows.append(("", mark(left[0].severity), more, said, ""))
    return rows


def _sentences(row: Told) -> Markup:
    """Return what is said of a row's findings, each at a place that its id leads to."""
    said = [prose(row.fitting[0][1], LONGEST)]
    said += [
        Markup('<span id="{}">{}</span>').format(one.anchor, prose(sentence))
        for one, sentence in row.fitting[1:]
    ]
    said += [leading(row.findings[-1].section, f"And {row.more} more.")] if row.more else []
    return joined(said, " ")


def _for(one: Finding, known: Purpose) -> Markup:
    """Return behind a host's name what it is for; a name that takes many lines has none."""
    said = purpose(one.hosts, known) if name_lines(one.subject) <= 2 else ""
    return Markup(' <span class="for">{}</span>').format(text(said, FOR)) if said else Markup()


def _standing(view: View, row: Told, past: bool) -> str | Markup:
    """Return how it stands to the days before; bold what is more than that it goes on."""
    said = standing_of(row, view.info.report_date, past)
    return said if not past or row.first.state == "ongoing" else bold(said)


def standing_of(row: Told, today: date, past: bool) -> str:
    """Return how a row stands to the days before; without any, the limit that it met."""
    more = row.new if past and row.first.state != "new" else 0
    said = in_short(row.first, today, past)
    return f"{said}, {count_word(more)} new" if more else said
