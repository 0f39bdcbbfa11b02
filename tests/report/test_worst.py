"""Where a sheet has no room for all rows, the worst stay, and the whole lies beside."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from collectors.base import frame
from collectors.frames import FRAMES
from report import derived, grids
from report.beside import write_beside
from report.cells import Grid
from report.worst import WORST, worst
from tests.report import days

SOON, LATE = days.TO + timedelta(days=3), days.TO + timedelta(days=300)
BAD: dict[str, list[dict[str, Any]]] = {
    "outcomes": [{"outcome": "unreachable"}, {"outcome": "not_applicable"}],
    "servers": [{"state": "down"}, {"state": "up"}],
    "disks": [{"used_percent": 99}, {"used_percent": 12}, {"used_percent": None}],
    "logins": [{"result": "accepted", "count": 1}, {"result": "failed", "count": 9},
               {"result": "failed", "count": 2}],
    "uptime": [{"crashes": 2}, {"crashes": 0, "load_15": 9.0}, {"crashes": 0, "load_15": 0.1}, {}],
    "memory": [{"used_percent": 97}, {"used_percent": 40}],
    "timesync": [{"state": "none"}, {"state": "ok"}],
    "timers": [{"state": "failed"}, {"state": "ok"}],
    "storage": [{"state": "degraded"}, {"state": "ok", "used_percent": 90}, {"state": "ok"}],
    "lifecycle": [{"ends_at": SOON}, {"ends_at": LATE}, {}],
    "ports": [{"scope": "any"}, {"scope": "loopback"}],
    "users": [{"password": "empty"}, {"password": "set", "may_log_in": True},
              {"password": "locked", "may_log_in": False}],
    "certificates": [{"not_after_at": SOON}, {"not_after_at": LATE}],
    "backups": [{"state": "missing"}, {"state": "ok"}],
    "updates": [{"security": 4}, {"security": 0, "pending": 80}, {"security": 0, "pending": 1}],
    "checks": [{"state": "critical"}, {"state": "unknown"}, {"state": "ok"}],
    "kernel": [{"count": 400}, {"count": 1}],
    "forecasts": [{"full_in_days": 2.0}, {"full_in_days": 40.0}],
    "compared": [{"state": "no_comparison"}, {"state": "compared"}],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(WORST))
def test_the_worst_row_stays_wherever_it_stands(name: str) -> None:
    columns = {**FRAMES, **derived.FRAMES}[name]
    known, best = BAD[name], BAD[name][-1]
    rows = [{"host": "h", **best} for _ in range(40)]
    rows += [{"host": f"bad{nth}", **row} for nth, row in enumerate(known[:-1])]
    rows += [{"host": "h", **best} for _ in range(40)]
    for most in range(1, len(known)):
        kept = worst(name, frame(columns, rows), most)
        assert list(kept["host"]) == [f"bad{nth}" for nth in range(most)]


def test_a_frame_without_a_worst_keeps_its_first_rows() -> None:
    made = frame(FRAMES["sudoers"], [{"host": f"h{n}"} for n in range(9)])
    assert list(worst("sudoers", made, 2)["host"]) == ["h0", "h1"]


def test_what_is_kept_stands_in_the_frames_own_order() -> None:
    used = (10, 95, 20, 99)
    rows = [{"host": f"h{n}", "mount": "/", "used_percent": one} for n, one in enumerate(used)]
    assert list(worst("disks", frame(FRAMES["disks"], rows), 2)["host"]) == ["h1", "h3"]


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> dict[str, Grid]:
    """The worst day's tables, of few rows each."""
    monkeypatch.setattr(grids, "MOST", 7)
    return {one.title: one for one in grids.grids(days.worst())}


def test_every_table_that_is_cut_says_so_and_lies_beside(
    cut: dict[str, Grid], tmp_path: Path
) -> None:
    write_beside(tmp_path, cut.values())
    less = {title: one for title, one in cut.items() if one.cut}
    assert {"Disk usage", "Logins by source", "Coverage", "disks", "outcomes"} <= set(less)
    for title, one in less.items():
        name = title.lower().replace(" ", "-")
        assert len(one.rows) == 7
        said = f"tables/{name}.parquet, with a .csv beside it, has them all."
        assert one.cut == f"Cut: 7 of {one.of:,} rows. {said}"
        assert len(pd.read_parquet(tmp_path / f"tables/{name}.parquet")) == one.of
        assert len(pd.read_csv(tmp_path / f"tables/{name}.csv")) == one.of
    for one in cut.values():
        assert bool(one.cut) == (one.beside is not None)


def test_the_tables_made_for_reading_keep_the_worst(cut: dict[str, Grid]) -> None:
    assert cut["Disk usage"].rows[0][:2] == ("db03", "/var")
    failed = [row[2] for row in cut["Logins by source"].rows]
    assert failed == sorted(failed, reverse=True) and failed[0] > 100
    assert not any({"ok"} == set(row[1:-1]) for row in cut["Coverage"].rows)


def test_times_in_the_zone_of_the_report_do_not_say_they_are_utc(
    cut: dict[str, Grid], tmp_path: Path
) -> None:
    write_beside(tmp_path, cut.values())
    known = pd.read_csv(tmp_path / "tables/logins-by-user.csv", dtype=str)
    assert known["First (Europe/Amsterdam)"].str.fullmatch(r"2026-11-2\dT\d\d:\d\d:\d\d").all()
    frames = pd.read_csv(tmp_path / "tables/logins.csv", dtype=str)
    assert frames["at"].str.endswith("Z").all()
