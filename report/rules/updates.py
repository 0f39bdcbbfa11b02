"""Security updates that wait, and restarts that are due."""

from __future__ import annotations

from report.contract import Finding
from report.reading import View, frame_of
from report.rules.wording import NAMED, subject
from report.words import foreign, is_missing, listing, natural, number, plural


def security(view: View) -> list[Finding]:
    """Hosts with security updates pending, together: one finding."""
    frame = frame_of(view, "updates")
    due = frame[(frame["security"] > 0).fillna(False).astype(bool)]
    if due.empty:
        return []
    hosts = tuple(sorted(map(str, due["host"]), key=natural))
    most = due.sort_values("security", ascending=False, kind="stable").iloc[0]
    count = int(due["security"].sum())
    said = f"{plural(count, 'security update')} pending"
    if len(hosts) > 1:
        said += f" on {listing(hosts, NAMED)}; most on {most['host']}, {number(most['security'])}"
    elif not is_missing(most["packages"]):
        said += f": {foreign(most['packages'], 90)}"
    return [
        Finding("updates", "warning", "Updates", subject(hosts), hosts, f"{said}.", "upkeep",
                float(count), collector="updates", about="Security updates pending.")
    ]  # fmt: skip


def restart_due(view: View) -> list[Finding]:
    """Hosts that have to be restarted for their updates to be in force, together."""
    frame = frame_of(view, "updates")
    due = frame[frame["reboot_required"].fillna(False).astype(bool)]
    if due.empty:
        return []
    hosts = tuple(sorted(map(str, due["host"]), key=natural))
    reason = due["reboot_reason"].iloc[0]
    why = f": {foreign(reason, 110)}" if len(hosts) == 1 and not is_missing(reason) else ""
    names = f" on {listing(hosts, NAMED)}" if len(hosts) > 1 else ""
    return [
        Finding("restart-due", "warning", "Updates", subject(hosts), hosts,
                f"A restart is due{names}{why}.", "upkeep", collector="updates",
                about="A restart is due.")
    ]  # fmt: skip
