"""The kernel's lines in syslog's files; a part of `kernel`.

    logs|@file 1795577999 /var/log/kern.log
    logs|^Nov 22 06:25:01 web01 kernel: …                   its first line, whatever it says
    logs|3 Nov 25 03:45:01 web01 kernel: [12744.16] …       the first of 3 alike
    logs|@denied /var/log/kern.log.1

Heads and clock are those of `logins`: the year from the file's last change, the server's
zone by name or, where it has none, by its present offset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from collectors import text as probe
from collectors.errors import ParseError
from collectors.logins import heads
from collectors.logins.clock import Clock, zone

FILE = re.compile(r"@file (\d{1,10}) (\S.*)")
LINE = re.compile(r"(\d{1,9}) (.+)")
SINCE_START = re.compile(r"(?:\[ *\d+\.\d+\] ?)?(.*)")


@dataclass
class Seen:
    """What the logs hold: (when, message, how many), and how far back the files reach."""

    files: int = 0
    denied: list[str] = field(default_factory=list)
    messages: list[tuple[datetime, str, int]] = field(default_factory=list)
    reach: datetime | None = None


def read(found: probe.Sections) -> Seen:
    """Return what the logs hold. Raises ParseError for a line that has no time."""
    seen = Seen()
    mtime, lines = 0, list[tuple[int, str]]()
    for line in [*(found["logs"].lines if "logs" in found else ()), "@file 0 end"]:
        if hit := FILE.fullmatch(line):
            if seen.files:
                _file(seen, found, mtime, lines)
            seen.files += line != "@file 0 end"
            mtime, lines = int(hit[1]), []
        elif line.startswith("@denied "):
            seen.denied.append(line.removeprefix("@denied ")[:200])
        elif line.startswith("^"):
            lines.append((0, line[1:]))
        elif hit := LINE.fullmatch(line):
            lines.append((int(hit[1]), hit[2]))
        elif line.strip() and not line.startswith("lost "):
            raise ParseError("not a line of the kernel's logs", line)
    return seen


def _file(seen: Seen, found: probe.Sections, mtime: int, lines: list[tuple[int, str]]) -> None:
    try:
        clock = Clock(zone(found.value("zone"), found.value("offset")))
    except ValueError as error:
        raise ParseError("the server's time zone is not known", str(error)) from error
    split = [(count, line, heads.split(line)) for count, line in lines]
    years = clock.years([head.stamp if head else None for _, _, head in split], mtime)
    for (count, line, head), year in zip(split, years, strict=True):
        moment = clock.utc(head.stamp, year) if head and head.stamp else None
        if head is None or moment is None:
            if count:
                raise ParseError("not a line of a log", line)
            continue
        if seen.reach is None or moment[0] < seen.reach:
            seen.reach = moment[0]
        message = SINCE_START.fullmatch(head.message)
        if count and head.program == "kernel" and message:
            seen.messages.append((moment[0], message[1], count))
