"""Tables that a sheet had to cut, whole, beside the workbook: as CSV and as Parquet."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report.cells import Grid
from report.files import whole, writing
from report.grids import BESIDE
from report.words import readable

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

STEP = 200_000  # rows
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
            _write(own / name, grid.beside)


def _write(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame as .csv and .parquet, part by part: it may be as large as all else."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    parts = [frame[start : start + STEP] for start in range(0, max(len(frame), 1), STEP)]
    schema = pa.Schema.from_pandas(frame, preserve_index=False)
    for nth, field in enumerate(schema):  # days are dates for who reads them, however kept here
        if pa.types.is_dictionary(field.type) and pa.types.is_date(field.type.value_type):
            schema = schema.set(nth, field.with_type(field.type.value_type))
    with whole(path.with_suffix(".parquet")) as file, parquet.ParquetWriter(file, schema) as writer:
        for part in parts:
            writer.write_table(pa.Table.from_pandas(part, schema, preserve_index=False))
    with whole(path.with_suffix(".csv")) as file:
        for nth, part in enumerate(parts):
            plain = pa.table({str(name): _plain(series) for name, series in part.items()})
            csv.write_csv(plain, file, csv.WriteOptions(include_header=not nth))


def _plain(series: pd.Series[Any]) -> pa.Array:
    """Return a column as CSV has it, its texts as no formula and on one line."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pa.array(series, from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type) and pa.types.is_date(column.type.value_type):
        return column.dictionary_decode()
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
