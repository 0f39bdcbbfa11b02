"""Log lines of many makes through the whole chain: the script's filter, then `parse`.

Formats after the logs that other projects test themselves with, with names and addresses of
our own. A form that the filter on the server does not let through is lost like one that
`parse` does not understand: so every case here goes through both.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors import logins
from collectors.base import Ask

FROM, TO = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 4, 23, tzinfo=UTC).timestamp()
SHELLS = [
    pytest.param(("sh",), id="sh"),
    pytest.param(
        ("busybox", "sh"),
        id="busybox",
        marks=pytest.mark.skipif(shutil.which("busybox") is None, reason="busybox is not there"),
    ),
]
pytestmark = pytest.mark.parametrize("shell", SHELLS)


def rows(shell: tuple[str, ...], folder: Path, *texts: str | bytes) -> list[dict[str, Any]]:
    """Read each text as a log of its own, from the script that runs on a server."""
    for number, text in enumerate(texts):
        log = folder / f"auth-{number:03d}"
        log.write_bytes(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)
        os.utime(log, (WRITTEN, WRITTEN))
    ask = Ask(FROM, TO, {"paths": [f"{folder}/auth-*"]})
    done = subprocess.run(
        [*shell, "-c", logins.script(ask)],
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "Etc/UTC"},
        cwd="/",
    )
    assert done.stderr == b""
    return logins.parse(done.stdout.decode("utf-8", "surrogateescape"), ask).rows


# Each stands for 10:00:00 UTC on the 3rd of November 2026.
HEADS = [
    "Nov  3 10:00:00 <4.6> web01 sshd[7]:",
    "Nov  3 10:00:00 <auth.info> web01 sshd[7]:",
    "Tue Nov  3 10:00:00 2026 daemon.info web01 sshd[7]:",
    "1793700000 [sshd]",
    "1793700000.000 web01 sshd[7]:",
    "2026/11/03 10:00:00 [sshd]",
    "[2026-11-03 10:00:00] web01 sshd[7]:",
    "Tue 2026-11-03 11:00:00 CET web01 sshd[7]:",
    "Tue 2026-11-03 10:00:00 UTC web01 sshd[7]:",
    "Tue 2026-11-03 10:00:00 XYZT web01 sshd[7]:",
    "2026-11-03 05:00:00 EST web01 sshd[7]:",
    "2026-11-03 11:00:00,250000 CET web01 sshd[7]:",
    "nov. 03 10:00:00 web01 sshd[7]:",
    "Nov  3 10:00:00 web01 sshd[7]",
    "2026-11-03T10:00:00Z In(38) sshd[7]:",
    "2026-11-03T10:00:00.000Z INFO sshd[7]:",
    "2026-11-03T10:00:00.000+00:00 web01 AUTH:INFO sshd[7]:",
    "2026-11-03 10:00:00 ERROR web01 sshd[7]:",
    "Nov  3 10:00:00 web01 auth|security:info sshd[7]:",
    "Nov  3 10:00:00 log01 Message forwarded from web01: sshd[7]:",
]


def test_heads(shell: tuple[str, ...], tmp_path: Path) -> None:
    lines = [
        f"{head} Failed password for bob{number} from 203.0.113.9 port {4000 + number} ssh2\n"
        for number, head in enumerate(HEADS)
    ]
    found = {row["user"]: row["at"].replace(microsecond=0) for row in rows(shell, tmp_path, *lines)}
    at = datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert found == {f"bob{number}": at for number in range(len(HEADS))}


MONTHS = {
    1: ("Jän", "Jan", "ene", "gen", "janv."),
    2: ("févr.", "Fev", "febr"),
    3: ("Mär", "Mrz", "mrt", "mars", "März"),
    4: ("abr", "avr.", "Apr"),
    5: ("Mai", "mag", "maj", "Mei"),
    6: ("juin", "giu", "Juni"),
    7: ("juil.", "lug", "Juli"),
    8: ("août", "ago", "Aug"),
    9: ("set", "sept.", "Sep"),
    10: ("Okt", "ott", "out"),
    11: ("nov", "Nov"),
    12: ("Dez", "Déc", "dic", "des."),
}


@pytest.mark.parametrize(("number", "names"), MONTHS.items(), ids=str)
def test_a_month_by_its_name(shell: tuple[str, ...], number: int, names: tuple[str, ...]) -> None:
    at = datetime(2026, number, 3, 10, tzinfo=UTC)
    said = "  3 10:00:00 web01 sshd[7]: Failed password for bob from 203.0.113.9 port 4000 ssh2"
    ask = Ask(at.replace(hour=0), at.replace(hour=23))
    wanted = logins.script(ask).partition("D='")[2].partition("'")[0]
    for name in names:
        for octets in (f"{name}{said}".encode(), f"{name}{said}".encode("latin-1")):
            passed = subprocess.run(
                [*shell, "-c", 'grep -aE "$1"', "sh", wanted],
                input=octets,
                capture_output=True,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            )
            assert passed.stdout.strip() == octets
            line = octets.decode("utf-8", "surrogateescape")
            printed = (
                f"@logins 1\n@now {at.timestamp() + 60}\n@zone UTC\n@offset +0000\n"
                f"@file 1 {at.timestamp() + 60} /var/log/auth.log\n|{line}\n@end 0 1\n@done\n"
            )
            assert [row["at"] for row in logins.parse(printed, ask).rows] == [at], line


def test_a_month_that_is_not_certain_is_none(shell: tuple[str, ...], tmp_path: Path) -> None:
    said = "10:00:00 web01 sshd[7]: Failed password for bob from 203.0.113.9 port 4000 ssh2\n"
    assert not rows(shell, tmp_path, *(f"{name}  3 {said}" for name in ("lis", "srp", "xyz")))


# Each: what programs wrote, and what it comes to: result, service, user (→ target), source,
# port, count.
Row = tuple[str, str, str | None, str | None, int | None, int]
SAID: dict[str, tuple[str, list[Row]]] = {
    "sudo without a terminal, as Ubuntu 24.04 pads it, its session told first": (
        """
sudo: pam_unix(sudo:session): session opened for user root(uid=0) by kim(uid=1000)
sudo: kim :  PWD=/home/kim ; USER=root ; COMMAND=/usr/bin/id
sudo: pam_unix(sudo:session): session closed for user root
sudo: kim :  PWD=/home/kim ; USER=root ; COMMAND=/usr/bin/true
""",
        [("accepted", "sudo", "kim→root", None, None, 1)] * 2,
    ),
    "sudo of older systems, whose session names nobody who asked": (
        """
sudo: kim : TTY=unknown ; PWD=/home/kim ; USER=root ; COMMAND=/usr/bin/true
sudo: pam_unix(sudo:session): session opened for user root by (uid=0)
sudo: root : TTY=unknown ; PWD=/home/kim ; USER=kim ; ENV=A=/b ; COMMAND=/usr/bin/id
sudo: pam_unix(sudo:session): session opened for user kim by (uid=0)
sudo: pam_unix(sudo:session): session closed for user kim
""",
        [
            ("accepted", "sudo", "kim→root", None, None, 1),
            ("accepted", "sudo", "root→kim", None, None, 1),
        ],
    ),
    "sudo-rs goes by the name of sudo": (
        "sudo-rs: kim :  PWD=/ ; USER=root ; COMMAND=/usr/bin/echo a [...]\nsudo-rs: [...]  b",
        [("accepted", "sudo", "kim→root", None, None, 1)],
    ),
    "sudo warns and goes on: one row, by the line of the command": (
        """
sudo: kim : unable to resolve host web01 ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls
sudo: kim : problem with defaults entries ; TTY=pts/0 ; PWD=/ ; USER=root ;
sudo: kim : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls
""",
        [("accepted", "sudo", "kim→root", None, None, 1)],
    ),
    "sudo refuses": (
        """
sudo[1]: kim : a password is required ; PWD=/ ; USER=root ; COMMAND=/bin/ls
sudo[2]: kim : authentication failure : unable to read ; TTY=pts/0 ; PWD=/ ; USER=db ; COMMAND=x
sudo[3]: kim : user NOT authorized on host ; TTY=pts/0 ; PWD=/ ; USER=root ; TSID=00 ; COMMAND=list
""",
        [
            ("failed", "sudo", "kim→root", None, None, 1),
            ("failed", "sudo", "kim→db", None, None, 1),
            ("failed", "sudo", "kim→root", None, None, 1),
        ],
    ),
    "sudo: a folder and a command that name other users": (
        "sudo[1]: kim : TTY=pts/0 ; PWD=/a ; USER=b ; USER=root ; COMMAND=/x ; USER=c ; COMMAND=y",
        [("accepted", "sudo", "kim→root", None, None, 1)],
    ),
    "sudo asked for another's password": (
        "sudo[1]: pam_unix(sudo:auth): authentication failure; logname=kim uid=1 euid=0"
        " tty=/dev/pts/1 ruser=kim rhost=  user=root",
        [("failed", "sudo", "kim→root", None, None, 1)],
    ),
    "su of many systems": (
        """
su: BAD SU from kim to root at /dev/pts/1
su: from kim to root at /dev/pts/1
su: BAD SU kim to root
su: BAD SU kim to root on UNKNOWN TTY
su[2]: succeeded: ttyq4 changing from kim to root
su: unable to fork
""",
        [
            ("failed", "su", "kim→root", None, None, 1),
            ("accepted", "su", "kim→root", None, None, 1),
            ("failed", "su", "kim→root", None, None, 1),
            ("failed", "su", "kim→root", None, None, 1),
            ("accepted", "su", "kim→root", None, None, 1),
        ],
    ),
    "sshd without its number: each look-up of a user is a connection": (
        """
sshd: Invalid user kim from 203.0.113.9
sshd: Invalid user lee from 203.0.113.9
sshd: Invalid user lee from 203.0.113.9
sshd: User root from 203.0.113.9 not allowed because not listed in AllowUsers
sshd: User root from 203.0.113.9 not allowed because not listed in AllowUsers
""",
        [
            ("failed", "sshd", "kim", "203.0.113.9", None, 1),
            *[("failed", "sshd", "lee", "203.0.113.9", None, 1)] * 2,
            *[("failed", "sshd", "root", "203.0.113.9", None, 1)] * 2,
        ],
    ),
    "sshd: a process's number that comes again for another user": (
        """
sshd[7]: Invalid user kim from 203.0.113.9
sshd[7]: Invalid user kim from 203.0.113.9
sshd[7]: input_userauth_request: invalid user kim
sshd[7]: Invalid user lee from 203.0.113.9
""",
        [
            ("failed", "sshd", "kim", "203.0.113.9", None, 1),
            ("failed", "sshd", "lee", "203.0.113.9", None, 1),
        ],
    ),
    "sshd of other makes": (
        """
sshd2[7]: connection from "203.0.113.9"
sshd2[7]: User kim, coming from 203.0.113.9, authenticated.
sshd[6]: log: Connection from 203.0.113.9 port 1022
sshd[6]: log: Password authentication for lee accepted.
sshd[8]: Failed password for kim from 203.0.113.9 port 40134 SSH2
sshd[11]: Invalid user lee from 203.0.113.9 port 40135 ssh2
sshd[9]: SSH: Server;Ltype: Authname;Remote: 203.0.113.9-1780;Name: kim [preauth]
sshd[9]: fatal: Read from socket failed: Connection reset by peer [preauth]
sshd[10]: SSH: Server;Ltype: Authname;Remote: 203.0.113.9-1781;Name: kim [preauth]
sshd[10]: Accepted publickey for kim from 203.0.113.9 port 1781 ssh2
""",
        [
            ("accepted", "sshd", "kim", "203.0.113.9", None, 1),
            ("accepted", "sshd", "lee", "203.0.113.9", 1022, 1),
            ("failed", "sshd", "kim", "203.0.113.9", 40134, 1),
            ("failed", "sshd", "lee", "203.0.113.9", 40135, 1),
            ("aborted", "sshd", "kim", "203.0.113.9", 1780, 1),
            ("accepted", "sshd", "kim", "203.0.113.9", 1781, 1),
        ],
    ),
    "PAM: a user's name that speaks of another source": (
        """
sshd[1]: pam_sss(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9 user=kim rhost=198.51.100.1
vsftpd: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser= rhost=198.51.100.1 user=x rhost=203.0.113.9
app: pam_unix(auth): authentication failure; logname= uid=0 euid=0 tty=x ruser=kim rhost=198.51.100.1 rhost=203.0.113.9
""",
        [
            ("failed", "sshd", "kim rhost=198.51.100.1", "203.0.113.9", None, 1),
            ("failed", "vsftpd", " rhost=198.51.100.1 user=x", "203.0.113.9", None, 1),
            ("failed", "app", "kim rhost=198.51.100.1", "203.0.113.9", None, 1),
        ],
    ),
    "PAM of Red Hat's Kerberos and of SUSE; a password that is changed is no login": (
        """
sshd[1]: pam_krb5[1]: authentication fails for 'kim' (kim@EXAMPLE.COM): Authentication failure
sshd[2]: pam_krb5[2]: authentication succeeds for 'kim' (kim@EXAMPLE.COM)
sshd[2]: Accepted password for kim from 203.0.113.9 port 4000 ssh2
login[3]: pam_unix2: session started for user kim, service login
login[3]: pam_unix2: session finished for user kim, service login
passwd[4]: pam_unix(passwd:chauthtok): authentication failure; logname=kim uid=1 euid=0 tty=pts/0 ruser= rhost=  user=kim
""",
        [
            ("failed", "sshd", "kim", None, None, 1),
            ("accepted", "sshd", "kim", "203.0.113.9", 4000, 1),
            ("accepted", "login", "kim", None, None, 1),
        ],
    ),
    "proftpd, whose PAM has no number and gives a name for the address": (
        """
proftpd: pam_unix(proftpd:auth): authentication failure; logname= uid=0 euid=0 tty=/dev/ftpd1 ruser=kim rhost=far.example  user=kim
proftpd[3]: web01 (far.example[203.0.113.9]) - USER kim (Login failed): Incorrect password.
proftpd: pam_unix(proftpd:session): session opened for user kim by (uid=0)
proftpd[3]: web01 (far.example[203.0.113.9]) - USER kim: Login successful.
proftpd[4] web01 (203.0.113.9[203.0.113.9]): USER x (y[192.0.2.1]): no such user found from 203.0.113.9 [203.0.113.9] to ::ffff:198.51.100.1:21
proftpd[5]: web01 (::ffff:203.0.113.9[::ffff:203.0.113.9]) - ANON anonymous: Login successful.
proftpd[6]: web01 (::ffff:203.0.113.9[::ffff:203.0.113.9]): SECURITY VIOLATION: root login attempted.
proftpd[6]: web01 (::ffff:203.0.113.9[::ffff:203.0.113.9]) - Maximum login attempts (3) exceeded
""",
        [
            ("failed", "proftpd", "kim", "203.0.113.9", None, 1),
            ("accepted", "proftpd", "kim", "203.0.113.9", None, 1),
            ("failed", "proftpd", "x (y[192.0.2.1])", "203.0.113.9", None, 1),
            ("accepted", "proftpd", "anonymous", "203.0.113.9", None, 1),
            ("failed", "proftpd", "root", "203.0.113.9", None, 1),
        ],
    ),
    "pure-ftpd and the ftpd of wu-ftpd, netkit and BSD": (
        """
pure-ftpd: (?@203.0.113.9) [WARNING] Authentication failed for user [kim]
pure-ftpd: (?@203.0.113.9) [WARNING] Authentication failed for user [kim]
pure-ftpd: (?@203.0.113.9) [INFO] kim@example.org is now logged in
pure-ftpd: (kim@203.0.113.9) [NOTICE] /home/kim//x uploaded  (3 bytes, 0.10KB/sec)
ftpd[1]: ANONYMOUS FTP LOGIN FROM 203.0.113.9,  (anonymous)
ftpd[2]: FTP LOGIN FROM far.example [203.0.113.9], kim
ftpd[3]: FTP LOGIN FROM 203.0.113.9 as kim
in.ftpd[4]: FTP LOGIN FAILED FROM 203.0.113.9, kim
wu-ftpd[5]: failed login from far.example [203.0.113.9]
ftpd[6]: FTP LOGIN REFUSED (username in /etc/ftpusers) FROM far.example [203.0.113.9], root
""",
        [
            *[("failed", "pure-ftpd", "kim", "203.0.113.9", None, 1)] * 2,
            ("accepted", "pure-ftpd", "kim@example.org", "203.0.113.9", None, 1),
            ("accepted", "ftpd", "anonymous", "203.0.113.9", None, 1),
            *[("accepted", "ftpd", "kim", "203.0.113.9", None, 1)] * 2,
            ("failed", "ftpd", "kim", "203.0.113.9", None, 1),
            ("failed", "wu-ftpd", None, "203.0.113.9", None, 1),
            ("failed", "ftpd", "root", "203.0.113.9", None, 1),
        ],
    ),
    "webmin, xrdp, screen sharing: PAM of another process speaks of the same": (
        """
perl: pam_unix(webmin:auth): authentication failure; logname= uid=0 euid=0 tty=10000 ruser= rhost=203.0.113.9  user=root
webmin[9]: Invalid login as root from 203.0.113.9
perl: pam_unix(webmin:session): session opened for user root by (uid=0)
webmin[9]: Successful login as root from 203.0.113.9
webmin[9]: Non-existent login as kim@example.org from 203.0.113.9
xrdp-sesman[7]: [INFO ] ++ created session (access granted): username kim, ip ::ffff:203.0.113.9:60372 - socket: 12
xrdp-sesman[8]: pam_unix(xrdp-sesman:session): session opened for user kim(uid=1000) by (uid=0)
xrdp-sesman[7]: pam_unix(xrdp-sesman:auth): authentication failure; logname= uid=0 euid=0 tty=xrdp-sesman ruser= rhost=  user=lee
xrdp-sesman[7]: [INFO ] AUTHFAIL: user=lee ip=203.0.113.9 time=1793700000
screensharingd[2]: Authentication: SUCCEEDED :: User Name: kim :: Viewer Address: 203.0.113.9 :: Type: DH
screensharingd[2]: Authentication: FAILED :: User Name: x :: :: Viewer Address: 203.0.113.9 :: Type: N/A
""",
        [
            ("failed", "webmin", "root", "203.0.113.9", None, 1),
            ("accepted", "webmin", "root", "203.0.113.9", None, 1),
            ("failed", "webmin", "kim@example.org", "203.0.113.9", None, 1),
            ("accepted", "xrdp-sesman", "kim", "203.0.113.9", 60372, 1),
            ("failed", "xrdp-sesman", "lee", "203.0.113.9", None, 1),
            ("accepted", "screensharingd", "kim", "203.0.113.9", None, 1),
            ("failed", "screensharingd", "x ::", "203.0.113.9", None, 1),
        ],
    ),
    "login of old shadow and of BSD": (
        """
login[1]: FAILED LOGIN (1) on `tty2' FOR `kim', Authentication failure
login[2]: 'kim' logged in  on '/dev/tty1'
login[2]: pam_unix(login:session): session opened for user kim(uid=1000) by LOGIN(uid=0)
login[3]: LOGIN FAILURE FROM 203.0.113.9, kim
login[4]: LOGIN root REFUSED FROM 203.0.113.9 ON TTY ttyp0
""",
        [
            ("failed", "login", "kim", None, None, 1),
            ("accepted", "login", "kim", None, None, 1),
            ("failed", "login", "kim", "203.0.113.9", None, 1),
            ("failed", "login", "root", "203.0.113.9", None, 1),
        ],
    ),
    "login of FreeBSD: root in two lines, a failure without and with the name": (
        """
login: login on ttyv1 as root
login: ROOT LOGIN (root) ON ttyv1
login: 2 LOGIN FAILURES FROM 203.0.113.9
login: 2 LOGIN FAILURES FROM 203.0.113.9, kim
login: 1 LOGIN FAILURE ON ttyp2
""",
        [
            ("accepted", "login", "root", None, None, 1),
            ("failed", "login", "kim", "203.0.113.9", None, 2),
            ("failed", "login", None, None, None, 1),
        ],
    ),
    "PAM's module in the place of the program, fields left out": (
        """
pam_unix(sshd:auth): authentication failure; rhost=203.0.113.9 user=kim
pam_sss(gdm-password:auth): authentication failure; user=lee
""",
        [
            ("failed", "sshd", "kim", "203.0.113.9", None, 1),
            ("failed", "gdm-password", "lee", None, None, 1),
        ],
    ),
    "words as an example log of Splunk's writes them": (
        """
sshd[1]: failed password for kim from 203.0.113.9 port 4001 ssh2
sshd[2]: Accepted password for kim from 203.0.113.9 port 4002 ssh2
sshd[2]: pam_unix(sshd:session): session opened for user kim by (uid=0)
sshd[2]: pam_unix(sshd:session): session closed for user kim by (uid=0)
login[3]: pam_unix(login:session): session opened for user lee(uid=1001) by LOGIN(uid=0)
login[3]: pam_unix(login:session): session closed for user lee(uid=1001)
sudo: lee ; TTY=pts/0 ; PWD=/home/lee ; USER=root ; COMMAND=/bin/su
""",
        [
            ("failed", "sshd", "kim", "203.0.113.9", 4001, 1),
            ("accepted", "sshd", "kim", "203.0.113.9", 4002, 1),
            ("accepted", "login", "lee", None, None, 1),
            ("accepted", "sudo", "lee→root", None, None, 1),
        ],
    ),
    "login of shadow, whose child says what its parent opened": (
        """
login[6]: pam_unix(login:session): session opened for user root by LOGIN(uid=0)
login[8]: ROOT LOGIN  on '/dev/ttyS0'
login[7]: pam_unix(login:session): session opened for user kim(uid=1000) by LOGIN(uid=0)
login[9]: `kim' logged in on `/dev/tty2'
login[9]: ROOT LOGIN  on '/dev/tty3'
""",
        [
            ("accepted", "login", "root", None, None, 1),
            ("accepted", "login", "kim", None, None, 1),
            ("accepted", "login", "root", None, None, 1),
        ],
    ),
    "sudo without numbers, after su: the session names who once logged in": (
        """
sudo: lee : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh
sudo: pam_unix(sudo:session): session opened for user root by kim(uid=0)
sudo: lee : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls
sudo: max : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/ls
sudo: pam_unix(sudo:session): session opened for user root by max(uid=0)
sudo: pam_unix(sudo:session): session opened for user root by kim(uid=0)
sudo: pam_unix(sudo:session): session closed for user root
""",
        [
            *[("accepted", "sudo", "lee→root", None, None, 1)] * 2,
            ("accepted", "sudo", "max→root", None, None, 1),
        ],
    ),
    "sshd: lines of one connection under several numbers": (
        """
sshd[1]: Invalid user kim from 203.0.113.9 port 4001
sshd[2]: Failed password for invalid user kim from 203.0.113.9 port 4001 ssh2
sshd[3]: Failed password for invalid user kim from 203.0.113.9 port 4001 ssh2
sshd[4]: Connection closed by invalid user kim 203.0.113.9 port 4001 [preauth]
sshd[5]: Failed password for root from 203.0.113.9 port 22 ssh2
sshd[6]: Failed password for root from 203.0.113.9 port 22 ssh2
sshd[7]: Disconnected from authenticating user root 203.0.113.9 port 22 [preauth]
sshd[8]: Disconnected from authenticating user root 203.0.113.9 port 22 [preauth]
sshd[9]: Invalid user lee from 203.0.113.9 port 22
sshd[10]: Invalid user lee from 203.0.113.9 port 22
""",
        [
            *[("failed", "sshd", "kim", "203.0.113.9", 4001, 1)] * 2,
            *[("failed", "sshd", "root", "203.0.113.9", 22, 1)] * 2,
            ("aborted", "sshd", "root", "203.0.113.9", 22, 1),
            *[("failed", "sshd", "lee", "203.0.113.9", 22, 1)] * 2,
        ],
    ),
    "sudo: lines that end too soon": (
        """
sudo[1]: kim : 3 incorrect password attempts ; TTY=pts/0
sudo[2]: kim : user NOT in sudoers ; TTY=pts/0 ; PWD=/home/kim ; USER=root ; COMM
sudo[3]: kim : TTY=pts/0 ; PWD=/home/kim ; USER=db ; C
sudo[4]: kim : TTY=pts/0 ; PWD=/home/kim ; USER=ro
sudo[5]: kim : problem with defaults entries ; TTY=pts/0 ; PWD=/home/kim ; USER=root ;
sudo[6]: kim : TT
""",
        [
            ("failed", "sudo", "kim", None, None, 1),
            ("failed", "sudo", "kim→root", None, None, 1),
            ("accepted", "sudo", "kim→db", None, None, 1),
            ("accepted", "sudo", "kim", None, None, 1),
        ],
    ),
    "sudo without numbers: each wrong password of one command": (
        """
sudo: (pam_unix) authentication failure; logname= uid=0 euid=0 tty=pts/0 ruser= rhost=  user=kim
sudo: (pam_unix) authentication failure; logname= uid=0 euid=0 tty=pts/0 ruser= rhost=  user=kim
sudo: (pam_unix) authentication failure; logname= uid=0 euid=0 tty=pts/0 ruser= rhost=  user=lee
sudo: lee : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=list
""",
        [
            ("failed", "sudo", "kim", None, None, 1),
            ("failed", "sudo", "lee→root", None, None, 1),
        ],
    ),
    "PAM without any module's name": (
        "sshd[1]: authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9",
        [("failed", "sshd", None, "203.0.113.9", None, 1)],
    ),
    "sudo that logs how its command ended": (
        """
sudo[1]: kim : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls
sudo[1]: kim : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls ; SIGNAL=TERM ; EXIT=143
sudo[2]: kim : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls ; EXIT=2
""",
        [("accepted", "sudo", "kim→root", None, None, 1)] * 2,
    ),
    "LuCI of OpenWrt; vsftpd whose PAM gives a name for the address": (
        """
uhttpd[1]: [info] luci: accepted login on / for root from 203.0.113.9
uhttpd[1]: luci: failed login on /admin for kim from 192.0.2.1 from 203.0.113.9
vsftpd[2]: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=kim rhost=far.example  user=kim
vsftpd[2]: [kim] FAIL LOGIN: Client "203.0.113.9"
""",
        [
            ("accepted", "luci", "root", "203.0.113.9", None, 1),
            ("failed", "luci", "kim from 192.0.2.1", "203.0.113.9", None, 1),
            ("failed", "vsftpd", "kim", "203.0.113.9", None, 1),
        ],
    ),
    "sshd: an account that PAM's helper says is locked": (
        """
sshd[1]: Connection from 203.0.113.9 port 4001
sshd[2]: pam_tally2(sshd:auth): user root (0) tally 72, deny 5
sshd[1]: error: PAM: Authentication failure for root from 203.0.113.9
sshd[3]: pam_tally2(sshd:auth): user root (0) tally 73, deny 5
sshd[1]: error: PAM: Authentication failure for root from 203.0.113.9
sshd[5]: pam_faillock(sshd:auth): Consecutive login failures for user kim account temporarily locked
sshd[5]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9 user=kim
sshd[4]: error: PAM: Authentication failure for kim from 203.0.113.9
sshd[6]: pam_tally2(sshd:auth): user lee (0) tally 73, deny 5
""",
        [
            *[("failed", "sshd", "root", "203.0.113.9", 4001, 1)] * 2,
            ("failed", "sshd", "kim", "203.0.113.9", None, 1),
            ("failed", "sshd", "lee", None, None, 1),
        ],
    ),
    "doas of OpenBSD 5.8": (
        "doas: failed password for kim",
        [("failed", "doas", "kim", None, None, 1)],
    ),
}


def come_to(row: dict[str, Any]) -> Row:
    who = f"{row['user']}→{row['target_user']}" if row["target_user"] else row["user"]
    return (
        row["result"], row["service"], who, row["source_ip"], row["source_port"], row["count"],
    )  # fmt: skip


def test_what_programs_say(shell: tuple[str, ...], tmp_path: Path) -> None:
    texts = [
        "".join(
            f"Nov  3 {number // 60:02d}:{number % 60:02d}:00 web{number} {line}\n"
            for line in text.strip("\n").split("\n")
        )
        for number, (text, _) in enumerate(SAID.values())
    ]
    found: list[list[Row]] = [[] for _ in texts]
    for row in rows(shell, tmp_path, *texts):
        found[row["at"].hour * 60 + row["at"].minute].append(come_to(row))
    for (name, (_, expected)), got in zip(SAID.items(), found, strict=True):
        assert sorted(got, key=str) == sorted(expected, key=str), name
