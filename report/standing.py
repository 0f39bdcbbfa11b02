"""How a finding stands to the days before, in words that need no picture."""

from __future__ import annotations

from datetime import date, timedelta

from report.contract import Finding, Silenced
from report.words import day_month, number

A_YEAR = timedelta(days=300)


def standing(one: Finding, today: date) -> str:
    """Return "new", "since 20 Nov", "worse since yesterday"; "" without days to compare with."""
    if one.state == "new" or one.since is None:
        return one.state
    days = (today - one.since).days
    since = "yesterday" if days == 1 else day_month(one.since, with_year=days > 300)
    return f"since {since}" if one.state == "ongoing" else f"{one.state} since {since}"


def in_short(one: Finding, today: date, past: bool) -> str:
    """Return the same for a narrow column; without a past the limit that it met.

    What goes on is said by its date, also of yesterday: they line up.
    """
    if not past:
        return f"limit {_bound(one)}" if one.bound is not None else ""
    if one.state == "ongoing" and one.since:
        return f"since {day_month(one.since, with_year=one.since < today - A_YEAR)}"
    return one.state if one.state == "flapping" else standing(one, today)


def _bound(one: Finding) -> str:
    return f"{one.bound:g} %" if one.section == "disks" else number(one.bound)


def known_of(one: Finding | Silenced) -> dict[str, str]:
    """Return what is planned or silenced: subject, sentence, and who says so, until when."""
    if isinstance(one, Finding):
        return {"subject": one.subject, "sentence": one.sentence, "since": ""}
    until = day_month(one.until, with_year=True)
    return {
        "subject": one.finding.subject,
        "sentence": one.finding.sentence,
        "since": f"{one.author}, until {until}: {one.reason}",
    }
