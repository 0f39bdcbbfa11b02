"""Lines in, rows out: each line goes to the program's own joiner."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from operator import itemgetter

from collectors.base import Row
from collectors.logins import dropbear, elevation, sshd
from collectors.logins.book import Scan
from collectors.logins.consoles import Consoles
from collectors.logins.lines import Line

BATCH = 200

# rsyslog and journald fold alike lines into one.
_REPEATED = re.compile(r"message repeated (\d+) times: \[ ?(.*?)\]?$", re.DOTALL)


def join(lines: Iterable[Line]) -> tuple[list[Row], list[Scan]]:
    """Return a row for every attempt that the lines speak of, by time, and the scans."""
    ssh, bear, change, rest = sshd.Sshd(), dropbear.Dropbear(), elevation.Elevation(), Consoles()
    lines = iter(lines)
    # In batches: to read and to join in turn, line by line, takes a tenth longer.
    while batch := list(islice(lines, BATCH)):
        for line in batch:
            if line.message.startswith("message repeated"):
                _unfold(line)
            program = line.program
            if program in sshd.PROGRAMS:
                ssh.feed(line)
            elif program == "dropbear":
                bear.feed(line)
            elif program in elevation.PROGRAMS:
                change.feed(line)
            else:
                rest.feed(line)
    found = list(ssh.rows())
    found += [each.row() for joiner in (bear, change, rest) for each in joiner.attempts()]
    found.sort(key=itemgetter("at"))
    return found, ssh.scans


def _unfold(line: Line) -> None:
    if (found := _REPEATED.match(line.message)) is not None:
        line.count *= int(found[1])
        line.message = found[2]
