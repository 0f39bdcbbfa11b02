"""The connections to sshd that are known, and what those that are over came to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from collectors.base import Row
from collectors.logins.connection import SERVICE, Claim, Connection, drop_helpers, judge
from collectors.logins.lines import Line

Source = tuple[str, str | None, int | None]
# Connections that named no user: when, from where, how many.
Scan = tuple[datetime, str | None, int]

# So many of the latest connections stay open to what further lines may say of them.
KEPT = 4_000
# Where an old sshd's PAM session has another process number than its "Accepted" line.
SESSION_WITHIN = timedelta(seconds=15)


class Book:
    """Finds the connection that a line speaks of, and judges those that are over.

    That happens as soon as enough others have come: the lines of an attack, a million of
    them, need not be held until the last.
    """

    def __init__(self) -> None:
        self.scans: list[Scan] = []
        self.open: dict[tuple[str, str], Connection] = {}
        self._accepted: dict[Source, Connection] = {}
        self._by_source: dict[Source, Connection] = {}
        self._waiting: deque[Connection] = deque()
        self._running: list[Connection] = []
        self._helpers: list[Connection] = []
        self._claims: list[Claim] = []
        self._rows: list[Row] = []

    def known(self, line: Line) -> Connection | None:
        """Return the connection that the line's process has at the moment."""
        return self.open.get((line.host, line.pid)) if line.pid else None

    def find(
        self,
        line: Line,
        ip: str | None = None,
        number: int | None = None,
        *,
        new: bool = False,
        user: str | None = None,
    ) -> Connection:
        """Return the line's connection. `new`: nothing that has ended can say this.

        `user`: whom the line speaks of, if it may follow one with another process's number.
        """
        key = (line.host, line.pid or f"from {ip}")
        known = self.open.get(key)
        if (
            known is not None
            and known.fits(ip, number)
            and not (new and (known.ended or known.accepted))
        ):
            return known
        if known is None and number:
            twin = self._by_source.get((line.host, ip, number))
            # Since 10.0 sshd-auth may speak of a connection under a number of its own.
            if twin is not None and (
                twin.speaks_of(line, user, judged=new)
                if line.program == SERVICE
                else not twin.ended
            ):
                self.join(line, twin)
                return twin
        made = Connection(since=line.at)
        self.open[key] = made
        made.keys.append(key)
        self._waiting.append(made)
        if number:
            place = (line.host, ip, number)
            self._by_source[place] = made
            made.places.append(place)
        if len(self._waiting) > 2 * KEPT:
            self._settle(KEPT)
        return made

    def join(self, line: Line, connection: Connection) -> None:
        """Let the line's process speak of this connection from now on."""
        key = (line.host, line.pid)
        self.open[key] = connection
        connection.keys.append(key)

    def let_in(self, connection: Connection, source: Source) -> None:
        """Keep where a login came from: its end may be told by another process."""
        self._accepted[source] = connection
        connection.places.append(source)

    def logged_in(self, source: Source) -> Connection | None:
        """Return the last login from there."""
        return self._accepted.get(source)

    def waiting_for_session(self, line: Line, user: str | None) -> Connection | None:
        """Return a login of a moment ago whose PAM session has not been told yet."""
        for index in range(1, min(len(self._waiting), 50) + 1):
            other = self._waiting[-index]
            if (
                other.accepted is not None
                and not other.has_session
                and (other.host, other.accepted.user) == (line.host, user)
                and timedelta(0) <= line.at - other.accepted.at <= SESSION_WITHIN
            ):
                return other
        return None

    def rows(self) -> Iterator[Row]:
        """Yield what all the connections come to."""
        self._waiting.extend(self._running)
        self._running = []
        self._settle(0)
        drop_helpers(self._helpers, self._claims)
        yield from self._rows
        for helper in self._helpers:
            for row in judge(helper):
                yield row.row()

    def _settle(self, keep: int) -> None:
        """Judge all but the latest. A login that still runs may yet be told to have ended."""
        while len(self._waiting) > keep:
            connection = self._waiting.popleft()
            if keep and connection.accepted is not None and not connection.over():
                self._running.append(connection)
                continue
            if connection.only_pam():
                self._helpers.append(connection)
            else:
                rows = judge(connection)
                if not rows and connection.scan is not None and connection.user is None:
                    where = connection.ip or connection.name
                    self.scans.append((connection.scan.at, where, 1))
                for row in rows:
                    self._rows.append(row.row())
                    if row.method and row.method.startswith("keyboard-interactive"):
                        sources = {connection.ip, row.source_ip, None}
                        self._claims.append((row, connection.host, sources))
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        for key in connection.keys:
            if self.open.get(key) is connection:
                del self.open[key]
        for place in connection.places:
            for known in (self._by_source, self._accepted):
                if known.get(place) is connection:
                    del known[place]
