"""Timers of systemd whose work failed, or that did not start it when it was due."""

from __future__ import annotations

from report.contract import Finding
from report.reading import View, frame_of
from report.words import foreign, listing, plural

BAD = {"failed": "failed", "overdue": "overdue", "inactive": "enabled, but not going"}


def not_done(view: View) -> list[Finding]:
    """Hosts with timers that failed or are overdue."""
    frame = frame_of(view, "timers")
    bad, found = frame[frame["state"].isin(list(BAD))], []
    for (host, state), rows in bad.groupby(["host", "state"], sort=True):
        names = listing([foreign(one, 40) for one in rows["unit"]], 3)
        said = f"{plural(len(rows), 'timer')} {BAD[str(state)]}: {names}."
        found.append(
            Finding(f"timer-{state}", "warning", "Timers", str(host), (str(host),), said, "health",
                    object=names, collector="timers")
        )  # fmt: skip
    return found
