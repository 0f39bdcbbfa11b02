"""How long a day takes, stage by stage, beside an empty notebook through papermill.

    python -m benchmarks.daily [--runs 7]

Everything is measured in one go, in turn (A B C A B C …), as whole processes: an empty notebook
through papermill's own command; a second whole run on this machine; the rendering of 1, 60 and
1,000 synthetic hosts. Prints medians, ratios to the empty notebook, stages and peak memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Measured, empty_notebook, measure, stages
from report.settings import ROOT
from tests.report.days import save_day


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
        found: dict[str, list[Measured]] = {label: [] for label in commands}
        parts: dict[str, list[float]] = {}
        for turn in range(runs + 1):  # the first one warms caches up and is not counted
            for label, command in commands.items():
                measured = measure(command, environment)
                if turn:
                    found[label].append(measured)
            if turn:
                log = next((folder / "local").glob("20*/run.log")).read_text()
                for stage, seconds in stages(log).items():
                    parts.setdefault(stage, []).append(seconds)
    base = statistics.median(one.seconds for one in found["empty notebook"])
    print(f"{'':<24}{'median s':>9}{'min':>7}{'max':>7}{'× empty':>9}{'peak MB':>9}")
    for label, runs_of in found.items():
        walls = [one.seconds for one in runs_of]
        median, peak = statistics.median(walls), max(one.megabytes for one in runs_of)
        print(f"{label:<24}{median:9.2f}{min(walls):7.2f}{max(walls):7.2f}{median / base:9.2f}"
              f"{peak:9.0f}")  # fmt: skip
    print("\nthe whole run, by stage:")
    for stage, seconds in parts.items():
        print(f"  {stage:<24}{statistics.median(seconds):7.2f}")


if __name__ == "__main__":
    main()
