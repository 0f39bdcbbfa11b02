"""Times and rhythms as systemctl shows them; a part of `timers`.

After systemd's bus-print-properties.c, time-util.c and calendarspec.c: a stamp
(`Wed 2026-11-25 02:30:04 UTC`), a span (`1d 3h 24min 49.316958s`), or a word for unset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from collectors.errors import ParseError

Unit = Mapping[str, Sequence[str]]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STAMP = re.compile(r"[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d{1,6})? UTC")
SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(y|month|w|d|h|min|s|ms|us)")
SECONDS_OF = {
    "y": 31_557_600, "month": 2_629_800, "w": 604_800, "d": 86_400,
    "h": 3600, "min": 60, "s": 1, "ms": 1e-3, "us": 1e-6,
}  # fmt: skip
UNSET = ("", "0", "n/a", "infinity", "[not set]", "(null)")
CALENDAR = re.compile(r"\{ OnCalendar=(.*?) ; next_elapse=.* \}")
MONOTONIC = re.compile(r"\{ (On\w+)USec=(.*?) ; next_elapse=.* \}")
EXPRESSION = re.compile(r"(?:([A-Z][A-Za-z,.]*) )?(\S+)-(\S+)[-~](\S+) (\S+):(\S+):\S+(?: .*)?")


def moment(text: str, since: datetime = EPOCH) -> datetime | None:
    """Return a moment: a stamp, or a span since 1970 or the machine's start. None if unset."""
    if text in UNSET:
        return None
    try:
        if stamp := STAMP.fullmatch(text):
            return datetime.fromisoformat(stamp[1]).replace(tzinfo=UTC)
        return (since + span(text)).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise ParseError("not a moment as systemctl shows it", text) from None


def span(text: str) -> timedelta:
    """Return a span; none for what is unset. Raises ParseError for another form."""
    if text in UNSET:
        return timedelta()
    parts = text.split(" ")
    hits = [hit for part in parts if (hit := SPAN.fullmatch(part))]
    if len(hits) != len(parts) or len(parts) > len(SECONDS_OF):
        raise ParseError("not a span as systemctl shows it", text)
    return timedelta(seconds=sum(float(hit[1]) * SECONDS_OF[hit[2]] for hit in hits))


def schedule(timer: Unit) -> Iterator[str]:
    """Yield the rules of a timer, as they are normalised."""
    for text in timer.get("TimersCalendar", ()):
        if hit := CALENDAR.fullmatch(text):
            yield hit[1]
    for text in timer.get("TimersMonotonic", ()):
        if hit := MONOTONIC.fullmatch(text):
            yield f"{hit[1]}Sec={hit[2]}"


def rhythm(timer: Unit) -> timedelta | None:
    """Return the longest time between two runs: the shortest that any of its rules allows."""
    gaps = [_gap(hit[1]) for text in timer.get("TimersCalendar", ())
            if (hit := CALENDAR.fullmatch(text))]  # fmt: skip
    gaps += [span(hit[2]) for text in timer.get("TimersMonotonic", ())
             if (hit := MONOTONIC.fullmatch(text)) and hit[1].startswith("OnUnit")]  # fmt: skip
    return min((gap for gap in gaps if gap), default=None)


def _gap(calendar: str) -> timedelta | None:
    """Return an upper bound of the gaps in a normalised OnCalendar; None if it may be endless."""
    hit = EXPRESSION.fullmatch(calendar)
    if not hit or "*" not in hit[2]:
        return None
    weekday, _, month, day, hour, _ = hit.groups()
    if month != "*" or (weekday and day != "*"):
        return timedelta(days=366)
    if day != "*":
        return timedelta(days=31)
    if weekday:
        return timedelta(days=7)
    return timedelta(hours=1) if hour == "*" else timedelta(days=1)
