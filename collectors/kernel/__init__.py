"""kernel: what Linux's kernel reported as an error in the period, and whom it killed.

    errors|37 1795577901123456 3 "I/O error, dev sdb, sector 2048"     journalctl -o json, folded
    others|1 1795577950000001 6 "nginx[812]: segfault at 0 ip …"       below the level of an error
    logs|@file 1795577999 /var/log/messages                            or else the logs
    logs|1 Nov 25 03:45:01 web01 kernel: [12744.16] Out of memory: Killed process 1002 (java) …
    ring|1 <3>[12744.162062] Memory cgroup out of memory: Killed process …   or else dmesg -r

One row for alike messages of an hour (figures apart). Rows: every message of level err or
above, and below it those that `kinds` knows. Registers, stacks and tables that follow a
message are no rows of their own. Logs carry no level: from them only what `kinds` knows. The
ring buffer has times since the start, which drift from the clock by seconds a day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from collectors import rights
from collectors import text as probe
from collectors.base import TEXT, TIME, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import NoData, NoPermission, NotApplicable, ParseError
from collectors.kernel import kinds, logs
from collectors.kernel.script import script

__all__ = ["COLUMNS", "NAME", "PAST", "SECONDS", "parse", "script"]

NAME = "kernel"
SECONDS = 30
PAST = True
COLUMNS: tuple[Column, ...] = (
    Column("at", TIME, "UTC", "when; of alike ones in an hour the first; NA without a clock"),
    Column("level", TEXT, "", "emerg, alert, crit, err, warning …; NA where the log keeps none"),
    Column(
        "kind",
        TEXT,
        "",
        "oom, panic, hang, segfault, hardware, io, filesystem, network or other",
    ),
    Column("subject", TEXT, "", "the process or device concerned; NA if none is named"),
    Column("message", TEXT, "", "the first of them, in the kernel's words"),
    Column("count", WHOLE, "", "how many alike there were"),
)

LEVELS = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
ERROR = 3
LONGEST, LONGEST_READ = 300, 1000
JOURNAL = re.compile(r"(\d{1,9}) (\d{10,16}) ([0-7]) (\".*\"|\[[\d, ]*\])")
RING = re.compile(r"(\d{1,9}) <([0-7])>(?:\[ *(\d{1,10})\.(\d{6})\](?:\[[^\]]{1,12}\])? )?(.*)")
LOST = re.compile(r"lost (\d{1,9})")
REMEDY = "add the user to group adm (Debian, Ubuntu) or systemd-journal"


class Said(NamedTuple):
    """One message: level None where it is not known."""

    at: datetime | None
    level: int | None
    message: str
    alike: int


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row for alike messages of an hour, within the period.

    Raises NotApplicable in a container and where the kernel is not Linux, NoPermission with
    the group that mends it, NoData where nothing holds the kernel's messages.
    """
    found = probe.sections(text)
    if "done" not in found or "system" not in found:
        raise ParseError("the probe of kernel is incomplete", text)
    if found.value("system") != "Linux":
        raise NotApplicable("only Linux's messages are understood")
    if "errors" in found:
        said, parsed = _with_journal(found)
    else:
        said, parsed = _without_journal(found)
    rows = [row for one in said if _within(one, ask) and (row := _row(one)) is not None]
    rows.sort(key=lambda row: row["at"] or ask.from_at)
    causes = [cause for cause in (parsed.cause, _cause(found)) if cause]
    return replace(parsed, rows=rows, cause="; ".join(causes))


def _within(one: Said, ask: Ask) -> bool:
    return one.at is None or ask.from_at <= one.at < ask.to_at


def _row(one: Said) -> Row | None:
    kind, subject = kinds.of(one.message[:LONGEST_READ])
    if kind == "" or (kind == "other" and (one.level is None or one.level > ERROR)):
        return None
    level = None if one.level is None else LEVELS[one.level]
    return Row(
        at=one.at, level=level, kind=kind, subject=subject, count=one.alike,
        message=one.message.strip()[:LONGEST],
    )  # fmt: skip


def _with_journal(found: probe.Sections) -> tuple[list[Said], Parsed]:
    """Return the journal's messages, and from the logs those of before it begins."""
    said = [*_journal(found, "errors"), *_journal(found, "others")]
    begins = _seconds(found.value("oldest"))
    seen = logs.read(found)
    if begins is None or seen.reach is None or seen.reach >= begins:
        return said, Parsed([], evidence_from_at=begins)
    said += [Said(at, None, message, count) for at, message, count in seen.messages if at < begins]
    return said, Parsed([], evidence_from_at=seen.reach)


def _journal(found: probe.Sections, name: str) -> Iterator[Said]:
    for line in found[name].lines if name in found else ():
        if hit := JOURNAL.fullmatch(line):
            at = datetime.fromtimestamp(int(hit[2]) / 1e6, UTC)
            yield Said(at, int(hit[3]), _message(hit[4], line), int(hit[1]))
        elif line.strip() and not LOST.fullmatch(line) and not line.startswith("!"):
            raise ParseError("not a message of the journal", line)


def _message(token: str, line: str) -> str:
    """Return the text; the journal gives what is no UTF-8, or holds controls, as bytes."""
    try:
        value = json.loads(token)
        return value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
    except ValueError as error:
        raise ParseError("not a message of the journal", line) from error


def _without_journal(found: probe.Sections) -> tuple[list[Said], Parsed]:
    """Return the messages of the logs or else of the ring, and all but the rows of the answer."""
    if rights.lacks(found, rights.READ_KERNEL_LOG):
        raise NotApplicable("a container has the kernel of its host")
    seen = logs.read(found)
    if seen.files:
        said = [Said(at, None, message, count) for at, message, count in seen.messages]
        denied = f"{', '.join(seen.denied[:4])} may not be read: {REMEDY}" if seen.denied else ""
        return said, Parsed([], denied, evidence_from_at=seen.reach)
    ring = [line for line in (found["ring"].lines if "ring" in found else ()) if line.strip()]
    if any("not permitted" in line or "ermission" in line for line in ring):
        raise NoPermission(f"the kernel's messages may not be read: {REMEDY}")
    first = RING.fullmatch("1 " + found.value("span"))
    if not first:
        raise NoData("neither journal nor log nor dmesg holds the kernel's messages")
    boot = _boot(found)
    hints = "\n".join(found["hint"].lines) if "hint" in found else ""
    hidden = seen.denied or "not seeing messages" in hints or "ermission" in hints
    note = f"only what the kernel itself still holds: for more, {REMEDY}" if hidden else ""
    reach = boot + timedelta(seconds=int(first[3])) if first[3] else None
    said = [_of_ring(line, boot) for line in ring if not LOST.fullmatch(line)]
    return said, Parsed([], note=note, evidence_from_at=reach)


def _boot(found: probe.Sections) -> datetime:
    hit = re.fullmatch(r"btime (\d{1,10})", found.value("boot"))
    if not hit:
        raise ParseError("not the time of the start", found.value("boot"))
    return datetime.fromtimestamp(int(hit[1]), UTC)


def _of_ring(line: str, boot: datetime) -> Said:
    hit = RING.fullmatch(line)
    if not hit:
        raise ParseError("not a line of dmesg -r", line)
    at = boot + timedelta(seconds=int(hit[3])) if hit[3] else None
    return Said(at, int(hit[2]), hit[5], int(hit[1]))


def _seconds(text: str) -> datetime | None:
    hit = re.fullmatch(r"(\d{9,10})(?:\.\d{1,6})?", text)
    return datetime.fromtimestamp(int(hit[1]), UTC) if hit else None


def _cause(found: probe.Sections) -> str:
    lines = [line for name in ("errors", "others", "logs", "ring") if name in found
             for line in found[name].lines]  # fmt: skip
    lost = sum(int(hit[1]) for line in lines if (hit := LOST.fullmatch(line)))
    causes = [f"too many different messages: {lost:,} are not shown"] if lost else []
    if any(line.startswith("!") for line in lines):
        causes.append("the journal was not read to its end")
    return "; ".join(causes)
