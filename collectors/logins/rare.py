"""Times that few writers put at a line's head, written anew as `stamps` reads them.

    24 Nov 2026 10:11:12 …   24-Nov-2026 …   24/Nov/2026:10:11:12 +0100   24 Nov 10:11:12
    2026-Nov-24 10:11:12 …   Nov-24-2026 …   November 24, 2026 10:11:12 AM …
    [Nov 24 10:11:12] …      *Nov 24 10:11:12.123: …     (2026-11-24 10:11:12) …
    2026.11.24 10:11:12 …    2026-11-24_10:11:12 …   20261124T101112Z …   20261124 10:11:12
    1795515072123 …   [1795515072] …   @4000000069244c0a1d3b5e44 …      multilog, svlogd
    24.11.2026 10:11:12 …    11/24/2026 10:11:12 AM …    only where the file says which is which

A date in figures alone is never guessed: `Order` looks through the file for what settles it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from collectors.logins.stamps import NAMES, ZONE, month_of

_NAME = r"(?P<name>[^\W\d_]{3,9}\.?)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_CLOCK = (
    r"(?P<clock>\d{1,2}:\d\d:\d\d)(?P<fraction>[.,]\d{1,9})?(?: ?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
    rf"(?: ?(?P<zone>(?:{ZONE})(?![\w-])|[+-]\d\d(?::?\d\d)?(?!\d)))?"
    r"(?: (?P<late>(?:19|20)\d\d)(?=[^\d:]))?"
)
# What may stand before the date, and after the time.
_BEGIN = r"(?:<\d{1,3}>)?[ *.]*(?P<box>[\[(\"'])?(?:[^\W\d_]{2,9}[.,]{,2} +)?"
_END = r"(?(box)[\])\"']):?(?:[ \t]+|$)"


def _form(date: str, between: str = r"(?:,? +(?:at )?|T)") -> re.Pattern[str]:
    return re.compile(_BEGIN + date + between + _CLOCK + _END)


_NAMED = (
    _form(rf"{_DAY}[ /.-]{{1,2}}{_NAME}(?:,?[ /.-]{_YEAR})?", r"(?:,? +(?:at )?|[T:])"),
    _form(rf"{_YEAR}[ /.-]{_NAME}[ /.-]{{1,2}}{_DAY}", r"(?:,? +|[T:])"),
    _form(rf"{_NAME}[ -]{{1,2}}{_DAY}(?:,?[ -]{_YEAR})?"),
)
_FIGURES = _form(r"(?P<year>20\d\d)[/.-]?(?P<month>\d\d)[/.-]?(?P<day>\d\d)", r"[T _:,-] ?")
_COMPACT = re.compile(
    _BEGIN + r"(?P<date>20\d{6})T?(?P<hms>\d{6})(?P<fraction>[.,]\d{1,9})?(?P<zone>Z|[+-]\d{4})?"
    rf"{_END}"
)
_SINCE = re.compile(
    r"(?:<\d{1,3}>)?(?P<box>[\[(\"'])?(?P<seconds>\d{9,10})(?:\.?(?P<fraction>\d{3,9}))?" + _END
)
_TAI = re.compile(r"@(?P<seconds>[0-9a-f]{16})(?P<nano>[0-9a-f]{8})(?:[0-9a-f]{8})? +")
# TAI64 counts from 2**62 at 1970, and is written without leap seconds, ten ahead of UTC.
_TAI_BEGIN = 2**62 + 10
LAST_SECOND = 10**10

_EITHER = _form(
    r"(?P<first>\d{1,2})(?P<sign>[/.-])(?P<second>\d{1,2})(?P=sign)(?P<year>20\d\d|\d\d)",
    r"(?:,? +|[T:-]|\t)",
)

DAY_FIRST, MONTH_FIRST, NOT_KNOWN = "day", "month", ""


class Order:
    """Whether the day or the month comes first in the dates of one file: looked up once."""

    def __init__(self, lines: Iterable[str], written: float) -> None:
        self._lines, self._written = lines, written
        self._known: str | None = None

    def __str__(self) -> str:
        """Return which comes first, NOT_KNOWN where the file does not tell."""
        if self._known is None:
            self._known = self._look()
        return self._known

    def _look(self) -> str:
        """Both are possible until a line rules one of them out: no 13th month, none to come."""
        possible = {DAY_FIRST, MONTH_FIRST}
        latest = _day_after(self._written)
        for line in self._lines:
            if (found := _EITHER.match(line)) is None:
                continue
            first, second = int(found["first"]), int(found["second"])
            possible -= {
                order
                for order, month, day in ((DAY_FIRST, second, first), (MONTH_FIRST, first, second))
                if not _can_be(_century(found["year"]), month, day, latest)
            }
        return possible.pop() if len(possible) == 1 else NOT_KNOWN


def _day_after(written: float) -> datetime:
    try:
        return datetime.fromtimestamp(written or 0, UTC).replace(tzinfo=None) + timedelta(days=1)
    except (ValueError, OverflowError, OSError):  # no time at all, which the clock will say
        return datetime.min  # noqa: DTZ901


def _can_be(year: int, month: int, day: int, latest: datetime) -> bool:
    try:
        return datetime(year, month, day) <= latest  # noqa: DTZ001
    except ValueError:
        return False


def _century(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def rewrite(line: str, order: Order | None = None) -> str | None:
    """Return the line with a common time in front, None if it has one, or none at all."""
    changed = _rewritten(line, order)
    return None if changed == line else changed


def _rewritten(line: str, order: Order | None) -> str | None:
    for pattern in _NAMED:
        if (found := pattern.match(line)) is not None:
            return _named(line, found)
    if (found := _FIGURES.match(line)) is not None:
        return _written(line, found, found["year"], int(found["month"]), int(found["day"]))
    if (found := _EITHER.match(line)) is not None:
        return _either(line, found, order)
    return _compact(line)


def _compact(line: str) -> str | None:
    if (found := _COMPACT.match(line)) is not None:
        date, hms = found["date"], found["hms"]
        clock = f"{hms[:2]}:{hms[2:4]}:{hms[4:]}{found['fraction'] or ''}{found['zone'] or ''}"
        return f"{date[:4]}-{date[4:6]}-{date[6:]} {clock} {line[found.end() :]}"
    if (found := _SINCE.match(line)) is not None:
        return f"{found['seconds']}.{found['fraction'] or 0} {line[found.end() :]}"
    if (found := _TAI.match(line)) is not None:
        seconds = int(found["seconds"], 16) - _TAI_BEGIN
        if 0 < seconds < LAST_SECOND:
            return f"{seconds}.{int(found['nano'], 16):09d} {line[found.end() :]}"
    return None


def _named(line: str, found: re.Match[str]) -> str | None:
    month = month_of(found["name"] if len(found["name"]) < 5 else found["name"].rstrip("."))
    year = found["year"] or found["late"]
    return None if month is None else _written(line, found, year, month, int(found["day"]))


def _either(line: str, found: re.Match[str], order: Order | None) -> str | None:
    first, second = int(found["first"]), int(found["second"])
    which = MONTH_FIRST if first == second else str(order or "")
    if which == NOT_KNOWN:
        return None
    month, day = (second, first) if which == DAY_FIRST else (first, second)
    return _written(line, found, str(_century(found["year"])), month, day)


def _written(line: str, found: re.Match[str], year: str | None, month: int, day: int) -> str:
    hours, _, rest = found["clock"].partition(":")
    hour = int(hours)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    clock = f"{hour:02d}:{rest}{found['fraction'] or ''}"
    zone, rest = found["zone"] or "", line[found.end() :]
    if year is None:
        return f"{NAMES[month - 1]} {day:2d} {clock} {f'{zone} ' if zone else ''}{rest}"
    return f"{year}-{month:02d}-{day:02d} {clock}{zone} {rest}"
