"""How long the server has been up, since when, under what load, with how many users.

    now|1732413600                                    date +%s
    uptime|3650521.42 14480022.10                     /proc/uptime
    btime|btime 1728763079                            /proc/stat
    boot_id|6f1c3f0a-2a4e-4a2b-9f0e-8a0f1c1f8a55      /proc/sys/kernel/random/boot_id
    loadavg|0.42 0.31 0.30 2/512 90210                /proc/loadavg
    cores|4                                           getconf _NPROCESSORS_ONLN
    who|ops      pts/0        2024-11-24 01:12 (203.0.113.7)
    line| 02:00:00 up 42 days,  6:02,  1 user,  load average: 0.42, 0.31, 0.30

One row. Linux is read from /proc (proc(5)). Elsewhere the `uptime` line is understood as
procps, coreutils, BusyBox, macOS, the BSDs, Solaris and AIX print it, and the boot time
comes from kern.boottime or kstat. `uptime` tells minutes: no boot time is made of that.
A container has the machine's /proc/uptime and a start of its own (`starts`); earlier starts
stand in records of their own (`boots`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from collectors import starts
from collectors import text as probe
from collectors.base import NUMBER, TEXT, TIME, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import ParseError

NAME = "uptime"
SECONDS = 20
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("uptime_seconds", WHOLE, "s", "time since it was started"),
    Column("booted_at", TIME, "UTC", "when it was started; NA when known to the minute only"),
    Column("boot_id", TEXT, "", "another one after each start (Linux)"),
    Column("container_started_at", TIME, "UTC", "a container's own start; NA on a machine"),
    Column("last_stop", TEXT, "", "how it ended before: planned, crashed; NA if not on record"),
    Column("starts", WHOLE, "", "how often it was started in the period; NA if not on record"),
    Column("crashes", WHOLE, "", "how many of these starts followed a crash; NA if not on record"),
    Column("load_1", NUMBER, "", "load average over 1 minute"),
    Column("load_5", NUMBER, "", "load average over 5 minutes"),
    Column("load_15", NUMBER, "", "load average over 15 minutes"),
    Column("cores", WHOLE, "", "processors on line"),
    Column("users", WHOLE, "", "sessions logged in; NA where the system keeps no count"),
)

# An utmp without a byte, as musl leaves it, holds no count; systemd keeps one without utmp.
SCRIPT = r"""
cores() { getconf _NPROCESSORS_ONLN || nproc || sysctl -n hw.ncpu; } 2>/dev/null
say now date +%s
if [ -r /proc/uptime ] && read -r up _ </proc/uptime && [ "$up" ]; then
  say uptime cat /proc/uptime
  say btime grep '^btime ' /proc/stat
  say boot_id cat /proc/sys/kernel/random/boot_id
  say loadavg cat /proc/loadavg
else
  say boottime sysctl -n kern.boottime
  say kstat kstat -p unix:0:system_misc:boot_time
  say line uptime
fi
say cores cores
if [ -s /run/utmp ] || [ -s /var/run/utmp ] || [ -d /run/systemd/system ]; then
  say who within 3 who; fi
"""

SAME_BOOT_SECONDS = 60
LONGEST = 500  # of a line: a pattern tries every word of it
LINE = re.compile(r".*?\bup\s+(.*?),?\s*(?:(\d+)\s+users?,?\s*)?load averages?:\s*(.*)")
LOADS = re.compile(r"(\d+[.,]\d+),?\s+(\d+[.,]\d+),?\s+(\d+[.,]\d+)(?:\s.*)?")
SPAN = re.compile(
    r"(\d+):(\d\d)(?::(\d\d))?|(\d+)\s*(year|week|day|hour|hr|min|sec)(?:ute|ond)?(?:s|\(s\))?"
)
UNIT_SECONDS = {
    "year": 31536000,
    "week": 604800,
    "day": 86400,
    "hour": 3600,
    "hr": 3600,
    "min": 60,
    "sec": 1,
}


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT + starts.SCRIPT + ":\n"


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row. Raises ParseError when neither /proc nor the `uptime` line is clear."""
    found = probe.sections(text)
    row = _proc(found) if "uptime" in found else _elsewhere(found)
    row["cores"] = probe.whole(found.value("cores"))
    if "who" in found and found["who"].status == 0:
        row["users"] = sum(1 for line in found["who"].lines if line.strip())
    row["container_started_at"] = starts.container_started_at(found)
    told = starts.told(found, row.get("booted_at"), row.get("boot_id") or "", ask)
    return Parsed([Row(row, **told)])


def _proc(found: probe.Sections) -> Row:
    up = _matched(r"(\d{1,11})(?:\.\d+)?(?: \d+(?:\.\d+)?)?", found.value("uptime"), "/proc/uptime")
    loads = _matched(r"(\S+) (\S+) (\S+) .*", found.value("loadavg"), "/proc/loadavg")
    return Row(
        uptime_seconds=int(up[1]),
        booted_at=_booted_at(found, int(up[1])),
        boot_id=found.value("boot_id") or None,
        **_loads([loads[1], loads[2], loads[3]], loads[0]),
    )


def _booted_at(found: probe.Sections, up: int) -> datetime | None:
    """Return the start: btime, the same to the second every day, unless it is another's."""
    now = probe.whole(found.value("now"))
    btime = probe.whole(found.value("btime").removeprefix("btime "))
    by_clock = now - up if now is not None else None
    # lxcfs gives a container its own /proc/uptime beside the machine's btime.
    if btime is None or (by_clock is not None and by_clock - btime > SAME_BOOT_SECONDS):
        btime = by_clock
    return None if btime is None else datetime.fromtimestamp(btime, UTC)


def _elsewhere(found: probe.Sections) -> Row:
    line = _matched(LINE.pattern, found.value("line"), "the line of uptime")
    row = Row(uptime_seconds=span_seconds(line[1], line[0]))
    loads = _matched(LOADS.pattern, line[3], "the load in the line of uptime")
    row.update(_loads(loads.groups(), line[0]))
    row["users"] = int(line[2]) if line[2] else None
    booted = f"{found.value('boottime')} {found.value('kstat')}"
    # In words, as FreeBSD and macOS say it, or of `-n` on OpenBSD and of kstat, alone.
    if boot := re.search(r"\bsec = (\d{1,11})\b|(?:^|\s)(\d{9,11})\s*$", booted):
        seconds = int(boot[1] or boot[2])
        row["booted_at"] = datetime.fromtimestamp(seconds, UTC)
        if (now := probe.whole(found.value("now"))) is not None:
            row["uptime_seconds"] = now - seconds
    return row


def span_seconds(words: str, line: str) -> int | None:
    """Return the seconds in `12 days,  3:04`; None for coreutils' `???? days ??:??`.

    Raises ParseError when a word of it is not understood.
    """
    if "?" in words:
        return None
    left = SPAN.sub("", words).replace(",", "").strip()
    if left or not SPAN.search(words):
        raise ParseError("uptime says a time that is not understood", line)
    total = 0
    for hours, minutes, seconds, count, unit in SPAN.findall(words):
        total += int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
        total += int(count or 0) * UNIT_SECONDS.get(unit, 0)
    return total


def _loads(said: Sequence[str], line: str) -> dict[str, float]:
    try:
        one, five, fifteen = (float(word.replace(",", ".")) for word in said)
    except ValueError:
        raise ParseError("three load averages are expected", line) from None
    return {"load_1": one, "load_5": five, "load_15": fifteen}


def _matched(pattern: str, value: str, what: str) -> re.Match[str]:
    if len(value) <= LONGEST and (found := re.fullmatch(pattern, value)):
        return found
    raise ParseError(f"{what} is not understood", value)
