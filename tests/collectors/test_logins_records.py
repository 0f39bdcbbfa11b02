"""Records of many lines, and systems that log into memory alone, through the whole chain.

The journal's forms after what journalctl of systemd 252 prints from one journal file made for
it, sudo's after what sudo 1.9.13 writes with `logfile=` and `log_format=json`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from collectors import logins
from collectors.base import Ask
from collectors.logins.shell import END
from tests.collectors.test_logins_chain import FROM, SHELLS, TO, rows

pytestmark = pytest.mark.parametrize("shell", SHELLS)

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


RING = """#!/bin/sh
cat <<'END'
Mon Nov  2 10:00:00 2026 daemon.info procd: - init -
Tue Nov  3 10:00:00 2026 authpriv.info dropbear[7]: Child connection from 203.0.113.9:4000
Tue Nov  3 10:00:01 2026 authpriv.warn dropbear[7]: Bad password attempt for 'kim' from 203.0.113.9:4000
END
"""


def test_a_system_that_logs_into_memory_alone(shell: tuple[str, ...], tmp_path: Path) -> None:
    """OpenWrt's logread stands in: there is neither a file nor a journal.

    BusyBox's own shell would take its own logread.
    """
    applets = tmp_path / "bin"
    applets.mkdir()
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("busybox is not there")
    for name in ("awk", "cat", "date", "head", "readlink", "sed", "stat", "tail", "tr"):
        (applets / name).symlink_to(busybox)
    (applets / "logread").write_text(RING)
    (applets / "logread").chmod(0o755)
    ask = Ask(FROM, TO, {"paths": [f"{tmp_path}/auth-*"]})
    script = logins.script(ask).replace("printf '@done\\n'", END + "printf '@done\\n'")
    done = subprocess.run(
        ["/bin/sh", "-c", script], capture_output=True, check=True,
        env={"PATH": str(applets), "LC_ALL": "C", "TZ": "Etc/UTC"}, cwd="/",
    )  # fmt: skip
    parsed = logins.parse(done.stdout.decode(), ask)
    (row,) = parsed.rows
    assert (row["result"], row["user"], row["source_ip"]) == ("failed", "kim", "203.0.113.9")
    assert parsed.cause == ""
