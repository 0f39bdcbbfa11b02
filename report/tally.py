"""Each host's day in one row, kept beside the snapshot: what trends are drawn from.

A day saved by an earlier version has none: it is made of its snapshot, a few columns of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors.base import FLAG, HOST, TEXT, WHOLE, Column, Row, frame
from report import history, store
from report.tables import rebooted, sessions
from report.words import is_missing

if TYPE_CHECKING:
    import pandas as pd

FOLDER, NAME = "derived", "tally"
DAYS = 90
TALLY = (
    HOST,
    Column("groups", TEXT, "", "the host's groups on that day, separated by commas"),
    Column("answered", FLAG, "", "whether anything of it was read"),
    Column("state", TEXT, "", "up, degraded, maintenance, down or unknown"),
    Column("failed", WHOLE, "", "failed logins; NA when not read"),
    Column("accepted", WHOLE, "", "accepted logins; NA when not read"),
    Column("rebooted", FLAG, "", "whether it booted in the period; NA when not read"),
)
NEEDED: Mapping[str, tuple[str, ...]] = {
    "hosts": ("host", "groups"),
    "outcomes": ("host", "collector", "outcome"),
    "servers": ("host", "state"),
    "logins": ("host", "result", "service", "count"),
    "uptime": ("host", "booted_at"),
}
READ = ("ok", "partial")


def tally(frames: Mapping[str, pd.DataFrame], info: store.Info) -> pd.DataFrame:
    """Return a row for each host listed (TALLY). What was not read is NA, or unknown."""
    outcomes = frames["outcomes"]
    read: dict[str, set[str]] = {name: set() for name in NEEDED}
    answered = set()
    for host, name, outcome in outcomes[["host", "collector", "outcome"]].itertuples(index=False):
        if outcome == "ok":
            answered.add(host)
        if outcome in READ and name in read and name in frames:
            read[name].add(host)
    states = _states(frames)
    counts = _logins(frames)
    again: set[str] = set()
    if "uptime" in frames:
        again = set(rebooted(frames["uptime"].assign(), info.from_at, info.to_at)["host"])
    rows = []
    for host, groups in frames["hosts"][["host", "groups"]].itertuples(index=False):
        logins, uptime = host in read["logins"], host in read["uptime"]
        rows.append(
            Row(
                host=host, groups=None if is_missing(groups) else groups,
                answered=host in answered, state=states.get(host, "unknown"),
                failed=counts.get((host, "failed"), 0 if logins else None),
                accepted=counts.get((host, "accepted"), 0 if logins else None),
                rebooted=host in again if uptime else None,
            )
        )  # fmt: skip
    return frame(TALLY, rows)


def _states(frames: Mapping[str, pd.DataFrame]) -> dict[Any, str]:
    if "servers" not in frames:
        return {}
    pairs = frames["servers"][["host", "state"]].itertuples(index=False)
    return {host: "unknown" if is_missing(state) else str(state) for host, state in pairs}


def _logins(frames: Mapping[str, pd.DataFrame]) -> dict[Any, int]:
    """Return (host, result) → how many logins."""
    if "logins" not in frames:
        return {}
    seen = sessions(frames["logins"])
    sums = seen.groupby(["host", "result"], observed=True)["count"].sum()
    return {key: int(count) for key, count in sums.items()}


def tallies(output: Path, until: date, groups: Collection[str] = ()) -> pd.DataFrame:
    """Return the tallies of the DAYS days up to `until`. Columns: day (its ordinal), TALLY.

    groups: only the hosts that were in one of them on that day.
    """
    first = until - timedelta(days=DAYS - 1)
    for day in store.days(output):
        if first <= day <= until and not (_folder(output, day) / f"{NAME}.parquet").exists():
            _make(output, day)
    names = [column.name for column in TALLY]
    rows = history.rows(output, NAME, names, until, DAYS, FOLDER)
    return rows[_within(rows["groups"], groups)] if groups else rows


def _within(column: pd.Series, groups: Collection[str]) -> pd.Series:
    wanted = set(groups)
    own = {text: {g.strip() for g in str(text).split(",")} for text in column.dropna().unique()}
    return column.isin([text for text, its in own.items() if wanted & its])


def _folder(output: Path, day: date) -> Path:
    return store.day_folder(output, day) / FOLDER


def _make(output: Path, day: date) -> None:
    """Make a past day's tally of its snapshot; without a readable one that day is not known."""
    info = store.read_info(output, day)
    if info is None:
        return
    frames = {
        name: history.rows(output, name, columns, day, 1)
        for name, columns in NEEDED.items()
        if history.readable(output, name, day)
    }
    if not {"hosts", "outcomes"} <= frames.keys():
        return
    with suppress(OSError):  # it is made again the next time
        folder = _folder(output, day)
        folder.mkdir(exist_ok=True)
        part = folder / f"{NAME}.part"
        tally(frames, info).to_parquet(part, index=False)
        part.rename(folder / f"{NAME}.parquet")
