"""sshd: every line of a connection joined into what was attempted on it.

After OpenSSH's auth.c (auth_log, allowed_user, auth_maxtries_exceeded, getpwnamallow),
auth2.c, auth-pam.c, packet.c, monitor.c and sshd-session.c, versions 3 to 10. A
connection is a process (`sshd`, or since 9.8 `sshd-session` and `sshd-auth`), told from a
later process of the same number by its source, and by its end.

What becomes of a connection: `connection.judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collectors.base import Row
from collectors.logins import sshd_lines
from collectors.logins.book import Book
from collectors.logins.connection import SERVICE
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
from collectors.logins.sshd_ends import SshdEnds
from collectors.logins.sshd_lines import AuthLine, read_auth
from collectors.logins.sshd_pam import SshdPam

PROGRAMS = frozenset(
    {"sshd", "sshd-session", "sshd-auth", "sshd2", "openssh-server", "in.sshd", "internal-sftp"}
)
_PAM = ("pam_", "(pam_", "authentication failure; logname=")
_PREFIXES = frozenset({"error:", "fatal:", "info:", "log:"})


class Sshd:
    """Joins the lines of sshd."""

    def __init__(self) -> None:
        self._book = Book()
        self.scans = self._book.scans
        self._folded: list[Attempt] = []
        self._pam = SshdPam(self._book, self._folded)
        self._ends = SshdEnds(self._book, self._folded)

    def feed(self, line: Line) -> None:
        """Take in one line."""
        message = line.message.rstrip()
        if message.endswith(" [preauth]"):
            message = message[:-10]
        word = message.partition(" ")[0]
        while word in _PREFIXES:
            message = message[len(word) + 1 :]
            word = message.partition(" ")[0]
        if not line.module and (handler := _HANDLERS.get(word)) is not None:
            handler(self, line, message)
        elif line.module or message.startswith(_PAM):
            self._pam.feed(line, message)

    def rows(self) -> Iterator[Row]:
        """Yield what all the connections come to."""
        for row in self._folded:
            yield row.row()
        yield from self._book.rows()

    def _auth(self, line: Line, message: str) -> None:
        known = self._book.known(line)
        said = read_auth(message, known.ip if known else None, known.port if known else None)
        if said is None:
            return
        if line.folded:
            probe = said.method == "none" and not said.invalid
            result = ACCEPTED if said.word == "Accepted" else ABORTED if probe else FAILED
            row = _attempt(line, result, said)
            row.source_port = row.source_port if row.count == 1 else None
            self._folded.append(row)
            return
        if said.word not in ("Accepted", "Failed"):
            connection = self._book.find(line, said.ip, said.port)
            connection.learn(said.ip, said.port, said.user)
            connection.begun = connection.begun or line
            if said.invalid:
                connection.refused = connection.refused or line
            return
        user = said.user if said.invalid else None
        connection = self._book.find(line, said.ip, said.port, new=True, user=user)
        connection.learn(said.ip, said.port, said.user)
        if said.word == "Accepted":
            connection.accepted = _attempt(line, ACCEPTED, said)
            self._book.let_in(connection, (line.host, said.ip, said.port))
            return
        if said.invalid and connection.refused is None:
            connection.refused = line
        connection.fail(_attempt(line, FAILED, said))

    def _invalid(self, line: Line, message: str) -> None:
        if (found := sshd_lines.INVALID.match(message)) is None:
            return
        ip, number = source(found[2]), port(found[3])
        if line.folded:
            row = attempt(line, FAILED, SERVICE)
            row.user, row.source_ip = found[1], ip
            self._folded.append(row)
            return
        self._stranger(line, found[1], ip, number)

    def _stranger(self, line: Line, user: str, ip: str | None, number: int | None) -> None:
        """Note what a connection says once, as soon as its user is looked up."""
        address = ip if is_address(ip) else None
        connection = self._book.find(line, address, number, new=True)
        if connection.another(line, user):
            connection.ended = True
            connection = self._book.find(line, address, number, new=True)
        connection.learn(ip, number, user)
        connection.refused = connection.looked_up = connection.refused or line

    def _input(self, line: Line, message: str) -> None:
        if (found := sshd_lines.INPUT.match(message)) is not None:
            connection = self._book.find(line)
            connection.learn(None, None, found[1])
            connection.refused = connection.refused or line

    def _user(self, line: Line, message: str) -> None:
        if (found := sshd_lines.COMING.match(message)) is None:
            self._refused(line, message)
            return
        self._let_in(line, found["user"], source(found["ip"]))

    def _old(self, line: Line, message: str) -> None:
        if (found := sshd_lines.FIRST_SSH.match(message)) is not None:
            known = self._book.known(line)
            self._let_in(line, found["user"], known.ip if known else None)

    def _let_in(self, line: Line, user: str, ip: str | None) -> None:
        connection = self._book.find(line, ip, new=True)
        connection.learn(ip, None, user)
        row = attempt(line, ACCEPTED, SERVICE)
        row.user, row.source_ip, row.source_port = user, ip, connection.port
        connection.accepted = row

    def _refused(self, line: Line, message: str) -> None:
        word = message.partition(" ")[0]
        if (found := sshd_lines.REFUSED[word].match(message)) is None:
            return
        said = found.groupdict()
        user = "root" if word == "ROOT" else said["user"]
        ip, number = source(said.get("ip")), port(said.get("port"))
        if word == "User":
            self._stranger(line, user, ip, number)
            return
        # "not allowed … from" may give a name where the other lines give an address.
        address = ip if is_address(ip) else None
        new = word not in sshd_lines.LATER
        connection = self._book.find(line, address, number, new=new, user=None if new else user)
        connection.learn(ip, number, user)
        connection.refused = connection.refused or line

    def _named(self, line: Line, message: str) -> None:
        if (found := sshd_lines.HPN.match(message)) is not None:
            ip, number = source(found["ip"]), port(found["port"])
            connection = self._book.find(line, ip, number, new=True)
            connection.learn(ip, number, found["user"])
            connection.begun = connection.begun or line

    def _pam_error(self, line: Line, message: str) -> None:
        if (found := sshd_lines.PAM_ERROR.match(message)) is None:
            self._pam.feed(line, message)
            return
        row = attempt(line, FAILED, SERVICE)
        row.user, row.source_ip, row.method = found["user"], source(found["ip"]), "pam"
        if line.folded:
            row.method = "keyboard-interactive/pam"
            self._folded.append(row)
            return
        # It gives a host's name under UseDNS, so it cannot tell connections apart.
        connection = self._book.find(line, new=True)
        connection.learn(None, None, found["user"])
        if found["invalid"]:
            connection.refused = connection.refused or line
        connection.rows.append(row)

    def _begin(self, line: Line, message: str) -> None:
        self._ends.begin(line, message)

    def _end(self, line: Line, message: str) -> None:
        self._ends.end(line, message)

    def _scan(self, line: Line, message: str) -> None:
        self._ends.scan(line, message)


def _attempt(line: Line, result: str, said: AuthLine) -> Attempt:
    row = attempt(line, result, SERVICE)
    row.user, row.source_ip, row.source_port = said.user, said.ip, said.port
    row.method, row.key = said.method, said.key
    return row


_HANDLERS: dict[str, Callable[[Sshd, Line, str], None]] = {
    **dict.fromkeys(("Accepted", "Failed", "failed", "Partial", "Postponed"), Sshd._auth),
    **dict.fromkeys(("Password", "RSA", "Rhosts"), Sshd._old),
    "Invalid": Sshd._invalid,
    "Illegal": Sshd._invalid,
    "input_userauth_request:": Sshd._input,
    "User": Sshd._user,
    **dict.fromkeys(sshd_lines.REFUSED.keys() - {"User"}, Sshd._refused),
    "SSH:": Sshd._named,
    "PAM:": Sshd._pam_error,
    "PAM": Sshd._pam_error,
    "Connection": Sshd._begin,
    **dict.fromkeys(sshd_lines.ENDS, Sshd._end),
    **dict.fromkeys(sshd_lines.SCANS, Sshd._scan),
}
