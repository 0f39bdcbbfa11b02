"""sshd: every line of a connection joined into what was attempted on it.

After OpenSSH's auth.c (auth_log, allowed_user, auth_maxtries_exceeded, getpwnamallow),
auth2.c, auth-pam.c, packet.c, monitor.c and sshd-session.c, versions 3 to 10. A
connection is a process (`sshd`, or since 9.8 `sshd-session` and `sshd-auth`), told from a
later process of the same number by its source, and by its end.

What becomes of a connection: `connection.judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from collectors.logins import pam, sshd_lines
from collectors.logins.connection import SERVICE, Connection, drop_helpers, judge
from collectors.logins.lines import (
    ABORTED,
    ACCEPTED,
    FAILED,
    Attempt,
    Line,
    attempt,
    is_address,
    port,
    source,
)
from collectors.logins.sshd_lines import AuthLine, end_of, read_auth

PROGRAMS = frozenset(
    {"sshd", "sshd-session", "sshd-auth", "openssh-server", "in.sshd", "internal-sftp"}
)
# Where an old sshd's PAM session has another process number than its "Accepted" line.
SESSION_WITHIN = timedelta(seconds=15)


class Sshd:
    """Joins the lines of sshd."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], Connection] = {}
        self._all: list[Connection] = []
        self._accepted: dict[tuple[str, str | None, int | None], Connection] = {}
        self._by_source: dict[tuple[str, str | None, int | None], Connection] = {}
        self._folded: list[Attempt] = []

    def feed(self, line: Line) -> None:
        """Take in one line."""
        message = line.message.rstrip()
        if message.endswith(" [preauth]"):
            message = message[:-10]
        for prefix in ("error: ", "fatal: ", "info: "):
            if message.startswith(prefix):
                message = message[len(prefix) :]
        if line.module or message.startswith(("pam_", "(pam_")):
            self._pam(line, message)
            return
        handler = _HANDLERS.get(message.partition(" ")[0])
        if handler is not None:
            handler(self, line, message)

    def attempts(self) -> Iterable[Attempt]:
        """Return what all the connections come to."""
        yield from self._folded
        helpers = [each for each in self._all if each.only_pam()]
        told = [each for each in self._all if not each.only_pam()]
        drop_helpers(helpers, told)
        for connection in (*told, *helpers):
            yield from judge(connection)

    def _connection(
        self, line: Line, ip: str | None = None, number: int | None = None, *, new: bool = False
    ) -> Connection:
        """Return the line's connection. `new`: nothing that has ended can say this."""
        key = (line.host, line.pid or f"from {ip}")
        known = self._open.get(key)
        if (
            known is not None
            and known.fits(ip, number)
            and not (new and (known.ended or known.accepted))
        ):
            return known
        twin = self._by_source.get((line.host, ip, number)) if number else None
        if known is None and twin is not None and line.program != SERVICE and not twin.ended:
            # Since 10.0 sshd-auth may speak of a connection under a number of its own.
            self._open[key] = twin
            return twin
        made = Connection()
        self._open[key] = made
        self._all.append(made)
        if number:
            self._by_source[line.host, ip, number] = made
        return made

    def _auth(self, line: Line, message: str) -> None:
        known = self._open.get((line.host, line.pid)) if line.pid else None
        said = read_auth(message, known.ip if known else None, known.port if known else None)
        if said is None:
            return
        if line.folded:
            self._folded.append(_attempt(line, FAILED, said))
            return
        if said.word not in ("Accepted", "Failed"):
            connection = self._connection(line, said.ip, said.port)
            connection.learn(said.ip, said.port, said.user)
            return
        connection = self._connection(line, said.ip, said.port, new=True)
        connection.learn(said.ip, said.port, said.user)
        if said.word == "Accepted":
            connection.accepted = _attempt(line, ACCEPTED, said)
            self._accepted[line.host, said.ip, said.port] = connection
            return
        if said.invalid and connection.refused is None:
            connection.refused = line
        self._judged(connection, _attempt(line, FAILED, said))

    def _judged(self, connection: Connection, row: Attempt) -> None:
        """Add a failed attempt, unless the line before spoke of it already.

        auth-pam.c logs "PAM: … for USER from IP", then auth_log the same attempt as
        "Failed keyboard-interactive/pam".
        """
        last = connection.rows[-1] if connection.rows else None
        method = row.method or ""
        if (
            last is not None
            and method.startswith("keyboard-interactive")
            and last.method == "pam"
            and last.count == row.count
        ):
            last.method, last.source_port = method, row.source_port
            last.user = last.user if row.user is None else row.user
            return
        connection.rows.append(row)

    def _invalid(self, line: Line, message: str) -> None:
        if (found := sshd_lines.INVALID.match(message)) is None:
            return
        ip, number = source(found[2]), port(found[3])
        if line.folded:
            row = attempt(line, FAILED, SERVICE)
            row.user, row.source_ip = found[1], ip
            self._folded.append(row)
            return
        connection = self._connection(line, ip, number, new=True)
        connection.learn(ip, number, found[1])
        connection.refused = connection.refused or line

    def _input(self, line: Line, message: str) -> None:
        if (found := sshd_lines.INPUT.match(message)) is not None:
            connection = self._connection(line)
            connection.learn(None, None, found[1])
            connection.refused = connection.refused or line

    def _user(self, line: Line, message: str) -> None:
        if (found := sshd_lines.NOT_ALLOWED.match(message)) is not None:
            self._refuse(line, found[1], source(found[2]))

    def _account(self, line: Line, message: str) -> None:
        if (found := sshd_lines.EXPIRED.match(message)) is not None:
            self._refuse(line, found[1], None)

    def _access(self, line: Line, message: str) -> None:
        if (found := sshd_lines.DENIED.match(message)) is not None:
            self._refuse(line, found[1], None, new=False)

    def _root(self, line: Line, message: str) -> None:
        if (found := sshd_lines.ROOT_REFUSED.match(message)) is not None:
            self._refuse(line, "root", source(found[1]), port(found[2]))

    def _maximum(self, line: Line, message: str) -> None:
        if (found := sshd_lines.MAXIMUM.match(message)) is not None:
            self._refuse(line, found[2], source(found[3]), port(found[4]), new=False)

    def _refuse(
        self, line: Line, user: str, ip: str | None, number: int | None = None, *, new: bool = True
    ) -> None:
        # "not allowed … from" may give a name where the other lines give an address.
        address = ip if is_address(ip) else None
        connection = self._connection(line, address, number, new=new)
        connection.learn(ip, number, user)
        connection.refused = connection.refused or line

    def _pam_error(self, line: Line, message: str) -> None:
        if (found := sshd_lines.PAM_ERROR.match(message)) is None:
            self._pam(line, message)
            return
        row = attempt(line, FAILED, SERVICE)
        row.user, row.source_ip, row.method = found["user"], source(found["ip"]), "pam"
        if line.folded:
            row.method = "keyboard-interactive/pam"
            self._folded.append(row)
            return
        # It gives a host's name under UseDNS, so it cannot tell connections apart.
        connection = self._connection(line, new=True)
        connection.learn(None, None, found["user"])
        if found["invalid"]:
            connection.refused = connection.refused or line
        connection.rows.append(row)

    def _from(self, line: Line, message: str) -> None:
        if (found := sshd_lines.FROM.match(message)) is not None:
            ip, number = source(found[1]), port(found[2])
            connection = self._connection(line, ip, number, new=True)
            connection.learn(ip, number)
            return
        self._end(line, message)

    def _end(self, line: Line, message: str) -> None:
        if (found := sshd_lines.TOO_MANY.match(message)) is not None:
            connection = self._connection(line)
            connection.learn(None, None, found[1])
            connection.refused = connection.refused or line
            return
        known = self._open.get((line.host, line.pid))
        said = end_of(message, known.ip if known else None, known.port if known else None)
        if said is None:
            return
        logged_in = self._accepted.get((line.host, said.ip, said.port))
        if (
            logged_in is not None
            and logged_in.accepted
            and known is not logged_in
            and not said.kind
        ):
            _close(logged_in, line)
            return
        if line.folded and said.kind:
            result = ABORTED if said.kind == "authenticating" else FAILED
            row = attempt(line, result, SERVICE)
            row.user, row.source_ip = said.user, said.ip
            self._folded.append(row)
            return
        connection = self._connection(line, said.ip, said.port)
        connection.learn(said.ip, said.port, said.user)
        if said.kind == "invalid" or said.judged:
            connection.refused = connection.refused or line
        elif said.kind:
            connection.named = connection.named or line
        if connection.accepted is not None:
            _close(connection, line)
        connection.ended = True

    def _pam(self, line: Line, message: str) -> None:
        said = pam.read(message, line.module)
        if said is None:
            return
        if said.kind == pam.OPENED:
            self._opened(line, said)
        elif said.kind == pam.CLOSED:
            known = self._open.get((line.host, line.pid))
            if known is not None and known.accepted is not None:
                known.accepted.ended_at, known.session_closed = line.at, True
        elif said.kind in (pam.FAILURE, pam.MORE):
            self._pam_failure(line, said)
        elif said.kind == pam.DENIED:
            connection = self._connection(line)
            connection.learn(None, None, said.user)
            connection.refused = connection.refused or line

    def _pam_failure(self, line: Line, said: pam.Pam) -> None:
        row = attempt(line, FAILED, SERVICE)
        row.user, row.source_ip = said.user or said.ruser, source(said.rhost)
        row.count = line.count * said.count
        if line.folded:
            self._folded.append(row)
            return
        # The far end is often a name here, so it tells connections apart only without a pid.
        where = None if line.pid else source(said.rhost)
        connection = self._connection(line, where, new=said.kind == pam.FAILURE)
        connection.pam_failures.setdefault(said.module, []).append(row)

    def _opened(self, line: Line, said: pam.Pam) -> None:
        """A session without an "Accepted" line is a login all the same."""
        known = self._open.get((line.host, line.pid))
        if known is not None and known.accepted is not None and not known.has_session:
            known.has_session = True
            return
        for other in reversed(self._all[-50:]):
            if (
                other.accepted is not None
                and not other.has_session
                and other.accepted.user == said.user
                and timedelta(0) <= line.at - other.accepted.at <= SESSION_WITHIN
            ):
                other.has_session = True
                self._open[line.host, line.pid] = other
                return
        connection = self._connection(line, new=True)
        connection.accepted, connection.has_session = attempt(line, ACCEPTED, SERVICE), True
        connection.accepted.user, connection.accepted.source_ip = said.user, connection.ip
        connection.accepted.source_port = connection.port


def _attempt(line: Line, result: str, said: AuthLine) -> Attempt:
    row = attempt(line, result, SERVICE)
    row.user, row.source_ip, row.source_port = said.user, said.ip, said.port
    row.method, row.key = said.method, said.key
    return row


def _close(connection: Connection, line: Line) -> None:
    if connection.accepted is not None and not connection.session_closed:
        connection.accepted.ended_at = connection.accepted.ended_at or line.at
    connection.ended = True


_HANDLERS: dict[str, Callable[[Sshd, Line, str], None]] = {
    "Accepted": Sshd._auth,
    "Failed": Sshd._auth,
    "Partial": Sshd._auth,
    "Postponed": Sshd._auth,
    "Invalid": Sshd._invalid,
    "Illegal": Sshd._invalid,
    "input_userauth_request:": Sshd._input,
    "User": Sshd._user,
    "Account": Sshd._account,
    "Access": Sshd._access,
    "ROOT": Sshd._root,
    "maximum": Sshd._maximum,
    "PAM:": Sshd._pam_error,
    "PAM": Sshd._pam_error,
    "Connection": Sshd._from,
    "Disconnecting:": Sshd._end,
    "Disconnecting": Sshd._end,
    "Disconnected": Sshd._end,
    "Received": Sshd._end,
    "Timeout": Sshd._end,
    "Read": Sshd._end,
    "Write": Sshd._end,
    "ssh_dispatch_run_fatal:": Sshd._end,
}
