"""The report reads itself: what somebody could make of a document is seen, and named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from collectors.base import frame
from report import derived
from report.findings import summarise
from report.selfcheck import Rereading
from report.workbook import write_workbook
from tests.report import days
from tests.report.test_selfcheck import Made
from tests.report.test_workbook_days import with_a_past

BEFORE = [{"label": "Logins failed", "value": 182.0}, {"label": "Servers up", "value": 57.0}]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("past")
    day = with_a_past(folder / "output", before=3)
    path = folder / "output" / "2026-11-22" / derived.FOLDER / "figures.parquet"
    frame(derived.FIGURES, BEFORE).to_parquet(path, index=False)
    return Made(folder, day)


@pytest.fixture
def made(whole: Made, tmp_path: Path) -> Made:
    return whole.copy(tmp_path)


def put(pattern: str, other: str, html: str) -> str:
    """Return a page in which what a pattern's group finds is another; it must be there."""
    hit = re.search(pattern, html, re.S)
    assert hit, pattern
    return html[: hit.start(1)] + other + html[hit.end(1) :]


PAGES: list[tuple[str, str, str, str]] = [
    ("the number", r'class="kn one">(\d+)', "99", "“Critical findings” is 6, ±0, and there stands 99"),
    ("its change", r'class="kn one">\d+<span>.*?>(±0)<', "+7",
     "“Critical findings” is 6, ±0, and there stands 6+7"),
    ("what it is made of", r'class="made"><span>Got in <b>(\d+)', "7",
     "what is critical is missing: Got in 1 Broken 3"),
    ("what it was", r"(6) yesterday; ", "0", "what was critical is missing: 6 yesterday"),
    ("a change", r'title="\+[\d,]+ since yesterday">(\+[\d,]+)<', "+1",
     "“Logins failed” is 35,903, on 52 servers read, +35,721, and there stands "),
    ("a note", r'<p class="kd">(on 52 servers read)', "on 60 servers read",
     "“Logins failed” is 35,903, on 52 servers read, +35,721, and there stands "),
    ("a finding", "(root, by password, from 10.20.4.17)", "all is well",
     "a finding is missing: app03: root, by password"),
    ("whose it is", r'<b id="f-\w+">(app07)</b>', "app04",
     "a finding is missing: app07: Host key changed"),
    ("how many warnings", r">Warnings<span>(\d+)", "2", "“Warnings” is 11, and there stands 2"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "pattern", "other", "said"), PAGES, ids=[one[0] for one in PAGES])
def test_what_is_other_on_page_1_is_said(
    what: str, pattern: str, other: str, said: str, made: Made
) -> None:
    path = made.folder / "report.html"
    path.write_text(put(pattern, other, path.read_text()))
    found = "\n".join(Rereading(made.summary, made.on_pages).html(path))
    assert f"report.html is not as the snapshot has it: {said}" in found


def test_and_in_print(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("report.selfcheck.MOST", 99)
    paper = made.paper
    for _, pattern, other, _ in PAGES:
        paper = put(pattern, other, paper)
    made.print(paper)
    found = made.found()
    for what, _, _, said in PAGES:
        beginning = said.partition(", and there")[0]
        assert f"report.pdf is not as the snapshot has it: {beginning}" in found, what


def rewritten(made: Made, change: Callable[[Any], None] = lambda book: None) -> list[str]:
    """Return what is said of a workbook that another program has changed."""
    path = made.folder / "report.xlsx"
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    told = Rereading(made.summary).workbook(path, made.held)
    return [one.removeprefix("report.xlsx is not as the snapshot has it: ") for one in told]


def test_another_program_may_write_the_same_otherwise(made: Made) -> None:
    assert rewritten(made) == []


def all_down(book: Any) -> None:
    for row in range(2, 30):
        book["servers"][f"B{row}"] = "down"


def test_changed_cells_are_counted_and_what_a_formula_makes_of_them_is_said(made: Made) -> None:
    one, other = rewritten(made, all_down)
    assert re.fullmatch(
        r"“Servers up” is 53, and there stands \d+, which is what "
        r'=COUNTIF\(t_servers\[state\],"up"\) comes to', one,
    )  # fmt: skip
    assert other == "sheet servers, B2: “down” in place of “up”; 27 more of state differ"


def test_another_formula_is_said(made: Made) -> None:
    def change(book: Any) -> None:
        (cell,) = [row[1] for row in book["Summary"].iter_rows() if row[0].value == "Logins failed"]
        cell.value = "=1+1"

    (said,) = rewritten(made, change)
    assert said == (
        "“Logins failed” is 35,903, by the formula =SUM(t_logins_by_host[Failed]), "
        "and there stands =1+1"
    )


def test_sheets_that_are_gone_or_there_are_too_many_of_are_said(made: Made) -> None:
    def change(book: Any) -> None:
        for name in ("logins", "disks", "Findings"):
            del book[name]
        book.create_sheet("More")

    assert rewritten(made, change) == [
        "it has no sheet Findings and no disks and no logins", "it has a sheet more: More",
    ]  # fmt: skip


def test_rows_that_are_gone_or_too_many_are_said(made: Made) -> None:
    rows = len(made.held.tables["t_disks"][1].rows)

    def change(book: Any) -> None:
        (table,) = book["disks"].tables.values()
        table.ref = table.autoFilter.ref = re.sub(r"\d+$", str(rows), table.ref)
        book["disks"].delete_rows(rows + 1)
        book["uptime"].append(["web99"])

    uptime = len(made.held.tables["t_uptime"][1].rows)
    assert rewritten(made, change) == [
        f"sheet disks has {rows - 1} rows, and would have {rows}",
        f"sheet uptime has {uptime + 1} rows, and would have {uptime}",
    ]


def test_heads_links_facts_and_sentences_are_compared(made: Made) -> None:
    places: list[str] = []

    def change(book: Any) -> None:
        cover = book["Summary"]
        link = next(row[0] for row in cover.iter_rows() if row[0].hyperlink)
        places.append(link.coordinate)
        link.hyperlink.location = "'servers'!A2"
        sentence = cover.cell(link.row, 4)
        places.append(f"{sentence.coordinate}: “all is well” in place of “{sentence.value[:9]}")
        sentence.value = "all is well"
        next(row[1] for row in cover.iter_rows() if row[0].value == "Servers read").value = 60
        book["hosts"]["A1"] = "name"

    found = "\n".join(rewritten(made, change))
    assert f"sheet Summary, {places[0]} does not lead to '" in found
    assert f"sheet Summary, {places[1]}" in found
    assert "sheet Summary does not say “Servers read”: 56" in found
    assert "sheet hosts has another head than host" in found


def test_what_a_formula_came_to_is_compared(made: Made) -> None:
    path = made.folder / "report.xlsx"
    with ZipFile(path) as file:
        parts = {one: file.read(one) for one in file.namelist()}
    cover = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = put(r'"up"\)</f><v>(\d+)</v>', "60", cover).encode()
    with ZipFile(path, "w") as file:
        for one, content in parts.items():
            file.writestr(one, content)
    assert "“Servers up” is 53, and there stands 60" in made.found()


def test_a_sheet_that_was_cut_must_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("report.grids.MOST", 20)
    day = days.worst()
    held = write_workbook(day, tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    book["disks"]["A1"] = "All rows."
    book.save(tmp_path / "report.xlsx")
    (said,) = Rereading(summarise(day)).workbook(tmp_path / "report.xlsx", held)
    assert f"sheet disks does not say Cut: 20 of {len(day.frames['disks'])} rows." in said
