"""The forecast: where it gives no date, what it cuts off, and whether its range is honest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from report.forecast import Run, last_run, levels, student, until_full

WHOLE = 1000.0
Maker = Callable[[np.random.Generator, int], np.ndarray]


def run_of(used: np.ndarray, whole: np.ndarray | None = None) -> Run:
    days = np.arange(len(used))
    return last_run(days, used, np.full(len(used), WHOLE) if whole is None else whole)


def growing(days: int, by: float, start: float = 400.0, noise: float = 0.5) -> np.ndarray:
    dice = np.random.default_rng(3)
    return start + by * np.arange(days) + dice.normal(0, noise, days)


def test_a_steady_growth_is_full_when_it_says() -> None:
    found = until_full(run_of(growing(60, 5.0)), 95.0)
    assert found is not None
    assert found.earliest <= 19 <= found.latest
    assert abs(found.days - 19) <= 1
    assert abs(found.per_day - 5) < 0.1
    assert (found.since, found.points) == (0, 60)


@pytest.mark.parametrize(
    ("used", "room"),
    [
        (growing(9, 5.0), 50.0),  # too few days
        (growing(60, 0.0), 50.0),  # it does not grow
        (growing(60, -3.0), 50.0),  # it shrinks
        (growing(60, 0.01), 500.0),  # so slowly that nobody can know
        (growing(10, 1.0), 90.0),  # ten days say nothing of the next ninety
        (400 + np.random.default_rng(1).normal(0, 20, 60).cumsum() * 0.3, 300.0),
    ],
    ids=["few", "flat", "shrinks", "slow", "far", "anywhere"],
)
def test_no_date_that_the_past_does_not_carry(used: np.ndarray, room: float) -> None:
    assert until_full(run_of(used), room) is None


def test_full_already_has_no_date() -> None:
    assert until_full(run_of(growing(60, 5.0)), 0.0) is None


def test_a_clean_up_begins_a_new_run() -> None:
    used = growing(60, 5.0)
    used[40:] -= 180
    assert run_of(used).days[0] == 40


def test_a_jump_begins_a_new_run_and_a_single_day_does_not() -> None:
    used = growing(60, 2.0)
    used[45:] += 150
    assert run_of(used).days[0] == 45
    spike = growing(60, 2.0)
    spike[50] += 300
    run = run_of(spike)
    assert run.days[0] == 0
    assert run.used[50] < 520


def kinked(quiet: int, days: int, by: float) -> np.ndarray:
    """So many quiet days, then so many on which it grows."""
    paces = np.r_[np.zeros(quiet), np.full(days, by)]
    return 100 + (paces + np.random.default_rng(3).normal(0, 0.04 * by, len(paces))).cumsum()


@pytest.mark.parametrize("days", [12, 20, 37, 60])
def test_another_pace_begins_a_new_run(days: int) -> None:
    """What began to fill a month ago is full at that month's pace, not at the season's."""
    used = kinked(52, days, 5.0)
    run = run_of(used)
    assert abs(int(run.days[0]) - 51) <= 1
    found = until_full(run, 22.0)
    assert found is not None
    assert found.days == 4
    assert 4 <= found.earliest <= found.latest <= 5
    # Looked at in the evening, what is full 4.4 days on is full on the fifth day.
    later = until_full(run, 22.0, 0.75)
    assert later is not None and later.days == 5


def test_what_grows_no_longer_has_no_date() -> None:
    used = np.r_[growing(50, 5.0), np.full(15, 645.0)]
    assert until_full(run_of(used), 50.0) is None


def test_another_pace_of_a_few_days_is_not_believed_yet() -> None:
    assert until_full(run_of(kinked(60, 5, 5.0)), 22.0) is None


def test_a_gap_in_what_is_known_is_no_pace_of_its_own() -> None:
    used = growing(60, 5.0, noise=3.0)
    days = np.r_[np.arange(30), np.arange(45, 60)]
    assert last_run(days, used[days], np.full(45, WHOLE)).days[0] == 0


def test_an_extension_begins_a_new_run() -> None:
    whole = np.where(np.arange(60) < 30, WHOLE, 2 * WHOLE)
    assert run_of(growing(60, 2.0), whole).days[0] == 30


def test_steps_that_come_back_are_how_it_grows() -> None:
    used = 300 + 60.0 * (np.arange(63) // 7)
    run = run_of(used)
    assert run.days[0] == 0
    found = until_full(run, 130.0)
    assert found is not None
    assert found.earliest <= 14 <= found.latest  # the third step: in the nights 0, 7, 14 from now


def test_a_gap_is_spread_over_its_days() -> None:
    run = Run(np.array([0, 1, 2, 6]), np.array([10.0, 12.0, 14.0, 22.0]))
    assert list(run.changes) == [2.0] * 6


def test_quantiles_of_student() -> None:
    """Against the tables: 1.476, 1.372 and 1.303 with 5, 10 and 40 degrees of freedom."""
    for freedom, quantile in ((5, 1.4759), (10, 1.3722), (40, 1.3031)):
        assert student(freedom) == pytest.approx(quantile, abs=0.002)


def walk(dice: np.random.Generator, days: int) -> np.ndarray:
    return 400 + dice.normal(1.2, 3, days).cumsum()


def line(dice: np.random.Generator, days: int) -> np.ndarray:
    return 400 + 1.5 * np.arange(days) + dice.normal(0, 2, days)


def weekdays(dice: np.random.Generator, days: int) -> np.ndarray:
    working = np.arange(days) % 7 < 5
    return 400 + (np.where(working, 2.0, 0.1) + np.abs(dice.normal(0, 0.6, days))).cumsum()


def saw(dice: np.random.Generator, days: int) -> np.ndarray:
    return 400 + 0.5 * np.arange(days) + 6.0 * (np.arange(days) % 7) + dice.normal(0, 1, days)


def bursts(dice: np.random.Generator, days: int) -> np.ndarray:
    return 400 + dice.gamma(0.5, 3, days).cumsum()


@pytest.mark.parametrize("ahead", [7, 14, 30])
def test_eight_of_ten_come_true_within_the_range(ahead: int) -> None:
    """Simulated truth of five kinds and three lengths; over all of them 75 to 85 % hold."""
    dice, held = np.random.default_rng(11), []
    kinds: tuple[Maker, ...] = (walk, line, weekdays, saw, bursts)
    for make in kinds:
        for length in (30, 60, 90):
            for _ in range(60):
                truth = make(dice, length + ahead)
                low, _, high = levels(run_of(truth[:length]), ahead)[:, ahead - 1]
                held.append(low <= truth[-1] <= high)
    assert 0.75 <= np.mean(held) <= 0.85
