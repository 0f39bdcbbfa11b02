"""Systems whose maker no longer mends them, or soon will not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from report.contract import Finding, Severity
from report.reading import View, frame_of
from report.rules.wording import NAMED, subject
from report.words import day_month, foreign, is_missing, listing, natural


def ending(view: View) -> list[Finding]:
    """Systems at or near their end of life; those of one version are one finding."""
    frame = frame_of(view, "lifecycle")
    found = []
    for _, rows in frame.groupby(["os_name", "os_version"], sort=True, dropna=False):
        first, hosts = rows.iloc[0], tuple(sorted(map(str, rows["host"]), key=natural))
        days = max(view.limits(host).end_of_life_days for host in hosts)
        severity, said = _judged(view, first, timedelta(days=days))
        if not severity:
            continue
        name = foreign(" ".join(str(first[key]) for key in ("os_name", "os_version")
                                if not is_missing(first[key])), 60)  # fmt: skip
        names = f", on {listing(hosts, NAMED)}" if len(hosts) > 1 else ""
        found.append(
            Finding("end-of-life", severity, "Expiring", subject(hosts), hosts,
                    f"{name}{names}: {said}.", "upkeep", object=name, collector="lifecycle",
                    about=f"{name}: {said}.")
        )  # fmt: skip
    return found


def _judged(view: View, row: Any, soon: timedelta) -> tuple[Severity | None, str]:
    ends, extended, now = row["ends_at"], row["extended_ends_at"], view.info.to_at
    on = "" if is_missing(ends) else day_month(ends, with_year=True)
    if row["state"] == "unknown":
        return None, ""
    if is_missing(ends):
        return None, ""
    if row["state"] == "ended" or (ends < now and (is_missing(extended) or extended < now)):
        return "critical", f"its support ended on {on}"
    if ends < now:
        until = day_month(extended, with_year=True)
        return (
            "warning",
            f"its support ended on {on}; extended support, where it is had, until {until}",
        )
    if ends < now + soon:
        return "warning", f"its support ends on {on}"
    return None, ""
