"""Page 1 is one page, however bad the day."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from report import findings, later, pages, reading, tables
from report.contract import Later, Resolved, Unread
from report.exporters import InfraHTMLExporter
from report.markup import Page
from report.pdf import make_pdf
from report.sections import below, fitting, today
from report.together import together
from report.words import number
from tests.report import days


def printed(page: Page, tmp_path: Path) -> list[str]:
    """Return the text of each page on paper."""
    exporter = InfraHTMLExporter()
    exporter.for_pdf = True
    output = nbformat.v4.new_output("display_data", {"text/html": page._repr_html_()})
    cell = nbformat.v4.new_code_cell("", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    html = exporter.from_notebook_node(notebook)[0]
    path = tmp_path / "page.pdf"
    path.write_bytes(make_pdf(html, 60, 2048))
    said = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return said.stdout.split("\f")[:-1]


def crowded(view: reading.View, long: bool) -> Any:
    """Return the day's summary with 300 findings, and much that is resolved and unread."""
    summary = findings.summarise(view)
    words = "that goes on and on " * 20 if long else "for a reason"
    made = [
        replace(one, sentence=f"{one.sentence} {words}", subject=f"{one.subject}-{n}",
                hosts=tuple(f"{host}-{n}" for host in one.hosts))
        for n in range(40)
        for one in summary.findings[:8]
    ][:300]  # fmt: skip
    made.sort(key=lambda one: one.severity != "critical")
    gone = Resolved("web01", ("web01",), "Broken", f"It was so {words[:90]}.", view.date)
    unread = Unread(("web01", "web02"), "everything", "timed_out", words[:80])
    return replace(
        summary, findings=tuple(made), resolved=(gone,) * 9, unread=(unread,) * 9, days_before=9
    )


needs_paper = pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext here")


@needs_paper
@pytest.mark.parametrize("name", ["worst", "good", "big", "nobody", "one", "hostile", "foreign"])
def test_page_1_is_one_page(name: str, tmp_path: Path) -> None:
    assert len(printed(pages.today(days.DAYS[name]()), tmp_path)) == 1


@needs_paper
@pytest.mark.parametrize("long", [False, True])
def test_300_findings_fit_page_1(
    long: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = reading.view(days.DAYS["worst"]()).shown
    summary = crowded(view, long)
    monkeypatch.setattr(today, "summarise", lambda _: summary)
    made = printed(today.page(view), tmp_path)
    assert len(made) == 1
    assert "Could not be read" in made[0]
    critical = [one for one in summary.findings if one.severity == "critical"]
    assert f"{number(len(critical))}, the worst" in made[0]
    assert "Warnings" in made[0]


def test_of_every_question_one_comes_first() -> None:
    view = reading.view(days.DAYS["worst"]())
    rows = together(findings.summarise(view).findings)
    questions = {one.first.question for one in rows}
    chosen = fitting.of_every_question(rows, len(questions) + 5)
    assert {one.first.question for one in chosen} == questions


def test_what_will_be_full_is_a_table_with_a_row_for_each_filesystem() -> None:
    view = reading.view(days.DAYS["worst"]())
    once = tables.filesystems(view.frames["disks"]).iloc[:2]
    (host, mount), (other, place) = once[["host", "mount"]].values
    kinds = (
        (host, mount, "inodes", 34.0),
        (host, mount, "bytes", 30.0),
        (other, place, "inodes", 31.0),
    )
    rows = [
        {"host": host, "mount": mount, "what": what, "full_in_days": full,
         "earliest_days": 29.0, "latest_days": 38.0, "growth_per_day": 1.0,
         "since": "2026-11-01", "known_days": 22}
        for host, mount, what, full in kinds
    ]  # fmt: skip
    known = replace(view, frames={**view.frames, "forecasts": pd.DataFrame(rows)})
    every = later.later(known)
    assert [(one.mount, one.days, one.what, one.also) for one in every] == [
        (mount, 30.0, "bytes", "inodes"), (place, 31.0, "inodes", ""),
    ]  # fmt: skip
    said = told_later(known, every)
    assert f"{host} {mount}; its inodes later 23 Dec 22 Dec – 31 Dec" in said
    assert f"{other} {place} inodes 24 Dec" in said
    assert later.when(every[0]) == f"{mount} in about 30 days (29 to 38)"
    assert later.when(every[1]).startswith(f"{place} (inodes) in about 31 days")


def told_later(view: reading.View, every: tuple[Later, ...]) -> str:
    html = below.later(view, replace(findings.summarise(view), later=every))
    return " ".join(re.sub("<[^>]*>", " ", unescape(str(html))).replace(" ;", ";").split())
