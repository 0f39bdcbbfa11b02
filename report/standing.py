"""How a finding stands to the days before, in words that need no picture."""

from __future__ import annotations

from datetime import date

from report.contract import Finding, Resolved, Silenced
from report.words import day_month


def standing(one: Finding, today: date) -> str:
    """Return "new", "since 20 Nov", "worse since yesterday"; "" without days to compare with."""
    if one.state == "new" or one.since is None:
        return one.state
    days = (today - one.since).days
    since = "yesterday" if days == 1 else day_month(one.since, with_year=days > 300)
    return f"since {since}" if one.state == "ongoing" else f"{one.state} since {since}"


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


def gone(one: Resolved) -> dict[str, str]:
    """Return what was a finding on the day before: subject, sentence, and how long it stood."""
    since = f"had stood since {day_month(one.since)}"
    return {"subject": one.subject, "sentence": one.sentence, "since": since}
