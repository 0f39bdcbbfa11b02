"""What key figures of some hosts alone were on the days before: for a report of some groups."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from report import history, tally
from report.rules.disks import ABOVE
from report.store import Day
from report.trail import FIGURE_DAYS, PLANNED
from report.words import percent

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("host", "day", "label", "value")


def figures_of(day: Day, hosts: Collection[str], found: pd.DataFrame) -> pd.DataFrame:
    """Return the key figures of these hosts on the days before. Columns: COLUMNS, host is NA.

    found: the findings of the days before, with rows of these hosts and of none. A figure
    that is not known on a day has no row there.
    """
    import pandas as pd

    names = [column.name for column in tally.TALLY]
    until = day.date - timedelta(days=1)
    rows = history.rows(day.folder.parent, tally.NAME, names, until, FIGURE_DAYS, tally.FOLDER)
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


def _up(looks: pd.DataFrame) -> float | None:
    known = looks["state"] != "unknown"
    return float((looks["state"] == "up").sum()) if known.any() else None


def _sum(name: str) -> Callable[[pd.DataFrame], float | None]:
    def of(looks: pd.DataFrame) -> float | None:
        known = looks[name].dropna()
        return float(known.sum()) if len(known) else None

    return of


def _coverage(looks: pd.DataFrame) -> float:
    return float(percent(100 * float(looks["answered"].astype(float).mean()), 1))


FIGURES: dict[str, Callable[[pd.DataFrame], float | None]] = {
    "Servers up": _up,
    "Logins failed": _sum("failed"),
    "Logins accepted": _sum("accepted"),
    "Servers rebooted": _sum("rebooted"),
    "Coverage": _coverage,
}
