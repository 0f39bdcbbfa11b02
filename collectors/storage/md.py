"""Linux's software RAID as /proc/mdstat shows it; a part of `storage`.

    md0 : active raid1 sdb1[2](F) sda1[0]
          523968 blocks super 1.2 [2/1] [U_]
          [==>......]  recovery = 12.6% (66019/523968) finish=12.5min speed=33440K/sec
          bitmap: 0/30 pages [0KB], 65536KB chunk

After the kernel's drivers/md/md.c (status_resync, md_seq_show) and the personalities'
`status`. (F) faulty, (S) spare, (W) write-mostly, (R) replacement, (J) journal. Arrays of
external metadata have an inactive container beside them, which is nothing wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collectors.base import Row
from collectors.errors import ParseError

HEAD = re.compile(
    r"(md\S{1,40}) : (active|inactive|broken)(?: \((?:auto-read-only|read-only)\))?(?: (.*))?"
)
AROUND = re.compile(r"Personalities :.*|unused devices:.*|read_ahead .*|Event: .*|")
MEMBER = re.compile(r"(\S+?)\[\d+\]((?:\([A-Z]\))*)")
COUNTS = re.compile(r"\[(\d{1,4})/(\d{1,4})\] \[([U_]{1,4096})\]")
PROGRESS = re.compile(r"\b(resync|recovery|reshape|check|repair) *= *(\d{1,3}\.\d)%")
WAITING = re.compile(r"\b(resync|recovery|reshape|check) ?= ?(DELAYED|PENDING|REMOTE)")
# How many members each level can do without; of raid1 and raid10 one half must be there.
SPARE = {"raid4": 1, "raid5": 1, "raid6": 2}


def rows(lines: Sequence[str]) -> Iterator[Row]:
    """Yield a row an array. Raises ParseError for a line that begins no array and is no part."""
    head: re.Match[str] | None = None
    body: list[str] = []
    for line in [*lines, ""]:
        if new := HEAD.fullmatch(line.rstrip()):
            if head:
                yield _row(head, body)
            head, body = new, []
        elif line[:1] in (" ", "\t") and head:
            body.append(line.strip())
        elif not AROUND.fullmatch(line.rstrip()):
            raise ParseError("not a line of /proc/mdstat", line)
    if head:
        yield _row(head, body)


def _row(head: re.Match[str], body: Sequence[str]) -> Row:
    name, activity, rest = head[1], head[2], head[3] or ""
    text = "\n".join(body)
    level = rest.split(" ", 1)[0] if "[" not in rest.split(" ", 1)[0] else ""
    faulty = [member[1] for member in MEMBER.finditer(rest) if "(F)" in member[2]]
    state, said = _members(level, text)
    details = [said] if said else []
    if faulty:
        state = "degraded" if state == "ok" else state
        details.append(f"faulty: {', '.join(faulty[:8])}")
    row = Row(kind="md", name=name, state=state)
    if going := PROGRESS.search(text):
        row["progress_percent"] = float(going[2])
        details.append(f"{going[1]} {going[2]} %")
    elif waiting := WAITING.search(text):
        details.append(f"{waiting[1]} {waiting[2].lower()}")
    found = going or waiting
    if found and found[1] not in ("check", "repair") and state in ("ok", "degraded"):
        row["state"] = "rebuilding"
    if activity != "active":
        external = "external:" in text and activity == "inactive"
        row["state"] = "ok" if external else "failed"
        details.insert(0, "a container of external metadata" if external else activity)
    return Row(row, detail=": ".join(part for part in (level, "; ".join(details)) if part))


def _members(level: str, text: str) -> tuple[str, str]:
    counts = COUNTS.search(text)
    if not counts:
        return "ok", ""
    wanted, there, marks = int(counts[1]), int(counts[2]), counts[3]
    missing = wanted - there
    if missing <= 0:
        return "ok", f"{there} of {wanted} disks"
    lost = there == 0 or missing > SPARE.get(level, missing)
    return "failed" if lost else "degraded", f"{missing} of {wanted} disks missing: [{marks}]"
