"""Pure: what both bodies of the mail say of a day, readable and cut to what a mail can hold."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from report.contract import KeyFigure, Summary, Unread
from report.gaps import EVERYTHING
from report.reading import View
from report.sections import NAMES
from report.sections.attention import caption, standing_of
from report.sections.below import (
    MEANT,
    SIGNS,
    full_on,
    gathered,
    later_said,
    unread_said,
    was,
    why,
)
from report.sections.fitting import WAYS, of_every_question, rest_of, untold
from report.sections.purpose import Purpose, purpose, purposes
from report.standing import known_of
from report.statement import signed, statement
from report.store import Day
from report.together import Told, apart, together
from report.words import capital, listing, number, period, plural, readable, size

WIDTH = 72
MOST = 8  # rows of a block; the attached report has the rest
MOST_FINDINGS, FEWEST = 12, 4  # of both severities, and of warnings whatever is critical
MOST_ASIDE = 4  # of what nobody needs to act on
MOST_HOSTS = 6
MARKS = {"critical": "■", "warning": "△", "unread": "–", "planned": "◇", "good": "○"}
MEANING = {kind: MEANT.get(kind, kind) for kind in MARKS}
CODE = re.compile("`([^`]*)`")

foreign = partial(readable, longest=400, any_glyph=True)


def said(
    day: Day, summary: Summary, attachments: Sequence[Path], without_pdf: str,
    groups: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Return what both templates say, in page 1's order, every text from data readable."""
    info = day.info
    critical, warnings = chosen(summary)
    one, made_of, then = statement(summary)
    known = purposes(View(day.folder, info, day.frames, tuple(groups)))
    past = bool(summary.days_before)
    return {
        "title": info.title,
        "date": f"{day.date:%A}, {day.date.day} {day.date:%B %Y}",
        "headline": summary.headline,
        "lead": summary.lead,
        "statement": {**_figure(one), "mark": one.mark, "made_of": made_of, "said": then},
        "figures": [_figure(each) for each in summary.figures],
        "blocks": [
            _block(name, *rows, day, known, past)
            for name, rows in (("Critical", critical), ("Warnings", warnings))
        ],
        "nothing": _nothing(summary),
        "later": _later(day, summary),
        "resolved": _aside("Resolved since yesterday", _resolved(summary), MOST),
        "unread": _unread(summary, untold(summary, (*critical[1], *warnings[1]))),
        "asides": _asides(summary),
        "signs": [(MARKS[one], MEANING[one]) for one in SIGNS],
        "accent": info.branding.colours.accent,
        "period": period(info.from_at, info.to_at, info.zone, info.time_zone),
        "attached": _attached(day, attachments),
        "without_pdf": without_pdf,
        "foot": ". ".join(filter(None, (info.organisation, info.foot))),
    }  # fmt: skip


def _figure(one: KeyFigure) -> dict[str, str]:
    known = one.amount is not None and one.change is not None
    return {"label": one.label, "value": one.value, "unit": one.unit, "note": one.note,
            "change": signed(one.change or 0) if known else ""}  # fmt: skip


Rows = tuple[list[Told], list[Told]]


def chosen(summary: Summary) -> tuple[Rows, Rows]:
    """Return of critical findings and of warnings all rows, and those a mail has room for."""
    critical, warnings = (
        together(one for one in summary.findings if one.severity == severity)
        for severity in ("critical", "warning")
    )
    first = of_every_question(critical, MOST)
    second = of_every_question(warnings, max(FEWEST, MOST_FINDINGS - len(first)))
    return (critical, first), (warnings, second)


def _nothing(summary: Summary) -> str:
    read = summary.hosts_read
    if not read:
        return "Not known: no server could be read."
    return f"None on the {plural(read, 'server')} read." if read > 1 else "None."


def _block(
    name: str, every: Sequence[Told], shown: Sequence[Told], day: Day, known: Purpose, past: bool
) -> dict[str, Any]:
    rows, asked = [], ""
    for row in shown:
        one = row.first
        question = "" if one.question == asked else one.question
        asked = one.question
        rows.append(
            {"question": question, "kind": one.severity, "mark": MARKS[one.severity],
             "subject": one.subject, "purpose": purpose(one.hosts, known),
             "sentence": row.said, "standing": standing_of(row, day.date, past),
             "goes_on": one.state in ("", "ongoing")}
        )  # fmt: skip
    left = apart([row for row in every if row not in shown])
    ways = Counter(one.section for one in left).most_common(WAYS)
    rest = {"mark": MARKS[left[0].severity], "kind": left[0].severity,
            "count": f"{number(len(left))} more", "said": f"{rest_of(left)}.",
            "where": listing(NAMES[section] for section, _ in ways)} if left else {}  # fmt: skip
    note = caption(every, shown) if every else ""
    return {"name": name, "note": note, "rows": rows, "rest": rest}


def _later(day: Day, summary: Summary) -> dict[str, Any]:
    shown = summary.later[:MOST_ASIDE]
    rows = [
        {"host": one.host, "mount": f"{mount}{inodes}", "on": on, "between": span, "now": now}
        for one in shown
        for mount, inodes, on, span, now in [full_on(one, day.date)]
    ]
    return {"note": later_said(summary, len(shown)), "rows": rows}


def _resolved(summary: Summary) -> list[dict[str, str]]:
    return [
        {"kind": "good", "subject": one.subject, "sentence": was(one)} for one in summary.resolved
    ]


def _unread(summary: Summary, left: Sequence[Unread]) -> dict[str, Any]:
    """Return what was not read: the servers that findings tell by name, the others with a cause."""
    every, rest = gathered(one for one in summary.unread if one not in left), gathered(left)
    told = listing((host for one in every for host in one.hosts), MOST_HOSTS)
    rows = [
        {"kind": "unread", "subject": told, "under": EVERYTHING,
         "sentence": "Told above, with the cause"}
    ] if every else []  # fmt: skip
    rows += [
        {"kind": "planned" if one.planned else "unread", "subject": listing(one.hosts, MOST_HOSTS),
         "under": one.what, "sentence": capital(why(one))}
        for one in rest[:MOST]
    ]  # fmt: skip
    more = plural(sum(len(one.hosts) for one in rest[MOST:]), "more server") if rest[MOST:] else ""
    note = unread_said(summary)
    return {"name": "Could not be read", "note": note, "rows": _marked(rows), "more": more}


def _asides(summary: Summary) -> list[dict[str, Any]]:
    """Return what nobody needs to act on: planned and silenced; only what there is."""
    planned = [{"kind": "planned", **known_of(one)} for one in summary.planned]
    silenced = [{"kind": one.finding.severity, **known_of(one)} for one in summary.silenced]
    return [*_aside("Planned", planned), *_aside("Silenced", silenced)]


def _aside(
    name: str, rows: Sequence[dict[str, str]], most: int = MOST_ASIDE
) -> list[dict[str, Any]]:
    """Return a block with a line for each, or none where there is none."""
    if not rows:
        return []
    more = f"{number(len(rows) - most)} more" if len(rows) > most else ""
    return [{"name": name, "note": number(len(rows)), "rows": _marked(rows[:most]), "more": more}]


def _marked(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [{"since": "", "under": "", **one, "mark": MARKS[one["kind"]]} for one in rows]


def _attached(day: Day, attachments: Sequence[Path]) -> str:
    """Return what is attached: "infrastructure-report-2026-11-23.pdf (84 KiB) and .xlsx (…)"."""
    names = [f"{path.suffix} ({size(path.stat().st_size)})" for path in attachments]
    return f"infrastructure-report-{day.date}{listing(names)}" if names else ""


def text(said: Any, longest: int = 400) -> str:
    """Return text that a person can read, without the marks of code."""
    return CODE.sub(r"\1", foreign(said, longest=longest))


def wrapped(said: str, first: str = "", rest: str = "") -> str:
    """Return text in lines of at most 72 columns; `first` and `rest` stand before the lines."""
    return textwrap.fill(
        said, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def kept(said: Any) -> Markup:
    """Return text for HTML: a figure and its % stay together, a command is code."""
    whole = str(escape(foreign(said))).replace(" %", "&nbsp;%")
    return Markup(CODE.sub(r"<code>\1</code>", whole))  # noqa: S704 - escaped before
