"""What su, sudo, doas and pkexec write of one change of user, each line by itself.

    sudo[1]:   bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/ls
    sudo[1]:   bob : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls
    su[1]: (to root) bob on pts/0            util-linux, coreutils
    su[1]: FAILED SU (to root) bob on pts/0
    su[1]: Successful su for root by bob     shadow;  FAILED su for root by bob
    su[1]: + /dev/pts/0 bob:root             shadow, BusyBox;  - for a failed one;  bob-root HP-UX
    su: BAD SU bob to root on /dev/ttyp0     BSD, macOS
    su: BAD SU from bob to root at /dev/pts/1     AIX
    su: 'su root' failed for bob on /dev/pts/2    Solaris
    su: failed: ttyq4 changing from bob to root   IRIX;  succeeded: …
    doas: bob ran command ls as root from /home/bob;  bob ran command as root: ls
    doas: failed auth for bob;  doas: command not permitted for bob: ls
    userhelper[1]: running '/usr/sbin/x' with root privileges on behalf of 'bob'
    pkexec[1]: bob: Executing command [USER=root] [TTY=unknown] [CWD=/] [COMMAND=/bin/ls]

After sudo's logging.c and eventlog.c, sudo-rs, util-linux's su-common.c, shadow's su.c,
BusyBox's su.c and OpenBSD's doas.c.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_FIELD = re.compile(r"(?:HOST|TTY|CHROOT|PWD|USER|GROUP|TSID|ENV)=")
# With log_exit_status, the line comes again at the end with this at its end.
_EXIT = re.compile(r" ; (?:SIGNAL=\w+ ; )?EXIT=\d+$")
# sudo says this and goes on: what becomes of the command stands in a line of its own.
_WARNING = re.compile(
    r"unable to |problem with defaults|parse error|syntax error|unknown defaults|/\S*sudoers\b"
    r"|timestamp |ignoring |values for |Alias "
)
_REFUSED = re.compile(
    r"\d+ incorrect password attempts?$|user NOT |command not allowed$|a password is required$"
)
_SU = (
    ("to", re.compile(r"(?P<bad>FAILED SU )?\(to (?P<target>.*)\) (?P<user>.*) on (?P<tty>\S+)$")),
    ("for", re.compile(r"(?P<how>Successful|FAILED) su for (?P<target>.*) by (?P<user>.*)$")),
    ("sign", re.compile(r"(?P<sign>[+-]) (?P<tty>\S+) (?P<user>[^:]*)[:-](?P<target>.*)$")),
    (
        "to",
        re.compile(
            r"'su (?P<target>\S+)' (?:(?P<bad>failed)|succeeded) for (?P<user>\S+)"
            r"(?: on (?P<tty>\S+))?$"
        ),
    ),
    (
        "to",
        re.compile(
            r"(?:(?P<bad>failed)|succeeded): (?P<tty>\S+) changing from (?P<user>\S+)"
            r" to (?P<target>\S+)$"
        ),
    ),
    ("to", re.compile(r"(?P<bad>BAD SU )?from (?P<user>\S+) to (?P<target>\S+) at (?P<tty>\S+)$")),
    (
        "to",
        re.compile(
            r"(?P<bad>BAD SU )?(?P<user>\S+) to (?P<target>\S+?)"
            r"(?(bad)(?: on (?:\S+|UNKNOWN TTY))?| on (?:\S+|UNKNOWN TTY))$"
        ),
    ),
)
_DOAS = re.compile(
    r"(?P<user>\S+) ran command (?:as (?P<early>[^\s:]+): |.* as (?P<target>\S+) from )"
)
_DOAS_BAD = re.compile(
    r"(?:failed (?:auth|password) for (?P<user>\S+)"
    r"|(?:command not permitted|failed command) for (?P<who>\S+): )"
)
# The command comes last here too.
_PKEXEC = re.compile(
    r"(?P<user>.*?): (?P<bad>Error executing|Executing) command.*? "
    r"\[USER=(?P<target>[^\]]*)\] \[TTY="
)


_USERHELPER = re.compile(
    r"running '.*' with (?P<target>\S+) privileges on behalf of '(?P<user>[^']*)'$"
)


class Said(NamedTuple):
    """Who wanted to be whom, whether it was refused, and which kind of line says so."""

    bad: bool
    user: str
    target: str | None
    kind: str = "command"


def sudo(message: str) -> Said | None:
    """Return what sudo said of a command, None for what is no word on one.

    The command is its caller's word and comes last; before it, the directory is too, so the
    last of the fields that names a user is sudo's own.
    """
    user, found, rest = message.partition(" : ")
    if " ; " in user or not found:
        user, found, rest = message.partition(" ; ")
    head, also, _ = f" ; {rest}".partition(" ; COMMAND=")
    if not found or rest.startswith("(command continued)"):
        return None
    fields = [field.strip() for field in head.split(" ; ")]
    known = [number for number, field in enumerate(fields) if _FIELD.match(field)]
    why = " ; ".join(fields[1 : known[0] if known else None])
    if _WARNING.match(why) or not (also or _cut_off(why, known)):
        return None
    targets = [field[5:] for field in fields[: None if also else -1] if field.startswith("USER=")]
    kind = "exit" if _EXIT.search(message) else "command"
    return Said(bool(why), user.strip(), targets[-1] if targets else None, kind)


def _cut_off(why: str, known: list[int]) -> bool:
    """Whether a line without its command says enough: it comes last, and a line may be cut."""
    return _REFUSED.match(why) is not None if why else bool(known)


def su(message: str) -> Said | None:
    """Return what su said, None if it said nothing of a change."""
    for kind, pattern in _SU:
        if (found := pattern.match(message)) is not None:
            said = found.groupdict()
            bad = said.get("bad") or said.get("how") == "FAILED" or said.get("sign") == "-"
            return Said(bool(bad), said["user"], said["target"], kind)
    return None


def doas(message: str) -> Said | None:
    """Return what doas said of a command."""
    if (found := _DOAS.match(message)) is not None:
        return Said(False, found["user"], found["early"] or found["target"])
    if (found := _DOAS_BAD.match(message)) is not None:
        return Said(True, found["user"] or found["who"], None)
    return None


def userhelper(message: str) -> Said | None:
    """Return what Red Hat's userhelper said of a command."""
    if (found := _USERHELPER.match(message)) is None:
        return None
    return Said(False, found["user"], found["target"])


def pkexec(message: str) -> Said | None:
    """Return what pkexec said of a command."""
    if (found := _PKEXEC.match(message)) is None:
        return None
    return Said(found["bad"].startswith("Error"), found["user"], found["target"])
