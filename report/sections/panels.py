"""The filesystems to look at: how full each was on the last days, its limit, when it is full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from report import history, lines
from report.markup import block, columns, joined
from report.reading import View, rows_of
from report.rules.disks import filling
from report.words import count_word, day_month, is_missing, percent, plural, readable

if TYPE_CHECKING:
    import pandas as pd

BACK, AHEAD, MOST = 30, 14, 6
JUMP = 10  # points overnight
NAMES = ("host", "mount", "used_percent", "inodes_used_percent")
Values = list[float | None]


class Panel(NamedTuple):
    """A filesystem that stands in a panel, by bytes or by inodes."""

    host: str
    mount: str
    by_inodes: bool
    critical: bool


def panels(view: View, once: pd.DataFrame) -> Markup:
    """Return a panel for each of the filesystems to look at; nothing without a past.

    once: the day's filesystems, each once (`tables.filesystems`).
    """
    chosen = list(dict.fromkeys(_chosen(view, once)))[:MOST]
    full = {short: host for host, short in view.renamed.items()}
    hosts = {one.host: full.get(one.host, one.host) for one in chosen}
    rows = history.rows(
        view.folder.parent, "disks", NAMES, view.date, BACK + 1, hosts=sorted(set(hosts.values()))
    )
    past = [(one, _past(view, one, rows[rows["host"] == hosts[one.host]])) for one in chosen]
    drawn = [(one, values) for one, values in past if len(_known(values)) > 2]
    if not drawn:
        return Markup()
    lowest = min(min(_known(values)) for _, values in drawn)
    low = 50.0 if lowest >= 50 else 0.0
    cells = [(2, _panel(view, one, values, low)) for one, values in drawn]
    lines_of = joined(columns(*cells[n : n + 3]) for n in range(0, len(cells), 3))
    said = (
        f"used %, {BACK} days back and {AHEAD} ahead; shaded: 80 % range; on top: when it is full"
    )
    return block(f"{count_word(len(cells)).capitalize()} to look at", said, lines_of)


def _chosen(view: View, once: pd.DataFrame) -> Iterator[Panel]:
    """Yield those that are findings, the worst first, then those that will be full soonest."""
    there = set(zip(once["host"], once["mount"], strict=True))
    found = sorted(filling(view), key=lambda one: (one.severity != "critical", -(one.value or 0)))
    for one in found:
        kind = one.kind == "inodes-full"
        yield Panel(one.hosts[0], one.object, kind, one.severity == "critical")
    for row in rows_of(view, "forecasts"):
        if (row.host, row.mount) in there:
            known = [(one.hosts[0], one.object) for one in found]
            if (row.host, row.mount) not in known:
                yield Panel(str(row.host), str(row.mount), row.what == "inodes", False)


def _past(view: View, one: Panel, rows: pd.DataFrame) -> Values:
    """Return used % by day, BACK days and today; None on a day that is not known."""
    rows = rows[rows["mount"] == one.mount]
    column = "inodes_used_percent" if one.by_inodes else "used_percent"
    by_day: dict[int, Any] = dict(zip(rows["day"], rows[column], strict=True))
    days = range(view.date.toordinal() - BACK, view.date.toordinal() + 1)
    return [None if is_missing(by_day.get(day)) else float(by_day[day]) for day in days]


def _known(values: Sequence[float | None]) -> list[float]:
    return [one for one in values if one is not None]


def _panel(view: View, one: Panel, values: Values, low: float) -> Markup:
    limits = view.info.thresholds
    limit = (limits.inodes if one.by_inodes else limits.disks).warning
    what = "inodes" if one.by_inodes else "bytes"
    ahead = next(
        (row for row in rows_of(view, "forecasts")
         if (row.host, row.mount, row.what) == (one.host, one.mount, what)), None,
    )  # fmt: skip
    wedge = None
    if ahead is not None and ahead.latest_days > 0:
        wedge = lines.Wedge(max(float(ahead.earliest_days), 0.5), float(ahead.latest_days))
    name = f"{one.host} {readable(one.mount, 22)}" + (", inodes" if one.by_inodes else "")
    said = _said(view, values, ahead)
    title = Markup('<p class="cap"><b>{}</b><br>{}</p>').format(name, said)
    drawing = lines.filling(
        values, AHEAD, limit, wedge, one.critical, low, f"{name}: {said}", view.date
    )
    return title + drawing


def _said(view: View, values: Values, ahead: Any) -> str:
    """Return what a panel shows, in a few words."""
    today, yesterday, before = values[-1], values[-2], values[-8]
    if today is None:
        return "Not known today"
    if yesterday is not None and today - yesterday >= JUMP:
        return f"Jumped from {percent(yesterday)} to {percent(today)} % overnight"
    if ahead is not None:
        return full_in(view, ahead)
    change = 0 if before is None else today - before
    if abs(change) < 1:
        return "No date" if before is None else "As a week ago: no date"
    return f"{abs(change):.0f} points {'more' if change > 0 else 'less'} than a week ago: no date"


def full_in(view: View, row: Any) -> str:
    """Return when a filesystem is full: "Full in about 9 days, 6 to 15"."""
    likely, early, late = (
        int(one) for one in (row.full_in_days, row.earliest_days, row.latest_days)
    )
    if late <= 0:
        return "Full today at this pace"
    if early == late:
        return (
            f"Full in {plural(likely, 'day')}, on {day_month(view.date + timedelta(days=likely))}"
        )
    return f"Full in about {plural(likely, 'day')}, {early} to {late}"
