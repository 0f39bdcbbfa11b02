"""What the rules of health, upkeep and ways in say, of a day that has something of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from report import derived
from report.changes import CHANGES
from report.contract import Finding
from report.findings import summarise
from report.narrowing import narrowed
from report.reading import View, view
from report.rules import RULES, access, strangers, updates
from report.rules import logins as logins_rules
from report.rules.disks import filling as filling_rule
from report.rules.disks import will_fill
from report.settings import SECTIONS
from report.store import Day, day_folder, load, save
from report.thresholds import Thresholds
from report.words import plural
from tests.report import days
from tests.report.fleets import COLLECTORS, DATE, Fleet
from tests.report.worn import worn

WORN = """\
critical Broken db01: RAID md0 is degraded: 1 of 2 disks missing: [U_].
critical Broken db02: Disk sdb has failed: Reallocated_Sector_Ct 2,104.
critical Broken gone01: Down: no route to gone01.
critical Backups backup01: Backup database is 3 days old, and may be 26 h; the last good one is from 20 Nov 03:00.
critical Backups backup01: Backup mail is missing: nothing lies at /srv/backup/mail-*.gz; when one was good last is not known.
critical Checks db01: replication is critical: CRITICAL: 4211 s behind.
critical Memory web01: 99 % of its container's memory is used, 41 MiB of 4 GiB left.
critical Kernel db02: 214 errors of disks: sdb, last at 03:00; “I/O error, dev sdb, sector 2210 op 0x0:(READ)”.
critical Expiring old01: Debian GNU/Linux 10: its support ended on 30 Jun 2024.
critical Expiring web01: Certificate /etc/letsencrypt/live/shop.example.org/cert.pem (CN=shop.example.org) ran out on 21 Nov 2026.
critical Expiring web02: Certificate 443 (CN=shop.example.org) runs out in 5 days, on 28 Nov 2026.
warning Backups backup01: Backup wiki has 120 B, less than 4 KiB; when one was good last is not known.
warning Checks db01: licence is unknown: no answer within 10 s.
warning Memory web02: 96 % of its memory is used, 0.6 of 16 GiB left; 88 % of its swap.
warning Kernel web02: 3 processes killed for want of memory: java, last at 23:00; “Out of memory: Killed process 812 (java) total-vm:8123456kB”.
warning Expiring backup01: Debian GNU/Linux 11: its support ended on 14 Aug 2024; extended support, where it is had, until 31 Aug 2027.
warning Expiring db02: Certificate /etc/ssl/db.pem (CN=shop.example.org) runs out in 15 days, on 8 Dec 2026.
warning Clock db01: Its clock is 2.25 s behind ntp1.example.org.
warning Clock old01: Clock not synchronised: no time daemon runs.
warning Timers old01: backup.timer is overdue.
warning Timers web01: certbot.timer failed.
warning Updates 2 hosts: 97 security updates pending on old01 and web01; most on old01, 90.
warning Updates old01: A restart is due: kernel 5.10.0-30 runs, 5.10.0-33 is installed."""


def said(found: Sequence[Finding]) -> list[str]:
    return [f"{one.severity} {one.question} {one.subject}: {one.sentence}" for one in found]


def test_a_worn_fleet() -> None:
    assert said(summarise(worn()).findings) == WORN.splitlines()


PENDING = ", ".join(f"lib{n}" for n in range(37))


@pytest.mark.parametrize(
    ("pending", "security", "packages", "said"),
    [
        # The names are those of all pending ones, the security updates first.
        (127, 81, f"apt, jq, krb5-locales, {PENDING} and 87 more",
         ": apt, jq, krb5-locales, lib0, lib1, lib2, lib3, lib4, lib5 and 72 more."),
        (3, 1, "bash-trial, curl-trial, vim-trial", ": bash-trial."),
        (3, 3, "bash-trial, curl-trial, vim-trial", ": bash-trial, curl-trial and vim-trial."),
        # Of two architectures: one name, two updates; nothing tells which of them has two.
        (4, 2, "glibc, vim-minimal, zlib", ": glibc and 1 more."),
        (3, 2, "glibc, zlib", ": glibc and 1 more."),
        # zypper's security updates are patches, and not among the packages.
        (2, 1, "SUSE-2025-3741, kernel-default, timezone", ": SUSE-2025-3741."),
        (5, 2, f"{'x' * 90}, y and 3 more", f": {'x' * 39}…{'x' * 20} and 1 more."),
        (5, 2, None, "."),
        (None, 2, "a, b, c", ": a and b."),
    ],
)  # fmt: skip
def test_security_updates_named_and_not_named_add_up(
    pending: int | None, security: int, packages: str | None, said: str
) -> None:
    made = Fleet()
    days.ordinary(made, {"web": ["web01"]}, set())
    made.add("updates", "web01", pending=pending, security=security, packages=packages)
    (one,) = updates.security(view(made.day()))
    assert one.sentence == f"{plural(security, 'security update')} pending{said}"


def test_of_one_server_it_is_said_once_what_it_has() -> None:
    one = narrowed(worn(), ["old"])
    assert summarise(one).headline == ("old01: it has something that ran out or soon will.")
    fine = Thresholds.model_validate({"end_of_life_days": 0})
    info = one.info.model_copy(update={"thresholds": fine})
    kept = one.frames["lifecycle"].iloc[:0]
    left = View(one.folder, info, {**one.frames, "lifecycle": kept}, one.groups)
    assert summarise(left).headline == (
        "Nothing is broken on old01; it has a clock that is off, timers that did not run and "
        "updates to see to."
    )


def test_every_limit_can_be_set() -> None:
    day = worn()
    lax = Thresholds.model_validate(
        {
            "memory": {"warning": 100, "critical": 100},
            "clock_seconds": {"warning": 60, "critical": 60},
            "certificate_days": {"warning": 0, "critical": 0},
            "end_of_life_days": 0,
        }
    )
    info = day.info.model_copy(update={"thresholds": lax})
    left = said(summarise(Day(day.folder, info, day.frames)).findings)
    gone = set(WORN.splitlines()) - set(left)
    assert {line.split()[1] for line in gone} == {"Memory", "Expiring", "Clock"}
    assert any("ran out on" in line for line in left)
    strict = Thresholds.model_validate({"end_of_life_days": 600})
    info = day.info.model_copy(update={"thresholds": strict})
    found = said(summarise(Day(day.folder, info, day.frames)).findings)
    assert any("Debian GNU/Linux 12" in line and "support ends on 9 Jun 2028" in line
               for line in found)  # fmt: skip


def test_a_section_that_is_left_out_has_no_findings() -> None:
    day = worn()
    info = day.info.model_copy(update={"sections": ["servers"]})
    assert {one.section for one in summarise(Day(day.folder, info, day.frames)).findings} == {
        "servers"
    }


def changed(*rows: tuple[str, ...], users: Sequence[dict[str, Any]] = ()) -> View:
    """Return a day on which things changed: (host, what, object, change, before, after)."""
    from collectors.base import frame

    fleet = Fleet()
    for host in sorted({row[0] for row in rows} | {user["host"] for user in users}):
        fleet.host(host, "web", ("debian", "Debian", "12", "6.1"))
        for collector in (*COLLECTORS, "users"):
            fleet.outcome(host, collector)
    for user in users:
        fleet.add("users", **user)
    made = view(fleet.day(sections=list(SECTIONS)))
    names = ("host", "what", "object", "change", "before", "after")
    held = frame(CHANGES, [dict(zip(names, row, strict=False)) for row in rows])
    return View(made.folder, made.info, {**made.frames, "changes": held})


def test_what_is_new_is_told_by_host_and_what_is_gone_is_not() -> None:
    found = access.new_ways_in(
        changed(
            ("web1", "port", "tcp 4444 on 0.0.0.0 (nc)", "added"),
            ("web1", "user", "eve (uid 1005)", "added"),
            ("web1", "group", "sudo (gid 27)", "changed", "", "members eve"),
            ("web1", "key", "root: ssh-ed25519 SHA256:abc", "added"),
            ("web1", "user", "bob (uid 1002)", "removed"),
            ("web2", "port", "tcp 5432 on 127.0.0.1 (postgres)", "added"),
        )
    )
    assert said(found) == [
        "warning Ways in web1: new port tcp 4444 on 0.0.0.0 (nc).",
        "warning Ways in web1: new user eve (uid 1005).",
        "warning Ways in web1: group sudo (gid 27) changed: members eve.",
        "warning Ways in web1: new key root: ssh-ed25519 SHA256:abc.",
    ]
    assert [one.object for one in found][1:3] == ["user eve (uid 1005)", "group sudo (gid 27)"]


def test_the_same_on_many_hosts_is_one_finding() -> None:
    rows = [(f"web{n}", "user", "deploy (uid 900)", "added") for n in range(1, 6)]
    (one,) = access.new_ways_in(changed(*rows))
    assert one.hosts == ("web1", "web2", "web3", "web4", "web5")
    assert one.sentence == "new user deploy (uid 900), on web1, web2 and 3 more."


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        ({"name": "root", "uid": 0, "password": "set"}, ""),
        ({"name": "toor", "uid": 0, "password": "locked"},
         "user toor has uid 0: it is root by another name."),
        ({"name": "guest", "uid": 1000, "password": "empty", "may_log_in": True},
         "user guest needs no password."),
        ({"name": "guest", "uid": 1000, "password": "empty", "may_log_in": None},
         "user guest needs no password."),
        ({"name": "ftp", "uid": 99, "password": "empty", "may_log_in": False}, ""),
        ({"name": "ann", "uid": None, "password": None, "may_log_in": True}, ""),
    ],
)  # fmt: skip
def test_users_that_ought_not_to_be(user: dict[str, Any], sentence: str) -> None:
    found = access.second_roots(changed(users=[{"host": "web1", **user}]))
    assert [one.sentence for one in found] == ([sentence] if sentence else [])
    assert all(one.severity == "critical" for one in found)


def filling(days: float, early: float, late: float) -> View:
    from collectors.base import frame

    fleet = Fleet()
    fleet.host("db1", "db", ("debian", "Debian", "12", "6.1"))
    for collector in COLLECTORS:
        fleet.outcome("db1", collector)
    fleet.disk("db1", "/srv", 100, 70)
    made = view(fleet.day())
    row = {"host": "db1", "mount": "/srv", "what": "bytes", "full_in_days": days,
           "earliest_days": early, "latest_days": late}  # fmt: skip
    held = frame(derived.FORECASTS, [row])
    return View(made.folder, made.info, {**made.frames, "forecasts": held})


@pytest.mark.parametrize(
    ("span", "sentences"),
    [
        ((3, 3, 3), ["critical Filling db1: /srv 70 % full; full on Thu 26 Nov at this pace."]),
        ((9, 6, 15), ["warning Filling db1: /srv 70 % full; full in about 9 days, "
                      "between Sun 29 Nov and Tue 8 Dec."]),
        ((15, 12, 20), []),
    ],
)  # fmt: skip
def test_what_will_be_full_soon(span: tuple[int, int, int], sentences: list[str]) -> None:
    assert said(will_fill(filling(*span))) == sentences


@pytest.mark.parametrize(
    ("used", "nodes", "then", "sentences"),
    [
        (94, 10, (91, 10), ["/srv 94 % full, 3 points more than yesterday, 6 of 100 GiB free."]),
        (94, 10, (93, 10), ["/srv 94 % full, 1 point more than yesterday, 6 of 100 GiB free."]),
        (94, 10, (96, 10), ["/srv 94 % full, 2 points less than yesterday, 6 of 100 GiB free."]),
        (94, 10, (93.4, 50), ["/srv 94 % full, 6 of 100 GiB free."]),
        (94, 10, (None, None), ["/srv 94 % full, 6 of 100 GiB free."]),
        (94, 10, None, ["/srv 94 % full, 6 of 100 GiB free."]),
        (50, 90, (50, 80), ["/srv has 90 % of its inodes used, 10 points more than yesterday, "
                            "though 50 % of its bytes."]),
        (70, 10, (66, 10), ["/srv 70 % full, 4 points more than yesterday; full on Thu 26 Nov at "
                            "this pace."]),
    ],
)  # fmt: skip
def test_a_full_disk_says_what_it_was_yesterday(
    used: float, nodes: float, then: tuple[float | None, float | None] | None,
    sentences: list[str], tmp_path: Path,
) -> None:  # fmt: skip
    from collectors.base import frame

    for back, (bytes_, inodes) in ((1, then or (0, 0)), (0, (used, nodes))):
        made = Fleet()
        made.host("db1", "db", ("debian", "Debian", "12", "6.1"))
        for collector in COLLECTORS:
            made.outcome("db1", collector)
        if bytes_ is not None and inodes is not None:
            made.disk("db1", "/srv", 100, bytes_, inodes)
        day = made.day(report_date=DATE - timedelta(days=back + (then is None and back)))
        save(day_folder(tmp_path, day.date), day.info, day.frames, {})
    day = load(tmp_path)
    row = {"host": "db1", "mount": "/srv", "what": "bytes", "full_in_days": 3.0,
           "earliest_days": 3.0, "latest_days": 3.0}  # fmt: skip
    held = {"forecasts": frame(derived.FORECASTS, [row] if used == 70 else [])}
    known = view(day)
    known = View(known.folder, known.info, {**known.frames, **held})
    if used == 70:
        known.frames["disks_before"].loc[0] = ["db1", "/srv", 66.0, 10.0]  # type: ignore[index]
    assert [one.sentence for one in (*filling_rule(known), *will_fill(known))] == sentences


def test_what_will_be_full_is_not_above_a_limit(tmp_path: Path) -> None:
    from report.rules.disks import above

    known = filling(3, 3, 3)
    assert "disk-filling" in [one.kind for one in summarise(known).findings]
    figure = next(one for one in summarise(known).figures if one.label == "Disks above limit")
    assert (figure.value, figure.mark) == ("0", "good")
    full = Finding("disk-full", "warning", "Filling", "a", ("a",), "x", "disks", object="/srv")
    assert above([full, replace(full, kind="inodes-full"), *summarise(known).findings]) == 1


def logins(*rows: tuple[str, str, str, int], before: Sequence[tuple[int, str, str]] = ()) -> View:
    """Return a day of logins (result, user, source, count), and who came in on days before."""
    import pandas as pd

    fleet = Fleet()
    fleet.host("web1", "web", ("debian", "Debian", "12", "6.1"))
    for collector in COLLECTORS:
        fleet.outcome("web1", collector)
    for minutes, (result, user, source, count) in enumerate(rows):
        fleet.login("web1", 60 + minutes, result, user, source_ip=source, count=count)
    made = view(fleet.day())
    days = pd.DataFrame(
        [(DATE.toordinal() - back, "web1", user, source) for back, user, source in before],
        columns=["day", "host", "user", "source_ip"],
    )
    return View(made.folder, made.info, {**made.frames, "seen_before": days})


KNOWN = [(back, "ann", "10.20.4.31") for back in range(1, 21)]


def test_a_login_after_many_failures_from_there() -> None:
    tried = logins(("failed", "root", "203.0.113.9", 6), ("accepted", "deploy", "203.0.113.9", 1))
    assert said(strangers.guessed(tried)) == [
        "critical Got in web1: deploy from 203.0.113.9 at 07:01, after 6 failed logins from there."
    ]
    few = logins(("failed", "ann", "203.0.113.9", 4), ("accepted", "ann", "203.0.113.9", 1))
    later = logins(("accepted", "ann", "203.0.113.9", 1), ("failed", "ann", "203.0.113.9", 9))
    assert strangers.guessed(few) == strangers.guessed(later) == []


@pytest.mark.parametrize(
    ("rows", "said_at", "before", "times"),
    [
        ([("accepted", 1), ("failed", 90), ("accepted", 1)], "07:02", 90, 1),
        (
            [("accepted", 1), ("failed", 4), ("accepted", 1), ("failed", 4), ("accepted", 1)],
            "",
            0,
            0,
        ),
        ([("failed", 5), ("accepted", 1), ("failed", 90), ("accepted", 1)], "07:03", 90, 2),
        ([("failed", 6), ("accepted", 1), ("failed", 1), ("accepted", 1)], "07:01", 6, 2),
        ([("failed", 3), ("failed", 2), ("accepted", 1)], "07:02", 5, 1),
        ([("accepted", 1), ("failed", 90)], "", 0, 0),
        # What the server added up within the hour: another of the three came after them.
        ([("accepted", 3), ("failed", 90)], "07:00", 90, 1),
    ],
)
def test_failures_count_since_the_login_before(
    rows: list[tuple[str, int]], said_at: str, before: int, times: int
) -> None:
    source = "203.0.113.9"
    day = logins(*((how, "ann", source, count) for how, count in rows))
    found = strangers.guessed(day)
    assert [one.value for one in found] == [times] * bool(times)
    assert said(found) == [
        f"critical Got in web1: ann from {source} at {said_at}, after {before} failed logins from there."
    ] * bool(times)
    # From elsewhere, or on another server, it is nobody's guess.
    apart = [(how, "ann", source if how == "failed" else "10.0.0.9", n) for how, n in rows]
    assert strangers.guessed(logins(*apart)) == []


@pytest.mark.parametrize(
    ("methods", "sentence"),
    [
        (["password"], "root, by password, from 10.0.0.1 at 07:00."),
        (["keyboard-interactive/pam"], "root, by password over PAM, from 10.0.0.1 at 07:00."),
        (["keyboard-interactive"], "root, by password, from 10.0.0.1 at 07:00."),
        (["none"], "root, without a password, from 10.0.0.1 at 07:00."),
        (["password", "keyboard-interactive/pam"],
         "root, by password, 2 times from 10.0.0.1, last at 07:01."),
        (["publickey"], ""), ([None], ""), (["gssapi-with-mic"], ""), (["hostbased"], ""),
    ],
)  # fmt: skip
def test_root_by_whatever_password(methods: list[str | None], sentence: str) -> None:
    made = Fleet()
    made.host("web1", "web", ("debian", "Debian", "12", "6.1"))
    for minutes, method in enumerate(methods):
        made.login("web1", 60 + minutes, "accepted", "root", method=method, source_ip="10.0.0.1")
    found = [one.sentence for one in logins_rules.root_by_password(view(made.day()))]
    assert found == [sentence] * bool(sentence)


def test_a_guessed_login_is_told_once() -> None:
    rows = (("failed", "ann", "203.0.113.9", 6), ("accepted", "ann", "203.0.113.9", 1))
    assert strangers.out_of_the_ordinary(logins(*rows, before=KNOWN)) == []
    assert len(strangers.out_of_the_ordinary(logins(rows[1], before=KNOWN))) == 1


@pytest.mark.parametrize(
    ("source", "before", "sentences"),
    [
        ("203.0.113.9", KNOWN, ["warning Got in web1: ann from 203.0.113.9 at 07:00, first time "
                                "from there."]),
        ("10.20.4.99", KNOWN, []),  # the network is known
        ("203.0.113.9", KNOWN[:5], []),  # too few days to call anything new
        ("203.0.113.9", [(n, "bob", "10.0.0.1") for n in range(1, 21)], []),  # a new user
        ("10.20.4.31", [(70, "ann", "10.20.4.31"), *((n, "bob", "x") for n in range(1, 21))],
         ["warning Got in web1: ann at 07:00, not seen since 14 Sep 2026."]),
    ],
)  # fmt: skip
def test_logins_out_of_the_ordinary(
    source: str, before: list[tuple[int, str, str]], sentences: list[str]
) -> None:
    came = logins(("accepted", "ann", source, 1), before=before)
    assert said(strangers.out_of_the_ordinary(came)) == sentences


def seen(*days: tuple[int, str, str, str, int]) -> Any:
    """Return who came in: days ago, user, source, host and hour (in the report's zone)."""
    import pandas as pd

    return pd.DataFrame(
        [(DATE.toordinal() - back, host, user, source, 1 << hour, None)
         for back, user, source, host, hour in days],
        columns=["day", "host", "user", "source_ip", "hours", "country"],
    )  # fmt: skip


HOME = "10.20.4.31"


@pytest.mark.parametrize(
    ("host", "hour", "sentences"),
    [
        ("web1", 3, []),  # the hour alone is new
        ("db1", 10, []),  # the server alone is new
        ("db1", 11, []),  # so near to what is known is known
        ("db1", 3, ["warning Got in web1: ann from 10.20.4.31 at 03:00, first time on "
                    "this server and at this hour."]),
    ],
)  # fmt: skip
def test_another_server_at_another_hour(host: str, hour: int, sentences: list[str]) -> None:
    # The day before is of a server that is web1, or of another one.
    known = [(back, "ann", HOME, "web1" if host == "web1" else "app1", 10) for back in range(1, 21)]
    made = logins(("accepted", "ann", HOME, 1))
    frame = made.frames["logins"].assign(at=made.frames["logins"]["at"].dt.normalize()
                                         + timedelta(hours=hour + 23))  # fmt: skip
    day = View(made.folder, made.info,
               {**made.frames, "logins": frame, "seen_before": seen(*known)})  # fmt: skip
    assert said(strangers.out_of_the_ordinary(day)) == sentences


def strays(before: Any, hosts: Sequence[str] = ("web1",)) -> list[Finding]:
    made = Fleet()
    for host in hosts:
        made.host(host, "web", ("debian", "Debian", "12", "6.1"))
        for collector in COLLECTORS:
            made.outcome(host, collector)
        made.login(host, 300, "accepted", "ann", source_ip=HOME)  # at 11:00
    known = view(made.day())
    seen_before = {**known.frames, "seen_before": before}
    return strangers.out_of_the_ordinary(View(known.folder, known.info, seen_before))


OWN = [(back, "ann", HOME, "app1", 10) for back in range(1, 41)]
OTHERS = [(back, "bob", HOME, host, 10) for back in range(1, 41) for host in ("web1", "web2")]


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ([*OWN, *OTHERS], True),  # a month on her own server, and now on another
        ([*OWN, *OTHERS, (27, "ann", HOME, "app2", 10)], False),  # who goes from one to the other
        ([*OWN, *OTHERS, (28, "ann", HOME, "app2", 10)], True),
        ([*OWN, *OTHERS, (38, "ann", HOME, "web1", 10)], False),  # she has been there
        ([*OWN, *OTHERS[:26]], False),  # the server is new: so is everybody
        ([*OWN[31:], *OTHERS], False),  # she hardly comes at all
    ],
)
def test_a_user_who_keeps_to_some_servers_and_comes_to_another(
    before: list[tuple[int, str, str, str, int]], told: bool
) -> None:
    found = strays(seen(*before))
    assert (
        said(found)
        == [
            "warning Got in web1: ann from 10.20.4.31 at 11:00, first time on this server, after 28 "
            "days or more on the same ones."
        ]
        * told
    )
    assert [one.kind for one in found] == ["new-habit"] * told


def test_a_user_who_comes_to_many_others_is_one_finding() -> None:
    (one,) = strays(seen(*OWN, *OTHERS), ["web1", "web2", "app1"])
    assert (one.subject, one.hosts, one.value) == ("2 hosts", ("web1", "web2"), 2.0)
    assert "first time on these 2 servers" in one.sentence


def test_a_user_whom_nobody_saw_in_a_month() -> None:
    known = [(back, "ann", HOME, "web1", 10) for back in range(1, 41)]
    made = logins(("accepted", "games", "10.20.4.9", 1))
    day = View(made.folder, made.info, {**made.frames, "seen_before": seen(*known)})
    assert said(strangers.out_of_the_ordinary(day)) == [
        "warning Got in web1: games from 10.20.4.9 at 07:00, who came to no server in 40 days."
    ]
    few = View(made.folder, made.info, {**made.frames, "seen_before": seen(*known[:20])})
    assert strangers.out_of_the_ordinary(few) == []


def test_networks() -> None:
    from report.rules.acquainted import network

    assert network("203.0.113.9") == "203.0.113.0/24"
    assert network("2001:db8:1:2::9") == "2001:db8:1::/48"
    assert network("host.example.org") == "host.example.org"


def test_every_rule_stands_under_a_section() -> None:
    assert set(RULES) == set(SECTIONS) - {"trends"}  # it looks back
