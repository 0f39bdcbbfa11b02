"""What old and other systems write of a login, through the whole chain.

Texts after the programs' sources (krb5-appl, netkit, Linux-PAM 0.7x, Solaris' audit_syslog) and
after what OSSEC's, logwatch's and Sagan's rules look for, with names of our own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collectors.test_logins_chain import SHELLS, Said, check, come_to, rows

pytestmark = pytest.mark.parametrize("shell", SHELLS)
IP = "203.0.113.9"

SAID: Said = {
    "the first Linux-PAM speaks in its own name": (
        """
PAM_pwdb[3]: (login) session opened for user root by LOGIN(uid=0)
login[3]: ROOT LOGIN ON tty1
PAM_pwdb[4]: authentication failure; (uid=0) -> kim for login service
login[4]: FAILED LOGIN 1 FROM (null) FOR kim, Authentication failure
PAM_unix[5]: (su) session opened for user root by kim(uid=500)
PAM_unix[5]: (su) session closed for user root
PAM_pwdb[6]: authentication failure; kim(uid=500) -> root for su service
PAM_unix[7]: (cron) session opened for user root by (uid=0)
PAM_pwdb[8]: 2 more authentication failures; (uid=0) -> x for y (uid=0) -> lee for login service
""",
        [
            ("accepted", "login", "root", None, None, 1),
            ("failed", "login", "kim", None, None, 1),
            ("accepted", "su", "kim→root", None, None, 1),
            ("failed", "su", "kim→root", None, None, 1),
            ("failed", "login", "x for y (uid=0) -> lee", None, None, 2),
        ],
    ),
    "telnet: login's service has another name": (
        """
login: pam_unix(remote:session): session opened for user kim by (uid=0)
login: LOGIN ON pts/1 BY kim FROM far.example
login[4]: pam_unix(remote:auth): authentication failure; logname= uid=0 euid=0 tty=pts/1 ruser= rhost=far.example  user=kim
login[4]: FAILED LOGIN 1 FROM far.example FOR kim, Authentication failure
""",
        [
            ("accepted", "login", "kim", "far.example", None, 1),
            ("failed", "login", "kim", "far.example", None, 1),
        ],
    ),
    "rsh, rlogin and Kerberos": (
        """
klogind[3]: Authentication failed from far.example (203.0.113.9): Permission denied in replay cache code
klogind[3]: Kerberos authentication failed
kshd[4]: Principal kim@EXAMPLE.ORG (kim@203.0.113.9 (far.example)) for local user root failed krb5_kuserok.
in.rshd[5]: kim@far.example as kim: cmd='ls -l'
rshd[6]: kim@far.example as root: permission denied (Invalid user). cmd='x'
rshd[7]: kim@far.example as nosuch: unknown login. cmd='x'
rshd[8]: x@192.0.2.1 as root: cmd='x@203.0.113.9 as root: permission denied. cmd='x'
rlogind[9]: Connection from 203.0.113.9 on illegal port
""",
        [
            ("failed", "klogind", None, IP, None, 1),
            ("failed", "kshd", "root", IP, None, 1),
            ("accepted", "rsh", "kim", "far.example", None, 1),
            ("failed", "rsh", "root", "far.example", None, 1),
            ("failed", "rsh", "nosuch", "far.example", None, 1),
        ],
    ),
    "Solaris' audit, macOS' ftpd, VMware": (
        """
audit: [ID 984917 audit.notice] login - telnet failed session 27 by kim as kim:staff from 203.0.113.9
audit[3]: [ID 120101 audit.notice] login - ssh failed session 18 by -1 as -1:-1 from far.example
audit[3]: [ID 216919 audit.notice] login - local ok session 6 by root as root:root from far.example text x
audit[3]: [ID 816908 audit.notice] ftp access failed session 8 by kim as kim:staff from 203.0.113.9 text excluded user
ftpd[4]: Failed authentication from: [U2Fs=] @ 203.0.113.9 [203.0.113.9]
vmware-hostd[5]: Accepted password for user kim from 203.0.113.9
Hostd: warning hostd[6] [Originator@6876 sub=Default opID=x] Rejected password for user lee from 203.0.113.9
""",
        [
            ("failed", "login", "kim", IP, None, 1),
            ("failed", "login", None, "far.example", None, 1),
            ("accepted", "login", "root", "far.example", None, 1),
            ("failed", "ftp", "kim", IP, None, 1),
            ("failed", "ftpd", None, IP, None, 1),
            ("accepted", "vmware-hostd", "kim", IP, None, 1),
            ("failed", "vmware-hostd", "lee", IP, None, 1),
        ],
    ),
    "AIX says twice what sshd says, or alone": (
        """
sshd[3]: Failed password for kim from 203.0.113.9 port 4000 ssh2
syslog: ssh: failed login attempt for kim from far.example
""",
        [("failed", "sshd", "kim", IP, 4000, 1)],
    ),
    "AIX alone": (
        """
syslog: ssh: failed login attempt for UNKNOWN_USER from far.example
syslog: ssh: failed login attempt for kim from x from far.example
sshd[23]: [ID 702911 auth.notice] User kim, coming from 203.0.113.9,  -  authenticated.
""",
        [
            ("failed", "sshd", None, "far.example", None, 1),
            ("failed", "sshd", "kim from x", "far.example", None, 1),
            ("accepted", "sshd", "kim", IP, None, 1),
        ],
    ),
    "what a directory's module says twice, or alone": (
        """
sshd[3]: pam_sss(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9 user=kim
sshd[3]: pam_sss(sshd:auth): received for user kim: 7 (Authentication failure)
sshd[4]: pam_sss(sshd:auth): received for user lee: 7 (Authentication failure)
sshd[5]: pam_sss(sshd:auth): received for user max: 10 (User not known to the underlying authentication module)
gdm-password][6]: pam_sss(gdm-password:auth): authentication failure; logname= uid=0 euid=0 tty=/dev/tty1 ruser= rhost= user=kim
gdm-password][6]: pam_sss(gdm-password:auth): received for user kim: 17 (Failure setting user credentials)
sshd[7]: pam_listfile(sshd:auth): Refused user pat for service sshd
sshd[8]: pam_abl(sshd:auth): Blocking access from 203.0.113.9 to service sshd, user a, user b
sshd[9]: pam_ldap(sshd:auth): Authentication failure; user=rob
""",
        [
            ("failed", "sshd", "kim", IP, None, 1),
            ("failed", "sshd", "lee", None, None, 1),
            ("failed", "gdm-password", "kim", None, None, 1),
            ("failed", "sshd", "pat", None, None, 1),
            ("failed", "sshd", "a, user b", IP, None, 1),
            ("failed", "sshd", "rob", None, None, 1),
        ],
    ),
    "screens and helpers": (
        """
xscreensaver[3]: FAILED LOGIN 1 ON DISPLAY ":0", FOR "kim"
kcheckpass[4]: Authentication failure for lee (invoked by uid 1000)
userhelper[5]: running '/usr/sbin/setup x' with root privileges on behalf of 'kim'
""",
        [
            ("failed", "xscreensaver", "kim", None, None, 1),
            ("failed", "kcheckpass", "lee", None, None, 1),
            ("accepted", "userhelper", "kim→root", None, None, 1),
        ],
    ),
}  # fmt: skip


def test_what_old_programs_say(shell: tuple[str, ...], tmp_path: Path) -> None:
    check(SAID, shell, tmp_path)


def test_sulog(shell: tuple[str, ...], tmp_path: Path) -> None:
    """It has no year, no seconds and no host, and the month comes first wherever it is."""
    text = "SU 11/02 23:59 + console root-adm\nSU 11/03 10:00 - pts/3 kim-root\nSU x\n"
    found = rows(shell, tmp_path, text)
    assert [(row["at"].day, row["at"].hour, *come_to(row)[:3]) for row in found] == [
        (2, 23, "accepted", "su", "root→adm"),
        (3, 10, "failed", "su", "kim→root"),
    ]
