"""The two things that pass between the modules: a log line that was read, and an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from collectors.base import Row

ACCEPTED, FAILED, ABORTED = "accepted", "failed", "aborted"

IPV4_MAPPED = "::ffff:"


@dataclass(slots=True)
class Line:
    """One line about logins: when (UTC), on which host, who said it, and what.

    `module` is set where the program's name bore one: `sshd(pam_unix)[123]`. `count` is 1,
    or what "message repeated N times" says. `folded`: the server added up `count` alike.
    """

    at: datetime
    ambiguous: bool
    host: str
    program: str
    pid: str
    message: str
    module: str = ""
    count: int = 1
    folded: bool = False


@dataclass(slots=True)
class Attempt:
    """One attempt to log in, or to become somebody else: a row of the frame."""

    at: datetime
    ambiguous: bool
    result: str
    service: str
    user: str | None = None
    target_user: str | None = None
    source_ip: str | None = None
    source_port: int | None = None
    method: str | None = None
    key: str | None = None
    count: int = 1
    ended_at: datetime | None = None

    def row(self) -> Row:
        """Return the row under the frame's column names."""
        return {
            "at": self.at,
            "at_ambiguous": self.ambiguous,
            "result": self.result,
            "user": clean(self.user),
            "target_user": clean(self.target_user),
            "source_ip": clean(self.source_ip),
            "source_port": self.source_port,
            "service": self.service,
            "method": self.method,
            "key": clean(self.key),
            "count": self.count,
            "ended_at": self.ended_at,
        }


def clean(text: str | None) -> str | None:
    """Return text that any file can hold: a byte that is no UTF-8 stands as \\xff."""
    if text is None or text.isascii():
        return text
    try:
        octets = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, out of JSON
        octets = text.encode("utf-8", "backslashreplace")
    return octets.decode("utf-8", "backslashreplace")


def attempt(line: Line, result: str, service: str) -> Attempt:
    """Return an attempt that happened when the line was written."""
    return Attempt(line.at, line.ambiguous, result, service, count=line.count)


def source(text: str | None) -> str | None:
    """Return an address as it is written today, a name as it stands, None for nothing.

    UNKNOWN is what sshd writes where the far end had gone before it could be asked for.
    """
    if not text or text == "UNKNOWN":
        return None
    if text[0] == ":" and text[:7].lower() == IPV4_MAPPED and "." in text:
        return text[7:]
    return text


def is_address(text: str | None) -> bool:
    """Return whether a source is an address and no name."""
    return bool(text) and (":" in str(text) or str(text).replace(".", "").isdecimal())


def port(text: str | None) -> int | None:
    """Return a port as a number, None where there is none that could be one."""
    if text and text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    return None
