"""A time as a log writes it: read without guessing, so that only the clock fills in the rest.

Months are told by their names in the languages that syslog daemons and `journalctl` were
seen to write; where a name means one month here and another there, it is none.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: number for number, name in enumerate(NAMES, start=1)}
# German, French, Spanish, Italian, Portuguese, Dutch and Nordic, by the first three letters
# without accents. Left out: "jui" (juin or juillet), the Slavic lip, srp, lis and their like.
_FOREIGN = dict(MONTHS) | {
    **{"Ene": 1, "Gen": 1, "Fev": 2, "Mrt": 3, "Mrz": 3, "Abr": 4, "Avr": 4},
    **{"Mai": 5, "Mag": 5, "Maj": 5, "Mei": 5, "Giu": 6, "Lug": 7, "Ago": 8, "Aou": 8},
    **{"Set": 9, "Okt": 10, "Ott": 10, "Out": 10, "Des": 12, "Dez": 12, "Dic": 12},
}
_FRENCH = {"Juin": 6, "Juil": 7}
# Chinese, Japanese and Korean.
_FIGURES = re.compile(r" ?(1[0-2]|[1-9])[月월]$")

_CLOCK = r"(?P<clock>\d\d:\d\d:\d\d)(?P<fraction>[.,]\d{1,9})?(?! ?[AaPp]\.?[Mm]\b)"
_WEEKDAY = r"(?:(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +)?"
# Names of zones that mean one offset wherever they are used, in hours from UTC.
_ZONES = {
    **{"Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3},
    **{"EST": -5, "EDT": -4, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
    **{"MSK": 3, "JST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13},
}
ZONE = "|".join(sorted(_ZONES, key=len, reverse=True))

BSD = re.compile(
    r"(?:<\d{1,3}>)?(?:(?P<year_1>(?:19|20)\d\d) )?"
    + _WEEKDAY
    + r"(?P<month>[^\W\d_]\S{2,5}| ?\d\d?[月월]) +"
    r"(?P<day>\d{1,2})(?:,? (?P<year_2>(?:19|20)\d\d),?)? +"
    + _CLOCK
    + r"(?: (?P<year_3>(?:19|20)\d\d)(?= ))?(?: (?P<zone>"
    + ZONE
    + r"|[+-]\d\d:?\d\d)(?= ))?:? +"
)
ISO_STAMP = (
    r"(?P<date>\d{4}(?:-\d\d-\d\d|/\d\d/\d\d))[T ]"
    + _CLOCK
    + rf"(?P<zone> ?(?:{ZONE}|[+-]\d\d(?::?\d\d)?)(?![\w-]))?"
)
# journalctl's short-full has the weekday in front, and the zone by whatever name it has.
ISO = re.compile(
    r"(?:<\d{1,3}>)?(?P<box>\[)?"
    + _WEEKDAY
    + ISO_STAMP
    + r"(?(weekday)(?: [A-Z]{2,5}(?= \S+ ))?)(?(box)\]):? +"
)
# metalog, and what writes seconds since 1970.
_EPOCH = re.compile(r"(?:<\d{1,3}>)?(?P<seconds>\d{9,10})(?P<fraction>\.\d{1,9})? +")


class Stamp(NamedTuple):
    """A time as it was written; without a year, or without an offset, it needs the clock."""

    year: int | None
    month: int
    day: int
    clock: str
    microsecond: int = 0
    zone: timezone | None = None


def stamp_of(line: str) -> tuple[Stamp, int] | None:
    """Return the stamp that a line begins with, and where it ends; None if there is none."""
    if (found := ISO.match(line)) is not None:
        return iso(*found.group("date", "clock", "fraction", "zone")), found.end()
    if (found := BSD.match(line)) is not None:
        stamp = bsd(*found.group("month", "day", "clock", "fraction", "zone"), _year(found))
        return None if stamp is None else (stamp, found.end())
    if (found := _EPOCH.match(line)) is not None:
        at = datetime.fromtimestamp(int(found["seconds"]), UTC)
        micro = _micro(found["fraction"])
        return Stamp(at.year, at.month, at.day, f"{at:%H:%M:%S}", micro, UTC), found.end()
    return None


def moment(text: str) -> Stamp | None:
    """Return the stamp that a field of a JSON line holds, None if it is none."""
    if (found := re.match(ISO_STAMP, text)) is not None:
        return iso(*found.group("date", "clock", "fraction", "zone"))
    found_too = stamp_of(text + " ")
    return found_too and found_too[0]


def _year(found: re.Match[str]) -> str | None:
    return found["year_1"] or found["year_2"] or found["year_3"]


@lru_cache(maxsize=256)
def month_of(name: str) -> int | None:
    """Return the month that goes by this name, None where that is not certain."""
    octets = name.encode("utf-8", "surrogateescape")
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    if (figures := _FIGURES.match(text)) is not None:
        return int(figures[1])
    letters = unicodedata.normalize("NFKD", text.rstrip(".,"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).title()
    return _FRENCH.get(plain, _FOREIGN.get(plain[:3]) if plain.isalpha() else None)


@lru_cache(maxsize=4096)
def bsd(
    month: str, day: str, clock: str, fraction: str | None, zone: str | None, year: str | None
) -> Stamp | None:
    """Return the stamp of a month's name and a day, None if no month has this name."""
    number = MONTHS.get(month) or month_of(month)
    if number is None:
        return None
    return Stamp(
        int(year) if year else None, number, int(day), clock, _micro(fraction), _offset(zone)
    )


@lru_cache(maxsize=4096)
def iso(date: str, clock: str, fraction: str | None, zone: str | None) -> Stamp:
    """Return the stamp of a date in figures."""
    year, month, day = (int(part) for part in date.replace("/", "-").split("-"))
    return Stamp(year, month, day, clock, _micro(fraction), _offset(zone))


def _micro(fraction: str | None) -> int:
    return int(fraction[1:7].ljust(6, "0")) if fraction else 0


@lru_cache(maxsize=64)
def _offset(zone: str | None) -> timezone | None:
    zone = (zone or "").strip()
    if not zone:
        return None
    if zone[0] not in "+-":
        return timezone(timedelta(hours=_ZONES[zone])) if _ZONES[zone] else UTC
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if zone[0] == "-" else offset)


def aware(stamp: Stamp, year: int, zone: timezone | None = None) -> datetime | None:
    """Return the stamp as a datetime, naive without a zone, None if there is no such day."""
    clock = stamp.clock
    try:
        # A leap second is written as :60 and counted as the second before it.
        return datetime(
            year,
            stamp.month,
            stamp.day,
            int(clock[:2]),
            int(clock[3:5]),
            min(int(clock[6:]), 59),
            stamp.microsecond,
            zone,
        )
    except ValueError:
        return None
