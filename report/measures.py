"""Pure: what is measured of a day for its hosts, and what of it is unlike the weeks before.

A value is unusual when it is above everything of the last 28 days, and far from their median:
by six times their median deviation, and by a least difference, so that small numbers are
quiet. A host that is known for too few days is held against its group in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from collectors.base import HOST, NUMBER, TEXT, WHOLE, Column, Row, frame
from report.store import Day
from report.tables import busiest, filesystems, sessions, writable
from report.words import is_missing, network_of

if TYPE_CHECKING:
    import pandas as pd

DAYS = 28
KNOWN = 10  # of them have to be known
DEVIATIONS = 6 * 1.4826
NOISE = 20  # failed logins a day from a network; fewer are not kept
OTHERS = 5  # hosts of a group that one of them is held against
GIB = 1 << 30
# By how much a value has to differ, and what it has to reach at least.
LEAST: dict[str, tuple[float, float]] = {
    "load": (1.0, 1.0),
    "memory": (25.0, 70.0),
    "failed logins": (50.0, 50.0),
    "rise": (10.0, 10.0),
    "network": (100.0, 100.0),
}
MEASURES = (
    HOST,
    Column("measure", TEXT, "", "load, memory, failed logins, disk, or network: what came from it"),
    Column("object", TEXT, "", "which one: a mount, or a network, whose host is empty"),
    Column("value", NUMBER, "", "per core; % used; how many; % of its size; how many"),
)
UNUSUAL = (
    HOST,
    Column("measure", TEXT, "", "as there; rise: of a disk, since yesterday"),
    Column("object", TEXT, "", "which one: a mount, or a network"),
    Column("value", NUMBER, "", "what it is"),
    Column("usual", NUMBER, "", "the median of the days before, or of its group"),
    Column("most", NUMBER, "", "the most of the days before; NA when held against its group"),
    Column("known_days", WHOLE, "d", "how many days of it are known"),
)


def measured(day: Day) -> pd.DataFrame:
    """Return a day's values: rows of MEASURES, also where there was nothing to count."""
    return frame(MEASURES, [
        Row(host=host, measure=measure, object=what, value=value)
        for measure, host, what, value in _values(day)
    ])  # fmt: skip


def _values(day: Day) -> Iterator[tuple[str, str, str, float]]:
    frames = day.frames
    if "uptime" in frames:
        loads = busiest(frames["uptime"])
        for host, value in zip(loads["host"], loads["per_core"], strict=True):
            yield "load", str(host), "", float(value)
    if "memory" in frames:
        used = frames["memory"]["limit_used_percent"].fillna(frames["memory"]["used_percent"])
        for host, value in zip(frames["memory"]["host"], used, strict=True):
            if not is_missing(value):
                yield "memory", str(host), "", float(value)
    if "logins" in frames:
        logins, outcomes = sessions(frames["logins"]), frames["outcomes"]
        tries = logins[logins["result"] == "failed"]
        failed = tries.groupby("host")["count"].sum()
        read = (outcomes["collector"] == "logins") & (outcomes["outcome"] == "ok")
        for host in outcomes.loc[read, "host"]:
            yield "failed logins", str(host), "", float(failed.get(host, 0))
        for name, count in _networks(tries).items():
            yield "network", "", name, count
    if "disks" in frames:
        known = writable(filesystems(frames["disks"]))
        known = known[known["size_bytes"].notna() & known["used_bytes"].notna()]
        known = known[known["size_bytes"] > 0]
        share = 100 * known["used_bytes"].astype(float) / known["size_bytes"].astype(float)
        for host, mount, value in zip(known["host"], known["mount"], share, strict=True):
            yield "disk", str(host), str(mount), float(value)


def _networks(tries: pd.DataFrame) -> dict[str, float]:
    """Return the networks that tried often, and how often."""
    found: dict[str, float] = {}
    for source, count in tries.groupby("source_ip")["count"].sum().items():
        name = network(source)
        found[name] = found.get(name, 0.0) + float(count)
    return {name: count for name, count in found.items() if count >= NOISE}


def network(source: object) -> str:
    """Return the network of an address that one somebody has, a /24 or /64; a name as it is."""
    return network_of(source, {4: 24, 6: 64})


def unusual(today: pd.DataFrame, before: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    """Return what of a day is unusual: rows of UNUSUAL.

    today: MEASURES; before: the same of the days before, with `day`. groups: host → group.
    """
    rows: list[Row] = []
    days = np.unique(before["day"].to_numpy(np.int64))
    if not len(days) or today.empty:
        return frame(UNUSUAL, [])
    keys = ["host", "measure", "object"]
    names = list(map(tuple, today[keys].fillna("").astype(str).to_numpy()))
    index = {name: n for n, name in enumerate(names)}
    past = np.full((len(names), len(days)), np.nan)
    known = today[keys].fillna("").astype(str).assign(n=range(len(today)))
    held = before[[*keys, "day", "value"]].astype(dict.fromkeys(keys, str)).merge(known, on=keys)
    at = np.searchsorted(days, held["day"].to_numpy(np.int64))
    past[held["n"].to_numpy(np.int64), at] = held["value"].to_numpy(float)
    now = today["value"].to_numpy(float)
    for n, (host, measure, what) in enumerate(names):
        value, series, least = now[n], past[n], LEAST.get(measure)
        if measure == "disk":
            value, series = value - series[-1], np.diff(series)
            measure, least = "rise", LEAST["rise"]  # noqa: PLW2901
        if least is None or not value >= least[1]:
            continue
        if measure == "network":  # what tried seldom was not kept
            series = np.nan_to_num(series)
        series = series[~np.isnan(series)]
        row = Row(host=host, measure=measure, object=what, value=value, known_days=len(series))
        if len(series) >= KNOWN:
            if _above(value, series, least[0]) and value > series.max() + least[0] / 2:
                rows.append(row | Row(usual=np.median(series), most=series.max()))
        elif measure not in ("rise", "network"):
            others = [
                now[index[key]] for other in groups
                if other != host and groups[other] == groups.get(host)
                and (key := (other, measure, what)) in index
            ]  # fmt: skip
            if len(others) >= OTHERS and _above(value, np.array(others), 2 * least[0]):
                rows.append(row | Row(usual=np.median(others)))
    return frame(UNUSUAL, rows)


def _above(value: float, others: Any, least: float) -> bool:
    median = float(np.median(others))
    spread = float(np.median(np.abs(others - median)))
    return value - median >= least and value - median >= DEVIATIONS * spread
