"""What a collector is: a module with a name, columns, a script and a pure parse.

A collector is a module, `collectors/NAME.py` (or a folder of that name), that satisfies
`Collector`. It stands in the registry `collectors.COLLECTORS`, and a pair of golden files
in `tests/fixtures/NAME/` is its test.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from collectors.errors import Outcome, ParseError

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

TEXT = "string"
WHOLE = "Int64"
NUMBER = "Float64"
FLAG = "boolean"
TIME = "datetime64[us, UTC]"
KINDS: dict[str, type] = {TEXT: str, WHOLE: int, NUMBER: float, FLAG: bool, TIME: datetime}
# Beyond these a value is no measurement, and pandas or Excel would stumble over it.
FIRST_YEAR, LAST_YEAR, MOST = 1970, 2200, 1e30


@dataclass(frozen=True)
class Column:
    """One column of a frame: its name, pandas dtype, unit ("" for none) and meaning."""

    name: str
    dtype: str
    unit: str
    meaning: str


HOST = Column("host", TEXT, "", "the host's name in the fleet")


@dataclass(frozen=True)
class Ask:
    """What is asked of a collector: a span of time (UTC), and its own settings.

    `options` is what daily.yaml holds under `collectors.NAME`.
    """

    from_at: datetime
    to_at: datetime
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Parsed:
    """What `parse` found: rows under the collector's column names, without `host`.

    A `cause` says which rows could not be had and makes the outcome `partial`.
    A `note` says what else is to be known, and leaves the outcome as it is.
    `evidence_from_at` is how far back the evidence reaches, where that is known.
    """

    rows: Sequence[Row]
    cause: str = ""
    note: str = ""
    evidence_from_at: datetime | None = None


class Collector(Protocol):
    """The shape of a collector module.

    NAME: also the name of its frame. COLUMNS: without `host`, which gather puts first.
    SECONDS: the time limit of its script on the server. PAST: whether it can still be asked
    about a day that is over (logs can, a disk's fill cannot). MOST_BYTES may be there, where
    its output can be more than `asking.MOST_BYTES`.
    """

    NAME: str
    COLUMNS: tuple[Column, ...]
    SECONDS: int
    PAST: bool

    def script(self, ask: Ask) -> str:
        """Return the POSIX sh script that prints what `parse` reads. It only reads."""
        ...

    def parse(self, text: str, ask: Ask) -> Parsed:
        """Turn the script's output into rows.

        `text` is decoded as UTF-8 with `surrogateescape`. Pure: no I/O, no clock.
        Raises ParseError for output that is not understood, and CollectError with the
        outcome that fits where the output itself says why there is nothing.
        """
        ...


class Absent(Protocol):
    """What a collector may add: rows for a host that gave it nothing (`servers` does)."""

    def absent(self, outcome: Outcome, cause: str) -> Sequence[Row]:
        """Return the rows that stand for a host which could not be asked."""
        ...


def checked(columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Raise ParseError for a value that its column cannot hold, naming both.

    So that what one host prints never keeps the frame of all hosts from being made.
    """
    kinds = {column.name: KINDS[column.dtype] for column in columns}
    for row in rows:
        for name, value in row.items():
            if name not in kinds:
                raise ValueError(f"not a column: {name}")
            if value is not None and not _fits(value, kinds[name]):
                raise ParseError(f"no value for {name}", repr(value))


def _fits(value: Any, kind: type) -> bool:
    if kind is int:
        return type(value) is int and -(2**63) <= value < 2**63
    if kind is float:
        return type(value) in (int, float) and math.isfinite(value) and abs(value) < MOST
    if kind is datetime:
        return isinstance(value, datetime) and FIRST_YEAR <= value.year <= LAST_YEAR
    return isinstance(value, kind)


def frame(columns: Sequence[Column], rows: Sequence[Row]) -> pd.DataFrame:
    """Make one typed frame of rows.

    Rows: one for each of `rows`. Columns: those given, in their order, in their dtypes;
    a key that a row lacks is NA. Raises ValueError for a key that is no column.
    """
    import pandas as pd

    names = [column.name for column in columns]
    unknown = {key for row in rows for key in row} - set(names)
    if unknown:
        raise ValueError(f"not a column: {', '.join(sorted(unknown))}")
    return pd.DataFrame(
        {
            column.name: _array([row.get(column.name) for row in rows], column.dtype)
            for column in columns
        },
        columns=names,
    )


def _array(values: list[Any], dtype: str) -> Any:
    """Make a typed array; lone surrogates, which no file takes, become visible escapes."""
    import pandas as pd

    if dtype == TEXT:
        values = [_encodable(value) if isinstance(value, str) else value for value in values]
    return pd.array(values, dtype=dtype)  # type: ignore[call-overload]


def _encodable(text: str) -> str:
    """Return the text with undecodable bytes as `\\xNN`."""
    if text.isascii():
        return text
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, as JSON can carry it
        raw = text.encode("utf-8", "backslashreplace")
    return raw.decode("utf-8", "backslashreplace")
