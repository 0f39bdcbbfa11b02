"""Disks, arrays and pools that fail, or that are no longer whole."""

from __future__ import annotations

from report.contract import Finding, Severity
from report.reading import View, rows_of
from report.words import foreign, is_missing

SEVERITY: dict[str, Severity] = {
    "failed": "critical",
    "degraded": "critical",
    "rebuilding": "warning",
}
KIND = {"md": "RAID", "smart": "Disk", "lvm": "LVM", "zfs": "Pool", "multipath": "Multipath",
        "btrfs": "Btrfs"}  # fmt: skip


def unhealthy(view: View) -> list[Finding]:
    """What is kept on has failed, is degraded or is being rebuilt."""
    found = []
    for row in rows_of(view, "storage"):
        state = str(row.state)
        if state not in SEVERITY:
            continue
        name, host = f"{row.kind} {row.name}", str(row.host)
        why = "" if is_missing(row.detail) or not row.detail else f": {foreign(row.detail, 120)}"
        shown = f"{KIND.get(str(row.kind), row.kind)} {row.name}"
        verb = "has" if state == "failed" else "is"
        said = f"{foreign(shown, 60)} {verb} {state}{why}."
        found.append(
            Finding("storage", SEVERITY[state], "Broken", host, (host,), said, "health",
                    object=name, collector="storage")
        )  # fmt: skip
    return found
