"""Pure: what could not be read, host by host, and hosts that share a cause together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from report.causes import of_many, short
from report.words import natural

if TYPE_CHECKING:
    from report.reading import View

EVERYTHING, PART = "everything", "part of "


@dataclass(frozen=True)
class Gap:
    """One host of which something could not be read: everything, or these collectors.

    since: when its evidence begins, where that is well after the period does. planned: the
    window of maintenance in which it was asked, in words.
    """

    host: str
    what: str
    outcome: str
    cause: str
    since: datetime | None = None
    planned: str = ""


def gathered(view: View, brief: bool = False) -> list[tuple[tuple[str, ...], Gap]]:
    """Return hosts that share a cause together: what they lack, most hosts first.

    brief: with the causes as page 1 has them, rather than as recorded.
    """
    found: dict[tuple[str, str, str, str], list[tuple[Gap, str]]] = {}
    for gap in view.gaps:
        said = short(gap.outcome, gap.cause) if brief else gap.cause
        alike = "" if gap.since else view.without_host(gap.host, said)
        found.setdefault((gap.what, gap.outcome, alike, gap.planned), []).append((gap, said))
    rows = []
    for (what, outcome, alike, planned), gaps in found.items():
        hosts = tuple(sorted((gap.host for gap, _ in gaps), key=natural))
        said = gaps[0][1] if len(gaps) == 1 else of_many(alike, gaps[0][1])
        times = sorted(gap.since for gap, _ in gaps if gap.since)
        if len(times) > 1:
            first, last = view.at(times[0]), view.at(times[-1])
            when = f"at {first}" if first == last else f"between {first} and {last}"
            said = f"their logs begin {when}"
        if planned:
            said = f"{said}; {planned}" if said else planned
        rows.append((hosts, Gap(hosts[0], what, outcome, said, planned=planned)))
    return sorted(
        rows, key=lambda row: (row[1].what != EVERYTHING, -len(row[0]), natural(row[0][0]))
    )


def common_gap(view: View) -> Gap | None:
    """Return why of one of the hosts nothing was read, if it is the same with all of them."""
    rows = [hosts for hosts, gap in gathered(view, brief=True) if gap.what == EVERYTHING]
    return view.blind[rows[0][0]] if len(rows) == 1 else None
