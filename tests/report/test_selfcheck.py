"""The report reads itself: what is right passes, and each kind of damage is said."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import openpyxl
import pikepdf
import pytest

from report import pages
from report.contract import Summary
from report.exporters import InfraHTMLExporter
from report.findings import summarise
from report.pdf import make_pdf
from report.reading import view
from report.selfcheck import Rereading
from report.selfcheck.figures import missing
from report.store import Day
from report.workbook import write_workbook
from tests.report import days
from tests.report.test_pages import CALLS

NAMES = ("report.html", "report.pdf", "report.xlsx")
EMPTY = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"


class Made:
    """A day's documents in a folder, and the HTML that the PDF was made of."""

    def __init__(self, folder: Path, day: Day) -> None:
        self.folder, self.summary = folder, summarise(day)
        self.on_pages = summarise(view(day).shown)
        notebook = nbformat.v4.new_notebook()
        for call in CALLS:
            data = {"text/html": getattr(pages, call)(day)._repr_html_()}
            output = nbformat.v4.new_output("display_data", data)
            notebook.cells.append(nbformat.v4.new_code_cell(outputs=[output]))
        exporter = InfraHTMLExporter()
        (folder / "report.html").write_text(exporter.from_notebook_node(notebook)[0])
        exporter.for_pdf = True
        self.paper = exporter.from_notebook_node(notebook)[0]
        self.print(self.paper)
        self.held = write_workbook(day, folder / "report.xlsx")

    def copy(self, folder: Path) -> Made:
        """Return a copy to damage."""
        copy = Made.__new__(Made)
        copy.folder, copy.summary, copy.paper = folder, self.summary, self.paper
        copy.on_pages, copy.held = self.on_pages, self.held
        for name in NAMES:
            shutil.copy(self.folder / name, folder)
        return copy

    def print(self, html: str) -> None:
        (self.folder / "report.pdf").write_bytes(make_pdf(html, 60, 2048))

    def found(self, summary: Summary | None = None) -> str:
        again = Rereading(summary or self.summary, summary or self.on_pages)
        found = []
        found += again.html(self.folder / "report.html") + again.pdf(self.folder / "report.pdf")
        found += again.workbook(self.folder / "report.xlsx", self.held)
        return "\n".join(found)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("worst"), days.worst())


@pytest.fixture
def made(whole: Made, tmp_path: Path) -> Made:
    return whole.copy(tmp_path)


@pytest.mark.parametrize(
    "name", ["good", "nobody", "local", "one", "hostile", "worn", "qualified", "foreign"]
)
def test_what_is_right_passes(name: str, tmp_path: Path) -> None:
    assert Made(tmp_path, days.DAYS[name]()).found() == ""


def test_sixty_servers_are_read_again_within_a_second(whole: Made) -> None:
    assert whole.found() == ""
    start = time.process_time()
    whole.found()
    assert time.process_time() - start < 1


def test_every_figure_of_the_snapshot_is_looked_for_in_every_document(whole: Made) -> None:
    for nth, one in enumerate(whole.summary.figures):
        figures = list(whole.summary.figures)
        figures[nth] = replace(one, value="77,777")
        found = whole.found(replace(whole.summary, figures=tuple(figures)))
        for name in NAMES:
            assert f"{name} is not as the snapshot has it: “{one.label}” is 77,777" in found


def changed_figure(html: str) -> str:
    return re.sub(r'(<p class="kn">)', r"\g<1>1", html, count=1)


def without_a_row(html: str) -> str:
    row = re.findall(r"<tr>.*?</tr>", html[html.index('id="disks"') :], re.S)[3]
    return html.replace(row, "", 1)


def with_more(more: str) -> Callable[[str], str]:
    return lambda html: html.replace("</main>", f'<div class="infra">{more}</div></main>', 1)


def without_strokes(html: str) -> str:
    return re.sub(r'(class="chart"[^>]*?src=")[^"]+', rf"\g<1>{EMPTY}", html, count=1)


def without_chart(html: str) -> str:
    return re.sub(r'<img\b[^>]*class="chart"[^>]*>', "", html, count=1)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (changed_figure, "“Servers up” is"),
        (without_a_row, "not on its pages: "),
        (with_more("<p style='margin-left:-6mm'>Outside</p>"), "beside its lines' ends"),
        (
            with_more("<p style='margin-bottom:-10pt'>Below</p><p>Above</p>"),
            "text over text",
        ),
        (with_more("<p>box 中 here</p>"), "a box in place of a character"),
        (without_strokes, "has an empty chart"),
        (without_chart, "chart 1 is not on its pages"),
    ],
    ids=["figure", "row", "beside", "over", "glyph", "empty chart", "no chart"],
)  # fmt: skip
def test_damage_of_a_page_is_said(damage: Callable[[str], str], said: str, made: Made) -> None:
    damaged = damage(made.paper)
    assert damaged != made.paper
    made.print(damaged)
    assert said in made.found()


def test_a_page_that_is_gone_is_said(made: Made) -> None:
    with pikepdf.open(made.folder / "report.pdf", allow_overwriting_input=True) as pdf:
        pages_before = len(pdf.pages)
        del pdf.pages[1]
        pdf.save()
    found = made.found()
    assert f"it has {pages_before - 1} pages, which say they are 1 of {pages_before}" in found
    assert "not on its pages" in found


def test_a_change_in_the_html_is_said(made: Made) -> None:
    path = made.folder / "report.html"
    path.write_text(changed_figure(path.read_text()))
    assert "report.html is not as the snapshot has it: “Servers up” is" in made.found()


def test_a_changed_cell_of_the_workbook_is_said(made: Made) -> None:
    path = made.folder / "report.xlsx"
    book = openpyxl.load_workbook(path)
    cover = book.worksheets[0]
    one = made.summary.figures[0]
    cell = next(
        row[1] for row in cover.iter_rows() if (row[0].value, row[3].value) == (one.label, one.note)
    )
    cell.value = 9999
    book.save(path)
    assert f"report.xlsx is not as the snapshot has it: “{one.label}” is" in made.found()
    assert "there stands 9999" in made.found()


@pytest.mark.parametrize("name", NAMES[1:])
def test_what_cannot_be_opened_is_a_difference(name: str, made: Made) -> None:
    content = (made.folder / name).read_bytes()
    (made.folder / name).write_bytes(content[: len(content) // 3])
    assert f"{name} is not as the snapshot has it" in made.found()


def test_a_figure_is_no_part_of_a_longer_one(whole: Made) -> None:
    one = replace(whole.summary.figures[0], label="Up", value="5", unit="")
    summary = replace(whole.summary, headline="", lead="", figures=(one,))
    assert not missing("Up 5 on all", summary)
    assert not missing("5 Up", summary)
    assert not missing("Up\n5\n2 down", summary)
    assert missing("Up 56", summary) and missing("Up 5,600", summary) and missing("15 Up", summary)
