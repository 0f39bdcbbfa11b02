"""Lines in, rows out: each line goes to the program's own joiner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from operator import itemgetter

from collectors.base import Row
from collectors.logins import dropbear, elevation, pam, sshd
from collectors.logins.book import Scan
from collectors.logins.consoles import Consoles
from collectors.logins.lines import FAILED, Line, attempt, source

BATCH = 200

# rsyslog and journald fold alike lines into one.
_REPEATED = re.compile(r"message repeated (\d+) times: \[ ?(.*?)\]?$", re.DOTALL)
# AIX says in its own name, too, what sshd says of a refusal.
_AIX = re.compile(r"ssh: failed login attempt for (?P<user>.*) from (?P<ip>\S+)$")
_SAME = timedelta(seconds=2)


def join(lines: Iterable[Line]) -> tuple[list[Row], list[Scan]]:
    """Return a row for every attempt that the lines speak of, by time, and the scans."""
    ssh, bear, change, rest = sshd.Sshd(), dropbear.Dropbear(), elevation.Elevation(), Consoles()
    echoes: list[Line] = []
    lines = iter(lines)
    # In batches: to read and to join in turn, line by line, takes a tenth longer.
    while batch := list(islice(lines, BATCH)):
        for line in batch:
            if line.message.startswith("message repeated"):
                _unfold(line)
            if line.program in pam.OLD and (said := pam.renamed(line.message.rstrip())):
                line.program, line.message = said
                line.module = "pam_unix"
            program = line.program
            if program in sshd.PROGRAMS:
                ssh.feed(line)
            elif program == "dropbear":
                bear.feed(line)
            elif program in elevation.PROGRAMS:
                change.feed(line)
            elif program == "syslog" and line.message.startswith("ssh: failed"):
                echoes.append(line)
            else:
                rest.feed(line)
    found = list(ssh.rows())
    found += [each.row() for joiner in (bear, change, rest) for each in joiner.attempts()]
    found += list(_unsaid(echoes, found))
    found.sort(key=itemgetter("at"))
    return found, ssh.scans


def _unsaid(echoes: Iterable[Line], found: Iterable[Row]) -> Iterator[Row]:
    """Yield what AIX says of sshd, where sshd itself has not said it."""
    if not echoes:
        return
    said = [row["at"] for row in found if (row["service"], row["result"]) == ("sshd", FAILED)]
    for line in echoes:
        known = any(abs(line.at - at) <= _SAME for at in said)
        if known or (read := _AIX.match(line.message.rstrip())) is None:
            continue
        row = attempt(line, FAILED, "sshd")
        row.user = None if read["user"] == "UNKNOWN_USER" else read["user"]
        row.source_ip = source(read["ip"])
        yield row.row()


def _unfold(line: Line) -> None:
    if (found := _REPEATED.match(line.message)) is not None:
        line.count *= int(found[1])
        line.message = found[2]
