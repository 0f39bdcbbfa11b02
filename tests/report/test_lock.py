"""One run at a time, whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from report.errors import LockHeld
from report.lock import run_lock

HOLD = """
import sys, time
from pathlib import Path
from report.lock import run_lock
with run_lock(Path(sys.argv[1]), "daily --send"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_told_who_holds_it_and_a_killed_holder_lets_go(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        said = rf"process {holder.pid} on .*, since 20\d\d-.* \(infra-report daily --send\)"
        with pytest.raises(LockHeld, match=said) as caught, run_lock(tmp_path, "daily"):
            pass
        assert caught.value.exit_code == 75
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with run_lock(tmp_path, "daily"):
            pass
