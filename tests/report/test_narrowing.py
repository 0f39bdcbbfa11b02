"""A report of some groups alone: its key figures' past, and when a bad backup was good last."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from report import derived, overtime, store
from report.findings import summarise
from report.narrowing import narrowed
from report.reading import view
from report.trail import FIGURE_DAYS
from report.workbook import write_workbook
from tests.report import days
from tests.report.fleets import DATE, GIB, TO, Fleet


def on_day(output: Path, back: int, backup: str = "ok") -> store.Day:
    made = Fleet()
    days.ordinary(made, {"web": ["web01", "web02"], "db": ["db01"]}, set())
    made.login("web01", 60, "failed", "eve", source_ip="203.0.113.9", count=3 + back)
    made.login("db01", 60, "failed", "eve", source_ip="203.0.113.9", count=50)
    made.disk("web02", "/srv", 100, 91 if back < 3 else 40)
    if back == 2:
        days.fail(made, "web01", "logins", "timed_out", "10 s")
        days.change(made, "servers", "web01", state="degraded", failed_units="a.service")
    if back == 4:
        days.change(made, "uptime", "web01", booted_at=TO - timedelta(hours=1))
    at = None if backup == "missing" else TO - timedelta(days=back, hours=5)
    made.add("backups", "db01", name="all", path="/srv/*.gz", state=backup, newest_at=at,
             size_bytes=120 if backup == "too_small" else GIB, min_bytes=4096)  # fmt: skip
    made.outcome("db01", "backups")
    sections = ["servers", "disks", "logins", "uptime", "upkeep"]
    day = made.day(report_date=DATE - timedelta(days=back), sections=sections)
    store.save(store.day_folder(output, day.date), day.info, day.frames, {})
    saved = store.load(output, day.date)
    derived.save(saved, scored=False)
    return saved


def test_an_edition_has_its_own_figures_of_the_days_before(tmp_path: Path) -> None:
    past = [on_day(tmp_path, back) for back in range(6, 0, -1)]
    said = {one.label: one for one in summarise(narrowed(on_day(tmp_path, 0), ["web"])).figures}
    then = [
        {one.label: one.amount for one in summarise(narrowed(day, ["web"])).figures} for day in past
    ]
    assert {label: list(one.before) for label, one in said.items()} == {
        label: [day[label] for day in then] for label in said
    }
    whole = {one.label: one.before for one in summarise(view(past[-1])).figures}
    assert whole["Logins failed"] != said["Logins failed"].before[:-1]
    assert len(said["Coverage"].before) == 6 <= FIGURE_DAYS


def test_an_edition_has_its_own_sheet_of_trends(tmp_path: Path) -> None:
    made = [on_day(tmp_path, back) for back in range(FIGURE_DAYS + 3, -1, -1)]
    editions = [narrowed(day, ["web"]) for day in made]
    write_workbook(editions[-1], tmp_path / "report.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["Trends"]
    assert len(sheet._charts) == len(summarise(editions[-1]).figures)
    head, *rows = sheet.iter_rows(values_only=True)
    said = {one.label for one in summarise(editions[-1]).figures}
    assert {str(one).removesuffix(" (%)") for one in head[1:]} == said
    for row, day in zip(rows, editions, strict=True):  # more of them than page 1 has room for
        assert row[0].date() == day.date
        assert list(row[1:]) == [one.amount for one in summarise(day).figures]
    whole = overtime.trends(view(made[-1]), summarise(made[-1]).figures)
    assert whole is not None and [list(row) for row in whole.rows] != [list(row) for row in rows]


def test_a_first_edition_has_no_trends(tmp_path: Path) -> None:
    day = narrowed(on_day(tmp_path, 0), ["db"])
    assert overtime.trends(day, summarise(day).figures) is None


@pytest.mark.parametrize(
    ("last", "said"),
    [("too_small", "from 21 Nov 01:00"), ("missing", "from 21 Nov 01:00"),
     ("too_old", "from 23 Nov 01:00")],
)  # fmt: skip
def test_a_bad_backup_says_when_it_was_good_last(last: str, said: str, tmp_path: Path) -> None:
    on_day(tmp_path, 2)
    on_day(tmp_path, 1, "too_small")
    (one,) = [one for one in summarise(on_day(tmp_path, 0, last)).findings if one.kind == "backup"]
    assert one.sentence.endswith(f"; the last good one is {said}.")
