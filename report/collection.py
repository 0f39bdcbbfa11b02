"""The collecting step: what is asked of whom, and the day's snapshot out of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from report import __version__, store
from report.console import Console
from report.period import past_period, period
from report.settings import Settings
from report.words import plural

if TYPE_CHECKING:
    import pandas as pd

    from collectors.asking import HostResult, Plan
    from collectors.fleet import Fleet
    from collectors.gather import Snapshot
    from collectors.transports import Access


# What an outcome tells, from less to more; the others tell nothing of the host.
TELLING = ("no_data", "not_applicable", "partial", "ok")


def collect(
    settings: Settings,
    day: date,
    now: datetime,
    console: Console,
    meanwhile: Callable[[], None] = lambda: None,
) -> store.Day:
    """Ask every host and put the day's snapshot in its place; return it.

    A day that is over is filled: only what is absent is asked, and what is known stays as it
    is, unless the new outcome tells more. With `--limit` the hosts asked are read into the
    day's snapshot; where there is none yet, the others stand in it as left out.
    `meanwhile` is called while servers answer.
    """
    from collectors.gather import gather
    from report import derived

    assert settings.fleet is not None
    fleet, past = settings.fleet, day < now.astimezone(settings.daily.zone).date()
    old = _known(settings.output, day, past or bool(fleet.limit))
    plan = _plan(settings, day, now, past, old)
    if os.geteuid() == 0:
        console.stage("running as root: a user of its own with few rights is enough (see README)")
    console.stage(f"reading {plural(len(fleet.hosts), 'server')}")
    with console.progress(len(fleet.hosts)) as on_host:
        others = [] if old else _not_asked(fleet, plan)
        snapshot = gather(fleet.hosts, plan, on_host, meanwhile, others)
    for warning in snapshot.warnings:
        console.stage(warning)
    info, frames = _info(settings, day, now, plan), snapshot.frames
    if old is not None:
        info = old.info.model_copy(update={"finished_at": store.utc_now(), "version": __version__})
        frames = merged(old.frames, snapshot, better_only=past)
    folder = store.day_folder(settings.output, day)
    asked = {"hosts": snapshot.kept, "past": past, "filled": old is not None}
    store.save(folder, info, frames, snapshot.raw, old is not None, asked)
    made = store.Day(folder, info, frames)
    derived.save(made)
    console.stage("snapshot saved")
    return made


def _info(settings: Settings, day: date, now: datetime, plan: Plan) -> store.Info:
    daily, fleet = settings.daily, settings.fleet
    assert fleet is not None
    return store.Info(
        version=__version__,
        report_date=day,
        from_at=plan.from_at,
        to_at=plan.to_at,
        started_at=now,
        finished_at=store.utc_now(),
        time_zone=daily.zone_name,
        title=daily.title,
        organisation=daily.name,
        classification=daily.line,
        branding=daily.branding.shown(settings.root),
        sections=list(daily.sections),
        availability_target=daily.availability_target,
        thresholds=daily.thresholds,
        coverage_minimum_percent=daily.coverage.minimum_percent,
        fleet=fleet.source.name,
        limit=fleet.limit,
        scopes=dict(settings.scopes),
        silences=list(settings.silences),
        geoip=str(settings.root / daily.geoip.expanduser()) if daily.geoip else "",
    )


def _not_asked(fleet: Fleet, plan: Plan) -> list[HostResult]:
    from collectors.asking import left_out

    why = f"left out by --limit {fleet.limit}"
    return [left_out(host, plan, why) for host in fleet.left_out]


def access(settings: Settings, folder: Path | None = None) -> Access:
    """Return the files that transports may need."""
    from collectors.transports import Access

    try:
        ssh = Path.home() / ".ssh"
    except RuntimeError:  # no HOME, and no entry for this user either
        ssh = Path("/nonexistent")
    return Access(
        known_hosts=(settings.params / "known_hosts", ssh / "known_hosts"),
        ssh_config=ssh / "config",
        raw=folder / "raw" if folder else None,
    )


def options_of(settings: Settings) -> dict[str, dict[str, object]]:
    """Return what daily.yaml says to each collector, by its name."""
    return settings.daily.collectors.model_dump()


def merged(
    old: Mapping[str, pd.DataFrame], new: Snapshot, better_only: bool
) -> dict[str, pd.DataFrame]:
    """Return the old frames, with what was asked anew in place of what it replaces.

    better_only: only where the new outcome tells more than the old one did.
    """
    import pandas as pd

    taken = _taken(old["outcomes"], new.frames["outcomes"], better_only)
    frames = dict(old)  # what is asked no more stays as it is
    for name, fresh in new.frames.items():
        before = old.get(name, fresh.iloc[:0])
        if name == "hosts":
            fresh = fresh[fresh["os_name"].notna() | ~fresh["host"].isin(before["host"])]  # noqa: PLW2901
            before = before[~before["host"].isin(fresh["host"])]
        else:
            fresh = fresh[_among(taken, name, fresh)]  # noqa: PLW2901
            before = before[~_among(taken, name, before)]
        kept = [part for part in (before, fresh) if len(part)]
        frames[name] = pd.concat(kept, ignore_index=True) if kept else fresh
    return frames


def _taken(
    before: pd.DataFrame, after: pd.DataFrame, better_only: bool
) -> set[tuple[object, object]]:
    known = dict(zip(_pairs("outcomes", before), before["outcome"], strict=True))
    rank = {outcome: number for number, outcome in enumerate(TELLING, 1)}
    return {
        pair
        for pair, outcome in zip(_pairs("outcomes", after), after["outcome"], strict=True)
        if not better_only or pair not in known or rank.get(outcome, 0) > rank.get(known[pair], 0)
    }


def _among(taken: set[tuple[object, object]], name: str, frame: pd.DataFrame) -> pd.Series[bool]:
    import pandas as pd

    # A Series, for a list that is empty would choose no columns rather than no rows.
    return pd.Series([one in taken for one in _pairs(name, frame)], frame.index, dtype=bool)


def _pairs(name: str, frame: pd.DataFrame) -> list[tuple[object, object]]:
    """Return host and collector of each row."""
    collectors = frame["collector"] if name == "outcomes" else [name] * len(frame)
    return list(zip(frame["host"], collectors, strict=True))


def _known(output: Path, day: date, wanted: bool) -> store.Day | None:
    """Return the day's snapshot where it is to be added to; None when there is none.

    Raises DamagedSnapshot: what cannot be read is not replaced by less.
    """
    return store.load(output, day) if wanted and day in store.days(output) else None


def _plan(settings: Settings, day: date, now: datetime, past: bool, old: store.Day | None) -> Plan:
    from collectors.asking import Plan

    folder = store.day_folder(settings.output, day)
    plan = Plan(
        collectors=settings.daily.collect.collectors,
        from_at=now,
        to_at=now,
        options=options_of(settings),
        concurrency=settings.daily.collect.concurrency,
        cap_bytes=int(settings.daily.collect.output_cap_megabytes * 1e6),
        access=access(settings, folder),
        past=past,
    )
    if past and old is not None:
        outcomes = old.frames["outcomes"]
        done = outcomes[outcomes["outcome"] == "ok"]
        skip = frozenset(zip(done["host"], done["collector"], strict=True))
        return replace(plan, from_at=old.info.from_at, to_at=old.info.to_at, skip=skip)
    last = store.last_end(settings.output, day)
    if past:
        next_begin = store.next_begin(settings.output, day)
        span = past_period(day, settings.daily.zone, last, next_begin)
    else:
        span = period(now, last)
    return replace(plan, from_at=span[0], to_at=span[1])
