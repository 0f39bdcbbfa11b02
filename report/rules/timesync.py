"""Clocks that nothing keeps, or that are off."""

from __future__ import annotations

from report.contract import Finding
from report.reading import View, rows_of
from report.rules.wording import NAMED, bound_of, each_or_all, severity_of, subject
from report.words import foreign, is_missing, listing, natural, number


def off(view: View) -> list[Finding]:
    """Hosts whose clock is not synchronised, or is off by more than the limit."""
    found, why = [], dict[str, list[str]]()
    for row in rows_of(view, "timesync"):
        host = str(row.host)
        limit = view.limits(host).clock_seconds
        offset = None if is_missing(row.offset_seconds) else abs(float(row.offset_seconds))
        severity = severity_of(offset, limit)
        if row.state != "ok":
            said = "" if is_missing(row.state_reason) else str(row.state_reason)
            why.setdefault(said or "its clock is not synchronised", []).append(host)
        elif severity and offset is not None:
            way = "ahead of" if float(row.offset_seconds) > 0 else "behind"
            said = f"Its clock is {number(offset, 2)} s {way} {foreign(row.reference, 40)}."
            found.append(
                Finding("clock", severity, "Clock", host, (host,), said,
                        "health", offset, bound_of(severity, limit), collector="timesync")
            )  # fmt: skip
    for said, every in why.items():
        for hosts in each_or_all(sorted(every, key=natural)):
            names = f" on {listing(hosts, NAMED)}" if len(hosts) > 1 else ""
            why_not = foreign(said, 100)
            sentence = f"Clock not synchronised{names}: {why_not}."
            found.append(
                Finding("clock", "warning", "Clock", subject(hosts), hosts, sentence, "health",
                        collector="timesync", about=f"Clock not synchronised: {why_not}.")
            )  # fmt: skip
    return found
