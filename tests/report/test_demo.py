"""The demo through the command line: a small one, its frames against what was planted."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from collectors import COLLECTORS
from collectors.errors import SettingsError
from report.console import Console
from report.demo import organisation
from report.demo.chapters import tell
from report.demo.printing import PRINTERS
from report.demo.writing import Making
from report.demo.writing import demo as make
from report.store import days, load
from tests.report.planted import SEEN

SMALL = ("--hosts", "8", "--days", "5")
WORST = date(2026, 11, 23)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "report", *words],
        capture_output=True, text=True, check=False, timeout=120, env=dict(os.environ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo") / "made"
    made = run("demo", str(folder), *SMALL)
    assert made.returncode == 0, made.stderr
    yield folder


def truth(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "truth.json").read_text()))


def frames(folder: Path) -> dict[str, bytes]:
    """Return every frame's file, by its day and name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.glob("output/*/data/*.parquet"))
    }


def test_every_day_has_every_frame_and_the_truth_names_the_days(demo: Path) -> None:
    there, told = days(demo / "output"), truth(demo)
    assert [str(day) for day in there] == [f"2026-11-{n}" for n in range(19, 24)]
    assert (told["first_day"], told["last_day"]) == ("2026-11-19", "2026-11-23")
    assert told["first_day"] < told["best_day"] < told["worst_day"] == told["last_day"]
    names = {"hosts", "outcomes", *(c.NAME for c in COLLECTORS if c.NAME in PRINTERS)}
    for day in there:
        made = load(demo / "output", day)
        assert set(made.frames) == names
        assert len(made.frames["hosts"]) == 8
        assert made.info.organisation == organisation.NAME


def test_every_collector_has_something_to_print() -> None:
    """Otherwise a demo leaves it out, and tests less than the product."""
    assert {collector.NAME for collector in COLLECTORS} <= set(PRINTERS)


def test_what_servers_print_is_understood_but_for_what_was_planted(demo: Path) -> None:
    planned = {"unreachable", "timed_out", "host_key", "auth_failed", "no_permission"}
    for day in days(demo / "output"):
        outcomes = load(demo / "output", day).frames["outcomes"]
        odd = outcomes[~outcomes["outcome"].isin({"ok", "not_applicable", *planned})]
        stuck = odd["cause"].fillna("").str.contains("df did not answer within")
        assert odd[~stuck].empty, odd.to_string()


def test_the_same_seed_gives_the_same_frames(demo: Path, tmp_path: Path) -> None:
    assert run("demo", str(tmp_path / "again"), *SMALL).returncode == 0
    first = frames(demo)
    assert first and first == frames(tmp_path / "again")


def test_another_seed_gives_other_frames(demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo / "params", tmp_path / "params")
    (tmp_path / "output").mkdir()
    day = Making(tmp_path, 8, 8, 5, WORST).write(date(2026, 11, 19))
    first, other = frames(demo), frames(tmp_path)
    assert len(other) > 15
    differ = {Path(name).stem for name in other if first[name] != other[name]}
    assert differ >= {"disks", "logins", "uptime", "memory"}
    assert {Path(name).parts[1] for name in other} == {str(day)}


def test_every_planted_thing_is_seen_in_the_frames(demo: Path) -> None:
    told = truth(demo)
    snapshots = {day: load(demo / "output", day) for day in days(demo / "output")}
    kinds = {plant["kind"] for plant in told["planted"]}
    assert len(kinds) >= 30, kinds
    for plant in told["planted"]:
        assert SEEN[plant["kind"]](snapshots, plant), plant


def test_what_was_not_planted_is_not_seen(demo: Path) -> None:
    """The checks above can fail: moved to a host where nothing was planted, each does."""
    told = truth(demo)
    snapshots = {day: load(demo / "output", day) for day in days(demo / "output")}
    quiet = "web01"  # it has a share of the wave, and the shared mount, and nothing else
    for plant in told["planted"]:
        if plant["kind"] not in ("attack", "disk_shared") and quiet not in plant["hosts"]:
            assert not SEEN[plant["kind"]](snapshots, plant | {"hosts": [quiet]}), plant


def test_nothing_is_wrong_on_the_best_day_and_much_on_the_worst(demo: Path) -> None:
    from report.findings import summarise

    told = truth(demo)
    best = load(demo / "output", date.fromisoformat(told["best_day"]))
    assert summarise(best).findings == ()
    assert set(best.frames["outcomes"]["outcome"]) <= {"ok", "not_applicable"}
    worst = summarise(load(demo / "output", WORST))
    assert sum(finding.severity == "critical" for finding in worst.findings) >= 5


def test_a_day_can_be_rendered(demo: Path) -> None:
    places = ("--params", str(demo / "params"), "--output", str(demo / "output"))
    made = run("render", *places)
    assert made.returncode == 0, made.stderr
    folder = demo / "output" / str(WORST)
    for name in ("report.html", "report.xlsx", "mail.eml"):
        assert (folder / name).stat().st_size > 5000
    assert organisation.NAME in (folder / "report.html").read_text()


def test_its_settings_reach_no_server(demo: Path) -> None:
    listed = run("hosts", "--format", "json", "--params", str(demo / "params"))
    hosts = json.loads(listed.stdout)
    assert len({row["host"] for row in hosts}) == 8
    assert {row["value"] for row in hosts if row["key"] == "transport"} == {"replay"}
    assert "smtp" not in (demo / "params/mail.yaml").read_text()


def test_a_folder_with_something_in_it_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    refused = run("demo", str(tmp_path), *SMALL)
    assert refused.returncode == 2
    assert "exists and is no empty folder" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    refused = run("demo", str(tmp_path / "made"), "--until", "yesterday")
    assert refused.returncode == 2
    assert "'yesterday' is no date" in refused.stderr


@pytest.mark.parametrize(
    "wrong", [("hosts", 7), ("hosts", 2001), ("days", 4), ("days", 401), ("until", date(1, 1, 1))]
)
def test_what_cannot_be_made_is_refused(tmp_path: Path, wrong: tuple[str, object]) -> None:
    given = {"folder": tmp_path / "made", "hosts": 8, "days": 5, "seed": 7, "until": WORST}
    options = argparse.Namespace(**given | dict([wrong]))
    with pytest.raises(SettingsError, match=f"--{wrong[0]}: is {wrong[1]}"):
        make(options, Console(quiet=True, debug=False))
    assert not (tmp_path / "made").exists()


def test_the_story_of_a_full_demo_has_every_kind() -> None:
    """Told alone, which takes no time: the kinds that a small demo has no room for, too."""
    story = tell(7, 60, 90, WORST)
    assert {plant.kind for plant in story.plants} == set(SEEN)
    assert story.best not in story.maintenance()
    for plant in story.plants:
        assert plant.hosts and story.first <= plant.first <= plant.last <= story.last
    assert len(story.present(story.last)) == 60
    assert len(organisation.servers(1000)) == 1000
