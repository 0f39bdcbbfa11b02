"""Filesystems that fell read-only, and those that fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from report.contract import Finding, Severity
from report.reading import DISKS_BEFORE, View, frame_of, once, rows_of
from report.rules.wording import bound_of, days_severity, kept, severity_of
from report.thresholds import OfMount
from report.trail import RANK
from report.words import foreign, is_missing, percent, plural, share, size

if TYPE_CHECKING:
    import pandas as pd

Name = tuple[str, str, str]  # host, mount, and bytes or inodes
GIB = 1 << 30
ABOVE = ("disk-full", "inodes-full")  # a limit, which what only will be full is not yet


def not_writable(view: View) -> list[Finding]:
    """Filesystems mounted read-only although fstab says otherwise: a kernel's word for damage."""
    disks = frame_of(view, "disks")
    if "read_only_expected" not in disks:  # a snapshot of an earlier version
        return []
    wanted = disks["read_only_expected"].eq(False).fillna(False)
    here = disks[disks["read_only"].fillna(False).astype(bool) & wanted.astype(bool)]
    rows = sorted(zip(here["host"].astype(str), here["mount"].astype(str), strict=True))
    return [
        Finding("read-only", "critical", "Broken", host, (host,),
                f"{_shown(mount)} is mounted read-only, although fstab says otherwise.", "disks",
                object=mount)
        for host, mount in dict.fromkeys(rows)
    ]  # fmt: skip


@once
def filling(view: View) -> list[Finding]:
    """Filesystems above a limit, by bytes or by inodes; a remote one once for all its hosts."""
    when, found = _when(view), []
    for row in over(view):
        judged = judge(view, row)
        if judged.by_bytes or judged.by_inodes:
            found.append(_full(row, judged, when.get, partial(_since_yesterday, view)))
    return found


def above(found: Iterable[Finding]) -> int:
    """Return how many filesystems are above a limit, each once."""
    return len({(one.hosts, one.object) for one in found if one.kind in ABOVE})


class Judged(NamedTuple):
    """How bad a filesystem is by its bytes and by its inodes, and the limits that say so.

    roomy: it would be as bad by its bytes, were not so much free.
    """

    by_bytes: Severity | Literal[""]
    by_inodes: Severity | Literal[""]
    roomy: Severity | Literal[""]
    limits: OfMount


def over(view: View) -> list[Any]:
    """Return the rows of the filesystems that may be above a limit of theirs."""
    once, every = view.filesystems, view.scope.every()
    bytes_, nodes = (
        min(limit.warning - limit.hysteresis for limit in limits)
        for limits in ([one.disks for one in every], [one.inodes for one in every])
    )
    near = once[
        (once["used_percent"] >= bytes_).fillna(False)
        | (once["inodes_used_percent"] >= nodes).fillna(False)
    ]
    return list(near.itertuples(index=False))


def judge(view: View, row: Any) -> Judged:
    """Return how bad a filesystem is: a row of `tables.filesystems`."""
    host, mount = str(row.host), str(row.mount)
    limits = view.limits(host).at(mount)
    was = [view.past.last((host, kind, mount)) for kind in ("disk-full", "inodes-full")]
    by_bytes = severity_of(row.used_percent, limits.disks, was[0])
    by_inodes = severity_of(row.inodes_used_percent, limits.inodes, was[1])
    enough = limits.disks.free_gib
    free = 0 if is_missing(row.available_bytes) else row.available_bytes
    if by_bytes and enough and free >= enough * GIB:
        return Judged("", by_inodes, by_bytes, limits)
    return Judged(by_bytes, by_inodes, "", limits)


def roomy(view: View) -> list[str]:
    """Return of which filesystems a limit of % is no alarm, for much is free; in sentences."""
    found = []
    for row in over(view):
        judged = judge(view, row)
        if judged.roomy and not judged.by_inodes:
            free = share(row.available_bytes, row.size_bytes)
            enough = size((judged.limits.disks.free_gib or 0) * GIB)
            found.append(
                f"{row.host} {_shown(row.mount)} is {percent(row.used_percent)} % full. "
                f"No alarm: {free} are free, and {enough} would do."
            )
    return found


def tight(view: View) -> list[str]:
    """Return which filesystems are told although more is free than would do elsewhere."""
    found, usual = [], view.info.thresholds.disks.free_gib
    for row in over(view):
        judged = judge(view, row)
        least, free = judged.limits.disks.free_gib, row.available_bytes
        if judged.by_bytes and usual and not is_missing(free) and free >= usual * GIB:
            rule = f"needs {size(least * GIB)}" if least else "goes by its % alone"
            found.append(f"{row.host} {_shown(row.mount)} {rule}.")
    return found


def will_fill(view: View) -> list[Finding]:
    """Filesystems below their limits that will be full soon, at the pace of the days before."""
    found = []
    told = {(one.subject, one.object) for one in filling(view)}
    percents = _percents(view.filesystems)
    for row in rows_of(view, "forecasts"):
        host, mount = str(row.host), str(row.mount)
        used: Any = percents.get((host, mount, str(row.what)))
        limit = view.limits(host).at(mount).full_in_days
        was = view.past.last((host, "disk-filling", mount))
        severity = days_severity(row.full_in_days, limit, was)
        if (host, mount) in told or is_missing(used) or not severity:
            continue
        of = "" if row.what == "bytes" else " of its inodes"
        of += _since_yesterday(view, (host, mount, str(row.what)), used)
        said = f"{_shown(mount)} {percent(used)} % full{of}; {_pace(view, row)}."
        found.append(
            Finding("disk-filling", severity, "Filling", host, (host,), said, "disks", float(used),
                    object=mount)
        )  # fmt: skip
    return found


def _percents(disks: pd.DataFrame) -> dict[Name, Any]:
    names = {"bytes": "used_percent", "inodes": "inodes_used_percent"}
    return {
        (str(host), str(mount), what): value
        for what, name in names.items()
        for host, mount, value in zip(disks["host"], disks["mount"], disks[name], strict=True)
    }


@once
def _yesterday(view: View) -> dict[Name, Any]:
    before = view.frames.get(DISKS_BEFORE)
    return {} if before is None else _percents(before)


def _since_yesterday(view: View, name: Name, now: Any) -> str:
    """Return ", 3 points more than yesterday"; "" for less than one, and where it is not known."""
    before = _yesterday(view).get(name)
    if is_missing(before) or abs(now - before) < 1:
        return ""
    points = plural(round(abs(now - before)), "point")
    return f", {points} {'more' if now > before else 'less'} than yesterday"


def _when(view: View) -> dict[Name, str]:
    """Return (host, mount, bytes or inodes) → when it will be full, in words."""
    return {
        (str(row.host), str(row.mount), str(row.what)): _pace(view, row)
        for row in rows_of(view, "forecasts")
    }


def _pace(view: View, row: Any) -> str:
    """Return "full on Thu 26 Nov at this pace, or up to 2 days sooner or 3 later"."""
    day = view.info.report_date
    likely, early, late = (
        day + timedelta(days=int(days))
        for days in (row.full_in_days, row.earliest_days, row.latest_days)
    )
    if early == late:
        return f"full on {_day(likely)} at this pace"
    about = plural(int(row.full_in_days), "day")
    return f"full in about {about}, between {_day(early)} and {_day(late)}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _shown(mount: Any) -> str:
    return foreign(mount, 48).replace(" ", "\\x20")


def _full(
    row: Any, judged: Judged, when: Callable[[Name], str | None], grown: Callable[[Name, Any], str]
) -> Finding:
    bytes_, nodes = judged.by_bytes, judged.by_inodes
    by_inodes = RANK.get(nodes, 0) > RANK.get(bytes_, 0)
    severity = nodes if by_inodes else bytes_
    limit = judged.limits.inodes if by_inodes else judged.limits.disks
    mount, name = _shown(row.mount), (str(row.host), str(row.mount))
    more = grown((*name, "inodes" if by_inodes else "bytes"),
                 row.inodes_used_percent if by_inodes else row.used_percent)  # fmt: skip
    used = f"{percent(row.used_percent)} %"
    if by_inodes:
        said = f"{mount} has {percent(row.inodes_used_percent)} % of its inodes used{more}"
        said += f", though {used} of its bytes" if not is_missing(row.used_percent) else ""
    else:
        said = f"{mount} {used} full{more}, {share(row.available_bytes, row.size_bytes)} free"
        said += f"; {percent(row.inodes_used_percent)} % of its inodes" if nodes else ""
    pace = when((*name, "inodes" if by_inodes else "bytes"))
    said += f"; {pace}" if pace else ""
    said += f"; mounted on {row.host_count} hosts" if row.host_count > 1 else ""
    value = float(row.inodes_used_percent if by_inodes else row.used_percent)
    why = kept(value, severity, limit)
    said += f"; {why}" if why else ""
    host = str(row.host)
    return Finding(
        "inodes-full" if by_inodes else "disk-full",
        "critical" if severity == "critical" else "warning",
        "Filling", host, (host,), f"{said}.", "disks", value, bound_of(severity, limit),
        str(row.mount),
    )  # fmt: skip
