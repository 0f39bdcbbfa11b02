"""The filesystems that grow fastest."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from report import reading, tables
from report.sections.growing import growing
from tests.report import days
from tests.report.test_pages import read

GIB = 1 << 30


def test_the_fastest_stand_first_each_filesystem_once() -> None:
    view = reading.view(days.worst()).shown
    once = tables.filesystems(view.frames["disks"])
    known = once[["host", "mount"]].iloc[:6].to_numpy().tolist()
    shared = ["web02", "/srv/share"]  # it stands under web01 already
    rows = [
        {"host": host, "mount": mount, "what": what, "full_in_days": 20.0 + n,
         "earliest_days": 18.0 + n, "latest_days": 25.0 + n, "growth_per_day": n * 1.5 * GIB}
        for n, ((host, mount), what) in enumerate(
            [(one, "bytes") for one in known] + [(shared, "bytes"), (known[0], "inodes")]
        )
    ]  # fmt: skip
    said = read(
        growing(replace(view, frames={**view.frames, "forecasts": pd.DataFrame(rows)}), once)
    ).text
    assert "Fastest growing5 of 6 filesystems with a date" in said
    first = f"{known[5][0]}{known[5][1]}7.525 (23 to 30)"
    assert first in said
    assert said.index(first) < said.index(f"{known[4][0]}{known[4][1]}6.0")
    assert "/srv/share" not in said


def test_without_a_date_there_is_no_table() -> None:
    view = reading.view(days.good()).shown
    assert not growing(view, tables.filesystems(view.frames["disks"]))
