"""Connections that named no user: counted apart, each once, and no logins."""

from __future__ import annotations

import pytest

from collectors import logins
from tests.collectors.test_logins import DAY, log, printed

IP = "203.0.113.9"
END = f"{IP} port 4000"
KEX = "error: kex_exchange_identification: Connection closed by remote host"


def note(*lines: str) -> tuple[int, str]:
    parsed = logins.parse(printed(list(lines)), DAY)
    assert parsed.cause == ""
    return len(parsed.rows), parsed.note


ONE = (0, f"1 connection named no user, from 1 address: {IP} (1)")


@pytest.mark.parametrize(
    "messages",
    [
        [f"Did not receive identification string from {END}"],
        [f"Did not receive identification string from {IP}"],
        [f"Connection closed by {END} [preauth]"],
        [f"Connection closed by {IP} [preauth]"],
        [f"Connection reset by {END} [preauth]"],
        [f"Received disconnect from {END}:11: Bye Bye [preauth]", f"Disconnected from {END} [preauth]"],
        [f"Received disconnect from {IP}: 11: Bye Bye [preauth]"],
        [f"Bad protocol version identification 'GET / HTTP/1.1' from {END}"],
        [f"Bad protocol version identification '' from 10.0.0.1 port 7' from {END}"],
        [KEX, f"Connection closed by {END}"],
        ["error: kex_exchange_identification: client sent invalid protocol identifier \"x\"", f"banner exchange: Connection from {END}: invalid format"],
        [f"Unable to negotiate with {END}: no matching cipher found. Their offer: x [preauth]"],
        [f"fatal: Unable to negotiate with {IP}: no matching cipher found. Their offer: x [preauth]"],
        [f"Connection from {END} on 192.0.2.1 port 22", f"Connection closed by {END} [preauth]"],
        [f"ssh_dispatch_run_fatal: Connection from {END}: Connection corrupted [preauth]"],
        [f"Protocol major versions differ for {END}: SSH-2.0-OpenSSH vs. SSH-1.5-x"],
    ],
)  # fmt: skip
def test_a_connection_that_named_nobody(messages: list[str]) -> None:
    assert note(*log(*messages)) == ONE


@pytest.mark.parametrize(
    ("messages", "rows"),
    [
        ([f"Connection closed by authenticating user bob {END} [preauth]"], 1),
        ([f"Invalid user bob from {END}", f"Connection closed by {END} [preauth]"], 1),
        ([f"Failed password for bob from {END} ssh2", f"Connection closed by {END} [preauth]"], 1),
        ([f"Accepted password for bob from {END} ssh2", f"Connection closed by {END}"], 1),
        # The end of a session that began before the log did.
        ([f"Received disconnect from {END}:11: disconnected by user"], 0),
        ([f"Disconnected from user bob {END}"], 0),
        (["Bad packet length 1234."], 0),
        (["Did nothing"], 0),
    ],
)
def test_who_named_a_user_is_no_scan(messages: list[str], rows: int) -> None:
    assert note(*log(*messages)) == (rows, "")


def test_where_the_most_came_from() -> None:
    counts = {"198.51.100.7": 3, "192.0.2.4": 2, IP: 5, "2001:db8::1": 1}
    lines, pid = [], 100
    for ip, count in counts.items():
        for _ in range(count):
            pid += 1
            lines += log(f"Connection closed by {ip} port {pid} [preauth]", pid=pid)
    lines += log(KEX, pid=99)
    expected = (
        "12 connections named no user, from 4 addresses: 203.0.113.9 (5), 198.51.100.7 (3),"
        " 192.0.2.4 (2), 1 more from elsewhere"
    )
    assert note(*lines) == (0, expected)


def test_a_process_number_that_comes_again_is_another_scan() -> None:
    said = [f"Connection closed by {IP} port {port} [preauth]" for port in (1, 2, 3)]
    assert note(*log(*said, pid=7))[1].startswith("3 connections")


def test_a_scan_beside_the_period_is_not_counted() -> None:
    early = f"Nov 22 10:00:00 web01 sshd[1]: Connection closed by {IP} port 1 [preauth]"
    assert note(early, *log(f"Connection closed by {IP} port 2 [preauth]")) == ONE
