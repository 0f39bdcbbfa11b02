"""Pure: what happened to a server in a window of maintenance, and in which."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from report.frames import frame_of
from report.words import day_month, is_missing, readable

if TYPE_CHECKING:
    from report.reading import View


def planned(view: View, host: str, at: Any) -> str:
    """Return in words the window of a host that a moment lies in; "" where it lies in none."""
    if not view.info.scopes or is_missing(at) or not isinstance(at, datetime):
        return ""
    found = view.scope.planned(view.names.get(host, host), at)
    if found is None:
        return ""
    window, end = found
    local = end.astimezone(view.info.zone)
    other_day = f"{day_month(local)} " if local.date() != view.info.report_date else ""
    return f"in maintenance until {other_day}{local:%H:%M}: {readable(window.reason, 80)}"


def asked_within(view: View) -> dict[str, str]:
    """Return the hosts that were asked within a window of theirs, and which, in words."""
    if not any(said.maintenance for said in view.info.scopes.values()):
        return {}
    frame = frame_of(view, "hosts")
    pairs = zip(frame["host"].astype(str), frame["collected_at"], strict=True)
    return {host: said for host, at in pairs if (said := planned(view, host, at))}
