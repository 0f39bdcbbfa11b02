"""The notebooks: their form, and that they work wherever and however they are opened."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest

from report.findings import summarise
from report.settings import ROOT
from report.store import Day
from tests.report.days import save_day

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DAILY = ROOT / "notebooks" / "daily_report.ipynb"
LONGEST_CELL = 12


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def code_cells(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
class TestForm:
    def test_it_is_valid_and_has_no_outputs(self, path: Path) -> None:
        nbformat.validate(read(path))
        for cell in code_cells(path):
            assert (cell.outputs, cell.execution_count) == ([], None)

    def test_its_first_code_is_typed_and_commented_parameters(self, path: Path) -> None:
        first = code_cells(path)[0]
        assert first.metadata.tags == ["parameters"]
        for line, node in zip(first.source.splitlines(), ast.parse(first.source).body, strict=True):
            assert isinstance(node, ast.AnnAssign)
            assert "# " in line

    def test_no_logic_lives_in_it(self, path: Path) -> None:
        for cell in code_cells(path):
            assert len(cell.source.splitlines()) <= LONGEST_CELL
            for node in ast.walk(ast.parse(cell.source)):
                assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


@pytest.fixture
def worst(output: Path) -> Day:
    return save_day(output, "worst")


def run(folder: Path, output: Path, *words: str) -> subprocess.CompletedProcess[str]:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    environment = {**os.environ, "INFRA_REPORT_OUTPUT": str(output), "HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", *words],
        capture_output=True, text=True, cwd=folder, env=environment, timeout=180,
    )  # fmt: skip


def said_by(path: Path) -> str:
    return json.dumps(read(path).cells, ensure_ascii=False)


def test_papermill_from_another_folder_with_a_day_and_groups(
    tmp_path: Path, output: Path, worst: Day
) -> None:
    made = tmp_path / "out.ipynb"
    done = run(tmp_path, output, "papermill", str(DAILY), str(made),
               "-p", "report_date", worst.date.isoformat(), "-y", "groups: [web]")  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = said_by(made)
    assert "web09" in said
    assert "db03" not in said


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Day]:
    """The daily notebook run with its defaults where two days are, and the day it is of."""
    folder = tmp_path_factory.mktemp("ran")
    worst = save_day(folder / "output", "worst")
    save_day(folder / "output", "good", report_date=date(2026, 11, 20))
    made = folder / "out.ipynb"
    done = run(folder, folder / "output", "papermill", str(DAILY), str(made))
    assert done.returncode == 0, done.stderr
    return made, worst


def test_run_all_with_its_defaults_shows_the_figures_of_the_frames(ran: tuple[Path, Day]) -> None:
    made, worst = ran
    said = said_by(made)
    summary = summarise(worst)
    for figure in summary.figures:
        assert figure.value in said
    logins = worst.frames["logins"]
    failed = int(logins[logins["result"] == "failed"]["count"].sum())
    assert f"{failed:,}" in said
    states = worst.frames["servers"]["state"].value_counts()
    assert f"{states['down']} are down" in said
    assert f"of {len(worst.frames['hosts'])}" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-p", "groups", "web"], "groups is 'web'; it would be a list like ['web', 'db']"),
        (["-y", "groups: [nix]"], "nix"),
        (["-p", "report_date", "yesterday"], "report_date is 'yesterday'"),
        (["-p", "report_date", "2020-01-01"], "no snapshot of 2020-01-01; there are 2026-11-23"),
    ],
)
def test_a_parameter_that_does_not_fit_is_one_sentence(
    tmp_path: Path, output: Path, worst: Day, words: list[str], said: str
) -> None:
    done = run(tmp_path, output, "papermill", str(DAILY), str(tmp_path / "out.ipynb"), *words)
    assert done.returncode != 0
    assert said in done.stderr
    assert 'File "' not in done.stderr.split("Exception encountered")[-1]


def test_before_the_first_day_it_says_what_to_run(tmp_path: Path, output: Path) -> None:
    made = tmp_path / "out.ipynb"
    done = run(tmp_path, output, "papermill", str(DAILY), str(made))
    assert done.returncode != 0
    assert "no day has been collected yet" in said_by(made)
    assert "run `infra-report daily`" in said_by(made)


def test_papermill_tells_its_parameters(tmp_path: Path, output: Path) -> None:
    said = run(tmp_path, output, "papermill", "--help-notebook", str(DAILY)).stdout
    for line in (
        'report_date: str (default "")',
        "groups: list[str] (default [])",
        "output_dir: str",
    ):
        assert line in said


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_smoke_run_by_nbval(tmp_path: Path, output: Path, worst: Day, path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    params = tmp_path / "params"
    params.mkdir()
    (params / "fleet.yaml").write_text("hosts: {this-machine: {transport: local}}\n")
    os.environ["INFRA_REPORT_PARAMS"] = str(params)
    try:
        done = run(tmp_path, output, "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax",
                   "-c", str(tmp_path / "pytest.ini"), str(path))  # fmt: skip
    finally:
        del os.environ["INFRA_REPORT_PARAMS"]
    assert done.returncode == 0, done.stdout
    assert "failed" not in done.stdout


@pytest.mark.parametrize(
    ("exporter", "start"), [("infra-pdf", b"%PDF-"), ("infra-html", b"<!DOCTYPE html>")]
)
def test_nbconvert_knows_our_exporters(
    tmp_path: Path, output: Path, ran: tuple[Path, Day], exporter: str, start: bytes
) -> None:
    made = Path(shutil.copy(ran[0], tmp_path))
    done = run(tmp_path, output, "nbconvert", "--to", exporter, str(made))
    assert done.returncode == 0, done.stderr
    document = made.with_suffix("." + exporter.partition("-")[2]).read_bytes()
    assert document.startswith(start)
    assert b"papermill" not in document  # the code is hidden
