"""Logins that are out of the ordinary: after many failures, from elsewhere, after months."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from report.contract import Finding
from report.reading import AN_HOUR, SEEN_BEFORE, View, frame_of, once
from report.rules.acquainted import KNOWN_DAYS, SETTLED, Known, acquaintances, network
from report.rules.wording import subject
from report.seen import hours
from report.words import (
    day_month,
    foreign,
    listing,
    natural,
    number,
    plural,
)

if TYPE_CHECKING:
    import pandas as pd

GUESSES = 5  # so many failures before it make a login a guessed one
LONG_KNOWN = 30  # and to call a user new
ABSENT_DAYS = 60
PLACE = ["host", "source_ip"]
BY = ["host", "user", "source_ip"]


@once
def guessed(view: View) -> list[Finding]:
    """Sources that failed often on a host, and then got in there, for the first time or again."""
    logins = view.logins
    known = logins[logins["source_ip"].notna() & logins["at"].notna()]
    inside = known[known["result"] == "accepted"]
    many = _tried(inside, known[known["result"] == "failed"])
    many = many.sort_values("before", ascending=False, kind="stable")
    found, where = [], _countries(view)
    for (host, source), each in many.groupby(PLACE, sort=True):
        worst = each.iloc[0]
        here = inside[(inside["host"] == host) & (inside["source_ip"] == source)]
        rows = here[here["at"] >= each["into"].min()]
        users = ", ".join(foreign(one, 30) for one in rows["user"].dropna().unique()[:3])
        said = (
            f"{users} from {_place(source, where)} at {view.at(worst['into'])}, "
            f"after {plural(int(worst['before']), 'failed login')} from there."
        )
        found.append(
            Finding("guessed", "critical", "Got in", str(host), (str(host),), said, "logins",
                    float(len(rows)), object=str(source))
        )  # fmt: skip
    return found


def _tried(inside: pd.DataFrame, failed: pd.DataFrame) -> pd.DataFrame:
    """Return the logins with many failures since the one before from there: into, before.

    A row of many logins is the first of them; the others may have been at any time of its hour.
    """
    import pandas as pd

    firsts = inside[[*PLACE, "at", "count"]].assign(into=inside["at"])
    lasts = firsts[firsts["count"] > 1]
    marks = pd.concat([firsts, lasts.assign(at=lasts["at"].dt.floor("h") + AN_HOUR)])
    marks = marks[[*PLACE, "at", "into"]].drop_duplicates([*PLACE, "at"])
    tries = failed[[*PLACE, "at", "count"]].merge(marks[PLACE].drop_duplicates())
    met = pd.merge_asof(
        tries.sort_values("at"), marks.assign(mark=marks["at"]).sort_values("at"),
        on="at", by=PLACE, direction="forward",
    )  # fmt: skip
    each = met.groupby([*PLACE, "mark", "into"])["count"].sum().rename("before").reset_index()
    return each[each["before"] >= GUESSES]


def out_of_the_ordinary(view: View) -> list[Finding]:
    """Users who came as they never came before, or after months."""
    before = view.frames[SEEN_BEFORE]
    days = before["day"].nunique()
    if days < KNOWN_DAYS:
        return []
    past = acquaintances(before, view.date.toordinal())
    logins = view.logins
    here = logins[(logins["result"] == "accepted") & logins["user"].notna()]
    told = {(one.subject, one.object) for one in guessed(view)}
    return [
        *_returned(view, here, past),
        *_unlike_before(view, here, past, told),
        *(_new_users(view, here, past, days) if days >= LONG_KNOWN else ()),
    ]


def _returned(view: View, here: pd.DataFrame, past: dict[str, Known]) -> Iterator[Finding]:
    long_ago = (view.info.report_date - timedelta(days=ABSENT_DAYS)).toordinal()
    absent = [user for user, known in past.items() if max(known.days) <= long_ago]
    rows_of = here[here["user"].isin(absent)].groupby(["host", "user"], sort=True)
    for (host, user), rows in rows_of:
        since = day_month(date.fromordinal(max(past[str(user)].days)), with_year=True)
        said = f"{foreign(user, 30)} at {view.at(rows['at'].min())}, not seen since {since}."
        yield Finding("returned", "warning", "Got in", str(host), (str(host),), said, "logins",
                      float(len(rows)), object=str(user))  # fmt: skip


def _unlike_before(
    view: View, here: pd.DataFrame, past: dict[str, Known], told: Collection[tuple[str, str]]
) -> Iterator[Finding]:
    """Yield logins from elsewhere, or to another server: at another hour, or of a settled user.

    Who goes from server to server is told of none of them. A user whose first login this is has
    nothing that it could be unlike. told: (host, source) of what is told by another rule.
    """
    strays: dict[tuple[str, str], list[pd.DataFrame]] = {}
    where = _countries(view)
    local = here[here["user"].isin(list(past))]
    local = local.assign(hour=hours(local["at"], view)) if len(local) else local
    odd_ones = _odd(local, past, where)
    for (host, user, source), rows in local.loc[odd_ones].groupby(BY, sort=True):
        if (str(host), str(source)) in told:
            continue
        known, country = past[str(user)], where.get(str(source))
        elsewhere, abroad, other_host = _how(known, str(host), str(source), country)
        odd = [hour for hour in rows["hour"].unique() if not known.usual(int(hour))]
        if not (elsewhere or abroad or odd):
            strays.setdefault((str(user), str(source)), []).append(rows)
            continue
        news = [f"from {foreign(country, 40)}" if abroad else "from there"]
        news = news if abroad or elsewhere else []
        news += ["on this server"] if other_host else []
        news += ["at this hour"] if odd else []
        at = rows.loc[rows["hour"].isin(odd), "at"].min() if odd else rows["at"].min()
        said = f"{foreign(user, 30)} from {_place(source, where)} at {view.at(at)}"
        said += f", first time {listing(news)}" if news else ""
        kind = "new-source" if elsewhere or abroad else "new-habit"
        yield Finding(kind, "warning", "Got in", str(host), (str(host),), f"{said}.", "logins",
                      float(len(rows)), object=f"{user} {source}")  # fmt: skip
    for (user, source), each in strays.items():
        yield _strayed(view, user, source, each, _place(source, where))


def _strayed(
    view: View, user: str, source: str, each: Sequence[pd.DataFrame], place: str
) -> Finding:
    """Return one finding of all the servers that a user came to for the first time."""
    hosts = tuple(sorted((str(rows["host"].iloc[0]) for rows in each), key=natural))
    at, times = min(rows["at"].min() for rows in each), sum(map(len, each))
    these = "this server" if len(hosts) == 1 else f"these {number(len(hosts))} servers"
    said = (
        f"{foreign(user, 30)} from {place} at {view.at(at)}, first time on {these}, after "
        f"{SETTLED} days or more on the same ones."
    )
    return Finding("new-habit", "warning", "Got in", subject(hosts), hosts, said, "logins",
                   float(times), object=f"{user} {source}")  # fmt: skip


def _how(known: Known, host: str, source: str, country: str | None) -> tuple[bool, bool, bool]:
    """Return whether a login is from elsewhere, from another country, to another host."""
    abroad = bool(country and known.countries and country not in known.countries)
    return network(source) not in known.networks, abroad, host not in known.hosts


def _odd(local: pd.DataFrame, past: dict[str, Known], where: dict[str, str]) -> list[bool]:
    """Return which rows are of a host, user and source that are unlike before.

    Each kind of login is looked at once: most are like a thousand others.
    """
    if local.empty:
        return []
    found = set()
    kinds = local[[*BY, "hour"]].dropna().drop_duplicates()
    for host, user, source, hour in zip(*(kinds[name].tolist() for name in kinds), strict=True):
        known, key = past[str(user)], (str(host), str(user), str(source))
        elsewhere, abroad, other = _how(known, key[0], key[2], where.get(key[2]))
        if elsewhere or abroad or (other and not known.usual(int(hour))) or known.strays(key[0]):
            found.add(key)
    keys = zip(*(local[name].astype(object).tolist() for name in BY), strict=True)
    return [key in found for key in keys]


def _new_users(
    view: View, here: pd.DataFrame, past: dict[str, Known], days: int
) -> Iterator[Finding]:
    """Yield the users that nobody saw on any server before; often these have been there, unused."""
    new = here[~here["user"].isin(list(past))]
    for (host, user), rows in new.groupby(["host", "user"], sort=True):
        # Root by a password is told by a rule of its own.
        if user == "root" and typed(rows["method"]).any():
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


def typed(methods: pd.Series) -> pd.Series[bool]:
    """Whether a method is a password that was typed, over PAM and the like too, or none at all."""
    said = methods.fillna("").astype(str)
    return said.isin(["password", "none"]) | said.str.startswith("keyboard-interactive")
