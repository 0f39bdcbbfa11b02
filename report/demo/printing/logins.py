"""logins: the log's lines about them, as each system's sshd, PAM, sudo and syslog write them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from report.demo import logins
from report.demo.logins import Event, fingerprint
from report.demo.organisation import UIDS, Server
from report.demo.visit import Visit

LOOKED = (
    "/var/log/secure /var/log/auth.log /var/log/authlog /var/log/authlog.* "
    "/var/log/messages /var/log/syslog and the journal"
)
HINTS = (
    "@hint Hint: You are currently not seeing messages from other users and the system.\n"
    "@hint       Users in groups 'adm', 'systemd-journal' can see all messages.\n"
    "@hint       Pass -q to turn off this notice.\n"
)


class Line(NamedTuple):
    """One line of a log."""

    at: datetime
    program: str
    pid: int
    message: str


def printed(visit: Visit) -> str:
    """Return what the probe of `logins` prints."""
    server = visit.server
    head = (
        f"@logins 1\n@now {visit.now.timestamp():.0f}\n@zone {server.zone}\n"
        f"@offset {visit.from_at.astimezone(visit.zone):%z}\n@looked {LOOKED}\n"
    )
    log = server.system.log
    if not visit.root:
        return f"{head}{f'@denied 1 {log}' * bool(log)}\n{HINTS}@done\n"
    lines = sorted(_lines(visit), key=lambda line: line.at)
    if server.system.style == "journal":
        return head + _journal(visit, lines) + "@done\n"
    write = {"iso": _iso, "rfc3164": _rfc3164, "busybox": _busybox}[server.system.style]
    # Rotated on Sundays: so far back the evidence reaches.
    back = (visit.from_at - timedelta(days=(visit.from_at.weekday() + 1) % 7)).replace(
        hour=0, minute=0, second=3, microsecond=0
    )
    rank = 2 if log.endswith("messages") else 1
    first = write(visit, Line(back, _first(server), 1, f"{log} rotated"))
    told = "".join(f"|{write(visit, line)}\n" for line in lines)
    return (
        f"{head}@file {rank} {visit.now.timestamp():.0f} {log}\n^{first}\n{told}\n"
        f"@end 0 {len(lines)}\n@done\n"
    )


def _first(server: Server) -> str:
    return "syslogd" if server.system.style == "busybox" else "rsyslogd"


def _lines(visit: Visit) -> Iterator[Line]:
    dice = visit.dice("pids")
    pid = dice.randint(2000, 900_000)
    for event in logins.events(visit.story, visit.server, visit.from_at, visit.to_at):
        pid = 2000 + (pid + dice.randint(3, 400)) % 4_000_000
        told = _accepted if event.accepted else _failed
        micro = timedelta(microseconds=dice.randint(0, 999_999))
        for line in told(event, visit.server, pid):
            moved = line._replace(at=line.at + micro)
            if moved.at < visit.to_at:
                yield moved


def _accepted(event: Event, server: Server, pid: int) -> Iterator[Line]:
    sshd, user, uid = server.system.sshd, event.user, UIDS[event.user]
    where = f"{event.source} port {event.port}"
    key = f": ED25519 SHA256:{fingerprint(user)}" * (event.method == "publickey")
    yield Line(event.at, sshd, pid, f"Accepted {event.method} for {user} from {where} ssh2{key}")
    whom = user if server.system.key == "almalinux-8" else f"{user}(uid={uid})"
    if server.system.pam:
        opened = f"pam_unix(sshd:session): session opened for user {whom} by (uid=0)"
        yield Line(event.at + _moment(4), sshd, pid, opened)
    if event.sudo:
        yield from _sudo(event, server, pid + 21)
    end = event.at + timedelta(minutes=event.minutes)
    child = pid if user == "root" else pid + 7
    yield Line(end, sshd, child, f"Received disconnect from {where}:11: disconnected by user")
    yield Line(end + _moment(1), sshd, child, f"Disconnected from user {user} {where}")
    if server.system.pam:
        closed = f"pam_unix(sshd:session): session closed for user {user}"
        yield Line(end + _moment(3), sshd, pid, closed)


def _sudo(event: Event, server: Server, pid: int) -> Iterator[Line]:
    begin = event.at + timedelta(seconds=9)
    asked = f"TTY=pts/0 ; PWD=/home/{event.user} ; USER=root ; COMMAND={event.sudo}"
    yield Line(begin, "sudo", pid, f"{event.user:>8} : {asked}")
    if not server.system.pam:
        return
    uid = UIDS[event.user]
    old = server.system.key == "almalinux-8"
    opened = "root by (uid=0)" if old else f"root(uid=0) by {event.user}(uid={uid})"
    said = f"pam_unix(sudo:session): session opened for user {opened}"
    yield Line(begin + _moment(2), "sudo", pid, said)
    closed = "pam_unix(sudo:session): session closed for user root"
    yield Line(begin + timedelta(seconds=1), "sudo", pid, closed)


def _failed(event: Event, server: Server, pid: int) -> Iterator[Line]:
    sshd, begin = server.system.sshd, event.at
    where = f"{event.source} port {event.port}"
    kind = "authenticating" if event.exists else "invalid"
    named = event.user if event.exists else f"invalid user {event.user}"
    if not event.exists:
        yield Line(begin, sshd, pid, f"Invalid user {event.user} from {where}")
    if server.system.pam:
        if not event.exists:
            unknown = "pam_unix(sshd:auth): check pass; user unknown"
            yield Line(begin + _moment(2), sshd, pid, unknown)
        about = f"  user={event.user}" if event.exists else ""
        failure = "authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost="
        told = f"pam_unix(sshd:auth): {failure}{event.source}{about}"
        yield Line(begin + _moment(3), sshd, pid, told)
    second = timedelta(seconds=1)
    yield Line(begin + second, sshd, pid, f"Failed password for {named} from {where} ssh2")
    # What is said before anybody is let in comes through the monitor, in its name.
    closed = f"Connection closed by {kind} user {event.user} {where} [preauth]"
    yield Line(begin + 2 * second, sshd, pid, closed)


def _moment(milliseconds: int) -> timedelta:
    return timedelta(milliseconds=milliseconds)


def _tag(visit: Visit, line: Line) -> str:
    # sudo names no process of its own; journald adds it where rsyslog reads the journal.
    bare = line.program == "sudo" and visit.server.system.packages == "apt"
    return line.program if bare else f"{line.program}[{line.pid}]"


def _iso(visit: Visit, line: Line) -> str:
    stamp = line.at.astimezone(visit.zone).isoformat(timespec="microseconds")
    return f"{stamp} {visit.server.name} {_tag(visit, line)}: {line.message}"


def _rfc3164(visit: Visit, line: Line) -> str:
    stamp = f"{line.at.astimezone(visit.zone):%b %e %H:%M:%S}"
    return f"{stamp} {visit.server.name} {_tag(visit, line)}: {line.message}"


def _busybox(visit: Visit, line: Line) -> str:
    facility = "auth" if line.program.startswith("sshd") else "authpriv"
    level = "notice" if line.program == "sudo" else "info"
    stamp = f"{line.at.astimezone(visit.zone):%b %e %H:%M:%S}"
    return (
        f"{stamp} {visit.server.name} {facility}.{level} {line.program}[{line.pid}]: {line.message}"
    )


def _journal(visit: Visit, lines: list[Line]) -> str:
    oldest = (visit.now - timedelta(days=34)).timestamp()
    told = []
    for line in lines:
        micro = int(line.at.timestamp() * 1_000_000)
        told.append("|" + json.dumps({
            "__CURSOR": f"s=a48a7a19;i={micro % 99999:x};t={micro:x}",
            "__REALTIME_TIMESTAMP": str(micro),
            "SYSLOG_IDENTIFIER": line.program,
            "SYSLOG_PID": str(line.pid),
            "_PID": str(line.pid),
            "_COMM": line.program,
            "_HOSTNAME": visit.server.name,
            "MESSAGE": line.message,
        }))  # fmt: skip
    return f"@journal {oldest:.6f}\n" + "\n".join(told) + "\n\n@end 0 0\n"
