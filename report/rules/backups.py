"""Backups that are missing, old, small or too few."""

from __future__ import annotations

from report.contract import Finding
from report.reading import View, rows_of
from report.words import foreign, is_missing, number, size, span


def not_there(view: View) -> list[Finding]:
    """Backups that are not as the settings want them."""
    found = []
    for row in rows_of(view, "backups"):
        if row.state == "ok":
            continue
        critical = row.state in ("missing", "too_old")
        name, host = str(row.name), str(row.host)
        said = f"Backup {foreign(name, 40)} {_what(row)}."
        found.append(
            Finding("backup", "critical" if critical else "warning", "Backups", host, (host,), said,
                    "upkeep", object=name, collector="backups")
        )  # fmt: skip
    return found


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
