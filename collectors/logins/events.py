"""Lines in, attempts out: each line goes to the program's own joiner."""

from __future__ import annotations

import re
from collections.abc import Iterable

from collectors.logins import dropbear, elevation, sshd
from collectors.logins.consoles import Consoles
from collectors.logins.lines import Attempt, Line

# rsyslog and journald fold alike lines into one.
_REPEATED = re.compile(r"message repeated (\d+) times: \[ ?(.*?)\]?$", re.DOTALL)


def join(lines: Iterable[Line]) -> list[Attempt]:
    """Return every attempt that the lines speak of, by time."""
    ssh, bear, change, rest = sshd.Sshd(), dropbear.Dropbear(), elevation.Elevation(), Consoles()
    for line in lines:
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
    found = [row for joiner in (ssh, bear, change, rest) for row in joiner.attempts()]
    found.sort(key=lambda row: row.at)
    return found


def _unfold(line: Line) -> None:
    if (found := _REPEATED.match(line.message)) is not None:
        line.count *= int(found[1])
        line.message = found[2]
