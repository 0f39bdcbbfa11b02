"""Pure: when a filesystem will be full, from the days before, with a range, or not at all.

The past is cut at its last level shift: what a clean-up, an extension or one great copy left
behind is a new beginning; so is a pace that is no longer the one before. The run since is read
as a level that drifts, with what stays of a day and what does not told apart, and with the
rhythm of the week where there is one. The range holds eight of ten; where the run is too short,
or the range too wide, no date is given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from report.pace import WEEK, last_pace

Numbers = NDArray[np.float64]

Z90 = 1.2815515655446004  # the 90 % quantile of the normal distribution
# How much of a day's deviation does not stay: from a random walk to a line with errors.
NOISES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 1.0)
LEAST = 1e-12  # a variance; a series that is a line to the byte has none
LEFT_BY_RHYTHM = 0.6  # a weekly rhythm is one when no more than this is left without it
FEWEST_DAYS = 10  # of a run, that carry a forecast
FARTHEST = 180  # days ahead
REACH = 4  # a run carries a date up to so many times its own length ahead
WIDEST = 5  # the late end of a range is at most so many times the early one, and a week
# A change is a shift of level when it is a good part of the whole and far from what is usual.
SHIFT_OF_WHOLE = 0.04
SHIFT_OF_USUAL = 8.0
RHYTHM = 3  # so many shifts the same way are no shifts: that is how it grows
MAD = 1.4826  # makes the median deviation of a normal distribution its standard deviation


@dataclass(frozen=True)
class Forecast:
    """Days from the last one to that on which it is full: likely, at the earliest, at the latest.

    per_day: growth a day, in the unit of what is used. since: the first day of the run, as an
    ordinal; points: how many days of it are known.
    """

    days: float
    earliest: float
    latest: float
    per_day: float
    since: int
    points: int


@dataclass(frozen=True)
class Run:
    """The days since the last level shift: their ordinals, and what was used on each."""

    days: NDArray[np.int64]
    used: Numbers

    @property
    def changes(self) -> Numbers:
        """The change of each day; one over a gap is spread over its days."""
        gaps = np.diff(self.days)
        return np.repeat(np.diff(self.used) / gaps, gaps)

    @property
    def carries(self) -> bool:
        """Whether there are enough days to say anything of those to come."""
        return len(self.days) >= FEWEST_DAYS and self.days[-1] - self.days[0] >= FEWEST_DAYS - 1


def until_full(run: Run, room: float, hour: float = 0.0) -> Forecast | None:
    """Return when `room` more will be used, None where the run does not carry a date.

    hour: at which part of its day the last day was looked at; 0.25 is six in the morning.
    """
    if not run.carries or room <= 0:
        return None
    length = int(run.days[-1] - run.days[0])
    low, middle, high = levels(run, min(FARTHEST, REACH * length)) - run.used[-1]
    early, likely, late = (_day_of(band, room, hour) for band in (high, middle, low))
    if late is None or early is None or likely is None or late > WIDEST * early + WEEK:
        return None
    growth = float((run.used[-1] - run.used[0]) / length)
    return Forecast(likely, early, late, growth, int(run.days[0]), len(run.days))


def levels(run: Run, ahead: int) -> Numbers:
    """Return what is used on each of the days to come.

    Shape: (3, ahead): the low end of the range, its middle, its high end. Raises ValueError
    for a run that carries no forecast.
    """
    if not run.carries:
        raise ValueError("too few days")
    rhythm = _weekdays(run.changes)
    changes = run.changes - rhythm[: len(run.changes)]
    steps = np.arange(1, ahead + 1)[:, None]
    fit = _fitted(changes)
    # What the last day was off by was judged with the same growth: both err together.
    spread = fit.scale * (fit.of_off + fit.noise + fit.walk * steps + fit.of_growth * steps**2)
    middles = fit.growth * steps - fit.off
    middle = middles @ fit.weight
    variance = spread @ fit.weight + (middles - middle[:, None]) ** 2 @ fit.weight
    middle += run.used[-1] + _to_come(rhythm, ahead)
    known = WEEK if rhythm.any() else 1  # what the same changes were also used to find out
    width = student(len(changes) - 1 - known) * np.sqrt(variance)
    return np.stack([middle - width, middle, middle + width])


@dataclass(frozen=True)
class _Fit:
    """What each of the NOISES makes of the same changes; all of shape (len(NOISES),).

    weight: how likely it is, in all 1. growth a day, off (what the last day is above its
    level), and in units of `scale` the variances of both, of what stays of a day (walk) and of
    what does not (noise).
    """

    weight: Numbers
    growth: Numbers
    off: Numbers
    scale: Numbers
    of_growth: Numbers
    of_off: Numbers
    walk: Numbers
    noise: Numbers


def _fitted(changes: Numbers) -> _Fit:
    """Fit a local level with a drift: used = level + noise, level's change = growth + walk.

    The covariance of the changes is walk + 2 noise at lag 0 and -noise at lag 1 (Harvey,
    Forecasting, Structural Time Series Models and the Kalman Filter, 1989, section 2.4); sines
    diagonalise it. Growth is generalised least squares, the weights are restricted likelihood.
    """
    count = len(changes)
    sines, waves = _sines(count)
    noise = np.array(NOISES)
    walk = 1 - noise
    values = walk[:, None] + noise[:, None] * waves  # (noises, count)
    ones, last = sines.sum(axis=0), sines[-1]
    data = changes @ sines
    of_growth = 1 / (ones**2 / values).sum(axis=1)
    growth = of_growth * (ones * data / values).sum(axis=1)
    left = data - growth[:, None] * ones
    squares = (left**2 / values).sum(axis=1)
    scale = np.maximum(squares / (count - 1), LEAST)
    off = noise * (last * left / values).sum(axis=1)
    of_off = np.maximum(noise - noise**2 * (last**2 / values).sum(axis=1), 0)
    likely = -0.5 * ((count - 1) * np.log(scale) + np.log(values).sum(axis=1) - np.log(of_growth))
    weight = np.exp(likely - likely.max())
    return _Fit(weight / weight.sum(), growth, off, scale, of_growth, of_off, walk, noise)


@lru_cache(maxsize=256)
def _sines(count: int) -> tuple[Numbers, Numbers]:
    """Return the eigenvectors of the covariance, (count, count), and noise's eigenvalues."""
    n = np.arange(1, count + 1)
    vectors = np.sqrt(2 / (count + 1)) * np.sin(np.pi * np.outer(n, n) / (count + 1))
    return vectors, 2 - 2 * np.cos(np.pi * n / (count + 1))


def _weekdays(changes: Numbers) -> Numbers:
    """Return what a day's change owes to its weekday, for each change and a week beyond them."""
    count = len(changes)
    owed = np.zeros(count + WEEK)
    if count < RHYTHM * WEEK:
        return owed
    day = np.arange(count + WEEK) % WEEK
    here = day[:count]
    means = np.bincount(here, changes, WEEK) / np.bincount(here, minlength=WEEK)
    left = changes - means[here]
    means -= means.mean()
    unexplained = (left @ left / (count - WEEK)) / max(changes.var(ddof=1), LEAST)
    return means[day] if unexplained < LEFT_BY_RHYTHM else owed


def _to_come(rhythm: Numbers, ahead: int) -> Numbers:
    """Return what the weekdays add up to on each of the days to come."""
    week = rhythm[-WEEK:]
    return np.cumsum(np.tile(week, -(-ahead // WEEK))[:ahead])


def student(freedom: int) -> float:
    """Return the 90 % quantile of Student's t.

    Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5), good to 0.002 from 5 on.
    """
    z = Z90
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return float(sum(term / freedom**power for power, term in enumerate(terms)))


def _day_of(band: Numbers, room: float, hour: float) -> float | None:
    """Return the day on which a band reaches the room, counted from the last; between two looks."""
    reached = band >= room
    if not reached.any():
        return None
    after = int(reached.argmax())
    before = float(band[after - 1]) if after else 0.0
    part = (room - before) / (float(band[after]) - before)
    return float(math.floor(after + min(max(part, 0.0), 1.0) + hour))


def last_run(days: NDArray[np.int64], used: Numbers, whole: Numbers) -> Run:
    """Return the days since the last level shift, or since the pace last changed.

    days: ordinals, ascending. used, whole: what is used and what there is, on each of them.
    """
    used = _without_spikes(used, whole)
    if len(used) < 3:
        return Run(days, used)
    change = np.diff(used) / np.diff(days)
    usual = np.median(change)
    spread = MAD * float(np.median(np.abs(change - usual)))
    off = np.diff(used) - usual * np.diff(days)
    least = np.maximum(SHIFT_OF_WHOLE * whole[1:], SHIFT_OF_USUAL * spread)
    shifts = [
        index for sign in (1, -1)
        if np.count_nonzero(sign * off > least / 2) < RHYTHM
        for index in np.flatnonzero(sign * off > least)
    ]  # fmt: skip
    extended = np.flatnonzero(np.abs(np.diff(whole)) > 0.001 * whole[1:])
    start = max([*shifts, *extended], default=-1) + 1
    start += last_pace(np.diff(used[start:]) / np.diff(days[start:]))
    return Run(days[start:], used[start:])


def _without_spikes(used: Numbers, whole: Numbers) -> Numbers:
    """Return the series without single days that stand far off both their neighbours."""
    if len(used) < 3:
        return used
    before, here, after = used[:-2], used[1:-1], used[2:]
    far = SHIFT_OF_WHOLE * whole[1:-1]
    up = (here - before > far) & (here - after > far)
    down = (before - here > far) & (after - here > far)
    smooth = used.copy()
    smooth[1:-1] = np.where(up | down, (before + after) / 2, here)
    return smooth
