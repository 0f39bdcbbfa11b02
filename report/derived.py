"""What is made of a day and of those before it, saved beside its snapshot for the days to come.

output/2026-11-23/derived/   forecasts.parquet: which filesystems will be full, and when
                             findings.parquet: a row a finding and host; see `trail.COLUMNS`

All of it can be made again of the snapshots; what is missing is made when it is needed.
"""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

from collectors.base import HOST, NUMBER, TEXT, WHOLE, Column, Row, frame
from report import history, trail
from report.outlook import outlooks
from report.store import Day

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)

FOLDER = "derived"
FORECASTS = (
    HOST,
    Column("mount", TEXT, "", "where it is mounted"),
    Column("what", TEXT, "", "what runs out: bytes or inodes"),
    Column("full_in_days", NUMBER, "d", "in the middle of the range"),
    Column("earliest_days", NUMBER, "d", "its early end; one of ten is full sooner"),
    Column("latest_days", NUMBER, "d", "its late end; one of ten is full later"),
    Column("growth_per_day", NUMBER, "B or 1", "bytes or inodes a day, since the run began"),
    Column("since", TEXT, "", "the first day of the run without a shift that it is read from"),
    Column("known_days", WHOLE, "d", "how many days of it are known"),
)
FINDINGS = (
    HOST,
    Column("kind", TEXT, "", "what it is about, a word that stays"),
    Column("object", TEXT, "", "which one of the host: a mount, a unit, a user"),
    Column("severity", TEXT, "", "critical or warning"),
    Column("value", NUMBER, "", "what was measured, where there is a bound for it"),
    Column("question", TEXT, "", "what it answers on page 1"),
    Column("sentence", TEXT, "", "what a person would say"),
    Column("collector", TEXT, "", "whose rows it is made of"),
)


def forecasts(day: Day) -> pd.DataFrame:
    """Return when filesystems will be full. Columns: FORECASTS."""
    if "disks" not in day.frames:
        return frame(FORECASTS, [])
    return frame(FORECASTS, [
        Row(
            host=host, mount=mount, what=what, full_in_days=one.days, earliest_days=one.earliest,
            latest_days=one.latest, growth_per_day=one.per_day,
            since=date.fromordinal(one.since).isoformat(), known_days=one.points,
        )
        for host, mount, what, one in outlooks(day)
    ])  # fmt: skip


def before(day: Day) -> pd.DataFrame:
    """Return the findings of the days before. Columns: day (its ordinal), then FINDINGS."""
    until = day.date - timedelta(days=1)
    return history.rows(day.folder.parent, "findings", trail.COLUMNS, until, trail.DAYS, FOLDER)


def save(day: Day) -> None:
    """Write what is derived of a day beside it. A failure is no loss: it can be made again."""
    from report.findings import summarise
    from report.reading import view

    whole = view(day)
    found = trail.rows(summarise(whole).findings)
    new, old = day.folder / f"{FOLDER}.new", day.folder / FOLDER
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        whole.frames["forecasts"].to_parquet(new / "forecasts.parquet", index=False)
        frame(FINDINGS, found).to_parquet(new / "findings.parquet", index=False)
        shutil.rmtree(old, ignore_errors=True)
        new.rename(old)
    except OSError as error:
        log.warning("what is derived of %s could not be saved: %s", day.date, error)


def saved(day: Day) -> pd.DataFrame | None:
    """Return the forecasts saved beside a day; None where there are none."""
    import pandas as pd

    with suppress(OSError, ValueError):
        return pd.read_parquet(day.folder / FOLDER / "forecasts.parquet")
    return None
