"""ZFS's pools and btrfs's filesystems; a part of `storage`.

    zpool|tank<TAB>DEGRADED<TAB>61                       zpool list -H -p
    zstatus|  pool: tank                                 zpool status
    zstatus| state: DEGRADED
    zstatus|status: One or more devices could not be used …
    zstatus|  scan: resilver in progress since Wed Nov 25 02:00:00 2026
    zstatus|        1.2T scanned …, 45.67% done, 01:10:20 to go
    zstatus|            sdc     FAULTED      3     0     0  too many errors
    zstatus|errors: No known data errors
    btrfs|@fs sdb data                                   /sys/fs/btrfs, since Linux 5.14
    btrfs|2 0 write_errs 0 read_errs 0 flush_errs 0 corruption_errs 7324 generation_errs 0

The counts of both go on until they are cleared (`zpool clear`, `btrfs device stats -z`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collectors.base import Row
from collectors.errors import ParseError
from collectors.text import Sections

POOL = re.compile(r"(\S+)\t([A-Z]+)\t(\d{1,3})%?|(\S+)\t([A-Z]+)\t-")
KEY = re.compile(r" *(pool|state|status|action|see|scan|scrub|config|errors|comment|remove): ?(.*)")
VDEV = re.compile(r"\s+(\S.*?) +([A-Z]{5,8}) +(\S+) +(\S+) +(\S+)(?:\s+(.*))?")
DONE = re.compile(r"\b(\d{1,3}\.\d+)% done")
FAILED = ("FAULTED", "UNAVAIL", "SUSPENDED", "REMOVED", "OFFLINE")
# What is degraded only says that something in it is.
GOOD = ("ONLINE", "AVAIL", "INUSE", "DEGRADED")
STATS = re.compile(r"(\d{1,6}) ([01]) ((?:[a-z]+_errs \d{1,20} ?)+)")
TOOL = re.compile(r"\[([^\]]{1,200})\]\.([a-z_]+)_errs +(\d{1,20})")


def zfs(found: Sections) -> Iterator[Row]:
    """Yield a row a pool. Raises ParseError for a list of pools in another form."""
    parts = _status(found.good("zstatus"))
    for line in found.good("zpool"):
        if not line.strip() or line == "no pools available":
            continue
        hit = POOL.fullmatch(line)
        if not hit:
            raise ParseError("not a line of zpool list", line)
        name, health = hit[1] or hit[4], hit[2] or hit[5]
        status = parts.get(name, {})
        state, details = _pool(health, status)
        scan = " ".join(status.get("scan", ()))
        done = DONE.search(scan)
        if "resilver in progress" in scan and state != "failed":
            state = "rebuilding"
        yield Row(
            kind="zfs",
            name=name,
            state=state,
            detail="; ".join([health, *details]),
            used_percent=int(hit[3]) if hit[3] else None,
            progress_percent=float(done[1]) if done and "in progress" in scan else None,
        )


def _pool(health: str, status: dict[str, list[str]]) -> tuple[str, list[str]]:
    details = []
    for line in status.get("config", ()):
        vdev = VDEV.fullmatch(line)
        if not vdev or vdev[2] == "STATE" or (line.startswith("\t") and line[1:2].strip()):
            continue
        errors = [f"{count} {what}" for what, count in
                  zip(("read", "write", "checksum"), vdev.group(3, 4, 5), strict=True)
                  if count not in ("0", "-")]  # fmt: skip
        if vdev[2] not in GOOD or errors:
            details.append(" ".join([vdev[1], vdev[2], *errors]))
    errors_line = " ".join(status.get("errors", ())).strip()
    if errors_line and errors_line != "No known data errors":
        details.append(errors_line)
    if health in FAILED:
        return "failed", details[:8]
    return ("ok" if health == "ONLINE" and not details else "degraded"), details[:8]


def _status(lines: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """Return the paragraphs of `zpool status` by pool and heading."""
    pools: dict[str, dict[str, list[str]]] = {}
    pool: dict[str, list[str]] = {}
    key = ""
    for line in lines:
        if (hit := KEY.fullmatch(line)) and not line.startswith("\t"):
            key = hit[1]
            if key == "pool":
                pool = pools.setdefault(hit[2].strip(), {})
            pool.setdefault(key, []).append(hit[2])
        elif line.strip():
            pool.setdefault(key, []).append(line)
    return pools


def btrfs(found: Sections) -> Iterator[Row]:
    """Yield a row a filesystem, from /sys or from `btrfs device stats`."""
    name, missing = "", list[str]()
    counts: dict[tuple[str, str], int] = {}
    for line in [*found.good("btrfs"), *found.good("stats"), "@fs "]:
        if line.startswith("@fs "):
            if name and (counts or missing):
                yield _filesystem(name, counts, missing)
            device, _, label = line.removeprefix("@fs ").partition(" ")
            name, counts, missing = label.strip() or device, {}, []
        elif hit := STATS.fullmatch(line.strip()):
            words = hit[3].split()
            missing += [f"device {hit[1]}"] if hit[2] == "1" else []
            counts |= {(f"device {hit[1]}", what): int(count)
                       for what, count in zip(words[::2], words[1::2], strict=True)}  # fmt: skip
        elif hit := TOOL.fullmatch(line.strip()):
            missing += [hit[1]] if "missing" in hit[1] and hit[1] not in missing else []
            counts[hit[1], hit[2].removesuffix("_io") + "_errs"] = int(hit[3])
        elif line.strip() and not line.startswith("ERROR"):
            raise ParseError("not the counts of a btrfs device", line)


def _filesystem(name: str, counts: dict[tuple[str, str], int], missing: Sequence[str]) -> Row:
    bad = [f"{device} {what.removesuffix('_errs')} errors {count}"
           for (device, what), count in counts.items() if count]  # fmt: skip
    absent = [f"missing: {', '.join(missing)}"] if missing else []
    devices = len({device for device, _ in counts})
    return Row(
        kind="btrfs",
        name=name,
        state="degraded" if bad or missing else "ok",
        detail="; ".join([*absent, *bad[:8]]) or f"{devices} devices without errors",
    )
