"""The days before as tables of the workbook: the key figures by day, and the disks by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from report import derived, history
from report.cells import Column, Grid
from report.contract import KeyFigure
from report.formerly import figures_over
from report.grids import beside
from report.reading import View
from report.store import Day
from report.words import listing

if TYPE_CHECKING:
    import pandas as pd

DAYS = 90  # of the past, today included
FEWEST = 2  # days that make a trend
MOST = 8_000  # rows: more would take longer to write than all else; the whole lies beside
DISKS, TRENDS = "Disks over time", "Trends"
NUMBERS = ("size_bytes", "used_bytes", "available_bytes", "used_percent", "inodes_used_percent")
COLUMNS = ("host", "mount", "fs_type", *NUMBERS)


def trends(day: Day, figures: Sequence[KeyFigure]) -> Grid | None:
    """Return the key figures by day, oldest first, a column each; None without a past.

    Of a report of some groups they are those of the groups' hosts.
    """
    groups = day.groups if isinstance(day, View) else ()
    rows = _of_groups(day) if groups else _of_all(day)
    today = day.date.toordinal()
    known = {
        (int(row["day"]), str(row["label"])): float(row["value"])
        for row in rows.dropna(subset=["value"]).to_dict("records")
    }
    known |= {(today, one.label): one.amount for one in figures if one.amount is not None}
    days = sorted({*map(int, rows["day"]), today})
    if len(days) < FEWEST:
        return None
    columns = [Column("Day", "day")]
    columns += [
        Column(f"{one.label} (%)", "tenth") if one.unit == "%" else Column(one.label, "whole")
        for one in figures
    ]
    made = [(_date(one), *(known.get((one, each.label)) for each in figures)) for one in days]
    whose = f" of the hosts in {listing(groups)}" if groups else ""
    said = f"The key figures{whose} by day; empty where one was not known."
    return Grid(TRENDS, columns, made, said)


def _of_all(day: Day) -> pd.DataFrame:
    names = ("label", "value")
    return history.rows(day.folder.parent, "figures", names, day.date, DAYS, derived.FOLDER)


def _of_groups(day: Day) -> pd.DataFrame:
    return figures_over(day, [str(one) for one in day.frames["hosts"]["host"]], DAYS - 1)


def disks(day: Day) -> Grid | None:
    """Return the disks by day for the sheet; None without a past.

    Columns: day, then COLUMNS. A filesystem has all its days or none: where they are too many,
    those that are the fullest on their last day stay.
    """
    import pandas as pd

    rows = history.rows(day.folder.parent, "disks", COLUMNS, day.date, DAYS)
    whole = rows[rows["host"].isin(day.frames["hosts"]["host"]) & rows["size_bytes"].notna()]
    del rows  # it is as large as all else
    if whole["day"].nunique() < FEWEST:
        return None
    whole.index = pd.RangeIndex(len(whole))
    whole = whole.assign(day=pd.Categorical(whole["day"]).rename_categories(date.fromordinal))
    kept = _fullest(whole)
    heads = (Column("day", "day"), Column("host"), Column("mount"), Column("fs_type"))
    columns = (*heads, *(Column(n, "percent" if n.endswith("_percent") else "whole")
                         for n in NUMBERS))  # fmt: skip
    values = [_values(kept[name], name) for name in ("day", *COLUMNS)]
    made = list(zip(*values, strict=True))
    cut = len(made) < len(whole)
    every, there = (len(one[["host", "mount"]].drop_duplicates()) for one in (whole, kept))
    which = f"The {there:,} fullest of {every:,} filesystems" if cut else "Every filesystem"
    about = f"{which} on each of the last {whole['day'].nunique()} days, for a pivot."
    where = beside("disks-over-time")
    return Grid(DISKS, columns, made, about, len(whole), where, "", whole if cut else None)


def _fullest(whole: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of as many filesystems as fit, those that are the fullest in the end."""
    if len(whole) <= MOST:
        return whole
    own = whole.groupby(["host", "mount"], observed=True, sort=False)
    last = own.agg(used=("used_percent", "last"), n=("day", "size")).reset_index(drop=True)
    last = last.sort_values("used", ascending=False, kind="stable", na_position="last")
    return whole[own.ngroup().isin(last.index[last["n"].cumsum() <= MOST])]


def _values(series: pd.Series[Any], name: str) -> list[Any]:
    values = series.astype(object).where(series.notna(), None).tolist()
    if name == "day":
        return [datetime(one.year, one.month, one.day) for one in values]  # noqa: DTZ001
    if name.endswith("_percent"):
        return [None if one is None else round(float(one) / 100, 8) for one in values]
    return [int(one) if isinstance(one, float) else one for one in values]


def _date(ordinal: int) -> datetime:
    return datetime.fromordinal(ordinal)
