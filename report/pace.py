"""Pure: since when something grows at the pace at which it grows today."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

WEEK = 7  # so many days at least are a pace: in fewer, a weekend looks like one
OTHER = 6.0  # two paces are two when they are so many times farther apart than chance has it
LEAST = 1e-12  # a variance; a series that is a line to the byte has none


def last_pace(changes: Numbers) -> int:
    """Return the index of the first of the last changes that are of one pace.

    The changes are cut in two where Welch's t of both parts is largest, and the last part
    again, until nothing stands out (binary segmentation: Scott and Knott, Biometrics 30, 1974).
    """
    start = 0
    while len(changes) - start >= 2 * WEEK:
        left = changes[start:]
        early = np.arange(WEEK, len(left) - WEEK + 1)
        mean, variance = _moments(left, early)
        last_mean, last_variance = _moments(left[::-1], len(left) - early)
        apart = np.abs(mean - last_mean) / np.sqrt(variance + last_variance + LEAST)
        if apart.max() < OTHER:
            break
        start += int(early[apart.argmax()])
    return start


def _moments(values: Numbers, counts: NDArray[np.int64]) -> tuple[Numbers, Numbers]:
    """Return the mean of the first so many values, and that mean's variance."""
    centre = values.mean()
    sums, squares = np.cumsum(values - centre), np.cumsum((values - centre) ** 2)
    mean = sums[counts - 1] / counts
    variance = np.maximum(squares[counts - 1] / counts - mean**2, 0) / (counts - 1)
    return mean + centre, variance
