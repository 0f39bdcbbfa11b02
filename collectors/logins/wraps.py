"""What stands around a line's head where another program took the line down.

    Nov 24 10:11:12 relay Nov 24 10:11:12 web01 sshd[7]: …      forwarded as it came, or with
    2026-11-24T10:11:12Z 192.0.2.1 <86>1 2026-11-24T10:11:12Z web01 sshd 7 - - …    all heads
    2026-11-24 10:11:12 Auth.Info 192.0.2.1 Nov 24 10:11:12 sshd[7]: …    Kiwi Syslog
    <86>123: web01: Nov 24 10:11:12.123: sshd[7]: …             Cisco's sequence numbers
    180 <86>1 2026-11-24T10:11:12Z web01 sshd 7 - - …           RFC 6587
    /var/log/auth.log:12:Nov 24 10:11:12 web01 sshd[7]: …       grep;  sshd-1  | …  compose
    2026-11-24T10:11:12.123456789Z stderr F …                   CRI; without "stderr F" docker logs
    5692 2026-11-24 10:11:12.123 Accepted password for …        sshd.log of Windows
    Tue 2026-11-24 10:11:12 CET web01 ssh.service[7]: …         journalctl -o with-unit
    2026-11-24 10:11:12.123456+0100  0x1a2b Default 0x0 123 0 sshd: (libsystem) …    log show
    [Time 2026.11.24 10:11:12 UTC] [Sender sshd] [PID 7] [Message …] [Host web01] …   macOS ASL
    SU 11/24 10:11 + pts/0 bob-root                             sulog of Solaris, AIX, HP-UX
    Nov 24 10:11:12 10.0.0.1 web01 sshd (7): …                  and other odd tags

Each is anchored at the line's beginning, and nothing is looked for behind a program's name,
because what follows that is its own word, which may be a stranger's.
"""

from __future__ import annotations

import re

from collectors.logins import heads, rare
from collectors.logins.heads import Head
from collectors.logins.stamps import ISO_STAMP, Stamp, iso, stamp_of

_DEEPEST = 4
_LOGS = "auth|secure|messages|syslog|sshd?|daemon|user|sudo|system"
# In front of a time.
_BEFORE = re.compile(
    rf"(?:\S*(?:{_LOGS})[\w.-]*:(?:\d+:)?(?=\S)"
    r"|[\w.-]+ +\| "
    r"|\d{1,5}[ :](?=<\d{1,3}>)"
    r"|\d+:(?=[A-Z][a-z]{2} |\d{4}-)"
    r"|\ufeff|data: (?=\{)|\x1e"
    r"|(?:[>+-]{1,3}|\[\d+\]) +(?=\S))"
)
_CISCO = re.compile(
    r"(?:<\d{1,3}>)?(?:\d+: ){,2}(?:[\w.-]+: )?(?:\d+: )?(?=[*.]?[A-Z][a-z]{2} +\d)"
)
_WINDOWS = re.compile(rf"(?P<pid>\d{{1,10}})[ \t]+{ISO_STAMP}[ \t]+(?P<rest>\S.*)$", re.DOTALL)
_CRI = re.compile(r"std(?:out|err) [FP] (?P<rest>.*)$", re.DOTALL)
_SHOW = re.compile(
    rf"{ISO_STAMP} +(?:0x[0-9a-f]+ +(?:Default|Info|Debug|Error|Fault) +0x[0-9a-f]+ +"
    r"(?P<pid>\d+) +\d+ +(?P<program>[\w./-]+):"
    r"|[A-Z][a-z]? +(?P<brief>[\w.-]+)\[(?P<number>\d+):[0-9a-f]+\])"
    r" (?P<rest>.*)$",
    re.DOTALL,
)
# Which library of the program spoke, and for which of its parts.
_LIBRARY = re.compile(r"\(lib[\w.+-]*\) (?:\[[\w.-]+:[\w.-]+\] )?")
_SULOG = re.compile(r"SU (\d\d)/(\d\d) (\d\d:\d\d) (?P<said>[+-] \S+ \S+)$")
_ASL = re.compile(r"\[(?P<key>[A-Z]\w+) (?P<value>(?:[^\]\\]|\\.)*)\] ?")
_LEVEL = (
    r"(?:[\[<(]?(?:(?i:auth|authpriv|daemon|user|local\d|syslog|kern|security)"
    r"(?:[ .|:,/](?i:[a-z]{3,9}))?|(?i:info|notice|warn(?:ing)?|error|debug))[\])>]?:? +)?"
)
_NAME = r"[\w.@/:%-]*[\w%](?: ?:)? +"
_TOKENS = re.compile(
    rf"(?:\S+ +)??(?:{_LEVEL}(?:\[?(?P<host>[\w.:-]+)\]?:? +)?)??"
    r"(?=(?:<\d{1,3}>)?(?:1 )?(?:\d{4}-\d\d-\d\d[T ]|[A-Z][a-z]{2} +\d{1,2} +\d\d:))"
)
_KNOWN = r"(?:\S*/)?(?:sshd(?:-session|-auth)?|dropbear|sudo|su|login|doas|vsftpd|in\.\w+d|\w*ftpd)"
# Tags that are none of those in `heads`, of programs that are known.
_ODD = re.compile(
    rf"{_LEVEL}(?:(?P<host>{_NAME})(?:{_NAME})??)??{_LEVEL}"
    rf"(?:(?:\[\d+\] )?[\[(]?(?P<program>{_KNOWN})[\])]?"
    r"(?: ?[\[(.](?P<pid>\d+)(?:\.\d+)?[\])]?| (?P<number>\d+)(?= - - |:))?[\])]?(?: - -| -|:| :)"
    r"(?::? |\s+|$))"
)
_UNIT_PAM = re.compile(r"pam_\w+\((sudo|su|su-l|sshd|login|dropbear)(?:-i)?:\w+\): ")
_UNIT_SUDO = re.compile(r" *[^\s:;]+ : (?:[^;]* ; )?TTY=")
# xrdp's own log names nobody.
_XRDP = re.compile(r"(?:\[[A-Z]+ *\] )(?:AUTHFAIL: user=|\+\+ (?:created|reconnected) session)")
# What sshd writes of a login, where nothing says that it is sshd: in a container, on Windows.
_BARE = re.compile(
    r"(?:error: |fatal: )?(?:(?:Accepted|Failed|Postponed|Partial) [\w/-]+ for .* from \S+ port \d+"
    r"|(?:Invalid|Illegal) user .* from \S+|User .* not allowed because .*"
    r"|(?:Connection (?:closed|reset) by|Disconnected from|Received disconnect from) .*"
    r"|Disconnecting:? .*"
    r"|maximum authentication attempts exceeded for .*|PAM: .* for .* from \S+"
    r"|Did not receive identification string from \S+.*|kex_exchange_identification: .*"
    r"|pam_\w+\(sshd:\w+\): .*)"
)


def split(line: str, order: rare.Order | None = None, depth: int = 0) -> Head | None:
    """Return the head of a line, whatever stands around it; None if it has none."""
    head = heads.split(line)
    if head is not None and (head.program or head.repeats):
        return _plainer(head)
    if depth > _DEEPEST:
        return head
    if (whole := _asl(line) or _show(line) or _windows(line) or _sulog(line)) is not None:
        return whole
    if head is not None and head.stamp is not None:
        return _behind(head.stamp, head.message, line, order, depth) or head
    return _before(line, order, depth)


def _before(line: str, order: rare.Order | None, depth: int) -> Head | None:
    """Return the head of a line without what stands before it, or with its time rewritten."""
    for pattern in (_BEFORE, _CISCO):
        if (found := pattern.match(line)) is not None and found.end():
            inner = split(line[found.end() :], order, depth + 1)
            if inner is not None and inner.program:
                return inner
    changed = rare.rewrite(line.replace("\t", " "), order)
    if changed is None and "\t" in line:
        changed = line.replace("\t", " ")
    return None if changed is None else split(changed, order, depth + 1)


def _plainer(head: Head) -> Head:
    """Take away what macOS says of its libraries, and a tag that stands twice."""
    message = head.message
    if head.program.endswith((".service", ".scope")):
        return head._replace(program=_of_unit(head.program, message))
    if message.startswith("(lib"):
        return head._replace(message=_LIBRARY.sub("", message, count=1))
    if head.pid and message.startswith(f"{head.program}[{head.pid}]: "):
        return head._replace(message=message.partition(": ")[2])
    return head


def _of_unit(unit: str, message: str) -> str:
    """Return the program, where `journalctl -o with-unit` puts its unit in its place."""
    if (found := _UNIT_PAM.match(message)) is not None:
        return found[1]
    if _UNIT_SUDO.match(message):
        return "sudo"
    name = unit.rpartition(".")[0].partition("@")[0]
    return {"ssh": "sshd", "getty": "login", "serial-getty": "login"}.get(name, name)


def _behind(
    stamp: Stamp, rest: str, line: str, order: rare.Order | None, depth: int
) -> Head | None:
    """Return the head that follows a time, which is not of the common kinds."""
    rest, hosts = rest.replace("\t", " ", 6), True
    bare = line[: -len(rest)].rstrip().endswith("Z") if rest else False
    if (found := _CRI.match(rest)) is not None:
        rest, bare, hosts = found["rest"], True, False
    if (found := _TOKENS.match(rest)) is not None:
        inner = split(rest[found.end() :], order, depth + 1)
        if inner is not None and (inner.program or inner.repeats):
            own = inner.stamp is not None and inner.stamp.zone is not None
            return inner._replace(
                stamp=inner.stamp if own else stamp, host=inner.host or found["host"] or ""
            )
    return tagged(stamp, rest, bare=bare, hosts=hosts)


def tagged(stamp: Stamp | None, rest: str, *, bare: bool, hosts: bool = False) -> Head | None:
    """Return the head of what follows a time.

    `bare`: it may be sshd's without saying so. `hosts`: a host's name may come first.
    """
    rest = rest.strip()
    if (found := heads.TAG.match(rest)) is not None and (hosts or not found["host"]):
        program = (found["boxed"] or found["program"]).rpartition("/")[2]
        host, module, pid = (found[name] or "" for name in ("host", "module", "pid"))
        return Head(stamp, host, program, module, pid, rest[found.end() :])
    if (found := _ODD.match(rest)) is not None and (hosts or not found["host"]):
        host = (found["host"] or "").rstrip(" :")
        program = found["program"].rpartition("/")[2]
        pid = found["pid"] or found["number"] or ""
        return Head(stamp, host, program, "", pid, rest[found.end() :])
    if bare and _BARE.match(rest) is not None:
        return Head(stamp, "", "sshd", "", "", rest)
    return Head(stamp, "", "xrdp-sesman", "", "", rest) if _XRDP.match(rest) else None


def _asl(line: str) -> Head | None:
    if not line.startswith("[Time "):
        return None
    fields: dict[str, str] = {}
    for found in _ASL.finditer(line):
        fields.setdefault(found["key"], re.sub(r"\\(.)", r"\1", found["value"]))
    time = fields.get("Time", "") + " "
    begun = stamp_of(time) or stamp_of(rare.rewrite(time) or "")
    if begun is None or not fields.get("Sender"):
        return None
    sender = fields["Sender"].rpartition("/")[2]
    message = fields.get("Message", "")
    return Head(begun[0], fields.get("Host", ""), sender, "", fields.get("PID", ""), message)


def _show(line: str) -> Head | None:
    if (found := _SHOW.match(line)) is None:
        return None
    stamp = iso(*found.group("date", "clock", "fraction", "zone"))
    program = (found["program"] or found["brief"]).rpartition("/")[2]
    pid = found["pid"] or found["number"]
    return Head(stamp, "", program, "", pid, _LIBRARY.sub("", found["rest"].lstrip(), count=1))


def _windows(line: str) -> Head | None:
    if (found := _WINDOWS.match(line)) is None or _BARE.match(found["rest"]) is None:
        return None
    stamp = iso(*found.group("date", "clock", "fraction", "zone"))
    return Head(stamp, "", "sshd", "", found["pid"], found["rest"])


def _sulog(line: str) -> Head | None:
    if (found := _SULOG.match(line.rstrip())) is None:
        return None
    stamp = Stamp(None, int(found[1]), int(found[2]), f"{found[3]}:00")
    return Head(stamp, "", "su", "", "", found["said"])
