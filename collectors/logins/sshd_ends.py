"""How connections to sshd begin and end, and who came without a name."""

from __future__ import annotations

from collectors.logins import sshd_lines
from collectors.logins.book import Book
from collectors.logins.connection import SERVICE
from collectors.logins.lines import ABORTED, FAILED, Attempt, Line, attempt, port, source
from collectors.logins.sshd_lines import end_of


class SshdEnds:
    """Brings such lines to the connections of `book`, added-up ones to `folded`."""

    def __init__(self, book: Book, folded: list[Attempt]) -> None:
        self._book = book
        self._folded = folded

    def begin(self, line: Line, message: str) -> None:
        """Take in where a connection comes from, or how it ended."""
        if (found := sshd_lines.FROM.match(message)) is not None:
            ip, number = source(found[1]), port(found[2])
            connection = self._book.find(line, ip, number, new=True)
            connection.learn(ip, number)
            return
        self.end(line, message)

    def scan(self, line: Line, message: str) -> None:
        """Take in that somebody came who named no user."""
        if (found := sshd_lines.SCAN.match(message)) is None:
            return
        where = next((each for each in found.groups() if each is not None), "")
        ip, _, rest = where.partition(" port ")
        connection = self._book.find(line, source(ip), port(rest), new=True)
        connection.learn(source(ip), port(rest))
        connection.scan = connection.scan or line
        # Where the address is not told, the line that ends the connection tells it.
        connection.ended = bool(ip)

    def end(self, line: Line, message: str) -> None:
        """Take in how a connection ended."""
        if (found := sshd_lines.TOO_MANY.match(message)) is not None:
            connection = self._book.find(line, source(found[2]), port(found[3]))
            connection.learn(source(found[2]), port(found[3]), found[1])
            connection.refused = connection.refused or line
            return
        known = self._book.known(line)
        said = end_of(message, known.ip if known else None, known.port if known else None)
        if said is None:
            return
        logged_in = self._book.logged_in((line.host, said.ip, said.port))
        if (
            logged_in is not None
            and logged_in.accepted
            and known is not logged_in
            and not said.kind
        ):
            logged_in.close(line)
            return
        if line.folded and said.kind:
            result = ABORTED if said.kind == "authenticating" else FAILED
            row = attempt(line, result, SERVICE)
            row.user, row.source_ip = said.user, said.ip
            self._folded.append(row)
            return
        nameless = not said.kind and said.user is None
        if line.folded and nameless:
            self._book.scans.append((line.at, said.ip, line.count))
            return
        connection = self._book.find(line, said.ip, said.port, user=said.user)
        connection.learn(said.ip, said.port, said.user)
        if nameless and line.message.rstrip().endswith("[preauth]"):
            connection.scan = connection.scan or line
        if said.kind == "invalid" or said.judged:
            connection.refused = connection.refused or line
        elif said.kind:
            connection.named = connection.named or line
        connection.close(line)
