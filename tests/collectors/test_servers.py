from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from collectors import servers
from collectors.errors import Outcome
from tests.collectors.probes import ASK, SHELLS, applets, asked


@pytest.mark.parametrize("shell", SHELLS)
def test_this_machine(shell: Sequence[str]) -> None:
    (row,) = asked(servers, shell)
    assert row["state"] in ("up", "degraded")
    assert row["virtualisation"]


def test_busybox_alone(tmp_path: Path) -> None:
    (row,) = asked(servers, ("sh",), applets(tmp_path))
    assert row["state"] == "up"
    assert row["failed_units"] is None


@pytest.mark.parametrize(
    ("outcome", "cause", "state"),
    [
        (Outcome.UNREACHABLE, "connection refused", "down"),
        (Outcome.TIMED_OUT, "no answer within 10 s", "down"),
        (Outcome.UNREACHABLE, "name resolution failed for web1", "unknown"),
        (Outcome.AUTH_FAILED, "the key was refused", "unknown"),
        (Outcome.HOST_KEY, "unknown host key", "unknown"),
        (Outcome.PARSE_FAILED, "not what the probe prints", "unknown"),
    ],
)
def test_absent(outcome: Outcome, cause: str, state: str) -> None:
    assert servers.absent(outcome, cause) == [{"state": state, "state_reason": cause}]


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("a@b.service loaded failed failed Text", "a@b.service"),
        ("● a.service loaded failed failed Text", "a.service"),
        ("* a.service loaded failed failed Text", "a.service"),
        ("  x.mount loaded failed failed /x", "x.mount"),
        ("gone.service not-found failed failed gone.service", "gone.service"),
        (r"dev-disk\x2d1.swap loaded failed failed /dev/disk-1", r"dev-disk\x2d1.swap"),
    ],
)
def test_unit_lines(line: str, unit: str) -> None:
    text = f"init|systemd\ninit|=0\nsystem|degraded\nsystem|=1\nfailed|{line}\nfailed|=0\n"
    (row,) = servers.parse(text + "kernel|Linux 6.1\nkernel|=0\n", ASK).rows
    assert row["failed_units"] == unit
    assert row["state_reason"] == f"{unit} failed"
