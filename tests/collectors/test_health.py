"""The collectors of a server's health, asked of this machine through the shells that servers have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from collectors import memory
from collectors.base import Parsed
from tests.collectors.probes import ASK, SHELLS, applets, asked

FIXTURES = Path(__file__).parent.parent / "fixtures"


def golden(name: str, case: str) -> str:
    """Return the text of a golden pair."""
    return (FIXTURES / name / f"{case}.txt").read_text(encoding="utf-8")


def kernel_says(name: str) -> int:
    """Return a figure of this machine's /proc/meminfo in bytes."""
    lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


@pytest.mark.parametrize("shell", SHELLS)
def test_memory_is_what_the_kernel_says(shell: Sequence[str]) -> None:
    (row,) = asked(memory, shell)
    assert row["total_bytes"] == kernel_says("MemTotal")
    assert 0 < row["available_bytes"] < row["total_bytes"]


def test_busybox_alone_is_enough(tmp_path: Path) -> None:
    shell = str(tmp_path / "sh")
    path = applets(tmp_path)
    assert asked(memory, (shell,), path)


def test_memory_that_was_worked_out_is_said_to_be_so() -> None:
    parsed: Parsed = memory.parse(golden("memory", "centos-6"), ASK)
    assert parsed.note == "available_bytes is an estimate: the kernel tells it since 3.14 only"
    assert memory.parse(golden("memory", "rhel-9-database"), ASK).note == ""
