"""A doubtful login and something new that lets people in: critical, first, and in the headline."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from report.contract import Finding, Resolved, Severity, Unread
from report.findings import summarise
from report.headline import headline
from report.reading import SEEN_BEFORE, View, view
from report.rules.intruders import intruded, traced
from report.rules.logins import root_by_password
from report.sections.below import gathered, lacking, was
from report.together import ROOM, apart, together
from tests.report import days
from tests.report.fleets import Fleet

LOGIN = "eve from 192.0.2.7 at 03:12, first time from there."


def finding(
    kind: str, sentence: str, *hosts: str, severity: Severity = "warning", state: str = "new"
) -> Finding:
    asks = {"new-way-in": "Ways in", "second-root": "Ways in", "server-down": "Broken"}
    return Finding(kind, severity, asks.get(kind, "Got in"), hosts[0], hosts, sentence, "logins",
                   state="new" if state == "new" else "ongoing")  # fmt: skip


def way(said: str, *hosts: str) -> Finding:
    return finding("new-way-in", said, *(hosts or ("web1",)))


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ([way("new port tcp 4444 on 0.0.0.0 (nc).")], "; new there: port tcp 4444 (nc)."),
        ([way("new key eve: ssh-ed25519 SHA256:tLfzQxzlLrTkTq3BE (root@kali)."),
          way("new port tcp 22 on [::] (sshd).")],
         "; new there: port tcp 22 on [::] (sshd) and key eve (root@kali)."),
        ([way("group sudo (gid 27) changed: members eve."), way("new user eve (uid 0)."),
          way("new sudo rule eve ALL=(ALL) NOPASSWD: ALL (/etc/sudoers.d/9)."),
          finding("second-root", "user eve has uid 0: it is root by another name.", "web1")],
         "; new there: user eve (uid 0), sudo rule eve ALL=(ALL) NOPASSWD: ALL and one more."),
        ([finding("second-root", "user eve has uid 0: it is root by another name.", "web1")],
         "; new there: user eve has uid 0: it is root by another name."),
        ([way(f"new port tcp {n} on 127.0.0.1 ({'p' * 40}).") for n in range(4)],
         f"; new there: port tcp 0 ({'p' * 40}) and three more."),
    ],
)  # fmt: skip
def test_what_was_left_behind_is_told_with_the_login(left: list[Finding], said: str) -> None:
    (one, *others) = traced([finding("new-source", LOGIN, "web1"), *left])
    assert one.severity == "critical"
    assert one.sentence == LOGIN.removesuffix(".") + said
    assert others == left


@pytest.mark.parametrize(
    "found",
    [
        [finding("new-source", LOGIN, "web1")],  # somebody works from elsewhere
        [finding("new-source", LOGIN, "web1"), way("new port tcp 80 (nginx).", "web2")],
        [finding("new-source", LOGIN, "web1"),  # a key that was rolled out
         way("new key ops: ssh-ed25519.", "web1", "web2", "web3", "web4")],
        [finding("new-user", "eve at 09:00, who came to no server in 90 days.", "web1"),
         way("new user eve (uid 1001).")],  # somebody's first day
    ],
    ids=["login alone", "elsewhere", "rolled out", "first day"],
)  # fmt: skip
def test_what_is_often_harmless_stays_as_it_is(found: list[Finding]) -> None:
    assert traced(found) == found
    assert intruded(found) == []


def test_an_intruder_comes_first_in_the_headline() -> None:
    known = view(days.worst())
    found = traced([
        finding("new-source", LOGIN, "web1"), way("new port tcp 4444 (nc)."),
        finding("root-by-password", "root, by password.", "db01", severity="critical"),
        finding("server-down", "Down.", "edge06", severity="critical"),
    ])  # fmt: skip
    assert headline(known, found) == (
        "An intruder may be on web1, root came in by password on db01 and edge06 is down."
    )


def rooted(*before: tuple[str, str]) -> str:
    made = Fleet()
    days.ordinary(made, {"web": ["web1"]}, {"web1"})
    made.outcome("web1", "logins")
    made.login("web1", 60, "accepted", "root", source_ip="10.20.4.17", method="password")
    day = view(made.day())
    rows = [(day.date.toordinal() - n, "web1", user, source, 1, None)
            for n in range(1, 20) for user, source in before]  # fmt: skip
    past = pd.DataFrame(rows, columns=["day", "host", "user", "source_ip", "hours", "country"])
    (one,) = root_by_password(View(day.folder, day.info, {**day.frames, SEEN_BEFORE: past}))
    return one.sentence.partition(" at ")[2].partition("; ")[2]


def test_who_else_comes_from_where_root_came_from() -> None:
    other = ("ann", "10.20.4.9")
    assert rooted() == ""  # nothing is known of the days before
    assert rooted(other) == "nobody else comes from there."
    assert rooted(other, ("bob", "10.20.4.17")) == "bob comes from there, too."
    many = [(name, "10.20.4.17") for name in ("bob", "root", "cy", "di")]
    assert rooted(*many) == "bob and 2 more come from there, too."


def test_findings_of_one_server_are_one_row() -> None:
    down = finding("server-down", "Down.", "edge1", severity="critical")
    first = finding("read-only", "/var is mounted read-only.", "db1", severity="critical")
    second = finding("kernel-io", "18 errors of disks: sda; “critical medium”.", "db1",
                     severity="critical", state="ongoing")  # fmt: skip
    aside = finding("clock", "Its clock is off.", "db1")
    rows = together([first, down, second, aside])
    assert [row.findings for row in rows] == [(first, second), (down,), (aside,)]
    assert rows[0].said == "/var is mounted read-only. 18 errors of disks: sda."
    assert (rows[0].new, rows[0].more) == (1, 0)
    assert apart(rows) == [first, second, down, aside]


def test_a_row_has_room_for_two_lines_and_counts_the_others() -> None:
    (row,) = together([finding(f"kernel-{n}", "So it is and so it goes on " * 2 + "on.", "db1")
                       for n in range(5)])  # fmt: skip
    assert (len(row.fitting), row.more) == (2, 3)
    assert row.said.endswith("on. And 3 more.")
    assert len(row.said) <= ROOM + len(" And 3 more.")


def test_what_was_not_read_is_told_server_by_server() -> None:
    rows = gathered([
        Unread(("app07",), "everything", "host_key", "host key changed"),
        Unread(("db05",), "everything", "timed_out", "timed out, waiting for 10.22.3.6"),
        Unread(("a1", "a2"), "sudoers, keys", "no_permission", "root alone may"),
        Unread(("a1",), "logins", "no_permission", "/var/log/auth.log may not be read"),
        Unread(("a2",), "part of logins", "partial", "the log begins at 03:00"),
        Unread(("web12",), "part of disks", "partial", "df did not answer"),
    ])  # fmt: skip
    assert [(one.hosts, lacking(one)) for one in rows] == [
        (("app07", "db05"), "everything: host key not trusted, timed out"),
        (
            ("a1", "a2"),
            "sudoers, keys and logins: no permission: root alone may; and 2 more causes",
        ),
        (("web12",), "part of disks: partly read: df did not answer"),
    ]


def test_nobody_takes_what_is_resolved_for_what_is() -> None:
    one = Resolved("2 hosts", ("a", "b"), "Updates", "A restart is due.", date(2026, 11, 18))
    assert was(one) == "Was, since 18 Nov: A restart is due. (a and b)"


def test_every_server_that_was_not_read_is_named_on_page_1() -> None:
    summary = summarise(view(days.worst()))
    named = {host for one in gathered(summary.unread) for host in one.hosts}
    assert named == {host for one in summary.unread for host in one.hosts}
