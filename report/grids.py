"""Pure: a day's frames into the tables of the workbook, the processed ones and the frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from report import tables
from report.cells import Column, Grid, Link, Typed
from report.dictionary import about
from report.reading import PAST, view
from report.store import Day
from report.thresholds import Limit
from report.words import last_day
from report.worst import worst

if TYPE_CHECKING:
    import pandas as pd

MOST = 10_000  # rows of a sheet: 1,000 hosts' logins would take half a minute to write
GIB = 2**30
FIRST = ("hosts", "outcomes", "servers", "disks", "logins", "uptime")
WRITABLE = "NOT(TRUE={{{}}}),"  # what cannot be written to cannot fill
BESIDE = "tables"  # the folder beside the workbook that holds what its sheets left out
# Whole numbers that count nothing.
NUMBERED = ("port", "source_port", "uid", "gid", "pid", "line", "position", "exit_code",
            "exit_status", "bits")  # fmt: skip
GOOD_OUTCOMES = frozenset(("ok", "not_applicable", "not_knowable"))
BY_THE_DAY = {("lifecycle", name) for name in ("ends_at", "extended_ends_at", "table_at")}
GAVE_ROWS = ("ok", "partial", "truncated")
STATE = (
    ("critical", '{c}="down"'),
    ("warning", '{c}="degraded"'),
    ("unread", '{c}="unknown"'),
)
OUTCOME = (
    ("quiet", 'OR({c}="ok",{c}="not_applicable",{c}="not_knowable")'),
    ("warning", '{c}="partial"'),
    ("unread", '{c}<>""'),
)


def grids(day: Day) -> list[Grid]:
    """Return every table: those made for reading, then one a frame.

    A section that the day's settings leave out has no processed table.
    """
    made = []
    if "disks" in day.info.sections and "disks" in day.frames:
        made.append(disk_usage(day))
    if "logins" in day.info.sections and "logins" in day.frames:
        made += [logins_by_hour(day), *(logins_by(day, key) for key in ("user", "source", "host"))]
    made.append(coverage(day))
    others = sorted(set(day.frames) - {*FIRST, *PAST})
    made += [frame_grid(day, name) for name in (*FIRST, *others) if name in day.frames]
    return made


def disk_usage(day: Day) -> Grid:
    """Filesystems, each once: the fullest first, what cannot fill behind, no figures last."""
    limits = day.info.thresholds
    once = tables.filesystems(day.frames["disks"])
    first = tables.fullest(once).index
    rest = once.drop(first).sort_values(
        ["used_percent", "host", "mount"], ascending=[False, True, True]
    )
    ranked = once.loc[[*first, *rest.index]]
    columns = (
        Column("Host"), Column("Mount"), Column("Device"), Column("Type"),
        Column("Hosts", "whole"), Column("Size (GiB)", "tenth"), Column("Used (GiB)", "tenth"),
        Column("Available (GiB)", "tenth"),
        Column("Used", "percent", above(limits.disks, 100, WRITABLE.format("Read-only"))),
        Column("Inodes used", "percent", above(limits.inodes, 100, WRITABLE.format("Read-only"))),
        Column("Read-only", "flag"), Column("No figures, because"),
    )  # fmt: skip
    rows = zip(
        *(_values(ranked[name]) for name in ("host", "mount", "device", "fs_type", "host_count")),
        *(_gib(ranked[f"{name}_bytes"]) for name in ("size", "used", "available")),
        *(_fractions(ranked[name]) for name in ("used_percent", "inodes_used_percent")),
        *(_values(ranked[name]) for name in ("read_only", "cause")),
        strict=True,
    )
    said = (
        f"Every filesystem once, the fullest first. Used: {_bounds(limits.disks)}; "
        f"inodes: {_bounds(limits.inodes)}."
    )
    return table("Disk usage", columns, list(rows), said)


def logins_by(day: Day, what: str) -> Grid:
    """Logins in the period, counted by user, source or host; most failed first."""
    key = {"user": "user", "source": "source_ip", "host": "host"}[what]
    sums = tables.ranked(tables.sessions(day.frames["logins"]), [key], "failed")
    others = [name for name in ("hosts", "users", "sources") if name != f"{what}s"]
    failed = above(day.info.thresholds.failed_logins) if what == "host" else ()
    columns = (
        Column(what.capitalize()), Column("Accepted", "whole"), Column("Failed", "whole", failed),
        *(Column(name.capitalize(), "whole") for name in others),
        Column(_zoned("First", day), "time"), Column(_zoned("Last", day), "time"),
    )  # fmt: skip
    rows = zip(
        *(_values(sums[name]) for name in (key, "accepted", "failed", *others)),
        *(_local(sums[name], day) for name in ("first_at", "last_at")),
        strict=True,
    )
    said = f"Logins in the period by {what}, most failed first; without sudo and its like."
    return table(f"Logins by {what}", columns, list(rows), said)


def logins_by_hour(day: Day) -> Grid:
    """Logins for each hour of the period; without rows when no host's logins could be read."""
    info = day.info
    columns = (
        Column(_zoned("Hour", day), "time"), Column("Accepted", "whole"), Column("Failed", "whole"),
    )  # fmt: skip
    rows: list[Any] = []
    if _gave_rows(day, "logins"):
        logins = tables.sessions(day.frames["logins"])
        hours = tables.by_hour(logins, info.from_at, info.to_at, info.zone)
        counts = (_values(hours[name]) for name in ("accepted", "failed"))
        rows = list(zip(_local(hours["hour"], day), *counts, strict=True))
    return table("Logins by hour", columns, rows, "Logins in the hour that begins then.")


def coverage(day: Day) -> Grid:
    """Hosts × collectors: how each attempt ended, and why what is not ok is not, gaps first."""
    known = view(day)
    outcomes = day.frames["outcomes"].drop_duplicates(["host", "collector"], keep="last")
    collectors = list(dict.fromkeys(_values(outcomes["collector"])))
    hosts = dict.fromkeys([*_values(day.frames["hosts"]["host"]), *_values(outcomes["host"])])
    found: dict[Any, dict[Any, str]] = {host: {} for host in hosts}
    causes: dict[Any, dict[str, bool]] = {host: {} for host in hosts}
    for host, collector, outcome, cause in zip(
        *(_values(outcomes[name]) for name in ("host", "collector", "outcome", "cause")),
        strict=True,
    ):
        found[host][collector] = outcome
        if outcome != "ok" and cause:
            causes[host][str(cause).replace("`", "")] = outcome in GOOD_OUTCOMES
    for (host, collector), at in known.late.items():
        causes[host][f"part of {collector}: its log begins at {known.at(at)}"] = False
    because = {host: "; ".join(sorted(why, key=why.__getitem__)) for host, why in causes.items()}
    columns = (
        Column("Host"), *(Column(str(name), "text", OUTCOME) for name in collectors),
        Column("Because"),
    )  # fmt: skip
    rows = [
        (host, *(found[host].get(name) for name in collectors), because[host] or None)
        for host in hosts
    ]
    if len(rows) > MOST:
        rows.sort(key=lambda row: GOOD_OUTCOMES.issuperset(row[1:-1]))
    return table("Coverage", columns, rows, "Which host could be read by which collector.")


def frame_grid(day: Day, name: str) -> Grid:
    """A frame as it is, its times in the report's zone; where it is cut, the worst rows stay."""
    frame = day.frames[name]
    cut = len(frame) > MOST
    kept = worst(name, frame, MOST) if cut else frame
    columns, values = [], []
    for head, series in kept.items():
        column, cells = _column(day, name, str(head), series)
        columns.append(column)
        values.append(cells)
    rows = list(zip(*values, strict=True))
    whole = frame if cut else None
    said, where = about(name), beside(name)
    return Grid(name, columns, rows, said, len(frame), where, name, whole, kept.index)


def above(limit: Limit, divisor: float = 1, when: str = "") -> tuple[tuple[str, str], ...]:
    """Return the rules that colour what is at or above a limit."""
    return tuple(
        (look, f"AND({when}ISNUMBER({{c}}),{{c}}>={round(bound / divisor, 8):.12g})")
        for look, bound in (("critical", limit.critical), ("warning", limit.warning))
    )


def _column(
    day: Day, frame: str, name: str, series: pd.Series[Any]
) -> tuple[Column, Sequence[Any]]:
    limits = day.info.thresholds
    rules = {
        ("disks", "used_percent"): above(limits.disks, 100, WRITABLE.format("read_only")),
        ("disks", "inodes_used_percent"): above(limits.inodes, 100, WRITABLE.format("read_only")),
        ("servers", "state"): STATE,
        ("outcomes", "outcome"): OUTCOME,
    }.get((frame, name), ())
    kind = str(series.dtype)
    if (frame, name) in BY_THE_DAY:
        at = _values(series)
        return Column(name, "day"), [None if v is None else last_day(v) for v in at]
    if kind.startswith("datetime64"):
        return Column(_zoned(name, day), "time", rules), _local(series, day)
    if name.endswith("_percent"):
        return Column(name, "percent", rules), _fractions(series)
    if kind.lower().startswith("int"):
        return Column(name, "plain" if name in NUMBERED else "whole", rules), _values(series)
    shown = {"boolean": "flag", "bool": "flag", "Float64": "number", "float64": "number"}
    return Column(name, shown.get(kind, "text"), rules), _values(series)


def _gave_rows(day: Day, collector: str) -> bool:
    outcomes = day.frames["outcomes"]
    mine = outcomes["collector"].eq(collector) & outcomes["outcome"].isin(GAVE_ROWS)
    return bool(mine.fillna(False).any())


def table(title: str, columns: Sequence[Column], rows: Sequence[Any], about: str) -> Grid:
    """Return a table whose worst rows come first; where it is cut, the whole lies beside."""
    import pandas as pd

    name, cut = title.lower().replace(" ", "-"), len(rows) > MOST
    plain = ([_plain(one) for one in row] for row in rows)
    whole = pd.DataFrame(plain, columns=[one.head for one in columns]) if cut else None
    return Grid(title, columns, rows[:MOST], about, len(rows), beside(name), "", whole)


def _plain(value: Any) -> Any:
    if isinstance(value, Link):
        return value.text
    return value.value if isinstance(value, Typed) else value


def beside(name: str) -> str:
    """Return where all rows of a table lie that is cut, as the subject of a sentence."""
    return f"{BESIDE}/{name}.parquet, with a .csv beside it,"


def _zoned(head: str, day: Day) -> str:
    return f"{head} ({day.info.time_zone})"


def _bounds(limit: Limit) -> str:
    return f"warning at {limit.warning:g} %, critical at {limit.critical:g} %"


def _values(series: pd.Series[Any]) -> list[Any]:
    return series.astype(object).where(series.notna(), None).tolist()


def _gib(series: pd.Series[Any]) -> Iterator[float | None]:
    return (None if value is None else value / GIB for value in _values(series))


def _fractions(series: pd.Series[Any]) -> list[float | None]:
    # Rounded, so that 92.3 meets a limit of 0.923 although neither is exact.
    return [None if v is None else round(float(v) / 100, 8) for v in _values(series)]


def _local(series: pd.Series[Any], day: Day) -> list[Any]:
    if series.dt.tz is not None:
        series = series.dt.tz_convert(day.info.time_zone).dt.tz_localize(None)
    return [None if v is None else v.to_pydatetime() for v in _values(series)]
