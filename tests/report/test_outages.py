"""One cause gathers its consequences: a site, a group, what stands behind a host."""

from __future__ import annotations

import json

import pytest

from report.findings import summarise
from report.store import Day
from tests.report import days
from tests.report.fleets import Fleet


def fleet(silent: set[str], labels: dict[str, dict[str, str]], groups: dict[str, list[str]],
          causes: dict[str, tuple[str, str]] | None = None) -> Day:  # fmt: skip
    made = Fleet()
    days.ordinary(made, groups, silent)
    for host in sorted(silent):
        outcome, state = (causes or {}).get(host, ("unreachable", "down"))
        why = days.no_route(host) if outcome == "unreachable" else days.no_answer(host)
        made.unread(host, outcome, why, state)
    for row in made.rows["hosts"]:
        row["labels"] = json.dumps(labels.get(row["host"], {}))
    return made.day()


def told(day: Day) -> list[tuple[str, str]]:
    return [(one.subject, one.sentence) for one in summarise(day).findings]


WEB = {"web": [f"web{n}" for n in range(1, 9)]}
SITES = {f"web{n}": {"site": "fra" if n > 4 else "ams"} for n in range(1, 9)}
FRA = {"web5", "web6", "web7", "web8"}


def test_a_site_is_one_finding_with_its_hosts() -> None:
    day = fleet(FRA, SITES, WEB)
    assert told(day) == [
        ("4 hosts", "Site fra is cut off: none of its 4 servers answers; no route to them.")
    ]
    assert summarise(day).findings[0].hosts == ("web5", "web6", "web7", "web8")


def test_different_causes_in_one_site_are_one_finding_still() -> None:
    day = fleet(FRA, SITES, WEB, {"web5": ("timed_out", "down"), "web6": ("timed_out", "unknown")})
    ((who, said),) = told(day)
    assert who == "4 hosts"
    assert said == (
        "Site fra is cut off: none of its 4 servers answers; no route to them, and other causes."
    )


@pytest.mark.parametrize(
    "silent",
    [
        {"web5", "web6"},  # too few
        {"web5", "web6", "web7", "web1"},  # three of four are less than most
    ],
)
def test_what_is_no_outage_is_told_by_its_cause(silent: set[str]) -> None:
    ((_, said),) = told(fleet(silent, SITES, WEB))
    assert said.startswith("Down: ")


def test_when_nobody_answers_no_place_is_to_blame() -> None:
    ((_, said),) = told(fleet({*WEB["web"]}, SITES, WEB))
    assert said.startswith("Down: web1, web2 and 6 more;")


def test_most_of_a_place_is_enough_and_the_rest_is_told_alone() -> None:
    groups = {"web": [f"web{n}" for n in range(1, 6)], "db": ["db1", "db2"]}
    lines = told(fleet({"web1", "web2", "web3", "web4", "db1"}, {}, groups))
    assert lines == [
        ("4 hosts", "Group web is cut off: 4 of its 5 servers do not answer; no route to them."),
        ("db1", "Down: no route to db1."),
    ]


def test_what_stands_behind_a_host_goes_with_it() -> None:
    groups = {"edge": ["gate", "edge2"], "web": ["web1", "web2", "web3"]}
    labels = {f"web{n}": {"behind": "gate"} for n in (1, 2, 3)}
    silent = {"gate", "web1", "web2"}
    ((_, said),) = told(fleet(silent | {"web3"}, labels, groups))
    assert said == (
        "gate does not answer, nor do any of the 3 servers behind it; no route to them."
    )  # fmt: skip
    ((_, said),) = told(fleet({"web1", "web2", "web3"}, labels, groups))
    assert said.startswith("Group web is cut off")
