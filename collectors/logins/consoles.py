"""login, display managers, cockpit, other servers, and PAM's lines of any other service.

    gdm-password][1]: pam_unix(gdm-password:session): session opened for user bob(uid=1000) by …

What login says in words of its own stands in `login_lines`, what servers say in `daemons`.
A failure that several lines of one process speak of is counted by the kind of line that
counts most, and told by the program's own where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collectors.logins import daemons, login_lines, pam
from collectors.logins.lines import ACCEPTED, FAILED, Attempt, Line, attempt, source
from collectors.logins.login_lines import remote

# Services whose session is a person's login.
INTERACTIVE = frozenset(
    (
        *("login", "remote", "rlogin", "rsh", "telnet", "cockpit"),
        *("gdm", "gdm3", "gdm-password", "gdm-autologin", "gdm-fingerprint", "gdm-smartcard"),
        *("lightdm", "lightdm-autologin", "sddm", "sddm-autologin", "kdm", "kde", "xdm", "wdm"),
        *("lxdm", "slim", "greetd", "ly", "xrdp", "xrdp-sesman"),
        *("vsftpd", "vsftpd.virtual", "proftpd", "pure-ftpd", "ftp"),
    )
)
# Services that run by themselves, where nobody logged in, or whose PAM lines add nothing.
NOBODY = frozenset(
    (
        *("cron", "crond", "CRON", "atd", "systemd-user", "systemd", "runuser", "runuser-l"),
        *("gdm-launch-environment", "lightdm-greeter", "sddm-greeter"),
        "proxmox-ve-auth",  # its server says it all itself, with the realm
    )
)

# kdm and login put their own words between the program's name and PAM's.
_DISPLAY = re.compile(r":\d+(?:\[\d+\])?: (?=\(?pam_)")
# login's services for a terminal elsewhere: what it says itself is of the same login.
_REMOTE = frozenset({"remote", "system-remote-login"})
# Where the greeter of a display manager logs in under the service's own name.
_GREETERS = frozenset({"lightdm", "gdm", "gdm3", "Debian-gdm", "sddm", "kdm", "lxdm", "slim"})

# From a server's own word on a login to its session's, where no number joins them.
SESSION_WITHIN = timedelta(seconds=10)
# Nobody types a password anew so soon.
AT_ONCE = timedelta(seconds=1)

Key = tuple[str, ...]


@dataclass(slots=True)
class Failures:
    """The failures of one process (and, for a daemon that serves many, one user and source)."""

    by_kind: dict[str, list[Attempt]] = field(default_factory=dict)

    def forgive(self, at: datetime, module: str) -> None:
        """Take back what one module of a stack refused a moment before another let in."""
        allowed = len(self.by_kind.get(module, ()))
        for kind, rows in self.by_kind.items():
            if kind != module and len(rows) > allowed and at - rows[-1].at <= AT_ONCE:
                rows.pop()

    def rows(self) -> list[Attempt]:
        """Return those of the kind of line that counts most, the program's own before PAM's."""
        return max(
            self.by_kind.items(),
            key=lambda kind: (sum(row.count for row in kind[1]), kind[0] == ""),
        )[1]


class Consoles:
    """Joins the lines of all that is neither sshd, dropbear, su, sudo nor doas."""

    def __init__(self) -> None:
        self._accepted: list[Attempt] = []
        self._sessions: dict[Key, tuple[Attempt, set[str]]] = {}
        self._failures: dict[Key, Failures] = {}
        self._nameless: Attempt | None = None

    def feed(self, line: Line) -> None:
        """Take in one line."""
        message = line.message.rstrip()
        if message.startswith(":"):
            message = _DISPLAY.sub("", message, count=1)
        said = pam.read(message, line.module)
        if said is not None:
            self._pam(line, said)
        elif line.program == "login":
            self._login(line, message)
        elif (own := daemons.read(line.program, message)) is not None:
            self._server(line, own)

    def attempts(self) -> Iterable[Attempt]:
        """Return the rows."""
        yield from self._accepted
        if self._nameless is not None:
            yield self._nameless
        for failures in self._failures.values():
            yield from failures.rows()

    def _pam(self, line: Line, said: pam.Pam) -> None:
        service = said.service or line.program
        if line.program == "login" and service in _REMOTE:
            service = "login"
        if service in NOBODY or line.program in NOBODY:
            return
        if said.kind == pam.OPENED and service in INTERACTIVE:
            if said.user not in _GREETERS:
                self._forgive(line, service, said)
                self._accept(line, service, said.user, None, "pam")
        elif said.kind == pam.CLOSED:
            session, _ = self._sessions.pop(_session(line, service), (None, None))
            if session is not None and session.user in (said.user, None):
                session.ended_at = line.at
        elif said.kind == pam.GRANTED:
            self._forgive(line, service, said)
        elif said.kind in (pam.FAILURE, pam.MORE, pam.DENIED):
            row = attempt(line, FAILED, service)
            row.user, row.source_ip = said.user or said.ruser, source(said.rhost)
            row.count = line.count * said.count
            if said.kind == pam.DENIED:
                row.source_ip = remote(said.rhost)
            self._fail(line, row, said.module)

    def _login(self, line: Line, message: str) -> None:
        if (said := login_lines.read(message)) is None:
            return
        if said.result == ACCEPTED:
            self._accept(line, "login", said.user, said.where, said.kind)
            return
        row = attempt(line, FAILED, "login")
        row.count *= said.times
        row.user, row.source_ip = said.user, remote(said.where)
        # BSD's writes a line without the name, then the same with it.
        held, self._nameless = self._nameless, None
        if held is not None and (row.at, row.count) != (held.at, held.count):
            self._fail(line, held, "")
        if said.kind == "nameless":
            self._nameless = row
        else:
            self._fail(line, row, "")

    def _server(self, line: Line, said: daemons.Said) -> None:
        if said.result == ACCEPTED:
            row = self._accept(line, said.service, said.user, said.ip, "own")
            row.source_port = row.source_port or said.port
            return
        row = attempt(line, FAILED, said.service)
        row.user, row.source_ip, row.source_port = said.user, said.ip, said.port
        self._fail(line, row, "")

    def _accept(
        self, line: Line, service: str, user: str | None, where: str | None, kind: str
    ) -> Attempt:
        """PAM and the program both speak of one login, each once; they come in either order."""
        # shadow's login opens the session, its child says the rest.
        key, parent = _session(line, service), (line.host, service, "pam")
        for each in (key,) if kind == "pam" else (key, parent):
            known, kinds = self._sessions.get(each, (None, set()))
            if (
                known is not None
                and known.user == user
                and kind not in kinds
                and ((line.pid and line.pid == each[2]) or line.at - known.at <= SESSION_WITHIN)
            ):
                known.source_ip = known.source_ip or remote(where)
                kinds.add(kind)
                return known
        row = attempt(line, ACCEPTED, service)
        row.user, row.source_ip = user, remote(where)
        self._accepted.append(row)
        self._sessions[key] = row, {kind}
        if kind == "pam":
            self._sessions[parent] = self._sessions[key]
        return row

    def _forgive(self, line: Line, service: str, said: pam.Pam) -> None:
        key: Key = (line.host, service, line.pid)
        places = {"", source(said.rhost) or ""}
        for each in (key, *((*key, said.user or "", place) for place in places)):
            if (failures := self._failures.get(each)) is not None:
                failures.forgive(line.at, said.module if said.kind == pam.GRANTED else "")

    def _fail(self, line: Line, row: Attempt, kind: str) -> None:
        # One process of login serves one person, a daemon's process many. FTP servers give an
        # address where PAM gives a name, xrdp where PAM gives nothing.
        key: Key = (line.host, row.service, line.pid)
        if row.service in ("vsftpd", "proftpd", "xrdp-sesman"):
            key = (line.host, row.service, row.user or "")
        elif row.service in daemons.SHARED:
            key = (line.host, row.service, row.user or "", row.source_ip or "")
        elif row.service != "login" or not line.pid:
            key = (*key, row.user or "", row.source_ip or "")
        self._failures.setdefault(key, Failures()).by_kind.setdefault(kind, []).append(row)


def _session(line: Line, service: str) -> Key:
    return line.host, service, "" if service in daemons.SHARED else line.pid
