"""How long the documents of a day take, by the size of the fleet, beside an empty notebook.

    python -m benchmarks.render [--runs 5] [--hosts 1 60 1000 10000] [--days 90] [--keep DIR]

Each fleet has a history of so many days; logins and filesystems grow with it. Everything is
measured in one go, in turn (A B C A B C …), as whole processes. Prints medians, ratios to the
empty notebook, the peak memory of the whole tree of processes and the share of each stage.
--keep: where the fleets are made and stay, so that the next run need not make them again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.measuring import Measured, empty_notebook, measure, stages
from report import derived, store
from tests.report.days import big, one
from tests.report.fleets import DATE

MEANT = {60: "3 times", 1000: "8 times, 1,000 MB", 10000: "30 times, 2,000 MB"}


def make_fleet(output: Path, hosts: int, days: int) -> None:
    """Save a fleet's last day and those before it, as `days` daily runs would have."""
    output.mkdir(parents=True)
    last = one() if hosts == 1 else big(hosts, max(2000, hosts * 100))
    first = None
    for ago in range(days - 1, -1, -1):
        frames = {name: _earlier(name, frame, ago) for name, frame in last.frames.items()}
        back = timedelta(days=ago)
        moved = {name: getattr(last.info, name) - back
                 for name in ("from_at", "to_at", "started_at", "finished_at")}  # fmt: skip
        info = last.info.model_copy(
            update={
                "report_date": DATE - back,
                "sections": ["servers", "disks", "logins", "uptime", "trends"],
                **moved,
            }
        )
        folder = store.day_folder(output, info.report_date)
        store.save(folder, info, frames, {})
        day = store.Day(folder, info, frames)
        if first is None:
            derived.save(day, scored=False)
            first = folder / derived.FOLDER
        elif ago:  # a day's own findings do not matter here, that there are some does
            shutil.copytree(first, folder / derived.FOLDER)
        else:
            derived.save(day)


def _earlier(name: str, frame: Any, days: int) -> Any:
    """Return a frame as it may have been so many days ago: disks less full, times earlier."""
    import numpy as np
    import pandas as pd

    back = pd.Timedelta(days=days)
    times = [c for c in frame.columns if isinstance(frame[c].dtype, pd.DatetimeTZDtype)]
    frame = frame.assign(**{column: frame[column] - back for column in times})
    if name == "logins":
        return frame.iloc[:: 5 if days else 1]
    if name != "disks":
        return frame
    dice = np.random.default_rng(days)
    pace = np.random.default_rng(7).uniform(0, 0.002, len(frame))
    part = 1 - pace * days + dice.normal(0, 0.004, len(frame))
    size, used = frame["size_bytes"], frame["used_bytes"]
    used = np.minimum(size, np.maximum(0, used * part)).round().astype("Int64")
    percent = np.ceil(100 * used / size.where(size > 0)).astype(frame["used_percent"].dtype)
    return frame.assign(used_bytes=used, available_bytes=size - used, used_percent=percent)


@contextmanager
def _place(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)


def _tell(sizes: list[int], found: dict[str, list[Measured]]) -> None:
    base = statistics.median(one.seconds for one in found["empty notebook"])
    print(f"{'':<22}{'median s':>9}{'min':>7}{'max':>7}{'× empty':>9}{'peak MB':>9}  meant")
    for label, runs in found.items():
        seconds = [one.seconds for one in runs]
        median, most = statistics.median(seconds), max(one.megabytes for one in runs)
        meant = next((MEANT.get(n, "") for n in sizes if label == f"{n:,} hosts"), "")
        print(f"{label:<22}{median:9.2f}{min(seconds):7.2f}{max(seconds):7.2f}{median / base:9.2f}"
              f"{most:9.0f}  {meant}")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--hosts", type=int, nargs="+", default=[1, 60, 1000, 10000])
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with _place(given.keep) as folder:
        environment = {**os.environ, "INFRA_REPORT_PARAMS": str(folder / "params")}
        (folder / "params").mkdir(exist_ok=True)
        commands = {"empty notebook": empty_notebook(folder)}
        for hosts in given.hosts:
            output = folder / str(hosts)
            if not output.exists():
                make_fleet(output, hosts, given.days)
            commands[f"{hosts:,} hosts"] = [
                sys.executable, "-m", "report", "render", "--output", str(output)
            ]  # fmt: skip
        found: dict[str, list[Measured]] = {label: [] for label in commands}
        parts: dict[int, dict[str, list[float]]] = {hosts: {} for hosts in given.hosts}
        for turn in range(given.runs + 1):  # the first one warms caches up and is not counted
            for label, command in commands.items():
                measured = measure(command, environment)
                if turn:
                    found[label].append(measured)
            for hosts in given.hosts if turn else ():
                log = (store.day_folder(folder / str(hosts), DATE) / "run.log").read_text()
                for stage, seconds in stages(log).items():
                    parts[hosts].setdefault(stage, []).append(seconds)
        _tell(given.hosts, found)
    print("\nseconds by stage, medians:")
    for hosts, one_size in parts.items():
        told = ", ".join(f"{s} {statistics.median(f):.2f}" for s, f in one_size.items())
        print(f"  {hosts:>6,} hosts: {told}")


if __name__ == "__main__":
    main()
