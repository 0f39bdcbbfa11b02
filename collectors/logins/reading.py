"""Logs into lines: heads read, times in UTC, "last message repeated" resolved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from collectors.logins import heads, journal
from collectors.logins.clock import NEW_YEAR, Clock, Moment
from collectors.logins.heads import Head, Stamp
from collectors.logins.lines import Line
from collectors.logins.sections import JOURNAL, Log

_LAST = datetime.max.replace(tzinfo=UTC)

Said = tuple[datetime, bool, Head, int]


def lines(logs: Sequence[Log], clock: Clock) -> tuple[list[Line], datetime | None]:
    """Return the lines of all logs in order, and how far back these logs reach.

    What a second family of logs (messages beside auth.log) repeats word for word is left
    out. A general log in which no login stands is no evidence of logins.
    """
    found: list[Line] = []
    reach: list[tuple[Log, datetime]] = []
    families: dict[str, set[tuple[datetime, str, str, str]]] = {}
    read = [(log, *_read(log, clock)) for log in logs]
    # In the order of the lines, not of the clock: one that was set back tears nothing apart.
    read.sort(key=lambda each: (each[0].rank, _family(each[0].path), each[2] or _LAST))
    single = len({_family(log.path) for log in logs}) == 1
    for log, said, earliest in read:
        if earliest is not None:
            reach.append((log, earliest))
        family = _family(log.path)
        others = [known for name, known in families.items() if name != family]
        mine = families.setdefault(family, set())
        if single:
            found += _lines(said)
            continue
        for line in _lines(said):
            mark = (line.at.replace(microsecond=0), line.program, line.pid, line.message)
            mine.add(mark)
            if not any(mark in other for other in others):
                found.append(line)
    telling = [at for log, at in reach if log.rank in (1, JOURNAL) or log.has_lines]
    return found, min(telling or [at for _, at in reach], default=None)


def _family(path: str) -> str:
    """Return the log's name without what rotation adds."""
    folder, _, name = path.rpartition("/")
    return folder + "/" + name.split(".log")[0].split(".")[0].split("-2")[0]


def _read(log: Log, clock: Clock) -> tuple[list[Said], datetime | None]:
    split: list[Head | None] = [_head(line) if count else None for count, line in log.entries]
    stamps: list[Stamp | None] = [
        head.stamp if head is not None else (None if count else NEW_YEAR)
        for head, (count, _) in zip(split, log.entries, strict=True)
    ]
    moments: list[Moment | None] = clock.moments(stamps, log.mtime)
    said: list[Said] = []
    earliest = None if log.oldest is None else datetime.fromtimestamp(log.oldest, UTC)
    for head, at, (count, _) in zip(split, moments, log.entries, strict=True):
        if at is None or head is None:
            continue
        if earliest is None or (log.oldest is None and at[0] < earliest):
            earliest = at[0]
        if count > 0:
            said.append((*at, head, count))
    return said, earliest


def _head(line: str) -> Head | None:
    line = line.rstrip("\r").lstrip("\ufeff")
    if "\0" in line:
        line = line.replace("\0", "")
    if line.startswith("{"):
        return journal.read(line)
    head = heads.split(line)
    if head is not None and "@cee:" in head.message[:8]:
        return _cee(head)
    return head


def _cee(head: Head) -> Head:
    inner = journal.read(head.message.partition("@cee:")[2].strip())
    if inner is None:
        return head
    return inner._replace(
        stamp=inner.stamp or head.stamp,
        host=inner.host or head.host,
        program=inner.program or head.program,
        pid=inner.pid or head.pid,
    )


def _lines(said: Sequence[Said]) -> list[Line]:
    result: list[Line] = []
    for at, ambiguous, head, count in said:
        make = partial(Line, at, ambiguous)
        if not head.repeats:
            result.append(
                make(head.host, head.program, head.pid, head.message, head.module, count, count > 1)
            )
        elif result:
            last = result[-1]
            result.append(
                make(last.host, last.program, last.pid, last.message, last.module, head.repeats)
            )
    return result
