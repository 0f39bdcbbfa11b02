"""The collectors of a server's health, asked of this machine through the shells that servers have."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import kernel, memory, storage, timers, timesync
from collectors.base import Collector, Parsed, checked
from collectors.envelope import unwrap, wrap
from collectors.errors import CollectError, Outcome
from collectors.kernel.script import MOST
from tests.collectors.probes import ASK, BUSYBOX, SHELLS, applets, printed

HEALTH: tuple[Collector, ...] = (memory, timesync, timers, kernel, storage)
KNOWN_TO_BE_NOTHING = (Outcome.NOT_APPLICABLE, Outcome.NO_PERMISSION, Outcome.NO_DATA)

FIXTURES = Path(__file__).parent.parent / "fixtures"


def golden(name: str, case: str) -> str:
    """Return the text of a golden pair."""
    return (FIXTURES / name / f"{case}.txt").read_text(encoding="utf-8")


def kernel_says(name: str) -> int:
    """Return a figure of this machine's /proc/meminfo in bytes."""
    lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def understood(collector: Collector, text: str) -> None:
    """Parse it: rows, or a cause that says what there is not. Anything else is a fault."""
    try:
        assert collector.parse(text, ASK).rows or collector.PAST
    except CollectError as error:
        assert error.outcome in KNOWN_TO_BE_NOTHING, error.cause


@pytest.mark.parametrize("collector", HEALTH, ids=lambda one: one.NAME)
@pytest.mark.parametrize("shell", SHELLS)
def test_this_machine_is_understood_through_any_shell(
    collector: Collector, shell: Sequence[str]
) -> None:
    understood(collector, printed(collector, shell))


@pytest.mark.parametrize("collector", HEALTH, ids=lambda one: one.NAME)
def test_busybox_alone_is_enough(collector: Collector, tmp_path: Path) -> None:
    shell = str(tmp_path / "sh")
    understood(collector, printed(collector, (shell,), applets(tmp_path)))


CASES = {one.NAME: sorted((FIXTURES / one.NAME).glob("*.txt")) for one in HEALTH}
DAMAGE = st.sampled_from(["cut", "drop", "swap", "twice", "number", "noise"])
NUMBERS = st.sampled_from(["", "-1", "0", "9" * 25, "18446744073709551615", "9999999999", "1e400"])


def damaged(text: str, data: st.DataObject) -> str:
    """Return the text with one thing wrong in it."""
    lines = text.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    kind = data.draw(DAMAGE)
    if kind == "cut":
        return text[: data.draw(st.integers(0, len(text)))]
    if kind == "drop":
        del lines[at]
    elif kind == "twice":
        lines.insert(at, lines[at])
    elif kind == "swap":
        other = data.draw(st.integers(0, len(lines) - 1))
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == "number":
        lines[at] = re.sub(r"[0-9]+", data.draw(NUMBERS), lines[at], count=1)
    else:
        noise = data.draw(st.text(max_size=60)).replace("\n", " ")
        lines[at] = lines[at].partition("|")[0] + "|" + noise
    return "\n".join(lines)


@pytest.mark.parametrize("collector", HEALTH, ids=lambda one: one.NAME)
@settings(derandomize=True, max_examples=300, deadline=None)
@given(data=st.data())
def test_damaged_output_is_rows_or_a_cause(collector: Collector, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(CASES[collector.NAME]))
    text = damaged(path.read_text(encoding="utf-8"), data)
    with suppress(CollectError):
        parsed = collector.parse(text, ASK)
        checked(collector.COLUMNS, parsed.rows)
        assert parsed.rows or collector.PAST, "neither rows nor a cause"


@pytest.mark.parametrize("shell", SHELLS)
def test_memory_is_what_the_kernel_says(shell: Sequence[str]) -> None:
    (row,) = memory.parse(printed(memory, shell), ASK).rows
    assert row["total_bytes"] == kernel_says("MemTotal")
    assert 0 < row["available_bytes"] < row["total_bytes"]


def test_memory_that_was_worked_out_is_said_to_be_so() -> None:
    parsed: Parsed = memory.parse(golden("memory", "centos-6"), ASK)
    assert parsed.note == "available_bytes is an estimate: the kernel tells it since 3.14 only"
    assert memory.parse(golden("memory", "rhel-9-database"), ASK).note == ""


def test_a_time_daemon_that_does_not_answer_is_named() -> None:
    closed = timesync.parse(golden("timesync", "centos-7-chrony-closed"), ASK)
    assert closed.note == "chronyd does not answer this user: root may ask it"
    assert timesync.parse(golden("timesync", "alpine-3.20-ntpd"), ASK).note == ""


def test_two_time_daemons_are_named() -> None:
    ntpd = golden("timesync", "centos-7-ntpd").splitlines(keepends=True)
    both = [*ntpd, *golden("timesync", "debian-12-chrony").splitlines(keepends=True)]
    text = "".join(line for line in both if not line.startswith(("now|", "seen|")))
    parsed = timesync.parse(f"seen|ntpd\nseen|=0\n{text}", ASK)
    assert parsed.note == "more than one daemon keeps the clock: chronyd, ntpd"


def test_the_kernel_without_a_right_is_said_to_be_known_in_part() -> None:
    parsed = kernel.parse(golden("kernel", "rhel-9-only-dmesg"), ASK)
    assert parsed.note.startswith("only what the kernel itself still holds")
    assert kernel.parse(golden("kernel", "debian-12-journal"), ASK).note == ""


DMESG = """#!/bin/sh
awk 'BEGIN {
  print "<5>[    0.000000] Linux version 6.1"
  for (i = 1; i <= 900; i++) print "<3>[  100.000000] I/O error, dev sda, sector " i
  for (i = 1; i <= 26; i++) for (j = 1; j <= 24; j++)
    print "<3>[ 4000.000000] one of a kind: " sprintf("%c%c", 96 + i, 96 + j)
}'
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_alike_messages_are_folded_and_very_many_are_cut_and_counted(
    shell: Sequence[str], tmp_path: Path
) -> None:
    for name, body in {"dmesg": DMESG, "journalctl": "#!/bin/sh\nexit 1\n"}.items():
        (tmp_path / name).write_text(body)
        (tmp_path / name).chmod(0o755)
    text = printed(kernel, shell, f"{tmp_path}:{os.environ['PATH']}")
    lines = [line for line in text.splitlines() if line.startswith("ring|")]
    if shell[0] == BUSYBOX:  # it takes its own dmesg before one on the PATH
        return
    assert "ring|900 <3>[  100.000000] I/O error, dev sda, sector 1" in lines
    assert f"ring|lost {1 + 26 * 24 - MOST}" in lines
    assert len(lines) == MOST + 3


def test_a_controller_that_hides_its_disks_is_named_unless_they_were_asked() -> None:
    hidden = storage.parse(golden("storage", "rhel-9-hpsa-no-tool"), ASK)
    assert hidden.note.startswith("a RAID controller (smartpqi) hides its disks")
    assert storage.parse(golden("storage", "rhel-7-megaraid"), ASK).note == ""


SMARTCTL = """#!/bin/sh
case "$*" in
*--scan*) printf '/dev/sda -d scsi # a\\n/dev/sdb -d scsi # b\\n' ;;
*sda*) echo 'SMART overall-health self-assessment test result: PASSED' ;;
*) sleep 30 & ;;
esac
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone is asked for SMART")
def test_a_disk_that_keeps_smartctl_waiting_costs_no_other_its_row(tmp_path: Path) -> None:
    (tmp_path / "smartctl").write_text(SMARTCTL)
    (tmp_path / "smartctl").chmod(0o755)
    hasty = storage.script(ASK).replace("$((25 + 10))", "1")
    assert hasty != storage.script(ASK)
    begun = time.monotonic()
    done = subprocess.run(
        ["sh", "-c", wrap([("storage", 20, hasty)])],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=dict(os.environ) | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        check=False,
    )
    assert time.monotonic() - begun < 15
    rows = storage.parse(unwrap(done.stdout)["storage"].text, ASK).rows
    found = {row["name"]: (row["state"], row["detail"]) for row in rows if row["kind"] == "smart"}
    assert found["sda"] == ("ok", "PASSED")
    assert found["sdb"] == ("unknown", "smartctl did not answer within 6 s")
