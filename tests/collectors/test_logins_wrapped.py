"""Rare heads, heads around heads, and records of many lines, through the whole chain.

The journal's forms after what journalctl of systemd 252 prints from one journal file made for
it, sudo's after what sudo 1.9.13 writes with `logfile=`; the rest after the programs' manuals.
"""

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


EXPORT = """__CURSOR=s=b47d;i=1;b=0123;m=1;t=1;x=1
__REALTIME_TIMESTAMP=1793700000000000
_BOOT_ID=0123
_HOSTNAME=web01
SYSLOG_IDENTIFIER=sshd
_PID=7
MESSAGE=Accepted password for kim from 203.0.113.9 port 4000 ssh2

__CURSOR=s=b47d;i=2;b=0123;m=2;t=2;x=2
__REALTIME_TIMESTAMP=1793700001000000
_HOSTNAME=web01
MESSAGE
{size}Invalid user b\udcffb from 203.0.113.9 port 4001
SYSLOG_IDENTIFIER=sshd
_PID=8

__CURSOR=s=b47d;i=3;b=0123;m=3;t=3;x=3
__REALTIME_TIMESTAMP=1793700002000000
_HOSTNAME=web01
_COMM=login
_PID=9
MESSAGE=FAILED LOGIN 1 FROM tty1 FOR bob, Authentication failure

""".replace("{size}", "\x2b" + "\0" * 7)
VERBOSE = """Tue 2026-11-03 11:00:00.000000 CET [s=b47d;i=1;b=0123;m=1;t=1;x=1]
    _HOSTNAME=web01
    SYSLOG_IDENTIFIER=sshd
    _PID=7
    MESSAGE=Accepted password for kim from 203.0.113.9 port 4000 ssh2
Tue 2026-11-03 11:00:01.000000 CET [s=b47d;i=2;b=0123;m=2;t=2;x=2]
    _HOSTNAME=web01
    SYSLOG_IDENTIFIER=sshd
    _PID=8
    MESSAGE=Invalid user b\udcffb from 203.0.113.9 port 4001
Tue 2026-11-03 11:00:02.000000 CET [s=b47d;i=3;b=0123;m=3;t=3;x=3]
    _HOSTNAME=web01
    SYSLOG_IDENTIFIER=login
    SYSLOG_PID=9
    _PID=9
    MESSAGE=FAILED LOGIN 1 FROM tty1 FOR bob, Authentication failure
"""
PRETTY = """{
\t"__REALTIME_TIMESTAMP" : "1793700000000000",
\t"SYSLOG_IDENTIFIER" : "sshd",
\t"MESSAGE" : "Accepted password for kim from 203.0.113.9 port 4000 ssh2",
\t"_PID" : "7"
}
{
\t"__REALTIME_TIMESTAMP" : "1793700001000000",
\t"SYSLOG_IDENTIFIER" : "sshd",
\t"MESSAGE" : [ 73, 110, 118, 97, 108, 105, 100, 32, 117, 115, 101, 114, 32, 98, 255, 98, 32,
\t\t102, 114, 111, 109, 32, 50, 48, 51, 46, 48, 46, 49, 49, 51, 46, 57 ],
\t"_PID" : "8"
}
{
\t"__REALTIME_TIMESTAMP" : "1793700002000000",
\t"SYSLOG_IDENTIFIER" : "login",
\t"MESSAGE" : "FAILED LOGIN 1 FROM tty1 FOR bob, Authentication failure",
\t"_PID" : "9"
}
"""


@pytest.mark.parametrize("text", [EXPORT, VERBOSE, PRETTY], ids=["export", "verbose", "pretty"])
@pytest.mark.parametrize("first", ["", "-- Journal begins at Mon 2026-11-02 10:00:00 UTC. --\n"])
def test_the_journal_in_forms_of_many_lines(
    shell: tuple[str, ...], tmp_path: Path, text: str, first: str
) -> None:
    found = [
        (row["at"].second, row["result"], row["service"], row["user"], row["source_ip"])
        for row in rows(shell, tmp_path, first + text)
    ]
    assert found == [
        (0, "accepted", "sshd", "kim", "203.0.113.9"),
        (1, "failed", "sshd", "b\\xffb", "203.0.113.9"),
        (2, "failed", "login", "bob", None),
    ]


SUDO = """Nov  3 10:00:00 : kim : TTY=pts/0 ; PWD=/home/kim ; USER=root ;
    COMMAND=/bin/ls /srv
Nov  3 10:00:01 : lee : command not allowed ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh -c
    'x : y ; USER=bob ; COMMAND=Nov  3 10:00:02 : bob : USER=root ; COMMAND=sh
    -x'
"""
EVENTS = """{
    "accept": {
        "server_time": {
            "seconds": 1793700000,
            "nanoseconds": 500000000,
            "iso8601": "20261103100000Z"
        },
        "submituser": "kim",
        "command": "/bin/ls",
        "runuser": "root",
        "runargv": [
            "ls",
            "}"
        ]
    },
    "exit": {
        "server_time": {
            "seconds": 1793700000
        },
        "exit_value": 0
    },
    "reject": {
        "reason": "command not allowed",
        "server_time": {
            "seconds": 1793700001
        },
        "submituser": "lee",
        "command": "/bin/sh ; USER=bob ; COMMAND=x",
        "runuser": "root"
    }
}
"""
COMPACT = "".join(
    f"{head}{json.dumps({'sudo': {kind: {'server_time': {'seconds': at}, **said}}})}\n"
    for head, kind, at, said in (
        ("Nov  3 10:00:00 web01 sudo[7]: @cee:", "accept", 1793700000,
         {"submituser": "kim", "command": "/bin/ls", "runuser": "root"}),
        ("", "reject", 1793700001,
         {"submituser": "lee", "command": "/x", "runuser": "root", "reason": "user NOT in sudoers"}),
        ("Nov  3 10:00:02 web01 sudo[7]: @cee:", "exit", 1793700002, {"exit_value": 0}),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    "text", [SUDO, SUDO.replace(" : ", " 2026 : ", 1), EVENTS, COMPACT],
    ids=["wrapped", "year", "json", "compact"],
)  # fmt: skip
def test_sudo_s_own_log(shell: tuple[str, ...], tmp_path: Path, text: str) -> None:
    found = [
        (row["at"].second, row["result"], row["service"], row["user"], row["target_user"])
        for row in rows(shell, tmp_path, text)
    ]
    assert found == [(0, "accepted", "sudo", "kim", "root"), (1, "failed", "sudo", "lee", "root")]
