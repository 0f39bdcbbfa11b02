"""Security updates that wait, and restarts that are due."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from report.contract import Finding
from report.reading import View, frame_of
from report.rules.wording import NAMED, subject
from report.words import foreign, is_missing, listing, natural, number, plural

if TYPE_CHECKING:
    import pandas as pd

LETTERS = 60  # of names


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
    elif names := _security_names(most, count):
        shown = _fitting(names)
        rest = [f"{number(count - len(shown))} more"] if count > len(shown) else []
        said += f": {listing([*shown, *rest])}"
    return [
        Finding("updates", "warning", "Updates", subject(hosts), hosts, f"{said}.", "upkeep",
                float(count), collector="updates", about="Security updates pending.")
    ]  # fmt: skip


def _security_names(row: pd.Series[Any], count: int) -> list[str]:
    """Return those packages that are security updates for sure.

    The frame names all that are pending, these first. One that is pending for two architectures
    is named once and counted twice; which one that is, it does not say.
    """
    if is_missing(row["packages"]):
        return []
    said = re.fullmatch(r"(.*?)(?: and (\d+) more)?", str(row["packages"]), re.S)
    names = said[1].split(", ") if said and said[1] else []
    distinct = len(names) + int((said and said[2]) or 0)
    twice = 0 if is_missing(row["pending"]) else max(0, int(row["pending"]) - distinct)
    return names[: max(0, count - twice)]


def _fitting(names: Sequence[str]) -> list[str]:
    """Return as many names as fit a line, at least one."""
    shown = [foreign(name, LETTERS) for name in names]
    while len(shown) > 1 and len(", ".join(shown)) > LETTERS:
        shown.pop()
    return shown


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
