"""A snapshot that lost a file is damaged: what is not there must never read as "none there"."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from report import earlier, store, tally
from report.__main__ import main
from report.collection import merged
from report.errors import DamagedSnapshot
from report.hourly import earlier as earlier_hours
from report.reading import View
from report.tables import by_hour
from tests.report.days import DATE, save_day

BEFORE = DATE - timedelta(days=1)
FILES = ("hosts", "outcomes", "logins", "disks", "servers", "uptime")


@pytest.mark.parametrize("name", FILES)
def test_a_lost_file_is_a_damaged_snapshot(tmp_path: Path, name: str) -> None:
    day = save_day(tmp_path, "good")
    (day.folder / "data" / f"{name}.parquet").unlink()
    with pytest.raises(DamagedSnapshot, match=rf"is damaged: {name}\.parquet is missing$"):
        store.load(tmp_path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("left", [b"", b"PAR1 half", b"no such thing"])
def test_a_torn_file_is_a_damaged_snapshot(tmp_path: Path, name: str, left: bytes) -> None:
    day = save_day(tmp_path, "good")
    (day.folder / "data" / f"{name}.parquet").write_bytes(left)
    with pytest.raises(DamagedSnapshot, match=rf"{name}\.parquet cannot be read") as said:
        store.load(tmp_path)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize(
    ("torn", "why"),
    [
        (lambda text: text[:200], r"snapshot\.json cannot be read: it is torn"),
        (lambda text: "", r"snapshot\.json cannot be read: it is torn"),
        (lambda text: text.replace("{", '{"of_a_later": 1,', 1), "of another version"),
        (None, r"snapshot\.json is missing"),
    ],
)  # fmt: skip
def test_a_torn_snapshot_json_is_one_sentence(tmp_path: Path, torn, why) -> None:  # type: ignore[no-untyped-def]
    path = save_day(tmp_path, "good").folder / "data" / "snapshot.json"
    if torn is None:
        path.unlink()
    else:
        path.write_text(torn(path.read_text()))
    with pytest.raises(DamagedSnapshot, match=why) as said:
        store.load(tmp_path, DATE)
    assert "\n" not in str(said.value) and "http" not in str(said.value)


def test_what_nobody_was_asked_for_is_not_missing(tmp_path: Path) -> None:
    data = save_day(tmp_path, "good").folder / "data"
    rows = pd.read_parquet(data / "outcomes.parquet")
    rows[rows["collector"] != "uptime"].to_parquet(data / "outcomes.parquet", index=False)
    (data / "uptime.parquet").unlink()
    assert "uptime" not in store.load(tmp_path).frames


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two days, the earlier one without its logins, though its outcomes tell of them."""
    for on in (BEFORE, DATE):
        back = DATE - on
        info = save_day(tmp_path / "template", "good").info
        save_day(tmp_path / "output", "good", report_date=on, from_at=info.from_at - back,
                 to_at=info.to_at - back)  # fmt: skip
    output = tmp_path / "output"
    (output / BEFORE.isoformat() / "data" / "logins.parquet").unlink()
    return output


def test_an_earlier_day_without_its_logins_is_not_a_day_without_logins(two: Path) -> None:
    rows = tally.tallies(two, BEFORE)
    assert len(rows) and rows["failed"].isna().all() and rows["accepted"].isna().all()
    assert rows["rebooted"].notna().any()
    day = store.load(two)
    hours = by_hour(day.frames["logins"], day.info.from_at, day.info.to_at, day.info.zone)["hour"]
    view = View(day.folder, day.info, day.frames)
    assert earlier_hours(view, hours, 1).read == 0


def test_an_earlier_day_that_is_damaged_is_named_once(
    two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert store.damaged(two, DATE, 30) == {BEFORE: "logins.parquet is missing"}
    params = tmp_path / "params"
    params.mkdir()
    assert main(["send", "--params", str(params), "--output", str(two)]) == 0
    said = capsys.readouterr().err
    assert said.count(f"the snapshot of {BEFORE} is damaged: logins.parquet is missing") == 1
    log = (two / "run.log").read_text()
    assert [line.split()[2] for line in log.splitlines() if "is damaged" in line] == ["WARNING"]


@pytest.mark.parametrize(
    ("name", "left", "why"),
    [
        ("snapshot.json", b"{", "snapshot.json cannot be read: it is torn"),
        ("uptime.parquet", b"", "uptime.parquet cannot be read: it is not what was written"),
        ("disks.parquet", b"PAR1 half", "disks.parquet cannot be read: it is not what was written"),
        ("outcomes.parquet", b"PAR1..PAR1", "outcomes.parquet cannot be read: it is not what"),
        ("hosts.parquet", None, "hosts.parquet is missing"),
    ],
)
def test_what_is_wrong_with_an_earlier_day(two: Path, name: str, left: bytes, why: str) -> None:
    lost = Path("data", "logins.parquet")
    shutil.copy(two / DATE.isoformat() / lost, two / BEFORE.isoformat() / lost)
    assert store.damaged(two, DATE, 30) == {}
    path = two / BEFORE.isoformat() / "data" / name
    path.unlink() if left is None else path.write_bytes(left)
    assert store.damaged(two, DATE, 30)[BEFORE].startswith(why)


def test_a_day_whose_snapshot_json_is_lost_is_damaged_and_not_absent(two: Path) -> None:
    (two / BEFORE.isoformat() / "data" / "snapshot.json").unlink()
    assert store.days(two) == [BEFORE, DATE]
    assert store.damaged(two, DATE, 30) == {BEFORE: "snapshot.json is missing"}


def test_what_an_earlier_day_lost_is_compared_with_the_day_before_it(two: Path) -> None:
    today = store.load(two).frames["outcomes"]
    held = earlier.previous(two, DATE, ["logins", "disks"], today)
    assert set(held["outcomes"]["collector"]) == {"disks"}


def test_what_is_asked_no_more_stays_in_a_snapshot_that_is_added_to(two: Path) -> None:
    from collectors.gather import Snapshot

    old = store.load(two).frames
    asked = {name: rows for name, rows in old.items() if name != "logins"}
    left = asked["outcomes"]
    asked["outcomes"] = left[left["collector"] != "logins"]
    kept = merged(old, Snapshot(asked, {}), better_only=True)
    pd.testing.assert_frame_equal(kept["logins"], old["logins"])
