"""kernel: the errors of the period, from the journal, or from the log where there is none."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from report.demo.visit import Visit, section

KILLED = (
    "Out of memory: Killed process 21877 (java) total-vm:38211340kB, anon-rss:30110236kB, "
    "file-rss:2104kB, shmem-rss:0kB, UID:992 pgtables:61204kB oom_score_adj:0"
)
READ_ONLY = (
    "EXT4-fs error (device dm-1): ext4_journal_check_start:84: comm rsyslogd: Detected aborted "
    "journal"
)
FAILING = (
    "blk_update_request: critical medium error, dev sda, sector 41156608 op 0x0:(READ) flags 0x0"
)


def printed(visit: Visit) -> str:
    """Return what the probe of `kernel` prints."""
    rights = ["CapBnd:\t000001ffffffffff", "         0          0 4294967295"]
    said = section("system", "Linux") + section("rights", rights)
    errors = _errors(visit)
    if visit.server.system.init == "systemd":
        if not visit.root:
            hint = "No journal files were opened due to insufficient permissions."
            return said + section("hint", hint) + _closed(visit) + section("done", "done")
        oldest = (visit.now - timedelta(days=34)).timestamp()
        lines = [
            f"{count} {at.timestamp() * 1e6:.0f} {level} {json.dumps(message)}"
            for at, level, message, count in errors
        ]
        said += section("hint", []) + section("oldest", f"{oldest:.6f}")
        said += section("errors", lines) + section("others", [])
    else:
        said += section("zone", visit.server.zone) + section("offset", "+0000")
        said += section("logs", _log(visit, errors))
    return said + section("done", "done")


def _closed(visit: Visit) -> str:
    refused = "dmesg: read kernel buffer failed: Operation not permitted"
    boot = section("boot", f"btime {visit.boot.at.timestamp():.0f}")
    zone = section("zone", visit.server.zone) + section("offset", "+0000")
    return zone + boot + section("ring", refused) + section("span", [])


def _errors(visit: Visit) -> list[tuple[datetime, int, str, int]]:
    """Return when, level, message and how many alike."""
    host, story, found = visit.server.name, visit.story, []
    leak = story.memory.get(host)
    if leak and leak(visit.day) > 95:
        found.append((visit.to_at - timedelta(hours=3, minutes=12), 3, KILLED, 1))
    if any(name == host and since <= visit.day for (name, _), since in story.read_only.items()):
        at = visit.to_at - timedelta(hours=5, minutes=2)
        found += [(at, 3, FAILING, 18), (at + timedelta(seconds=9), 2, READ_ONLY, 1)]
    return sorted(found)


def _log(visit: Visit, errors: list[tuple[datetime, int, str, int]]) -> list[str]:
    """Return the log's first line, and what of it is the kernel's."""
    head = visit.from_at - timedelta(days=3)
    first = f"{head.astimezone(visit.zone):%b %e %H:%M:%S} {visit.server.name}"
    lines = [f"@file {visit.now.timestamp():.0f} /var/log/messages",
             f"^{first} syslog.info syslogd started: BusyBox v1.37.0"]  # fmt: skip
    for at, _, message, count in errors:
        stamp = f"{at.astimezone(visit.zone):%b %e %H:%M:%S} {visit.server.name}"
        lines.append(f"{count} {stamp} kern.err kernel: {message}")
    return lines
