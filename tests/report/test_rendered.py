"""Whole days through the command line: 1,000 hosts with 20 mounts each, and names of all kinds.

A render that ends with 0 has read its documents again and found them as the snapshot has them.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pypdfium2
import pytest

from report.grids import MOST
from report.store import day_folder, save
from tests.report import days

HOSTS, MOUNTS, DAYS = 1000, 20, 3
SECONDS, MEGABYTES = 90, 1100  # of the processors, both of them; of the largest process
CUT = ("Disks over time", "Disk usage", "disks", "logins")


def render(output: Path, *words: str) -> str:
    """Render the latest day of an output folder by the command line; return what it said."""
    params = output.parent / "params"
    params.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "report", "render", *words, "--params", str(params),
         "--output", str(output)],
        capture_output=True, text=True, check=False, timeout=280, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr + done.stdout


def texts(pdf: Path) -> list[str]:
    """Return the text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def section(page: str) -> str:
    """Return the number of the section that begins on a page, "" for one that goes on."""
    found = re.search(r"^(\d{1,2})\s+(Today|[A-Z7])", page, re.M)
    return found[1] if found else ""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of 1,000 hosts with 20 mounts each, and two days before it, rendered."""
    output = tmp_path_factory.mktemp("thousand") / "output"
    output.mkdir()
    day = days.big(HOSTS, 30_000, MOUNTS)
    for ago in range(DAYS - 1, -1, -1):
        back = timedelta(days=ago)
        moved = {name: getattr(day.info, name) - back
                 for name in ("from_at", "to_at", "started_at", "finished_at")}  # fmt: skip
        info = day.info.model_copy(update={"report_date": day.date - back, **moved})
        save(day_folder(output, info.report_date), info, day.frames, {})
    used = spent()
    render(output)
    assert spent() - used < SECONDS
    return day_folder(output, day.date)


def spent() -> float:
    """Return the processors' seconds that processes of ours have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture(scope="module")
def sheets(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the sheets that had no room for all of them, and of the first."""
    book = openpyxl.load_workbook(folder / "report.xlsx", read_only=True)
    return {name: list(book[name].iter_rows(values_only=True)) for name in ("Summary", *CUT)}


def test_a_thousand_hosts_are_few_pages_and_the_first_is_one(folder: Path) -> None:
    pages = texts(folder / "report.pdf")
    assert 6 <= len(pages) <= 14
    assert [section(page) for page in pages[:2]] == ["1", "2"]
    assert "Could not be read" in pages[0]


def test_a_thousand_hosts_are_a_page_of_less_than_5_mb(folder: Path) -> None:
    assert (folder / "report.html").stat().st_size < 5_000_000
    assert (folder / "mail.eml").stat().st_size < 8_000_000


def test_what_a_page_has_no_room_for_is_said(folder: Path) -> None:
    said = " ".join(" ".join(texts(folder / "report.pdf")).split())
    assert re.search(r"\d+ more \d+ full filesystems.*→ Disks", said)
    assert re.search(r"\d+ of \d+ filesystems at a critical limit; \d+ more in the workbook", said)


def test_what_a_sheet_has_no_room_for_is_said_and_lies_beside(
    folder: Path, sheets: dict[str, list[tuple[Any, ...]]]
) -> None:
    for name in CUT:
        ((shown, every),) = {row[1:3] for row in sheets["Summary"] if row and row[0] == name}
        cut, _, *rows = sheets[name]
        assert len(rows) == shown <= MOST and every > shown
        said = re.fullmatch(
            rf"Cut: {shown:,} of {every:,} rows\. tables/(\S+)\.parquet, with a \.csv beside it, has "
            r"them all\.", str(cut[0]),
        )  # fmt: skip
        assert said, cut
        assert len(pd.read_parquet(folder / f"tables/{said[1]}.parquet")) == every
        with (folder / f"tables/{said[1]}.csv").open() as file:
            assert sum(1 for _ in file) == every + 1


def test_what_stays_on_a_sheet_is_the_worst(
    folder: Path, sheets: dict[str, list[tuple[Any, ...]]]
) -> None:
    _, head, *rows = sheets["disks"]
    used = [row[head.index("used_percent")] for row in rows]
    every = pd.read_parquet(folder / "data/disks.parquet")["used_percent"].sort_values()
    assert min(used) * 100 >= every.iloc[-MOST] - 1e-9
    _, head, *rows = sheets["Disk usage"]
    used = [row[head.index("Used")] for row in rows]
    assert used == sorted(used, reverse=True)


@pytest.mark.parametrize("name", ["qualified", "foreign"])
def test_names_of_all_kinds_pass_the_report_s_own_check(name: str, tmp_path: Path) -> None:
    day = days.save_day(tmp_path / "output", name)
    render(tmp_path / "output")
    made = {path.name for path in day.folder.iterdir()}
    assert {"report.html", "report.pdf", "report.xlsx", "mail.eml"} <= made
    assert section(texts(day.folder / "report.pdf")[1]) == "2"
