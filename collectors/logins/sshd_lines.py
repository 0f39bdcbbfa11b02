"""sshd's lines that carry a name which a stranger chose, taken apart from their ends.

    Failed password for invalid user NAME from 10.0.0.1 port 4711 ssh2
    Accepted publickey for bob from 10.0.0.1 port 4711 ssh2: ED25519 SHA256:…
    Accepted publickey for bob from … ssh2: RSA-CERT SHA256:… ID bob@x (serial 1) CA RSA SHA256:…
    Connection closed by authenticating user NAME 10.0.0.1 port 4711
    Disconnecting invalid user NAME 10.0.0.1 port 4711: Too many authentication failures

NAME may be `root from 10.9.9.9 port 22 ssh2`. Only publickey, hostbased and GSSAPI have
anything after `ssh2`, so for all others the line's end is the source. Where two readings
are left, the one that agrees with the connection's other lines is right.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from collectors.logins.lines import port, source

KEYED = frozenset({"publickey", "hostbased"})
NO_NAME = "<invalid username>"

_AUTH = re.compile(
    r"(Accepted|[Ff]ailed|Partial|Postponed) (\S+) for (invalid user |illegal user )?(.*)$",
    re.DOTALL,
)
# What nearly every line says: a name without a blank leaves only one reading.
_PLAIN = re.compile(
    r"(Accepted|Failed) (\S+) for (invalid user )?([^\s<]+) from (\S+) port (\d+) ssh2"
    r"(?:: ([A-Z0-9-]+ \S+))?$"
)
_SOURCE = re.compile(r" from (\S+)(?: port (\d+))?(?: +(?:ssh|SSH)\d?)?(?=$|: )")
_KEY = re.compile(r": [A-Za-z0-9@.+-]+ (?:(?:[A-Z0-9]+:)?[\w+/=:$-]+)$")
_HOSTBASED = re.compile(r": [A-Za-z0-9@.+-]+ \S+, client user \".*\", client host \".*\"$")
_CERTIFICATE = re.compile(r": [A-Za-z0-9@.+-]+-CERT .*\(serial \d+\) CA \S+ \S+$")
_NAMED_END = re.compile(
    r"(?:Connection (?:closed|reset) by|Connection from|Disconnected from|Received disconnect from"
    r"|ssh_dispatch_run_fatal: Connection (?:from|to)) "
    r"(?:(?P<kind>authenticating|invalid) user (?P<user>.*) |user (?P<in>.*) )?"
    r"(?P<ip>\S+) port (?P<port>\d+)(?: timed out)?(?P<rest>:.*)?$"
)
_DISCONNECTING = re.compile(r"Disconnecting (?P<kind>authenticating|invalid) user ")
_REASON = re.compile(r" (?P<ip>\S+) port (?P<port>\d+): (?=\S)")
_MANY = "Too many authentication failures"
_CHANGE = "Change of username or service not allowed: "
_END = re.compile(
    r"(?:Connection (?:closed|reset) by|Disconnected from|Received disconnect from"
    r"|Timeout before authentication for(?: connection from)?"
    r"|Timeout, client not responding from(?: user .*)?|Read error from remote host) "
    r"(?P<ip>[^\s:]+(?::[^\s:]*[^\s:])*)"
    r"(?: port (?P<port>\d+))?(?=$|[: ,])"
)
# The first words of what `end_of` reads, and of TOO_MANY.
ENDS = (
    *("Disconnecting:", "Disconnecting", "Disconnected", "Received", "Timeout", "Timeout,"),
    *("Read", "Write", "ssh_dispatch_run_fatal:"),
)

# The first words of what SCAN reads.
SCANS = ("Did", "Bad", "Unable", "Protocol", "banner", "kex_exchange_identification:")

INVALID = re.compile(r"(?:Invalid|Illegal) user (.*) from (\S+)(?: port (\d+))?(?: ssh\d?)?$")
INPUT = re.compile(r"input_userauth_request: (?:invalid|illegal) user (.*)$")
# The lines that say why somebody may not come in, by their first words.
REFUSED = {
    # Only a user who exists is refused so: no stranger chose this name.
    "User": re.compile(r"User (?P<user>.*?)(?: from (?P<ip>\S+))? not allowed because .+$"),
    "Account": re.compile(r"Account (?P<user>.*) has expired$"),
    "Access": re.compile(r"Access denied for user (?P<user>.*) by PAM account configuration$"),
    "ROOT": re.compile(r"(?P<user>ROOT) LOGIN REFUSED FROM (?P<ip>\S+)(?: port (?P<port>\d+))?$"),
    "maximum": re.compile(
        r"maximum authentication attempts exceeded for (?:invalid user )?(?P<user>.*)"
        r" from (?P<ip>\S+)(?: port (?P<port>\d+))?(?: ssh\d?)?$",
        re.IGNORECASE,
    ),
    # auth-options.c and auth.c: the key is right, the place it comes from is not.
    "Authentication": (
        _NOT_FROM_HERE := re.compile(
            r"(?:cert: )?Authentication tried for (?P<user>.*) with"
            r" (?:correct key|valid certificate) but not from a permitted (?:host|source address)"
            r" \((?:host=.*, )?(?:ip=)?(?P<ip>[^\s,)]+).*\)\.?$"
        )
    ),
    "cert:": _NOT_FROM_HERE,
    # auth.c on AIX.
    "Login": re.compile(r"Login restricted for (?P<user>.*?): "),
}
# Those that a connection may say after its first attempt was judged.
LATER = frozenset({"Access", "maximum", "Authentication", "cert:"})
# SSH 1.2, SSH Communications' sshd2, and the server log of HPN-SSH.
FIRST_SSH = re.compile(
    r"(?:Password|RSA|Rhosts(?: with RSA)?) authentication for (?P<user>.*) accepted\.$"
)
COMING = re.compile(r"User (?P<user>.*), coming from (?P<ip>[^\s,]+),(?: +- )? +authenticated\.$")
HPN = re.compile(
    r"SSH: Server;Ltype: Authname;Remote: (?P<ip>\S+)-(?P<port>\d+);Name: (?P<user>.*)$"
)
PAM_ERROR = re.compile(
    r"PAM: (?P<why>.+?) for (?P<invalid>(?:illegal|invalid) user )?(?P<user>.*) from (?P<ip>\S+)"
    r"(?: via \S+)?\s*$"
)
TOO_MANY = re.compile(
    r"Disconnecting: Too many authentication failures(?: for (?:invalid user )?(.*?)"
    r"(?: from (\S+)(?: port (\d+))?(?: ssh\d?)?)?)?$"
)
# Who connected and said nothing of a user, or nothing that SSH knows.
SCAN = re.compile(
    r"Did not receive identification string from (\S+(?: port \d+)?)\s*$"
    r"|Bad protocol version identification .* from (\S+(?: port \d+)?)$"
    r"|Unable to negotiate with (\S+ port \d+|\S+?): "
    r"|banner exchange: Connection from (\S+ port \d+): "
    r"|Protocol major versions differ for (\S+ port \d+|\S+?): "
    r"|kex_exchange_identification: "
)
FROM = re.compile(r"Connection from (\S+) port (\d+)(?: on .*)?$")


class AuthLine(NamedTuple):
    """What auth_log said."""

    word: str
    method: str
    invalid: bool
    user: str | None
    ip: str | None
    port: int | None
    key: str | None


class EndLine(NamedTuple):
    """How a connection ended: `kind` is how far its user had come, "" for none named.

    `judged`: it was ended because too much had been refused.
    """

    kind: str
    user: str | None
    ip: str | None
    port: int | None
    judged: bool = False


def read_auth(message: str, ip: str | None, number: int | None) -> AuthLine | None:
    """Return what an auth_log line says. `ip`, `number`: the connection's source, if known."""
    if (plain := _PLAIN.match(message)) is not None:
        word, method, invalid, name, address, text, key = plain.groups()
        if address != "UNKNOWN":
            key = key if method in KEYED else None
            return AuthLine(word, method, bool(invalid), name, source(address), port(text), key)
    found = _AUTH.match(message)
    if found is None:
        return None
    word, method, invalid, rest = found.groups()
    where = _source(rest, method, ip, number)
    if where is None:
        return None
    user: str | None = rest[: where.start()]
    if user == NO_NAME:
        user, invalid = None, NO_NAME
    tail = rest[where.end() :]
    key = tail[2:].partition(", client user ")[0] if tail and method in KEYED else None
    place = source(where[1])
    number = port(where[2]) if place else None
    return AuthLine(word.capitalize(), method, bool(invalid), user, place, number, key)


def _source(rest: str, method: str, ip: str | None, number: int | None) -> re.Match[str] | None:
    places = list(_SOURCE.finditer(rest))
    if len(places) < 2:
        return places[0] if places else None
    if any(place[2] for place in places):
        places = [place for place in places if place[2]]
    for place in reversed(places):
        if number and source(place[1]) == ip and port(place[2]) == number:
            return place
    tails = [rest[place.end() :] for place in places]
    if method in KEYED:
        for pattern in (_KEY, _CERTIFICATE, _HOSTBASED):
            for place, tail in zip(reversed(places), reversed(tails), strict=True):
                if pattern.match(tail):
                    return place
    if method.startswith("gssapi"):
        return places[0] if tails[-1] else places[-1]
    return places[-1]


def end_of(message: str, ip: str | None, number: int | None) -> EndLine | None:
    """Return what the line that ends a connection says, None for any other line."""
    if (found := _DISCONNECTING.match(message)) is not None:
        return _disconnecting(message, found, ip, number)
    if (found := _NAMED_END.match(message)) is not None:
        named = found["user"] if found["user"] is not None else found["in"]
        return EndLine(found["kind"] or "", named, source(found["ip"]), port(found["port"]))
    if (found := _END.match(message)) is not None:
        return EndLine("", None, source(found["ip"]), port(found["port"]))
    if message.startswith(
        ("Read from socket failed", "Write failed", "Read error", "Timeout before")
    ):
        return EndLine("", None, None, None)
    return None


def _disconnecting(
    message: str, head: re.Match[str], ip: str | None, number: int | None
) -> EndLine | None:
    best: tuple[re.Match[str], str] | None = None
    for place in _REASON.finditer(message, head.end() - 1):
        user, why = message[head.end() : place.start()], message[place.end() :]
        best = place, user
        if number and source(place["ip"]) == ip and port(place["port"]) == number:
            break
        # Of a change it says the old name again: only the true one stands there twice.
        if why.startswith(f"{_CHANGE}({user},"):
            break
    if best is None:
        return None
    place, user = best
    judged = message[place.end() :] == _MANY
    return EndLine(head["kind"], user, source(place["ip"]), port(place["port"]), judged)
