"""What PAM says in sshd's name: refusals that sshd may not log itself, and sessions."""

from __future__ import annotations

from collectors.logins import pam
from collectors.logins.book import Book
from collectors.logins.connection import SERVICE
from collectors.logins.lines import ACCEPTED, FAILED, Attempt, Line, attempt, source


class SshdPam:
    """Brings PAM's lines to the connections of `book`, added-up ones to `folded`."""

    def __init__(self, book: Book, folded: list[Attempt]) -> None:
        self._book = book
        self._folded = folded

    def feed(self, line: Line, message: str) -> None:
        """Take in one line."""
        said = pam.read(message, line.module)
        if said is None:
            return
        if said.kind == pam.OPENED:
            self._opened(line, said)
        elif said.kind == pam.CLOSED:
            known = self._book.known(line)
            if known is not None and known.accepted is not None:
                known.accepted.ended_at, known.session_closed = line.at, True
        elif said.kind in (pam.FAILURE, pam.MORE):
            self._failure(line, said)
        elif said.kind == pam.DENIED:
            connection = self._book.find(line)
            connection.learn(source(said.rhost), None, said.user)
            row = attempt(line, FAILED, SERVICE)
            row.user, row.source_ip = said.user, source(said.rhost)
            connection.pam_failures.setdefault(said.module, [row])
        elif said.kind == pam.GRANTED:
            connection = self._book.find(line, new=True)
            connection.learn(source(said.rhost), None, said.user)

    def _failure(self, line: Line, said: pam.Pam) -> None:
        row = attempt(line, FAILED, SERVICE)
        row.user, row.source_ip = said.user or said.ruser, source(said.rhost)
        row.count = line.count * said.count
        if line.folded:
            self._folded.append(row)
            return
        # The far end is often a name here, so it tells connections apart only without a pid.
        where = None if line.pid else source(said.rhost)
        connection = self._book.find(line, where, new=said.kind == pam.FAILURE)
        connection.pam_failures.setdefault(said.module, []).append(row)

    def _opened(self, line: Line, said: pam.Pam) -> None:
        """A session without an "Accepted" line is a login all the same."""
        known = self._book.known(line)
        if known is not None and known.accepted is not None and not known.has_session:
            known.has_session = True
            return
        waiting = self._book.waiting_for_session(line, said.user)
        if waiting is not None:
            waiting.has_session = True
            self._book.join(line, waiting)
            return
        connection = self._book.find(line, new=True)
        connection.accepted, connection.has_session = attempt(line, ACCEPTED, SERVICE), True
        connection.accepted.user, connection.accepted.source_ip = said.user, connection.ip
        connection.accepted.source_port = connection.port
