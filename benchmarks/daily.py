"""How long a day takes, stage by stage, beside an empty notebook through papermill.

    python -m benchmarks.daily [--runs 7]

Everything is measured in one go, in turn (A B C A B C …), as whole processes: an empty notebook
through papermill's own command; a second whole run on this machine; the rendering of 1, 60 and
1,000 synthetic hosts. Prints medians, ratios to the empty notebook, stages and peak memory.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import nbformat

from report.settings import ROOT
from tests.report.days import save_day

STAGES = {
    "reading": "collect",
    "snapshot saved": "kernel, notebook",
    "notebook executed": "HTML",
    "pages written": "PDF",
    "PDF made": "wait for the workbook",
    "workbook made": "summary, message",
    "documents made": "the end",
}


def empty_notebook(folder: Path) -> list[str]:
    """Return the command that runs a notebook of one empty cell."""
    path = folder / "empty.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")])  # type: ignore[no-untyped-call]
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    return [sys.executable, "-m", "papermill", str(path), str(folder / "out.ipynb")]


def timed(command: list[str], environment: Mapping[str, str]) -> tuple[float, float, str]:
    """Run a command; return wall seconds, its largest process's MB so far, and its stderr."""
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    wall = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return wall, peak, done.stderr


def stages(log: str) -> dict[str, float]:
    """Return the seconds from one stage's line in run.log to the next."""
    found: list[tuple[str, datetime]] = []
    for line in log.splitlines():
        match = re.match(r"(\S+ \S+) INFO +(.*)", line)
        name = match and next(
            (n for start, n in STAGES.items() if match[2].startswith(start)), None
        )
        if name == "collect":
            found = []  # the log of the day begins with its earlier runs
        if match and name:
            at = datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S,%f")  # noqa: DTZ007
            found.append((name, at))
    return {
        name: (after - at).total_seconds() for (name, at), (_, after) in itertools.pairwise(found)
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "params").mkdir()
        environment = {**os.environ, "INFRA_REPORT_PARAMS": str(folder / "params")}
        infra = [sys.executable, "-m", "report"]
        commands = {"empty notebook": empty_notebook(folder)}
        commands["infra-report --help"] = [*infra, "--help"]
        if (ROOT / ".venv").exists():
            commands["run_daily.sh --version"] = [str(ROOT / "run_daily.sh"), "--version"]
        commands["a second whole run"] = [*infra, "daily", "--output", str(folder / "local")]
        for day in ("one", "worst", "big"):
            save_day(folder / day, day)
            commands[f"render, {day}"] = [*infra, "render", "--output", str(folder / day)]
        walls: dict[str, list[float]] = {label: [] for label in commands}
        peaks: dict[str, float] = {}
        parts: dict[str, list[float]] = {}
        for turn in range(runs + 1):  # the first one warms caches up and is not counted
            for label, command in commands.items():
                wall, peak, _ = timed(command, environment)
                if turn:
                    walls[label].append(wall)
                peaks.setdefault(label, peak)
            if turn:
                log = next((folder / "local").glob("20*/run.log")).read_text()
                for stage, seconds in stages(log).items():
                    parts.setdefault(stage, []).append(seconds)
    base = statistics.median(walls["empty notebook"])
    print(f"{'':<24}{'median s':>9}{'min':>7}{'max':>7}{'× empty':>9}{'peak MB, so far':>17}")
    for label, found in walls.items():
        median = statistics.median(found)
        print(f"{label:<24}{median:9.2f}{min(found):7.2f}{max(found):7.2f}{median / base:9.2f}"
              f"{peaks[label]:17.0f}")  # fmt: skip
    more = [statistics.median(walls[f"render, {day}"]) for day in ("one", "worst")]
    print(f"60 hosts more than one: {more[1] - more[0]:.2f} s")
    print("\nthe whole run, by stage:")
    for stage, found in parts.items():
        print(f"  {stage:<24}{statistics.median(found):7.2f}")


if __name__ == "__main__":
    main()
