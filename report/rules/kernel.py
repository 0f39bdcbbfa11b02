"""What the kernel reported: processes killed for want of memory, and faults beneath them."""

from __future__ import annotations

from report.contract import Finding, Severity
from report.reading import View, frame_of
from report.words import foreign, is_missing, listing, plural

SEVERITY: dict[str, Severity] = {
    "panic": "critical",
    "hardware": "critical",
    "io": "critical",
    "filesystem": "critical",
    "oom": "warning",
    "hang": "warning",
}
SAID = {
    "panic": ("kernel panic", "kernel panics"),
    "hardware": ("hardware error", "hardware errors"),
    "io": ("error of a disk", "errors of disks"),
    "filesystem": ("error of a filesystem", "errors of filesystems"),
    "oom": ("process killed for want of memory", "processes killed for want of memory"),
    "hang": ("task that hangs", "tasks that hang"),
}


def reported(view: View) -> list[Finding]:
    """Hosts whose kernel reported what somebody has to see to; segfaults and the like do not."""
    frame = frame_of(view, "kernel")
    found = []
    for (host, kind), rows in frame.groupby(["host", "kind"], sort=True):
        if kind not in SEVERITY:
            continue
        count, name = int(rows["count"].sum()), str(host)
        whom = listing([foreign(one, 24) for one in rows["subject"].dropna().unique()], 3)
        last = rows["at"].max()
        when = "" if is_missing(last) else f", last at {view.at(last)}"
        first = foreign(rows["message"].iloc[0], 90)
        said = f"{plural(count, *SAID[kind])}{f': {whom}' if whom else ''}{when}; “{first}”"
        found.append(
            Finding(f"kernel-{kind}", SEVERITY[kind], "Kernel", name, (name,), f"{said}.",
                    "health", float(count), collector="kernel")
        )  # fmt: skip
    return found
