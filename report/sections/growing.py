"""The filesystems that grow fastest, among those of which it is known when they will be full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from report.markup import Col, block, table
from report.reading import View, frame_of
from report.words import between, number, plural, readable

if TYPE_CHECKING:
    import pandas as pd

GIB = 1 << 30
MOST = 5


def growing(view: View, once: pd.DataFrame) -> Markup:
    """Return them with their growth in GiB a day; nothing where none has a date.

    once: the day's filesystems, each once (`tables.filesystems`).
    """
    every = frame_of(view, "forecasts")
    there = set(zip(once["host"], once["mount"], strict=True))
    ours: list[bool] = [pair in there for pair in zip(every["host"], every["mount"], strict=True)]
    rows = every.loc[ours]
    rows = rows[rows["what"] == "bytes"]
    if rows.empty:
        return Markup()
    top = rows.sort_values(
        ["growth_per_day", "host", "mount"], ascending=[False, True, True], kind="stable"
    ).head(MOST)
    cols = (Col("Host", 20), Col("Mount", 28, "path"), Col("GiB a day", 15, "n"),
            Col("Full in days", 21, "n"))  # fmt: skip
    columns = ("host", "mount", "growth_per_day", "full_in_days", "earliest_days", "latest_days")
    made = [
        (host, readable(mount, 40), number(growth / GIB, 1), number(full) + between(early, late))
        for host, mount, growth, full, early, late in zip(
            *(top[name] for name in columns), strict=True
        )
    ]
    many = plural(len(rows), "filesystem")
    said = f"{number(len(made))} of {many} with a date" if len(rows) > len(made) else "with a date"
    return block("Fastest growing", said, table(cols, made))
