"""Backups that are missing, old, small or too few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from report.contract import Finding
from report.reading import GOOD_BACKUPS, View, rows_of
from report.words import day_month, foreign, is_missing, number, size, span


def not_there(view: View) -> list[Finding]:
    """Backups that are not as the settings want them."""
    found, good = [], _good(view)
    for row in rows_of(view, "backups"):
        if row.state == "ok":
            continue
        critical = row.state in ("missing", "too_old")
        name, host = str(row.name), str(row.host)
        said = f"Backup {foreign(name, 40)} {_what(row)}; {_last(view, row, good)}."
        found.append(
            Finding("backup", "critical" if critical else "warning", "Backups", host, (host,), said,
                    "upkeep", object=name, collector="backups")
        )  # fmt: skip
    return found


def _good(view: View) -> dict[tuple[str, str], Any]:
    """Return by host and name when the newest file of a backup was from, when it last was good."""
    frame = view.frames.get(GOOD_BACKUPS)
    if frame is None:
        return {}
    pairs = zip(frame["host"].astype(str), frame["name"].astype(str), strict=True)
    return dict(zip(pairs, frame["newest_at"], strict=True))


def _last(view: View, row: Any, good: Mapping[tuple[str, str], Any]) -> str:
    """Return when the last good one was made: of one that is merely old, its newest file."""
    at: Any = row.newest_at if row.state == "too_old" else good.get((str(row.host), str(row.name)))
    if is_missing(at):
        return "when one was good last is not known"
    local = at.astimezone(view.info.zone)
    return f"the last good one is from {day_month(local)} {local:%H:%M}"


def _what(row: object) -> str:
    state = getattr(row, "state", "unknown")
    value = {name: getattr(row, name) for name in ("age_seconds", "size_bytes", "files", "cause")}
    if state == "missing":
        return f"is missing: nothing lies at {foreign(getattr(row, 'path', ''), 80)}"
    if state == "too_old":
        return (
            f"is {span(value['age_seconds'])} old, and may be "
            f"{number(getattr(row, 'max_age_hours', None), 0)} h"
        )
    if state == "too_small":
        return f"has {size(value['size_bytes'])}, less than {size(getattr(row, 'min_bytes', None))}"
    if state == "too_few":
        return f"has {number(value['files'])} of {number(getattr(row, 'min_files', None))} files"
    return "is not known" + (
        "" if is_missing(value["cause"]) else f": {foreign(value['cause'], 100)}"
    )
