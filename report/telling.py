"""What a run tells a person in the terminal, in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from report.console import Console
from report.contract import Summary
from report.settings import Settings
from report.store import Day
from report.words import shortened

MOST_LINES = 8
LONGEST_CAUSE = 160
MARKS = {"critical": "■", "warning": "△"}


def tell(
    settings: Settings,
    day: Day,
    summary: Summary,
    made: Sequence[Path],
    console: Console,
) -> None:
    """Say in a few lines what was found, what could not be read, what was made, what is next."""
    say = console.say
    say(f"{day.info.title} of {day.date}: {summary.headline}")
    say(summary.lead)
    for one in summary.findings[:MOST_LINES]:
        say(f"  {MARKS[one.severity]} {one.subject}: {one.sentence}")
    if len(summary.findings) > MOST_LINES:
        say(f"  and {len(summary.findings) - MOST_LINES} more in the report")
    for gap in summary.unread[:MOST_LINES]:
        hosts = ", ".join(gap.hosts[:5]) + (" …" if len(gap.hosts) > 5 else "")
        cause = shortened(gap.cause or gap.outcome, LONGEST_CAUSE)
        say(f"  – {hosts}: {gap.what} not read: {cause}")
    if made:
        say(f"Made in {shown(made[0].parent)}: {', '.join(path.name for path in made)}")
    if settings.mail.smtp is None:
        where = shown(settings.params)
        say(
            f"Next: name your servers in {where}/fleet.yaml and a mail server in {where}/mail.yaml."
        )


def shown(path: Path) -> str:
    """Return a path as short as it can be typed from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
