"""backups: what may not be read, hangs or has an odd name is never `ok`, nor missing."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from collectors import backups
from collectors.base import Ask, Parsed, Row
from collectors.config import validate
from collectors.errors import ParseError, SettingsError
from collectors.options import CollectorOptions
from tests.collectors.probes import ASK, SHELLS, printed


def looked(sets: dict[str, Any], shell: Sequence[str] = ("sh",), path: str | None = None) -> Parsed:
    ask = Ask(ASK.from_at, ASK.to_at, {"sets": sets})
    return backups.parse(printed(backups, shell, path, ask=ask), ask)


def only(parsed: Parsed) -> Row:
    (row,) = parsed.rows
    return row


def file(path: Path, size: int = 5, hours: float = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    at = time.time() - hours * 3600
    os.utime(path, (at, at))


@pytest.mark.parametrize("shell", SHELLS)
def test_the_newest_of_all_is_what_counts(shell: Sequence[str], tmp_path: Path) -> None:
    file(tmp_path / "a" / "old.tar", 900, 50)
    file(tmp_path / "b" / "new.tar", 30, 2)
    file(tmp_path / "b" / "notes.txt", 30, 0.1)
    row = only(looked({"x": {"path": f"{tmp_path}/*/*.tar"}}, shell))
    assert (row["state"], row["files"], row["size_bytes"], row["total_bytes"]) == ("ok", 2, 30, 930)
    assert row["newest_path"] == f"{tmp_path}/b/new.tar"
    assert 7100 < row["age_seconds"] < 7300


@pytest.mark.parametrize("shell", SHELLS)
def test_a_name_can_forge_no_file(shell: Sequence[str], tmp_path: Path) -> None:
    file(tmp_path / "a\n1999999999 5 " / "." / "x", 5, 90)
    file(tmp_path / "b\nfiles 9 9\nnewest 1999999999 5", 5, 80)
    row = only(looked({"x": {"path": f"{tmp_path}/*"}}, shell))
    assert (row["state"], row["files"], row["cause"]) == ("too_old", 2, None)
    assert row["newest_path"] == f"{tmp_path}/b\\nfiles 9 9\\nnewest 1999999999 5"


def test_no_word_of_the_settings_is_run(tmp_path: Path) -> None:
    file(tmp_path / "$(touch hit)'\"; touch hit #" / "x.tar")
    row = only(looked({"x": {"path": f"{tmp_path}/$(touch hit)'\"; touch hit #/*"}}))
    assert row["state"] == "ok"
    assert not (Path.cwd() / "hit").exists()


@pytest.mark.parametrize(
    ("hours", "size", "bounds", "state"),
    [
        (25.9, 5, {}, "ok"),
        (26.1, 5, {}, "too_old"),
        (1, 5, {"max_age_hours": 0.5}, "too_old"),
        (1, 5, {"min_bytes": 5}, "ok"),
        (1, 5, {"min_bytes": 6}, "too_small"),
        (1, 0, {}, "too_small"),
        (1, 0, {"min_bytes": 0}, "ok"),
        (1, 5, {"min_files": 2}, "too_few"),
        (-0.5, 5, {}, "ok"),
        (-2, 5, {}, "unknown"),
    ],
)
def test_the_bounds(
    tmp_path: Path, hours: float, size: int, bounds: dict[str, Any], state: str
) -> None:
    file(tmp_path / "x.tar", size, hours)
    row = only(looked({"x": {"path": f"{tmp_path}/*.tar", **bounds}}))
    assert row["state"] == state
    assert bool(row["cause"]) == (state == "unknown")


def test_a_directory_that_hangs_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that hangs here is `find`."""
    monkeypatch.setattr(backups, "LIMIT", 1)
    file(tmp_path / "x.tar")
    own = tmp_path / "bin" / "find"
    own.parent.mkdir()
    own.write_text('#!/bin/sh\ncase $2 in */slow) sleep 99 ;; esac\nexec /usr/bin/find "$@"\n')
    own.chmod(0o755)
    (tmp_path / "slow").mkdir()
    sets = {"slow": {"path": f"{tmp_path}/slow"}, "x": {"path": f"{tmp_path}/x.tar"}}
    found = looked(sets, ("sh",), f"{own.parent}:{os.environ['PATH']}")
    assert [row["state"] for row in found.rows] == ["unknown", "ok"]
    assert found.cause == "slow: no answer within 1 s"
    assert found.rows[0].get("files") is None


@pytest.mark.parametrize(
    "line",
    [
        '{"name": "x"}',
        "[]",
        "{",
        '{"name": "x", "path": "srv"}',
        '{"name": "x", "path": "/srv", "min_bytes": 99999999999999999999999}',
        "[" * 5000,
    ],
)
def test_what_the_script_did_not_print_is_refused(line: str) -> None:
    with pytest.raises(ParseError):
        backups.parse(f"now|1\nnow|=0\nset1|{line}\nout1|files 0 0\nout1|=0\nend1|0 0 9\n", ASK)


@pytest.mark.parametrize("path", ["backup/*.tar", "", "/a\n/b"])
def test_a_path_begins_at_the_root(path: str) -> None:
    with pytest.raises(SettingsError, match="is no path; it would begin with /"):
        validate(CollectorOptions, {"backups": {"sets": {"x": {"path": path}}}}, "daily.yaml")
