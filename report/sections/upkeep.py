"""What has to be done some day: updates, systems and certificates that run out, backups."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from report.marks import mark
from report.markup import Col, Page, bold
from report.reading import View
from report.rules import RULES
from report.sections.blocks import known, listed, small_blocks
from report.words import day_month, foreign, is_missing, listing, natural, number, size, span

COLLECTORS = ("updates", "lifecycle", "certificates", "backups")
BACKUPS = {"missing": 0, "too_old": 1, "too_small": 2, "too_few": 3, "unknown": 4, "ok": 5}


def page(view: View) -> Page:
    """Return the section."""
    found = [one for rule in RULES["upkeep"] for one in rule(view)]
    parts = [_backups(view), _certificates(view), _updates(view), _systems(view)]
    return small_blocks(view, "upkeep", COLLECTORS, found, parts)


def _updates(view: View) -> Markup:
    frame = known(view, "updates")
    due = frame["reboot_required"].fillna(False).astype(bool)
    frame = frame[
        (frame["pending"] > 0).fillna(False) | (frame["security"] > 0).fillna(False) | due
    ]
    frame = frame.assign(due=due).sort_values(
        ["security", "due", "pending", "host"], ascending=[False, False, False, True], kind="stable"
    )
    cols = (
        Col("", 5, "m"), Col("Host", 30), Col("Security", 17, "n"), Col("Pending", 17, "n"),
        Col("Lists of", 20, "n"), Col("Restart", 85, "p wide"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        urgent = row.due or (not is_missing(row.security) and row.security > 0)
        restart = "–"
        if row.due:
            restart = "due" if is_missing(row.reboot_reason) else f"due: {row.reboot_reason}"
        return (
            mark("warning" if urgent else ""), bold(row.host) if urgent else row.host,
            number(row.security), number(row.pending), _on(view, row.lists_at),
            foreign(restart, 140),
        )  # fmt: skip

    return listed(view, "Updates", "updates", frame, cols, cells, "server", "None pending")


def _systems(view: View) -> Markup:
    frame = known(view, "lifecycle")
    groups = [
        {**group.iloc[0].to_dict(), "hosts": sorted(map(str, group["host"]), key=natural)}
        for _, group in frame.groupby(["os_name", "os_version"], dropna=False, sort=True)
    ]
    rows = pd.DataFrame(groups, columns=[*frame.columns, "hosts"]).sort_values(
        "ends_at", kind="stable"
    )
    cols = (
        Col("", 5, "m"), Col("System", 52), Col("Hosts", 14, "n"), Col("Supported until", 30, "n"),
        Col("At most until", 30, "n"), Col("On", 43, "p wide"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        kind = {"ended": "critical", "extended": "warning", "unknown": "unread"}.get(row.state, "")
        name = " ".join(
            foreign(one) for one in (row.os_name, row.os_version) if not is_missing(one)
        )
        until = row.state if is_missing(row.ends_at) else _on(view, row.ends_at)
        return (
            mark(kind), bold(name) if kind else name, len(row.hosts), until,
            _on(view, row.extended_ends_at), listing(row.hosts, 3),
        )  # fmt: skip

    return listed(view, "End of life", "lifecycle", rows, cols, cells, "system", "Nothing known")


def _certificates(view: View) -> Markup:
    frame = known(view, "certificates")
    frame = frame[frame["not_after_at"].notna() | frame["cause"].notna()]
    frame = frame.sort_values(["not_after_at", "host"], kind="stable")
    frame = frame.drop_duplicates(["host", "source"])
    limit = view.info.thresholds.certificate_days
    cols = (
        Col("", 5, "m"), Col("Host", 28), Col("Certificate", 54, "path"), Col("For", 43, "path"),
        Col("Runs out", 28, "n"), Col("Days left", 16, "n"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        if is_missing(row.not_after_at):
            return mark("unread"), row.host, foreign(row.source), foreign(row.cause, 80), "–", "–"
        left = (row.not_after_at - view.info.to_at).days
        kind = "critical" if left < limit.critical else "warning" if left < limit.warning else ""
        return (
            mark(kind), bold(row.host) if kind else row.host, foreign(row.source),
            "–" if is_missing(row.subject) else foreign(row.subject, 60),
            _on(view, row.not_after_at),
            number(left),
        )  # fmt: skip

    return listed(view, "Certificates", "certificates", frame, cols, cells, "file or port", "None")


def _backups(view: View) -> Markup:
    frame = known(view, "backups")
    frame = frame.assign(rank=frame["state"].map(BACKUPS)).sort_values(
        ["rank", "age_seconds", "host"], ascending=[True, False, True], kind="stable"
    )
    cols = (
        Col("", 5, "m"), Col("Host", 28), Col("Backup", 34), Col("State", 22),
        Col("Newest", 24, "n"), Col("Age", 22, "n"), Col("Size", 22, "n"), Col("Files", 17, "n"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        kind = "" if row.state == "ok" else "critical" if row.rank < 2 else "warning"
        return (
            mark(kind), bold(row.host) if kind else row.host, foreign(row.name),
            str(row.state).replace("_", " "), _on(view, row.newest_at), span(row.age_seconds),
            size(row.size_bytes), number(row.files),
        )  # fmt: skip

    return listed(view, "Backups", "backups", frame, cols, cells, "backup", "None")


def _on(view: View, at: Any) -> str:
    """Return a day, with its year where that is another one."""
    if is_missing(at):
        return "–"
    local = at.astimezone(view.info.zone)
    return day_month(local, with_year=local.year != view.info.report_date.year)
