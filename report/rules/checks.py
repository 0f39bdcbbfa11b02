"""Checks of one's own that warn, or that could not be run."""

from __future__ import annotations

from report.contract import Finding
from report.reading import View, rows_of
from report.words import foreign, is_missing


def failing(view: View) -> list[Finding]:
    """Checks that are warning, critical or unknown."""
    found = []
    for row in rows_of(view, "checks"):
        if is_missing(row.state) or row.state == "ok":
            continue
        said = row.cause if is_missing(row.text) or not row.text else row.text
        why = "" if is_missing(said) else f": {foreign(said, 120)}"
        name, host = str(row.check), str(row.host)
        found.append(
            Finding("check", "critical" if row.state == "critical" else "warning", "Checks", host,
                    (host,), f"{foreign(name, 40)} is {row.state}{why}.", "health", object=name,
                    collector="checks")
        )  # fmt: skip
    return found
