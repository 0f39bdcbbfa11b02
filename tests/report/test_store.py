"""Snapshots on disk: as they were saved, whole or not there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from collectors.base import FLAG, HOST, NUMBER, TEXT, TIME, WHOLE, Column, frame
from collectors.frames import HOST_COLUMNS, OUTCOME_COLUMNS
from report import store
from report.errors import NoSnapshot, OutputError
from report.retention import prune
from report.settings import Retention
from report.thresholds import Thresholds

DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 5, tzinfo=UTC)
COLUMNS = (HOST, Column("size_bytes", WHOLE, "B", ""), Column("load", NUMBER, "", ""),
           Column("read_only", FLAG, "", ""), Column("at", TIME, "UTC", ""), Column("word", TEXT, "", ""))  # fmt: skip


def info(day: date = DAY) -> store.Info:
    return store.Info(
        version="0", report_date=day, from_at=AT - timedelta(days=1), to_at=AT, started_at=AT,
        finished_at=AT, time_zone="Europe/Amsterdam", title="T", organisation="", classification="",
        sections=["disks"], thresholds=Thresholds(), coverage_minimum_percent=50, fleet="fleet.yaml",
    )  # fmt: skip


def frames() -> dict[str, pd.DataFrame]:
    rows = [
        {
            "host": "a",
            "size_bytes": 2**62,
            "load": 0.5,
            "read_only": True,
            "at": AT,
            "word": "é\x00😀",
        },
        {"host": "b"},
    ]
    return {
        "disks": frame(COLUMNS, rows), "empty": frame(COLUMNS, []),
        "hosts": frame(HOST_COLUMNS, [{"host": "a"}, {"host": "b"}]),
        "outcomes": frame(OUTCOME_COLUMNS, [{"host": "a", "collector": "disks", "outcome": "ok"}]),
    }  # fmt: skip


def save(output: Path, day: date = DAY) -> Path:
    folder = store.day_folder(output, day)
    store.save(folder, info(day), frames(), {"a": b"printed"})
    return folder


def test_frames_come_back_with_their_types(tmp_path: Path) -> None:
    save(tmp_path)
    day = store.load(tmp_path)
    assert (day.date, day.info) == (DAY, info())
    for name, before in frames().items():
        pd.testing.assert_frame_equal(day.frames[name], before)


def test_a_day_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot, match="no day has been collected yet"):
        store.load(tmp_path / "nothing")
    save(tmp_path)
    save(tmp_path, date(2026, 11, 20))
    with pytest.raises(
        NoSnapshot, match=r"no snapshot of 2026-11-21; there are 2026-11-20, 2026-11-23"
    ):
        store.load(tmp_path, date(2026, 11, 21))


def test_a_kill_between_the_renames_loses_neither(tmp_path: Path) -> None:
    folder = save(tmp_path)
    (folder / "data").rename(folder / "data.old")
    assert store.load(tmp_path).date == DAY
    save(tmp_path)
    assert store.load(tmp_path).date == DAY
    assert sorted(p.name for p in folder.iterdir()) == ["data", "raw"]


def test_a_kill_while_writing_leaves_what_was(tmp_path: Path) -> None:
    folder = save(tmp_path)
    (folder / "data.new").mkdir()
    (folder / "data.new" / "disks.parquet").write_bytes(b"half")
    pd.testing.assert_frame_equal(store.load(tmp_path).frames["disks"], frames()["disks"])
    save(tmp_path)
    assert not (folder / "data.new").exists()


def test_a_damaged_snapshot_is_said(tmp_path: Path) -> None:
    folder = save(tmp_path)
    (folder / "data" / "disks.parquet").write_bytes(b"PAR1 nonsense")
    with pytest.raises(NoSnapshot, match="cannot be read"):
        store.load(tmp_path)


def test_a_full_or_forbidden_disk_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="could not be written"):
        store.save(tmp_path / "file" / "2026-11-23", info(), frames(), {})


def test_retention(tmp_path: Path) -> None:
    days = [date(2026, 11, 23) - timedelta(days=n) for n in (0, 6, 7, 399, 400, 500)]
    for day in days:
        save(tmp_path, day)
    (tmp_path / "notes").mkdir()
    waiting = store.day_folder(tmp_path, days[-1])
    removed = prune(tmp_path, DAY, Retention(days=400, raw_days=7), lambda f: f == waiting)
    assert removed == [days[4].isoformat()]
    assert store.days(tmp_path) == sorted(set(days) - {days[4]})
    kept = [store.day_folder(tmp_path, day) for day in days[:3]]
    assert [(f / "raw").exists() for f in kept] == [True, True, False]
    assert (tmp_path / "notes").exists()
