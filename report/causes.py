"""Pure: why something was not read, as recorded, in the few words that a first page has for it.

The causes are those of `collectors/transports` and of the collectors: a cause that is not
known here stays as it is. What page 1 leaves out stands under Coverage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

ITS_NAME = "\0"  # stands in a cause for the name of the host that it is about
IN_WORDS = {
    "partial": "partly read",
    "no_data": "no data",
    "not_applicable": "not applicable",
    "not_knowable": "not knowable any more",
    "unreachable": "unreachable",
    "auth_failed": "login refused",
    "host_key": "host key not trusted",
    "timed_out": "timed out",
    "no_permission": "no permission",
    "command_failed": "command failed",
    "parse_failed": "not understood",
    "truncated": "cut off",
    "cancelled": "cancelled",
}
# Outcome, what is in the cause, what one such host has, and what several have.
KNOWN = (
    ("host_key", "but known is", "host key changed", "host keys changed"),
    ("host_key", "is revoked", "host key is revoked", "host keys are revoked"),
    ("host_key", "is not known", "host key is not known", "host keys are not known"),
    ("unreachable", "name resolution", "name cannot be resolved", "names cannot be resolved"),
)
TRUST = re.compile(r"`infra-report trust [^`]+`")


def brief(outcome: str, cause: str) -> str:
    """Return an outcome in a few words, to stand in brackets: "host key changed"."""
    for known, part, one, _ in KNOWN:
        if known == outcome and part in cause:
            return one.replace(" is ", " ")
    if outcome == "unreachable" and "connection refused" in cause:
        return "connection refused"
    return IN_WORDS.get(outcome, outcome)


def clause(outcome: str, cause: str, hosts: int) -> str:
    """Return the same as what is said of hosts: "their names cannot be resolved"."""
    for known, part, one, many in KNOWN:
        if known == outcome and part in cause:
            return f"its {one}" if hosts == 1 else f"their {many}"
    return brief(outcome, cause)


def short(outcome: str, cause: str) -> str:
    """Return a cause as page 1 shows it; one that needs no more room than it has stays."""
    if outcome == "host_key":
        return _key(cause)
    if outcome == "no_data" and cause.startswith("no log of logins found"):
        return "no log of logins found"
    if outcome == "no_permission" or cause.startswith("only root may"):
        return cause.partition(": ")[0]  # what mends it stands under Coverage
    if outcome == "auth_failed":
        return cause.partition("; tried ")[0]
    if outcome == "unreachable" and cause.startswith("connection refused"):
        return f"does not answer on SSH: {cause.partition(': ')[0]}"
    return cause.removesuffix(": No route to host")


def _key(cause: str) -> str:
    if "but known is" in cause:
        return "host key changed: it was set up again, or somebody stands in between"
    if "is revoked" in cause:
        return "host key is revoked in known_hosts"
    if "is not known" in cause:
        trust = TRUST.search(cause)
        return "host key not known yet" + (f"; {trust[0]} shows it" if trust else "")
    return cause


def nameless(cause: str, names: Iterable[str]) -> str:
    """Return a cause in which hosts that share it do not differ.

    A name counts as a whole: web02 is neither in web021 nor in /keys/web02.pem.
    """
    for own in sorted({name for name in names if name in cause}, key=len, reverse=True):
        whole = rf"(?<![A-Za-z0-9._-]){re.escape(own)}(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"
        cause = re.sub(whole, ITS_NAME, cause)
    return cause


def of_many(cause: str, example: str) -> str:
    """Return a nameless cause as it is said of several hosts; `example` is that of one."""
    trust = TRUST.search(example)
    if trust and TRUST.search(cause):
        cause = TRUST.sub(lambda _: f"{trust[0]}, and so on,", cause)
        cause = cause.replace("host key not known", "host keys not known")
        cause = cause.replace("shows it", "shows them")
    cause = cause.replace(f"no route to {ITS_NAME}", "no route to them")
    cause = re.sub(f" (?:to|by|of|for|from|with) {ITS_NAME}( port \\d+)?", "", cause)
    return cause.replace(ITS_NAME, "them")
