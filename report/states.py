"""Pure: in which state every server of the fleet is, and why."""

from __future__ import annotations

from typing import Any

from report.reading import View, frame_of, split
from report.words import is_missing, listing, natural, readable


def states(view: View) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return (state, why) → the hosts that share both; every host listed is in one of them."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for host, (state, why) in _states(view).items():
        found.setdefault((state, view.without_host(host, why)), []).append((host, why))
    return {
        (state, hosts[0][1] if len(hosts) == 1 else why): tuple(
            sorted((host for host, _ in hosts), key=natural)
        )
        for (state, why), hosts in found.items()
    }


def _states(view: View) -> dict[str, tuple[str, str]]:
    """Return host → state and why."""
    found: dict[str, tuple[str, str]] = {}
    for row in frame_of(view, "servers").itertuples(index=False):
        state = "unknown" if is_missing(row.state) else str(row.state)
        found[str(row.host)] = (state, _why(view, state, row))
    for host in view.hosts:
        gap = view.blind.get(host)
        found.setdefault(host, ("unknown", gap.cause if gap else "its state was not read"))
    return found


def _why(view: View, state: str, row: Any) -> str:
    """Return the reason for a state; of failed units the first few."""
    units = split(row.failed_units)
    if state == "degraded" and units:
        return f"{listing([readable(one, 40) for one in units], 3)} failed"
    if is_missing(row.state_reason) or not row.state_reason:
        gap = view.blind.get(str(row.host))
        return gap.cause if gap else ""
    return str(row.state_reason).strip().rstrip(".")
