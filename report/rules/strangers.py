"""Logins that are out of the ordinary: after many failures, from a new network, after months."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from report import tables
from report.contract import Finding
from report.reading import SEEN_BEFORE, View, frame_of
from report.words import day_month, foreign, is_missing, plural

if TYPE_CHECKING:
    import pandas as pd

GUESSES = 5  # so many failures before it make a login a guessed one
KNOWN_DAYS = 14  # of history that it takes to call anything new
ABSENT_DAYS = 60
PLACE = ["host", "source_ip"]
WIDE = {4: 24, 6: 48}  # bits of a network whose addresses count as one place


def guessed(view: View) -> list[Finding]:
    """Sources that failed often on a host, and then got in there."""
    logins = tables.sessions(frame_of(view, "logins"))
    known = logins[logins["source_ip"].notna()]
    inside = known[known["result"] == "accepted"]
    firsts = inside.groupby(PLACE)["at"].min().rename("first").reset_index()
    tries = known[known["result"] == "failed"].merge(firsts)
    early = tries[tries["at"] <= tries["first"]].groupby(PLACE)["count"].sum()
    many = early[early >= GUESSES].rename("before").reset_index()
    found = []
    for (host, source), rows in inside.merge(many).groupby(PLACE, sort=True):
        first, before = rows["at"].min(), int(rows["before"].iloc[0])
        users = ", ".join(foreign(one, 30) for one in rows["user"].dropna().unique()[:3])
        said = (
            f"{users} from {foreign(source, 45)} at {view.at(first)}, "
            f"after {plural(before, 'failed login')} from there."
        )
        found.append(
            Finding("guessed", "critical", "Got in", str(host), (str(host),), said, "logins",
                    float(len(rows)), object=str(source))
        )  # fmt: skip
    return found


def out_of_the_ordinary(view: View) -> list[Finding]:
    """Users who came from a network that they never came from, or after months."""
    before = view.frames[SEEN_BEFORE]
    if before["day"].nunique() < KNOWN_DAYS:
        return []
    places, last = _past(before)
    logins = tables.sessions(frame_of(view, "logins"))
    here = logins[(logins["result"] == "accepted") & logins["user"].notna()]
    told = {(one.subject, one.object) for one in guessed(view)}
    return [
        *_returned(view, here, last),
        *(one for key, one in _from_elsewhere(view, here, places, last) if key not in told),
    ]


def _past(before: pd.DataFrame) -> tuple[dict[str, set[str]], dict[str, int]]:
    """Return the networks each user came from, and the day (ordinal) of the last time."""
    places: dict[str, set[str]] = {}
    last: dict[str, int] = {}
    pairs = before[["user", "source_ip", "day"]].drop_duplicates()
    for user, source, day in zip(*(pairs[name] for name in pairs), strict=True):
        if is_missing(user):
            continue
        places.setdefault(str(user), set()).add(network(source))
        last[str(user)] = max(last.get(str(user), 0), int(day))
    return places, last


def _returned(view: View, here: pd.DataFrame, last: dict[str, int]) -> Iterator[Finding]:
    today = view.info.report_date
    for (host, user), rows in here.groupby(["host", "user"], sort=True):
        seen = last.get(str(user))
        if seen is None or today - date.fromordinal(seen) < timedelta(days=ABSENT_DAYS):
            continue
        since = day_month(date.fromordinal(seen), with_year=True)
        said = f"{foreign(user, 30)} at {view.at(rows['at'].min())}, not seen since {since}."
        yield Finding("returned", "warning", "Got in", str(host), (str(host),), said, "logins",
                      float(len(rows)), object=str(user))  # fmt: skip


def _from_elsewhere(
    view: View, here: pd.DataFrame, places: dict[str, set[str]], last: dict[str, int]
) -> Iterator[tuple[tuple[str, str], Finding]]:
    """Yield (host, source) and the finding."""
    for (host, user, source), rows in here.groupby(["host", "user", "source_ip"], sort=True):
        known = places.get(str(user))
        # A user who is new altogether is told by the account that is new.
        if known is None or network(source) in known or str(user) not in last:
            continue
        said = (
            f"{foreign(user, 30)} from {foreign(source, 45)} at {view.at(rows['at'].min())}, "
            "where nobody of that name came from before."
        )
        found = Finding("new-source", "warning", "Got in", str(host), (str(host),), said, "logins",
                        float(len(rows)), object=f"{user} {source}")  # fmt: skip
        yield (str(host), str(source)), found


def network(source: object) -> str:
    """Return the network of an address, a /24 or /48; a name as it is."""
    try:
        address = ipaddress.ip_address(str(source))
    except ValueError:
        return str(source)
    return str(ipaddress.ip_network((address, WIDE[address.version]), strict=False))
