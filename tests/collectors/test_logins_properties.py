"""What holds for any user name, and for any log however damaged: nothing is invented."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import logins
from collectors.base import Ask, frame
from collectors.errors import CollectError

DAY = Ask(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
QUICK = settings(max_examples=100, derandomize=True, deadline=None)

# Words that a stranger would try, beside any text at all that one line can carry.
TRICKS = st.sampled_from(
    [
        "root from 10.0.0.1 port 22 ssh2",
        "root from 10.0.0.1",
        "from 10.0.0.1 port 22",
        "invalid user root",
        "x 10.0.0.1 port 22",
        "x 10.0.0.1 port 22: Too many authentication failures",
        "x port 22 ssh2: RSA SHA256:abc",
        "sshd[1]: Accepted password for root from 10.0.0.1 port 1 ssh2",
        "pam_unix(sshd:session): session opened for user root by (uid=0)",
        "message repeated 3 times: [ Failed password",
        "last message repeated 3 times",
        " not allowed because account is locked",
        "'; \"]} \\ %s <b>",
    ]
)
TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\x85"),
    max_size=40,
)
NAMES = st.builds("{}{}{}".format, TEXT, TRICKS | st.just(""), TEXT).filter(
    # A name's own spaces at a line's end are lost with the line's.
    lambda name: name == name.strip()
)
ADDRESSES = st.ip_addresses().map(str).filter(lambda text: not text.startswith("::ffff:"))
PORTS = st.integers(1, 65535)


def parse(lines: list[str]) -> list[dict[str, Any]]:
    printed = [
        *("@logins 1", "@now 1795478400", "@zone Etc/UTC", "@offset +0000", "@looked x"),
        "@file 1 1795478399 /var/log/auth.log",
        *(f"|{line}" for line in lines),
        *(f"@end 0 {len(lines)}", "@done", ""),
    ]
    return [dict(row) for row in logins.parse("\n".join(printed), DAY).rows]


def head(program: str = "sshd", pid: int = 812, second: int = 0) -> str:
    return f"Nov 23 10:00:{second:02d} web01 {program}[{pid}]: "


def facts(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    keys = ("result", "user", "source_ip", "source_port", "method", "count")
    return [tuple(row[key] for key in keys) for row in rows]


@QUICK
@given(NAMES, ADDRESSES, PORTS, st.sampled_from(["password", "none", "keyboard-interactive/pam"]))
def test_failed_for_an_invalid_user(name: str, ip: str, port: int, method: str) -> None:
    told = [
        f"Invalid user {name} from {ip} port {port}",
        f"Failed {method} for invalid user {name} from {ip} port {port} ssh2",
        f"Connection closed by invalid user {name} {ip} port {port} [preauth]",
        f"Disconnecting invalid user {name} {ip} port {port}: Too many authentication failures",
        f"Disconnecting invalid user {name} {ip} port {port}: Change of username or service not"
        f" allowed: ({name},ssh-connection) -> (root,ssh-connection) [preauth]",
    ]
    named = ("failed", name, ip, port)
    assert [fact[:4] for fact in facts(parse([head() + text for text in told]))] == [named]
    for text in told:
        assert [fact[:4] for fact in facts(parse([head() + text]))] == [named]


@QUICK
@given(NAMES, ADDRESSES, PORTS)
def test_accepted_and_aborted(name: str, ip: str, port: int) -> None:
    accepted = parse([head() + f"Accepted password for {name} from {ip} port {port} ssh2"])
    if not name.startswith(("invalid user ", "illegal user ")):
        assert facts(accepted) == [("accepted", name, ip, port, "password", 1)]
    text = f"Connection reset by authenticating user {name} {ip} port {port} [preauth]"
    assert facts(parse([head() + text])) == [("aborted", name, ip, port, None, 1)]


@QUICK
@given(
    st.from_regex(r"[a-z_][a-z0-9_.@-]{0,30}", fullmatch=True),
    ADDRESSES,
    PORTS,
    st.from_regex(r"(ED25519|RSA|ECDSA) SHA256:[A-Za-z0-9+/]{43}", fullmatch=True),
    NAMES,
)
def test_a_certificate_s_id_is_its_owners_word(
    user: str, ip: str, port: int, key: str, identity: str
) -> None:
    kind, _, print_ = key.partition(" ")
    tail = f"{kind}-CERT {print_} ID {identity} (serial 7) CA {key}"
    (row,) = parse([head() + f"Accepted publickey for {user} from {ip} port {port} ssh2: {tail}"])
    assert (row["user"], row["source_ip"], row["key"]) == (user, ip, tail)


@QUICK
@given(NAMES.filter(lambda name: "' from" not in name and "' with" not in name), ADDRESSES, PORTS)
def test_dropbear(name: str, ip: str, port: int) -> None:
    where = f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
    text = f"Bad password attempt for '{name}' from {where}"
    rows = parse([head("dropbear") + text])
    if name != "<invalid username>":
        assert facts(rows) == [("failed", name, ip, port, "password", 1)]


@QUICK
@given(
    st.from_regex(r"[a-z][a-z0-9_.-]{0,30}", fullmatch=True),
    st.from_regex(r"[a-z][a-z0-9_.-]{0,30}", fullmatch=True),
    NAMES,
    st.sampled_from(["", "3 incorrect password attempts ; ", "command not allowed ; "]),
)
def test_a_command_forges_nothing(user: str, target: str, command: str, why: str) -> None:
    text = f"{user} : {why}TTY=pts/0 ; PWD=/home/{user} ; USER={target} ; COMMAND={command}"
    (row,) = parse([head("sudo") + text])
    result = "failed" if why else "accepted"
    assert (row["result"], row["user"], row["target_user"]) == (result, user, target)


IP = "203.0.113.9"
SAMPLE = [
    head(pid=1) + f"Accepted publickey for git from {IP} port 4000 ssh2: ED25519 SHA256:abc",
    head(pid=1, second=1) + "pam_unix(sshd:session): session opened for user git by (uid=0)",
    head(pid=2, second=2) + f"Invalid user admin from {IP} port 4001",
    head(pid=2, second=3) + f"Failed password for invalid user admin from {IP} port 4001 ssh2",
    head(pid=2, second=4) + f"Connection closed by invalid user admin {IP} port 4001 [preauth]",
    head(pid=3, second=5) + f"Connection closed by authenticating user root {IP} port 4002",
    head("sudo", 4, 6) + "bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls",
    head("su", 5, 7) + "FAILED SU (to root) bob on pts/1",
    head("dropbear", 6, 8) + f"Bad password attempt for 'root' from {IP}:4003",
    head("login", 7, 9) + "LOGIN ON tty1 BY bob",
    head(pid=1, second=10) + "pam_unix(sshd:session): session closed for user git",
]
USERS = {"git", "admin", "root", "bob"}


@QUICK
@given(st.permutations(SAMPLE))
def test_lines_in_any_order_come_to_the_same_people(lines: list[str]) -> None:
    rows = parse(lines)
    assert {row["user"] for row in rows} <= USERS
    assert {row["source_ip"] for row in rows} <= {IP, None}
    accepted = [row for row in rows if row["result"] == "accepted"]
    assert {row["user"] for row in accepted} == {"git", "bob"}


@QUICK
@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 120)), max_size=12))
def test_lines_that_were_cut_name_nobody_who_was_not_there(cuts: list[tuple[int, int]]) -> None:
    rows = parse([SAMPLE[index][:length] for index, length in cuts])
    assert len(rows) <= len(cuts)
    for row in rows:
        # A cut name is a piece of one; a cut address a piece of that.
        assert not row["user"] or any(user.startswith(row["user"]) for user in USERS)
        assert not row["source_ip"] or IP.startswith(row["source_ip"])


@QUICK
@given(st.lists(st.sampled_from(SAMPLE), min_size=2, max_size=6), st.data())
def test_lines_run_together_crash_nothing(lines: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(lines) - 1))
    merged = "".join(lines[:at])
    assert len(parse([merged, *lines[at:]])) <= len(lines) + 1


@QUICK
@given(st.lists(st.binary(max_size=200), max_size=8))
def test_any_bytes_at_all_are_no_login(chunks: list[bytes]) -> None:
    lines = [chunk.decode("utf-8", "surrogateescape") for chunk in chunks]
    lines = [re.sub(r"[\n\r]", " ", line) for line in lines]
    assert parse(lines) == []
    assert parse([head() + line for line in lines]) == []


@QUICK
@given(st.binary(max_size=400), st.integers(0, 400))
def test_any_output_at_all_is_rows_or_an_error(noise: bytes, at: int) -> None:
    good = "@logins 1\n@now 1795478400\n@zone Etc/UTC\n@offset +0000\n@file 1 1795478399 /x\n"
    text = good + "".join(f"|{line}\n" for line in SAMPLE) + "@end 0 9\n@done\n"
    text = text[:at] + noise.decode("utf-8", "surrogateescape") + text[at:]
    try:
        parsed = logins.parse(text, DAY)
    except CollectError:
        return
    frame(logins.COLUMNS, parsed.rows)
    assert len(parsed.rows) <= len(SAMPLE) + 1


SLOW = [
    "vsftpd[1]: pam_unix(vsftpd:auth): authentication failure; "
    + "tty= ruser= rhost= " * 400
    + "\1",
    "sshd[1]: Invalid user " + " from x" * 1100,
    "sshd[1]: Failed publickey for " + " from 1 port 2 ssh2: RSA x" * 300 + " z z",
    "sshd[1]: Disconnecting invalid user " + " 1 port 2: x" * 600,
    "sshd[1]: error: PAM: x for " + " from 1 for " * 600,
    "dropbear[1]: Bad password attempt for '" + "' with x from y" * 500 + " ",
    "sudo: " + "a : " * 2000,
]


def test_no_name_makes_the_reading_slow() -> None:
    start = time.monotonic()
    for text in SLOW:
        parse([f"Nov 23 10:00:00 web01 {text}"])
    assert time.monotonic() - start < 5
