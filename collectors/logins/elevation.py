"""su, sudo and doas: somebody becomes somebody else.

    sudo[1]:   bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/ls
    sudo[1]:   bob : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls
    su[1]: (to root) bob on pts/0            util-linux
    su[1]: FAILED SU (to root) bob on pts/0
    su[1]: Successful su for root by bob     shadow;  FAILED su for root by bob
    su[1]: + /dev/pts/0 bob:root             shadow, BusyBox;  - for a failed one
    su: BAD SU bob to root on /dev/ttyp0     BSD
    su: 'su root' failed for bob on /dev/pts/2    Solaris
    su: failed: ttyq4 changing from bob to root   IRIX
    doas: bob ran command ls as root from /home/bob;  bob ran command as root: ls
    doas: failed auth for bob;  doas: command not permitted for bob: ls
    pkexec[1]: bob: Executing command [USER=root] [TTY=unknown] [CWD=/] [COMMAND=/bin/ls]

One row for each command of sudo and doas, one for each change of user by su; PAM's lines
of the same process add the end, and stand in where the program itself logged nothing.
After sudo's logging.c and eventlog.c, util-linux's su-common.c, shadow's su.c, BusyBox's
su.c and OpenBSD's doas.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from collectors.logins import pam
from collectors.logins.lines import ACCEPTED, FAILED, Attempt, Line, attempt, source

SU = frozenset({"su", "su-l"})
PROGRAMS = SU | {"sudo", "doas", "sudo-i", "pkexec"}

# The command is its caller's word and comes last, so the first fields are sudo's.
_SUDO = re.compile(
    r" *(?P<user>.*?) : "
    r"(?:(?P<why>(?!TTY=|PWD=|HOST=|USER=|CHROOT=)[^;]*(?:;(?! [A-Z]+=)[^;]*)*?) ; )?"
    r"(?:HOST=\S* ; )?(?:TTY=[^;]* ; )?(?:CHROOT=.*? ; )?(?:PWD=.*? ; )?"
    r"(?:USER=(?P<target>.*?) ; )?.*?COMMAND="
)
_CONTINUED = re.compile(r" *(?:\S+ : )?\(command continued\)")
_SU_TO = re.compile(r"(?P<bad>FAILED SU )?\(to (?P<target>.*)\) (?P<user>.*) on (?P<tty>\S+)$")
_SU_FOR = re.compile(r"(?P<how>Successful|FAILED) su for (?P<target>.*) by (?P<user>.*)$")
_SU_SIGN = re.compile(r"(?P<sign>[+-]) (?P<tty>\S+) (?P<user>[^:]*)[:-](?P<target>.*)$")
_SU_BSD = re.compile(r"(?P<bad>BAD SU )?(?P<user>\S+) to (?P<target>\S+)(?: on (?P<tty>\S+))$")
_SU_SUN = re.compile(
    r"'su (?P<target>\S+)' (?:(?P<bad>failed)|succeeded) for (?P<user>\S+) on (?P<tty>\S+)$"
)
_SU_IRIX = re.compile(
    r"(?P<bad>failed): (?P<tty>\S+) changing from (?P<user>\S+) to (?P<target>\S+)$"
)
_SU = (
    ("to", _SU_IRIX),
    ("to", _SU_SUN),
    ("to", _SU_TO),
    ("for", _SU_FOR),
    ("sign", _SU_SIGN),
    ("to", _SU_BSD),
)
_DOAS = re.compile(
    r"(?P<user>\S+) ran command (?:as (?P<early>[^\s:]+): |.* as (?P<target>\S+) from )"
)
_DOAS_BAD = re.compile(
    r"(?:failed auth for (?P<user>\S+)|(?:command not permitted|failed command) for (?P<who>\S+): )"
)
# The command comes last here too.
_PKEXEC = re.compile(
    r"(?P<user>.*?): (?P<bad>Error executing|Executing) command.*? "
    r"\[USER=(?P<target>[^\]]*)\] \[TTY="
)


# From a command's line to its session's, where no number joins them.
SESSION_WITHIN = timedelta(seconds=60)


@dataclass(slots=True)
class Change:
    """A row that further lines of the same process may still speak of."""

    row: Attempt
    kinds: set[str] = field(default_factory=set)
    closed: bool = False


class Elevation:
    """Joins the lines of su, sudo and doas."""

    def __init__(self) -> None:
        self._rows: list[Attempt] = []
        self._open: dict[tuple[str, str, str], Change] = {}
        self._refused: dict[tuple[str, str, str], Change] = {}

    def feed(self, line: Line) -> None:
        """Take in one line."""
        program = (
            "su" if line.program in SU else "sudo" if line.program == "sudo-i" else line.program
        )
        key = (line.host, program, line.pid)
        message = line.message.rstrip()
        said = pam.read(message, line.module)
        if said is not None:
            self._pam(line, key, said)
        elif program == "sudo":
            self._sudo(line, key, message)
        elif program == "doas":
            self._doas(line, key, message)
        elif program == "pkexec":
            self._pkexec(line, key, message)
        else:
            self._su(line, key, message)

    def attempts(self) -> Iterable[Attempt]:
        """Return the rows, and what PAM refused without a further word of the program's."""
        yield from self._rows
        for change in self._refused.values():
            yield change.row

    def _sudo(self, line: Line, key: tuple[str, str, str], message: str) -> None:
        if _CONTINUED.match(message) or (found := _SUDO.match(message)) is None:
            return
        why = found["why"]
        result = FAILED if why else ACCEPTED
        self._refused.pop(key, None)
        known = self._open.get(key)
        if known is not None and known.kinds == {"session"} and result == ACCEPTED and line.pid:
            known.row.user, known.row.at = found["user"], min(known.row.at, line.at)
            known.kinds.add("command")
            return
        self._add(line, key, result, found["user"], found["target"], "command")

    def _doas(self, line: Line, key: tuple[str, str, str], message: str) -> None:
        if (found := _DOAS.match(message)) is not None:
            self._refused.pop(key, None)
            target = found["early"] or found["target"]
            self._add(line, key, ACCEPTED, found["user"], target, "command")
        elif (found := _DOAS_BAD.match(message)) is not None:
            self._refused.pop(key, None)
            self._add(line, key, FAILED, found["user"] or found["who"], None, "command")

    def _pkexec(self, line: Line, key: tuple[str, str, str], message: str) -> None:
        """The session is told first, by PAM, and without the process's number."""
        if (found := _PKEXEC.match(message)) is None:
            return
        result = FAILED if found["bad"].startswith("Error") else ACCEPTED
        for each in (key, (key[0], key[1], "")):
            known = self._open.get(each)
            if known is not None and known.kinds == {"session"} and result == ACCEPTED:
                known.row.user = found["user"]
                known.kinds.add("command")
                return
        self._add(line, key, result, found["user"], found["target"], "command")

    def _su(self, line: Line, key: tuple[str, str, str], message: str) -> None:
        for kind, pattern in _SU:
            if (found := pattern.match(message)) is None:
                continue
            said = found.groupdict()
            bad = said.get("bad") or said.get("how") == "FAILED" or said.get("sign") == "-"
            result = FAILED if bad else ACCEPTED
            self._change(line, key, result, said["user"], said["target"], kind)
            return

    def _change(
        self, line: Line, key: tuple[str, str, str], result: str, user: str, target: str, kind: str
    ) -> None:
        """Several lines speak of one su, each kind once."""
        refused = self._refusal(key, user, target) if result == FAILED or line.pid else None
        known = self._open.get(key)
        if (
            known is not None
            and not known.closed
            and known.row.result == result
            and kind not in known.kinds
            and known.row.target_user in (target, None)
        ):
            known.kinds.add(kind)
            known.row.user = known.row.user if "session" not in known.kinds else user
            return
        change = self._add(line, key, result, user, target, kind)
        if refused is not None and result == FAILED:
            change.row.source_ip = refused.row.source_ip

    def _refusal(self, key: tuple[str, str, str], user: str, target: str) -> Change | None:
        """Take back what PAM refused: util-linux's su logs that without its pid."""
        nameless = (key[0], key[1], "")
        for each in (key, nameless):
            held = self._refused.get(each)
            if held is not None and (
                each == key or (held.row.user, held.row.target_user) == (user, target)
            ):
                return self._refused.pop(each)
        return None

    def _add(
        self,
        line: Line,
        key: tuple[str, str, str],
        result: str,
        user: str | None,
        target: str | None,
        kind: str,
    ) -> Change:
        row = attempt(line, result, key[1])
        row.user, row.target_user = user, target
        change = Change(row, {kind})
        self._rows.append(row)
        self._open[key] = change
        return change

    def _pam(self, line: Line, key: tuple[str, str, str], said: pam.Pam) -> None:
        known = self._open.get(key)
        if said.kind == pam.OPENED:
            self._refused.pop(key, None)
            if (
                known is not None
                and known.row.result == ACCEPTED
                and "session" not in known.kinds
                and known.row.target_user in (said.user, None)
                and (line.pid or _belongs(known.row, line, said))
            ):
                known.kinds.add("session")
                return
            self._add(line, key, ACCEPTED, said.by, said.user, "session")
        elif said.kind == pam.CLOSED:
            if known is not None and known.row.result == ACCEPTED and "session" in known.kinds:
                known.row.ended_at, known.closed = line.at, True
        elif said.kind == pam.GRANTED:
            self._refused.pop(key, None)  # one module did not know him, the next one did
        elif said.kind in (pam.FAILURE, pam.DENIED):
            self._pam_failure(line, key, said)

    def _pam_failure(self, line: Line, key: tuple[str, str, str], said: pam.Pam) -> None:
        if key in self._refused and line.pid:
            return
        if key in self._refused:
            self._rows.append(self._refused.pop(key).row)
        row = attempt(line, FAILED, key[1])
        row.source_ip = source(said.rhost)
        # sudo asks for the caller's own password, su for that of whom he wants to be.
        if key[1] == "su":
            row.user, row.target_user = said.ruser, said.user
        else:
            row.user = said.ruser or said.user
        self._refused[key] = Change(row)


def _belongs(row: Attempt, line: Line, said: pam.Pam) -> bool:
    """Whether a session without a process's number is that of the row before it."""
    return said.by in (None, row.user) and line.at - row.at <= SESSION_WITHIN
