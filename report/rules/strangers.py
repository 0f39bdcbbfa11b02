"""Logins that are out of the ordinary: after many failures, from elsewhere, after months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from report import tables
from report.contract import Finding
from report.reading import SEEN_BEFORE, View, frame_of
from report.seen import hours
from report.words import day_month, foreign, is_missing, listing, network_of, plural

if TYPE_CHECKING:
    import pandas as pd

GUESSES = 5  # so many failures before it make a login a guessed one
KNOWN_DAYS = 14  # of history that it takes to call anything new
LONG_KNOWN = 30  # and to call a user new
OFTEN = 10  # so many days of a user's own show at which hours they come
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
    found, where = [], _countries(view)
    for (host, source), rows in inside.merge(many).groupby(PLACE, sort=True):
        first, before = rows["at"].min(), int(rows["before"].iloc[0])
        users = ", ".join(foreign(one, 30) for one in rows["user"].dropna().unique()[:3])
        said = (
            f"{users} from {_place(source, where)} at {view.at(first)}, "
            f"after {plural(before, 'failed login')} from there."
        )
        found.append(
            Finding("guessed", "critical", "Got in", str(host), (str(host),), said, "logins",
                    float(len(rows)), object=str(source))
        )  # fmt: skip
    return found


def out_of_the_ordinary(view: View) -> list[Finding]:
    """Users who came as they never came before, or after months."""
    before = view.frames[SEEN_BEFORE]
    days = before["day"].nunique()
    if days < KNOWN_DAYS:
        return []
    past = _past(before)
    logins = tables.sessions(frame_of(view, "logins"))
    here = logins[(logins["result"] == "accepted") & logins["user"].notna()]
    told = {(one.subject, one.object) for one in guessed(view)}
    return [
        *_returned(view, here, past),
        *(one for key, one in _unlike_before(view, here, past) if key not in told),
        *(_new_users(view, here, past, days) if days >= LONG_KNOWN else ()),
    ]


@dataclass
class Known:
    """What is known of a user: networks, countries, hosts, hours, days, and the last of these."""

    networks: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    hours: int = 0
    days: set[int] = field(default_factory=set)

    def usual(self, hour: int) -> bool:
        """Whether they come at that hour, or at one beside it; when that is known."""
        near = sum(1 << (hour + one) % 24 for one in (-1, 0, 1))
        return len(self.days) < OFTEN or not self.hours or bool(self.hours & near)


def _past(before: pd.DataFrame) -> dict[str, Known]:
    """Return what is known of each user; each thing is looked at once, not once a day."""
    found: dict[str, Known] = {}
    here = before[before["user"].notna()]
    for name in ("source_ip", "country", "host", "hours", "day"):
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
            elif name == "host":
                known.hosts.add(str(value))
            elif name == "hours":
                known.hours |= int(value)
            else:
                known.days.add(int(value))
    return found


def _returned(view: View, here: pd.DataFrame, past: dict[str, Known]) -> Iterator[Finding]:
    today = view.info.report_date
    for (host, user), rows in here.groupby(["host", "user"], sort=True):
        known = past.get(str(user))
        last = date.fromordinal(max(known.days)) if known else today
        if today - last < timedelta(days=ABSENT_DAYS):
            continue
        since = day_month(last, with_year=True)
        said = f"{foreign(user, 30)} at {view.at(rows['at'].min())}, not seen since {since}."
        yield Finding("returned", "warning", "Got in", str(host), (str(host),), said, "logins",
                      float(len(rows)), object=str(user))  # fmt: skip


def _unlike_before(
    view: View, here: pd.DataFrame, past: dict[str, Known]
) -> Iterator[tuple[tuple[str, str], Finding]]:
    """Yield (host, source) and the finding: elsewhere, or both another server and hour.

    A user whose first login this is has nothing that it could be unlike.
    """
    where = _countries(view)
    local = here.assign(hour=hours(here["at"], view)) if len(here) else here
    for (host, user, source), rows in local.groupby(["host", "user", "source_ip"], sort=True):
        known = past.get(str(user))
        if known is None:
            continue
        country = where.get(str(source))
        elsewhere = network(source) not in known.networks
        abroad = bool(country and known.countries and country not in known.countries)
        other_host = str(host) not in known.hosts
        odd = [hour for hour in rows["hour"].unique() if not known.usual(int(hour))]
        if not (elsewhere or abroad or (other_host and odd)):
            continue
        news = [f"from {foreign(country, 40)}"] if abroad else []
        news += ["on this server"] if other_host else []
        news += ["at this hour"] if odd else []
        at = rows.loc[rows["hour"].isin(odd), "at"].min() if odd else rows["at"].min()
        said = f"{foreign(user, 30)} from {_place(source, where)} at {view.at(at)}"
        said += ", where nobody of that name came from before" if elsewhere else ""
        said += f"{';' if elsewhere else ','} for the first time {listing(news)}" if news else ""
        kind = "new-source" if elsewhere or abroad else "new-habit"
        found = Finding(kind, "warning", "Got in", str(host), (str(host),), f"{said}.", "logins",
                        float(len(rows)), object=f"{user} {source}")  # fmt: skip
        yield (str(host), str(source)), found


def _new_users(
    view: View, here: pd.DataFrame, past: dict[str, Known], days: int
) -> Iterator[Finding]:
    """Yield the users that nobody saw on any server before; often these have been there, unused."""
    for (host, user), rows in here.groupby(["host", "user"], sort=True):
        # Root by a password is told by a rule of its own.
        if str(user) in past or (user == "root" and "password" in set(rows["method"].dropna())):
            continue
        sources = [foreign(one, 45) for one in rows["source_ip"].dropna().unique()]
        origin = f" from {listing(sources, 2)}" if sources else ""
        said = (
            f"{foreign(user, 30)}{origin} at {view.at(rows['at'].min())}, who came to no server "
            f"in {days} days."
        )
        yield Finding("new-user", "warning", "Got in", str(host), (str(host),), said, "logins",
                      float(len(rows)), object=str(user))  # fmt: skip


def _countries(view: View) -> dict[str, str]:
    frame = frame_of(view, "countries")
    return dict(zip(frame["source_ip"].astype(str), frame["country"].astype(str), strict=True))


def _place(source: object, where: dict[str, str]) -> str:
    """Return a source with its country, where that is known."""
    country = where.get(str(source))
    return foreign(source, 45) + (f" ({foreign(country, 40)})" if country else "")


def network(source: object) -> str:
    """Return the network of an address, a /24 or /48; a name as it is."""
    return network_of(source, WIDE)
