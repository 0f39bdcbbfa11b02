"""Pure: what both bodies of the mail say of a day, readable and cut to what a mail can hold."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from report.causes import IN_WORDS
from report.contract import Finding, Summary
from report.headline import not_read
from report.later import when
from report.standing import gone, known_of, standing
from report.store import Day
from report.words import listing, period, plural, readable, size

WIDTH = 72
MOST = 8  # rows of a block; the attached report has the rest
MOST_ASIDE = 4  # of what nobody needs to act on
MOST_HOSTS = 6
MARKS = {"critical": "■", "warning": "△", "unread": "–", "planned": "◇", "good": "○"}
CODE = re.compile("`([^`]*)`")

foreign = partial(readable, longest=400, any_glyph=True)


def said(
    day: Day, summary: Summary, attachments: Sequence[Path], without_pdf: str
) -> dict[str, Any]:
    """Return what both templates say, every text from data readable."""
    info = day.info
    blocks = [
        _block(name, [one for one in summary.findings if one.severity == severity], day.date)
        for severity, name in (("critical", "Critical"), ("warning", "Warnings"))
    ]
    unread = [
        {"hosts": _hosts(one.hosts), "what": one.what,
         "cause": one.cause or IN_WORDS.get(one.outcome, one.outcome)}
        for one in summary.unread
    ]  # fmt: skip
    return {
        "title": info.title,
        "date": f"{day.date:%A}, {day.date.day} {day.date:%B %Y}",
        "headline": summary.headline,
        "lead": summary.lead,
        "figures": summary.figures,
        "blocks": blocks,
        "nothing": "None." if summary.hosts_read else "Not known: no server could be read.",
        "later": _later(summary),
        "asides": _asides(summary),
        "unread": unread[:MOST],
        "unread_more": sum(len(one.hosts) for one in summary.unread[MOST:]),
        "coverage": _coverage(summary),
        "all_read": "Nothing: the server was read in full."
        if summary.hosts == 1
        else ("Nothing: every server was read in full."),
        "period": period(info.from_at, info.to_at, info.zone, info.time_zone),
        "attached": _attached(day, attachments),
        "without_pdf": without_pdf,
        "foot": ". ".join(filter(None, (info.organisation, info.foot))),
    }


def _coverage(summary: Summary) -> str:
    """Return how far the report looked: what is missing, or that nothing is."""
    if summary.hosts == 1:
        return not_read(summary) if summary.unread else "the server was read"
    part = summary.hosts_partial
    some = f", {part} of them in part" if part else ""
    return f"{summary.hosts_read} of {plural(summary.hosts, 'server')} read{some}"


def _block(name: str, findings: Sequence[Finding], today: date) -> dict[str, Any]:
    rows = [
        {"mark": MARKS[one.severity], "question": one.question, "subject": one.subject,
         "sentence": one.sentence, "standing": standing(one, today)}
        for one in findings[:MOST]
    ]  # fmt: skip
    return {"name": name, "count": len(findings), "rows": rows, "more": len(findings) - len(rows)}


def _later(summary: Summary) -> list[dict[str, Any]]:
    rows = [
        {"mark": "", "subject": one.host, "sentence": f"{when(one)}.", "since": ""}
        for one in summary.later
    ]
    return _aside("Will be full", rows, said="at the pace of the days before")


def _asides(summary: Summary) -> list[dict[str, Any]]:
    """Return what nobody needs to act on: planned, silenced, resolved; only what there is."""
    planned = [{"mark": MARKS["planned"], **known_of(one)} for one in summary.planned]
    silenced = [{"mark": MARKS[one.finding.severity], **known_of(one)} for one in summary.silenced]
    resolved = [{"mark": MARKS["good"], **gone(one)} for one in summary.resolved]
    return [
        *_aside("Planned", planned),
        *_aside("Silenced", silenced),
        *_aside("Resolved since yesterday", resolved, MOST),
    ]


def _aside(
    name: str, rows: Sequence[dict[str, str]], most: int = MOST_ASIDE, said: str = ""
) -> list[dict[str, Any]]:
    """Return a block with a line for each, or none where there is none."""
    if not rows:
        return []
    note = ", ".join(filter(None, (str(len(rows)), said)))
    return [{"name": name, "note": note, "rows": rows[:most], "more": max(0, len(rows) - most)}]


def _hosts(hosts: Sequence[str]) -> str:
    return listing(hosts, MOST_HOSTS)


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
