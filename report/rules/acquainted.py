"""What is known of each user by the days before: from where, where to and when they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from report.words import is_missing, network_of

if TYPE_CHECKING:
    import pandas as pd

KNOWN_DAYS = 14  # of history that it takes to call anything new
OFTEN = 10  # so many days of a user's own show at which hours they come
SETTLED = 28  # days in which a user came to no server for the first time: they have their own
WIDE = {4: 24, 6: 48}  # bits of a network whose addresses count as one place


@dataclass
class Known:
    """What is known of a user: networks, countries, hosts with the first day, hours and days.

    others: the servers that others have long come to; to one that is new everybody is.
    """

    networks: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    hosts: dict[str, int] = field(default_factory=dict)
    hours: int = 0
    days: set[int] = field(default_factory=set)
    settled: bool = False
    others: set[str] = field(default_factory=set)

    def usual(self, hour: int) -> bool:
        """Whether they come at that hour, or at one beside it; when that is known."""
        near = sum(1 << (hour + one) % 24 for one in (-1, 0, 1))
        return len(self.days) < OFTEN or not self.hours or bool(self.hours & near)

    def strays(self, host: str) -> bool:
        """Whether a server is none of theirs, though they have their own and keep to these."""
        return self.settled and host in self.others and host not in self.hosts


def acquaintances(before: pd.DataFrame, today: int) -> dict[str, Known]:
    """Return what is known of each user; each thing is looked at once, not once a day."""
    found: dict[str, Known] = {}
    here = before[before["user"].notna()]
    for name in ("source_ip", "country", "hours", "day"):
        if name not in here:
            continue
        pairs = here[["user", name]].dropna(subset=["user"]).drop_duplicates()
        for user, value in zip(pairs["user"].astype(str), pairs[name], strict=True):
            known = found.setdefault(user, Known())
            if name == "source_ip":
                known.networks.add(network(value))
            elif is_missing(value):
                continue
            elif name == "country":
                known.countries.add(str(value))
            elif name == "hours":
                known.hours |= int(value)
            else:
                known.days.add(int(value))
    firsts = here.groupby(["user", "host"], observed=True)["day"].min().reset_index()
    begun: dict[str, int] = {}
    for user, host, first in zip(*(firsts[name] for name in firsts), strict=True):
        found[str(user)].hosts[str(host)] = int(first)
        begun[str(host)] = min(int(first), begun.get(str(host), today))
    long_known = {host for host, first in begun.items() if first <= today - KNOWN_DAYS}
    for known in found.values():
        newest = max(known.hosts.values(), default=today)
        known.settled = len(known.days) >= OFTEN and newest <= today - SETTLED
        known.others = long_known
    return found


@cache
def network(source: object) -> str:
    """Return the network of an address, a /24 or /48; a name as it is."""
    return network_of(source, WIDE)
