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
    import pyarrow as pa

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
            write_whole(own / f"{name}.csv", _csv(grid.beside))
            write_whole(own / f"{name}.parquet", grid.beside.to_parquet(index=False))


def _csv(frame: pd.DataFrame) -> memoryview:
    import pyarrow as pa
    from pyarrow import csv

    table = pa.table({str(name): _plain(series) for name, series in frame.items()})
    sink = pa.BufferOutputStream()
    csv.write_csv(table, sink)
    return memoryview(sink.getvalue())


def _plain(series: pd.Series[Any]) -> pa.Array:
    """Return a column as CSV has it, its texts as no formula and on one line."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pa.array(series, from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_timestamp(column.type):
        zone = column.type.tz
        seconds = column.cast(pa.timestamp("s", zone and "UTC"), safe=False)
        return pc.strftime(seconds, f"%Y-%m-%dT%H:%M:%S{'Z' if zone else ''}")
    if not pa.types.is_dictionary(column.type):
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            return column
        column = column.dictionary_encode()
    safe = pa.array([_safe(one) for one in column.dictionary.to_pylist()], pa.string())
    return safe.take(column.indices)  # each text is worked out once


def _safe(value: Any) -> str:
    text = readable(value, len(str(value)) * 10 + 1, any_glyph=True)
    return f"'{text}" if text.startswith(FORMULA_LIKE) else text
