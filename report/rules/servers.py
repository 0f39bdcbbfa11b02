"""Servers that are down, degraded, or of which nothing is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from report.contract import Finding, Severity
from report.gaps import EVERYTHING, gathered
from report.reading import View, frame_of, split
from report.rules.outages import Outage, outages
from report.rules.wording import NAMED, subject
from report.states import NOT_UP, State, states
from report.words import capital, foreign, listing, natural

SAID = {"down": "Down", "unread": "Not read", "unknown": "State not known"}


def not_up(view: View) -> list[Finding]:
    """Servers that are down, degraded, or of which nothing is known.

    Those of a place that is silent as a whole are one finding, those with one cause another; of
    degraded ones each failed unit is, whatever else fails there.
    """
    every = states(view)
    silent = {
        host: one
        for one in every
        if one.name in ("down", "unknown")
        for host in one.hosts
        if host in view.blind
    }
    together = outages(view, silent)
    gone = {host for outage in together for host in outage.hosts}
    rest = states(view, gone) if gone else every
    return [*(_outage(one, silent) for one in together), *_alike(view, rest)]


def _outage(outage: Outage, silent: Mapping[str, State]) -> Finding:
    causes = Counter({one.why: len(one.hosts) for one in silent.values()
                      if set(one.hosts) & set(outage.hosts)})  # fmt: skip
    (most, _), *others = causes.most_common()
    why = f"; {foreign(most, 120)}" if most else ""
    why += ", and other causes" if others else ""
    down = any(silent[host].name == "down" for host in outage.hosts)
    return Finding(
        "server-down" if down else "server-unread", "critical", "Broken", subject(outage.hosts),
        outage.hosts, f"{outage.said}{why}.", "servers", about=f"{outage.said}.",
    )  # fmt: skip


def _alike(view: View, every: Sequence[State]) -> Iterator[Finding]:
    units, failed = _units(view), dict[tuple[str, str], list[str]]()
    for one in every:
        state, why, hosts = one.instead_of or one.name, one.why, one.hosts
        if state not in NOT_UP:
            continue
        if state == "degraded":
            for host in hosts:
                for unit in units.get(host, ()):
                    failed.setdefault((unit, one.planned), []).append(host)
            hosts = tuple(host for host in hosts if not units.get(host))
            if not hosts:
                continue
        blind = any(host in view.blind for host in hosts)
        severity: Severity = "critical" if state == "down" or blind else "warning"
        kind = "unread" if blind and state == "unknown" else state
        said = SAID.get(kind, "")
        yield Finding(
            f"server-{kind}", severity, "Broken", subject(hosts), hosts,
            _state_sentence(said, why, hosts), "servers", planned=one.planned,
            about=_state_sentence(said, why, hosts[:1]),
        )  # fmt: skip
    for (unit, window), names in failed.items():
        yield _failed(unit, window, tuple(sorted(names, key=natural)))


def _units(view: View) -> dict[str, list[str]]:
    """Return host → its failed units."""
    frame = frame_of(view, "servers")
    pairs = zip(frame["host"].astype(str), frame["failed_units"], strict=True)
    return {host: split(units) for host, units in pairs}


def _failed(unit: str, window: str, hosts: tuple[str, ...]) -> Finding:
    said = f"{foreign(unit, 60)} failed"
    why = f"{window}; {said}" if window else said
    return Finding(
        "server-degraded", "warning", "Broken", subject(hosts), hosts,
        _state_sentence("", why, hosts), "servers", object=unit, planned=window,
        about=_state_sentence("", why, hosts[:1]),
    )  # fmt: skip


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
            _state_sentence("Not read", gap.cause, hosts), "coverage", planned=gap.planned,
        )
        for hosts, gap in gathered(view, brief=True) if gap.what == EVERYTHING
    ]  # fmt: skip
