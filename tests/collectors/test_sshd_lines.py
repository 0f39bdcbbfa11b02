"""sshd's lines one by one, where what a stranger chose has the form of what sshd says."""

from __future__ import annotations

import pytest

from collectors.logins.sshd_lines import NO_NAME, end_of, read_auth

FORGED = "root from 10.0.0.1 port 22 ssh2"
# An identity, a principal or a client's user with a place in it, as it may be cut off.
NAMED = "x from 10.0.0.1 port 22: y"
HERE = "from 203.0.113.7 port 4711 ssh2"


@pytest.mark.parametrize(
    ("message", "user", "key"),
    [
        (f"Failed password for root {HERE}", "root", None),
        (f"Failed password for {FORGED} {HERE}", FORGED, None),
        (f"Failed none for {FORGED}: RSA SHA256:abc {HERE}", f"{FORGED}: RSA SHA256:abc", None),
        (f"Failed password for {NO_NAME} {HERE}", None, None),
        (f"Accepted publickey for a {HERE}: ED25519 SHA256:def", "a", "ED25519 SHA256:def"),
        (f"Accepted publickey for {FORGED} {HERE}: RSA SHA256:d+/", FORGED, "RSA SHA256:d+/"),
        (f"Accepted publickey for {FORGED}: RSA SHA256:a {HERE}: RSA SHA256:b",
         f"{FORGED}: RSA SHA256:a", "RSA SHA256:b"),
        (f"Accepted publickey for a {HERE}: RSA-CERT SHA256:a ID {NAMED} (serial 1) CA RSA SHA256:b",
         "a", f"RSA-CERT SHA256:a ID {NAMED} (serial 1) CA RSA SHA256:b"),
        (f'Accepted hostbased for a {HERE}: RSA SHA256:a, client user "{NAMED}", client host "h"',
         "a", "RSA SHA256:a"),
        (f"Accepted gssapi-with-mic for a {HERE}: {NAMED}@EXAMPLE.ORG", "a", None),
        (f"Failed gssapi-with-mic for {FORGED} {HERE}", FORGED, None),
        (f"Accepted keyboard-interactive/pam for a {HERE}", "a", None),
        (f"Failed password for  {HERE}", "", None),
    ],
)  # fmt: skip
def test_no_name_forges_the_source(message: str, user: str | None, key: str | None) -> None:
    for own in ((None, None), ("203.0.113.7", 4711)):
        found = read_auth(message, *own)
        assert found is not None
        assert (found.user, found.ip, found.port, found.key) == (user, "203.0.113.7", 4711, key)


def test_where_two_readings_are_left_the_connection_decides() -> None:
    line = "Failed gssapi-with-mic for a from 10.0.0.1 port 22 ssh2: b from 10.0.0.2 port 23 ssh2"
    for ip, port in (("10.0.0.1", 22), ("10.0.0.2", 23)):
        found = read_auth(line, ip, port)
        assert found is not None
        assert (found.ip, found.port) == (ip, port)


def test_a_source_that_sshd_does_not_know_is_not_known() -> None:
    found = read_auth("Failed password for root from UNKNOWN port 65535 ssh2", None, None)
    assert found is not None
    assert (found.user, found.ip, found.port) == ("root", None, None)
    assert read_auth("Failed password for root", None, None) is None


@pytest.mark.parametrize(
    ("message", "end"),
    [
        ("Connection closed by 203.0.113.7 port 4711", ("", None, 4711, False)),
        ("Connection closed by authenticating user root 203.0.113.7 port 4711 [preauth]",
         ("authenticating", "root", 4711, False)),
        ("Connection reset by invalid user x 10.0.0.1 port 22 203.0.113.7 port 4711",
         ("invalid", "x 10.0.0.1 port 22", 4711, False)),
        ("Disconnected from user a 203.0.113.7 port 4711", ("", "a", 4711, False)),
        ("Timeout before authentication for 203.0.113.7 port 4711", ("", None, 4711, False)),
        ("Timeout before authentication for connection from 203.0.113.7 to 10.1.1.1, pid = 7",
         ("", None, None, False)),
        ("Disconnecting authenticating user root 203.0.113.7 port 4711: Too many authentication failures",
         ("authenticating", "root", 4711, True)),
        ("Disconnecting invalid user a 10.0.0.1 port 22: x 203.0.113.7 port 4711: "
         "Too many authentication failures", ("invalid", "a 10.0.0.1 port 22: x", 4711, True)),
        ("Disconnecting authenticating user a 203.0.113.7 port 4711: Change of username or service "
         "not allowed: (a,ssh-connection) -> (b 10.0.0.1 port 22: ,ssh-connection)",
         ("authenticating", "a", 4711, False)),
    ],
)  # fmt: skip
def test_the_end_of_a_connection(
    message: str, end: tuple[str, str | None, int | None, bool]
) -> None:
    found = end_of(message.removesuffix(" [preauth]"), None, None)
    assert found is not None
    assert (found.kind, found.user, found.port, found.judged) == end
    assert found.ip == "203.0.113.7"


@pytest.mark.parametrize(
    "message", ["Read from socket failed: Connection reset by peer", "Write failed: Broken pipe"]
)
def test_an_end_that_names_nobody(message: str) -> None:
    assert end_of(message, None, None) == ("", None, None, None, False)


@pytest.mark.parametrize(
    "message",
    [
        "Disconnecting invalid user a 10.0.0.1",
        "Server listening on 0.0.0.0 port 22.",
        "Closed by x",
    ],
)
def test_no_end(message: str) -> None:
    assert end_of(message, None, None) is None
