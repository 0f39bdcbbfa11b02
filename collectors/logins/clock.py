"""From a time as a server wrote it to UTC: the year that is missing, zone, repeated hour.

A stamp without a year is dated backwards from the file's modification time: the last line
cannot be younger than the file, and no line much younger than the one after it; where that
would make the file older than any log, its lines are in no order, and each is dated by
itself. The 29th of February takes the nearest earlier leap year.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from collectors.logins.stamps import Stamp, aware

# A clock that was set back makes lines run backwards by hours or days, a new year by months.
BACKWARDS = timedelta(days=7)
AFTER_MTIME = timedelta(days=1)
QUARTER = timedelta(minutes=15)
MOST_YEARS = 10

# Stands among a file's stamps where the server saw the months begin anew.
NEW_YEAR = Stamp(0, 0, 0, "")

_POSIX = re.compile(r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)[+-]?\d\S*")

Moment = tuple[datetime, bool]


def zone(name: str, offset: str) -> tzinfo:
    """Return the server's zone: by its name where it is known, else the fixed offset.

    Raises ValueError where both are useless.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        pass
    if _POSIX.fullmatch(name):
        try:
            return _posix(name)
        except ValueError:
            pass
    if len(offset) == 5 and offset[0] in "+-" and offset[1:].isdecimal():
        ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:]))
        return timezone(-ahead if offset[0] == "-" else ahead)
    raise ValueError(f"neither a time zone nor an offset: {name!r} {offset!r}")


def _posix(rule: str) -> tzinfo:
    """Return the zone that a POSIX TZ rule describes: CET-1CEST,M3.5.0,M10.5.0/3.

    A zone file (RFC 8536) may end in such a rule, and zoneinfo reads those.
    """
    head = struct.pack(">4s1s15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">lBB", 0, 0, 0) + b"UTC\0"
    return ZoneInfo.from_file(io.BytesIO((head + body) * 2 + f"\n{rule}\n".encode()))


class Clock:
    """Turns the stamps of one server into UTC."""

    def __init__(self, where: tzinfo) -> None:
        self._zone = where
        self._quarters: dict[datetime, tuple[timedelta, timedelta]] = {}
        self._last: datetime | None = None
        self._second_pass = False

    def begin(self) -> None:
        """Begin a file: what the last one said of the repeated hour does not matter here."""
        self._last, self._second_pass = None, False

    def years(self, stamps: Sequence[Stamp | None], mtime: float) -> list[int]:
        """Return the year of each stamp of one file that was last written to at `mtime`."""
        try:
            written = datetime.fromtimestamp(mtime, self._zone).replace(tzinfo=None)
        except (ValueError, OverflowError, OSError) as error:
            raise ValueError(f"a file of no time at all: {mtime}") from error
        return _years(stamps, written)

    def utc(self, stamp: Stamp, year: int) -> Moment | None:
        """Return a stamp's time in UTC and whether it is ambiguous, None for no such day."""
        if stamp.zone is not None:
            known = aware(stamp, year, stamp.zone)
            try:
                return None if known is None else (known.astimezone(UTC), False)
            except OverflowError:  # the last hours of the year 9999
                return None
        local = aware(stamp, year)
        if local is None:
            return None
        first, second = self._offsets(local)
        if first == second:
            self._last = local
            return (local - first).replace(tzinfo=UTC), False
        return self._repeated(local, first, second)

    def _repeated(self, local: datetime, first: timedelta, second: timedelta) -> Moment:
        """In the repeated hour, a clock that jumps back has begun its second pass."""
        last = self._last
        if last is None or local - last > first - second or last - local > first:
            self._second_pass = False
        if last is not None and QUARTER <= last - local <= first - second:
            self._second_pass = True
        self._last = local
        return (local - (second if self._second_pass else first)).replace(tzinfo=UTC), True

    def _offsets(self, local: datetime) -> tuple[timedelta, timedelta]:
        """Return the offsets from UTC before and after a change that repeats this time."""
        quarter = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
        found = self._quarters.get(quarter)
        if found is None:
            first, second = (
                quarter.replace(tzinfo=self._zone, fold=fold).utcoffset() or timedelta(0)
                for fold in (0, 1)
            )
            # An hour that is left out has two offsets too, but is not ambiguous.
            found = (first, second) if first > second else (first, first)
            self._quarters[quarter] = found
        return found


def _years(stamps: Sequence[Stamp | None], written: datetime) -> list[int]:
    years = [written.year] * len(stamps)
    year, latest = written.year, written + AFTER_MTIME
    bound = latest
    seen: tuple[int, int] | None = None
    for index in range(len(stamps) - 1, -1, -1):
        stamp = stamps[index]
        if stamp is None:
            continue
        if stamp is NEW_YEAR:
            bound, seen = datetime(year - 1, 12, 31, 23, 59, 59), None  # noqa: DTZ001
            continue
        if stamp.year is not None:
            years[index] = stamp.year
            continue
        if seen != (stamp.month, stamp.day):
            dated = _latest(stamp, year + 1, bound)
            seen = (stamp.month, stamp.day)
            if dated is not None:
                year, bound = dated.year, min(dated + BACKWARDS, latest)
        years[index] = year
    if year < written.year - MOST_YEARS:
        return [_alone(stamp, written) for stamp in stamps]
    return years


def _alone(stamp: Stamp | None, written: datetime) -> int:
    if stamp is not None and stamp.year is not None:
        return stamp.year
    dated = stamp and _latest(stamp, written.year + 1, written + AFTER_MTIME)
    return dated.year if dated else written.year


def _latest(stamp: Stamp, year: int, bound: datetime) -> datetime | None:
    """Return the latest such day that is not after the bound."""
    for candidate in range(year, year - 10, -1):  # no leap year for eight, around 2100
        dated = aware(stamp, candidate)
        if dated is not None and dated <= bound:
            return dated
    return None
