"""The collecting step: what is asked of whom, and the day's snapshot out of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from collectors.errors import Fault, SettingsError
from report import __version__, store
from report.console import Console
from report.errors import NoSnapshot
from report.period import past_period, period
from report.settings import Settings
from report.words import plural

if TYPE_CHECKING:
    import pandas as pd

    from collectors.gather import Plan, Snapshot
    from collectors.transports import Access


def collect(settings: Settings, day: date, now: datetime, console: Console) -> store.Day:
    """Ask every host and put the day's snapshot in its place; return it.

    A day that is over is filled: only what is absent is asked, and every `ok` outcome and
    what it found stay as they are.
    """
    from collectors.gather import gather

    assert settings.fleet is not None
    old = _known(settings.output, day)
    past = day < now.astimezone(settings.daily.zone).date()
    plan = _plan(settings, day, now, past, old)
    console.stage(f"reading {plural(len(settings.fleet.hosts), 'server')}")
    with console.progress(len(settings.fleet.hosts)) as on_host:
        snapshot = gather(settings.fleet.hosts, plan, on_host)
    for warning in snapshot.warnings:
        console.stage(warning)
    info = store.Info(
        version=__version__,
        report_date=day,
        from_at=plan.from_at,
        to_at=plan.to_at,
        started_at=now,
        finished_at=store.utc_now(),
        time_zone=settings.daily.zone_name,
        title=settings.daily.title,
        organisation=settings.daily.organisation,
        classification=settings.daily.classification,
        sections=list(settings.daily.sections),
        thresholds=settings.daily.thresholds,
        coverage_minimum_percent=settings.daily.coverage.minimum_percent,
        fleet=settings.fleet.source.name,
    )
    frames = snapshot.frames
    filled = past and old is not None
    if filled and old is not None:
        info = replace_times(old.info, info)
        frames = merged(old.frames, snapshot)
    folder = store.day_folder(settings.output, day)
    asked = {"hosts": snapshot.kept, "past": past, "filled": filled}
    store.save(folder, info, frames, snapshot.raw, asked)
    console.stage("snapshot saved")
    return store.Day(folder, info, frames)


def replayed_day(raw: Path) -> date:
    """Return the day whose output a raw folder keeps. Raises SettingsError."""
    return _kept(raw)[1].report_date


def replay(settings: Settings, raw: Path, console: Console) -> store.Day:
    """Make the snapshot again of what the servers printed then, and put it in its place.

    Hosts, period and thresholds are those of then, the collectors and their own settings
    those of now: without a change to these the frames are equal, byte for byte.
    """
    from collectors import COLLECTORS, keeping
    from collectors.gather import Plan, gather
    from collectors.transports import Access

    data, info = _kept(raw)
    plan = Plan(
        collectors=COLLECTORS,
        from_at=info.from_at,
        to_at=info.to_at,
        options=options_of(settings),
        concurrency=settings.daily.collect.concurrency,
        cap_bytes=int(settings.daily.collect.output_cap_megabytes * 1e6),
        access=Access(raw=raw),
        past=bool(data.get("past")),
    )
    hosts = keeping.hosts(data)
    console.stage(f"replaying {plural(len(hosts), 'server')}")
    with console.progress(len(hosts)) as on_host:
        snapshot = gather(hosts, plan, on_host)
    folder = store.day_folder(settings.output, info.report_date)
    asked = {key: value for key, value in data.items() if key != "snapshot"}
    store.save(folder, info, snapshot.frames, snapshot.raw, asked)
    return store.Day(folder, info, snapshot.frames)


def _kept(raw: Path) -> tuple[dict[str, Any], store.Info]:
    from collectors import keeping

    data = keeping.read(raw)
    try:
        info = store.Info.model_validate_json(json.dumps(data.get("snapshot")))
    except ValidationError:
        path = str(raw / keeping.NAME)
        raise SettingsError(Fault(path, "", "is of another version of infra-report")) from None
    if data.get("filled"):
        right = "only what was asked at the last time is kept of it"
        raise SettingsError(Fault(str(raw), "", "is of a day that was filled later", right))
    return data, info


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


def merged(old: Mapping[str, pd.DataFrame], new: Snapshot) -> dict[str, pd.DataFrame]:
    """Return the old frames, with what was asked anew in place of what it replaces."""
    import pandas as pd

    asked = set(
        zip(new.frames["outcomes"]["host"], new.frames["outcomes"]["collector"], strict=True)
    )
    frames = {}
    for name, fresh in new.frames.items():
        before = old.get(name, fresh.iloc[:0])
        if name == "hosts":
            fresh = fresh[fresh["os_name"].notna() | ~fresh["host"].isin(before["host"])]  # noqa: PLW2901
            again = list(before["host"].isin(fresh["host"]))
        else:
            names = before["collector"] if name == "outcomes" else [name] * len(before)
            again = [pair in asked for pair in zip(before["host"], names, strict=True)]
        parts = [before[[not one for one in again]], fresh]
        kept = [part for part in parts if len(part)]
        frames[name] = pd.concat(kept, ignore_index=True) if kept else fresh
    return frames


def replace_times(old: store.Info, new: store.Info) -> store.Info:
    """Return a filled day's circumstances: its own, completed at the new time."""
    return old.model_copy(update={"finished_at": new.finished_at, "version": new.version})


def _known(output: Path, day: date) -> store.Day | None:
    try:
        return store.load(output, day)
    except NoSnapshot:
        return None


def _plan(settings: Settings, day: date, now: datetime, past: bool, old: store.Day | None) -> Plan:
    from collectors import COLLECTORS
    from collectors.gather import Plan

    folder = store.day_folder(settings.output, day)
    plan = Plan(
        collectors=COLLECTORS,
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
