"""A finding keeps its id from day to day, whatever else happens to its host."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from report import derived, reading, store
from report.findings import summarise
from report.settings import SECTIONS
from tests.report import days
from tests.report.fleets import DATE, Fleet
from tests.report.worn import worn


def units(made: Fleet, names: str) -> None:
    days.change(made, "servers", "web01", state="degraded", failed_units=names)


def timers(made: Fleet, names: str) -> None:
    for name in names.split(", "):
        made.add("timers", "web01", unit=name, activates=name, state="failed")


def mounts(made: Fleet, names: str) -> None:
    for name in names.split(", "):
        made.disk("web01", name, 10, 50, read_only=True, read_only_expected=False)


def on_day(output: Path, back: int, change: Callable[[Fleet, str], None], names: str) -> store.Day:
    made = Fleet()
    days.ordinary(made, {"web": ["web01"]}, set())
    made.rows["logins"].clear()
    change(made, names)
    made.outcome("web01", "timers")
    day = made.day(report_date=DATE - timedelta(days=back), sections=list(SECTIONS))
    store.save(store.day_folder(output, day.date), day.info, day.frames, {})
    saved = store.load(output, day.date)
    derived.save(saved)
    return saved


@pytest.mark.parametrize(
    ("change", "first", "second"),
    [(units, "b.service", "a.service"), (timers, "b.timer", "a.timer"), (mounts, "/srv", "/data")],
)
def test_what_fails_beside_it_makes_it_no_other_finding(
    change: Callable[[Fleet, str], None], first: str, second: str, tmp_path: Path
) -> None:
    on_day(tmp_path, 2, change, first)
    on_day(tmp_path, 1, change, first)
    today = summarise(on_day(tmp_path, 0, change, f"{second}, {first}"))
    states = {one.object: (one.state, one.since) for one in today.findings}
    assert states == {first: ("ongoing", DATE - timedelta(days=2)), second: ("new", None)}
    assert not today.resolved
    after = summarise(on_day(tmp_path, -1, change, second))
    assert [one.sentence.split()[0].rstrip(".") for one in after.resolved] == [first]


def test_a_unit_that_fails_on_many_hosts_is_one_finding() -> None:
    made = Fleet()
    days.ordinary(made, {"web": ["web01", "web02"]}, set())
    for host in ("web01", "web02"):
        days.change(
            made, "servers", host, state="degraded", failed_units=f"a.service, {host}.mount"
        )
    found = [one for one in summarise(made.day()).findings if one.kind == "server-degraded"]
    assert [(one.object, one.hosts) for one in found] == [
        ("a.service", ("web01", "web02")), ("web01.mount", ("web01",)), ("web02.mount", ("web02",)),
    ]  # fmt: skip
    assert found[0].ids == ("web01 server-degraded a.service", "web02 server-degraded a.service")
    assert found[0].sentence == "web01 and web02: a.service failed."


@pytest.mark.parametrize("day", [worn, days.DAYS["worst"]])
def test_an_object_is_a_name_and_no_sentence(day: Callable[[], store.Day]) -> None:
    for one in summarise(reading.view(day())).findings:
        assert not re.search(r" failed$|, | and |; |\d %", one.object), one
