"""What the benchmarks share: an empty notebook, timed commands, the stages in a run's log."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil

STAGES = {
    "reading": "collect",
    "snapshot saved": "kernel, notebook",
    "notebook and documents": "kernel, notebook",
    "notebook executed": "HTML",
    "pages written": "PDF",
    "PDF made": "PDF read again, wait for the workbook",
    "workbook made": "summary, message",
    "documents made": "the end",
}


class Measured(NamedTuple):
    """What a command took: wall seconds, MB of its whole tree of processes at their most."""

    seconds: float
    megabytes: float


def empty_notebook(folder: Path) -> list[str]:
    """Return the command that runs a notebook of one empty cell."""
    path = folder / "empty.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")])  # type: ignore[no-untyped-call]
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    return [sys.executable, "-m", "papermill", str(path), str(folder / "out.ipynb")]


def measure(command: list[str], environment: Mapping[str, str]) -> Measured:
    """Run a command to its end.

    Memory is the sum of the processes' proportional set sizes, sampled: what several of them
    share, libraries above all, counts once.
    """
    begun = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    watch.start()
    said = process.communicate()[0]
    wall = time.monotonic() - begun
    watch.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, said)
    return Measured(wall, peak[0])


def stages(log: str) -> dict[str, float]:
    """Return the seconds from one stage's line in run.log to the next, of its last run."""
    found: list[tuple[str, datetime]] = []
    for line in log.splitlines():
        match = re.match(r"(\S+ \S+) INFO +(.*)", line)
        name = match and next((n for start, n in STAGES.items() if match[2].startswith(start)), "")
        if not match or not name or name == (found[-1][0] if found else ""):
            continue
        if name in [known for known, _ in found]:
            found = []  # the log of the day begins with its earlier runs
        at = datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S,%f")  # noqa: DTZ007
        found.append((name, at))
    return {
        name: (after - at).total_seconds() for (name, at), (_, after) in itertools.pairwise(found)
    }


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    while process.poll() is None:
        with suppress(psutil.Error):
            root = psutil.Process(process.pid)
            total = 0
            for one in (root, *root.children(recursive=True)):
                with suppress(psutil.Error):
                    total += one.memory_full_info().pss
            peak[0] = max(peak[0], total / 1e6)
        time.sleep(0.1)
