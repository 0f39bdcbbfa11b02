"""What servers stand on: storage, the kernel, memory, clocks, timers, and checks of one's own."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from report.marks import bar, mark
from report.markup import Col, Page, bold, halves
from report.reading import View
from report.rules import RULES, kernel, storage
from report.rules.timers import BAD
from report.sections.blocks import known, listed, small_blocks
from report.words import foreign, is_missing, number, percent, share

COLLECTORS = ("storage", "kernel", "memory", "checks", "timesync", "timers")
CHECKS = {"critical": 0, "unknown": 1, "warning": 2}


def page(view: View) -> Page:
    """Return the section."""
    found = [one for rule in RULES["health"] for one in rule(view)]
    parts = [
        _storage(view), _kernel(view), _checks(view), halves(_memory(view), _clocks(view)),
        _timers(view),
    ]  # fmt: skip
    return small_blocks(view, "health", COLLECTORS, found, parts)


def _storage(view: View) -> Markup:
    frame = known(view, "storage")
    bad = frame[frame["state"].isin(list(storage.SEVERITY))]
    cols = (
        Col("", 5, "m"), Col("Host", 32), Col("What", 40), Col("State", 24), Col("Why", 73, "wide"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        severity = storage.SEVERITY.get(str(row.state), "")
        name = f"{row.kind} {row.name}"
        return mark(severity), bold(row.host), foreign(name), row.state, _said(row.detail)

    return listed(view, "Storage", "storage", bad, cols, cells, "fault", "No fault")


def _kernel(view: View) -> Markup:
    frame = known(view, "kernel")
    order = frame.assign(quiet=~frame["kind"].isin(list(kernel.SEVERITY)))
    frame = order.sort_values(["quiet", "at"], kind="stable")
    cols = (
        Col("", 5, "m"), Col("Host", 28), Col("At", 18, "n"), Col("Kind", 22, "p"),
        Col("Times", 13, "n"), Col("Whom", 24, "p"), Col("What it said", 64, "wide"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        severity = kernel.SEVERITY.get(str(row.kind), "")
        at = "–" if is_missing(row.at) else view.at(row.at)
        return (
            mark(severity), bold(row.host) if severity else row.host, at, row.kind, row.count,
            _said(row.subject, 30), _said(row.message, 160),
        )  # fmt: skip

    return listed(view, "The kernel reported", "kernel", frame, cols, cells, "message", "Nothing")


def _checks(view: View) -> Markup:
    frame = known(view, "checks")
    bad = frame[frame["state"].isin(list(CHECKS))]
    bad = bad.assign(rank=bad["state"].map(CHECKS)).sort_values(["rank", "host"], kind="stable")
    cols = (
        Col("", 5, "m"), Col("Host", 32), Col("Check", 34), Col("State", 22),
        Col("What it said", 81, "wide"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        severity = "critical" if row.state == "critical" else "warning"
        text = row.cause if is_missing(row.text) or not row.text else row.text
        return mark(severity), bold(row.host), foreign(row.check), row.state, _said(text, 160)

    return listed(view, "Checks", "checks", bad, cols, cells, "check", "All well")


def _memory(view: View) -> Markup:
    frame = known(view, "memory")
    used = frame["limit_used_percent"].fillna(frame["used_percent"])
    frame = frame.assign(used=used)[used.notna()]
    frame = frame.sort_values(["used", "host"], ascending=[False, True], kind="stable")
    cols = (Col("Host", 30), Col("Used %", 14, "n"), Col("", 16, "p"), Col("Left", 30, "n"))
    limit = view.info.thresholds.memory.warning

    def cells(row: Any) -> tuple[Any, ...]:
        over = row.used >= limit
        left = share(row.available_bytes, row.total_bytes)
        if not is_missing(row.limit_used_percent):
            left = share(row.limit_bytes - row.limit_used_bytes, row.limit_bytes)
        host = bold(row.host) if over else row.host
        return host, percent(row.used), bar(row.used, limit, "critical" if over else ""), left

    return listed(view, "Memory", "memory", frame, cols, cells, "server", "Nothing")


def _clocks(view: View) -> Markup:
    frame = known(view, "timesync")
    limit = view.info.thresholds.clock_seconds.warning
    off = frame["offset_seconds"].abs()
    bad = frame.assign(off=off)[(frame["state"] != "ok") | (off >= limit).fillna(False)]
    bad = bad.sort_values(["off", "host"], ascending=[False, True], kind="stable")
    cols = (Col("", 5, "m"), Col("Host", 28), Col("Off, s", 17, "n"), Col("Why", 40, "p wide"))

    def cells(row: Any) -> tuple[Any, ...]:
        why = (
            _said(row.state_reason, 80) if row.state != "ok" else f"against {_said(row.reference)}"
        )
        return mark("warning"), bold(row.host), number(row.offset_seconds, 3), why

    return listed(view, "Clocks", "timesync", bad, cols, cells, "clock", "All synchronised")


def _timers(view: View) -> Markup:
    frame = known(view, "timers")
    bad = frame[frame["state"].isin(list(BAD))].sort_values(["host", "unit"], kind="stable")
    cols = (
        Col("", 5, "m"), Col("Host", 32), Col("Timer", 46), Col("Last run", 22, "n"),
        Col("Why", 69, "p wide"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        last = "–" if is_missing(row.last_at) else view.at(row.last_at)
        why = _said(row.state_reason, 120)
        return mark("warning"), bold(row.host), foreign(row.unit), last, why

    return listed(view, "Timers", "timers", bad, cols, cells, "timer", "All did their work")


def _said(text: Any, longest: int = 100) -> str:
    return "–" if is_missing(text) or not text else foreign(text, longest)
