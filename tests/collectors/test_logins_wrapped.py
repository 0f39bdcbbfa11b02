"""Rare heads, and heads around heads, through the whole chain; after the writers' manuals."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.collectors.test_logins_chain import SHELLS, rows

pytestmark = pytest.mark.parametrize("shell", SHELLS)
AT = datetime(2026, 11, 3, 10, tzinfo=UTC)
SAID = "Failed password for {} from 203.0.113.9 port 4000 ssh2"

# Each stands for 10:00:00 UTC on the 3rd of November 2026; "@" for what was said.
HEADS = [
    "03 Nov 2026 10:00:00 web01 sshd[7]: @",
    "03-Nov-2026 10:00:00.123 web01 sshd[7]: @",
    "03/Nov/2026:11:00:00 +0100 web01 sshd[7]: @",
    "[03/Nov/2026:10:00:00 +0000] web01 sshd[7]: @",
    "3 Nov 10:00:00 web01 sshd[7]: @",
    "Tue, 3 Nov 2026 11:00:00 +0100 web01 sshd[7]: @",
    "Tue 3 Nov 10:00:00 UTC 2026 web01 sshd[7]: @",
    "2026-Nov-03 10:00:00 web01 sshd[7]: @",
    "2026 Nov  3 10:00:00 web01 sshd[7]: @",
    "Nov-03-2026 10:00:00 web01 sshd[7]: @",
    "Nov 3, 2026 10:00:00 AM web01 sshd[7]: @",
    "Nov  3 11:00:00 CET web01 sshd[7]: @",
    "*Nov  3 10:00:00.123: web01 sshd[7]: @",
    "[Tue Nov  3 10:00:00 2026] web01 sshd[7]: @",
    "(2026-11-03 10:00:00) web01 sshd[7]: @",
    "2026.11.03 10:00:00 web01 sshd[7]: @",
    "2026-11-03_10:00:00.12345 web01 sshd[7]: @",
    "20261103 10:00:00 web01 sshd[7]: @",
    "20261103T100000Z web01 sshd[7]: @",
    "1793700000123 web01 sshd[7]: @",
    "[1793700000] web01 sshd[7]: @",
    "@400000006ae9b0aa00000000 web01 sshd[7]: @",
    "<86>123: web01: Nov  3 10:00:00.123: sshd[7]: @",
    "183 <86>1 2026-11-03T10:00:00Z web01 sshd 7 - - @",
    "<86>1 2026-11-03T10:00:00Z web01 sshd 7 - - sshd[7]: @",
    "Nov  3 10:00:00 relay Nov  3 10:00:00 web01 sshd[7]: @",
    "Nov  3 10:00:00 relay 1 2026-11-03T10:00:00Z web01 sshd 7 - - @",
    "2026-11-03T10:00:00Z 192.0.2.1 <86>Nov  3 05:00:00 web01 sshd[7]: @",
    "2026-11-03\t10:00:00\tAuth.Info\t192.0.2.1\tNov  3 10:00:00 web01 sshd[7]: @",
    "Nov  3 10:00:00 10.0.0.1 web01 sshd[7]: @",
    "Nov  3 10:00:00 web01.example.org/10.0.0.1 sshd[7]: @",
    "Nov  3 10:00:00 web01 sshd (7): @",
    "Nov  3 10:00:00 web01 sshd(7): @",
    "Nov  3 10:00:00 web01 sshd 7 - - @",
    "Nov  3 10:00:00 web01 [auth.info] sshd[7]: @",
    "Nov\t3\t10:00:00\tweb01\tsshd[7]:\t@",
    "2026-11-03T10:00:00.123456789Z stdout F sshd[7]: @",
    "2026-11-03T10:00:00.123456789Z stderr F @",
    "2026-11-03T10:00:00.123456789Z @",
    "sshd-1  | 2026-11-03T10:00:00Z sshd[7]: @",
    "/var/log/auth.log.1:12:Nov  3 10:00:00 web01 sshd[7]: @",
    "5692 2026-11-03 10:00:00.123 @",
    "2026-11-03 11:00:00.123456+0100  0x1a2b     Default     0x0                  7    0    sshd: @",
    "2026-11-03 10:00:00.123456+0000  web01 sshd[7]: (libsystem_c.dylib) @",
    "2026-11-03 10:00:00.123 Df sshd[7:1f2a] @",
    "[Time 2026.11.03 10:00:00 UTC] [Facility auth] [Sender sshd] [PID 7] [Message @] [Level 5]"
    " [Host web01]",
    "[Time 1793700000] [Sender sshd] [PID 7] [Message @] [Host web01]",
    "Tue 2026-11-03 10:00:00 UTC web01 ssh.service[7]: @",
]
RECORDS: list[dict[str, Any]] = [
    {"@timestamp": "2026-11-03T10:00:00Z", "message": "@", "host": {"name": "web01"},
     "process": {"name": "sshd", "pid": 7}},
    {"@timestamp": "2026-11-03T10:00:00Z", "message": "@", "host": {"hostname": "web01"},
     "log": {"syslog": {"appname": "sshd", "procid": "7"}}},
    {"@timestamp": "2026-11-03T10:00:09Z", "log": {"file": {"path": "/var/log/auth.log"}},
     "message": "Nov  3 10:00:00 web01 sshd[7]: @"},
    {"version": "1.1", "host": "web01", "short_message": "@", "timestamp": 1793700000.123,
     "_process": "sshd"},
    {"version": "1.1", "host": "web01", "short_message": "sshd[7]: @", "timestamp": 1793700000},
    {"log": "@\r\n", "stream": "stderr", "time": "2026-11-03T10:00:00.123456789Z"},
    {"date": 1793700000.0, "host": "web01", "ident": "sshd", "pid": "7", "message": "@"},
    {"PROGRAM": "sshd", "PID": "7", "MESSAGE": "@", "HOST": "web01", "DATE": "Nov  3 10:00:00"},
    {"timestamp": "2026-11-03 10:00:00.1+0000", "processImagePath": "/usr/sbin/sshd",
     "processID": 7, "eventMessage": "@"},
    {"timestamp": "2026-11-03T10:00:00.000+0000", "predecoder": {"program_name": "sshd"},
     "full_log": "Nov  3 10:00:00 web01 sshd[7]: @"},
    {"result": {"_raw": "Nov  3 10:00:00 web01 sshd[7]: @", "host": "web01"}},
]  # fmt: skip


def test_rare_heads(shell: tuple[str, ...], tmp_path: Path) -> None:
    heads = [*HEADS, *(json.dumps(record) for record in RECORDS)]
    heads += ["data: " + heads[-1], "\x1e" + heads[-1]]
    begun, said = "@4", SAID
    lines = [
        head[0] + head[1:].replace("@", said.format(f"bob{number}"), 1)
        if head.startswith(begun)
        else head.replace('"@timestamp', '"\0').replace("@", said.format(f"bob{number}"), 1)
        for number, head in enumerate(heads)
    ]
    lines = [line.replace("\0", "@timestamp") + "\n" for line in lines]
    found = {row["user"]: row["at"].replace(microsecond=0) for row in rows(shell, tmp_path, *lines)}
    assert found == {f"bob{number}": AT for number in range(len(heads))}


def test_su_behind_a_relay(shell: tuple[str, ...], tmp_path: Path) -> None:
    """Nothing but the program's name tells the filter what the line is about."""
    said = "1 2026-11-03T10:00:00Z web01 su 7 - - FAILED SU (to root) kim on pts/0\n"
    found = rows(shell, tmp_path, said, f"<86>{said}", f"2026-11-03T10:00:00Z 10.0.0.1 <86>{said}")
    assert [(row["result"], row["user"]) for row in found] == [("failed", "kim")] * 3


def test_xrdps_own_log(shell: tuple[str, ...], tmp_path: Path) -> None:
    text = "[20261103-10:00:00] [INFO ] AUTHFAIL: user=kim ip=::ffff:203.0.113.9 time=1793700000\n"
    (row,) = rows(shell, tmp_path, text)
    assert (row["at"], row["service"], row["user"]) == (AT, "xrdp-sesman", "kim")


def test_nobody_comes_in_by_what_a_program_says(shell: tuple[str, ...], tmp_path: Path) -> None:
    said = SAID.format("root").replace("Failed", "Accepted")
    lines = [
        f"Nov  3 10:00:00 web01 app: sshd[7]: {said}",
        f"Nov  3 10:00:00 web01 app: Nov  3 10:00:00 web01 sshd[7]: {said}",
        f"Nov  3 10:00:00 web01 app[3]: {said}",
        f"Nov  3 10:00:00 web01 my app: sshd[7]: {said}",
        f"Nov  3 10:00:00 web01 my own app says sshd[7]: {said}",
        f"Nov  3 10:00:00 web01 docker[3]: sshd[7]: {said}",
        f"Nov  3 10:00:00 web01 {said}",
        f"[Time 1793700000] [Sender app] [Message x\\] [Sender sshd\\]] [Note {said}]",
        f"2026-11-03 10:00:00.1+0000  0x1 Default 0x0 7 0 app: (libx) sshd[7]: {said}",
        f"5692 2026-11-03 10:00:00.123 app {said}",
        f"2026-11-03T10:00:00Z stdout F app {said}",
        json.dumps({"@timestamp": "2026-11-03T10:00:00Z", "message": f"app: sshd[7]: {said}"}),
        json.dumps({"log": f"app sshd[7]: {said}", "stream": "x", "time": "2026-11-03T10:00:00Z"}),
    ]
    assert rows(shell, tmp_path, "\n".join(lines) + "\n") == []


@pytest.mark.parametrize(
    ("dates", "month"),
    [
        (["10/24/2026", "11/03/2026"], True),
        (["24/10/2026", "03/11/2026"], True),
        (["24.10.2026", "03.11.2026"], True),
        (["10-24-26", "11-03-26"], True),
        (["10/10/2026", "11/03/2026", "02/12/2026"], True),  # no 2nd of December was yet
        (["02/11/2026", "03/11/2026"], False),
    ],
)
def test_a_date_in_figures_is_not_guessed(
    shell: tuple[str, ...], tmp_path: Path, dates: list[str], month: bool
) -> None:
    log = "".join(f"{date} 10:00:00 web01 sshd[7]: {SAID.format('bob')}\n" for date in dates)
    found = {row["at"] for row in rows(shell, tmp_path, log)}
    assert found == ({AT} if month else set())
