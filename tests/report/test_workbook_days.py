"""What the workbook computes, links, keeps beside itself, and says of the days before."""

from __future__ import annotations

import csv
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from collectors.base import frame
from report import derived, overtime, store
from report.beside import write_beside
from report.dictionary import dictionary
from report.findings import summarise
from report.grids import MOST, frame_grid
from report.narrowing import narrowed
from report.own import find
from report.reading import PAST, view
from report.store import Day
from report.workbook import write_workbook
from tests.report import days

TEMPLATE = str(find("report.xlsx", None))
FIGURES = ("Servers up", "Logins failed", "Logins accepted")


def with_a_past(output: Path, name: str = "worst", before: int = 5) -> Day:
    """Save a day and so many like it before it."""
    last = days.DAYS[name]()
    for back in range(before, -1, -1):
        info = last.info.model_copy(update={"report_date": last.date - timedelta(days=back)})
        folder = store.day_folder(output, info.report_date)
        folder.parent.mkdir(parents=True, exist_ok=True)
        store.save(folder, info, last.frames, {})
        derived.save(store.load(output, info.report_date), scored=False)
    return store.load(output)


def book_of(day: Day, folder: Path) -> Any:
    write_workbook(day, folder / "report.xlsx")
    return openpyxl.load_workbook(folder / "report.xlsx")


def shown(path: Path) -> dict[str, str]:
    """Return the first two columns as a program that reads without computing sees them."""
    sheet = openpyxl.load_workbook(path, data_only=True)["Summary"]
    return {str(row[0]): row[1] for row in sheet.iter_rows(values_only=True)}


def test_key_figures_are_formulas_that_carry_their_value(tmp_path: Path) -> None:
    day = days.worst()
    sheet = book_of(day, tmp_path)["Summary"]
    formulas = {row[0].value: row[1].value for row in sheet.iter_rows() if row[1].data_type == "f"}
    assert {*FIGURES, "Disks above limit"} == set(formulas)
    said = shown(tmp_path / "report.xlsx")
    for figure in (one for one in summarise(day).figures if one.label != "Coverage"):
        assert said[figure.label] == figure.amount


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_computes_the_same_key_figures(tmp_path: Path) -> None:
    day = days.worst()
    book_of(day, tmp_path).save(tmp_path / "bare.xlsx")  # openpyxl drops what they come to
    assert shown(tmp_path / "bare.xlsx")["Servers up"] is None
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(tmp_path),
         str(tmp_path / "bare.xlsx")],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    with (tmp_path / "bare.csv").open(encoding="utf-8", newline="") as file:
        said = {row[0]: row[1].replace(",", "") for row in csv.reader(file) if row}
    for figure in (one for one in summarise(day).figures if one.label != "Coverage"):
        assert float(said[figure.label]) == figure.amount, figure.label


def test_the_days_before_have_their_sheets_and_charts(tmp_path: Path) -> None:
    day = with_a_past(tmp_path / "output")
    book = book_of(day, tmp_path)
    sheet = book["Trends"]
    figures = summarise(day).figures
    assert sheet.max_row == 7 and sheet.max_column == len(figures) + 1
    assert len(sheet._charts) == len(figures)
    assert [cell.value for cell in sheet[7]][1:] == [one.amount for one in figures]
    assert sheet["A7"].value.date() == day.date
    disks = book["Disks over time"]
    assert disks.max_row == 1 + 6 * day.frames["disks"]["size_bytes"].notna().sum()
    assert [cell.value for cell in disks[1]] == ["day", *overtime.COLUMNS]
    used = sum(row[5] for row in disks.iter_rows(min_row=2, values_only=True)
               if row[0].date() == day.date and row[5] is not None)  # fmt: skip
    assert used == day.frames["disks"]["used_bytes"].sum()
    (bars,) = (one for area, found in disks.conditional_formatting._cf_rules.items() for one in found
               if str(area.sqref).startswith("H2:"))  # fmt: skip
    assert bars.type == "dataBar" and (bars.dataBar.minLength, bars.dataBar.maxLength) == (0, 100)
    assert disks.print_title_rows == "$1:$1" and disks.print_area


def test_disks_of_other_hosts_are_not_those_of_some_groups(tmp_path: Path) -> None:
    day = with_a_past(tmp_path / "output", before=2)
    book = book_of(narrowed(day, ["web"]), tmp_path)
    hosts = {row[1] for row in book["Disks over time"].iter_rows(min_row=2, values_only=True)}
    assert hosts and all(host.startswith("web") for host in hosts)


def test_too_many_days_of_disks_leave_whole_filesystems_the_fullest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = with_a_past(tmp_path / "output", before=2)
    monkeypatch.setattr(overtime, "MOST", 31)
    grid = overtime.disks(day)
    assert grid is not None and grid.beside is not None
    assert len(grid.rows) == 30 and f"30 of {len(grid.beside):,} rows" in grid.cut
    every = len(grid.beside) // 3
    said = f"The 10 fullest of {every} filesystems on each of the last 3 days, for a pivot."
    assert grid.about == said
    sheets = book_of(day, tmp_path)
    assert sheets["Disks over time"]["A1"].value == grid.cut
    holds = [row[3].value for row in sheets["Summary"].iter_rows() if row[0].value == grid.title]
    assert holds == [f"{said} {grid.cut}"]
    for suffix in ("parquet", "csv"):
        assert (tmp_path / "tables" / f"disks-over-time.{suffix}").exists()
    today = day.frames["disks"].sort_values("used_percent", ascending=False)
    least = min(row[7] for row in grid.rows)
    assert least >= today["used_percent"].iloc[10] / 100
    write_beside(tmp_path, [grid])
    whole = pd.read_parquet(tmp_path / "tables" / "disks-over-time.parquet")
    text = pd.read_csv(tmp_path / "tables" / "disks-over-time.csv")
    assert len(whole) == len(text) == len(grid.beside)
    assert text["used_bytes"].sum() == whole["used_bytes"].sum() == grid.beside["used_bytes"].sum()
    write_beside(tmp_path, [])
    assert not (tmp_path / "tables").exists()


def test_a_cut_frame_keeps_the_worst(tmp_path: Path) -> None:
    rows = [{"host": "web01", "mount": f"/{n}", "used_percent": float(n % 97)}
            for n in range(MOST + 500)]  # fmt: skip
    day = days.good()
    frames = {**day.frames, "disks": days.typed("disks", rows)}
    grid = frame_grid(replace(day, frames=frames), "disks")
    used = [column.head for column in grid.columns].index("used_percent")
    assert len(grid.rows) == MOST and min(row[used] for row in grid.rows) > 0.03
    bad = [{"host": f"h{n}", "collector": "disks", "outcome": "timed_out" if n > MOST else "ok"}
           for n in range(MOST + 50)]  # fmt: skip
    frames = {**day.frames, "outcomes": days.typed("outcomes", bad)}
    kept = [row[2] for row in frame_grid(replace(day, frames=frames), "outcomes").rows]
    assert kept.count("timed_out") == 49


def test_texts_beside_are_no_formulas_either(tmp_path: Path) -> None:
    rows = [{"host": "web01", "at": days.FROM, "result": "failed", "count": 1,
             "user": "=1+1" if n else "a\nb"} for n in range(MOST + 1)]  # fmt: skip
    day = days.good()
    day = replace(day, frames={**day.frames, "logins": days.typed("logins", rows)})
    write_beside(tmp_path, [frame_grid(day, "logins")])
    with (tmp_path / "tables" / "logins.csv").open(newline="") as file:
        read = list(csv.DictReader(file))
    assert len(read) == MOST + 1
    assert read[0]["user"] == r"a\x0ab" and read[1]["user"] == "'=1+1"
    assert read[0]["at"] == "2026-11-22T05:00:00Z" and read[0]["source_ip"] == ""


def test_the_dictionary_has_every_column_of_every_frame(tmp_path: Path) -> None:
    day = view(days.DAYS["worn"]())
    rows = dictionary(day).rows
    listed = {(row[0], row[1]) for row in rows}
    shown = {(grid, name) for grid in day.frames for name in day.frames[grid].columns
             if grid not in PAST}  # fmt: skip
    assert listed == shown and all(row[4] for row in rows)
    units = {(row[0], row[1]): row[3] for row in rows}
    assert (
        units["disks", "size_bytes"] == "B" and units["uptime", "booted_at"] == "Europe/Amsterdam"
    )


def test_a_day_without_a_figure_leaves_its_cell_empty(tmp_path: Path) -> None:
    day = with_a_past(tmp_path / "output", before=2)
    path = tmp_path / "output" / "2026-11-22" / "derived" / "figures.parquet"
    frame(derived.FIGURES, [{"label": "Servers up", "value": None}]).to_parquet(path, index=False)
    grid = overtime.trends(day, summarise(day).figures)
    assert grid is not None
    assert [row[0].day for row in grid.rows] == [21, 22, 23] and grid.rows[1][1:] == (None,) * 6
