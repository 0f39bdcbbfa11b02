"""Listening ports: what the names of processes cannot forge, and what this machine's shells print."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import ports
from tests.collectors.probes import ASK, BUSYBOX, SHELLS, applets, asked

HEAD = "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process"
# What the kernel takes as a process's name: 15 bytes of anything.
COMM = st.text(
    st.sampled_from('ab",()= :pidf123users\n'), min_size=1, max_size=15
) | st.sampled_from(
    ["a\ntcp LISTEN 0", 'x",pid=1,fd=3)', '",pid=1,fd=3),(', "\n\n", "))\nudp UNCONN 0"]
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(st.tuples(COMM, st.integers(1, 4_000_000)), min_size=1, max_size=4))
def test_no_name_of_a_process_forges_another(holders: list[tuple[str, int]]) -> None:
    users = ",".join(f'("{name}",pid={pid},fd=3)' for name, pid in holders)
    line = (
        f"tcp   LISTEN 0      5   0.0.0.0:80   0.0.0.0:*    users:({users}) uid:33 ino:1 sk:1 <->"
    )
    line = line.replace("\n", "\nss4|")
    text = f"ss4|{HEAD}\nss4|{line}\nss4|=0\nss6|{HEAD}\nss6|=0\nname|33 www\nname|=0\n"
    parsed = ports.parse(text, ASK)
    assert {row["process"] for row in parsed.rows} == {name for name, _ in holders}
    assert {row["user"] for row in parsed.rows} == {"www"}
    assert not parsed.cause


def mine(shell: Sequence[str], path: str | None = None) -> list[tuple[str, str, int, str]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        rows = [row for row in asked(ports, shell, path) if row["port"] == port]
    return [(row["protocol"], row["scope"], row["count"], row["process"][:2]) for row in rows]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_socket_of_this_machine_is_found(shell: Sequence[str]) -> None:
    assert mine(shell) == [("tcp", "loopback", 1, "py")]


def test_without_ss_it_is_found_in_proc(tmp_path: Path) -> None:
    path = applets(tmp_path)
    assert mine((BUSYBOX or "", "sh"), path) == [("tcp", "loopback", 1, "py")]


@pytest.mark.parametrize(
    ("where", "scope", "ephemeral"),
    [
        ("0.0.0.0:32767", "any", False),
        ("*:32768", "any", True),
        ("192.0.2.1:60999", "address", True),
        ("0.0.0.0%virbr0:61000", "address", False),
        ("127.0.0.53%lo:53", "loopback", False),
        ("0.0.0.0%lo:53", "loopback", False),
        ("127.255.0.1:1", "loopback", False),
    ],
)
def test_how_far_a_port_can_be_reached(where: str, scope: str, ephemeral: bool) -> None:
    text = f"range|32768 60999\nrange|=0\nss4|{HEAD}\nss4|udp UNCONN 0 0 {where} *:*\nss4|=0\n"
    (row,) = ports.parse(f"{text}ss6|{HEAD}\nss6|=0\n", ASK).rows
    assert (row["scope"], row["ephemeral"]) == (scope, ephemeral)


def test_a_name_without_end_keeps_nobody_busy() -> None:
    begun = time.monotonic()
    evil = 'ss4|tcp LISTEN 0 5 *:80 *:* users:(("a\n' + "ss4|b\n" * 5000
    parsed = ports.parse(f"ss4|{HEAD}\n{evil * 10}ss4|=0\nss6|{HEAD}\nss6|=0\n", ASK)
    assert [row["port"] for row in parsed.rows] == [80]
    assert parsed.cause
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("six", ["ss6|=137\n", "ss6|=0\n", f"ss6|{HEAD}\n"])
def test_half_a_list_is_not_taken_for_a_whole(six: str) -> None:
    """As when `ss` is killed at its limit for one of the two families."""
    line = "tcp LISTEN 0 5 0.0.0.0:80 0.0.0.0:* ino:1 sk:1 <->"
    parsed = ports.parse(f"ss4|{HEAD}\nss4|{line}\nss4|=0\n{six}", ASK)
    assert [row["port"] for row in parsed.rows] == [80]
    assert parsed.cause.startswith("sockets may be missing: ")


def test_words_of_ss_about_cgroups_do_not_stand_in_the_way(tmp_path: Path) -> None:
    """As of iproute2 6 on a system without cgroup2."""
    (tmp_path / "ss").write_text(
        "#!/bin/sh\necho 'Failed to find cgroup2 mount' >&2\n"
        f"echo '{HEAD}'\necho 'tcp LISTEN 0 5 *:81 *:* ino:1 sk:1 <->'\n"
    )
    (tmp_path / "ss").chmod(0o755)
    rows = asked(ports, ("sh",), f"{tmp_path}:/usr/bin:/bin")
    assert [(row["protocol"], row["port"]) for row in rows] == [("tcp", 81), ("tcp6", 81)]
