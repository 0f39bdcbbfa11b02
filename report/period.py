"""The date of a report, and the span of time it speaks of."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

SHORTEST = timedelta(hours=12)
LONGEST = timedelta(hours=48)
USUAL = timedelta(hours=24)


def period(now: datetime, last_end: datetime | None) -> tuple[datetime, datetime]:
    """Return the period of the report made now: it follows on the last one where that is near."""
    if last_end is not None and SHORTEST <= now - last_end <= LONGEST:
        return last_end, now
    return now - USUAL, now


def past_period(
    day: date, zone: tzinfo, last_end: datetime | None, next_begin: datetime | None
) -> tuple[datetime, datetime]:
    """Return the period for a past day that was never collected: between its neighbours.

    Without neighbours, the 24 hours until the day's local midnight.
    """
    midnight = datetime.combine(day, time(), zone)
    if next_begin is not None and next_begin - midnight <= LONGEST:
        return period(next_begin, last_end)
    if last_end is not None and timedelta(0) <= midnight + USUAL - last_end <= LONGEST:
        return last_end, last_end + USUAL
    return midnight - USUAL, midnight
