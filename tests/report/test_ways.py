"""The page of ways in: what is told of whom, with which sign, and what could not be compared."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

from collectors.base import frame
from report import derived, pages
from report.reading import View, view
from report.sections.ways import by_server, headline
from report.silences import Silence
from tests.report.fleets import COLLECTORS, FROM, Fleet

SYSTEM = ("debian", "Debian", "12", "6.1")
WAYS = ("ports", "users", "groups", "sudoers", "keys")
ROOT = ("edge1", "user", "support (uid 0)", "added")


def fleet(hosts: int = 8) -> Fleet:
    made = Fleet()
    for n in range(1, hosts + 1):
        made.host(f"edge{n}", "edge", SYSTEM)
        for collector in (*COLLECTORS, *WAYS):
            made.outcome(f"edge{n}", collector)
        port(made, f"edge{n}", 22, "sshd")
    made.rows["users"] = []
    return made


def port(made: Fleet, host: str, number: int, program: str | None, protocol: str = "tcp") -> None:
    made.add("ports", host, protocol=protocol, address="0.0.0.0", port=number, scope="all",
             process=program, ephemeral=False)  # fmt: skip


def changed(made: Fleet, *rows: tuple[str, ...], gaps: Any = (), **info: Any) -> View:
    """Return a day on which these things changed: host, what, which, how, before, after."""
    names = ("host", "what", "object", "change", "before", "after")
    day = view(made.day(sections=["logins", "access"], **info))
    known = [dict(zip(names, row, strict=False), since="2026-11-22") for row in rows]
    compared = [
        {"host": one["host"], "what": "user", "state": "compared"} for one in made.rows["hosts"]
    ]
    compared += [
        {"host": host, "what": what, "state": "no_comparison", "cause": cause}
        for host, what, cause in gaps
    ]
    more = {
        "changes": frame(derived.CHANGES, known), "compared": frame(derived.COMPARED, compared)
    }  # fmt: skip
    return View(day.folder, day.info, {**day.frames, **more})


def told(day: View) -> list[str]:
    """Return the lines, each with its sign and hosts."""
    return [f"{one.severity} {', '.join(one.hosts)}: {one.said}".strip()
            for own in by_server(day) for one in own]  # fmt: skip


def text(day: View) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", str(pages.access(day).html)))


def test_a_second_root_has_its_sign_once_and_is_named_in_the_headline() -> None:
    made = fleet()
    made.add("users", "edge1", name="support", uid=0, password="set")
    day = changed(made, ROOT, ("edge1", "sudo rule", "deploy ALL (/etc/sudoers)", "added"))
    assert told(day) == [
        "critical edge1: New user support has uid 0: it is root by another name.",
        "warning edge1: New sudo rule deploy ALL (/etc/sudoers).",
    ]
    html = str(pages.access(day).html)
    assert html.count('aria-label="critical"') == 1
    assert "edge1 has a second root account and a new sudo rule." in html


def test_one_that_was_there_before_is_not_called_new() -> None:
    made = fleet()
    made.add("users", "edge1", name="toor", uid=0, password="set")
    made.add("users", "edge1", name="guest", uid=9, password="empty", may_log_in=True)
    assert told(changed(made)) == [
        "critical edge1: User guest needs no password.",
        "critical edge1: User toor has uid 0: it is root by another name.",
    ]
    said = "edge1 has an account without a password and a second root account"
    assert headline(changed(made)) == said


def test_lines_about_the_same_hosts_stand_together_the_worst_first() -> None:
    made = fleet()
    made.add("users", "edge3", name="toor", uid=0, password="set")
    made.login("edge3", 60, "failed", "eve", source_ip="203.0.113.9", count=9)
    made.login("edge3", 61, "accepted", "eve", source_ip="203.0.113.9")
    made.login("edge8", 60, "failed", "eve", source_ip="203.0.113.9", count=9)
    made.login("edge8", 61, "accepted", "eve", source_ip="203.0.113.9")
    every = [(f"edge{n}", "user", "ops (uid 7)", "added") for n in range(1, 6)]
    at = view(made.day()).at(FROM.replace(hour=6, minute=1))
    day = changed(made, *every, ("edge3", "port", "tcp 4444 on 0.0.0.0 (nc)", "added"))
    assert told(day) == [
        "critical edge3: User toor has uid 0: it is root by another name.",
        # edge8 got a guest as well, but nothing else is new there: that stands under Logins.
        f"critical edge3: Login to explain: eve from 203.0.113.9 at {at}, after 9 failed logins "
        "from there.",
        "warning edge3: New port tcp 4444 on 0.0.0.0 (nc).",
        "warning edge1, edge2, edge3, edge4, edge5: New user ops (uid 7).",
    ]
    assert headline(day) == (
        "edge3 has a second root account and a new port; edge1, edge2 and 3 more have a new account"
    )


def test_what_is_gone_or_heard_by_its_own_host_alone_has_no_sign() -> None:
    day = changed(
        fleet(),
        ("edge1", "key", "root: ssh-ed25519 SHA256:abc", "removed"),
        ("edge2", "port", "tcp 5432 on 127.0.0.1 (postgres)", "added"),
    )
    assert told(day) == [
        "edge1: Gone: key root: ssh-ed25519 SHA256:abc.",
        "edge2: New port tcp 5432 on 127.0.0.1 (postgres).",
    ]
    assert "aria-label" not in str(pages.access(day).html)
    assert "Nothing to see to." in text(day)


def test_a_change_is_said_as_a_person_would() -> None:
    day = changed(
        fleet(1),
        ("edge1", "group", "sudo (gid 27)", "changed", None, "members eve, mallory"),
        ("edge1", "group", "root (gid 0)", "changed", None, "primary members eve"),
        ("edge1", "group", "adm (gid 4)", "changed", "members bob", None),
        ("edge1", "group", "ops (gid 9)", "changed", "members bob", "members eve"),
        ("edge1", "user", "eve (uid 9)", "changed", "shell /bin/false", "shell /bin/sh"),
    )  # type: ignore[arg-type]
    assert [one.partition(": ")[2] for one in told(day)] == [
        "Group ops (gid 9): was members bob, is members eve.",
        "User eve (uid 9): was shell /bin/false, is shell /bin/sh.",
        "bob is no longer a member of group adm (gid 4).",
        "eve is now a primary member of group root (gid 0).",
        "eve, mallory are now members of group sudo (gid 27).",
    ]
    assert headline(day) == "edge1 has four changed groups and a changed account"


def test_a_silenced_change_stays_without_a_sign_and_says_so() -> None:
    silence = Silence(author="anna", reason="ours", until=date(2026, 12, 1), kind="new-way-in")
    day = changed(fleet(), ("edge1", "user", "ops (uid 7)", "added"), silences=[silence])
    assert told(day) == ["edge1: New user ops (uid 7); silenced until 1 Dec 2026."]
    assert "Nothing to see to, and one silenced." in text(day)


def test_what_was_not_compared_is_a_line_that_names_all_of_it() -> None:
    whats = ("port", "user", "group", "sudo rule", "key")
    gaps = [(host, what, "not read whole: unreachable") for host in ("edge1", "edge2")
            for what in whats]  # fmt: skip
    gaps += [("edge3", what, "not read whole: no_permission") for what in ("key", "sudo rule")]
    gaps += [("edge4", "key", "no earlier snapshot holds it")]
    day = changed(fleet(), gaps=gaps)
    assert (
        "Not compared, not read in full: all of edge1 and edge2, sudo rules and keys of edge3; "
        "no earlier snapshot holds it: keys of edge4." in text(day)
    )
    assert str(pages.access(day).html).count('aria-label="not known"') == 1


def test_ports_are_told_by_number_new_ones_with_their_sign_and_common_ones_in_a_line() -> None:
    made = fleet()
    for n, program in ((1, "nfsd"), (2, "nfsd"), (3, None)):
        port(made, f"edge{n}", 2049, program)
    port(made, "edge5", 4444, "nc")
    port(made, "edge6", 53, "named", "udp6")
    day = changed(made, ("edge5", "port", "tcp 4444 on 0.0.0.0 (nc)", "added"))
    html, said = str(pages.access(day).html), " ".join(text(day).split())
    assert "4 ports on 8 servers read; 2 new or on fewer than 3 of them" in said
    assert "4444 tcp nc 1 edge5; new 53 udp named 1 edge6" in said
    assert "On more servers: 22 on 8 and 2049 on 3." in said
    row = next(one for one in re.findall(r"<tr>.*?</tr>", html) if ">4444<" in one)
    assert 'aria-label="warning"' in row
    # A program that may not be seen on one server is no other port.
    few = " ".join(text(changed(_four(made))).split())
    assert "2049 tcp nfsd; not seen on edge3 3 edge1, edge2 and edge3" in few


def _four(made: Fleet) -> Fleet:
    """Return the same with four hosts, where each port has a row."""
    keep = {f"edge{n}" for n in range(1, 5)}
    made.rows = {k: [one for one in rows if one["host"] in keep] for k, rows in made.rows.items()}
    return made


def test_on_a_day_of_many_the_critical_ones_are_shown_and_counted() -> None:
    made = fleet(40)
    for n in range(1, 30):
        made.add("users", f"edge{n}", name="toor", uid=0, password="set")
    every = [(f"edge{n}", "user", f"ops{n} (uid 7)", "added") for n in range(1, 41)]
    day = changed(made, *every)
    html = str(pages.access(day).html)
    assert html.count('aria-label="critical"') == 29
    assert "30 of 69 things; the rest is in the workbook" in html
    assert headline(day) == (
        "edge1 has a second root account and a new account; edge2 has a second root account and "
        "a new account; 38 more servers have something new, 27 of them something critical"
    )
    together = changed(fleet(6), *[(f"edge{n}", "user", "ops (uid 7)", "added") for n in range(1, 6)],
                       *[(f"edge{n}", "port", f"tcp {n} on 0.0.0.0", "added") for n in (1, 2, 6)])  # fmt: skip
    assert headline(together).endswith("; 1 more server has something new")


def test_a_headline_of_long_names_is_not_cut_in_its_middle() -> None:
    made = fleet(2)
    for rows in made.rows.values():
        for row in rows:
            row["host"] = f"{row['host']}-{'x' * 110}"
    names = sorted({row["host"] for row in made.rows["hosts"]})
    day = changed(made, *[(one, "user", f"ops{one[:5]} (uid 7)", "added") for one in names])
    said = headline(day)
    assert said.startswith(names[0]) and said.endswith("; 1 more server has something new")
    assert said in str(pages.access(day).html)
