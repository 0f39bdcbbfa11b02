"""The head of a log line: when, on which host, by which program, and what follows.

Forms, each after its source:

    Nov  3 10:00:00 web01 sshd[812]: …            RFC 3164, rsyslog, syslog-ng, journalctl
    <38>Nov 03 10:00:00 web01 sshd: …             with the priority in front
    Nov  3 2026 10:00:00 …  2026 Nov  3 10:00:00 …  Mon Nov  3 10:00:00 2026 …
    Nov  3 10:00:00 alpine auth.info sshd[812]: … BusyBox syslogd
    Nov  3 10:00:00 s_sys@web01/relay sshd[812]: …  syslog-ng with chain_hostnames
    Nov  3 10:00:00 web01 sshd(pam_unix)[812]: …  Linux-PAM before 0.99
    2026-11-03T10:00:00.123456+01:00 web01 sshd[812]: …   RFC 3339, rsyslog since Debian 12
    2026-11-03T10:00:00+0100 web01 sshd[812]: …   journalctl -o short-iso
    <38>1 2026-11-03T10:00:00Z web01 sshd 812 - [id a="b"] …   RFC 5424
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}

_PRI = r"(?:<\d{1,3}>)?"
_CLOCK = r"(?P<clock>\d\d:\d\d:\d\d)(?P<fraction>[.,]\d{1,9})?"
_BSD = re.compile(
    _PRI + r"(?:(?P<year_1>(?:19|20)\d\d) )?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +)?"
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(?P<day>\d{1,2})"
    r"(?:,? (?P<year_2>(?:19|20)\d\d),?)? +"
    + _CLOCK
    + r"(?: (?P<year_3>(?:19|20)\d\d)(?= ))?(?: (?P<zone>UTC|GMT|Z|[+-]\d\d:?\d\d)(?= ))?:? +"
)
_ISO_STAMP = (
    r"(?P<date>\d{4}-\d\d-\d\d)[T ]"
    + _CLOCK
    + r"(?P<zone> ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?)(?![\w-]))?"
)
_ISO = re.compile(_PRI + _ISO_STAMP + r":? +")
_5424 = re.compile(
    r"(?:<\d{1,3}>)?1 (?P<stamp>" + _ISO_STAMP + r"|-) (?P<host>\S+) (?P<program>\S+) "
    r"(?P<pid>\S+) \S+ (?:-|(?:\[(?:[^\]\"\\]|\\.|\"(?:[^\"\\]|\\.)*\")*\])+)(?: (?:\ufeff)?|$)"
)
_LEVEL = (
    r"(?:<?(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|security|local[0-7])"
    r"\.(?:emerg|panic|alert|crit|err|error|warn|warning|notice|info|debug)>? +)?"
)
_TAG = re.compile(
    r"(?:(?P<host>\S+) +)??" + _LEVEL + r"(?:\[(?P<boxed>[A-Za-z][\w./@+-]*)\]:? +|"
    r"(?P<program>[A-Za-z_/][^\s\[\]():]*)\]?(?:\((?P<module>[\w-]+)\))?"
    r"(?:\[(?P<pid>\d+)\])?:(?: +|$))"
)
# The two forms that nearly every line has, in one step each: a stamp, and what follows it.
PLAIN = re.compile(
    r"((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) "
    r"([^\s:\[\]]+) ([A-Za-z][\w.-]*)(?:\[(\d+)\])?: (?! |\[ID |last |@cee:)"
)
_SOLARIS = re.compile(r"\[ID \d+ \w+\.\w+\] ")
_REPEATED = re.compile(
    r"(?:(?P<host>\S+) +)??(?:--- )?last message repeated (?P<count>\d+) times?(?: ---)?\s*$"
)
# login names its process after its user: "web01  -- root[1556]: ROOT LOGIN ON tty1".
_DASHES = re.compile(r"(?:(?P<host>\S+) +)?-- \S+\[(?P<pid>\d+)\]: ")
_VSFTPD = re.compile(r"\[pid (?P<pid>\d+)\] ")


class Stamp(NamedTuple):
    """A time as it was written; without a year, or without an offset, it needs the clock."""

    year: int | None
    month: int
    day: int
    clock: str
    microsecond: int = 0
    zone: timezone | None = None


class Head(NamedTuple):
    """What stands before the message, and the message itself.

    `repeats` is set for "last message repeated N times", which speaks of another line.
    """

    stamp: Stamp | None
    host: str
    program: str
    module: str
    pid: str
    message: str
    repeats: int = 0


def split(line: str) -> Head | None:
    """Return the head of a line, None if it has none of the forms above."""
    if (found := PLAIN.match(line)) is not None:
        text, host, program, pid = found.groups()
        return Head(plain(text), host, program, "", pid or "", line[found.end() :])
    if (found := _BSD.match(line)) is not None:
        stamp = _bsd(*found.group("month", "day", "clock", "fraction", "zone"), _year(found))
    elif (found := _ISO.match(line)) is not None:
        stamp = _iso(*found.group("date", "clock", "fraction", "zone"))
    elif (found := _5424.match(line)) is not None:
        return _protocol(found, line)
    else:
        return None
    return _tagged(stamp, line, found.end())


def plain(text: str) -> Stamp:
    """Return the stamp that `PLAIN` found."""
    if text[3] == " ":
        return _bsd(text[:3], text[4:6], text[7:], None, None, None)
    found = re.match(_ISO_STAMP, text)
    return _iso(*found.group("date", "clock", "fraction", "zone"))  # type: ignore[union-attr]


def moment(text: str) -> Stamp | None:
    """Return the stamp that a field of a JSON line holds, None if it is none."""
    if (found := re.match(_ISO_STAMP, text)) is not None:
        return _iso(*found.group("date", "clock", "fraction", "zone"))
    if (found := _BSD.match(text + " ")) is not None:
        return _bsd(*found.group("month", "day", "clock", "fraction", "zone"), _year(found))
    return None


def _tagged(stamp: Stamp, line: str, start: int) -> Head | None:
    if (found := _TAG.match(line, start)) is not None:
        host, boxed, program, module, pid = found.groups()
        message = line[found.end() :]
        if message.startswith("[ID "):
            message = _SOLARIS.sub("", message, count=1)
        program = (boxed or program).rpartition("/")[2]
        repeats = _REPEATED.match(message) if message.startswith("last message") else None
        times = int(repeats["count"]) if repeats else 0
        return Head(stamp, host or "", program, module or "", pid or "", message, times)
    if (found := _REPEATED.match(line, start)) is not None:
        return Head(stamp, found["host"] or "", "", "", "", "", int(found["count"]))
    if (found := _VSFTPD.match(line, start)) is not None:
        return Head(stamp, "", "vsftpd", "", found["pid"], line[found.end() :])
    if (found := _DASHES.match(line, start)) is not None:
        return Head(stamp, found["host"] or "", "login", "", found["pid"], line[found.end() :])
    return Head(stamp, "", "", "", "", line[start:])


def _protocol(found: re.Match[str], line: str) -> Head:
    stamp = None
    if found["stamp"] != "-":
        stamp = _iso(*found.group("date", "clock", "fraction", "zone"))
    host, program, pid = (
        "" if text == "-" else text for text in found.group("host", "program", "pid")
    )
    program = program.rpartition("/")[2]
    return Head(stamp, host, program, "", pid, line[found.end() :])


def _year(found: re.Match[str]) -> str | None:
    return found["year_1"] or found["year_2"] or found["year_3"]


@lru_cache(maxsize=4096)
def _bsd(
    month: str, day: str, clock: str, fraction: str | None, zone: str | None, year: str | None
) -> Stamp:
    number = int(year) if year else None
    return Stamp(number, MONTHS[month], int(day), clock, _micro(fraction), _offset(zone))


@lru_cache(maxsize=4096)
def _iso(date: str, clock: str, fraction: str | None, zone: str | None) -> Stamp:
    year, month, day = (int(part) for part in date.split("-"))
    return Stamp(year, month, day, clock, _micro(fraction), _offset(zone))


def _micro(fraction: str | None) -> int:
    return int(fraction[1:7].ljust(6, "0")) if fraction else 0


@lru_cache(maxsize=64)
def _offset(zone: str | None) -> timezone | None:
    zone = (zone or "").strip()
    if not zone:
        return None
    if zone[0] not in "+-":
        return UTC
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
