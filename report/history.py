"""What the days before say: one frame of many days, read column by column.

A day that is damaged, or of a version without that collector, is left out: what is compared
with the past says how many days of it there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from report import store

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def rows(
    output: Path,
    name: str,
    columns: Sequence[str],
    until: date,
    days: int,
    folder: str = "",
    hosts: Sequence[str] = (),
) -> pd.DataFrame:
    """Return a frame's rows of the `days` days up to and including `until`, oldest first.

    Columns: day (the date as an ordinal), then those asked for; texts are categories. One that
    a day's frame lacks is NA there. folder: where in a day's folder it lies; the snapshot's.
    hosts: only their rows; all without.
    """
    import pandas as pd
    import pyarrow as pa

    first = until - timedelta(days=days - 1)
    tables = [
        table
        for day in store.days(output)
        if first <= day <= until
        and (table := _table(output, name, columns, day, folder)) is not None
    ]
    if hosts:
        import pyarrow.compute as pc

        wanted = pa.array(hosts)
        tables = [one.filter(pc.is_in(one["host"].cast(pa.string()), wanted)) for one in tables]
    if not tables:
        return pd.DataFrame(columns=["day", *columns])
    whole = pa.concat_tables(tables, promote_options="permissive").select(["day", *columns])
    tables.clear()
    whole = whole.unify_dictionaries()
    # Each column's own memory goes as soon as pandas has it.
    found: pd.DataFrame = whole.to_pandas(self_destruct=True)
    return found


def readable(output: Path, name: str, day: date, folder: str = "") -> bool:
    """Whether a day's frame can be read: of one that is lost nothing is known, not "none"."""
    return _table(output, name, ("host",), day, folder) is not None


@contextmanager
def remembering() -> Iterator[None]:
    """Keep what is read of the days meanwhile: for who reads the same ones many times over."""
    _kept.append({})
    try:
        yield
    finally:
        _kept.pop()


# What is read of a day's file, by its path and columns; none is kept unless it is asked for.
_kept: list[dict[tuple[Path, tuple[str, ...]], pa.Table]] = []


def _table(
    output: Path, name: str, columns: Sequence[str], day: date, folder: str
) -> pa.Table | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    own = store.day_folder(output, day)
    path = (own / folder if folder else store.data_folder(own)) / f"{name}.parquet"
    key, kept = (path, tuple(columns)), _kept[-1] if _kept else {}
    if key in kept:
        return kept[key]
    try:
        with pq.ParquetFile(path) as file:
            there = set(file.schema_arrow.names)
            known = [column for column in columns if column in there]
            table = file.read(columns=known)
    except (OSError, pa.ArrowException):
        return None
    for index, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            table = table.set_column(index, field.name, table.column(index).dictionary_encode())
    for column in columns:
        if column not in there:
            table = table.append_column(column, pa.nulls(len(table)))
    table = table.append_column("day", pa.array([day.toordinal()] * len(table), pa.int32()))
    return kept.setdefault(key, table)
