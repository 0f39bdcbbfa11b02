"""The command that asks the past: were the forecasts right, and what would other limits say?"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

from collectors.base import Row
from collectors.errors import Fault, SettingsError
from report import store
from report.console import Console
from report.live import printed
from report.raised import KINDS, RAISED, name_of, raised
from report.scoring import SCORE, scores
from report.settings import Settings


def backtest(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Print the forecast's score, or with --raised what the thresholds would have raised."""
    there = store.days(settings.output)
    if options.days < 1:
        raise SettingsError(Fault("--days", "", f"{options.days} is no number of days"))
    if not there:
        right = "run `infra-report daily`, or `infra-report demo`"
        raise SettingsError(Fault(str(settings.output), "", "no day has been collected yet", right))
    if options.raised:
        first = there[-1] - timedelta(days=options.days - 1)
        rows = list(raised(settings, [day for day in there if day >= first], console.warn))
        names = [column.name for column in RAISED]
        if options.format == "table":
            rows, names = _in_short(rows)
    else:
        names = [column.name for column in SCORE[1:]]
        rows = scores(settings.output, there[-1], options.days)
        if not rows:
            sys.stderr.write(f"{len(there)} days carry no forecast that can be judged yet\n")
    printed(names, rows, options.format)
    return 0


def _in_short(rows: list[Row]) -> tuple[list[Row], list[str]]:
    """Return a cell a kind, "2+5" for two critical and five warnings; and the heads.

    Behind it stands what was told then, where that differs. Kinds that no day has are left out.
    """
    heads = {"all": "", **{kind: kind for kind in KINDS}}
    every = {head: [_cell(row, kind) for row in rows] for head, kind in heads.items()}
    shown = {head: cells for head, cells in every.items() if head == "all" or {*cells} - {"0+0"}}
    each = zip(*shown.values(), strict=True)
    made = [
        Row(day=row["day"], **dict(zip(shown, cells, strict=True)))
        for row, cells in zip(rows, each, strict=True)
    ]
    return made, ["day", *shown]


def _cell(row: Row, kind: str) -> str:
    now, then = (
        [row[name_of(kind, severity, suffix)] for severity in ("critical", "warning")]
        for suffix in ("", "_then")
    )
    said = "+".join(map(str, now))
    if now == then:
        return said
    return f"{said} (told {'+'.join(map(str, then))})" if None not in then else f"{said} (told ?)"
