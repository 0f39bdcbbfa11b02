"""Hosts that booted within the period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report import tables
from report.contract import Finding
from report.reading import View, frame_of
from report.rules.wording import NAMED, each_or_all, subject
from report.words import listing, moment, natural

if TYPE_CHECKING:
    import pandas as pd


def restarted(view: View) -> list[Finding]:
    """Hosts that booted within the period."""
    info = view.info
    every = tables.rebooted(frame_of(view, "uptime"), info.from_at, info.to_at)
    crashed = every["last_stop"].eq("crashed").fillna(False).astype(bool)
    return [
        *_restarted(view, every[crashed], " after a crash: nothing had shut it down"),
        *_restarted(view, every[~crashed], ""),
    ]


def _restarted(view: View, rows: pd.DataFrame, after: str) -> list[Finding]:
    info, found = view.info, []
    for hosts in each_or_all(sorted(map(str, rows["host"]), key=natural)):
        at = rows.loc[rows["host"].isin(hosts), "booted_at"]
        first, last = (moment(t, info.zone, info.from_at, info.to_at) for t in (at.min(), at.max()))
        when = f"at {first}" if first == last else f"between {first} and {last}"
        names = f" {listing(hosts, NAMED)}," if len(hosts) > 1 else ""
        said = f"Rebooted{':' if names else ''}{names} {when}{after}."
        found.append(
            Finding("rebooted", "warning", "Restarted", subject(hosts), hosts, said, "uptime")
        )
    return found
