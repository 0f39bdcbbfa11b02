"""A container's own start, and how a server's run before this one ended; a part of `uptime`.

    init|1 (systemd) S 0 1 1 0 … 23 …                      /proc/1/stat, proc(5): field 22
    ticks|100                                              getconf CLK_TCK
    last|reboot   system boot  6.1.0-18-amd64   Mon Nov 23 03:12:41 2026   still running
    last|shutdown system down  6.1.0-18-amd64   Mon Nov 23 03:12:10 2026 - …

The kernel makes a machine's PID 1 in its first moments, so one that started later is a
container's. wtmp (last(1) of util-linux and sysvinit) has a record of each start and each
orderly shutdown: two starts with no shutdown between them are a crash.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from collectors.text import Sections

SCRIPT = r"""
wtmp() { TZ=UTC; export TZ; within 5 last -x -F -n 4 -f /var/log/wtmp reboot shutdown; }
[ -r /proc/1/stat ] && { say init cat /proc/1/stat; say ticks getconf CLK_TCK; }
[ -s /var/log/wtmp ] && command -v last >/dev/null 2>&1 && say last wtmp
"""

FIRST_SECONDS = 5
RECORD = re.compile(
    r"(reboot|shutdown)\s+system (?:boot|down)\s.*?"
    r"([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\b.*"
)
# wtmp notes a start some seconds into it, before the clock may have been set right.
SAME_START = timedelta(minutes=5)


def container_started_at(found: Sections) -> datetime | None:
    """Return when PID 1 was started, if that was later than the machine's; else None."""
    now, ticks = found.value("now"), found.value("ticks")
    btime = found.value("btime").removeprefix("btime ")
    fields = found.value("init").rpartition(")")[2].split()
    numbers = (now, ticks, btime, *fields[19:20])
    if len(numbers) < 4 or not all(re.fullmatch(r"[0-9]{1,10}", word) for word in numbers[:3]):
        return None
    if not re.fullmatch(r"[0-9]{1,12}", fields[19]):
        return None
    after = int(fields[19]) // (int(ticks) or 100)
    started = int(btime) + after
    # Where btime is the container's, too (lxcfs), this would lie in the future.
    if after < FIRST_SECONDS or started > int(now):
        return None
    return datetime.fromtimestamp(started, UTC)


def last_stop(found: Sections, booted_at: datetime | None) -> str | None:
    """Return how the run before this one ended: planned, crashed; None where nothing tells."""
    records = [hit for line in found.good("last") if (hit := RECORD.fullmatch(line))]
    if booted_at is None or len(records) < 2 or records[0][1] != "reboot":
        return None
    noted = datetime.strptime(records[0][2], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    if abs(noted - booted_at) > SAME_START:  # wtmp is no longer kept
        return None
    return "planned" if records[1][1] == "shutdown" else "crashed"
