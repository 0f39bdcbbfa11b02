"""The collectors of a server's health, asked of this machine through the shells that servers have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from collectors import memory, timers, timesync
from collectors.base import Collector, Parsed
from collectors.errors import CollectError, Outcome
from tests.collectors.probes import ASK, SHELLS, applets, printed

HEALTH: tuple[Collector, ...] = (memory, timesync, timers)
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
        assert collector.parse(text, ASK).rows
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


@pytest.mark.parametrize("shell", SHELLS)
def test_memory_is_what_the_kernel_says(shell: Sequence[str]) -> None:
    (row,) = memory.parse(printed(memory, shell), ASK).rows
    assert row["total_bytes"] == kernel_says("MemTotal")
    assert 0 < row["available_bytes"] < row["total_bytes"]


def test_memory_that_was_worked_out_is_said_to_be_so() -> None:
    parsed: Parsed = memory.parse(golden("memory", "centos-6"), ASK)
    assert parsed.note == "available_bytes is an estimate: the kernel tells it since 3.14 only"
    assert memory.parse(golden("memory", "rhel-9-database"), ASK).note == ""
