"""What is made of a day and of those before it, saved beside its snapshot for the days to come.

output/2026-11-23/derived/   forecasts.parquet: which filesystems will be full, and when
                             score.parquet: what earlier forecasts came to
                             changes.parquet, compared.parquet: see `report.changes`
                             findings.parquet: a row a finding and host
                             figures.parquet: the key figures of page 1
                             seen.parquet: who came in, from where and when, each once
                             countries.parquet: where that is
                             measures.parquet: load, memory, failed logins and disks of each host
                             unusual.parquet: what of that is unlike the weeks before

All of it can be made again of the snapshots; what is missing is made when it is needed.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

from collectors.base import HOST, NUMBER, TEXT, WHOLE, Column, Row, frame
from report import earlier, history, measures, tally, trail
from report.changes import CHANGES, COMPARED, changes
from report.measures import MEASURES, UNUSUAL, measured, unusual
from report.outlook import DAYS, outlooks
from report.scoring import SCORE, scores
from report.seen import COUNTRIES, SEEN, places, seen
from report.store import Day
from report.watched import WATCHED

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)

FOLDER = "derived"
FORECASTS = (
    HOST,
    Column("mount", TEXT, "", "where it is mounted"),
    Column("what", TEXT, "", "what runs out: bytes or inodes"),
    Column("full_in_days", NUMBER, "d", "in the middle of the range"),
    Column("earliest_days", NUMBER, "d", "its early end; one of ten is full sooner"),
    Column("latest_days", NUMBER, "d", "its late end; one of ten is full later"),
    Column("growth_per_day", NUMBER, "B or 1", "bytes or inodes a day, since the run began"),
    Column("since", TEXT, "", "the first day of the run without a shift that it is read from"),
    Column("known_days", WHOLE, "d", "how many days of it are known"),
)
FINDINGS = (
    HOST,
    Column("kind", TEXT, "", "what it is about, a word that stays"),
    Column("object", TEXT, "", "which one of the host: a mount, a unit, a user"),
    Column("severity", TEXT, "", "critical or warning"),
    Column("value", NUMBER, "", "what was measured, where there is a bound for it"),
    Column("question", TEXT, "", "what it answers on page 1"),
    Column("sentence", TEXT, "", "what a person would say"),
    Column("collector", TEXT, "", "whose rows it is made of"),
    Column("aside", TEXT, "", "planned or silenced: why it is not told; NA where it is"),
)
FIGURES = (
    HOST,
    Column("label", TEXT, "", "which key figure of page 1"),
    Column("value", NUMBER, "", "what it was; NA when not known"),
)
FRAMES = {
    "forecasts": FORECASTS, "changes": CHANGES, "compared": COMPARED, "score": SCORE,
    "countries": COUNTRIES, "unusual": UNUSUAL,
}  # fmt: skip
DISKS = ("host", "mount", "used_percent", "inodes_used_percent")
SEEN_DAYS = 180  # of logins that a login is held against
JUDGED = 60  # filesystems a day, for the score on the last page


def frames(day: Day, scored: bool = True) -> dict[str, pd.DataFrame]:
    """Return what is derived of a day, by name (FRAMES): as it was saved, or made now.

    scored: otherwise a score that was not saved is without rows, for it takes the longest.
    """
    import pandas as pd

    found = {}
    for name in FRAMES:
        with suppress(OSError, ValueError):
            found[name] = pd.read_parquet(day.folder / FOLDER / f"{name}.parquet")
    if "score" not in found:
        rows = scores(day.folder.parent, day.date, DAYS, JUDGED) if scored else []
        found["score"] = frame(SCORE, [Row(row) for row in rows])
    if "countries" not in found:
        found["countries"] = places(day)
    if "unusual" not in found:
        found["unusual"] = _unusual(day)
    if "forecasts" not in found:
        found["forecasts"] = _forecasts(day)
    if not {"changes", "compared"} <= found.keys():
        found |= _changes(day)
    return found


def before(day: Day) -> pd.DataFrame:
    """Return the findings of the days before. Columns: day (its ordinal), then FINDINGS."""
    until = day.date - timedelta(days=1)
    return history.rows(day.folder.parent, "findings", trail.COLUMNS, until, trail.DAYS, FOLDER)


def figures_before(day: Day) -> pd.DataFrame:
    """Return the key figures of the days before. Columns: day (its ordinal), label, value."""
    until = day.date - timedelta(days=1)
    names = ("host", "label", "value")
    return history.rows(day.folder.parent, "figures", names, until, trail.DAYS, FOLDER)


def good_backups(day: Day) -> pd.DataFrame:
    """Return when each backup that is bad today was good last. Columns: host, name, newest_at.

    One that was not good in the last weeks has no row. Only where one is bad is anything read.
    """
    import pandas as pd

    names = ["host", "name", "newest_at"]
    today = day.frames.get("backups")
    bad = [] if today is None else sorted(set(today.loc[today["state"] != "ok", "host"]))
    if not bad:
        return pd.DataFrame(columns=names)
    until = day.date - timedelta(days=1)
    past = history.rows(
        day.folder.parent, "backups", [*names, "state"], until, trail.DAYS, hosts=bad
    )
    good = past[(past["state"] == "ok") & past["newest_at"].notna()]
    return good.drop_duplicates(["host", "name"], keep="last")[names]


def disks_before(day: Day, forecasts: pd.DataFrame, lowest: float) -> pd.DataFrame:
    """Return how full disks were the day before. Columns: DISKS.

    Only those that are so full today (%), or will be: nobody asks for the others.
    """
    import pandas as pd

    today = day.frames.get("disks")
    if today is None:
        return pd.DataFrame(columns=list(DISKS))
    full = (today["used_percent"] >= lowest) | (today["inodes_used_percent"] >= lowest)
    names = pd.concat([one[["host", "mount"]] for one in (today[full.fillna(False)], forecasts)])
    if names.empty:
        return pd.DataFrame(columns=list(DISKS))
    hosts, until = sorted(set(names["host"])), day.date - timedelta(days=1)
    rows = history.rows(day.folder.parent, "disks", DISKS, until, 1, hosts=hosts)
    return rows.loc[rows["mount"].isin(set(names["mount"])), list(DISKS)]


def save(day: Day, scored: bool = True) -> None:
    """Write what is derived of a day beside it. A failure is no loss: it can be made again.

    scored: otherwise without the score of forecasts, which no other day asks for.
    """
    from report.findings import summarise
    from report.reading import view

    new, old = day.folder / f"{FOLDER}.new", day.folder / FOLDER
    try:
        for folder in (new, old):  # the old one goes first: it may be of an earlier collection
            shutil.rmtree(folder, ignore_errors=True)
        whole = view(day, scored)
        made = {name: whole.frames[name] for name in FRAMES if scored or name != "score"}
        summary = summarise(whole)
        quiet = [one.finding for one in summary.silenced]
        made["findings"] = frame(FINDINGS, trail.rows(summary.findings, quiet, summary.planned))
        figures = [Row(label=one.label, value=one.amount) for one in summary.figures]
        made["figures"] = frame(FIGURES, figures)
        made["measures"] = measured(day)
        made["seen"] = seen(day, made["countries"])
        made[tally.NAME] = tally.tally(day.frames, day.info)
        new.mkdir()
        for name, one in made.items():
            one.to_parquet(new / f"{name}.parquet", index=False)
        new.rename(old)
    except OSError as error:
        log.warning("what is derived of %s could not be saved: %s", day.date, error)


def seen_before(day: Day) -> pd.DataFrame:
    """Return who came in on the days before. Columns: day (its ordinal), then SEEN."""
    names = [column.name for column in SEEN]
    until = day.date - timedelta(days=1)
    return history.rows(day.folder.parent, "seen", names, until, SEEN_DAYS, FOLDER)


def _unusual(day: Day) -> pd.DataFrame:
    names = [column.name for column in MEASURES]
    until = day.date - timedelta(days=1)
    before = history.rows(day.folder.parent, "measures", names, until, measures.DAYS, FOLDER)
    hosts = day.frames["hosts"]
    pairs = zip(hosts["host"].astype(str), hosts["groups"].fillna(""), strict=True)
    groups = {host: str(own).partition(",")[0].strip() for host, own in pairs}
    return unusual(measured(day), before, groups)


def _forecasts(day: Day) -> pd.DataFrame:
    if "disks" not in day.frames:
        return frame(FORECASTS, [])
    return frame(FORECASTS, [
        Row(
            host=host, mount=mount, what=what, full_in_days=one.days, earliest_days=one.earliest,
            latest_days=one.latest, growth_per_day=one.per_day,
            since=date.fromordinal(one.since).isoformat(), known_days=one.points,
        )
        for host, mount, what, one in outlooks(day)
    ])  # fmt: skip


def _changes(day: Day) -> Mapping[str, pd.DataFrame]:
    names = [one.collector for one in WATCHED if one.collector in day.frames]
    then = earlier.previous(day.folder.parent, day.date, names, day.frames["outcomes"])
    found = changes(then, day.frames)
    return {"changes": found.rows, "compared": found.compared}
