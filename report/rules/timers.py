"""Timers of systemd whose work failed, or that did not start it when it was due."""

from __future__ import annotations

from report.contract import Finding
from report.reading import View, frame_of
from report.rules.wording import NAMED, each_or_all, subject
from report.words import foreign, listing, natural

BAD = {"failed": "failed", "overdue": "is overdue", "inactive": "is enabled, but not going"}


def not_done(view: View) -> list[Finding]:
    """Timers that failed or are overdue; the same one on many hosts is one finding."""
    frame = frame_of(view, "timers")
    bad, found = frame[frame["state"].isin(list(BAD))], []
    for (unit, state), rows in bad.groupby(["unit", "state"], sort=True):
        for hosts in each_or_all(sorted(set(map(str, rows["host"])), key=natural)):
            said = f"{foreign(unit, 60)} {BAD[str(state)]}"
            names = f", on {listing(hosts, NAMED)}" if len(hosts) > 1 else ""
            found.append(
                Finding(f"timer-{state}", "warning", "Timers", subject(hosts), hosts,
                        f"{said}{names}.", "health", object=str(unit), collector="timers",
                        about=f"{said}.")
            )  # fmt: skip
    return found
