"""Hosts, or containers with a limit of their own, that are short of memory."""

from __future__ import annotations

from report.contract import Finding
from report.reading import View, once, rows_of
from report.rules.wording import bound_of, kept, severity_of
from report.words import is_missing, percent, share


@once
def short_of_memory(view: View) -> list[Finding]:
    """Hosts whose memory, or whose container's limit, is used above the limit."""
    found = []
    for row in rows_of(view, "memory"):
        own = not is_missing(row.limit_used_percent)
        used = row.limit_used_percent if own else row.used_percent
        host = str(row.host)
        limit = view.limits(host).memory
        severity = severity_of(used, limit, view.past.last((host, "memory", "")))
        if not severity:
            continue
        left, whole = row.available_bytes, row.total_bytes
        if own:
            left, whole = row.limit_bytes - row.limit_used_bytes, row.limit_bytes
        what = "its container's memory" if own else "its memory"
        said = f"{percent(used)} % of {what} is used, {share(left, whole)} left"
        if not is_missing(row.swap_used_percent):
            said += f"; {percent(row.swap_used_percent)} % of its swap"
        why = kept(float(used), severity, limit)
        said += f"; {why}" if why else ""
        found.append(
            Finding("memory", severity, "Memory", host, (host,), f"{said}.", "health", float(used),
                    bound_of(severity, limit), collector="memory")
        )  # fmt: skip
    return found
