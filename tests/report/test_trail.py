"""Today's findings against those of the days before, and what becomes of them on disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from report import derived, store
from report.contract import Finding
from report.findings import summarise
from report.narrowing import narrowed
from report.trail import COLUMNS, Past, resolved, rows, told
from tests.report import days
from tests.report.fleets import DATE, Fleet, info_of

TODAY = DATE.toordinal()
FULL = Finding(
    "disk-full", "warning", "Filling", "db1", ("db1",), "/var 88 % full.", "disks", 88.0, 85.0,
    "/var",
)  # fmt: skip
CRITICAL = replace(FULL, severity="critical", value=96.0)
DOWN = Finding("server-down", "critical", "Broken", "db1", ("db1",), "Down.", "servers")
REBOOT = Finding("rebooted", "warning", "Restarted", "db1", ("db1",), "Rebooted.", "uptime")


def past(*days_before: list[Finding]) -> Past:
    """Make a past of days; the last is yesterday."""
    made = [
        {"day": TODAY - back, **row}
        for back, found in zip(range(len(days_before), 0, -1), days_before, strict=True)
        for row in rows(found)
    ]
    return Past(pd.DataFrame(made, columns=["day", *COLUMNS]))


@pytest.mark.parametrize(
    ("before", "state", "since"),
    [
        ([], "", None),
        ([[]], "new", None),
        ([[FULL]], "ongoing", 1),
        ([[FULL], [FULL], [FULL]], "ongoing", 3),
        ([[FULL], [], [FULL]], "ongoing", 1),
        ([[replace(FULL, value=86.0)]], "ongoing", 1),  # two points in 86 are less than a twentieth
        ([[replace(FULL, value=80.0)]], "worse", 1),
        ([[replace(FULL, value=93.0)]], "better", 1),
        ([[CRITICAL]], "better", 1),
        ([[FULL], []], "new", None),
        ([[FULL], [], [FULL], []], "flapping", None),
        ([[FULL], [DOWN]], "ongoing", 2),  # nothing is known of the day on which it was down
    ],
)
def test_how_a_finding_stands_to_its_past(
    before: list[list[Finding]], state: str, since: int | None
) -> None:
    (one,) = told([FULL], past(*before))
    assert one.state == state
    assert one.since == (None if since is None else DATE - timedelta(days=since))


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        (85, 86, "ongoing"), (85, 87, "ongoing"), (85, 88, "worse"), (90, 91, "ongoing"),
        (90, 92, "worse"), (94, 95, "ongoing"), (95, 96, "worse"), (95, 98, "worse"),
        (98, 99, "worse"), (99, 100, "worse"), (98.6, 99.4, "ongoing"), (100, 100, "ongoing"),
        (88, 85, "better"), (86, 85, "ongoing"), (98, 95, "better"), (96, 95, "better"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["disk-full", "inodes-full", "disk-filling", "memory"])
def test_a_percentage_is_worse_by_points_or_by_what_is_left(
    kind: str, before: float, now: float, state: str
) -> None:
    full = replace(FULL, kind=kind, severity="critical", value=float(now))
    was = replace(full, value=float(before))
    assert told([full], past([was]))[0].state == state
    many = replace(full, kind="failed-logins", value=10_000.0)  # what is no percentage
    assert told([many], past([replace(many, value=9_700.0)]))[0].state == "ongoing"


def test_more_severe_is_worse() -> None:
    assert told([CRITICAL], past([FULL]))[0].state == "worse"


def test_a_finding_of_many_hosts_is_worse_when_some_are_new() -> None:
    both = replace(DOWN, hosts=("db1", "db2"))
    assert told([both], past([DOWN]))[0].state == "worse"
    assert told([both], past([both]))[0].state == "ongoing"


READ = {"db1": {"disks", "servers", "uptime"}}


def test_what_is_gone_is_resolved_where_it_was_looked_for() -> None:
    (one,) = resolved([], past([FULL], [FULL]), READ)
    assert (one.subject, one.sentence, one.since) == (
        "db1", "/var 88 % full.", DATE - timedelta(days=2),
    )  # fmt: skip
    assert resolved([], past([FULL]), {"db1": {"servers"}}) == []
    assert resolved([], past([FULL]), {}) == []
    assert resolved([CRITICAL], past([FULL]), READ) == []
    assert resolved([], past([FULL], []), READ) == []


def test_what_happened_and_is_over_is_not_resolved() -> None:
    assert resolved([], past([REBOOT]), READ) == []


def test_a_day_on_which_only_others_had_findings_is_a_day_for_a_group(tmp_path: Path) -> None:
    for back in (1, 0):
        fleet = Fleet()
        days.ordinary(fleet, {"web": ["web01"], "db": ["db01"]}, set())
        fleet.disk("db01" if back else "web01", "/srv", 100, 91)
        day = fleet.day(report_date=DATE - timedelta(days=back))
        store.save(store.day_folder(tmp_path, day.date), day.info, day.frames, {})
        derived.save(store.load(tmp_path, day.date))
    (one,) = summarise(narrowed(store.load(tmp_path), ["web"])).findings
    assert one.state == "new"


def day_on(output: Path, on: date, percent: float) -> store.Day:
    fleet = Fleet()
    fleet.host("db1", "db", ("debian", "Debian", "12", "6.1"))
    fleet.add("servers", "db1", state="up", failed_units="")
    for collector in days.COLLECTORS:
        fleet.outcome("db1", collector)
    fleet.disk("db1", "/var", 100, percent)
    made = fleet.day()
    folder = store.day_folder(output, on)
    store.save(folder, info_of(report_date=on), made.frames, {})
    loaded = store.load(output, on)
    derived.save(loaded)
    return loaded


def test_days_on_disk_remember(tmp_path: Path) -> None:
    start = DATE - timedelta(days=20)
    for n in range(20):
        day_on(tmp_path, start + timedelta(days=n), 60 + 1.3 * n)
    last = day_on(tmp_path, DATE, 86)
    summary = summarise(last)
    (one,) = summary.findings
    assert (one.state, one.since) == ("ongoing", DATE - timedelta(days=1))  # 84.7 is shown as 85
    assert summary.days_before == 20
    forecast = pd.read_parquet(last.folder / "derived" / "forecasts.parquet")
    assert forecast.loc[0, ["host", "mount", "what"]].tolist() == ["db1", "/var", "bytes"]
    assert 10 <= forecast.loc[0, "full_in_days"] <= 12
    after = day_on(tmp_path, DATE + timedelta(days=1), 40)
    assert [one.sentence for one in summarise(after).resolved] == [one.sentence]
    assert pd.read_parquet(after.folder / "derived" / "forecasts.parquet").empty


def test_what_is_derived_is_made_again_where_it_is_missing(tmp_path: Path) -> None:
    for n in range(12):
        last = day_on(tmp_path, DATE - timedelta(days=11 - n), 60 + n)
    kept = summarise(last)
    (last.folder / "derived" / "forecasts.parquet").write_bytes(b"no parquet")
    assert summarise(store.load(tmp_path)) == kept
    for file in (DATE - timedelta(days=3), DATE - timedelta(days=2)):
        (store.day_folder(tmp_path, file) / "derived" / "findings.parquet").unlink()
    assert summarise(store.load(tmp_path)).days_before == 9
