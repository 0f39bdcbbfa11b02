"""dropbear: a connection is a process.

    Bad password attempt for 'root' from 10.0.0.1:60588
    Login attempt for nonexistent user from 10.0.0.1:60794       (the name is not logged)
    Bad PAM password attempt for '<invalid username>' from 10.0.0.1:60794    (the same one)
    Password auth succeeded for 'root' from 10.0.0.1:60588
    Pubkey auth succeeded for 'root' with ssh-ed25519 key SHA256:… from 10.0.0.1:60588
    Pubkey auth succeeded for 'root' with key sha1!! 0a:1b:… from 10.0.0.1:60588
    Exit (root) from <10.0.0.1:60588>: Disconnect received
    Exit before auth from <10.0.0.1:60588>: (user 'root', 3 fails): Exited normally

After svr-auth.c, svr-authpasswd.c, svr-authpam.c, svr-authpubkey.c and svr-session.c,
versions 0.4x to 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from collectors.logins.lines import ABORTED, ACCEPTED, FAILED, Attempt, Line, attempt, port, source

SERVICE = "dropbear"
NO_NAME = "<invalid username>"

# Some builds repeat "[pid] Nov 03 10:00:00 " inside of the message.
_AGAIN = re.compile(r"\[\d+\] \w{3} +\d+ \d\d:\d\d:\d\d ")
_BAD = re.compile(
    r"(?:[Bb]ad (?:PAM )?password attempt for|[Pp]ubkey auth bad signature for) '(?P<user>.*)'"
    r"(?: with (?P<key>.*))? from (?P<from>\S+)$"
)
_NOBODY = re.compile(
    r"[Ll]ogin attempt for nonexistent user(?: '(?P<user>.*)')?(?: from (?P<from>\S+))?$"
)
_WRONG = re.compile(r"[Ll]ogin attempt with wrong user (?P<user>.*) from (?P<from>\S+)$")
_GOOD = re.compile(
    r"(?:(?P<method>[Pp]assword|[Pp]ubkey|PAM password) auth succeeded"
    r"|Auth succeeded with blank password) for '(?P<user>.*)'"
    r"(?: with (?:(?P<type>\S+) )?key (?P<key>.*?))? from (?P<from>\S+)"
    r"(?P<partly>, extra auth required)?$"
)
_REFUSED = re.compile(
    r"(?:root login rejected|User '(?P<shell>.*)' has invalid shell, rejected"
    r"|Logins are restricted to the group .* but user '(?P<group>.*)' is not a member)$"
)
_EXIT = re.compile(r"Exit \((?P<user>.*?)\)(?: from <(?P<from>\S+)>)?: ")
_EXIT_EARLY = re.compile(
    r"[Ee]xit before auth(?: from <(?P<from>\S+)>)?:? "
    r"\(user '(?P<user>.*)', (?P<fails>\d+) fails\): "
    r"(?:Max auth tries reached - user '.*' from (?P<late>\S+)$)?"
)
_EXIT_NAMELESS = re.compile(r"[Ee]xit before auth(?: from <(?P<from>\S+)>)?: ")
_CHILD = re.compile(r"[Cc]hild connection from (?P<from>\S+)$")
_METHODS = {"password": "password", "pam password": "password", "pubkey": "publickey", "": "none"}


class Dropbear:
    """Joins the lines of dropbear."""

    def __init__(self) -> None:
        self._rows: list[Attempt] = []
        self._sources: dict[tuple[str, str], str] = {}
        self._judged: dict[tuple[str, str], list[Attempt]] = {}
        self._sessions: dict[tuple[str, str], Attempt] = {}

    def feed(self, line: Line) -> None:
        """Take in one line."""
        message = _AGAIN.sub("", line.message.rstrip(), count=1)
        key = (line.host, line.pid)
        if (found := _CHILD.match(message)) is not None:
            self._sources[key] = found["from"]
            self._judged.pop(key, None)
        elif (found := _GOOD.match(message)) is not None:
            if not found["partly"]:
                self._sessions[key] = self._accepted(line, found)
            self._judged.pop(key, None)
        elif (found := _BAD.match(message)) is not None:
            method = "publickey" if found["key"] else "password"
            if found["user"] == NO_NAME:
                self._nobody(line, found["from"], method)
                return
            row = self._row(line, FAILED, found["user"], found["from"], method)
            row.key = found["key"] and found["key"].removeprefix("key ")
        elif (found := _NOBODY.match(message) or _WRONG.match(message)) is not None:
            self._row(line, FAILED, found["user"], found["from"] or self._sources.get(key))
        elif (found := _REFUSED.match(message)) is not None:
            user = found["shell"] or found["group"] or "root"
            self._row(line, FAILED, user, self._sources.get(key))
        else:
            self._exit(line, message)

    def attempts(self) -> Iterable[Attempt]:
        """Return the rows."""
        return self._rows

    def _accepted(self, line: Line, found: re.Match[str]) -> Attempt:
        method = _METHODS[(found["method"] or "").lower()]
        row = self._row(line, ACCEPTED, found["user"], found["from"], method)
        if found["key"]:
            row.key = " ".join(part for part in (found["type"], found["key"]) if part)
        return row

    def _nobody(self, line: Line, where: str, method: str) -> None:
        """Built with PAM it says of a user who does not exist twice that there is none."""
        before = self._judged.get((line.host, line.pid), [])
        if before and before[-1].method is None and before[-1].user is None:
            before[-1].method = method
            self._place(before[-1], where)
        else:
            self._row(line, FAILED, None, where, method)

    def _exit(self, line: Line, message: str) -> None:
        key = (line.host, line.pid)
        if (found := _EXIT.match(message)) is not None:
            session = self._sessions.pop(key, None)
            if session is not None and session.user == found["user"]:
                session.ended_at = line.at
        elif (found := _EXIT_EARLY.match(message)) is not None:
            before = self._judged.pop(key, None)
            where = found["from"] or found["late"] or self._sources.get(key)
            if before is None:
                self._row(line, FAILED if int(found["fails"]) else ABORTED, found["user"], where)
            for row in before or ():
                self._place(row, where)
        elif (found := _EXIT_NAMELESS.match(message)) is not None:
            for row in self._judged.pop(key, ()):
                self._place(row, found["from"])

    def _row(
        self,
        line: Line,
        result: str,
        user: str | None,
        where: str | None,
        method: str | None = None,
    ) -> Attempt:
        row = attempt(line, result, SERVICE)
        row.user, row.method = user, method
        self._place(row, where)
        self._rows.append(row)
        if result == FAILED:
            self._judged.setdefault((line.host, line.pid), []).append(row)
        return row

    def _place(self, row: Attempt, where: str | None) -> None:
        if where and row.source_ip is None:
            address, _, number = where.rpartition(":")
            row.source_ip, row.source_port = source(address.strip("[]")), port(number)
