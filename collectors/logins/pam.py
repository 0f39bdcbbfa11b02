"""Lines of PAM modules, whichever program they speak for.

    pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh
        ruser= rhost=10.0.0.1  user=root
    PAM 2 more authentication failures; logname= uid=0 …
    pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)
    pam_unix(sshd:session): session closed for user root
    pam_access(sshd:account): access denied for user `bob' from `10.0.0.1'
    sshd(pam_unix)[123]: authentication failure; …      Linux-PAM before 0.99: no service
    (pam_unix) authentication failure; …

    PAM_pwdb[123]: (login) session opened for user root by LOGIN(uid=0)      Linux-PAM 0.7x
    PAM_unix[123]: authentication failure; bob(uid=500) -> root for su service

After Linux-PAM's modules/pam_unix/support.c and pam_unix_sess.c, and sssd's pam_sss.c.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_SERVICE = re.compile(
    r"(?P<module>pam_\w+)(?:[(\[](?:(?P<service>[^\s()\[\]:]+):)?(?P<stage>[a-z]\w*)[)\]])?"
    r"(?:\[\d+\])?: ?"
)
_BARE = re.compile(r"\((?P<module>pam_\w+)\) ")
_MORE = re.compile(r"(?:PAM )?(\d+) more authentication failures?; (.*)$")
_OPENED = re.compile(
    r"session opened for user (?P<user>.*?)(?:\(uid=(?P<uid>\d+)\))? "
    r"by (?P<by>.*?)\(uid=(?P<by_uid>\d+)\)\s*$"
)
_OPENED_SHORT = re.compile(
    r"session opened for user (?P<user>.*?)(?:\(uid=(?P<uid>\d+)\))?(?: by)?\s*$"
)
_CLOSED = re.compile(r"session closed for user (?P<user>.*?)(?:\(uid=\d+\))?(?: by .*)?\s*$")
_DENIED = re.compile(
    r"[Aa]ccess denied for user [`'\"]?(?P<user>[^`'\":]*)['\"]?"
    r"(?: from [`'\"]?(?P<rhost>[^`'\"\s]*)['\"]?|: .*)?\s*$"
)
# pam_faillock, pam_tally and pam_tally2 when an account is locked; pam_listfile, pam_ldap of
# nslcd, pam_winbind.
_LOCKED = re.compile(
    r"(?:Consecutive login failures for user (?P<faillock>.*?) account temporarily locked"
    r"|user (?P<tally>.*?) \(\d+\) (?:has )?tally \d+, deny \d+"
    r"|Refused user (?P<listfile>.*) for service \S+"
    r"|Authentication failure; user=(?P<nslcd>.*)"
    r"|user '(?P<winbind>.*)' denied access .*)\s*$"
)

# pam_sss says twice what the directory answered; 10 is that it does not know the user at all.
_ANSWERED = re.compile(r"received for user (?P<user>.*): (?P<code>\d+) \(.*\)$")
_UNASKED = frozenset({"9", "10"})
_BLOCKED = re.compile(r"Blocking access from (?P<rhost>\S+) to service \S+, user (?P<user>.*)$")

# A line that a writer or a relay has shortened.
_SHORT = re.compile(r"; .*?(?<!\S)(?:rhost=(?P<rhost>\S*)(?: +|$))?(?:user=(?P<user>.*\S)\s*)?$")
# Red Hat's pam_krb5, which says nothing of where from.
_FAILS = re.compile(r"authentication (?P<how>fails|succeeds) for [`'](?P<user>.*?)'(?: \(|$)")
# pam_unix2 of SUSE.
_STARTED = re.compile(
    r"session (?P<how>started|finished) for user (?P<user>.*), service (?P<service>[^\s,]+)"
)

# pam_krb5 and pam_winbind, when they let in whom another module of the stack did not know.
_GRANTED = re.compile(
    r"(?:user (?P<krb5>.*?) authenticated as \S+|user '(?P<winbind>.*)' granted access)\s*$"
)

# The first Linux-PAM spoke in its own name, with the number of the service's process.
OLD = frozenset({"PAM_pwdb", "PAM_unix"})
_OLD_SESSION = re.compile(r"\((?P<service>[^\s()]+)\) (?P<rest>session .*)$")
_OLD_FAILURE = re.compile(
    r"(?:(?P<count>\d+) (?:more )?)?authentication failures?; (?P<by>[^\s()]*)\(uid=\d+\) -> "
    r"(?P<user>.*) for (?P<service>\S+) service$"
)

FAILURE, MORE, GRANTED, OPENED, CLOSED, DENIED, UNKNOWN, OTHER, ANSWERED = (
    "failure",
    "more",
    "granted",
    "opened",
    "closed",
    "denied",
    "unknown",
    "other",
    "answered",
)


@dataclass(slots=True)
class Pam:
    """What a PAM line says. `by` is who asked: an empty name with a uid stays a uid."""

    kind: str
    module: str = ""
    service: str = ""
    user: str | None = None
    ruser: str | None = None
    rhost: str | None = None
    tty: str | None = None
    by: str | None = None
    # Whether the line names who asked, and does not only give his number.
    named: bool = False
    count: int = 1


def renamed(message: str) -> tuple[str, str] | None:
    """Return the service that a line of the first Linux-PAM is about, and what PAM says today."""
    if (found := _OLD_SESSION.match(message)) is not None:
        return found["service"], found["rest"]
    if (found := _OLD_FAILURE.match(message)) is None:
        return None
    count = f"{found['count']} more " if int(found["count"] or 1) > 1 else ""
    said = f"logname= uid=0 euid=0 tty= ruser={found['by']} rhost=  user={found['user']}"
    return found["service"], f"{count}authentication failure{'s' if count else ''}; {said}"


# What an attack has PAM say a thousand times is read once.
@lru_cache(maxsize=4096)
def read(message: str, module: str = "") -> Pam | None:
    """Return what a PAM line says, None if the message is not PAM's.

    `module` is set where the program's name bore it: `sshd(pam_unix)[1]: session …`.
    """
    service = stage = ""
    if message.startswith("pam_"):
        if (found := _SERVICE.match(message)) is None:
            return None
        module, service, stage = found["module"], found["service"] or "", found["stage"]
        message = message[found.end() :]
    elif message.startswith("(pam_") and (found := _BARE.match(message)) is not None:
        module, message = found["module"], message[found.end() :]
    elif not module and not message.startswith(("PAM ", "authentication failure; logname=")):
        return None
    said = _said(message)
    if said is None:
        return None if message.startswith("PAM ") else Pam(OTHER, module, service)
    if stage == "chauthtok":
        return Pam(OTHER, module, service)  # a password that is changed is no login
    if said.kind == ANSWERED:
        said.kind, module = DENIED, f"{module} answered"
    said.module, said.service = module or "pam_unix", service or said.service
    return said


def _said(message: str) -> Pam | None:
    if message.startswith("authentication "):
        kind = {"failure;": FAILURE, "success;": GRANTED}.get(message[15:23])
        return _failure(message, kind) if kind else _worded(message)
    if message.startswith("session opened"):
        return _opened(message)
    if message.startswith("check pass; user unknown"):
        return Pam(UNKNOWN)
    if (found := _MORE.match(message)) is not None:
        return _failure(found[2], MORE, int(found[1]))
    return _worded(message)


def _worded(message: str) -> Pam | None:
    if (found := _CLOSED.match(message)) is not None:
        return Pam(CLOSED, user=found["user"])
    if (found := _FAILS.match(message)) is not None:
        return Pam(FAILURE if found["how"] == "fails" else GRANTED, user=found["user"])
    if (found := _STARTED.match(message)) is not None:
        kind = OPENED if found["how"] == "started" else CLOSED
        return Pam(kind, user=found["user"], service=found["service"])
    for kind, pattern in ((DENIED, _LOCKED), (GRANTED, _GRANTED)):
        if (found := pattern.match(message)) is not None:
            return Pam(kind, user=next(name for name in found.groups() if name is not None))
    return _denied(message)


def _denied(message: str) -> Pam | None:
    if (found := _ANSWERED.match(message)) is not None:
        return Pam(OTHER if found["code"] in _UNASKED else ANSWERED, user=found["user"])
    if (found := _BLOCKED.match(message)) is not None:  # pam_abl
        return Pam(DENIED, user=found["user"], rhost=found["rhost"])
    found = _DENIED.match(message)
    return found and Pam(DENIED, user=found["user"], rhost=found["rhost"] or None)


def _failure(text: str, kind: str, count: int = 1) -> Pam:
    """Read "logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.1  user=root" from its ends.

    Either the one or the other user may be a stranger's word: for an FTP server `ruser` is,
    and after it pam_unix names one only who exists; where `ruser` is empty, pam_sss may name
    anybody as `user`.
    """
    head, found, rest = text.partition("ruser=")
    if rest.startswith(" rhost=") and "ftp" not in head:
        ruser, also, rest = "", " rhost=", rest[7:]
    else:
        ruser, also, rest = rest.rpartition(" rhost=")
    if not found or not also:
        said = _SHORT.search(text)
        return Pam(kind, count=count, rhost=said and said["rhost"], user=said and said["user"])
    rhost, _, user = rest.partition(" user=")
    tty = head.rpartition("tty=")[2].strip() if "tty=" in head else ""
    rhost = rhost.partition(" ")[0]
    return Pam(
        kind,
        user=user.strip() or None,
        ruser=ruser or None,
        rhost=rhost or None,
        tty=tty or None,
        count=count,
    )


def _opened(message: str) -> Pam | None:
    if (found := _OPENED.match(message)) is not None:
        by = found["by"] or ("root" if found["by_uid"] == "0" else None)
        return Pam(OPENED, user=found["user"], by=by, named=bool(found["by"]))
    if (found := _OPENED_SHORT.match(message)) is not None:
        return Pam(OPENED, user=found["user"])
    return None
