"""Is what the data lies on whole: disks (SMART), md, LVM, ZFS, btrfs, multipath.

One row a disk that has SMART, an array, a volume group or volume, a pool, a filesystem of
btrfs, a map. What runs on the server is in `script`, the forms in `md`, `pools`, `volumes`
and `smart`. /proc/mdstat, ZFS and (since Linux 5.14) btrfs tell everybody; SMART, LVM and
multipath tell root alone: without it their disks are rows of state `unknown`, and the
outcome is `partial`. Virtual disks have no SMART.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from collectors import text as probe
from collectors.base import NUMBER, TEXT, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import NoPermission, NotApplicable, ParseError
from collectors.storage import md, pools, smart, volumes
from collectors.storage.script import script

__all__ = ["COLUMNS", "MOST_BYTES", "NAME", "PAST", "SECONDS", "parse", "script"]

NAME = "storage"
SECONDS = 45
MOST_BYTES = 4_000_000
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("kind", TEXT, "", "smart, md, lvm, zfs, btrfs or multipath"),
    Column("name", TEXT, "", "the disk, array, volume, pool, filesystem or map"),
    Column("state", TEXT, "", "ok, degraded, rebuilding, failed or unknown"),
    Column("detail", TEXT, "", "in words: what is missing or wrong"),
    Column(
        "progress_percent", NUMBER, "%", "how far a rebuild or check has come; NA if none goes on"
    ),
    Column("used_percent", WHOLE, "%", "of a ZFS pool, a thin pool or a snapshot"),
    Column("temperature_celsius", WHOLE, "°C", "a disk's temperature"),
    Column("wear_percent", WHOLE, "%", "of a solid state disk's endurance, used"),
    Column("reallocated", WHOLE, "", "a disk's reallocated sectors or grown defects"),
    Column("power_on_hours", WHOLE, "h", "how long a disk has been running"),
)


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row for each thing whose health is known or should be.

    Raises NotApplicable where there is no such thing, NoPermission where all there is needs
    root, ParseError for what a tool prints in a form that is not known.
    """
    del ask
    found = probe.sections(text)
    if "done" not in found or "user" not in found:
        raise ParseError("the probe of storage is incomplete", text)
    rows = [
        *md.rows(found.good("mdstat")),
        *pools.zfs(found),
        *pools.btrfs(found),
        *volumes.lvm(found),
        *volumes.multipath(found),
        *smart.rows(found),
    ]
    unasked = _unasked(found, rows)
    cause = f"root alone may ask {', '.join(unasked)}" if unasked else ""
    if not rows and cause:
        raise NoPermission(cause)
    if not rows:
        raise NotApplicable("no RAID, LVM, ZFS, multipath and no disk with SMART was found")
    silent = [name for name in ("zpool", "zstatus", "vgs", "lvs", "paths")
              if name in found and found[name].status != 0]  # fmt: skip
    causes = [cause, *(f"{name}: {found[name].first[:100] or 'no answer'}" for name in silent)]
    return Parsed(rows, "; ".join(one for one in causes if one), _hidden(found))


def _unasked(found: probe.Sections, rows: Sequence[Row]) -> list[str]:
    """Return what is there and could not be asked, for want of root."""
    mapped = {line.split()[-1] for line in found.good("dm") if line.strip()}
    known = {row["kind"] for row in rows}
    there = {
        "SMART": any(row["detail"] == smart.NEEDS_ROOT for row in rows),
        "LVM": "LVM" in mapped and "vgs" not in found,
        "multipath": "mpath" in mapped and "paths" not in found,
        "btrfs": found.value("mounts") not in ("", "0") and "btrfs" not in known,
    }
    return [name for name, unknown in there.items() if unknown]


def _hidden(found: probe.Sections) -> str:
    drivers = [line for line in found.good("raid") if re.fullmatch(r"[\w-]{1,30}", line)]
    asked = any("megaraid" in line or "cciss" in line for line in found.good("smart"))
    if not drivers or asked:
        return ""
    return f"a RAID controller ({', '.join(drivers)}) hides its disks: its own tool tells of them"
