"""Page 1 is one page, however bad the day."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from report import findings, later, pages, reading, tables
from report.contract import Finding, Resolved, Unread
from report.exporters import InfraHTMLExporter
from report.markup import Page
from report.pdf import make_pdf
from report.sections import attention, today
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
        replace(one, sentence=f"{one.sentence} {words}", subject=f"{one.subject}-{n}")
        for n in range(40)
        for one in summary.findings[:8]
    ][:300]
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
    found = findings.summarise(view).findings
    questions = {one.question for one in found}
    chosen = attention._first(found, len(questions) + 4)
    assert {one.question for one in chosen} == questions


def test_what_will_be_full_is_told_with_its_range() -> None:
    view = reading.view(days.DAYS["worst"]())
    once = tables.filesystems(view.frames["disks"]).iloc[:2]
    rows = [
        {"host": host, "mount": mount, "what": "bytes", "full_in_days": full,
         "earliest_days": 30.0, "latest_days": 38.0, "growth_per_day": 1.0,
         "since": "2026-11-01", "known_days": 22}
        for (host, mount), full in zip(once[["host", "mount"]].values, (30.0, 34.0), strict=True)
    ]  # fmt: skip
    frames = {**view.frames, "forecasts": pd.DataFrame(rows)}
    assert "in about 30 days (30 to 38); " in told_later(replace(view, frames=frames))
    frames["forecasts"] = frames["forecasts"].assign(latest_days=30.0)
    known = replace(view, frames=frames)
    assert "in about 30 days; " in told_later(known)
    host, mount = rows[0]["host"], rows[0]["mount"]
    soon = Finding("disk-filling", "warning", "Filling", host, (host,), "", "disks", object=mount)
    assert [one.days for one in later.later(known, [soon])] == [34.0]


def told_later(view: reading.View) -> str:
    return later.sentence(later.later(view, []), 3)
