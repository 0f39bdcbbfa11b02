"""Filesystems that fell read-only, and those that fill."""

from __future__ import annotations

from typing import Any

from report import tables
from report.contract import Finding
from report.reading import View, frame_of
from report.rules.wording import NAMED, severity_of
from report.settings import Limit
from report.words import foreign, is_missing, listing, percent, share


def not_writable(view: View) -> list[Finding]:
    """Filesystems mounted read-only although fstab says otherwise: a kernel's word for damage."""
    disks = frame_of(view, "disks")
    if "read_only_expected" not in disks:  # a snapshot of an earlier version
        return []
    wanted = disks["read_only_expected"].eq(False).fillna(False)
    here = disks[disks["read_only"].fillna(False).astype(bool) & wanted.astype(bool)]
    found = []
    for host, rows in here.groupby("host", sort=True):
        name = str(host)
        mounts = listing([foreign(at, 48).replace(" ", "\\x20") for at in rows["mount"]], NAMED)
        verb = "is" if len(rows) == 1 else "are"
        said = f"{mounts} {verb} mounted read-only, although fstab says otherwise."
        found.append(
            Finding("read-only", "critical", "Broken", name, (name,), said, "disks", object=mounts)
        )
    return found


def filling(view: View) -> list[Finding]:
    """Filesystems above a limit, by bytes or by inodes; a remote one once for all its hosts."""
    once = tables.writable(tables.filesystems(frame_of(view, "disks")))
    limits = view.info.thresholds
    over = once[
        (once["used_percent"] >= limits.disks.warning).fillna(False)
        | (once["inodes_used_percent"] >= limits.inodes.warning).fillna(False)
    ]
    return [_full(row, limits.disks, limits.inodes) for row in over.itertuples(index=False)]


def _full(row: Any, disks: Limit, inodes: Limit) -> Finding:
    bytes_, nodes = (
        severity_of(row.used_percent, disks),
        severity_of(row.inodes_used_percent, inodes),
    )
    rank = ("", "warning", "critical")
    by_inodes = rank.index(nodes) > rank.index(bytes_)
    severity, limit = (nodes, inodes) if by_inodes else (bytes_, disks)
    mount = foreign(row.mount, 48).replace(" ", "\\x20")
    used = f"{percent(row.used_percent)} %"
    if by_inodes:
        said = f"{mount} has {percent(row.inodes_used_percent)} % of its inodes used"
        said += f", though {used} of its bytes" if not is_missing(row.used_percent) else ""
    else:
        said = f"{mount} {used} full, {share(row.available_bytes, row.size_bytes)} free"
        said += f"; {percent(row.inodes_used_percent)} % of its inodes" if nodes else ""
    said += f"; mounted on {row.host_count} hosts" if row.host_count > 1 else ""
    value = float(row.inodes_used_percent if by_inodes else row.used_percent)
    bound = limit.critical if severity == "critical" else limit.warning
    host = str(row.host)
    return Finding(
        "inodes-full" if by_inodes else "disk-full",
        "critical" if severity == "critical" else "warning",
        "Filling", host, (host,), f"{said}.", "disks", value, bound, str(row.mount),
    )  # fmt: skip
