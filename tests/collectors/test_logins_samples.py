"""Lines of logs that other projects test themselves with, and what each comes to.

A few lines from each, quoted with the project and its file; the reading is ours, after the
annotations that stand beside the lines there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collectors import logins
from collectors.base import Ask

EVER = Ask(datetime(2000, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


def read(text: str) -> list[tuple[Any, ...]]:
    """Result, service, user (→ target), source, port, count of each row."""
    printed = (
        "@logins 1\n@now 1795478400\n@zone Etc/UTC\n@offset +0000\n@looked x\n"
        "@file 1 1795478399 /var/log/auth.log\n"
        + "".join(f"|{line}\n" for line in text.strip("\n").split("\n"))
        + "@end 0 1\n@done\n"
    )
    rows = logins.parse(printed, EVER).rows
    return [
        (
            row["result"],
            row["service"],
            f"{row['user']}→{row['target_user']}" if row["target_user"] else row["user"],
            row["source_ip"],
            row["source_port"],
            row["count"],
        )
        for row in rows
    ]


SAMPLES = {
    # fail2ban, fail2ban/tests/files/logs/sshd
    "fail2ban: one process, three sources": (
        """
Feb 25 14:34:10 belka sshd[31602]: Failed password for invalid user ROOT from 194.117.26.69 port 50273 ssh2
Feb 25 14:34:10 belka sshd[31603]: Failed password for invalid user ROOT from aaaa:bbbb:cccc:1234::1:1 port 50273 ssh2
Feb 25 14:34:10 belka sshd[31602]: Failed password for invalid user ROOT from 194.117.26.70 port 12345
""",
        [
            ("failed", "sshd", "ROOT", "194.117.26.69", 50273, 1),
            ("failed", "sshd", "ROOT", "aaaa:bbbb:cccc:1234::1:1", 50273, 1),
            ("failed", "sshd", "ROOT", "194.117.26.70", 12345, 1),
        ],
    ),
    "fail2ban: names that inject": (
        """
Nov 11 08:04:51 redbamboo sshd[2737]: Failed password for invalid user from 10.10.1.1 from 127.0.0.1 port 58946 ssh2
Nov 11 08:04:52 redbamboo sshd[2737]: Failed password for invalid user test from 10.10.1.2 port 55555 ssh2 from 127.0.0.1 port 58946 ssh2
Jul 17 23:04:01 srv sshd[1300]: Connection closed by authenticating user test 127.0.0.1 port 12345 192.0.2.11 port 46039 [preauth]
Sep 29 17:15:02 spaceman sshd[12950]: Failed password for user from 127.0.0.1 port 20000 ssh1: ruser from 1.2.3.4
Jun 7 01:11:58 host sshd[8783]: Bad protocol version identification 'dummy string' from 192.0.2.1' from 69.61.56.115 port 31778
""",
        [
            ("failed", "sshd", "from 10.10.1.1", "127.0.0.1", 58946, 1),
            ("failed", "sshd", "test from 10.10.1.2 port 55555 ssh2", "127.0.0.1", 58946, 1),
            ("aborted", "sshd", "test 127.0.0.1 port 12345", "192.0.2.11", 46039, 1),
            ("failed", "sshd", "user", "127.0.0.1", 20000, 1),
        ],
    ),
    "fail2ban: the source comes with the end": (
        """
Apr 24 01:39:19 host sshd[3719]: User root not allowed because account is locked
Apr 24 01:39:19 host sshd[3719]: input_userauth_request: invalid user root [preauth]
Apr 24 01:39:19 host sshd[3719]: error: Received disconnect from 198.51.100.34: 11: Bye Bye [preauth]
""",
        [("failed", "sshd", "root", "198.51.100.34", None, 1)],
    ),
    "fail2ban: keys tried before the one that fits": (
        """
Nov 28 09:16:03 srv sshd[32307]: Failed publickey for git from 192.0.2.1 port 57904 ssh2: ECDSA 0e:ff:xx:xx
Nov 28 09:16:03 srv sshd[32307]: Postponed publickey for git from 192.0.2.1 port 57904 ssh2 [preauth]
Nov 28 09:16:03 srv sshd[32307]: Accepted publickey for git from 192.0.2.1 port 57904 ssh2: DSA 36:48:xx:xx
Nov 28 09:16:03 srv sshd[32307]: Connection closed by 192.0.2.1
""",
        [("accepted", "sshd", "git", "192.0.2.1", 57904, 1)],
    ),
    # fail2ban, …/logs/dropbear
    "fail2ban: dropbear": (
        """
Feb 11 15:23:17 dropbear[1252]: login attempt for nonexistent user from ::ffff:198.51.100.215:60495
Jul 27 01:04:22 fail2ban-test dropbear[1335]: Exit before auth (user 'root', 10 fails): Max auth tries reached - user 'root' from 1.2.3.4:60588
Jul 10 23:53:52 fail2ban-test dropbear[825]: [825] Jul 10 23:53:52 Bad password attempt for 'root' from 1.2.3.4:52289
""",
        [
            ("failed", "dropbear", None, "198.51.100.215", 60495, 1),
            ("failed", "dropbear", "root", "1.2.3.4", 60588, 1),
            ("failed", "dropbear", "root", "1.2.3.4", 52289, 1),
        ],
    ),
    # fail2ban, …/logs/vsftpd and …/logs/pam-generic
    "fail2ban: vsftpd and PAM of any service": (
        """
Fri Jan 19 12:20:33 2007 [pid 27202] [anonymous] FAIL LOGIN: Client "64.106.46.98"
Thu Sep  8 00:39:49 2016 [pid 15019] [guest] FAIL LOGIN: Client "::ffff:192.0.2.1", "User is not in the allow user list."
Feb  7 15:10:42 example pure-ftpd: (pam_unix) authentication failure; logname= uid=0 euid=0 tty=pure-ftpd ruser=sample-user rhost=192.168.1.1 
Nov 25 17:12:13 webmail pop(pam_unix)[4920]: authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=192.168.10.3 user=mailuser
""",  # noqa: W291
        [
            ("failed", "vsftpd", "anonymous", "64.106.46.98", None, 1),
            ("failed", "vsftpd", "guest", "192.0.2.1", None, 1),
            ("failed", "pop", "mailuser", "192.168.10.3", None, 1),
            ("failed", "pure-ftpd", "sample-user", "192.168.1.1", None, 1),
        ],
    ),
    # ossec-hids, contrib/ossec-testing/tests/{su,doas,sudo,pam}.ini
    "ossec: su, doas, sudo": (
        """
Apr 13 08:49:20 ix doas: failed command for ddp2: ls
Apr 22 17:51:51 enigma su: dcid to root on /dev/ttyp1
Apr 27 15:22:23 niban su[2921936]: failed: ttyq4 changing from ldap to root
Apr 27 15:22:23 niban su[234]: BAD SU ger to fwmaster on /dev/ttyp0
Aug 13 15:16:40 ix doas: ddp ran command as ddpnfs: ls
Aug 18 09:15:34 beaglebone sudo: pam_unix(sudo:auth): conversation failed
Nov 11 22:46:29 localhost sshd(pam_unix)[15794]: 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.3.1  user=root
""",
        [
            ("failed", "doas", "ddp2", None, None, 1),
            ("accepted", "su", "dcid→root", None, None, 1),
            ("failed", "su", "ldap→root", None, None, 1),
            ("failed", "su", "ger→fwmaster", None, None, 1),
            ("accepted", "doas", "ddp→ddpnfs", None, None, 1),
            ("failed", "sshd", "root", "10.0.3.1", None, 2),
        ],
    ),
    # plaso, test_data/syslog/syslog_ssh.log
    "plaso: one number for every process, two spaces": (
        """
Mar 11 22:55:30 ubuntu2015 sshd[3]:  Accepted password for plaso from 2001:0db8:0a0b:12f0:0000:0000:0000:0001 port 42532  ssh2
Mar 11 22:55:30 ubuntu2015 sshd[3]:  Failed publickey for plaso from 001:db8:a0b:12f0::1 port 8759
Mar 11 22:55:31 ubuntu2015 sshd[3]:  Connection from 188.124.3.41 port 32889
Mar 11 22:55:32 ubuntu2015 sshd[3]:  Failed password for root from 188.124.3.41 port 32889 ssh2
Mar 11 22:55:34 ubuntu2015 sshd[3]:  Accepted publickey for fred from 192.0.2.60 port 20042 ssh2
""",
        [
            ("accepted", "sshd", "plaso", "2001:0db8:0a0b:12f0:0000:0000:0000:0001", 42532, 1),
            ("failed", "sshd", "plaso", "001:db8:a0b:12f0::1", 8759, 1),
            ("failed", "sshd", "root", "188.124.3.41", 32889, 1),
            ("accepted", "sshd", "fred", "192.0.2.60", 20042, 1),
        ],
    ),
    # plaso, test_data/syslog/syslog_sshd_connection_end.log
    "plaso: how connections end": (
        """
2026-10-07T11:26:40.249155+00:00 ubuntu sshd-session[2617]: error: kex_exchange_identification: read: Connection reset by peer
2026-10-07T11:28:05.062021+00:00 ubuntu sshd-session[2900]: Timeout, client not responding from user ubuntu 192.168.248.1 port 55307
2026-10-07T11:28:38.532521+00:00 ubuntu sshd[2538]: Timeout before authentication for connection from 192.168.248.1 to 192.168.248.128, pid = 2903
2026-10-08T00:19:26.539626+00:00 ubuntu sshd-session[3824]: Invalid user john doe from 192.168.248.1 port 54928
2026-10-08T00:19:26.556935+00:00 ubuntu sshd-session[3824]: Connection closed by invalid user john doe 192.168.248.1 port 54928 [preauth]
2026-10-08T00:19:27.016966+00:00 ubuntu sshd-session[3826]: Accepted publickey for ubuntu from fe80::621:e520:10d6:6621%ens36 port 54931 ssh2: ED25519 SHA256:a79QfkCiaM8pEpw
2026-10-08T00:19:35.989237+00:00 ubuntu sshd-session[3891]: Failed password for ubuntu from 192.168.248.1 port 54937 ssh2
2026-10-08T00:19:36.053001+00:00 ubuntu sshd-session[3891]: error: Received disconnect from 192.168.248.1 port 54937:13: Authentication cancelled by user [preauth]
""",
        [
            ("failed", "sshd", "john doe", "192.168.248.1", 54928, 1),
            ("accepted", "sshd", "ubuntu", "fe80::621:e520:10d6:6621%ens36", 54931, 1),
            ("failed", "sshd", "ubuntu", "192.168.248.1", 54937, 1),
        ],
    ),
    # loghub, OpenSSH/OpenSSH_2k.log and Linux/Linux_2k.log
    "loghub: repeated, and a name for the source": (
        """
Dec 10 07:13:31 LabSZ sshd[24227]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=5.36.59.76.dynamic-dsl-ip.omantel.net.om  user=root
Dec 10 07:13:43 LabSZ sshd[24227]: Failed password for root from 5.36.59.76 port 42393 ssh2
Dec 10 07:13:56 LabSZ sshd[24227]: message repeated 5 times: [ Failed password for root from 5.36.59.76 port 42393 ssh2]
Dec 10 07:13:56 LabSZ sshd[24227]: Disconnecting: Too many authentication failures for root [preauth]
Dec 10 07:13:56 LabSZ sshd[24227]: PAM 5 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=5.36.59.76.dynamic-dsl-ip.omantel.net.om  user=root
""",
        [
            ("failed", "sshd", "root", "5.36.59.76", 42393, 1),
            ("failed", "sshd", "root", "5.36.59.76", 42393, 5),
        ],
    ),
    "loghub: PAM before 0.99": (
        """
Jun 15 02:04:59 combo sshd(pam_unix)[20882]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=220-135-151-1.hinet-ip.hinet.net  user=root
Jun 15 04:06:18 combo su(pam_unix)[21416]: session opened for user cyrus by (uid=0)
Jun 15 04:06:20 combo logrotate: ALERT exited abnormally with [1]
Jun 15 12:12:34 combo sshd(pam_unix)[23397]: check pass; user unknown
Jun 15 12:12:34 combo sshd(pam_unix)[23397]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=218.188.2.4 
""",  # noqa: W291
        [
            ("failed", "sshd", "root", "220-135-151-1.hinet-ip.hinet.net", None, 1),
            ("accepted", "su", "root→cyrus", None, None, 1),
            ("failed", "sshd", None, "218.188.2.4", None, 1),
        ],
    ),
    # beats, filebeat/module/system/auth/test/{test,timestamp}.log
    "beats: sudo without and with PAM": (
        """
Feb 21 23:35:33 localhost sudo: vagrant : TTY=pts/0 ; PWD=/home/vagrant ; USER=root ; COMMAND=/bin/ls
Feb 24 00:13:02 precise32 sudo:      tsg : user NOT in sudoers ; TTY=pts/1 ; PWD=/home/vagrant ; USER=root ; COMMAND=/bin/ls
2026-06-14T10:40:20.912134 localhost sudo: pam_unix(sudo-i:session): session opened for user root by userauth3(uid=0)
""",
        [
            ("accepted", "sudo", "vagrant→root", None, None, 1),
            ("failed", "sudo", "tsg→root", None, None, 1),
            ("accepted", "sudo", "userauth3→root", None, None, 1),
        ],
    ),
    # Threads on Ubuntu's forums and an OpenWrt log, as found by their words.
    "desktops: greeters, kdm, two modules, pkexec, login's own name": (
        """
Mar  4 23:39:37 pc lightdm: pam_unix(lightdm:session): session opened for user lightdm by (uid=0)
Mar  4 23:39:38 pc lightdm: pam_unix(lightdm:session): session opened for user novels by (uid=0)
Mar  5 08:25:36 pc gdm-password]: pam_unix(gdm-password:auth): authentication failure; logname= uid=0 euid=0 tty=/dev/tty1 ruser= rhost=  user=myuser
Mar  5 08:25:36 pc gdm-password]: pam_sss(gdm-password:auth): authentication success; logname= uid=0 euid=0 tty=/dev/tty1 ruser= rhost= user=myuser
Mar  6 06:15:23 pc pkexec: pam_unix(polkit-1:session): session opened for user root(uid=0) by (uid=1000)
Mar  6 06:15:23 pc pkexec[95093]: ubu: Executing command [USER=root] [TTY=unknown] [CWD=/home/ubu] [COMMAND=/usr/lib/x]
Mar  7 10:51:45 pc login[1556]: FAILED LOGIN 1 FROM (null) FOR root, Authentication failure
Mar  7 10:51:49 pc login(pam_unix)[1556]: session opened for user root by LOGIN(uid=0)
Mar  7 10:51:49 pc  -- root[1556]: ROOT LOGIN ON tty1
""",
        [
            ("accepted", "lightdm", "novels", None, None, 1),
            ("accepted", "pkexec", "ubu→root", None, None, 1),
            ("failed", "login", "root", None, None, 1),
            ("accepted", "login", "root", None, None, 1),
        ],
    ),
    "OpenWrt, and dropbear with PAM": (
        """
Mon Sep 15 15:57:09 2025 authpriv.info dropbear[6862]: Child connection from 192.168.9.204:59200
Mon Sep 15 15:57:10 2025 authpriv.warn dropbear[6862]: Bad password attempt for 'root' from 192.168.9.204:59200
Jan  8 00:05:30 br dropbear[13123]: Login attempt for nonexistent user
Jan  8 00:05:32 br dropbear[13123]: Bad PAM password attempt for '<invalid username>' from ::ffff:10.0.0.100:60270
""",
        [
            ("failed", "dropbear", "root", "192.168.9.204", 59200, 1),
            ("failed", "dropbear", None, "10.0.0.100", 60270, 1),
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), SAMPLES.values(), ids=SAMPLES.keys())
def test_sample(text: str, expected: list[tuple[Any, ...]]) -> None:
    assert sorted(read(text), key=str) == sorted(expected, key=str)
