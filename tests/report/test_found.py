"""The workbook's sheet "Findings": every id, and what is planned, silenced and resolved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from report import found, grids, workbook
from report.contract import Finding, Resolved, Silenced, Summary
from report.evidence import Places
from report.findings import summarise
from report.reading import view
from report.silences import Silence
from report.workbook import all_grids, write_workbook
from tests.report import days

FULL = Finding(
    "disk-full", "critical", "Filling", "db01", ("db01",), "/var 99 % full.", "disks", 99.0, 95.0,
    object="/var", state="ongoing", since=date(2026, 11, 20),
)  # fmt: skip
DOWN = Finding("server-down", "critical", "Broken", "2 hosts", ("web01", "web02"), "Down.", "servers",
               state="new")  # fmt: skip
SUMMARY = replace(
    summarise(days.good()),
    findings=(DOWN, FULL),
    planned=(replace(FULL, hosts=("db02",), planned="in maintenance until 07:00: new disks"),),
    silenced=(Silenced(replace(FULL, hosts=("db03",)), "anna", "=ordered", date(2026, 12, 1)),),
    resolved=(Resolved("2 hosts", ("a1", "a2"), "Clock", "It was off.", date(2026, 11, 1)),),
)
NOWHERE = Places(view(days.good()), [])


def rows(summary: Summary) -> list[dict[str, Any]]:
    made = found.findings(summary, NOWHERE)
    heads = [column.head for column in made.columns]
    return [dict(zip(heads, row, strict=True)) for row in made.rows]


def test_every_host_of_a_finding_has_its_id() -> None:
    made = rows(SUMMARY)
    assert [(row["Status"], row["Host"], row["Id"]) for row in made] == [
        ("open", "web01", "web01 server-down"), ("open", "web02", "web02 server-down"),
        ("open", "db01", "db01 disk-full /var"), ("planned", "db02", "db02 disk-full /var"),
        ("silenced", "db03", "db03 disk-full /var"), ("resolved", "a1", None),
        ("resolved", "a2", None),
    ]  # fmt: skip


def test_who_silenced_it_why_and_until_when_and_which_window_it_lies_in() -> None:
    _, _, mine, planned, silenced, *_ = rows(SUMMARY)
    assert planned["Planned because"] == "in maintenance until 07:00: new disks"
    told = [silenced[f"Silenced {one}"] for one in ("by", "because", "until")]
    assert told == ["anna", "=ordered", datetime(2026, 12, 1)]  # noqa: DTZ001
    assert mine["Since"] == datetime(2026, 11, 20) and mine["State"] == "ongoing"  # noqa: DTZ001
    assert (mine["Value"].value, mine["Limit"].value) == (0.99, 0.95)


def test_its_ids_are_those_that_a_silence_takes(tmp_path: Path) -> None:
    summary = summarise(days.worst())
    made = rows(summary)
    assert [row["Id"] for row in made] == [name for one in summary.findings for name in one.ids]
    for row in made:
        Silence(finding=row["Id"], author="a", reason="b", until=days.DATE)


def test_it_is_the_sheet_behind_the_first_and_its_texts_are_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "summarise", lambda day: SUMMARY)
    write_workbook(days.good(), tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames[:2] == ["Summary", "Findings"]
    heads, *made = book["Findings"].iter_rows()
    by = {cell.value: nth for nth, cell in enumerate(heads)}
    because = made[4][by["Silenced because"]]
    assert (because.value, because.data_type) == ("=ordered", "s")
    assert made[2][by["Value"]].number_format.startswith("0.0%")
    assert made[4][by["Silenced until"]].is_date


def test_a_day_without_findings_has_an_empty_table(tmp_path: Path) -> None:
    made, _ = all_grids(
        view(days.nobody()), replace(SUMMARY, findings=(), planned=(), silenced=(), resolved=())
    )
    assert made[0].title == "Findings" and made[0].rows == []


def test_too_many_are_cut_behind_the_worst_and_lie_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "MOST", 2)
    made = found.findings(SUMMARY, NOWHERE)
    assert [row[4] for row in made.rows] == ["web01", "web02"]
    assert made.cut.startswith("Cut: 2 of 7 rows. tables/findings.parquet")
    assert made.beside is not None and made.beside["Value"][2] == 0.99
