"""Hosts that booted within the period."""

from __future__ import annotations

from typing import Any

import pandas as pd

from report import tables
from report.contract import Finding
from report.planned import planned
from report.reading import View, frame_of, plain
from report.rules.wording import NAMED, each_or_all, subject
from report.words import listing, moment, natural, plural


def restarted(view: View) -> list[Finding]:
    """Hosts that booted within the period."""
    info = view.info
    every = tables.rebooted(frame_of(view, "uptime"), info.from_at, info.to_at)
    often = (every["starts"] > 1).fillna(False).astype(bool) if "starts" in every else None
    again = [] if often is None else [_again(view, row) for row in plain(every[often]).itertuples()]
    every = every if often is None else every[~often]
    crashed = every["last_stop"].eq("crashed").fillna(False).astype(bool)
    windows = [
        planned(view, host, at) for host, at in zip(every["host"], every["booted_at"], strict=True)
    ]
    found = [*again]
    for rows, after in ((crashed, " after a crash: nothing had shut it down"), (~crashed, "")):
        for window in dict.fromkeys(windows):
            within = pd.Series([one == window for one in windows], every.index, dtype=bool)
            found += _restarted(view, every[rows & within], after, window)
    return found


def _again(view: View, row: Any) -> Finding:
    said = f"Rebooted {row.starts} times, last at {view.at(row.booted_at)}"
    said += f"; {plural(row.crashes, 'time')} after a crash" if row.crashes else ""
    host = str(row.host)
    window = planned(view, host, row.booted_at)
    said += f"; {window}" if window else ""
    return Finding("rebooted", "warning", "Restarted", host, (host,), f"{said}.", "uptime",
                   planned=window)  # fmt: skip


def _restarted(view: View, rows: pd.DataFrame, after: str, window: str) -> list[Finding]:
    info, found = view.info, []
    for hosts in each_or_all(sorted(map(str, rows["host"]), key=natural)):
        at = rows.loc[rows["host"].isin(hosts), "booted_at"]
        first, last = (moment(t, info.zone, info.from_at, info.to_at) for t in (at.min(), at.max()))
        when = f"at {first}" if first == last else f"between {first} and {last}"
        names = f" {listing(hosts, NAMED)}," if len(hosts) > 1 else ""
        said = f"Rebooted{':' if names else ''}{names} {when}{after}"
        said += f"; {window}." if window else "."
        found.append(
            Finding("rebooted", "warning", "Restarted", subject(hosts), hosts, said, "uptime",
                    planned=window)
        )  # fmt: skip
    return found
