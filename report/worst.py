"""Pure: which rows of a frame stay where a sheet has no room for all of them: the worst."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# A key ranks rows: the lowest are the worst, what is not known comes last.
Key = Callable[["pd.DataFrame"], "pd.Series[Any]"]


def most(column: str) -> Key:
    """Rank by a figure, the highest first."""
    return lambda frame: -frame[column].astype("Float64")


def soonest(column: str) -> Key:
    """Rank by a time or a figure, the lowest first."""
    return lambda frame: frame[column]


def unlike(column: str, *good: str) -> Key:
    """Rank what is not good first; what is not known is not good."""
    return lambda frame: frame[column].isin(good)


def like(column: str, *bad: object) -> Key:
    """Rank what is one of these first."""
    return lambda frame: ~frame[column].isin(bad)


# The first key counts, the next among those that are alike in it; in the end the frame's order.
WORST: Mapping[str, tuple[Key, ...]] = {
    "outcomes": (unlike("outcome", "ok", "not_applicable", "not_knowable"),),
    "servers": (unlike("state", "up"),),
    "disks": (most("used_percent"),),
    "logins": (like("result", "accepted"), most("count")),
    "uptime": (most("crashes"), most("load_15")),
    "memory": (most("used_percent"),),
    "timesync": (unlike("state", "ok"),),
    "timers": (unlike("state", "ok"),),
    "storage": (unlike("state", "ok"), most("used_percent")),
    "lifecycle": (soonest("ends_at"),),
    "ports": (unlike("scope", "loopback"),),
    "users": (like("password", "empty"), like("may_log_in", True)),
    "certificates": (soonest("not_after_at"),),
    "backups": (unlike("state", "ok"),),
    "updates": (most("security"), most("pending")),
    "checks": (like("state", "critical"), like("state", "warning", "unknown")),
    "kernel": (most("count"),),
    "forecasts": (soonest("full_in_days"),),
    "compared": (unlike("state", "compared"),),
}


def worst(name: str, frame: pd.DataFrame, most_rows: int) -> pd.DataFrame:
    """Return so many rows of a frame, the worst of them, in the frame's own order."""
    order = frame
    for key in reversed(WORST.get(name, ())):
        ranks = key(order)
        order = order.loc[ranks.sort_values(kind="stable", na_position="last").index]
    return frame.loc[order.index[:most_rows].sort_values()]
