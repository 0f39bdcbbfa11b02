"""Pure: in which state every server of the fleet is, and why."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, NamedTuple

from report.causes import of_many, short
from report.planned import asked_within
from report.reading import View, frame_of, split
from report.words import foreign, is_missing, listing, natural

NOT_UP = ("down", "degraded", "unknown")


class State(NamedTuple):
    """Hosts that are in one state for one and the same reason.

    instead_of: what its state would be, were it not in a window of maintenance; planned: which.
    """

    name: str
    why: str
    hosts: tuple[str, ...]
    instead_of: str = ""
    planned: str = ""


def states(view: View, without: Container[str] = ()) -> list[State]:
    """Return the states there are; every host listed is in exactly one of them.

    without: hosts that are left out.
    """
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    within = asked_within(view)
    for host, (state, why) in _states(view).items():
        if host in without:
            continue
        window = within.get(host, "") if state in NOT_UP else ""
        alike = (state, view.without_host(host, why), window)
        found.setdefault(alike, []).append((host, why))
    every = []
    for (state, why, window), pairs in found.items():
        said = pairs[0][1] if len(pairs) == 1 else of_many(why, pairs[0][1])
        hosts = tuple(sorted((host for host, _ in pairs), key=natural))
        if window:
            whole = f"{window}; {said}" if said else window
            every.append(State("maintenance", whole, hosts, state, window))
        else:
            every.append(State(state, said, hosts))
    return every


def _states(view: View) -> dict[str, tuple[str, str]]:
    """Return host → state and why."""
    found: dict[str, tuple[str, str]] = {}
    for row in frame_of(view, "servers").itertuples(index=False):
        state = "unknown" if is_missing(row.state) else str(row.state)
        found[str(row.host)] = (state, _why(view, state, row))
    for host in view.hosts:
        gap = view.blind.get(host)
        why = short(gap.outcome, gap.cause) if gap else "its state was not read"
        found.setdefault(host, ("unknown", why))
    return found


def _why(view: View, state: str, row: Any) -> str:
    """Return the reason for a state; of failed units the first few."""
    host, units = str(row.host), split(row.failed_units)
    if state == "degraded" and units:
        return f"{listing([foreign(one, 40) for one in units], 3)} failed"
    if is_missing(row.state_reason) or not row.state_reason:
        gap = view.blind.get(host)
        return short(gap.outcome, gap.cause) if gap else ""
    outcome = view.outcomes.get(host, {}).get("servers", "")
    return short(outcome, str(row.state_reason).strip().rstrip("."))
