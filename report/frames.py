"""Pure: the frames of a day, and how their cells are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from collectors.base import HOST
from collectors.base import frame as typed_frame
from report import derived
from report.store import Day
from report.words import is_missing

if TYPE_CHECKING:
    import pandas as pd


def frame_of(day: Day, name: str) -> pd.DataFrame:
    """Return a frame of the day; without rows when its collector did not exist or run then."""
    if name in day.frames or name in ("hosts", "outcomes"):
        return day.frames[name]
    if name in derived.FRAMES:
        return typed_frame(derived.FRAMES[name], [])
    from collectors import COLLECTORS

    columns = next(one.COLUMNS for one in COLLECTORS if name == one.NAME)
    return typed_frame((HOST, *columns), [])


def rows_of(day: Day, name: str) -> Iterator[Any]:
    """Yield the rows of a frame, its columns as attributes, None for what is not known."""
    yield from plain(frame_of(day, name)).itertuples(index=False)


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with None for NA, which no comparison takes for anything."""
    known: pd.DataFrame = frame.astype(object).where(frame.notna(), None)
    return known


def split(text: object) -> list[str]:
    """Return the parts of a text with commas; none of a missing one."""
    if is_missing(text):
        return []
    return [part.strip() for part in str(text).split(",") if part.strip()]
