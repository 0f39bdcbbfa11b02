from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from collectors import lifecycle
from collectors.base import Ask
from collectors.lifecycle import table
from tests.collectors.probes import ASK, SHELLS, applets, asked

FIXTURES = Path(__file__).parent.parent / "fixtures" / "lifecycle"


@pytest.mark.parametrize("shell", SHELLS)
def test_this_machine(shell: Sequence[str]) -> None:
    (row,) = asked(lifecycle, shell)
    assert row["os_id"]
    assert row["state"] in ("supported", "extended", "ended", "rolling", "unknown")


def test_busybox_alone(tmp_path: Path) -> None:
    (row,) = asked(lifecycle, ("sh",), applets(tmp_path))
    assert row["os_id"]


@pytest.mark.parametrize("line", table.LINES, ids=lambda line: f"{line.id}-{line.version}")
def test_a_line_of_the_table_makes_sense(line: table.Line) -> None:
    assert line.source
    assert line.as_of <= table.ISSUED
    assert (line.extended_ends_on is None) == (line.extension == "")
    if isinstance(line.ends_on, date):
        assert line.ends_on.year > 2010
        assert line.extended_ends_on is None or line.extended_ends_on > line.ends_on


def test_no_two_lines_speak_of_the_same_version() -> None:
    said = [(line.id, line.version) for line in table.LINES]
    assert len(set(said)) == len(said)
    assert said == [
        (line.id, line.version)
        for line in table.LINES
        if table.find(line.id, line.version.lstrip("=").replace("[0-8]", "8")) is line
    ]


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-07-11", "supported"),
        ("2026-07-12", "extended"),
        ("2028-06-30", "extended"),
        ("2028-07-01", "ended"),
    ],
)
def test_the_last_day_counts_as_a_whole(day: str, state: str) -> None:
    at = datetime.fromisoformat(f"{day}T23:59:59+00:00")
    text = (FIXTURES / "debian-12-chroot.txt").read_text()
    parsed = lifecycle.parse(text, Ask(at - timedelta(days=1), at))
    assert parsed.rows[0]["state"] == state
    assert bool(parsed.note) == (day.startswith("2028") and state != "ended")


@pytest.mark.parametrize(
    ("os_id", "version", "found"),
    [
        ("sles", "15", "=15"),
        ("sles", "15.8", None),
        ("rhel", "9.4", "9"),
        ("rhel", "90", None),
        ("amzn", "2", "2"),
        ("amzn", "2025", None),
        ("debian", None, "none"),
        ("alpine", "3.24.0_alpha20260127", "*_alpha*"),
        ("alpine", "3.2.1", None),
        ("", None, None),
    ],
)
def test_which_line_speaks_of_a_version(os_id: str, version: str | None, found: str | None) -> None:
    line = table.find(os_id, version)
    assert (line.version if line else None) == found


def test_an_unknown_system_is_partial_and_an_old_line_is_told() -> None:
    unknown = lifecycle.parse((FIXTURES / "nixos-not-in-table.txt").read_text(), ASK)
    assert unknown.cause == "NixOS 25.11 is not in the table of ends of life"
    old = lifecycle.parse((FIXTURES / "rocky-9.txt").read_text(), ASK)
    assert old.note == "the end of support was looked up on 2025-06-11, more than a year ago"
    fresh = Ask(ASK.from_at, datetime(2026, 6, 1, tzinfo=UTC))
    assert lifecycle.parse((FIXTURES / "rocky-9.txt").read_text(), fresh).note == ""
