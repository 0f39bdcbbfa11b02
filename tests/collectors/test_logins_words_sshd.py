"""What sshd of many makes and its PAM write, through the whole chain.

Texts after the logs that other projects test themselves with, with names and addresses of our
own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collectors.test_logins_chain import SHELLS, Said, check, come_to, rows

SAID: Said = {
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
    "PAM without any module's name": (
        "sshd[1]: authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9",
        [("failed", "sshd", None, "203.0.113.9", None, 1)],
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
}


pytestmark = pytest.mark.parametrize("shell", SHELLS)


def test_what_it_comes_to(shell: tuple[str, ...], tmp_path: Path) -> None:
    check(SAID, shell, tmp_path)


def test_hosts_in_one_log_are_told_apart(shell: tuple[str, ...], tmp_path: Path) -> None:
    """The same at the same time on two hosts, as a central log has it."""
    log = """
Nov  3 10:00:00 web1 sshd[1]: Accepted password for kim from 203.0.113.9 port 4001 ssh2
Nov  3 10:00:01 web2 sshd[2]: pam_unix(sshd:session): session opened for user kim by (uid=0)
Nov  3 10:00:01 web1 sshd[1]: pam_unix(sshd:session): session opened for user kim by (uid=0)
Nov  3 10:00:02 web1 sshd[3]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=lee
Nov  3 10:00:03 web2 sshd[4]: error: PAM: Authentication failure for lee from 203.0.113.9
"""
    found = sorted((come_to(row) for row in rows(shell, tmp_path, log)), key=str)
    assert [row[:3] for row in found] == [
        *[("accepted", "sshd", "kim")] * 2,
        *[("failed", "sshd", "lee")] * 2,
    ]
