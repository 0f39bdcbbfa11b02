"""How long days are kept, and what servers printed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from report.settings import Retention
from report.store import day_folders, days

MOST_DAYS_APART = 31


def prune(
    output: Path, today: date, retention: Retention, waits: Callable[[Path], bool]
) -> list[str]:
    """Remove what is older than it is kept for; return the names of the days removed.

    A day whose mail still waits to be delivered is kept; so are all when the last day before
    this one is more than a month away.
    """
    removed = []
    others = [day for day in days(output) if day != today]
    # A clock that is far ahead makes every day look old: nothing is removed on its word alone.
    trusted = not others or 0 <= (today - others[-1]).days <= MOST_DAYS_APART
    for folder in day_folders(output):
        age = (today - date.fromisoformat(folder.name)).days
        if folder.is_symlink():
            continue
        if age >= retention.days and trusted and not waits(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder.name)
        elif age >= retention.raw_days:
            shutil.rmtree(folder / "raw", ignore_errors=True)
    return removed
