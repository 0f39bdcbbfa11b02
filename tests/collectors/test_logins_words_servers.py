"""What login and other servers write, through the whole chain.

Texts after the logs that other projects test themselves with, with names and addresses of our
own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collectors.test_logins_chain import SHELLS, Said, check

SAID: Said = {
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
    "Proxmox, and the web pages of pfSense and OPNsense": (
        """
pvedaemon[1]: pam_unix(proxmox-ve-auth:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=203.0.113.9  user=root
pvedaemon[1]: authentication failure; rhost=::ffff:203.0.113.9 user=root@pam msg=Authentication failure
pvedaemon[1]: authentication failure; rhost=::ffff:203.0.113.9 user=x msg=y@pam msg=no such user ('x msg=y@pam')
proxmox-backup-proxy[1]: authentication failure; rhost=[::ffff:203.0.113.9]:4001 user=kim@pbs msg=wrong
pvedaemon[2]: <root@pam> successful auth for user 'root@pam'
pmgdaemon[2]: successful auth for user 'kim@pmg'
audit[3]: /index.php: Web GUI authentication error for 'kim' from 203.0.113.9
php-fpm[4]: /index.php: webConfigurator authentication error for user 'kim' from: 203.0.113.9
php-fpm[4]: /index.php: Successful login for user 'admin' from: 203.0.113.9 (Local Database)
""",
        [
            ("failed", "pvedaemon", "root@pam", "203.0.113.9", None, 1),
            ("failed", "pvedaemon", "x msg=y@pam", "203.0.113.9", None, 1),
            ("failed", "proxmox-backup-proxy", "kim@pbs", "203.0.113.9", 4001, 1),
            ("accepted", "pvedaemon", "root@pam", None, None, 1),
            ("accepted", "pmgdaemon", "kim@pmg", None, None, 1),
            *[("failed", "webgui", "kim", "203.0.113.9", None, 1)] * 2,
            ("accepted", "webgui", "admin", "203.0.113.9", None, 1),
        ],
    ),
    "login of Solaris, and of 4.3BSD": (
        """
login: ROOT LOGIN /dev/console
login: ROOT LOGIN /dev/pts/1 FROM 203.0.113.9
login: Login failure on /dev/pts/7 from 203.0.113.9, kim
login: Login failure on /dev/pts/7 from 203.0.113.9
login: REPEATED LOGIN FAILURES ON ttyp0 FROM 203.0.113.9, lee
login: ROOT LOGIN REFUSED ON ttyp0 FROM 203.0.113.9
""",
        [
            ("accepted", "login", "root", None, None, 1),
            ("accepted", "login", "root", "203.0.113.9", None, 1),
            ("failed", "login", "kim", "203.0.113.9", None, 1),
            ("failed", "login", None, "203.0.113.9", None, 1),
            ("failed", "login", "lee", "203.0.113.9", None, 1),
            ("failed", "login", "root", "203.0.113.9", None, 1),
        ],
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
}


@pytest.mark.parametrize("shell", SHELLS)
def test_what_it_comes_to(shell: tuple[str, ...], tmp_path: Path) -> None:
    check(SAID, shell, tmp_path)
