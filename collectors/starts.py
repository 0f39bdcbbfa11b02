"""A container's own start, and the machine's starts within a period; a part of `uptime`.

    init|1 (systemd) S 0 1 1 0 … 23 …                      /proc/1/stat, proc(5): field 22
    ticks|100                                              getconf CLK_TCK

The kernel makes a machine's PID 1 in its first moments, so one that started later is a
container's. `boots` reads the records of earlier starts.
"""

from __future__ import annotations

from datetime import UTC, datetime

from collectors import boots
from collectors.base import Ask, Row
from collectors.text import Sections, whole

SCRIPT = (
    "[ -r /proc/1/stat ] && { say init cat /proc/1/stat; say ticks getconf CLK_TCK; }\n"
    + boots.SCRIPT
)

FIRST_SECONDS = 5


def container_started_at(found: Sections) -> datetime | None:
    """Return when PID 1 was started, if that was later than the machine's; else None."""
    fields = found.value("init").rpartition(")")[2].split()
    words = (found.value("now"), found.value("ticks"), found.value("btime").removeprefix("btime "))
    now, ticks, btime, began = map(whole, (*words, fields[19] if len(fields) > 19 else ""))
    if now is None or ticks is None or btime is None or began is None:
        return None
    after = began // (ticks or 100)
    started = btime + after
    # Where btime is the container's, too (lxcfs), this would lie in the future.
    if after < FIRST_SECONDS or started > now:
        return None
    return datetime.fromtimestamp(started, UTC)


def told(found: Sections, booted_at: datetime | None, boot_id: str, ask: Ask) -> Row:
    """Return last_stop, starts and crashes; None for what no record tells.

    A machine that was started before the period was started no time in it. For the others
    the first record counts that reaches back to the period's beginning.
    """
    if booted_at is None:
        return Row(last_stop=None, starts=None, crashes=None)
    records = boots.records(found, booted_at, boot_id)
    stops = [record.starts[0].before for record in records]
    row = Row(last_stop=next((stop for stop in stops if stop), None), starts=None, crashes=None)
    if booted_at <= ask.from_at:
        return Row(row, starts=0, crashes=0)
    record = next((one for one in records if one.from_at <= ask.from_at), None)
    if record is None:
        return row
    # Of the present run the kernel knows the start better than any record.
    at = [booted_at, *(start.at for start in record.starts[1:])]
    ended = [start.before for start, begun in zip(record.starts, at, strict=True)
             if ask.from_at < begun <= ask.to_at]  # fmt: skip
    crashes = sum(how == boots.CRASHED for how in ended) if all(ended) else None
    return Row(row, starts=len(ended), crashes=crashes)
