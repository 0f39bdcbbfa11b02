"""What forecasts of the past came to.

Each past day is taken for today, and what followed is held against its range; beside it the
straight line through the last week, and "as on that day", whose errors show what it is worth. What
hardly ever moves is not judged: of it any forecast comes true.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from collectors.base import HOST, NUMBER, WHOLE, Column, Row
from report import history
from report.forecast import Numbers, Run, last_run, levels
from report.outlook import COLUMNS, KINDS, Past, past
from report.pace import WEEK

AHEAD = (7, 14, 30)
EVERY = 7  # days between the days that are taken for today
MOST = 400  # filesystems; of more a sample, the same every time
MOVES = 1e-4  # a filesystem is judged that moved by more than that part of itself in all
SCORE = (
    HOST,
    Column("days_ahead", WHOLE, "d", "how far ahead"),
    Column("forecasts", WHOLE, "", "how many were made and can be judged"),
    Column("held_percent", NUMBER, "%", "of them that came true within their range; 80 are meant"),
    Column("off_percent", NUMBER, "%", "median error of the range's middle, of what there is"),
    Column("line_off_percent", NUMBER, "%", "that of the straight line through the last week"),
    Column("same_off_percent", NUMBER, "%", "that of 'as on that day'"),
)


class Judged(NamedTuple):
    """One forecast and what came of it; errors in parts of the whole."""

    ahead: int
    held: bool
    off: float
    line_off: float
    same_off: float


def scores(output: Path, until: date, days: int, most: int = MOST) -> list[Row]:
    """Return a row for each of AHEAD, keys as SCORE without host; none where nothing was judged.

    most: so many filesystems at most, a sample that is the same every time.
    """
    frame = history.rows(output, "disks", COLUMNS, until, days)
    every = [one for what in KINDS for one in _all(past(frame, what), most)]
    rows = []
    for ahead in AHEAD:
        own = [one for one in every if one.ahead == ahead]
        if own:
            held, *off = np.array([one[1:] for one in own], dtype=float).T
            names = ("off_percent", "line_off_percent", "same_off_percent")
            errors = {
                name: round(100 * float(np.median(one)), 4)
                for name, one in zip(names, off, strict=True)
            }
            share = round(100 * float(held.mean()), 1)
            rows.append(Row(days_ahead=ahead, forecasts=len(own), held_percent=share, **errors))
    return rows


def _all(known: Past, most: int) -> Iterator[Judged]:
    moving = _moving(known)
    for index in moving[:: max(1, -(-len(moving) // most))]:
        there = ~np.isnan(known.used[index])
        yield from judged(known.days[there], known.used[index][there], known.whole[index][there])


def _moving(known: Past) -> NDArray[np.int64]:
    """Return which filesystems moved so much that there was something to foretell."""
    used, whole = known.used, known.whole
    if not used.size:
        return np.array([], dtype=np.int64)
    moved = np.fmax.reduce(used, axis=1) - np.fmin.reduce(used, axis=1)
    return np.flatnonzero(moved > MOVES * np.fmax.reduce(whole, axis=1))


def judged(days: NDArray[np.int64], used: Numbers, whole: Numbers) -> Iterator[Judged]:
    """Yield the forecasts of one filesystem on its past days, with what came of them.

    days: ordinals, ascending; used, whole: what was used and what there was, on each of them.
    """

    @cache
    def run_to(last: int) -> Run:
        return last_run(days[: last + 1], used[: last + 1], whole[: last + 1])

    for last in range(len(days) - 1, 0, -EVERY):
        run = run_to(last)
        if not run.carries:
            continue
        low, middle, high = levels(run, max(AHEAD))
        for ahead in AHEAD:
            then = int(np.searchsorted(days, days[last] + ahead))
            if then >= len(days) or days[then] != days[last] + ahead:
                continue
            # What was cleaned up, extended or copied there meanwhile, nobody can foresee.
            if run_to(then).days[0] > run.days[0]:
                continue
            truth, size = used[then], whole[then] or 1.0
            line = used[last] + _slope(run) * ahead
            yield Judged(
                ahead, bool(low[ahead - 1] <= truth <= high[ahead - 1]),
                float(abs(middle[ahead - 1] - truth) / size), float(abs(line - truth) / size),
                float(abs(used[last] - truth) / size),
            )  # fmt: skip


def _slope(run: Run) -> float:
    first = max(0, len(run.days) - WEEK - 1)
    return float((run.used[-1] - run.used[first]) / max(1, run.days[-1] - run.days[first]))
