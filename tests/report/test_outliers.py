"""What is unlike the host's own past or its group: found, and small numbers are quiet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from collectors.base import frame
from report.measures import MEASURES, UNUSUAL, measured, unusual
from report.reading import View, view
from report.rules import outliers
from report.rules.bursts import bursts
from tests.report import days
from tests.report.fleets import Fleet


def found(measure: str, before: Sequence[float | None], value: float) -> list[float]:
    """Return what is unusual of one value after those of the days before, by its value."""
    today = frame(MEASURES, [{"host": "a", "measure": measure, "object": "", "value": value}])
    past = [
        {"day": n, "host": "a", "measure": measure, "object": "", "value": one}
        for n, one in enumerate(before)
        if one is not None
    ]
    held = pd.DataFrame(past, columns=["day", "host", "measure", "object", "value"])
    return list(unusual(today, held, {"a": "web"})["value"])


@pytest.mark.parametrize(
    ("measure", "before", "value", "known"),
    [
        ("load", [0.3, 0.4] * 8, 3.0, True),
        ("load", [0.3, 0.4] * 8, 0.9, False),  # little in itself
        ("load", [0.3, 0.4] * 4, 3.0, False),  # too few days
        ("load", [0.3, 3.0] * 8, 3.1, False),  # it was as high before
        ("load", [*[0.3] * 15, 2.9], 3.0, False),  # once is enough
        ("memory", [40.0, 42.0] * 8, 80.0, True),
        ("memory", [40.0, 42.0] * 8, 66.0, False),
        ("failed logins", [0.0, 2.0] * 8, 90.0, True),
        ("failed logins", [0.0, 2.0] * 8, 40.0, False),
        ("disk", [50.0 + n / 10 for n in range(16)], 75.0, True),
        ("disk", [50.0 + n / 10 for n in range(16)], 55.0, False),
        ("disk", [50.0 + n / 10 for n in range(16)], 20.0, False),  # cleaned up
        ("disk", [*[50.0] * 15, None, None], 75.0, True),
        ("network", [30.0] * 16, 150.0, True),
        ("network", [120.0] * 16, 150.0, False),
    ],
)
def test_one_host_against_its_own_past(
    measure: str, before: list[float | None], value: float, known: bool
) -> None:
    assert bool(found(measure, before, value)) == known


def test_a_network_that_never_tried_before() -> None:
    """What tried seldom is not kept; that the days are known, the other rows tell."""
    row = {"host": "", "measure": "network", "object": "203.0.113.0/24", "value": 150.0}
    load = {"host": "a", "measure": "load", "object": "", "value": 0.3}
    past = pd.DataFrame([{"day": n, **load} for n in range(16)])
    assert list(unusual(frame(MEASURES, [row]), past, {})["object"]) == ["203.0.113.0/24"]


@pytest.mark.parametrize(("value", "known"), [(4.0, True), (1.5, False)])
def test_a_new_host_against_its_group(value: float, known: bool) -> None:
    rows = [{"host": f"web{n}", "measure": "load", "object": "", "value": 0.3} for n in range(6)]
    today = frame(MEASURES, [*rows, {"host": "new", "measure": "load", "object": "",
                                     "value": value}])  # fmt: skip
    past = pd.DataFrame([{"day": 1, **row} for row in rows])
    groups = {f"web{n}": "web" for n in range(6)} | {"new": "web"}
    assert list(unusual(today, past, groups)["host"]) == (["new"] if known else [])


def test_what_is_measured_of_a_day() -> None:
    rows = measured(days.worst())
    assert set(rows["measure"]) == {"load", "failed logins", "disk", "network"}
    assert (rows["value"] >= 0).all()
    unread = rows[(rows["host"] == "web03") & (rows["measure"] == "failed logins")]
    assert unread.empty  # its log was not read: that is no 0


def on(*rows: dict[str, Any], hosts: int = 8) -> View:
    made = Fleet()
    days.ordinary(made, {"web": [f"web{n}" for n in range(1, hosts + 1)]}, set())
    day = view(made.day())
    held = frame(UNUSUAL, [{"object": "", "known_days": 28, **row} for row in rows])
    return View(day.folder, day.info, {**day.frames, "unusual": held})


def test_a_network_that_sprays_is_told_once() -> None:
    row = {"host": "", "measure": "network", "object": "203.0.113.0/24", "value": 160.0,
           "usual": 0.0, "most": 0.0}  # fmt: skip
    day = on(row)
    made = Fleet()
    for n in range(1, 9):
        made.login(f"web{n}", n, "failed", "x", source_ip=f"203.0.113.{n}", count=20)
    whole = View(day.folder, day.info, {**day.frames, "logins": made.day().frames["logins"]})
    (one,) = bursts(whole)
    assert (one.subject, one.object, one.value, one.bound) == (
        "8 hosts", "203.0.113.0/24", 160.0, 100.0,
    )  # fmt: skip
    assert one.sentence == (
        "160 failed logins from 203.0.113.0/24 on 8 servers, at most 20 on one; never so many in "
        "the weeks before."
    )
    made.login("web1", 30, "failed", "x", source_ip="203.0.113.9", count=100)  # a finding itself
    whole = View(day.folder, day.info, {**day.frames, "logins": made.day().frames["logins"]})
    assert bursts(whole)[0].hosts == tuple(f"web{n}" for n in range(2, 9))


def test_the_sentences() -> None:
    one = {"host": "web1", "measure": "load", "value": 3.2, "usual": 0.3, "most": 0.9}
    assert outliers.load(on(one))[0].sentence == (
        "Load 3.2 per core, usually 0.3 per core and never above 0.9 per core in 28 days."
    )
    assert outliers.load(on(one | {"most": None}))[0].sentence == (
        "Load 3.2 per core; the others of web have 0.3 per core."
    )
    rise = {"host": "web1", "measure": "rise", "object": "/srv", "value": 22.0, "usual": 0.1,
            "most": 0.4}  # fmt: skip
    (found_,) = outliers.disks(on(rise))
    assert found_.sentence == (
        "/srv rose by 22 points since yesterday; before, by 0.4 a day at most in 28 days."
    )
    assert (found_.value, found_.bound, found_.object) == (22.0, 0.4, "/srv")


def test_most_of_a_group_is_one_finding() -> None:
    rows = [
        {"host": f"web{n}", "measure": "failed logins", "value": 60.0 + n, "usual": 1.0,
         "most": 5.0}
        for n in range(1, 6)
    ]  # fmt: skip
    (one,) = outliers.logins(on(*rows))
    assert one.subject == "5 hosts"
    assert one.sentence == (
        "Failed logins: higher than ever on 5 servers of web; most on web5, 65, usually 1."
    )
