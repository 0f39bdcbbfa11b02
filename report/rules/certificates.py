"""Certificates that have run out, or will."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from report.contract import Finding, Severity
from report.reading import View, frame_of, plain
from report.rules.wording import bound_of
from report.words import day_month, days_until, foreign, is_missing, plural


def running_out(view: View) -> list[Finding]:
    """Certificates whose end is past, or nearer than the limit; one file or port, one finding."""
    now, found = view.info.to_at, []
    frame = frame_of(view, "certificates")
    frame = frame[frame["not_after_at"].notna()].sort_values("not_after_at", kind="stable")
    rows: Iterable[Any] = plain(frame.drop_duplicates(["host", "source"])).itertuples(index=False)
    for row in rows:
        host = str(row.host)
        left, limit = row.not_after_at - now, view.limits(host).certificate_days
        if left >= timedelta(days=limit.warning):
            continue
        severity: Severity = "critical" if left < timedelta(days=limit.critical) else "warning"
        days = days_until(row.not_after_at, now, view.info.zone)
        local = row.not_after_at.astimezone(view.info.zone)
        on = day_month(local, with_year=True)
        when = f"runs out in {plural(days, 'day')}, on {on}" if days > 0 else f"runs out on {on}"
        if left < timedelta(0):
            when = f"ran out on {on}"
        whose = (
            "" if is_missing(row.subject) or not row.subject else f" ({foreign(row.subject, 60)})"
        )
        found.append(
            Finding("certificate", severity, "Expiring", host, (host,),
                    f"Certificate {foreign(row.source, 60)}{whose} {when}.", "upkeep", float(days),
                    bound_of(severity, limit), str(row.source), collector="certificates")
        )  # fmt: skip
    return found
