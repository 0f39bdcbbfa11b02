"""The workbook, read back with openpyxl and opened by LibreOffice where it is there."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from report.errors import OutputError
from report.findings import summarise
from report.grids import MOST, grids
from report.own import find
from report.reading import view
from report.store import Day
from report.workbook import write_workbook
from tests.report import days

TEMPLATE = str(find("report.xlsx", None))
FRAMES = ["hosts", "outcomes", "servers", "disks", "logins", "uptime"]
DERIVED = ["changes", "compared", "countries", "forecasts", "score", "unusual"]
MADE = [
    "Summary", "Findings", "Disk usage", "Logins by hour", "Logins by user", "Logins by source",
    "Logins by host", "Coverage",
]  # fmt: skip
OURS = {
    '=COUNTIF(t_servers[state],"up")',
    '=COUNTIFS(summary_t_attention[Question],"Filling",summary_t_attention[Limit],"<>")',
    "=SUM(t_logins_by_host[Failed])", "=SUM(t_logins_by_host[Accepted])",
}  # fmt: skip
EVIL = [
    "=1+1", '=HYPERLINK("http://evil")', "+1", "-1", "@SUM(1)", "#N/A", "_x0041_", "\x00\x1b[31m",
    "a\r\nb\tc", "\ud800", "\udcff", "evil\u202egnp.exe", "用户 😀", " padded ", "TRUE", "007", "1e5",
]  # fmt: skip


def written(day: Day, folder: Path) -> Any:
    path = folder / "report.xlsx"
    write_workbook(day, path)
    return openpyxl.load_workbook(path)


def column(sheet: Worksheet, head: str, top: int = 1) -> list[Any]:
    heads = [cell.value for cell in sheet[top]]
    return [row[heads.index(head)].value for row in sheet.iter_rows(min_row=top + 1)]


def cells(sheet: Worksheet, head: str) -> list[Any]:
    heads = [cell.value for cell in sheet[1]]
    return [row[heads.index(head)] for row in sheet.iter_rows(min_row=2)]


def local(*parts: int) -> datetime:
    """A time as Excel has it, without a zone."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)  # type: ignore[misc, arg-type]


def with_rows(day: Day, name: str, rows: list[dict[str, Any]]) -> Day:
    return Day(day.folder, day.info, {**day.frames, name: days.typed(name, rows)})


def test_every_sheet_is_a_real_table_with_frozen_head_and_widths(tmp_path: Path) -> None:
    day = days.worst()
    book = written(day, tmp_path)
    assert book.sheetnames == [*MADE, *FRAMES, *DERIVED, "Data dictionary"]
    names = [name for sheet in book for name in sheet.tables]
    assert len(names) == len({name.lower() for name in names}) == 24
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()
        heads = [cell.value for cell in sheet[1]]
        assert [one.name for one in table.tableColumns] == heads
        assert all(isinstance(head, str) for head in heads)
        assert table.autoFilter.ref == table.ref
        assert table.ref == sheet.dimensions or sheet.max_row == 1  # an empty row below the heads
        assert sheet.freeze_panes == "B2" and sheet.print_title_rows == "$1:$1"
        widths = [one.width for one in sheet.column_dimensions.values()]
        assert len(widths) == len(heads) and all(6 <= width <= 60 for width in widths)
    for name in FRAMES:
        assert book[name].max_row == len(day.frames[name]) + 1


def test_figures_are_numbers_and_times_the_zones_own(tmp_path: Path) -> None:
    day = days.worst()
    book, disks, uptime = written(day, tmp_path), day.frames["disks"], day.frames["uptime"]
    fractions = column(book["disks"], "used_percent")
    assert [None if v is None else round(v * 100, 6) for v in fractions] == [
        None if pd.isna(v) else float(v) for v in disks["used_percent"]
    ]
    assert cells(book["disks"], "used_percent")[0].number_format == "0.0%_)"
    assert column(book["disks"], "size_bytes")[0] == disks["size_bytes"][0]
    expected = uptime["booted_at"].dt.tz_convert("Europe/Amsterdam").dt.tz_localize(None)
    booted = cells(book["uptime"], "booted_at (Europe/Amsterdam)")
    assert all(isinstance(one.value, datetime) and one.is_date for one in booted)
    assert abs(booted[0].value - expected[0].to_pydatetime()).total_seconds() < 0.01
    assert next(c for c in cells(book["logins"], "source_port") if c.value).number_format == "0_)"
    assert isinstance(column(book["disks"], "read_only")[0], bool)
    gib = column(book["Disk usage"], "Size (GiB)")
    assert sum(filter(None, gib)) > 1000 and isinstance(gib[0], (int, float))


def test_what_is_not_known_is_empty_and_never_zero(tmp_path: Path) -> None:
    day = days.worst()
    book = written(day, tmp_path)
    for name in FRAMES:
        frame, sheet = day.frames[name], book[name]
        for index, head in enumerate(frame.columns, 1):
            empty = [sheet.cell(row, index).value is None for row in range(2, sheet.max_row + 1)]
            assert empty == [
                bool(one) for one in frame[head].isna() | frame[head].eq("").fillna(True)
            ], head
    unknown = book["Disk usage"].max_row
    assert book["Disk usage"].cell(unknown, 12).value == "did not answer within 3 s"
    assert book["Disk usage"].cell(unknown, 9).value is None


def test_the_processed_tables_say_what_the_report_says(tmp_path: Path) -> None:
    day = days.worst()
    summary, book = summarise(day), written(day, tmp_path)
    figures = {one.label: one.value.replace(",", "") for one in summary.figures}
    for sheet in ("Logins by hour", "Logins by user", "Logins by source", "Logins by host"):
        assert str(sum(column(book[sheet], "Failed"))) == figures["Logins failed"], sheet
        assert str(sum(column(book[sheet], "Accepted"))) == figures["Logins accepted"], sheet
    failed = column(book["Logins by user"], "Failed")
    assert failed == sorted(failed, reverse=True)
    ranked = book["Disk usage"]
    used, fixed = column(ranked, "Used"), column(ranked, "Read-only")
    can_fill = [one for one, is_fixed in zip(used, fixed, strict=True) if one and not is_fixed]
    assert used[0] == max(can_fill) and len(column(book["Logins by hour"], "Failed")) == 24
    assert column(book["Logins by hour"], "Hour (Europe/Amsterdam)")[0] == local(2026, 11, 22, 6)
    covered = dict(
        zip(column(book["Coverage"], "Host"), column(book["Coverage"], "logins"), strict=True)
    )
    assert covered["web03"] == "no_permission" and covered["web01"] == "ok" and len(covered) == 60
    because = dict(zip(covered, column(book["Coverage"], "Because"), strict=True))
    assert because["web03"] == "not in group systemd-journal" and because["web01"] is None


def test_the_summary_holds_the_day(tmp_path: Path) -> None:
    day = days.worst()
    summary, sheet = summarise(day), written(day, tmp_path)["Summary"]
    assert sheet["A1"].value.endswith("Noordlicht Logistics, Monday, 23 November 2026")
    assert sheet["A2"].value == summary.headline and sheet["A3"].value == summary.lead
    facts = {row[0].value: row[1] for row in sheet.iter_rows(min_row=4, max_row=9)}
    assert facts["Period from (Europe/Amsterdam)"].value == local(2026, 11, 22, 6)
    assert facts["Coverage"].value == pytest.approx(summary.coverage_percent / 100)
    assert facts["Coverage"].number_format == "0.0%_)"
    said = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for one in summary.findings:
        row = next(row for row in said if row[:4] == [one.subject, one.severity, one.question, one.sentence])  # fmt: skip
        if one.section == "disks" and one.value is not None:
            assert row[4] == pytest.approx(one.value / 100)
    assert any(row[0] == "edge06, edge07" and row[4] == 2 for row in said)
    assert {table.ref for table in sheet.tables.values()} and len(sheet.tables) == 4


def rules(sheet: Worksheet) -> dict[str, list[str]]:
    return {
        str(area.sqref): [rule.formula[0] for rule in found if rule.type == "expression"]
        for area, found in sheet.conditional_formatting._cf_rules.items()
    }


def test_thresholds_and_states_are_coloured_by_rules(tmp_path: Path) -> None:
    book = written(days.worst(), tmp_path)
    last = book["disks"].max_row
    assert rules(book["disks"])[f"K2:K{last}"] == [
        "AND(NOT(TRUE=$F2),ISNUMBER(K2),K2>=0.95)",
        "AND(NOT(TRUE=$F2),ISNUMBER(K2),K2>=0.85)",
    ]
    assert rules(book["servers"])["B2:B61"][0] == 'B2="down"'
    assert 'B2="partial"' in rules(book["Coverage"])["B2:B61"]
    hosts = book["Logins by host"]
    assert "AND(ISNUMBER(C2),C2>=1000)" in rules(hosts)[f"C2:C{hosts.max_row}"]


def test_text_is_never_a_formula_an_error_or_invisible(tmp_path: Path) -> None:
    rows = [{"host": "web01", "at": days.FROM, "result": "failed", "user": text, "count": 1}
            for text in EVIL]  # fmt: skip
    book = written(with_rows(days.good(), "logins", rows), tmp_path)
    got = cells(book["logins"], "user")
    assert {cell.data_type for cell in got} <= {"s", "inlineStr"}
    assert [cell.value for cell in got] == [
        *EVIL[:6], "_x005F_x0041_", r"\x00\x1b[31m", r"a\x0d\x0ab\x09c", r"\ud800", r"\xff",
        r"evil\u202egnp.exe", "用户 😀", " padded ", "TRUE", "007", "1e5",
    ]  # fmt: skip
    assert all(cell.quotePrefix == (cell.value[0] in "=+-@") for cell in got)
    for sheet in book:
        assert not any(cell.data_type == "e" for row in sheet.iter_rows() for cell in row)
        found = {cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}
        assert found <= (OURS if sheet.title == "Summary" else set())


def test_a_text_that_is_too_long_is_cut_and_says_so(tmp_path: Path) -> None:
    rows = [{"host": "web01", "collector": "disks", "outcome": "timed_out", "cause": "x" * 40_000}]
    book = written(with_rows(days.good(), "outcomes", rows), tmp_path)
    (cause,) = column(book["outcomes"], "cause")
    assert len(cause) == 32_767 and cause.endswith("… [cut: 40,000 characters]")


@pytest.mark.parametrize("name", ["nobody", "local", "one", "good", "hostile"])
def test_a_day_with_little_or_evil_in_it_makes_a_valid_workbook(name: str, tmp_path: Path) -> None:
    day = days.DAYS[name]()
    book = written(day, tmp_path)
    for sheet in book.worksheets[1:]:
        assert sheet.max_row >= 1 and all(cell.value for cell in sheet[1])
        (table,) = sheet.tables.values()
        rows = table.ref.partition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        assert int(rows) >= 2  # Excel calls a table without a row damaged
    if name == "nobody":
        assert column(book["Logins by hour"], "Failed") in ([], [None])


def test_sections_that_are_left_out_have_no_processed_table(tmp_path: Path) -> None:
    day = days.good()
    info = day.info.model_copy(update={"sections": ["servers", "uptime"]})
    assert written(Day(day.folder, info, day.frames), tmp_path).sheetnames == [
        "Summary", "Findings", "Coverage", *FRAMES, *DERIVED, "Data dictionary",
    ]  # fmt: skip


def test_a_frame_of_a_new_collector_has_its_sheet(tmp_path: Path) -> None:
    day = days.good()
    extra = pd.DataFrame({"host": ["web01"], "Host": ["x"], "load_percent": [92.3], "n": [1.5]})
    frames = {**day.frames, "coverage": extra}
    sheet = written(Day(day.folder, day.info, frames), tmp_path)["coverage (data)"]
    assert [cell.value for cell in sheet[1]] == ["host", "Host 2", "load_percent", "n"]
    assert [cell.value for cell in sheet[2]] == ["web01", "x", 0.923, 1.5]


def test_a_thousand_hosts_are_cut_and_say_so(tmp_path: Path) -> None:
    day = days.big(hosts=1000, logins=30_000)
    book = written(day, tmp_path)
    sheet = book["logins"]
    total = len(day.frames["logins"])
    assert (
        sheet["A1"].value
        == f"Cut: 10,000 of {total:,} rows. tables/logins.parquet, with a .csv beside it, has them all."
    )
    assert sheet.freeze_panes == "B3" and sheet.max_row == MOST + 2
    results = column(sheet, "result", 2)
    assert results.count("accepted") == (day.frames["logins"]["result"] == "accepted").sum()
    assert any(row[0] == "logins" and row[1:3] == (MOST, total)
               for row in book["Summary"].iter_rows(values_only=True))  # fmt: skip
    counted = day.frames["logins"]
    failed = counted.loc[counted["result"].eq("failed"), "count"].sum()
    assert sum(column(book["Logins by host"], "Failed")) == failed


def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_workbook(days.worst(), first)
    write_workbook(days.worst(), second)
    assert first.read_bytes() == second.read_bytes()
    assert openpyxl.load_workbook(first).properties.modified == local(2026, 11, 23, 5)
    assert {member.date_time[0] for member in ZipFile(first).infolist()} == {1980}
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_one_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="could not be written"):
        write_workbook(days.one(), tmp_path / "no" / "x.xlsx")


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_reads_text_as_text(tmp_path: Path) -> None:
    rows = [{"host": "web01", "at": days.FROM, "result": "failed", "user": text, "count": 1}
            for text in EVIL]  # fmt: skip
    day = with_rows(days.good(), "logins", rows)
    write_workbook(day, tmp_path / "report.xlsx")
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", every_sheet, "--outdir", str(tmp_path), str(tmp_path / "report.xlsx")],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    with (tmp_path / "report-logins.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    users = [row["user"] for row in read]
    assert users[:7] == [*EVIL[:6], "_x0041_"] and users[-1] == "1e5"
    assert read[0]["at (Europe/Amsterdam)"] == "2026-11-22 06:00:00"
    with (tmp_path / "report-Disk usage.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["Used"].startswith("88")


def test_every_sheet_says_what_it_holds(tmp_path: Path) -> None:
    holds = {grid.title: grid.about for grid in grids(view(days.DAYS["worn"]()))}
    assert holds["memory"].startswith("Memory and swap")
    assert "What the collector found." not in holds.values()
    assert all(about and len(about) < 160 for about in holds.values())


def test_a_column_is_as_wide_as_its_figures_are_shown(tmp_path: Path) -> None:
    """Otherwise "###" stands in place of them: 61,132,550,144,000 has more letters than digits."""
    day = days.good()
    disks = day.frames["disks"].assign(total_bytes=987_654_321_987_654)
    book = written(Day(day.folder, day.info, {**day.frames, "disks": disks}), tmp_path)
    sheet = book["disks"]
    for letter, one in sheet.column_dimensions.items():
        shown = [cell.value for cell in sheet[letter][1:] if isinstance(cell.value, int)]
        widest = max((len(f"{value:,}") for value in shown), default=0)
        assert one.width > widest, letter


def test_numbers_that_count_nothing_have_no_commas_and_flags_are_words(tmp_path: Path) -> None:
    day = days.good()
    rows = [{"host": "web01", "name": "big", "uid": 65534, "gid": 65534, "may_log_in": True}]
    frames = {**day.frames, "users": days.typed("users", rows)}
    sheet = written(Day(day.folder, day.info, frames), tmp_path)["users"]
    assert cells(sheet, "uid")[0].number_format == cells(sheet, "gid")[0].number_format == "0_)"
    (flag,) = cells(sheet, "may_log_in")
    assert (flag.value, flag.data_type) == (True, "b") and "TRUE" in flag.number_format


def test_gaps_come_before_what_a_server_does_not_have(tmp_path: Path) -> None:
    day = days.good()
    rows = [{"host": "web01", "collector": name, "outcome": outcome, "cause": cause}
            for name, outcome, cause in (("backups", "not_applicable", "none is named"),
                                         ("disks", "timed_out", "too slow"))]  # fmt: skip
    day = with_rows(day, "outcomes", rows)
    because = column(written(day, tmp_path)["Coverage"], "Because")
    assert because[0] == "too slow; none is named"
