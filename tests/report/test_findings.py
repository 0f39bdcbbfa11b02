"""What makes a finding, and how the day is summed up; on synthetic days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from report.findings import Summary, summarise
from report.settings import Limit, Thresholds
from report.store import Day
from tests.report import days

GIB = days.GIB


def fleet(*names: str) -> days.Fleet:
    """Return a fleet of hosts on which everything is well and nothing is mounted."""
    made = days.Fleet()
    for name in names:
        made.host(name, "web", days.DEBIAN)
        made.add("servers", name, state="up", failed_units="")
        made.runs(name, 30)
        for collector in days.COLLECTORS:
            made.outcome(name, collector)
    return made


def sentences(summary: Summary) -> list[str]:
    return [f"{one.severity} {one.subject}: {one.sentence}" for one in summary.findings]


def figure(summary: Summary, label: str) -> Any:
    return next(one for one in summary.figures if one.label == label)


def test_worst_day() -> None:
    summary = summarise(days.worst())
    assert sentences(summary)[:4] == [
        "critical 2 hosts: Down: edge06 and edge07; no route to host.",
        "critical app07: Not read: the host key changed; `infra-report trust app07` accepts it.",
        "critical db05: Down: timed out after 60 s.",
        "critical app03: root, by password, from 10.20.4.17 at 22:41.",
    ]
    assert "critical db03: /var 98 % full, 13 of 500 GiB free." in sentences(summary)
    assert (
        "warning app04: /var has 89 % of its inodes used, though 52 % of its bytes."
        in sentences(summary)
    )
    assert "warning app12: backup.service failed." in sentences(summary)
    assert summary.headline.startswith("Three servers are down, app07 could not be read")
    assert (summary.hosts, summary.hosts_read, summary.hosts_partial) == (60, 56, 5)
    assert summary.coverage_percent == pytest.approx(100 * 56 / 60)
    assert not [one for one in summary.findings if "storage08" in one.hosts]


def test_findings_are_sorted_worst_first() -> None:
    found = summarise(days.worst()).findings
    assert [one.severity for one in found] == sorted(one.severity for one in found)
    filling = [one.value or 0 for one in found if one.question == "Filling"]
    critical = [one.value or 0 for one in found if one.question == "Filling"][:1]
    assert filling[1:] == sorted(filling[1:], reverse=True)
    assert critical == [98]


def test_good_day_says_how_far_it_looked() -> None:
    summary = summarise(days.good())
    assert summary.headline == "Nothing is broken; db08 /srv/export is 88 % full."
    assert summary.lead == "Nothing critical and 1 warning. All 60 servers were read in full."
    assert summary.unread == ()


def test_nothing_broken_only_where_it_was_read() -> None:
    made = fleet("web01", "web02")
    made.host("web03", "web", days.DEBIAN, ok=False)
    made.add("servers", "web03", state="maintenance", state_reason="being moved")
    for collector in days.COLLECTORS:
        made.outcome("web03", collector, "timed_out", "timed out after 60 s")
    summary = summarise(made.day())
    assert summary.headline == "Nothing is broken on the 2 servers read."


def test_nobody_answered() -> None:
    summary = summarise(days.nobody())
    assert summary.headline == "None of 60 servers could be read: name resolution failed here."
    assert [one.value for one in summary.figures] == ["–"] * 5 + ["0"]
    assert not any(one.mark == "good" for one in summary.figures)
    assert summary.coverage_percent == 0
    (unread,) = summary.unread
    assert len(unread.hosts) == 60
    assert unread.what == "everything"


def test_first_run_on_this_machine() -> None:
    summary = summarise(days.local())
    assert summary.headline == "Nothing is broken on this-machine."
    assert figure(summary, "Logins failed").value == "–"
    assert figure(summary, "Logins failed").mark == "unread"
    assert summary.coverage_percent == 100
    assert summary.hosts_partial == 1
    assert [(one.what, one.outcome) for one in summary.unread] == [("logins", "no_data")]


def test_one_host_does_not_repeat_its_name() -> None:
    assert summarise(days.one()).headline == (
        "Nothing is broken on web01; /var/log is 91 % full and it rebooted."
    )


def test_a_bound_is_met_at_its_value() -> None:
    made = fleet("web01")
    for mount, used in (("/a", 84), ("/b", 85), ("/c", 94), ("/d", 95)):
        made.disk("web01", mount, 100, used)
    found = summarise(made.day()).findings
    assert [(one.severity, one.sentence[:2], one.value, one.bound) for one in found] == [
        ("critical", "/d", 95, 95),
        ("warning", "/c", 94, 85),
        ("warning", "/b", 85, 85),
    ]


def test_read_only_filesystems_are_full_by_nature() -> None:
    made = fleet("web01")
    made.disk("web01", "/snap/core", 0.1, 100, read_only=True)
    summary = summarise(made.day())
    assert summary.findings == ()
    assert figure(summary, "Disks above limit").unit == "of 0"


def test_read_only_is_a_fault_where_fstab_says_otherwise() -> None:
    made = fleet("web01", "web02")
    for host, mount, found, wanted in (
        ("web01", "/", True, False),
        ("web01", "/srv data", True, False),
        ("web02", "/mnt", True, True),
        ("web02", "/iso", True, None),
        ("web02", "/", False, False),
    ):
        made.disk(host, mount, 100, 10, read_only=found, read_only_expected=wanted)
    day = made.day()
    assert sentences(summarise(day)) == [
        r"critical web01: / and /srv\x20data are mounted read-only, although fstab says otherwise."
    ]
    assert summarise(day).headline == "web01 has a filesystem that fell read-only."
    older = {**day.frames, "disks": day.frames["disks"].drop(columns="read_only_expected")}
    assert summarise(replace(day, frames=older)).findings == ()


def test_missing_is_never_green() -> None:
    made = fleet("web01")
    made.disk("web01", "/a", 100, 50, used_percent=None, inodes_used_percent=None, cause="stuck")
    days.change(made, "servers", "web01", state=None)
    summary = summarise(made.day())
    assert figure(summary, "Servers running").value == "–"
    assert sentences(summary) == ["warning web01: State not known: no reason known."]


def test_a_shared_filesystem_is_one_finding() -> None:
    made = fleet("web01", "web02")
    for host in ("web01", "web02"):
        made.disk(host, "/srv", 8192, 91, device="filer:/srv", fs_type="nfs4", remote=True)
    assert sentences(summarise(made.day())) == [
        "warning web01: /srv 91 % full, 0.7 of 8 TiB free; mounted on 2 hosts."
    ]


def test_folded_attempts_count_each() -> None:
    made = fleet("web01", "web02")
    made.login("web01", 5, "failed", "root", source_ip="203.0.113.5", count=99)
    made.login("web01", 6, "aborted", "root", source_ip="203.0.113.5", count=99)
    assert summarise(made.day()).findings == ()
    made.login("web01", 7, "failed", "root", source_ip="203.0.113.6")
    made.login("web02", 8, "accepted", "root", source_ip="203.0.113.6")
    summary = summarise(made.day())
    assert sentences(summary) == [
        "warning web01: 100 failed logins, from 2 sources; 1 of them also got in."
    ]
    assert figure(summary, "Logins failed").value == "100"


def test_many_hosts_with_failed_logins_are_one_finding() -> None:
    made = fleet(*(f"web{n:02d}" for n in range(1, 6)))
    for n in range(1, 6):
        made.login(f"web{n:02d}", n, "failed", "root", source_ip="203.0.113.5", count=1000 + n)
    (found,) = summarise(made.day()).findings
    assert found.subject == "5 hosts"
    assert found.sentence == (
        "5,015 failed logins, 1,005 of them on web05, from 1 source; none got in on 5 servers read."
    )
    assert (found.severity, found.bound) == ("critical", 1000)


@pytest.mark.parametrize(
    ("user", "method", "service", "found"),
    [
        ("root", "password", "sshd", 1),
        ("root", "publickey", "sshd", 0),
        ("deploy", "password", "sshd", 0),
        ("root", "password", "sudo", 0),
        (None, None, "sshd", 0),
    ],
)
def test_root_by_password(user: Any, method: Any, service: str, found: int) -> None:
    made = fleet("web01")
    made.login("web01", 1, "accepted", user, method=method, service=service)
    assert len(summarise(made.day()).findings) == found


def test_reboots_in_the_period_are_warnings() -> None:
    made = fleet("web01", "web02")
    for host, hours in (("web01", 1), ("web02", 25)):
        days.change(made, "uptime", host, booted_at=days.TO - timedelta(hours=hours))
    assert sentences(summarise(made.day())) == ["warning web01: Rebooted at 05:00."]


def test_limits_are_those_of_the_snapshot() -> None:
    limits = Thresholds(disks=Limit(warning=50, critical=60))
    made = fleet("web01")
    made.disk("web01", "/", 100, 61)
    assert summarise(made.day(thresholds=limits)).findings[0].bound == 60


def test_sections_left_out_have_no_findings_or_figures() -> None:
    day = days.worst()
    info = day.info.model_copy(update={"sections": ["uptime"]})
    summary = summarise(Day(day.folder, info, day.frames))
    assert {one.section for one in summary.findings} == {"uptime", "coverage"}
    assert [one.label for one in summary.figures] == ["Servers rebooted", "Coverage"]


def test_an_empty_fleet() -> None:
    summary = summarise(days.Fleet().day())
    assert summary.headline == "No server is listed."
    assert summary.findings == ()


def test_a_thousand_hosts() -> None:
    summary = summarise(days.big(1000, 20_000))
    assert summary.hosts == 1000
    assert len([one for one in summary.findings if one.question == "Broken"]) == 4


def test_hostile_names_stay_text() -> None:
    for one in summarise(days.hostile()).findings:
        assert one.sentence.isprintable()
        assert len(one.sentence) < 300
