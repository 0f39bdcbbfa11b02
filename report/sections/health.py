"""What servers stand on: storage, the kernel, memory, clocks, timers, and checks of one's own."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from report.marks import bar
from report.markup import Col, Page, bold, halves, quoted
from report.reading import View
from report.rules import kernel, storage
from report.rules.timers import BAD
from report.sections.blocks import divided, known, listed, small_blocks
from report.sections.standing import Stands, stands
from report.words import foreign, is_missing, number, percent, share

COLLECTORS = ("storage", "kernel", "memory", "checks", "timesync", "timers")
CHECKS = {"critical": 0, "unknown": 1, "warning": 2}


def page(view: View) -> Page:
    """Return the section."""
    parts = [
        _storage(view), _kernel(view), _checks(view), halves(_memory(view), _clocks(view)),
        _timers(view),
    ]  # fmt: skip
    return small_blocks(view, "health", COLLECTORS, parts)


def _storage(view: View) -> Markup:
    frame = known(view, "storage")
    bad = frame[frame["state"].isin(list(storage.SEVERITY))]
    cols = (
        Col("", 5, "m"), Col("Host", 32), Col("What", 40), Col("State", 24), Col("Why", 73, "wide"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        name = f"{row.kind} {row.name}"
        one = stands(view, row.host, "storage", name)
        return one.mark, bold(row.host), foreign(name), _or(one, row.state), _said(row.detail)

    return listed(view, "Storage", "storage", bad, cols, cells, "fault", "No fault")


def _kernel(view: View) -> Markup:
    frame = known(view, "kernel")
    rank = {"critical": 0, "warning": 1}
    order = frame.assign(
        rank=[rank.get(kernel.SEVERITY.get(str(one), ""), 2) for one in frame["kind"]]
    )
    frame = order.sort_values(["rank", "at"], kind="stable")
    cols = (
        Col("", 5, "m"), Col("Host", 25), Col("At", 14, "n"), Col("Kind", 23, "p"),
        Col("Times", 11, "n"), Col("Whom", 21, "p"), Col("What it said", 75, "wide"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        one = stands(view, row.host, f"kernel-{row.kind}")
        at = "–" if is_missing(row.at) else view.at(row.at)
        return (
            one.mark, bold(row.host) if one.kind else row.host, at, _or(one, row.kind), row.count,
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
        one = stands(view, row.host, "check", row.check)
        text = row.cause if is_missing(row.text) or not row.text else row.text
        return one.mark, bold(row.host), foreign(row.check), _or(one, row.state), _said(text, 160)

    return listed(view, "Checks", "checks", bad, cols, cells, "check", "All well")


def _memory(view: View) -> Markup:
    """Return the hosts that are short of memory, and how full the next one is."""
    frame = known(view, "memory")
    used = frame["limit_used_percent"].fillna(frame["used_percent"])
    frame = frame.assign(used=used)[used.notna()]
    frame = frame.sort_values(["used", "host"], ascending=[False, True], kind="stable")
    bad, rest = divided(frame, (bool(_short(view, host).kind) for host in frame["host"]))
    cols = (
        Col("", 5, "m"), Col("Host", 27), Col("Used %", 13, "n"), Col("", 16, "p"),
        Col("Left", 23, "n"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        one, limit = _short(view, row.host), view.limits(str(row.host)).memory.warning
        left = share(row.available_bytes, row.total_bytes)
        if not is_missing(row.limit_used_percent):
            left = share(row.limit_bytes - row.limit_used_bytes, row.limit_bytes)
        return one.mark, bold(row.host), percent(row.used), bar(row.used, limit, one.kind), left

    most = [
        f"{'then' if len(bad) else 'most on'} {host}, {percent(value)} %"
        for host, value in zip(rest["host"].head(1), rest["used"].head(1), strict=True)
    ]
    alone = len(view.hosts) == 1
    good = "Not short of memory" if alone else "None is short of memory"
    return listed(
        view, "Memory", "memory", bad, cols, cells, "server", good, "".join(most), of=len(frame)
    )


def _short(view: View, host: object) -> Stands:
    one = stands(view, host, "memory")
    return one if one.kind else stands(view, host, "unusual-memory")


def _clocks(view: View) -> Markup:
    frame = known(view, "timesync")
    told = (
        state != "ok" or bool(stands(view, host, "clock").kind)
        for host, state in zip(frame["host"], frame["state"], strict=True)
    )
    bad, _ = divided(frame.assign(off=frame["offset_seconds"].abs()), told)
    bad = bad.sort_values(["off", "host"], ascending=[False, True], kind="stable")
    cols = (Col("", 5, "m"), Col("Host", 28), Col("Off, s", 17, "n"), Col("Why", 40, "p wide"))

    def cells(row: Any) -> tuple[Any, ...]:
        why = _said(row.state_reason, 80)
        if row.state == "ok":
            why = Markup("against {}").format(_said(row.reference))
        one = stands(view, row.host, "clock")
        return one.mark, bold(row.host), number(row.offset_seconds, 3), _or(one, why)

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
        one = stands(view, row.host, f"timer-{row.state}", row.unit)
        why = _or(one, _said(row.state_reason, 120))
        return one.mark, bold(row.host), foreign(row.unit), last, why

    return listed(view, "Timers", "timers", bad, cols, cells, "timer", "All did their work")


def _said(text: Any, longest: int = 100) -> Markup:
    return quoted(None if is_missing(text) or not text else text, longest)


def _or(one: Stands, said: Any) -> Markup:
    """Return what a cell says, and until when the finding is silenced, if it is."""
    more = f", {one.known}" if one.known else ""
    return Markup("{}{}").format(said, more)
