"""Which span of time a report speaks of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from report.period import past_period, period

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("hours_back", "begins_hours_back"),
    [(None, 24), (0, 24), (11.9, 24), (12, 12), (23.5, 23.5), (30, 30), (48, 48), (48.1, 24)],
)
def test_it_follows_on_the_last_report(hours_back: float | None, begins_hours_back: float) -> None:
    last = None if hours_back is None else NOW - timedelta(hours=hours_back)
    assert period(NOW, last) == (NOW - timedelta(hours=begins_hours_back), NOW)


def test_a_past_day_lies_between_its_neighbours() -> None:
    day = date(2026, 11, 20)
    before, after = datetime(2026, 11, 19, 5, tzinfo=UTC), datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert past_period(day, UTC, before, after) == (before, after)
    assert past_period(day, UTC, None, after) == (after - DAY, after)
    assert past_period(day, UTC, before, None) == (before, before + DAY)
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    assert past_period(day, UTC, None, None) == (midnight - DAY, midnight)
