"""The head of a log line: when, on which host, by which program, and what follows.

Forms, each after its source:

    Nov  3 10:00:00 web01 sshd[812]: …            RFC 3164, rsyslog, syslog-ng, journalctl
    <38>Nov 03 10:00:00 web01 sshd: …             with the priority in front
    Nov  3 2026 10:00:00 …  2026 Nov  3 10:00:00 …  Mon Nov  3 10:00:00 2026 …
    Nov  3 10:00:00 alpine auth.info sshd[812]: … BusyBox syslogd
    Nov  3 10:00:00 <auth.info> web01 sshd[812]: …  FreeBSD syslogd -vv; <4.6> with -v
    Nov  3 10:00:00 web01 auth|security:info sshd[812]: …  AIX
    Nov  3 10:00:00 s_sys@web01/relay sshd[812]: …  syslog-ng with chain_hostnames
    Nov  3 10:00:00 web01 sshd(pam_unix)[812]: …  Linux-PAM before 0.99
    2026-11-03T10:00:00.123456+01:00 web01 sshd[812]: …   RFC 3339, rsyslog since Debian 12
    2026-11-03T10:00:00+0100 web01 sshd[812]: …   journalctl -o short-iso
    Tue 2026-11-03 10:00:00 CET web01 sshd[812]: …  journalctl -o short-full
    1795564800 [sshd] …   2026/11/03 10:00:00 [sshd] …   metalog
    <38>1 2026-11-03T10:00:00Z web01 sshd 812 - [id a="b"] …   RFC 5424
"""

from __future__ import annotations

import re
from typing import NamedTuple

from collectors.logins.stamps import ISO_STAMP, MONTHS, Stamp, aware, bsd, iso, moment, stamp_of

__all__ = ["MONTHS", "Head", "Stamp", "aware", "moment", "split"]

_5424 = re.compile(
    r"(?:<\d{1,3}>)?1 (?P<stamp>" + ISO_STAMP + r"|-) (?P<host>\S+) (?P<program>\S+) "
    r"(?P<pid>\S+) \S+ (?:-|(?:\[(?:[^\]\"\\]|\\.|\"(?:[^\"\\]|\\.)*\")*\])+)"
    r"(?: (?:\ufeff|BOM(?='))?|$)"
)
_LEVEL = (
    r"(?:(?:<\d{1,2}\.\d{1,2}>|[<\[]?(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp"
    r"|security|local[0-7])(?:\.|\|security:|:)"
    r"(?:emerg|panic|alert|crit|err|error|warn|warning|notice|info|debug)[>\]]?"
    r"|AUTH(?:PRIV)?:[A-Z]+|CRITICAL|ERROR|WARN(?:ING)?|NOTICE|INFO|DEBUG)"
    r" +)?"
)
# proftpd leaves out the colon, so a process's number is enough.
TAG = re.compile(
    _LEVEL
    + r"(?:(?P<host>\S+) +)??(?:Message forwarded from \S+: )?"
    + _LEVEL
    + r"(?:\[(?P<boxed>[A-Za-z][\w./@+-]*)\]:? +|"
    r"(?P<program>[A-Za-z_/][^\s\[\]():]*)\]?(?:\((?P<module>[A-Za-z_][\w-]*)\))?"
    r"(?:\[(?P<pid>\d+)\])?(?(pid)(?::| )\s*|:(?:\s+|$)))"
)
# The two forms that nearly every line has, in one step each: a stamp, and what follows it.
PLAIN = re.compile(
    r"((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) "
    r"([^\s:\[\]]+) ([A-Za-z][\w.-]*)(?:\[(\d+)\])?: (?! |\[ID |last |@cee:)"
)
_SOLARIS = re.compile(r"\[ID \d+ \w+\.\w+\] ")
_REPEATED = re.compile(
    r"(?:(?P<host>\S+) +)??(?:--- )?last message repeated (?P<count>\d+) times?(?: ---)?\s*$"
)
# login names its process after its user: "web01  -- root[1556]: ROOT LOGIN ON tty1".
_DASHES = re.compile(r"(?:(?P<host>\S+) +)?-- \S+\[(?P<pid>\d+)\]: ")
# A PAM module that is all that is left of the tag.
_MODULE = re.compile(r"(?:(?P<host>\S+) +)??(?=pam_\w+\((?P<service>[\w.-]+):\w+\)(?:\[\d+\])?: )")
_VSFTPD = re.compile(r"\[pid (?P<pid>\d+)\] ")


class Head(NamedTuple):
    """What stands before the message, and the message itself.

    `repeats` is set for "last message repeated N times", which speaks of another line.
    """

    stamp: Stamp | None
    host: str
    program: str
    module: str
    pid: str
    message: str
    repeats: int = 0


def split(line: str) -> Head | None:
    """Return the head of a line, None if it has none of the forms above."""
    if (found := PLAIN.match(line)) is not None:
        text, host, program, pid = found.groups()
        return Head(plain(text), host, program, "", pid or "", line[found.end() :])
    if (begun := stamp_of(line)) is not None:
        return _tagged(begun[0], line, begun[1])
    if (found := _5424.match(line)) is not None:
        return _protocol(found, line)
    return None


def plain(text: str) -> Stamp:
    """Return the stamp that `PLAIN` found."""
    if text[3] == " ":
        return bsd(text[:3], text[4:6], text[7:], None, None, None)  # type: ignore[return-value]
    found = re.match(ISO_STAMP, text)
    return iso(*found.group("date", "clock", "fraction", "zone"))  # type: ignore[union-attr]


def _tagged(stamp: Stamp, line: str, start: int) -> Head | None:
    if (found := TAG.match(line, start)) is not None:
        host, boxed, program, module, pid = found.groups()
        message = line[found.end() :]
        if message.startswith("[ID "):
            message = _SOLARIS.sub("", message, count=1)
        program = (boxed or program).rpartition("/")[2]
        repeats = _REPEATED.match(message) if message.startswith("last message") else None
        times = int(repeats["count"]) if repeats else 0
        return Head(stamp, host or "", program, module or "", pid or "", message, times)
    if (found := _REPEATED.match(line, start)) is not None:
        return Head(stamp, found["host"] or "", "", "", "", "", int(found["count"]))
    if (found := _MODULE.match(line, start)) is not None:
        return Head(stamp, found["host"] or "", found["service"], "", "", line[found.end() :])
    if (found := _VSFTPD.match(line, start)) is not None:
        return Head(stamp, "", "vsftpd", "", found["pid"], line[found.end() :])
    if (found := _DASHES.match(line, start)) is not None:
        return Head(stamp, found["host"] or "", "login", "", found["pid"], line[found.end() :])
    return Head(stamp, "", "", "", "", line[start:])


def _protocol(found: re.Match[str], line: str) -> Head:
    stamp = None
    if found["stamp"] != "-":
        stamp = iso(*found.group("date", "clock", "fraction", "zone"))
    host, program, pid = (
        "" if text == "-" else text for text in found.group("host", "program", "pid")
    )
    program = program.rpartition("/")[2]
    return Head(stamp, host, program, "", pid, line[found.end() :])
