"""When the filesystems of a day will be full: their past, and a forecast of each that has one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from report import history
from report.forecast import FARTHEST, Forecast, Numbers, last_run, until_full
from report.store import Day

if TYPE_CHECKING:
    import pandas as pd

DAYS = 90  # of the past that are looked at
LOOK_BACK = (1, 3, 7, 14, 30, 60)  # days; what grew since none of them fills in no time we know
COLUMNS = ("host", "mount", "used_bytes", "available_bytes", "size_bytes", "inodes", "inodes_used")
KINDS = {"bytes": ("used_bytes", "available_bytes"), "inodes": ("inodes_used", "inodes")}


class Outlook(NamedTuple):
    """A filesystem that will be full. what: "bytes" or "inodes"."""

    host: str
    mount: str
    what: str
    forecast: Forecast


class Past(NamedTuple):
    """Many filesystems over the same days.

    names: (host, mount) each. days: ordinals, ascending. used, whole: (filesystems, days), NaN
    where a day is not known; whole is what can be used of it, used and available together.
    """

    names: Sequence[tuple[str, str]]
    days: NDArray[np.int64]
    used: Numbers
    whole: Numbers


def outlooks(day: Day) -> list[Outlook]:
    """Return the filesystems that will be full at a time the past can tell, soonest first."""
    rows = history.rows(day.folder.parent, "disks", COLUMNS, day.date, DAYS)
    hosts = set(day.frames["hosts"]["host"])
    looked = day.info.to_at.astimezone(day.info.zone)
    hour = (looked.hour * 60 + looked.minute) / (24 * 60)
    found = [
        Outlook(host, mount, what, forecast)
        for what in KINDS
        for (host, mount), forecast in _forecasts(past(rows, what), hour)
        if host in hosts
    ]
    return sorted(found, key=lambda one: (one.forecast.days, one.host, one.mount))


def past(rows: pd.DataFrame, what: str) -> Past:
    """Return the filesystems' past by bytes or by inodes; rows: of `history.rows`."""
    used_name, other_name = KINDS[what]
    rows = rows[rows[used_name].notna() & rows[other_name].notna()]
    if rows.empty:
        return Past([], np.array([], dtype=np.int64), np.empty((0, 0)), np.empty((0, 0)))
    days, at = np.unique(rows["day"].to_numpy(np.int64), return_inverse=True)
    mounts = rows["mount"].astype("category").cat
    hosts = rows["host"].astype("category").cat
    code = hosts.codes.to_numpy(np.int64) * len(mounts.categories) + mounts.codes.to_numpy(np.int64)
    keys, which = np.unique(code, return_inverse=True)
    names = [
        (str(hosts.categories[key // len(mounts.categories)]),
         str(mounts.categories[key % len(mounts.categories)])) for key in keys
    ]  # fmt: skip
    used = np.full((len(keys), len(days)), np.nan)
    whole = used.copy()
    used[which, at] = rows[used_name].to_numpy(float)
    whole[which, at] = rows[other_name].to_numpy(float)
    if what == "bytes":
        whole += used
    return Past(names, days, used, whole)


def _forecasts(past: Past, hour: float) -> Iterator[tuple[tuple[str, str], Forecast]]:
    for index in _growing(past):
        known = ~np.isnan(past.used[index])
        used, whole = past.used[index][known], past.whole[index][known]
        room = float(whole[-1] - used[-1])
        if forecast := until_full(last_run(past.days[known], used, whole), room, hour):
            yield past.names[index], forecast


def _growing(past: Past) -> NDArray[np.int64]:
    """Return which of the filesystems known on the last day could be full in the time we tell."""
    if not len(past.days):
        return np.array([], dtype=np.int64)
    last, room = past.used[:, -1], past.whole[:, -1] - past.used[:, -1]
    most = np.full(len(last), -np.inf)
    for back in LOOK_BACK:
        before = np.searchsorted(past.days, past.days[-1] - back, side="right") - 1
        if before >= 0:
            span = float(past.days[-1] - past.days[before])
            most = np.fmax(most, (last - past.used[:, before]) / span)
    return np.flatnonzero((room > 0) & (most * FARTHEST > room))
