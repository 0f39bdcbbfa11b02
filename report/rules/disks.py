"""Filesystems that fell read-only, and those that fill."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from report import tables
from report.contract import Finding
from report.reading import View, frame_of, rows_of
from report.rules.wording import NAMED, severity_of
from report.thresholds import Limit
from report.words import foreign, is_missing, listing, percent, plural, share


def not_writable(view: View) -> list[Finding]:
    """Filesystems mounted read-only although fstab says otherwise: a kernel's word for damage."""
    disks = frame_of(view, "disks")
    if "read_only_expected" not in disks:  # a snapshot of an earlier version
        return []
    wanted = disks["read_only_expected"].eq(False).fillna(False)
    here = disks[disks["read_only"].fillna(False).astype(bool) & wanted.astype(bool)]
    found = []
    for host, rows in here.groupby("host", sort=True):
        name = str(host)
        mounts = listing([_shown(at) for at in rows["mount"]], NAMED)
        verb = "is" if len(rows) == 1 else "are"
        said = f"{mounts} {verb} mounted read-only, although fstab says otherwise."
        found.append(
            Finding("read-only", "critical", "Broken", name, (name,), said, "disks", object=mounts)
        )
    return found


def filling(view: View) -> list[Finding]:
    """Filesystems above a limit, by bytes or by inodes; a remote one once for all its hosts."""
    once = tables.writable(tables.filesystems(frame_of(view, "disks")))
    limits = view.info.thresholds
    over = once[
        (once["used_percent"] >= limits.disks.warning).fillna(False)
        | (once["inodes_used_percent"] >= limits.inodes.warning).fillna(False)
    ]
    when = _when(view)
    return [
        _full(row, limits.disks, limits.inodes, when.get) for row in over.itertuples(index=False)
    ]


def will_fill(view: View) -> list[Finding]:
    """Filesystems below their limits that will be full soon, at the pace of the days before."""
    limit, found = view.info.thresholds.full_in_days, []
    told = {(one.subject, one.object) for one in filling(view)}
    percents = _percents(view)
    for row in rows_of(view, "forecasts"):
        host, mount = str(row.host), str(row.mount)
        used: Any = percents.get((host, mount, str(row.what)))
        if (host, mount) in told or row.full_in_days > limit.warning or is_missing(used):
            continue
        critical = row.full_in_days <= limit.critical
        of = "" if row.what == "bytes" else " of its inodes"
        said = f"{_shown(mount)} {percent(used)} % full{of}; {_pace(view, row)}."
        found.append(
            Finding("disk-filling", "critical" if critical else "warning", "Filling", host, (host,),
                    said, "disks", float(used), object=mount)
        )  # fmt: skip
    return found


def _percents(view: View) -> dict[Any, Any]:
    once = tables.writable(tables.filesystems(frame_of(view, "disks")))
    names = {"bytes": "used_percent", "inodes": "inodes_used_percent"}
    return {
        (str(host), str(mount), what): value
        for what, name in names.items()
        for host, mount, value in zip(once["host"], once["mount"], once[name], strict=True)
    }


def _when(view: View) -> dict[tuple[str, str, str], str]:
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
    row: Any, disks: Limit, inodes: Limit, when: Callable[[tuple[str, str, str]], str | None]
) -> Finding:
    bytes_, nodes = (
        severity_of(row.used_percent, disks),
        severity_of(row.inodes_used_percent, inodes),
    )
    rank = ("", "warning", "critical")
    by_inodes = rank.index(nodes) > rank.index(bytes_)
    severity, limit = (nodes, inodes) if by_inodes else (bytes_, disks)
    mount = _shown(row.mount)
    used = f"{percent(row.used_percent)} %"
    if by_inodes:
        said = f"{mount} has {percent(row.inodes_used_percent)} % of its inodes used"
        said += f", though {used} of its bytes" if not is_missing(row.used_percent) else ""
    else:
        said = f"{mount} {used} full, {share(row.available_bytes, row.size_bytes)} free"
        said += f"; {percent(row.inodes_used_percent)} % of its inodes" if nodes else ""
    pace = when((str(row.host), str(row.mount), "inodes" if by_inodes else "bytes"))
    said += f"; {pace}" if pace else ""
    said += f"; mounted on {row.host_count} hosts" if row.host_count > 1 else ""
    value = float(row.inodes_used_percent if by_inodes else row.used_percent)
    bound = limit.critical if severity == "critical" else limit.warning
    host = str(row.host)
    return Finding(
        "inodes-full" if by_inodes else "disk-full",
        "critical" if severity == "critical" else "warning",
        "Filling", host, (host,), f"{said}.", "disks", value, bound, str(row.mount),
    )  # fmt: skip
