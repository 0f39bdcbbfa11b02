"""Tables that a sheet had to cut, whole, beside the workbook: as CSV and as Parquet."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report.cells import Grid
from report.files import write_whole, writing
from report.grids import BESIDE
from report.words import readable

if TYPE_CHECKING:
    import pandas as pd

FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")


def write_beside(folder: Path, grids: Iterable[Grid]) -> None:
    """Write what was cut into folder/tables; what an earlier run left there goes.

    In the CSV a text that a spreadsheet takes for a formula begins with an apostrophe, times
    are ISO 8601 (those of a frame in UTC, others in the zone that their head names), and what is
    not known is empty. Raises OutputError.
    """
    own = folder / BESIDE
    with writing(own):
        shutil.rmtree(own, ignore_errors=True)
    for grid in grids:
        if grid.beside is not None:
            with writing(own):
                own.mkdir(exist_ok=True)
            name = grid.frame or grid.title.lower().replace(" ", "-")
            write_whole(own / f"{name}.csv", _plain(grid.beside).to_csv(index=False))
            write_whole(own / f"{name}.parquet", grid.beside.to_parquet(index=False))


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with its texts as no formula and on one line, each worked out once."""
    shown = frame.copy()
    for name, series in frame.items():
        kind = str(series.dtype)
        if kind in ("string", "str", "category", "object"):
            texts = series.astype(object)
            safe = {one: _safe(one) for one in texts.dropna().unique()}
            shown[name] = texts.map(safe)
        elif kind.startswith("datetime64"):
            zone = "" if series.dt.tz is None else "Z"
            shown[name] = series.dt.strftime(f"%Y-%m-%dT%H:%M:%S{zone}")
    return shown


def _safe(value: Any) -> str:
    text = readable(value, len(str(value)) * 10 + 1, any_glyph=True)
    return f"'{text}" if text.startswith(FORMULA_LIKE) else text
