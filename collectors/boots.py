"""A machine's earlier starts and how each run ended, as its records tell; a part of `uptime`.

    boots| -1 3f9c… Sun 2026-11-22 05:00:31 UTC Sun 2026-11-22 15:00:31 UTC    list-boots
    orderly|_BOOT_ID=3f9c…                                 runs whose shutdown was announced
    last|reboot   system boot  6.1.0-18-amd64   Mon Nov 23 03:12:41 2026   still running
    last|shutdown system down  6.1.0-18-amd64   Mon Nov 23 03:12:10 2026 - …
    wtmpdb|reboot   system boot  6.12.48  Sat Nov 21 05:00:31 2026 - crash

The journal knows each run by its boot id: a run ended orderly if systemd or logind, as root,
said that it shuts down. wtmp (last(1) of util-linux and sysvinit) has a record of each start
and each orderly shutdown: two starts with no shutdown between them are a crash. wtmpdb,
which takes its place in Debian 13, says of each run how it ended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from collectors.text import Sections

# Up to 400 starts, so that one that crashes every five minutes is counted for a day.
# SD_MESSAGE_SHUTDOWN, which logind says first of all. Fields with _ in front are the
# journal's own: an ordinary user cannot say it.
SCRIPT = r"""
wtmp() { TZ=UTC; export TZ; within 3 last -x -F -n 400 -f /var/log/wtmp reboot shutdown; }
wtmp_base() { TZ=UTC; export TZ; within 3 wtmpdb last -F -n 400 reboot; }
boots() {
  TZ=UTC; export TZ
  within 3 journalctl -q --system --no-pager --list-boots | tail -n 400
}
orderly() {
  said=$(within 3 journalctl -q --system --no-pager -n 400 -o export \
    UNIT=shutdown.target _PID=1 + MESSAGE_ID=98268866d1d54a499c4e98921d93bc40 _UID=0) || return
  printf '%s\n' "$said" | sed -n '/^_BOOT_ID=/p' | sort -u
}
[ -d /run/systemd/system ] && command -v journalctl >/dev/null 2>&1 && {
  say boots boots; say orderly orderly
}
[ -s /var/log/wtmp ] && command -v last >/dev/null 2>&1 && say last wtmp
[ -s /var/lib/wtmpdb/wtmp.db ] && command -v wtmpdb >/dev/null 2>&1 && say wtmpdb wtmp_base
"""

LISTED = re.compile(r"\s*(-?\d+) ([0-9a-f]{32}) \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC\b.*")
STAMP = r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}"
RECORD = re.compile(rf"(reboot|shutdown)\s+system (?:boot|down)\s.*?({STAMP})\b(.*)")
BEGINS = re.compile(rf"\S+ begins ({STAMP})")
# wtmp notes a start some seconds into it, before the clock may have been set right.
SAME_START = timedelta(minutes=5)
PLANNED, CRASHED = "planned", "crashed"


@dataclass(frozen=True)
class Start:
    """One start: when, and how the run before it ended (None: no record of it)."""

    at: datetime
    before: str | None


@dataclass(frozen=True)
class Record:
    """The starts one record knows, the latest first, and how far back it reaches."""

    starts: Sequence[Start]
    from_at: datetime


def records(found: Sections, booted_at: datetime, boot_id: str) -> list[Record]:
    """Return what each record that is kept up to date tells, the surest first."""
    told = []
    for read in (_journal, _wtmp, _wtmpdb):
        try:
            told.append(read(found, boot_id))
        except ValueError:  # a time that cannot be: it costs this record, and no other
            continue
    # One of an earlier start is no longer kept. A clock that was wrong is ahead.
    return [one for one in told if one and one.starts[0].at >= booted_at - SAME_START]


def _journal(found: Sections, boot_id: str) -> Record | None:
    listed = [hit for line in found.good("boots") if (hit := LISTED.fullmatch(line))]
    # By index, not by time: a start may have been noted before the clock was set right.
    listed.sort(key=lambda hit: int(hit[1]), reverse=True)
    if not listed or listed[0][2] != boot_id.replace("-", ""):
        return None
    ended: list[str | None] = [None] * len(listed)
    if "orderly" in found and found["orderly"].status == 0:
        orderly = {line.removeprefix("_BOOT_ID=") for line in found.good("orderly")}
        ended = [PLANNED if hit[2] in orderly else CRASHED for hit in listed[1:]] + [None]
    try:
        at = [datetime.fromisoformat(hit[3]).replace(tzinfo=UTC) for hit in listed]
    except ValueError:  # a time that cannot be
        return None
    return Record([Start(*pair) for pair in zip(at, ended, strict=True)], at[-1])


def _wtmp(found: Sections, _boot_id: str) -> Record | None:
    noted = [hit for line in found.good("last") if (hit := RECORD.fullmatch(line))]
    if not noted or noted[0][1] != "reboot":
        return None
    how = {"shutdown": PLANNED, "reboot": CRASHED}
    before = [*(how[hit[1]] for hit in noted[1:]), None]
    pairs = zip(noted, before, strict=True)
    starts = [Start(_at(hit[2]), ended) for hit, ended in pairs if hit[1] == "reboot"]
    return _record(starts, found.good("last"))


def _wtmpdb(found: Sections, _boot_id: str) -> Record | None:
    noted = [hit for line in found.good("wtmpdb") if (hit := RECORD.fullmatch(line))]
    noted = [hit for hit in noted if hit[1] == "reboot"]
    if not noted:
        return None
    ended = [CRASHED if "crash" in hit[3] else PLANNED for hit in noted[1:]]
    pairs = zip(noted, [*ended, None], strict=True)
    return _record([Start(_at(hit[2]), how) for hit, how in pairs], found.good("wtmpdb"))


def _record(starts: Sequence[Start], lines: Sequence[str]) -> Record:
    said = [_at(hit[1]) for line in lines if (hit := BEGINS.fullmatch(line.strip()))]
    return Record(starts, min([*said, starts[-1].at]))


def _at(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
