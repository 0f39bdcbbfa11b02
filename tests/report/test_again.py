"""What the last page says makes the report again, and of what it was made."""

from __future__ import annotations

import hashlib
import html
import re
import subprocess
from pathlib import Path

from report import pages, store
from report.again import command, fingerprint
from report.narrowing import narrowed
from report.store import data_folder
from tests.report import days


def last_page(day: store.Day) -> str:
    return html.unescape(re.sub("<[^>]*>", " ", pages.made(day).html))


def test_an_edition_is_made_again_as_one(tmp_path: Path) -> None:
    days.save_day(tmp_path, "worst")
    day = store.load(tmp_path)
    whole = f"infra-report daily --date {day.date} --no-send"
    assert command(day, {}) == whole
    assert f"{whole} makes these pages again" in " ".join(last_page(day).split())
    part = """-p 'groups=["web", "db"]' makes these pages again"""
    assert f"{whole} {part}" in " ".join(last_page(narrowed(day, ["web", "db"])).split())


def test_the_hash_is_one_that_anybody_can_make(tmp_path: Path) -> None:
    days.save_day(tmp_path, "good")
    day = store.load(tmp_path)
    made = fingerprint(day)
    assert made in last_page(day)
    listed = subprocess.run(
        "LC_ALL=C; export LC_ALL; sha256sum *", shell=True, cwd=data_folder(day.folder),
        capture_output=True, check=True,
    )  # fmt: skip
    assert hashlib.sha256(listed.stdout).hexdigest() == made
    path = data_folder(day.folder) / "disks.parquet"
    path.write_bytes(path.read_bytes() + b"\0")
    assert fingerprint(day) != made
    assert fingerprint(days.good()) == ""  # it lies nowhere
