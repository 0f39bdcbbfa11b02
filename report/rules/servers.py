"""Servers that are down, degraded, or of which nothing is known."""

from __future__ import annotations

from collections.abc import Sequence

from report.contract import Finding, Severity
from report.gaps import EVERYTHING, gathered
from report.reading import View
from report.rules.wording import NAMED, subject
from report.states import NOT_UP, states
from report.words import capital, foreign, listing


def not_up(view: View) -> list[Finding]:
    """Servers that are down, degraded, or of which nothing is known."""
    found = []
    for one in states(view):
        state, why, hosts = one.instead_of or one.name, one.why, one.hosts
        if state not in NOT_UP:
            continue
        blind = any(host in view.blind for host in hosts)
        severity: Severity = "critical" if state == "down" or blind else "warning"
        kind = "unread" if blind and state == "unknown" else state
        said = {"down": "Down", "unknown": "Not read" if blind else "State not known"}
        sentence = _state_sentence(said.get(state, ""), why, hosts)
        what = why if state == "degraded" else ""
        found.append(
            Finding(f"server-{kind}", severity, "Broken", subject(hosts), hosts, sentence,
                    "servers", object=what, planned=one.planned,
                    about=_state_sentence(said.get(state, ""), why, hosts[:1]))
        )  # fmt: skip
    return found


def _state_sentence(said: str, why: str, hosts: Sequence[str]) -> str:
    names = f"{listing(hosts, NAMED)}: " if len(hosts) > 1 else ""
    reason = foreign(why, 160) if why else "no reason known"
    if said == "Not read" and not names and reason.startswith("host key"):
        said = ""  # it says so itself
    if not said:
        return f"{names}{capital(reason) if reason.startswith('host key') else reason}."
    return f"{said}: {reason}." if not names else f"{said}: {names.removesuffix(': ')}; {reason}."


def not_read(view: View) -> list[Finding]:
    """Hosts of which nothing was read, for a report that has no page about servers."""
    return [
        Finding(
            "server-unread", "critical", "Broken", subject(hosts), hosts,
            _state_sentence("Not read", gap.cause, hosts), "coverage",
        )
        for hosts, gap in gathered(view, brief=True) if gap.what == EVERYTHING
    ]  # fmt: skip
