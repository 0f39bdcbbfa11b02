"""What sudo, su and doas of many makes write, through the whole chain.

Texts after the logs that other projects test themselves with, with names and addresses of our
own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collectors.test_logins_chain import SHELLS, Said, check

SAID: Said = {
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
su: 'su root' failed for kim
su: BAD SU kim to root on UNKNOWN TTY
su[2]: succeeded: ttyq4 changing from kim to root
su: unable to fork
""",
        [
            ("failed", "su", "kim→root", None, None, 1),
            ("failed", "su", "kim→root", None, None, 1),
            ("accepted", "su", "kim→root", None, None, 1),
            ("failed", "su", "kim→root", None, None, 1),
            ("failed", "su", "kim→root", None, None, 1),
            ("accepted", "su", "kim→root", None, None, 1),
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
    "sudo that logs how its command ended": (
        """
sudo[1]: kim : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls
sudo[1]: kim : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls ; SIGNAL=TERM ; EXIT=143
sudo[2]: kim : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls ; EXIT=2
""",
        [("accepted", "sudo", "kim→root", None, None, 1)] * 2,
    ),
    "doas of OpenBSD 5.8": (
        "doas: failed password for kim",
        [("failed", "doas", "kim", None, None, 1)],
    ),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_what_it_comes_to(shell: tuple[str, ...], tmp_path: Path) -> None:
    check(SAID, shell, tmp_path)
