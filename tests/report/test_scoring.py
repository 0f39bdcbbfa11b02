"""What forecasts of the past came to: of what moves alone, and in words that tell."""

from __future__ import annotations

import numpy as np
import pytest

from report.outlook import Past
from report.scoring import _all
from report.sections.made import _off, _trust

DAYS = np.arange(60)


def known(*used: np.ndarray) -> Past:
    whole = np.full((len(used), 60), 1000.0)
    return Past([("db1", f"/{n}") for n in range(len(used))], DAYS, np.stack(used), whole)


def test_what_hardly_moves_is_not_judged() -> None:
    still = np.full(60, 400.0)
    almost, unread = still + 0.05 * (DAYS % 2), np.full(60, np.nan)
    grows = 400 + 1.5 * DAYS + np.random.default_rng(3).normal(0, 2, 60)
    assert not list(_all(known(still, almost, unread), 9))
    alone = list(_all(known(grows), 9))
    assert alone and list(_all(known(still, almost, grows, unread), 1)) == alone
    assert not list(_all(Past([], DAYS, np.empty((0, 0)), np.empty((0, 0))), 9))


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ([79.0, 84.9], "As many came true within their range as are meant to: about 80 %"),
        ([83.2, 93.9], "83 to 94 % came true within their range, 80 % are meant to: "
                       "the ranges are wider than need be"),
        ([61.0], "61 % came true within their range, 80 % are meant to: "
                 "the ranges are too narrow, do not lean on them"),
        ([61.0, 90.0], "61 to 90 % came true within their range, 80 % are meant to: "
                       "the ranges are uneven"),
    ],
)  # fmt: skip
def test_whether_the_ranges_are_right_is_said(held: list[float], said: str) -> None:
    assert _trust(held) == said


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "0.00"), (0.0049, "under 0.01"), (0.31, "0.31"), (None, "–")]
)
def test_a_small_error_is_not_none(share: float | None, shown: str) -> None:
    assert _off(share) == shown
