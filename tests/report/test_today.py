"""What page 1 answers in ten seconds: who came in, what matters, what a server is for, the rest."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from report import derived, store
from report.contract import Finding
from report.findings import summarise
from report.headline import headline
from report.pages import today
from report.reading import View, view
from report.rules import RULES
from report.sections.fitting import asides, shares
from report.sections.purpose import purpose, purposes
from report.sections.rest import NOUNS, by_kind
from report.statement import critical_before
from tests.report import days
from tests.report.fleets import DATE, Fleet

FOLDER = Path(next(iter(RULES["servers"])).__code__.co_filename).parent


def text(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", re.sub("<style.*?</style>", "", html))).split())


def finding(kind: str, question: str, *hosts: str, severity: str = "critical") -> Finding:
    level = "critical" if severity == "critical" else "warning"
    return Finding(kind, level, question, hosts[0], hosts, "so it is.", "servers")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([("root-by-password", "app03"), ("guessed", "edge02")],
         "Root came in by password on app03, somebody after many failures on edge02 and edge06 "
         "is down."),
        ([("guessed", "edge02")],
         "Somebody came in after many failed logins on edge02 and edge06 is down."),
        ([("root-by-password", "edge02")], "Root came in by password on edge02 and edge06 is down."),
        ([("returned", "edge02")],
         "Somebody came in who should be looked at on edge02 and edge06 is down."),
    ],
)  # fmt: skip
def test_who_came_in_stands_in_the_headline(found: list[tuple[str, str]], said: str) -> None:
    known = view(days.worst())
    broken = [finding("server-down", "Broken", "edge06"), *(
        finding(kind, "Broken", f"{host}{n}") for kind in ("read-only", "storage") for n, host in
        enumerate(("app1", "app2", "a-very-long-name-of-a-server", "app4"))
    )]  # fmt: skip
    inside = [finding(kind, "Got in", host) for kind, host in found]
    assert headline(known, [*inside, *broken[:1]]) == said
    long = headline(known, [*inside, *broken])
    assert "edge06 is down" in long
    assert ("Root came in" in long) == (found[0][0] == "root-by-password")
    assert "edge02" in long


def labelled(labels: dict[str, str], groups: str = "db") -> View:
    made = Fleet()
    days.ordinary(made, {"db": ["db01", "db02"]}, set())
    for row in made.rows["hosts"]:
        row |= {"labels": json.dumps(labels | {"rack": row["host"]}), "groups": groups}
    made.rows["hosts"][1]["labels"] = json.dumps({"site": "Bern"})
    return view(made.day())


@pytest.mark.parametrize(
    ("labels", "groups", "said"),
    [
        ({"site": "Zürich"}, "db", "db, Zürich"),
        ({"owner": "anna", "role": "ledger", "location": "Zürich"}, "db, all", "db, ledger, Zürich, anna"),
        ({"role": "db"}, "db", "db"),
        ({"team": "x\x1b[31m"}, "", "x\\x1b[31m"),
        ({}, "", ""),
    ],
)  # fmt: skip
def test_what_a_server_is_for(labels: dict[str, str], groups: str, said: str) -> None:
    known = purposes(labelled(labels, groups))
    assert purpose(["db01"], known) == said


def test_servers_together_are_told_what_they_have_in_common() -> None:
    known = purposes(labelled({"site": "Zürich"}))
    assert purpose(["db01", "db02"], known) == "db"
    assert purpose([], known) == purpose(["nobody"], known) == ""
    assert '<span class="for">web</span>' in today(days.worst()).html


def test_every_kind_has_a_noun() -> None:
    said = " ".join(path.read_text() for path in FOLDER.glob("*.py"))
    kinds = set(re.findall(r'Finding\(\s*f?"([a-z]+(?:-[a-z]+)*-?)(?:\{|")', said))
    kinds |= set(re.findall(r'"(disk-full|inodes-full|new-source|new-habit)"', said))
    assert len(kinds) > 20
    for kind in kinds:
        whole = {"server-": "server-down"}.get(kind, f"{kind}x" if kind.endswith("-") else kind)
        assert "of “" not in by_kind([finding(whole, "Mine", "a")]), kind


def test_what_there_is_more_is_split_by_kind() -> None:
    left = [finding("disk-full", "Filling", "a")] * 9 + [
        finding("server-degraded", "Broken", "a")
    ] * 3
    left += [finding("certificate", "Expiring", "a")] * 2
    assert by_kind(left) == "9 full filesystems, 3 failed units and 2 certificates"
    assert by_kind(left, named=True).endswith("(a), 3 failed units (a) and 2 certificates (a)")
    assert by_kind([finding("mine", "Fans", "a")] * 2) == "2 of “Fans”"
    many = [finding(kind, "Broken", "a") for kind in NOUNS]
    total = sum(map(int, re.findall(r"\b\d+\b", by_kind(many))))
    assert total == len(many)


def test_one_number_matters_and_what_it_was(tmp_path: Path) -> None:
    for back, used in ((3, 40), (2, 97), (1, 97), (0, 98)):
        made = Fleet()
        days.ordinary(made, {"web": ["web01"]}, set())
        made.disk("web01", "/srv", 100, used)
        if back == 0:
            made.disk("web01", "/data", 100, 99)
        day = made.day(report_date=DATE.replace(day=DATE.day - back))
        store.save(store.day_folder(tmp_path, day.date), day.info, day.frames, {})
        derived.save(store.load(tmp_path, day.date))
    last = store.load(tmp_path)
    assert [count for _, count in critical_before(view(last))] == [0, 1, 1]
    said = text(today(last).html)
    assert "Critical findings 2 +1 Filling 2 1 yesterday; 1 of today’s is new." in said
    good = text(today(store.load(tmp_path, DATE.replace(day=DATE.day - 3))).html)
    assert "Critical findings 0 The first report: nothing to compare with." in good


def test_what_is_not_known_is_no_nought() -> None:
    # That nobody could be read is the one thing that is known.
    nobody = text(today(days.DAYS["nobody"]()).html)
    assert "Critical findings 1" in nobody and "Logins failed –" in nobody
    strip = today(days.worst()).html.partition('<div class="strip">')[2].partition("<h2")[0]
    assert strip.count('class="mark"') == 1


def test_what_the_findings_tell_is_not_told_again_and_planned_comes_last() -> None:
    summary = summarise(view(days.worst()))
    aside = asides(summary)
    shown = {host for _, _, some in shares(summary) for row in some for host in row.first.hosts}
    assert aside.above
    assert not [one for one in aside.causes if one.what == "everything" and {*one.hosts} <= shown]
    planned = replace(summary.findings[0], planned="in maintenance")
    assert asides(replace(summary, planned=(planned,))).rows
    html = today(days.worst()).html
    assert html.index("Could not be read") < html.index("not read, not known")
    assert html.count("not read, not known") == 1
