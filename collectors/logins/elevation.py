"""su, sudo, doas and pkexec: somebody becomes somebody else.

One row for each command of sudo, doas and pkexec, one for each change of user by su; PAM's
lines of the same process add the end, and stand in where the program itself logged nothing.
What the lines look like: `elevation_lines`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from collectors.logins import elevation_lines, pam
from collectors.logins.elevation_lines import Said
from collectors.logins.lines import ACCEPTED, FAILED, Attempt, Line, attempt, source

SU = frozenset({"su", "su-l"})
PROGRAMS = SU | {"sudo", "sudo-rs", "sudo-i", "doas", "pkexec", "userhelper"}

# From a command's line to its session's, where no number joins them.
SESSION_WITHIN = timedelta(seconds=60)
# And from a session's to its command's, which come at once.
COMMAND_WITHIN = timedelta(seconds=2)
# sudo asks thrice, and waits no longer than that (passwd_timeout).
ASKS_WITHIN = timedelta(minutes=5)
# So many at once, where no number tells them apart.
MOST_OPEN = 20

Key = tuple[str, str, str]


@dataclass(slots=True)
class Change:
    """A row that further lines of the same process may still speak of."""

    row: Attempt
    kinds: set[str] = field(default_factory=set)
    closed: bool = False
    # Whether the session's line named who asked: older systems give root's number for all.
    named: bool = True
    # The one before, where no process's number tells them apart.
    before: Change | None = None

    def ran(self, said: Said) -> bool:
        """Whether this is the command of which is said how it ended."""
        same = (self.row.user, self.row.target_user) == (said.user, said.target)
        return same and "command" in self.kinds

    def and_before(self) -> Iterator[Change]:
        """Yield this one and some of those before it."""
        change: Change | None = self
        for _ in range(MOST_OPEN):
            if change is None:
                return
            yield change
            change = change.before


class Elevation:
    """Joins the lines of su, sudo and doas."""

    def __init__(self) -> None:
        self._rows: list[Attempt] = []
        self._open: dict[Key, Change] = {}
        self._refused: dict[Key, Change] = {}

    def feed(self, line: Line) -> None:
        """Take in one line."""
        program = line.program
        program = "su" if program in SU else "sudo" if program.startswith("sudo") else program
        key = (line.host, program, line.pid)
        message = line.message.rstrip()
        if (said := pam.read(message, line.module)) is not None:
            self._pam(line, key, said)
        elif program == "su":
            if (change := elevation_lines.su(message)) is not None:
                self._change(line, key, change)
        elif (command := _READERS[program](message)) is not None:
            self._command(line, key, command)

    def attempts(self) -> Iterable[Attempt]:
        """Return the rows, and what PAM refused without a further word of the program's."""
        yield from self._rows
        for change in self._refused.values():
            yield change.row

    def _command(self, line: Line, key: Key, said: Said) -> None:
        """Add a command, unless the session that it began was told first.

        Without a process's number that is only certain at once and for the same two users;
        pkexec's session comes from PAM without its number, and names nobody.
        """
        result = FAILED if said.bad else ACCEPTED
        last = self._open.get(key)
        # What a user gives as his command may end like that too: only a number tells.
        if said.kind == "exit" and line.pid and last is not None and last.ran(said):
            last.row.ended_at, last.closed = last.row.ended_at or line.at, True
            return
        self._refused.pop(key, None)
        for each in (key, (key[0], key[1], "")):
            known = self._open.get(each)
            if known is None or known.kinds != {"session"} or result != ACCEPTED:
                continue
            row = known.row
            if key[1] == "pkexec" or (line.pid and each == key) or _at_once(known, line, said):
                row.user, row.at = said.user, min(row.at, line.at)
                known.kinds.add("command")
                return
        self._add(line, key, result, said.user, said.target, "command")

    def _change(self, line: Line, key: Key, said: Said) -> None:
        """Several lines speak of one su, each kind once."""
        result = FAILED if said.bad else ACCEPTED
        user, target, kind = said.user, said.target or "", said.kind
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

    def _refusal(self, key: Key, user: str, target: str) -> Change | None:
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
        key: Key,
        result: str,
        user: str | None,
        target: str | None,
        kind: str,
    ) -> Change:
        row = attempt(line, result, key[1])
        row.user, row.target_user = user, target
        change = Change(row, {kind}, before=None if line.pid else self._open.get(key))
        self._rows.append(row)
        self._open[key] = change
        return change

    def _pam(self, line: Line, key: Key, said: pam.Pam) -> None:
        last = self._open.get(key)
        changes = list(last.and_before()) if last is not None else []
        if said.kind == pam.OPENED:
            self._refused.pop(key, None)
            for known in changes:
                if (
                    known.row.result == ACCEPTED
                    and "session" not in known.kinds
                    and known.row.target_user in (said.user, None)
                    and (line.pid or _belongs(known.row, line, said))
                ):
                    known.kinds.add("session")
                    return
            change = self._add(line, key, ACCEPTED, said.by, said.user, "session")
            change.named = said.named
        elif said.kind == pam.CLOSED:
            for known in changes:
                if known.row.result == ACCEPTED and "session" in known.kinds and not known.closed:
                    known.row.ended_at, known.closed = line.at, True
                    return
        elif said.kind == pam.GRANTED:
            self._refused.pop(key, None)  # one module did not know him, the next one did
        elif said.kind in (pam.FAILURE, pam.DENIED):
            self._pam_failure(line, key, said)

    def _pam_failure(self, line: Line, key: Key, said: pam.Pam) -> None:
        held = self._refused.get(key)
        if held is not None and (line.pid or _asked_again(held.row, line, said)):
            return
        if held is not None:
            self._rows.append(self._refused.pop(key).row)
        row = attempt(line, FAILED, key[1])
        row.source_ip = source(said.rhost)
        # sudo asks for the caller's own password, su for that of whom he wants to be.
        if key[1] == "su":
            row.user, row.target_user = said.ruser, said.user
        else:
            row.user = said.ruser or said.user
            row.target_user = said.user if said.user != row.user else None
        self._refused[key] = Change(row)


def _belongs(row: Attempt, line: Line, said: pam.Pam) -> bool:
    """Whether a session without a process's number is that of the row before it.

    It may name who logged in, where the command's line names whom he became since.
    """
    same = not said.named or said.by == row.user
    return line.at - row.at <= (SESSION_WITHIN if same else COMMAND_WITHIN)


def _asked_again(row: Attempt, line: Line, said: pam.Pam) -> bool:
    """Whether this is the next wrong password for the command that sudo will speak of."""
    same = row.service == "sudo" and row.user == (said.ruser or said.user)
    return same and line.at - row.at <= ASKS_WITHIN


def _at_once(session: Change, line: Line, said: Said) -> bool:
    """Whether the session of a moment ago is that of this command."""
    row = session.row
    same = row.target_user == said.target and (row.user == said.user or not session.named)
    return same and timedelta(0) <= line.at - row.at <= COMMAND_WITHIN


_READERS = {
    "sudo": elevation_lines.sudo,
    "doas": elevation_lines.doas,
    "pkexec": elevation_lines.pkexec,
    "userhelper": elevation_lines.userhelper,
}
