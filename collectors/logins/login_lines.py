"""What login writes of one attempt, each line by itself.

    login[1]: LOGIN ON tty1 BY bob;  login[1]: ROOT LOGIN ON tty1 FROM 10.0.0.1
    login[1]: ROOT LOGIN  on '/dev/tty1';  'bob' logged in on 'tty1'  shadow
    login[1]: FAILED LOGIN 1 FROM tty1 FOR bob, Authentication failure
    login[1]: FAILED LOGIN (1) on '/dev/tty1' FOR 'bob', …            shadow
    login[1]: invalid password for 'bob' on 'tty1' from '10.0.0.1'    BusyBox
    login[1]: root login on 'tty1'                                    BusyBox
    login: ROOT LOGIN (root) ON ttyv0;  login from 10.0.0.1 on pts/0 as bob;  3 LOGIN
        FAILURES FROM 10.0.0.1, bob;  LOGIN root REFUSED FROM 10.0.0.1 BSD
     -- root[1]: ROOT LOGIN ON tty1     login, once it has become the user's shell
    login: ROOT LOGIN /dev/console;  Login failure on /dev/pts/7 from 10.0.0.1, bob     Solaris
    login: REPEATED LOGIN FAILURES ON ttyp0 FROM 10.0.0.1, bob        4.3BSD

After util-linux's login.c, shadow's login.c, BusyBox's login.c and those of the BSDs.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from collectors.logins.lines import ACCEPTED, FAILED, source

_LOGIN = re.compile(
    r"(?:ROOT LOGIN|LOGIN|DIALUP) +(?:\((?P<name>[^)]*)\) )?(?:ON |AT |(?=/dev/))(?P<tty>\S+)"
    r"(?: BY (?P<user>.*?))?(?: FROM (?P<from>\S+))?$"
)
_LOGIN_BSD = re.compile(r"login (?:from (?P<from>\S+) )?on (?P<tty>\S+) as (?P<user>.*)$")
_FAILED_BSD = re.compile(
    r"(?:(?P<count>\d+) )?LOGIN FAILURES? (?:FROM (?P<from>[^\s,]+)|ON (?P<tty>[^\s,]+))"
    r"(?:, (?P<user>.*))?$"
)
_REFUSED_BSD = re.compile(
    r"(?:(?P<root>ROOT) LOGIN|LOGIN (?P<user>.*)) REFUSED(?: ON (?:TTY )?(?P<tty>\S+))?"
    r"(?: FROM (?P<from>\S+)(?: ON TTY \S+)?)?$"
)
_FAILED_SOLARIS = re.compile(
    r"(?:Login failure|REPEATED LOGIN FAILURES) (?i:on) (?P<tty>[^\s,]+)"
    r"(?: (?i:from) (?P<from>[^\s,]+))?(?:, *(?P<user>.*))?$"
)
# Old releases open their quotes with a backquote.
_PLACE = r"on [`'](?P<tty>[^']*)'(?: from [`'](?P<from>[^']*)')?"
_SHADOW = re.compile(rf"(?:ROOT LOGIN|[`'](?P<user>.*)' logged in) +{_PLACE}")
_BUSYBOX = re.compile(r"(?P<user>root) login on '(?P<tty>[^']*)'(?: from '(?P<from>[^']*)')?$")
_FAILED = re.compile(
    r"(?:FAILED LOGIN (?:SESSION|\d+) FROM|TOO MANY LOGIN TRIES \(\d+\) FROM) (?P<from>\S+) "
    r"FOR (?P<user>.*), (?P<why>[^,]*)$"
)
_FAILED_SHADOW = re.compile(
    rf"(?:FAILED LOGIN \(\d+\)|TOO MANY LOGIN TRIES \(\d+\)) *{_PLACE}"
    r" FOR [`'](?P<user>.*)'(?:, .*)?$"
)
_FAILED_BUSYBOX = re.compile(
    r"invalid password for '(?P<user>.*)' on '(?P<tty>[^']*)'(?: from '(?P<from>[^']*)')?$"
)
_FAILURES = (
    *(_FAILED, _FAILED_SHADOW, _FAILED_BUSYBOX, _FAILED_BSD, _REFUSED_BSD, _FAILED_SOLARIS),
)
_TTY = re.compile(r"(?:/dev/)?(?:tty|pts/|console|hvc|ttyS|vc/)\S*$")
_UNKNOWN = frozenset({"UNKNOWN", "(unknown)", "(null)", "(none)", ""})


class Said(NamedTuple):
    """Who came in or did not, and from where as it was written.

    `kind` tells apart the lines that speak of one login; a failure is `nameless` where the
    same may follow with the name.
    """

    result: str
    user: str | None
    where: str | None
    kind: str = "own"
    times: int = 1


def read(message: str) -> Said | None:
    """Return what login said of an attempt, None for anything else."""
    for pattern in (_LOGIN, _SHADOW, _BUSYBOX, _LOGIN_BSD):
        if (found := pattern.match(message)) is not None:
            said = found.groupdict()
            user = said.get("user") or said.get("name") or "root"
            # BSD's speaks of root in a line of each kind.
            kind = "own" if pattern is not _LOGIN_BSD else "bsd"
            return Said(ACCEPTED, user, found["from"], kind)
    for pattern in _FAILURES:
        if (found := pattern.match(message)) is not None:
            said = found.groupdict()
            user = "root" if said.get("root") else said["user"]
            kind = "nameless" if pattern is _FAILED_BSD and user is None else "own"
            user = None if user in _UNKNOWN else user
            return Said(FAILED, user, said["from"], kind, int(said.get("count") or 1))
    return None


def remote(text: str | None) -> str | None:
    """Return the far end, None for a terminal of the machine itself."""
    return None if not text or text in _UNKNOWN or _TTY.match(text) else source(text)
