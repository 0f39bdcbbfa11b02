"""What servers other than sshd write of a login in words of their own.

    vsftpd[1]: [bob] FAIL LOGIN: Client "10.0.0.1";  [bob] OK LOGIN: Client "10.0.0.1"
    proftpd[1]: web01 (far.example[10.0.0.1]) - USER bob: Login successful.
    proftpd[1] web01 (far.example[10.0.0.1]): USER bob (Login failed): Incorrect password.
    pure-ftpd: (?@10.0.0.1) [WARNING] Authentication failed for user [bob]
    pure-ftpd: (?@10.0.0.1) [INFO] bob is now logged in
    ftpd[1]: FTP LOGIN FROM far.example [10.0.0.1], bob;  FTP LOGIN FAILED FROM 10.0.0.1, bob
    webmin[1]: Invalid login as bob from 10.0.0.1;  Successful login as bob from 10.0.0.1
    xrdp-sesman[1]: [INFO ] AUTHFAIL: user=bob ip=10.0.0.1 time=1795564800
    uhttpd[1]: luci: accepted login on /admin for bob from 10.0.0.1;  failed login on …
    pvedaemon[1]: authentication failure; rhost=10.0.0.1 user=bob@pam msg=…
    pvedaemon[1]: <bob@pam> successful auth for user 'bob@pam'
    audit[1]: /index.php: Web GUI authentication error for 'bob' from 10.0.0.1    OPNsense
    screensharingd[1]: Authentication: FAILED :: User Name: bob :: Viewer Address: 10.0.0.1 :: …
    vmware-hostd[1]: Accepted password for user bob from 10.0.0.1;  Rejected password for …
    klogind[1]: Authentication failed from far.example (10.0.0.1): Permission denied in replay …
    kshd[1]: Principal bob@EXAMPLE (bob@10.0.0.1) for local user root failed krb5_kuserok.
    in.rshd[1]: bob@far.example as root: cmd='ls';  … as root: permission denied. cmd='ls'
    audit[1]: login - ssh ok session 4711 by bob as bob:staff from far.example    Solaris
    xscreensaver[1]: FAILED LOGIN 1 ON DISPLAY ":0", FOR "bob"
    kcheckpass[1]: Authentication failure for bob (invoked by uid 1000)

Read from their ends, for the user's name is a stranger's word. Whoever comes in without a
name of his own is `anonymous`. After vsftpd's logging.c, proftpd's mod_auth.c, pure-ftpd's
messages, the ftpd of wu-ftpd, netkit and BSD, webmin's miniserv.pl, xrdp's
sesman, LuCI, PVE's AccessControl.pm, pfSense's auth.inc, krb5-appl's krlogind.c and krshd.c,
and the rshd of netkit and BSD.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from collectors.logins.lines import ACCEPTED, FAILED, port, source

# PAM speaks for these under another number than they do themselves, or under none.
SHARED = frozenset({"webmin", "usermin", "xrdp-sesman", "proftpd", "pure-ftpd", "vsftpd"})

_FROM = r"(?P<ip>\S+?)(?: \[(?P<address>[^\]\s]+)\])?"
_VSFTPD = ((None, r'(?:\[(?P<user>.*)\] )?(?P<how>OK|FAIL) LOGIN: Client "(?P<ip>[^"]+)"'),)
_CLIENT = r"(?:\S+ )?\([^\s\[]*\[(?P<ip>[^\]\s]+)\]\)(?::| -) "
_PROFTPD = (
    (ACCEPTED, _CLIENT + r"(?:USER (?P<user>.*)|(?P<anybody>ANON) .*): Login successful\.?$"),
    (FAILED, _CLIENT + r"USER (?P<user>.*) \(Login failed\): .*$"),
    (FAILED, _CLIENT + r"USER (?P<user>.*): no such user found from \S+ \[\S+\] to \S+$"),
    (FAILED, _CLIENT + r"(?:USER|ANON) (?P<user>.*): Limit access denies login\.?$"),
    (FAILED, _CLIENT + r"SECURITY VIOLATION: (?P<user>[Rr]oot) login attempted\.?$"),
)
_PURE = r"\([^\s@)]*@(?P<ip>[^\s)]+)\) \[[A-Z]+\] "
_PUREFTPD = (
    (FAILED, _PURE + r"Authentication failed for user \[(?P<user>.*)\]$"),
    (ACCEPTED, _PURE + r"(?P<anybody>Anonymous) user logged in"),
    (ACCEPTED, _PURE + r"(?P<user>.*) is now logged in$"),
)
_FTPD = (
    (ACCEPTED, rf"(?P<anybody>ANONYMOUS) FTP LOGIN FROM {_FROM},"),
    (ACCEPTED, rf"FTP LOGIN FROM {_FROM}(?:,| as) (?P<user>.*?)(?: \(.*\))?$"),
    (FAILED, rf"FTP LOGIN (?:FAILED|REFUSED)(?: \(.*?\))? (?:FROM|for) {_FROM}, (?P<user>.*)$"),
    (FAILED, rf"failed login from {_FROM}(?:, (?P<user>.*))?$"),
    (FAILED, r"Failed authentication from: .*\[(?P<ip>[^\]\s]+)\]$"),
)
_WEBMIN = (
    (ACCEPTED, r"Successful login as (?P<user>.*) from (?P<ip>\S+)$"),
    (FAILED, r"(?:Invalid|Non-existent|Expired|Locked) login as (?P<user>.*) from (?P<ip>\S+)$"),
)
_THREAD = r"(?:\(\d+\)\(\d+\))?(?:\[[A-Z]+ *\] )?"
_XRDP = (
    (FAILED, _THREAD + r"AUTHFAIL: user=(?P<user>.*) ip=(?P<ip>\S+) time=\d+$"),
    (
        ACCEPTED,
        _THREAD + r"\+\+ (?:created session \(access granted\)|reconnected session): "
        r"username (?P<user>.*?), (?:display .*, )?"
        r"ip (?P<ip>\S+?)(?::(?P<port>\d+) - socket: \d+)?$",
    ),
)
_SHARING = (
    (
        None,
        r"Authentication: (?P<how>SUCCEEDED|FAILED) :: User Name: (?P<user>.*)"
        r" :: Viewer Address: (?P<ip>\S+) :: Type: \S*$",
    ),
)
_VMWARE = ((ACCEPTED, r"login from (?P<ip>\S+) as (?P<user>.*)$"),)
_HOSTD = (
    (
        None,
        r"(?:[a-z]+ hostd\[\d+\] )?(?:\[Originator@[^\]]*\] )?(?P<how>Accepted|Rejected) password"
        r" for user (?P<user>.*) from (?P<ip>\S+)$",
    ),
)
_KLOGIND = ((FAILED, r"Authentication failed from (?P<ip>\S+) \((?P<address>[^)\s]+)\): .*$"),)
_KSHD = (
    *_KLOGIND,
    (
        FAILED,
        r"Principal \S+ \(\S*?@(?P<ip>[^\s()@]+)(?: \([^\s()]*\))?\) for local user (?P<user>.*)"
        r" failed (?:krb5_)?kuserok\.$",
    ),
)
# Whoever calls and his command are a stranger's words: what can be read in two ways says nothing.
_RSHD = (
    (
        None,
        r"(?!.*@.* as .*@.* as )[^\s@]+@(?P<ip>[^\s@]+) as (?P<user>[^\s:]+): "
        r"(?P<how>cmd=|permission denied|unknown login)",
    ),
)
_AUDIT = (
    (
        None,
        r"(?:login - \w+|ftp access) (?P<how>ok|failed) session \d+ by (?P<user>\S+)"
        r" as \S+:\S+(?: in \S+)? from (?P<ip>\S+)(?: text .*)?$",
    ),
)
_LOCK = (
    (FAILED, r'FAILED LOGIN \d+ ON DISPLAY "[^"]*", FOR "(?P<user>.*)"$'),
    (FAILED, r"Authentication failure for (?P<user>.*) \(invoked by uid \d+\)$"),
)

_LUCI = (
    (
        None,
        r"(?:\[\w+\] )?luci: (?P<how>accepted|failed) login on /\S* "
        r"for (?P<user>.*) from (?P<ip>\S+)$",
    ),
)
_PVE = r"authentication failure; rhost=(?:\[(?P<address>\S+)\]:(?P<port>\d+)|(?P<ip>\S*)) "
_PROXMOX = (
    (FAILED, _PVE + r"user=(?P<user>.*) msg=no such user \('(?P=user)'\)$"),
    (FAILED, _PVE + r"user=(?P<user>.*) msg=.*$"),
    (ACCEPTED, r"(?:<\S+> )?successful auth for user '(?P<user>.*)'$"),
)
_BY = r"/\S*: (?:\S+ ){,2}"
_WEBGUI = (
    (FAILED, _BY + r"authentication error for (?:user )?'(?P<user>.*)' from:? (?P<ip>\S+)$"),
    (ACCEPTED, _BY + r"login for user '(?P<user>.*)' from:? (?P<ip>\S+)(?: \([^()]*\))?$"),
)

_HOW = {
    "accepted": ACCEPTED,
    "failed": FAILED,
    "OK": ACCEPTED,
    "SUCCEEDED": ACCEPTED,
    "FAIL": FAILED,
    "FAILED": FAILED,
    "ok": ACCEPTED,
    "Accepted": ACCEPTED,
    "Rejected": FAILED,
    "cmd=": ACCEPTED,
    "permission denied": FAILED,
    "unknown login": FAILED,
}
_MAKES = {
    ("vsftpd",): _VSFTPD,
    ("proftpd",): _PROFTPD,
    ("pure-ftpd", "pure-ftpd-mysql", "pure-ftpd-ldap", "pure-ftpd-postgresql"): _PUREFTPD,
    ("ftpd", "in.ftpd"): _FTPD,
    ("wu-ftpd", "wu.ftpd"): _FTPD,
    ("webmin",): _WEBMIN,
    ("usermin",): _WEBMIN,
    ("xrdp-sesman", "xrdp-sesexec"): _XRDP,
    ("screensharingd",): _SHARING,
    ("vmware-authd",): _VMWARE,
    ("luci", "uhttpd"): _LUCI,
    ("pvedaemon", "pveproxy"): _PROXMOX,
    ("pmgdaemon", "pmgproxy"): _PROXMOX,
    ("proxmox-backup-proxy", "proxmox-backup-api"): _PROXMOX,
    ("webgui", "audit", "php-fpm"): (*_WEBGUI, *_AUDIT),
    ("vmware-hostd", "Hostd", "hostd"): _HOSTD,
    ("klogind", "eklogind", "krlogind"): _KLOGIND,
    ("kshd", "krshd"): _KSHD,
    ("rsh", "rshd", "in.rshd"): _RSHD,
    ("xscreensaver",): _LOCK,
    ("kcheckpass",): _LOCK,
}
_SERVICES = {name: names[0] for names in _MAKES for name in names}
_PATTERNS = {
    names[0]: [(result, re.compile(pattern)) for result, pattern in makes]
    for names, makes in _MAKES.items()
}


class Said(NamedTuple):
    """What one line says of a login."""

    service: str
    result: str
    user: str | None
    ip: str | None
    port: int | None


def read(program: str, message: str) -> Said | None:
    """Return what a server says of a login, None for anything else."""
    service = _SERVICES.get(program)
    for result, pattern in _PATTERNS.get(service or "", ()):
        if (found := pattern.match(message)) is None:
            continue
        said = found.groupdict()
        user = "anonymous" if said.get("anybody") else said.get("user")
        if user == "-1":  # nobody whom Solaris knows
            user = None
        if user == "Root":
            user = "root"
        ip = source(said.get("address") or said.get("ip"))
        how = result or _HOW[said["how"]]
        if message.startswith(("login - ", "ftp access ")):
            service = message.partition(" ")[0]
        return Said(service or program, how, user, ip, port(said.get("port")))
    return None
