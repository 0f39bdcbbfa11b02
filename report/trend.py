"""The figures of the last days, day by day: of the tallies and findings kept beside snapshots."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

from report import history
from report.findings import summarise
from report.reading import View
from report.rules.disks import ABOVE, above
from report.tally import DAYS, FOLDER, tallies, tally
from report.trail import PLANNED

FIND = ("host", "kind", "object", "severity", "question", "sentence", "aside")
Values = list[float | None]
Daily = Callable[[pd.DataFrame], "pd.Series[Any]"]  # rows of many days in, a figure a day out


def rows_of_hosts(view: View) -> pd.DataFrame:
    """Return the tallies of the past, and today's as the report sees it."""
    until = date.fromordinal(view.date.toordinal() - 1)
    before = tallies(view.folder.parent, until, view.groups)
    if len(before):
        names = before["host"].astype("object").map(lambda h: view.renamed.get(h, h))
        before = before.assign(host=names)
    today = tally(view.frames, view.info).assign(day=view.date.toordinal())
    shown = [one.astype("object") for one in (before, today) if len(one)]
    return pd.concat(shown, ignore_index=True) if shown else today


def figures_by_day(view: View, rows: pd.DataFrame, first: int) -> dict[str, Values]:
    """Return each figure by day from the first to today; None on a day that is not known."""
    found = _findings(view, set(rows["host"]))
    every: dict[str, Values] = {}
    last = view.date.toordinal()
    begin = max(first, last - DAYS + 1)
    for label, of in FIGURES.items():
        known = of(rows).dropna().to_dict()
        every[label] = [_number(known.get(day)) for day in range(begin, last + 1)]
    found_on = set(found["day"])
    for label, count in COUNTS.items():
        known = count(found).to_dict()
        every[label] = [
            float(known.get(day, 0)) if day in found_on else None for day in range(begin, last)
        ]
    summary = summarise(view)
    quiet = [one.finding for one in summary.silenced]
    every["Filesystems above limit"].append(float(above([*summary.findings, *quiet])))
    for label, severity in SEVERITIES.items():
        every[label].append(float(sum(one.severity == severity for one in summary.findings)))
    return every


def _findings(view: View, hosts: set[str]) -> pd.DataFrame:
    """Return the findings of the days before, a row for each of their hosts."""
    until = date.fromordinal(view.date.toordinal() - 1)
    rows = history.rows(view.folder.parent, "findings", FIND, until, DAYS, FOLDER)
    rows = rows.astype("object")
    shown = rows["host"].map(lambda host: view.renamed.get(host, host))
    # A day without a finding has a row without a host: it is known all the same.
    kept = rows[shown.isin(list(hosts)) | rows["host"].isna()]
    missing = rows[~rows["day"].isin(kept["day"])].drop_duplicates("day").assign(severity=None)
    both = [one for one in (kept, missing.assign(kind=None)) if len(one)]
    return pd.concat(both, ignore_index=True) if both else kept


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _above(rows: pd.DataFrame) -> pd.Series[Any]:
    """Count the filesystems above a limit; that somebody knows of it makes none emptier."""
    here = rows[rows["kind"].isin(ABOVE) & (rows["aside"] != PLANNED)]
    return here.drop_duplicates(["day", "host", "object"]).groupby("day").size()


def _severe(severity: str) -> Daily:
    """Count the findings that were told, each once however many hosts it has."""

    def of(rows: pd.DataFrame) -> pd.Series[Any]:
        told = rows[(rows["severity"] == severity) & rows["aside"].isna()]
        return told.drop_duplicates(["day", "kind", "question", "sentence"]).groupby("day").size()

    return of


def _sum(name: str) -> Daily:
    return lambda rows: rows[name].astype("Float64").groupby(rows["day"]).sum(min_count=1)


def _answering(rows: pd.DataFrame, wanted: bool) -> pd.Series[Any]:
    return rows["answered"].astype(bool).eq(wanted).groupby(rows["day"]).sum()


FIGURES: dict[str, Daily] = {
    "Servers answering": lambda rows: _answering(rows, True),
    "Servers not read": lambda rows: _answering(rows, False),
    "Logins failed": _sum("failed"),
    "Logins accepted": _sum("accepted"),
}
SEVERITIES = {"Critical findings": "critical", "Warnings": "warning"}
COUNTS: dict[str, Daily] = {
    "Filesystems above limit": _above,
    **{label: _severe(severity) for label, severity in SEVERITIES.items()},
}
