"""What the lines of each program come to: one row an attempt, and nothing invented."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collectors import logins
from collectors.base import Ask, frame
from collectors.errors import CollectError, NoData, NoPermission, ParseError

DAY = Ask(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
IP = "203.0.113.9"


def printed(lines: list[str], path: str = "/var/log/auth.log", zone: str = "Etc/UTC") -> str:
    """What the script prints for one log that was written to at the end of the day."""
    return "\n".join(
        [
            "@logins 1",
            "@now 1795478400",
            f"@zone {zone}",
            "@offset +0000",
            "@looked the usual logs and the journal",
            f"@file 1 1795478399 {path}",
            *(f"^{line}" for line in lines[:1]),
            *(f"|{line}" for line in lines),
            f"@end 0 {len(lines)}",
            "@done",
            "",
        ]
    )


def log(*messages: str, program: str = "sshd", pid: int | None = 812) -> list[str]:
    tag = program if pid is None else f"{program}[{pid}]"
    return [f"Nov 23 10:00:{n:02d} web01 {tag}: {text}" for n, text in enumerate(messages)]


def rows(lines: list[str], ask: Ask = DAY) -> list[dict[str, Any]]:
    parsed = logins.parse(printed(lines), ask)
    assert not parsed.cause
    frame(logins.COLUMNS, parsed.rows)
    return [dict(row) for row in parsed.rows]


def short(lines: list[str]) -> list[tuple[Any, ...]]:
    return [(row["result"], row["user"], row["source_ip"], row["count"]) for row in rows(lines)]


FAILED_ROOT = f"Failed password for root from {IP} port 4000 ssh2"
PAM_ROOT = (
    "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser="
    f" rhost={IP}  user=root"
)
ONE = ("failed", "root", IP, 1)


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([FAILED_ROOT], [ONE]),
        ([PAM_ROOT, FAILED_ROOT, f"Connection closed by {IP} [preauth]"], [ONE]),
        ([PAM_ROOT, f"Connection closed by {IP} [preauth]"], [ONE]),
        ([FAILED_ROOT, FAILED_ROOT, PAM_ROOT.replace("pam_unix(sshd:auth): ", "PAM 1 more ").replace("failure", "failures")], [ONE, ONE]),
        ([FAILED_ROOT, f"message repeated 5 times: [ {FAILED_ROOT}]"], [ONE, ("failed", "root", IP, 5)]),
        ([f"error: maximum authentication attempts exceeded for root from {IP} port 4000 ssh2 [preauth]"], [ONE]),
        ([FAILED_ROOT, f"error: maximum authentication attempts exceeded for root from {IP} port 4000 ssh2 [preauth]", f"Disconnecting authenticating user root {IP} port 4000: Too many authentication failures [preauth]"], [ONE]),
        ([f"Invalid user admin from {IP} port 4000", f"Connection closed by invalid user admin {IP} port 4000 [preauth]"], [("failed", "admin", IP, 1)]),
        ([f"Connection closed by invalid user admin {IP} port 4000 [preauth]"], [("failed", "admin", IP, 1)]),
        ([f"Invalid user  from {IP} port 4000", f"Connection closed by invalid user  {IP} port 4000 [preauth]"], [("failed", "", IP, 1)]),
        ([f"Invalid user admin from {IP}", "input_userauth_request: invalid user admin [preauth]", f"Received disconnect from {IP}: 11: Bye Bye [preauth]"], [("failed", "admin", IP, 1)]),
        ([f"Illegal user admin from {IP}", f"Failed password for illegal user admin from {IP} port 4000 ssh2"], [("failed", "admin", IP, 1)]),
        ([f"Failed none for invalid user admin from {IP} port 4000 ssh2", f"Failed password for invalid user admin from {IP} port 4000 ssh2"], [("failed", "admin", IP, 1)]),
        ([f"Failed none for root from {IP} port 4000 ssh2", FAILED_ROOT], [ONE]),
        ([f"User root from {IP} not allowed because not listed in AllowUsers", "input_userauth_request: invalid user root [preauth]"], [ONE]),
        ([f"User root from {IP} not allowed because none of user's groups are listed in AllowGroups", f"Failed password for invalid user root from {IP} port 4000 ssh2"], [ONE]),
        (["User root not allowed because account is locked", f"Received disconnect from {IP}: 11: Bye Bye [preauth]"], [ONE]),
        ([f"ROOT LOGIN REFUSED FROM {IP} port 4000 [preauth]"], [ONE]),
        ([FAILED_ROOT, f"ROOT LOGIN REFUSED FROM {IP} port 4000"], [ONE]),
        (["fatal: Access denied for user root by PAM account configuration [preauth]"], [("failed", "root", None, 1)]),
        ([FAILED_ROOT, "fatal: Access denied for user root by PAM account configuration [preauth]"], [ONE]),
        ([f"error: PAM: Authentication failure for root from {IP}", f"Failed keyboard-interactive/pam for root from {IP} port 4000 ssh2"], [ONE]),
        ([f"error: PAM: Authentication failure for root from {IP}", f"error: PAM: Authentication failure for root from {IP}"], [ONE, ONE]),
        ([f"error: PAM: User not known to the underlying authentication module for illegal user bob from {IP}"], [("failed", "bob", IP, 1)]),
        ([f"Connection closed by authenticating user root {IP} port 4000 [preauth]"], [("aborted", "root", IP, 1)]),
        ([f"Connection reset by authenticating user root {IP} port 4000 [preauth]"], [("aborted", "root", IP, 1)]),
        ([f"Connection from {IP} port 4000 on 10.0.0.1 port 22", f"Connection closed by {IP} port 4000 [preauth]"], []),
        ([f"Did not receive identification string from {IP} port 4000"], []),
        ([f"Received disconnect from {IP}: 11: Bye Bye [preauth]"], []),
        ([f"Unable to negotiate with {IP} port 4000: no matching cipher found. Their offer: x"], []),
        (["Server listening on 0.0.0.0 port 22."], []),
        ([f"Failed publickey for git from {IP} port 1 ssh2: RSA SHA256:aa", f"Accepted publickey for git from {IP} port 1 ssh2: ED25519 SHA256:bb"], [("accepted", "git", IP, 1)]),
        ([f"Failed publickey for git from {IP} port 1 ssh2: RSA SHA256:aa", f"Failed password for git from {IP} port 1 ssh2", f"Accepted password for git from {IP} port 1 ssh2"], [("failed", "git", IP, 1), ("accepted", "git", IP, 1)]),
        ([f"Partial publickey for git from {IP} port 1 ssh2: RSA SHA256:aa", f"Postponed keyboard-interactive for git from {IP} port 1 ssh2 [preauth]", f"Accepted keyboard-interactive/pam for git from {IP} port 1 ssh2"], [("accepted", "git", IP, 1)]),
        ([PAM_ROOT, f"pam_sss(sshd:auth): authentication success; logname= uid=0 euid=0 tty=ssh ruser= rhost={IP} user=root", f"Accepted password for root from {IP} port 1 ssh2"], [("accepted", "root", IP, 1)]),
        ([f"Failed keyboard-interactive for <invalid username> from {IP} port 1 ssh2"], [("failed", None, IP, 1)]),
        (["Failed password for root from ::ffff:192.0.2.1 port 1 ssh2"], [("failed", "root", "192.0.2.1", 1)]),
        (["Failed password for root from 2001:db8::1 port 1 ssh2"], [("failed", "root", "2001:db8::1", 1)]),
        ([f"[ID 800047 auth.info] Failed keyboard-interactive for james from {IP} port 1 ssh2"], [("failed", "james", IP, 1)]),
    ],
)  # fmt: skip
def test_sshd(messages: list[str], expected: list[tuple[Any, ...]]) -> None:
    assert short(log(*messages)) == expected


NAMES = [
    "root from 10.0.0.1 port 22 ssh2",
    "from 10.10.1.1",
    "x from 6.6.6.6 port 1 ssh2 [preauth]",
    "a b  c",
    "]: Accepted password for root from 6.6.6.6 port 1 ssh2",
    "\"quoted\" 'name' `id`",
    "\\303\\244 tab\\t",
    "müller ✓",
    "user root 6.6.6.6 port 22",
    "invalid user invalid user x",
    "x" * 1000,
    "=HYPERLINK(1)",
    "[/red]",
    "pam_unix(cron:session): session opened for user root",
    "CRON[1]: x",
    "message repeated 9 times: [ x]",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_forges_nothing(name: str) -> None:
    failed = [
        f"Invalid user {name} from {IP} port 4000",
        f"Failed password for invalid user {name} from {IP} port 4000 ssh2",
        f"Connection closed by invalid user {name} {IP} port 4000 [preauth]",
    ]
    for messages in (failed, failed[:1], failed[1:2], failed[2:], failed[::2]):
        assert short(log(*messages)) == [("failed", name, IP, 1)]
    aborted = [f"Connection closed by authenticating user {name} {IP} port 4000 [preauth]"]
    assert short(log(*aborted)) == [("aborted", name, IP, 1)]


def test_what_follows_ssh2_is_told_from_a_name_by_the_connection() -> None:
    lines = log(
        f"Invalid user x from {IP} port 4000",
        f"Failed password for invalid user x from {IP} port 4000 ssh2: from 10.1.1.2 port 5 ssh2",
    )
    assert short(lines) == [("failed", "x", IP, 1)]


def test_accepted_with_certificate_and_end() -> None:
    key = "ED25519-CERT SHA256:abc ID bob@laptop (serial 7) CA RSA SHA256:def"
    lines = log(
        f"Accepted publickey for bob from {IP} port 4000 ssh2: {key}",
        "pam_unix(sshd:session): session opened for user bob(uid=1000) by (uid=0)",
        "pam_unix(sshd:session): session closed for user bob",
    )
    (row,) = rows(lines)
    assert (row["result"], row["method"], row["key"]) == ("accepted", "publickey", key)
    assert row["at"] == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert row["ended_at"] == datetime(2026, 11, 23, 10, 0, 2, tzinfo=UTC)


def test_the_child_says_when_a_session_ended() -> None:
    lines = log(f"Accepted password for bob from {IP} port 4000 ssh2") + log(
        f"Received disconnect from {IP} port 4000:11: disconnected by user",
        f"Disconnected from user bob {IP} port 4000",
        pid=820,
    )
    (row,) = rows(lines)
    assert row["ended_at"] == datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)


def test_a_process_number_that_comes_again_is_another_connection() -> None:
    lines = log(
        f"Accepted password for bob from {IP} port 4000 ssh2",
        "Failed password for root from 198.51.100.1 port 5 ssh2",
        "Failed password for root from 198.51.100.1 port 6 ssh2",
    )
    assert len(short(lines)) == 3


def test_sshd_session_and_sshd_auth_are_one_connection() -> None:
    lines = log(f"Invalid user a from {IP} port 1", program="sshd-session", pid=7) + log(
        f"Connection closed by invalid user a {IP} port 1 [preauth]", program="sshd-session", pid=7
    )
    assert short(lines) == [("failed", "a", IP, 1)]


SUDO = "TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/ls ; USER=eve ; COMMAND=x"


@pytest.mark.parametrize(
    ("program", "messages", "expected"),
    [
        ("sudo", [f"     bob : {SUDO}"], [("accepted", "bob", "root")]),
        ("sudo", [f"bob : 3 incorrect password attempts ; {SUDO}"], [("failed", "bob", "root")]),
        ("sudo", [f"bob : user NOT in sudoers ; {SUDO}"], [("failed", "bob", "root")]),
        ("sudo", [f"bob : a password is required ; {SUDO}"], [("failed", "bob", "root")]),
        ("sudo", [f"bob : HOST=web ; {SUDO}"], [("accepted", "bob", "root")]),
        ("sudo", ["pam_unix(sudo:auth): authentication failure; logname=bob uid=1000 euid=0 tty=/dev/pts/1 ruser=bob rhost=  user=bob", f"bob : {SUDO}", "pam_unix(sudo:session): session opened for user root(uid=0) by bob(uid=1000)", "pam_unix(sudo:session): session closed for user root"], [("accepted", "bob", "root")]),
        ("sudo", [f"bob : {SUDO}", f"bob : {SUDO}"], [("accepted", "bob", "root")] * 2),
        ("sudo", [f"bob : {SUDO}", "bob : (command continued) USER=root ; COMMAND=x"], [("accepted", "bob", "root")]),
        ("su", ["(to root) bob on pts/0", "pam_unix(su:session): session opened for user root(uid=0) by bob(uid=1000)"], [("accepted", "bob", "root")]),
        ("su", ["Successful su for root by bob", "+ /dev/pts/0 bob:root", "pam_unix(su:session): session opened for user root by bob(uid=1000)"], [("accepted", "bob", "root")]),
        ("su", ["pam_unix(su:auth): authentication failure; logname=bob uid=1000 euid=0 tty=pts/0 ruser=bob rhost=  user=root", "FAILED SU (to root) bob on pts/0"], [("failed", "bob", "root")]),
        ("su", ["pam_authenticate: Authentication failure", "FAILED su for root by bob", "- /dev/pts/0 bob:root"], [("failed", "bob", "root")]),
        ("su", ["BAD SU bob to root on /dev/ttyp0"], [("failed", "bob", "root")]),
        ("su", ["pam_unix(su-l:session): session opened for user cyrus by (uid=0)"], [("accepted", "root", "cyrus")]),
        ("doas", ["bob ran command ls as root from /home/bob"], [("accepted", "bob", "root")]),
        ("doas", ["failed auth for bob"], [("failed", "bob", None)]),
        ("doas", ["command not permitted for bob: ls"], [("failed", "bob", None)]),
        ("login", ["pam_unix(login:session): session opened for user root(uid=0) by LOGIN(uid=0)", "ROOT LOGIN ON tty1"], [("accepted", "root", None)]),
        ("login", ["pam_unix(login:auth): authentication failure; logname=LOGIN uid=0 euid=0 tty=/dev/tty1 ruser= rhost=  user=bob", "FAILED LOGIN 1 FROM tty1 FOR bob, Authentication failure"], [("failed", "bob", None)]),
        ("login", ["FAILED LOGIN (1) on '/dev/tty1' FOR 'bob', Authentication failure"], [("failed", "bob", None)]),
        ("login", ["invalid password for 'UNKNOWN' on 'tty1'", "root login on 'tty1'"], [("failed", None, None), ("accepted", "root", None)]),
        ("gdm-password]", ["pam_unix(gdm-password:session): session opened for user bob(uid=1000) by (uid=0)"], [("accepted", "bob", None)]),
        ("gdm-launch-environment]", ["pam_unix(gdm-launch-environment:session): session opened for user gdm by (uid=0)"], []),
        ("systemd", ["pam_unix(systemd-user:session): session opened for user bob by (uid=0)"], []),
        ("CRON", ["pam_unix(cron:session): session opened for user root by (uid=0)"], []),
        ("vsftpd", [f'[bob] FAIL LOGIN: Client "{IP}"'], [("failed", "bob", None)]),
        ("vsftpd", [f"pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=bob rhost={IP}", f'[bob] FAIL LOGIN: Client "{IP}"'], [("failed", "bob", None)]),
        ("dropbear", [f"Bad password attempt for 'root' from {IP}:60588", f"Exit before auth from <{IP}:60588>: (user 'root', 1 fails): Exited normally"], [("failed", "root", None)]),
        ("dropbear", [f"Login attempt for nonexistent user from {IP}:60794", "Exit before auth: Disconnect received"], [("failed", None, None)]),
        ("dropbear", [f"Exit before auth from <{IP}:60588>: (user 'root', 0 fails): Exited normally"], [("aborted", "root", None)]),
        ("dropbear", [f"Pubkey auth succeeded for 'root' with ssh-ed25519 key SHA256:abc from {IP}:60588", f"Exit (root) from <{IP}:60588>: Disconnect received"], [("accepted", "root", None)]),
        ("sshd(pam_unix)", [f"authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost={IP}  user=guest"], [("failed", "guest", None)]),
        ("sshd(pam_unix)", ["session opened for user test by (uid=509)", "session closed for user test"], [("accepted", "test", None)]),
    ],
)  # fmt: skip
def test_other_programs(program: str, messages: list[str], expected: list[tuple[Any, ...]]) -> None:
    found = rows(log(*messages, program=program))
    assert [(row["result"], row["user"], row["target_user"]) for row in found] == expected
    if program != "CRON" and any(
        "closed for user" in text or "Exit (" in text for text in messages
    ):
        assert found[0]["ended_at"] is not None


HEADS = [
    "Nov 23 10:00:00 web01 sshd[812]: ",
    "Nov 23 10:00:00 2001:db8::7 sshd[812]: ",
    "Nov 23 10:00:00 s_sys@web01/relay sshd[812]: ",
    "Nov 23 10:00:00 web01 auth.info sshd[812]: ",
    "Nov 23 10:00:00 web01 sshd: ",
    "Nov 23 10:00:00 [sshd]: ",
    "Nov 23 10:00:00 [sshd] ",
    "Nov 23 10:00:00 sshd[812]: ",
    "Nov 23 10:00:00 web01 /usr/sbin/sshd[812]: ",
    "Nov 23 2026 10:00:00 web01 sshd[812]: ",
    "2026 Nov 23 10:00:00 web01 sshd[812]: ",
    "Mon Nov 23 10:00:00 2026 web01 sshd[812]: ",
    "<38>Nov 23 10:00:00 web01 sshd[812]: ",
    "\0\0\0Nov 23 10:00:00 web01 sshd[812]: ",
    "2026-11-23T10:00:00Z web01 sshd[812]: ",
    "2026-11-23T11:00:00.000000+01:00 web01 sshd[812]: ",
    "2026-11-23T15:30:00.0+05:30 web01.example.org sshd[812]: ",
    "2026-11-23T11:00:00+0100 web01 sshd-session[812]: ",
    "2026-11-23 10:00:00 web01 sshd[812]: ",
    "<38>1 2026-11-23T10:00:00.000Z web01 sshd 812 - - ",
    '<38>1 2026-11-23T10:00:00Z web01 sshd 812 ID47 [a@1 x="y\\]\\" z"][b] ',
    "1 2026-11-23T05:00:00-05:00 - sshd - - - ",
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("end", ["", "\r", " "])
def test_heads(head: str, end: str) -> None:
    (row,) = rows([head + FAILED_ROOT + end])
    assert (row["at"], row["user"]) == (datetime(2026, 11, 23, 10, tzinfo=UTC), "root")
    assert (row["source_ip"], row["source_port"]) == (IP, 4000)


def test_json_lines() -> None:
    line = '{"__REALTIME_TIMESTAMP":"1795428000000000","_HOSTNAME":"w","SYSLOG_IDENTIFIER":"sshd","_PID":"1","MESSAGE":"%s"}'
    octets = line.replace('"%s"', str(list(b"Invalid user \xff from 192.0.2.1 port 9")))
    cee = 'Nov 23 10:00:00 web01 sshd[812]: @cee: {"msg":"%s","procid":"812"}'
    for text, user in (
        (line % FAILED_ROOT, "root"),
        (octets, "\\xff"),
        (cee % FAILED_ROOT, "root"),
    ):
        (row,) = rows([text])
        assert (row["at"], row["user"]) == (datetime(2026, 11, 23, 10, tzinfo=UTC), user)


def test_lines_cut_off_or_foreign_are_no_events() -> None:
    assert (
        rows(
            ["Nov 23 10:00:00 web01 sshd[812]: Failed password for ro", "", "Nov 23", "\udcff\x00"]
        )
        == []
    )
    forged = (
        "Nov 23 10:00:00 web01 app[1]: sshd[2]: Accepted password for root from 1.2.3.4 port 5 ssh2"
    )
    assert rows([forged]) == []


def test_last_message_repeated() -> None:
    lines = [*log(FAILED_ROOT), "Nov 23 10:00:09 web01 last message repeated 3 times"]
    assert short(lines) == [ONE, ("failed", "root", IP, 3)]


def at(stamps: list[str], mtime: datetime, zone: str = "Etc/UTC") -> list[tuple[datetime, bool]]:
    lines = [f"{stamp} web01 sshd[{n}]: {FAILED_ROOT}" for n, stamp in enumerate(stamps)]
    text = printed(lines, zone=zone).replace(
        "@file 1 1795478399", f"@file 1 {mtime.timestamp():.0f}"
    )
    ask = Ask(datetime(2019, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    return [(row["at"], row["at_ambiguous"]) for row in logins.parse(text, ask).rows]


def test_years_are_inferred_backwards() -> None:
    found = at(
        ["Nov 30 10:00:00", "Dec 31 23:59:59", "Jan  1 00:00:01"], datetime(2026, 1, 2, tzinfo=UTC)
    )
    assert [moment.year for moment, _ in found] == [2025, 2025, 2026]
    leap = at(
        ["Feb 28 10:00:00", "Feb 29 10:00:00", "Mar  1 00:00:01"], datetime(2024, 3, 2, tzinfo=UTC)
    )
    assert [moment.day for moment, _ in leap] == [28, 29, 1]
    assert [moment.year for moment, _ in leap] == [2024] * 3
    (future,) = at(["Dec 10 06:55:46"], datetime(2026, 11, 23, tzinfo=UTC))
    assert future[0].year == 2025
    (flushed_late,) = at(["Jan  1 00:00:01"], datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert flushed_late[0].year == 2026


def test_a_clock_that_was_set_back_is_no_new_year() -> None:
    found = at(
        ["Nov 23 12:00:00", "Nov 22 10:00:00", "Nov 23 13:00:00"],
        datetime(2026, 11, 23, 14, tzinfo=UTC),
    )
    assert {moment.year for moment, _ in found} == {2026}


def test_the_servers_zone_and_its_repeated_hour() -> None:
    stamps = [
        "Oct 25 01:30:00",
        "Oct 25 02:30:00",
        "Oct 25 02:50:00",
        "Oct 25 02:10:00",
        "Oct 25 03:30:00",
    ]
    found = at(stamps, datetime(2026, 10, 26, tzinfo=UTC), "Europe/Berlin")
    assert [(f"{moment:%H:%M}", doubt) for moment, doubt in found] == [
        ("23:30", False), ("00:30", True), ("00:50", True), ("01:10", True), ("02:30", False),
    ]  # fmt: skip


def test_a_zone_without_a_name_is_known_by_its_rule() -> None:
    for zone in ("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"):
        found = at(["Jan 15 12:00:00", "Jul 15 12:00:00"], datetime(2026, 8, 1, tzinfo=UTC), zone)
        assert [moment.hour for moment, _ in found] == [11, 10]


def test_what_was_added_up_comes_in_no_order_and_keeps_its_year() -> None:
    lines = [f"{day} 10:00:00 web01 sshd[1]: {FAILED_ROOT}" for day in ("Feb  3", "Nov 20")]
    text = printed(lines).replace(
        "@end",
        "".join(f"*3 {day} 10:00:00 web01 sshd[9]: {FAILED_ROOT}\n" for day in ("Nov  9", "Mar  1"))
        + "@end",
    )
    ask = Ask(datetime(2019, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    found = [(f"{row['at']:%Y-%m}", row["count"]) for row in logins.parse(text, ask).rows]
    assert found == [("2026-02", 1), ("2026-03", 3), ("2026-11", 3), ("2026-11", 1)]


def test_only_the_period() -> None:
    lines = [
        f"Nov {day} {clock} web01 sshd[1]: {FAILED_ROOT}"
        for day, clock in ((22, "23:59:59"), (23, "00:00:00"), (23, "23:59:59"))
    ]
    assert len(rows(lines)) == 2
    after = Ask(DAY.from_at, datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC))
    assert len(rows(lines, after)) == 1


def test_an_empty_log_that_was_read_is_a_good_answer() -> None:
    parsed = logins.parse(printed(["Nov 20 06:25:01 web01 rsyslogd: start"]), DAY)
    assert (list(parsed.rows), parsed.cause) == ([], "")
    assert parsed.evidence_from_at == datetime(2026, 11, 20, 6, 25, 1, tzinfo=UTC)


BEGIN = "@logins 1\n@now 1795478400\n@zone Etc/UTC\n@offset +0000\n@looked the usual logs\n"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", ParseError),
        ("bash: logins: command not found", ParseError),
        (BEGIN, ParseError),
        (BEGIN + "forged\n@done\n", ParseError),
        (BEGIN + "|Nov 23 10:00:00 x sshd[1]: y\n@done\n", ParseError),
        (BEGIN + "@file x y z\n@done\n", ParseError),
        (BEGIN.replace("Etc/UTC", "No/Where").replace("+0000", "") + "@done\n", ParseError),
        (BEGIN + "@done\n", NoData),
        (BEGIN + "@denied 1 /var/log/auth.log\n@done\n", NoPermission),
        (BEGIN + "@hint Hint: You are currently not seeing messages from other users and the system.\n@journal 1795000000.5\n@end 0 0\n@done\n", NoPermission),
        (BEGIN + "@hint No journal files were opened due to insufficient permissions.\n@done\n", NoPermission),
        (BEGIN + "@tool zstd /var/log/secure.1.zst\n@done\n", CollectError),
        (BEGIN + "@unread /var/log/secure.1.gz\n@done\n", CollectError),
        (BEGIN + "@nofile /var/log/auth.log\n@done\n", NoData),
    ],
)  # fmt: skip
def test_what_was_not_read_is_never_an_empty_answer(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        logins.parse(text, DAY)


def test_what_was_read_in_part_is_said() -> None:
    text = printed(log(FAILED_ROOT)).replace(
        "@done", "@denied 1 /var/log/auth.log.1\n@tool xz /var/log/auth.log.2.xz\n@done"
    )
    parsed = logins.parse(text, DAY)
    assert len(parsed.rows) == 1
    assert "/var/log/auth.log.1 may not be read" in parsed.cause
    assert "needs xz" in parsed.cause
    cut = printed(log(FAILED_ROOT)).partition("@end")[0]
    assert "only a part of /var/log/auth.log" in logins.parse(cut, DAY).cause


def test_what_pam_says_in_a_helper_process_is_no_attempt_of_its_own() -> None:
    failure = PAM_ROOT.replace("pam_unix", "{}")
    lines = []
    for number in range(3):
        for module in ("pam_unix", "pam_sss"):
            lines += log(failure.format(module), pid=900 + number)
        lines += log("x", f"error: PAM: Authentication failure for root from {IP}")[1:]
    assert short(lines) == [ONE] * 3
    accepted = f"Accepted keyboard-interactive/pam for root from {IP} port 4000 ssh2"
    assert short(log(failure.format("pam_unix"), pid=900) + log(accepted)) == [
        ("accepted", "root", IP, 1)
    ]
    assert short(log(failure.format("pam_unix"), pid=900)) == [ONE]


def test_pam_without_a_pid_goes_with_the_programs_own_line() -> None:
    refused = (
        "pam_unix(su:auth): authentication failure; logname= uid=65534 euid=0 tty="
        " ruser=nobody rhost=  user=root"
    )
    lines = log(refused, program="su", pid=None) + log(
        "FAILED SU (to root) nobody on none", program="su"
    )
    assert [(row["user"], row["target_user"]) for row in rows(lines)] == [("nobody", "root")]


def test_a_name_for_the_source_is_the_same_connection() -> None:
    lines = log(
        "User root from evil.example not allowed because not listed in AllowUsers", FAILED_ROOT
    )
    assert short(lines) == [ONE]
    assert short(lines[:1]) == [("failed", "root", "evil.example", 1)]


def test_a_time_that_no_clock_can_tell_costs_one_line() -> None:
    lines = [
        f"9999-12-31T23:59:59-14:00 web01 sshd[1]: Failed password for eve from {IP} port 1 ssh2",
        f"2026-11-23T10:00:60Z web01 sshd[2]: Failed password for leap from {IP} port 2 ssh2",
    ]
    assert [row["user"] for row in rows(lines)] == ["leap"]


def test_wtmp_tells_of_what_no_log_tells_of() -> None:
    """The log was last written to at 23:59:59, and holds nothing of a login after that."""
    text = printed(log(FAILED_ROOT))
    late = logins.parse(text.replace("@done", "@wtmp 1795483000\n@done"), DAY)
    assert late.cause == ""
    assert late.note == (
        "wtmp was written to at 2026-11-24 01:16 UTC, the logs last at 2026-11-23 23:59"
    )
    for quiet in ("1795480000", "1795300000", "0"):
        assert logins.parse(text.replace("@done", f"@wtmp {quiet}\n@done"), DAY).note == ""
    general = text.replace("@file 1", "@file 2").replace("@done", "@wtmp 1795483000\n@done")
    assert logins.parse(general, DAY).note == ""
