"""A connection to sshd: what its lines have said, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

from collectors.logins.lines import ABORTED, FAILED, Attempt, Line, attempt, is_address
from collectors.logins.sshd_lines import KEYED

SERVICE = "sshd"
# LoginGraceTime is 120 s by default; PAM's own delay after a failure is 2 s.
HELPER_WITHIN = timedelta(seconds=120)
LOGIN_WITHIN = timedelta(minutes=10)

# An attempt, its host, and the sources it may have.
Claim = tuple[Attempt, str, set[str | None]]
Whose = tuple[str, str | None, str | None]


@dataclass(slots=True)
class Connection:
    """What the lines of one connection have said so far."""

    ip: str | None = None
    port: int | None = None
    # The far end's name, where a line gives that (UseDNS) in place of the address.
    name: str | None = None
    user: str | None = None
    rows: list[Attempt] = field(default_factory=list)
    # Under which processes and sources it is known.
    keys: list[tuple[str, str]] = field(default_factory=list)
    places: list[tuple[str, str | None, int | None]] = field(default_factory=list)
    # The first line that says the user is invalid or not allowed, and the first that
    # merely names a user at the connection's end.
    refused: Line | None = None
    # "Invalid user" or "User … not allowed", which a connection writes once.
    looked_up: Line | None = None
    named: Line | None = None
    # A step of a method, which says that a user was named: no attempt while it goes on.
    begun: Line | None = None
    # What says that nobody was named, unless another line names somebody.
    scan: Line | None = None
    pam_failures: dict[str, list[Attempt]] = field(default_factory=dict)
    accepted: Attempt | None = None
    has_session: bool = False
    ended: bool = False
    session_closed: bool = False
    since: datetime | None = None

    @property
    def host(self) -> str:
        """The host that logged its first line."""
        return self.keys[0][0]

    def fits(self, ip: str | None, number: int | None) -> bool:
        """Whether a line with this source can be this connection's."""
        if ip and self.ip and ip != self.ip:
            return False
        return not (number and self.port and number != self.port)

    def another(self, line: Line, user: str) -> bool:
        """Whether a second "Invalid user" is another connection's, of which no more is told.

        A connection never changes its user. Repeated word for word within the time that one
        has to log in it may be the same, if it has a process's number.
        """
        said = self.looked_up
        if said is None:
            return False
        return not line.pid or user != self.user or line.at - said.at > LOGIN_WITHIN

    def speaks_of(self, line: Line, user: str | None, *, judged: bool) -> bool:
        """Whether a line of another process, with the same source, is this connection's.

        `judged`: an attempt, which follows here if it is the first.
        """
        if self.ended or self.accepted or user is None or user != self.user or self.since is None:
            return False
        return line.at - self.since <= HELPER_WITHIN and not (judged and self.rows)

    def only_pam(self) -> bool:
        """Whether PAM's failures are all that this process has logged."""
        return bool(self.pam_failures) and not (
            self.rows or self.accepted or self.refused or self.named or self.ended or self.port
        )

    def over(self) -> bool:
        """Whether nothing more can be told of it."""
        return self.session_closed or (self.ended and not self.has_session)

    def learn(self, ip: str | None, number: int | None, user: str | None = None) -> None:
        """Keep what a line says of where the connection comes from, and for whom."""
        if ip is not None and ip != self.ip:
            if not is_address(ip):
                self.name = self.name or ip
            elif self.ip is None:
                self.ip = ip
        if self.port is None:
            self.port = number
        if self.user is None:
            self.user = user

    def fail(self, row: Attempt) -> None:
        """Add a failed attempt, unless the line before spoke of it already.

        auth-pam.c logs "PAM: … for USER from IP", then auth_log the same attempt as
        "Failed keyboard-interactive/pam".
        """
        last = self.rows[-1] if self.rows else None
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
        self.rows.append(row)

    def close(self, line: Line) -> None:
        """End the connection, and the login on it if PAM has not told its end."""
        if self.accepted is not None and not self.session_closed:
            self.accepted.ended_at = self.accepted.ended_at or line.at
        self.ended = True


def judge(connection: Connection) -> list[Attempt]:
    """Return what a connection comes to.

    Let in: that, and every password refused before it, but not the keys. Else every
    refusal. Where sshd itself logged none: what PAM refused; else one `failed` for a user
    who is invalid or not allowed; else one `aborted` for a user who was named and of whom
    nothing was judged; else nothing, for without a name it was a scan.
    """
    judged = []
    for row in connection.rows:
        if row.method == "none":
            continue
        _complete(row, connection)
        if row.method == "pam":
            row.method = "keyboard-interactive/pam"
        judged.append(row)
    if connection.accepted is not None:
        if not judged and not connection.pam_failures:
            return [connection.accepted]
        others = _pam_rows(connection, other_than=connection.accepted.user) if not judged else []
        refused = [row for row in judged if row.method not in KEYED]
        return [*refused, *others, connection.accepted]
    if judged:
        return judged
    return _pam_rows(connection) or _unjudged(connection)


def _unjudged(connection: Connection) -> list[Attempt]:
    probe = connection.rows[0] if connection.rows else None
    if (line := connection.refused) is not None:
        return [probe or _bare(line, FAILED, connection)]
    if probe is not None:
        probe.result = ABORTED
        return [probe]
    line = connection.named or (connection.begun if connection.ended else None)
    if line is not None:
        return [_bare(line, ABORTED, connection)]
    return []


def drop_helpers(helpers: list[Connection], claims: Sequence[Claim]) -> None:
    """Take away what PAM said in a helper process of an attempt that sshd itself logged.

    For keyboard-interactive, auth-pam.c runs PAM in a child: its failure has another
    process number than sshd's own "PAM: Authentication failure for …" that follows it.
    `claims`: the attempts of that kind which sshd logged.
    """
    own: dict[Whose, list[Attempt]] = {}
    for row, host, sources in claims:
        for user, place in product({row.user, None}, sources):
            own.setdefault((host, user, place), []).append(row)
    for rows in own.values():
        rows.sort(key=lambda row: row.at, reverse=True)
    # Each module of the stack speaks of every attempt, so each claims for itself.
    for module in {module for helper in helpers for module in helper.pam_failures}:
        waiting = {key: list(rows) for key, rows in own.items()}
        taken: set[int] = set()
        for helper in helpers:
            failures = helper.pam_failures.get(module, [])
            helper.pam_failures[module] = [
                row for row in failures if not _spoken_of(row, helper.host, waiting, taken)
            ]


def _spoken_of(row: Attempt, host: str, own: dict[Whose, list[Attempt]], taken: set[int]) -> bool:
    """Whether sshd's next unclaimed attempt of this user and source is this one."""
    waiting = own.get((host, row.user, row.source_ip), [])
    while waiting and (waiting[-1].at < row.at or id(waiting[-1]) in taken):
        waiting.pop()
    if not waiting or waiting[-1].at - row.at > HELPER_WITHIN:
        return False
    taken.add(id(waiting.pop()))
    return True


def _pam_rows(connection: Connection, other_than: str | None = None) -> list[Attempt]:
    """Each module of the stack logs the same attempt, so the one that counts most counts."""
    if not connection.pam_failures:
        return []
    rows = max(connection.pam_failures.values(), key=_how_many)
    if other_than is not None:
        rows = [row for row in rows if row.user not in (None, other_than)]
    for row in rows:
        _complete(row, connection)
    return rows


def _how_many(rows: Sequence[Attempt]) -> int:
    return sum(row.count for row in rows)


def _complete(row: Attempt, connection: Connection) -> None:
    row.user = connection.user if row.user is None else row.user
    row.source_ip = connection.ip or row.source_ip or connection.name
    row.source_port = row.source_port or connection.port


def _bare(line: Line, result: str, connection: Connection) -> Attempt:
    row = attempt(line, result, SERVICE)
    row.count = 1
    _complete(row, connection)
    return row
