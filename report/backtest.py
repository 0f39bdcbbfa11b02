"""The command that asks the past: were the forecasts right, and what would other limits say?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from collectors.base import TEXT, WHOLE, Column, Row
from collectors.errors import Fault, SettingsError
from report import history, store
from report.live import printed
from report.scoring import SCORE, scores
from report.settings import Settings
from report.thresholds import DiskLimit

GIB = 1 << 30
RAISED = (
    Column("day", TEXT, "", "the day"),
    Column("filesystems", WHOLE, "", "how many were known"),
    Column("by_warning", WHOLE, "", "at or above thresholds.disks.warning"),
    Column("by_critical", WHOLE, "", "at or above thresholds.disks.critical"),
)


def backtest(settings: Settings, options: argparse.Namespace) -> int:
    """Print the forecast's score, or with --raised what the thresholds would have raised."""
    there = store.days(settings.output)
    if not there:
        right = "run `infra-report daily`, or `infra-report demo`"
        raise SettingsError(Fault(str(settings.output), "", "no day has been collected yet", right))
    if options.raised:
        limit = settings.daily.thresholds.disks
        rows = list(raised(settings.output, there, limit))
        columns: Sequence[Column] = RAISED
    else:
        rows, columns = scores(settings.output, there[-1], options.days), SCORE[1:]
        if not rows:
            sys.stderr.write(f"{len(there)} days carry no forecast that can be judged yet\n")
    printed([column.name for column in columns], rows, options.format)
    return 0


def raised(output: Path, there: Sequence[date], limit: DiskLimit) -> Iterator[Row]:
    """Yield what these limits would have raised on each day: rows of RAISED."""
    span = (there[-1] - there[0]).days + 1
    names = ("host", "mount", "used_percent", "available_bytes")
    frame = history.rows(output, "disks", names, there[-1], span)
    known = frame[frame["used_percent"].notna()]
    for day in sorted({int(day) for day in known["day"]}):
        here = known[known["day"] == day]
        free = here["available_bytes"].fillna(0)
        low = free < (limit.free_gib or float("inf")) * GIB
        used = here["used_percent"].to_numpy(float)
        yield Row(
            day=date.fromordinal(day).isoformat(), filesystems=len(used),
            by_warning=int((low & (used >= limit.warning)).sum()),
            by_critical=int((low & (used >= limit.critical)).sum()),
        )  # fmt: skip
