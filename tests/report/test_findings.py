"""What makes a finding, and how the day is summed up; on synthetic days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from report import grids, pages
from report.causes import nameless
from report.findings import Summary, summarise
from report.reading import view
from report.states import states
from report.store import Day
from report.thresholds import DiskLimit, Thresholds
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
        "critical app03: root, by password, from 10.20.4.17 at 22:41.",
        "critical 2 hosts: Down: edge06 and edge07; no route to them.",
        "critical app07: Host key changed: it was set up again, or somebody stands in between.",
        "critical db05: Down: timed out, waiting for a TCP connection to db05.",
    ]
    assert "critical db03: /var 98 % full, 13 of 500 GiB free." in sentences(summary)
    assert (
        "warning app04: /var has 89 % of its inodes used, though 52 % of its bytes."
        in sentences(summary)
    )
    assert "warning app12: backup.service failed." in sentences(summary)
    assert summary.headline.startswith(
        "Root came in by password on app03, three servers are down and app07 could not be read "
        "(host key changed)"
    )
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
    assert summary.headline == "None of 60 servers could be read: their names cannot be resolved."
    assert [one.value for one in summary.figures] == ["–"] * 5 + ["0"]
    assert not any(one.mark == "good" for one in summary.figures)
    assert summary.coverage_percent == 0
    (unread,) = summary.unread
    assert len(unread.hosts) == 60
    assert unread.what == "everything"


def test_first_run_on_this_machine() -> None:
    summary = summarise(days.local())
    assert summary.headline == "Nothing is broken on this-machine, as far as could be read."
    assert figure(summary, "Logins failed").value == "–"
    assert figure(summary, "Logins failed").mark == "unread"
    assert summary.coverage_percent == 100
    assert summary.hosts_partial == 1
    assert [(one.what, one.outcome) for one in summary.unread] == [("logins", "no_data")]


def test_one_host_does_not_repeat_its_name() -> None:
    assert summarise(days.one()).headline == (
        "Nothing is broken on web01; /var/log is 91 % full and the server rebooted."
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
        f"critical web01: {mount} is mounted read-only, although fstab says otherwise."
        for mount in ("/", r"/srv\x20data")
    ]
    assert summarise(day).headline == "web01 has a filesystem that fell read-only."
    older = {**day.frames, "disks": day.frames["disks"].drop(columns="read_only_expected")}
    assert summarise(replace(day, frames=older)).findings == ()


def test_missing_is_never_green() -> None:
    made = fleet("web01")
    made.disk("web01", "/a", 100, 50, used_percent=None, inodes_used_percent=None, cause="stuck")
    days.change(made, "servers", "web01", state=None)
    summary = summarise(made.day())
    assert figure(summary, "Servers up").value == "–"
    assert figure(summary, "Servers up").mark == "warning"
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
        "5,015 failed logins, 1,005 of them on web05, from 1 source; none of these got in on 5 servers read."
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
    made.rows["uptime"][0]["last_stop"] = "crashed"
    said = "warning web01: Rebooted at 05:00 after a crash: nothing had shut it down."
    assert sentences(summarise(made.day())) == [said]
    made.rows["uptime"][0].update(starts=3, crashes=1)
    said = "warning web01: Rebooted 3 times, last at 05:00; 1 time after a crash."
    assert sentences(summarise(made.day())) == [said]


def test_limits_are_those_of_the_snapshot() -> None:
    limits = Thresholds(disks=DiskLimit(warning=50, critical=60))
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


def test_every_host_is_in_exactly_one_state() -> None:
    made = days.Fleet()
    for name in ("web01", "web02", "web021"):
        made.host(name, "web", days.DEBIAN, ok=False)
        made.unread(name, "auth_failed", days.key_refused("web02"))
        made.outcome(name, "servers", "auth_failed", "user infra of web02 was not let in")
    day = view(made.day())
    found = [host for one in states(day) for host in one.hosts]
    assert sorted(found) == sorted(day.hosts)
    days.change(made, "servers", "web01", state_reason="the way to web02 broke")
    days.change(made, "servers", "web02", state_reason="the way to web02 broke")
    day = view(made.day())
    assert sorted(host for one in states(day) for host in one.hosts) == sorted(day.hosts)
    assert "web02" in pages.servers(day).html


@pytest.mark.parametrize(
    ("cause", "names", "said"),
    [
        ("no way to web02.", ["web02"], "no way to \0."),
        ("web02 port 22", ["web02"], "\0 port 22"),
        ("/keys/web02.pem of web021", ["web02"], "/keys/web02.pem of web021"),
        ("10.0.0.10", ["10.0.0.1"], "10.0.0.10"),
        ("web2.a.org refused", ["web2", "web2.a.org"], "\0 refused"),
    ],
)
def test_a_name_counts_as_a_whole(cause: str, names: list[str], said: str) -> None:
    assert nameless(cause, names) == said


@pytest.mark.parametrize(
    ("outcome", "cause", "said"),
    [
        ("host_key", days.key_unknown, "its host key is not known"),
        ("host_key", days.key_changed, "its host key changed"),
        ("unreachable", "name resolution failed for {}: x", "its name cannot be resolved"),
        ("unreachable", "connection refused by {}: no SSH server listens", "connection refused"),
        ("unreachable", days.no_route, "unreachable"),
        ("auth_failed", days.key_refused, "login refused"),
        ("timed_out", days.no_answer, "timed out"),
    ],
)
def test_one_host_that_could_not_be_read(outcome: str, cause: Any, said: str) -> None:
    for hosts in (1, 2):
        made = days.Fleet()
        names = [f"db{n:02d}" for n in range(1, hosts + 1)]
        for name in names:
            made.host(name, "db", days.DEBIAN, ok=False)
            made.unread(name, outcome, cause(name) if callable(cause) else cause.format(name))
        day = made.day()
        summary = summarise(day)
        who = "db01 could not be read" if hosts == 1 else "None of 2 servers could be read"
        many = said.replace("its host key is", "their host keys are")
        many = many.replace("its host key", "their host keys")
        many = many.replace("its name cannot", "their names cannot")
        assert summary.headline == f"{who}: {said if hosts == 1 else many}."
        html = "".join(str(page(day).html) for page in (pages.today, pages.servers, pages.coverage))
        assert "HOST" not in html and "\0" not in html
        assert "HOST" not in repr(summary)
        assert len(summary.unread) == 1


def test_a_changed_key_keeps_its_point_on_page_one_and_its_figures_under_coverage() -> None:
    day = days.worst()
    first, coverage = str(pages.today(day).html), str(pages.coverage(day).html)
    assert "Host key changed: it was set up again, or somebody stands in between" in first
    assert "SHA256" not in first and "infra-report trust" not in first
    assert coverage.count("SHA256:") == 2 and "infra-report trust app07" in coverage


def test_a_figure_is_good_only_where_every_server_was_read() -> None:
    made = fleet("web01", "web02", "web03")
    assert {one.mark for one in summarise(made.day()).figures} == {"good"}
    days.fail(made, "web02", "disks", "no_permission", "not allowed")
    days.fail(made, "web03", "uptime", "partial", "no load")
    summary = summarise(made.day())
    marks = {one.label: one.mark for one in summary.figures}
    assert marks == {
        "Servers up": "good", "Disks above limit": "unread", "Logins failed": "good",
        "Logins accepted": "good", "Servers rebooted": "unread", "Coverage": "unread",
    }  # fmt: skip
    assert figure(summary, "Coverage").note == "3 read, 1 in full"
    assert summary.headline == "Nothing is broken, as far as could be read."


def test_a_log_that_begins_late_is_a_gap() -> None:
    made = fleet("web01", "web02", "web03")
    for row in made.rows["outcomes"]:
        if row["collector"] == "logins":
            late = {"web01": 12, "web02": 2, "web03": 0.5}[row["host"]]
            row["evidence_from_at"] = days.FROM + timedelta(hours=late)
    made.login("web01", 800, "failed", "root", source_ip="203.0.113.5", count=100)
    summary = summarise(made.day())
    (gap,) = summary.unread
    assert (gap.hosts, gap.what, gap.outcome) == (("web01", "web02"), "part of logins", "partial")
    assert gap.cause == "their logs begin between 08:00 and 18:00"
    assert summary.hosts_partial == 2
    assert summary.lead.endswith("All 3 servers answered, 2 of them only in part.")
    assert (
        "none of these got in on 3 servers read, 2 of them in part." in summary.findings[0].sentence
    )
    assert figure(summary, "Logins accepted").mark == "unread"
    because = {row[0]: row[-1] for row in grids.coverage(made.day()).rows}
    assert because["web01"] == "part of logins: its log begins at 18:00"
    assert because["web03"] is None
    alone = fleet("web01")
    alone.rows["outcomes"][-1]["evidence_from_at"] = days.FROM + timedelta(hours=23, minutes=50)
    assert summarise(alone.day()).unread[0].cause == "its log begins at 05:50"
    assert "on 1 server read in part." in repr(pages.logins(alone.day()))
    alone.login("web01", 1430, "failed", "root")
    assert "in the part of its log that could be read" in repr(pages.logins(alone.day()))


def test_a_state_that_is_not_known_is_not_called_degraded() -> None:
    for names, said in (
        (
            ("web01",),
            "Nothing is broken on web01, as far as could be read; its state is not known.",
        ),
        (
            ("web01", "web02"),
            "Nothing is broken, as far as could be read; the state of web01 is not known.",
        ),
    ):
        made = fleet(*names)
        days.fail(made, "web01", "servers", "command_failed", "exit status 1")
        assert summarise(made.day()).headline == said


def test_logins_to_explain_are_counted_each() -> None:
    made = fleet("web01", "web02")
    for minute in range(3):
        made.login("web01", minute, "accepted", "root", method="password", source_ip="192.0.2.1")
    made.login("web02", 9, "accepted", "root", method="password", source_ip="192.0.2.1", count=2)
    assert figure(summarise(made.day()), "Logins accepted").note == "5 to explain"


def test_a_password_that_may_not_be_seen_is_not_an_empty_one() -> None:
    made = fleet("web01")
    made.add("users", "web01", name="ops", uid=1000, password=None, may_log_in=True)
    assert sentences(summarise(made.day(sections=["access"]))) == []
    made.add("users", "web01", name="guest", uid=1001, password="empty", may_log_in=True)
    found = sentences(summarise(made.day(sections=["access"])))
    assert found == ["critical web01: user guest needs no password."]


def test_one_wave_is_one_finding_with_its_worst_severity() -> None:
    made = fleet("web01", "web02", "web03")
    for name, count in (("web01", 2000), ("web02", 200)):
        made.login(name, 1, "failed", "root", source_ip="203.0.113.5", count=count)
    made.login("web03", 1, "failed", "root", source_ip="198.51.100.7", count=150)
    found = summarise(made.day()).findings
    assert [(one.severity, one.hosts) for one in found] == [
        ("critical", ("web01", "web02")),
        ("warning", ("web03",)),
    ]


def test_letters_that_only_the_page_cannot_draw_stay_in_sentences() -> None:
    made = fleet("web01")
    made.disk("web01", "/srv/用户\u202e", 100, 99)
    day = made.day()
    assert summarise(day).findings[0].sentence.startswith(r"/srv/用户\u202e 99 % full")
    assert "用" not in pages.today(day).html and r"\u7528" in pages.today(day).html


@pytest.mark.parametrize("name", list(days.DAYS))
def test_captions_fit_one_line(name: str) -> None:
    for one in summarise(days.DAYS[name]()).figures:
        assert len(one.note) <= 22, one.note
