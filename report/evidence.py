"""Which rows a finding is made of, where in the workbook they stand, and in which raw file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from report.cells import Grid
from report.contract import Finding
from report.measures import network
from report.reading import GOOD, View, once
from report.rules.logins import roots
from report.words import is_missing, listing, number, plural

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Positions = npt.NDArray[np.intp]

# Kinds that are told of one thing of a host: the columns in which that stands, one after another.
COLUMNS = {
    "disk-full": ("mount",), "inodes-full": ("mount",), "disk-filling": ("mount",),
    "read-only": ("mount",), "unusual-rise": ("object",), "timer-failed": ("unit",),
    "timer-overdue": ("unit",), "timer-inactive": ("unit",), "backup": ("name",),
    "check": ("check",), "certificate": ("source",), "second-root": ("name",),
    "empty-password": ("name",), "guessed": ("source_ip",), "returned": ("user",),
    "new-user": ("user",), "new-source": ("user", "source_ip"), "new-habit": ("user", "source_ip"),
    "storage": ("kind", "name"), "new-way-in": ("what", "object"),
}  # fmt: skip
# Kinds that are made of another frame than the finding's own.
FRAMES = {
    "server-down": "outcomes", "server-unread": "outcomes", "new-way-in": "changes",
    "unusual-rise": "unusual", "unusual-load": "unusual", "unusual-memory": "unusual",
    "unusual-failed-logins": "unusual",
}  # fmt: skip
MEASURED = {"kernel": "kind", "unusual": "measure"}  # where a kind's own word stands
FAILED = ("failed-logins", "login-burst")
ACCEPTED = ("returned", "new-user", "new-source", "new-habit")
LONGEST = 500  # letters of what a finding is about
NAMED = 3  # rows of a host; how many more there are is said


def rows(view: View, one: Finding) -> pd.DataFrame:
    """Return the rows of the frame that a finding was made of; columns as that frame's.

    They stand host by host; of a guess those that came in stand first. Without columns where it
    is of no frame.
    """
    import numpy as np
    import pandas as pd

    frame = _frame(view, _name(one))
    if frame is None:
        return pd.DataFrame()
    every = [at for _, at in positions(view, frame, one)]
    return frame.iloc[np.concatenate(every)] if every else frame.iloc[:0]


def positions(view: View, frame: pd.DataFrame, one: Finding) -> list[tuple[str, Positions]]:
    """Return of each of a finding's hosts where in its frame the rows stand; not if nowhere."""
    import numpy as np

    known = _places(view)
    name = _name(one)
    if name not in known:
        known[name] = frame.groupby("host", observed=True, sort=False).indices
    hosts = [host for host in one.hosts if host in known[name]]
    if not hosts:
        return []
    each = [known[name][host] for host in hosts]
    whole = np.concatenate(each)

    def cells(column: str) -> pd.Series[Any]:
        return frame[column].take(whole)

    keep = np.ones(len(whole), bool)
    for which in _conditions(view, frame, one, cells):
        keep &= which.fillna(False).to_numpy(dtype=bool)
    ends = np.cumsum([len(at) for at in each])
    kept = [at[own] for at, own in zip(each, np.split(keep, ends[:-1]), strict=True)]
    if one.kind == "guessed":
        kept = [at[np.argsort(frame["result"].take(at).to_numpy(), kind="stable")] for at in kept]
    return [(host, at) for host, at in zip(hosts, kept, strict=True) if len(at)]


def _conditions(
    view: View, frame: pd.DataFrame, one: Finding, cells: Callable[[str], pd.Series[Any]]
) -> Iterator[pd.Series[Any]]:
    """Yield what must hold of a host's rows, each as one truth a row."""
    name, (beginning, _, rest) = _name(one), one.kind.partition("-")
    columns = COLUMNS.get(one.kind, ())
    if columns and set(columns) <= set(frame.columns):
        first, *others = (cells(column).astype("string") for column in columns)
        for other in others:
            first = first + " " + other
        yield first.str[:LONGEST].eq(one.object[:LONGEST])
    if name == "outcomes":
        yield ~cells("outcome").isin(list(GOOD))
    elif beginning == name and name in MEASURED:
        yield cells(MEASURED[name]).eq(rest.replace("-", " "))
    elif one.kind in (*FAILED, *ACCEPTED):
        yield cells("result").eq("failed" if one.kind in FAILED else "accepted")
    if one.kind == "login-burst":
        yield cells("source_ip").map(lambda ip: not is_missing(ip) and network(ip) == one.object)
    if one.kind == "root-by-password":
        yield cells("host").index.to_series().isin(roots(view).index)


def _name(one: Finding) -> str:
    return FRAMES.get(one.kind, one.source)


def _frame(view: View, name: str) -> pd.DataFrame | None:
    """Return a frame of a view, of logins those that somebody comes in by; None for none."""
    return view.logins if name == "logins" else view.frames.get(name)


@once
def _places(view: View) -> dict[str, Any]:  # noqa: ARG001 - whose they are
    """Return, by frame and host, at which rows it stands: of those asked for so far."""
    return {}


class Place(NamedTuple):
    """Where a host's rows of a finding stand.

    said: "disks, row 14". row: the first of them on that sheet, 0 where it has none.
    """

    sheet: str
    row: int
    said: str


class Places:
    """Where in the workbook the rows stand that findings are made of, and the raw files."""

    def __init__(self, view: View, tables: Iterable[Grid]) -> None:
        self._view = view
        self._known: dict[Finding, dict[str, Place]] = {}
        self._grids = {grid.frame: grid for grid in tables if grid.frame}

    def of(self, one: Finding) -> dict[str, Place]:
        """Return the place of each of a finding's hosts that has rows."""
        if one not in self._known:
            self._known[one] = self._of(one)
        return self._known[one]

    def _of(self, one: Finding) -> dict[str, Place]:
        grid, frame = self._grids.get(_name(one)), _frame(self._view, _name(one))
        if grid is None or frame is None:
            return {}
        found = positions(self._view, frame, one)
        return {
            host: _place(grid, grid.index.get_indexer(frame.index.take(at))) for host, at in found
        }

    def raw(self, host: str) -> str | None:
        """Return the file, below the day's folder, with what a host printed; None if not kept."""
        name = f"{self._view.names.get(host, host)}.txt.gz"
        return f"raw/{name}" if name in self._kept else None

    @cached_property
    def _kept(self) -> frozenset[str]:
        folder = self._view.folder / "raw"
        return frozenset(one.name for one in folder.iterdir()) if folder.is_dir() else frozenset()


def _place(grid: Grid, at: Positions) -> Place:
    """Return where a host's rows stand. at: in the table; -1 for one that the sheet has not."""
    top, size, low, high = 3 if grid.cut else 2, len(at), int(at.min()), int(at.max())
    if low < 0:
        there = [int(one) + top for one in at if one >= 0]
        where = grid.whole.partition(",")[0]
        return Place(grid.title, (*there, 0)[0], f"{plural(size, 'row')} in {where}")
    if size == 1:
        said = f"row {low + top}"
    elif high - low + 1 == size:
        said = f"rows {low + top} to {high + top}"
    else:
        named = [str(one + top) for one in at[: NAMED if size == NAMED else NAMED - 1]]
        left = [f"{number(size - len(named))} more"] if size > len(named) else []
        said = f"rows {listing([*named, *left])}"
    return Place(grid.title, int(at[0]) + top, f"{grid.title}, {said}")
