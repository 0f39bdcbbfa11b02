"""What key figures of some hosts alone were on the days before: for a report of some groups.

The hosts are those of the groups today; those they had on the day itself are not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from report import derived, history, tally
from report.rules.disks import ABOVE
from report.store import Day
from report.trail import FIGURE_DAYS, PLANNED
from report.words import part

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("host", "day", "label", "value")
NAMES = tuple(column.name for column in tally.TALLY if column.name != "groups")


def figures_of(
    day: Day, hosts: Collection[str], found: pd.DataFrame, days: int = FIGURE_DAYS
) -> pd.DataFrame:
    """Return the key figures of these hosts on the days before. Columns: COLUMNS, host is NA.

    found: the findings of the days before, with rows of these hosts and of none. days: so many
    of them. A figure that is not known on a day has no row there.
    """
    import pandas as pd

    rows = history.rows(
        day.folder.parent, tally.NAME, NAMES, day.date - timedelta(days=1), days, tally.FOLDER,
        sorted(hosts),
    )  # fmt: skip
    rows = rows[rows["host"].isin(list(hosts))]
    own = found[found["host"].notna() & found["kind"].isin(ABOVE)]
    own = own[own["aside"].ne(PLANNED).fillna(True)]
    full = own.drop_duplicates(["day", "host", "object"]).groupby("day").size()
    known = set(found["day"])
    made: list[tuple[None, int, str, float]] = []
    for on, looks in rows.groupby("day"):
        each = {label: of(looks) for label, of in FIGURES.items()}
        each["Disks above limit"] = float(full.get(on, 0)) if on in known else None
        made += [(None, int(str(on)), label, v) for label, v in each.items() if v is not None]
    return pd.DataFrame(made, columns=list(COLUMNS))


def figures_over(day: Day, hosts: Collection[str], days: int) -> pd.DataFrame:
    """Return the same for so many days before, read once more: a report keeps but some weeks."""
    until = day.date - timedelta(days=1)
    names = ("host", "kind", "object", "aside")
    every = history.rows(day.folder.parent, "findings", names, until, days, derived.FOLDER)
    theirs = every["host"].isin(list(hosts))
    # A day with findings of others alone was a day all the same.
    found = every.assign(host=every["host"].astype(object).where(theirs))
    return figures_of(day, hosts, found, days)


def _up(looks: pd.DataFrame) -> float | None:
    known = looks["state"] != "unknown"
    return float((looks["state"] == "up").sum()) if known.any() else None


def _sum(name: str) -> Callable[[pd.DataFrame], float | None]:
    def of(looks: pd.DataFrame) -> float | None:
        known = looks[name].dropna()
        return float(known.sum()) if len(known) else None

    return of


def _coverage(looks: pd.DataFrame) -> float:
    return float(part(100 * float(looks["answered"].astype(float).mean())))


FIGURES: dict[str, Callable[[pd.DataFrame], float | None]] = {
    "Servers up": _up,
    "Logins failed": _sum("failed"),
    "Logins accepted": _sum("accepted"),
    "Servers rebooted": _sum("rebooted"),
    "Coverage": _coverage,
}
