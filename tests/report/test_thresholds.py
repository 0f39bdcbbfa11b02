"""Thresholds by default, group, host and mount; hysteresis; free bytes beside per cent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from collectors.errors import SettingsError
from report.loading import load_settings
from report.reading import BEFORE, View, view
from report.rules.disks import filling, roomy
from report.rules.memory import short_of_memory
from report.scopes import Told
from report.store import Day
from report.thresholds import Thresholds
from report.trail import COLUMNS
from tests.report.fleets import COLLECTORS, DATE, GIB, Fleet

SYSTEM = ("debian", "Debian", "12", "6.1")


def fleet(*hosts: str, groups: str = "db") -> Fleet:
    made = Fleet()
    for host in hosts:
        made.host(host, groups, SYSTEM)
        for collector in COLLECTORS:
            made.outcome(host, collector)
    return made


def told(**places: dict[str, Any]) -> dict[str, Told]:
    """Return scopes; a place is named like groups__db."""
    return {k.replace("__", "."): Told.model_validate(v) for k, v in places.items()}


def disk(used: float, gib: float = 100, mount: str = "/srv/data", **info: Any) -> Day:
    made = fleet("db01")
    made.disk("db01", mount, gib, used)
    return made.day(**info)


def found(day: Day, *before: tuple[str, str, str, float | None]) -> list[str]:
    """Return severity and sentence; before: kind, object, severity and value of yesterday."""
    rows = [
        {"day": DATE.toordinal() - 1, "host": "db01", "kind": kind, "object": what,
         "severity": severity, "value": value, "question": "Filling", "sentence": "",
         "collector": "disks"}
        for kind, what, severity, value in before
    ]  # fmt: skip
    made = view(day)
    past = pd.DataFrame(rows, columns=["day", *COLUMNS])
    whole = View(made.folder, made.info, {**made.frames, BEFORE: past})
    return [f"{one.severity}: {one.sentence}" for one in [*filling(whole), *short_of_memory(whole)]]


@pytest.mark.parametrize(
    ("scopes", "mount", "severity"),
    [
        ({}, "/srv/data", "warning"),
        ({"defaults": {"disks": {"warning": 95}}}, "/srv/data", ""),
        ({"defaults": {"disks": {"warning": 95}}, "groups__db": {"disks": {"warning": 80}}},
         "/srv/data", "warning"),
        ({"groups__db": {"disks": {"warning": 80}}, "hosts__db01": {"disks": {"warning": 95}}},
         "/srv/data", ""),
        ({"hosts__db01": {"disks": {"critical": 90}}}, "/srv/data", "critical"),
        ({"groups__web": {"disks": {"warning": 95}}}, "/srv/data", "warning"),
        ({"hosts__db01": {"disks": {"warning": 95}},
          "defaults": {"mounts": {"/srv/*": {"disks": {"warning": 80}}}}}, "/srv/data", "warning"),
        ({"defaults": {"mounts": {"/srv/*": {"disks": {"warning": 99, "critical": 99}}}}},
         "/srv/data", ""),
        ({"defaults": {"mounts": {"/srv/*": {"disks": {"warning": 95}}}}}, "/var", "warning"),
        ({"defaults": {"mounts": {"/srv/*": {"disks": {"warning": 95}},
                                  "/srv/data": {"disks": {"warning": 90}}}}},
         "/srv/data", "warning"),
    ],
)  # fmt: skip
def test_the_innermost_limit_counts(scopes: dict[str, Any], mount: str, severity: str) -> None:
    whole = told(**{place: {"thresholds": said} for place, said in scopes.items()})
    lines = found(disk(91, mount=mount, scopes=whole))
    assert [line.partition(":")[0] for line in lines] == ([severity] if severity else [])


def test_a_limit_of_one_host_counts_under_its_short_name_too() -> None:
    made = fleet("db01.example.org", "db02.example.org")
    for host in ("db01.example.org", "db02.example.org"):
        made.disk(host, "/srv", 100, 91)
    scopes = told(**{"hosts__db01.example.org": {"thresholds": {"disks": {"warning": 95}}}})
    day = view(made.day(scopes=scopes))
    assert [one.subject for one in filling(day)] == ["db02.example.org"]
    assert [one.subject for one in filling(day.shown)] == ["db02"]


@pytest.mark.parametrize(
    ("used", "before", "line"),
    [
        (84, [], ""),
        (84, [("disk-full", "/srv/data", "warning", 86.0)],
         "warning: /srv/data 84 % full, 16 of 100 GiB free; it was at 85 and is told until it is "
         "below 83."),
        (82, [("disk-full", "/srv/data", "warning", 86.0)], ""),
        (94, [("disk-full", "/srv/data", "warning", 92.0)],
         "warning: /srv/data 94 % full, 6 of 100 GiB free."),
        (94, [("disk-full", "/srv/data", "critical", 95.0)],
         "critical: /srv/data 94 % full, 6 of 100 GiB free; it was at 95 and is told until it is "
         "below 93."),
        (84, [("disk-full", "/var", "warning", 86.0)], ""),
    ],
)  # fmt: skip
def test_what_was_told_is_told_until_it_is_well_below(
    used: float, before: list[tuple[str, str, str, float]], line: str
) -> None:
    assert found(disk(used), *before) == ([line] if line else [])


def test_memory_has_hysteresis_too() -> None:
    made = fleet("db01")
    made.add("memory", "db01", total_bytes=16 * GIB, available_bytes=GIB, used_percent=91.0)
    assert found(made.day()) == []
    (line,) = found(made.day(), ("memory", "", "warning", 93.0))
    assert line.endswith("; it was at 92 and is told until it is below 90.")


def test_much_free_is_no_alarm_and_it_is_said_why() -> None:
    large = disk(91, gib=60 * 1024)
    assert found(large) == []
    assert roomy(view(large)) == [
        "db01 /srv/data is 91 % full. No alarm: 5.4 of 60 TiB are free, and 1 TiB would do."
    ]  # fmt: skip
    assert len(found(disk(99, gib=60 * 1024))) == 1
    assert roomy(view(disk(91))) == []
    percent_alone = Thresholds.model_validate({"disks": {"free_gib": None}})
    assert len(found(disk(91, gib=60 * 1024, thresholds=percent_alone))) == 1
    unknown = fleet("db01")
    unknown.disk("db01", "/srv/data", 60 * 1024, 91, available_bytes=None)
    assert len(found(unknown.day())) == 1


FLEET = "hosts:\n  db01: {address: 127.0.0.1, thresholds: {%s}}\n"


def load(tmp_path: Path, fleet: str, daily: str = "{}\n") -> Any:
    (tmp_path / "fleet.yaml").write_text(fleet)
    (tmp_path / "daily.yaml").write_text(daily)
    return load_settings(tmp_path, tmp_path / "output")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("disk: {warning: 1}", "hosts.db01.thresholds.disk: unknown key; did you mean `disks`?"),
        ("disks: {warning: 97}",
         "hosts.db01.thresholds.disks: critical (95) is below warning (97); it would be the same "
         "or higher"),
        ("disks: {warning: high}", "hosts.db01.thresholds.disks.warning: is 'high'; it would be a "
         "number"),
        ('mounts: {"/srv/*": {disks: {critical: 5}}}',
         "hosts.db01.thresholds.mounts: /srv/*: disks critical (5) is below warning (85); it "
         "would be the same or higher"),
        ('mounts: {"/srv/*": {memory: {critical: 5}}}',
         "hosts.db01.thresholds.mounts: /srv/*: memory unknown key; known here: disks, inodes, "
         "full_in_days"),
    ],
)  # fmt: skip
def test_a_wrong_limit_is_named_with_its_place(tmp_path: Path, said: str, fault: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, FLEET % said)
    assert [str(one).partition("fleet.yaml: ")[2] for one in error.value.faults] == [fault]


def test_a_wrong_limit_of_a_group_is_named_once(tmp_path: Path) -> None:
    text = "groups:\n  db: {thresholds: {disks: {warning: 97}}, hosts: ['db[01:20]']}\n"
    with pytest.raises(SettingsError) as error:
        load(tmp_path, text)
    assert [one.key for one in error.value.faults] == ["groups.db.thresholds.disks"]


def test_a_part_of_a_limit_is_enough(tmp_path: Path) -> None:
    limits = load(tmp_path, "hosts: [db01]\n", "thresholds: {disks: {warning: 90}}\n")
    disks = limits.daily.thresholds.disks
    assert (disks.warning, disks.critical, disks.hysteresis, disks.free_gib) == (90, 95, 2, 1024)


def test_what_the_fleet_says_reaches_the_snapshot_and_the_list_of_hosts(tmp_path: Path) -> None:
    from report.scopes import rows

    settings = load(tmp_path, FLEET % "disks: {warning: 90}")
    assert settings.scopes["hosts.db01"].thresholds == {"disks": {"warning": 90}}
    (row,) = rows(settings.fleet.hosts[0], settings.fleet.told)
    assert row == {"key": "thresholds.disks.warning", "value": "90", "source": "host"}
