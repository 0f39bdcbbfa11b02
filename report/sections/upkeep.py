"""What has to be done some day: updates, systems and certificates that run out, backups."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from report.marks import mark
from report.markup import Col, Page, bold, joined, quoted
from report.reading import View
from report.sections.blocks import known, listed, small_blocks
from report.sections.expiring import certificates, good_ones, host_of, on_day, systems
from report.sections.standing import stands
from report.words import (
    foreign,
    listing,
    natural,
    number,
    plural,
    size,
    span,
    verb,
)

COLLECTORS = ("updates", "lifecycle", "certificates", "backups")
BACKUPS = {"missing": 0, "too_old": 1, "too_small": 2, "too_few": 3, "unknown": 4, "ok": 5}
NAMED = 24  # hosts of one reason to restart


def page(view: View) -> Page:
    """Return the section."""
    parts = [
        _backups(view), certificates(view), _updates(view), _restarts(view), systems(view)
    ]  # fmt: skip
    return small_blocks(view, "upkeep", COLLECTORS, parts)


def _updates(view: View) -> Markup:
    """Return the servers whose security updates wait, and how many others have updates."""
    frame = known(view, "updates")
    pending = (frame["pending"] > 0).fillna(False).astype(bool)
    urgent = (frame["security"] > 0).fillna(False).astype(bool)
    blind = frame["security"].isna() & frame["pending"].isna()
    rows = frame[urgent | blind].sort_values(
        ["security", "pending", "host"], ascending=[False, False, True], kind="stable"
    )
    cols = (
        Col("", 5, "m"), Col("Host", 30), Col("Security", 17, "n"), Col("Pending", 17, "n"),
        Col("Checked", 20, "n"), Col("Which", 85, "p wide"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        one = stands(view, row.host, "updates")
        sign = one.mark if row.security else mark("unread")
        which = [quoted(row.packages, 52) if row.packages else "–", one.known]
        return (
            sign, host_of(one, row.host), number(row.security), number(row.pending),
            on_day(view, row.lists_at), joined([part for part in which if part], "; "),
        )  # fmt: skip

    rest = "; ".join(_others(frame[pending & ~urgent]))
    good = "No security update pending"
    return listed(
        view, "Security updates", "updates", rows, cols, cells, "server", good, rest, of=len(frame)
    )


def _others(frame: pd.DataFrame) -> list[str]:
    """Return how many servers have other updates, and where it is not known what these are."""
    if frame.empty:
        return []
    untold, count = int(frame["security"].isna().sum()), len(frame)
    most = number(int(frame["pending"].max()))
    said = [f"{plural(count, 'server')} {verb(count, 'has')} others pending, at most {most}"]
    said += [f"on {number(untold)} not known if for security"] if untold else []
    return said


def _restarts(view: View) -> Markup:
    """Return the servers to restart, those of one reason in a row."""
    frame = known(view, "updates")
    due = frame[frame["reboot_required"].fillna(False).astype(bool)]
    if due.empty:
        return Markup()
    reasons = due["reboot_reason"].fillna("").astype(str)
    rows = pd.DataFrame(
        [
            {"hosts": sorted(map(str, some["host"]), key=natural), "reason": reason}
            for reason, some in due.groupby(reasons, sort=True)
        ]
    )
    rows = rows.sort_values("hosts", key=lambda one: -one.str.len(), kind="stable")
    cols = (Col("", 5, "m"), Col("Host", 84, "wide"), Col("Why", 85, "p wide"))

    def cells(row: Any) -> tuple[Any, ...]:
        every = [stands(view, host, "restart-due") for host in row.hosts]
        sign = next((one.mark for one in every if one.mark), Markup())
        quiet = sum(one.kind == "silenced" for one in every)
        aside = f"; {number(quiet)} silenced" if quiet else ""
        why = quoted(row.reason or "not said", 160) + aside
        return sign, bold(listing(row.hosts, NAMED), 1000), why

    title = f"Restart due on {plural(len(due), 'host')}"
    return listed(view, title, "updates", rows, cols, cells, "reason", "")


def _backups(view: View) -> Markup:
    """Return the backups that are not as they should be."""
    frame = known(view, "backups")
    frame = frame.assign(rank=frame["state"].map(BACKUPS)).sort_values(
        ["rank", "age_seconds", "host"], ascending=[True, False, True], kind="stable"
    )
    bad, good = frame[frame["state"] != "ok"], frame[frame["state"] == "ok"]
    cols = (
        Col("", 5, "m"), Col("Host", 28), Col("Backup", 34), Col("State", 22),
        Col("Newest", 24, "n"), Col("Age", 22, "n"), Col("Size", 22, "n"), Col("Files", 17, "n"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        one = stands(view, row.host, "backup", row.name)
        state = str(row.state).replace("_", " ") + (f", {one.known}" if one.known else "")
        return (
            one.mark, host_of(one, row.host), foreign(row.name), state, on_day(view, row.newest_at),
            span(row.age_seconds), size(row.size_bytes), number(row.files),
        )  # fmt: skip

    rest = good_ones(len(good), len(frame), "good")
    if len(good) and good["age_seconds"].notna().any():
        rest += f", {'the oldest ' if len(good) > 1 else ''}{span(good['age_seconds'].max())} old"
    fine = "All are as they should be" if len(frame) else "None"
    return listed(view, "Backups", "backups", bad, cols, cells, "backup", fine, rest)
