"""A day's snapshot made again of what the servers printed then, without any server."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from collectors import keeping
from collectors.errors import Fault, Outcome, SettingsError
from report import store
from report.collection import options_of
from report.console import Console
from report.settings import Settings
from report.words import plural


def replayed_day(raw: Path) -> date:
    """Return the day whose output a raw folder keeps. Raises SettingsError."""
    return _kept(raw)[1].report_date


def replay(settings: Settings, raw: Path, console: Console, derive: bool = True) -> store.Day:
    """Make the snapshot again of what the servers printed then, and put it in its place.

    Hosts, period and thresholds are those of then, the collectors and their own settings
    those of now: without a change to these the frames are equal, byte for byte.
    derive: whether what follows from it and the days before is saved, too.
    """
    from collectors.asking import Plan, left_out
    from collectors.gather import gather
    from collectors.transports import Access
    from report import derived

    data, info = _kept(raw)
    plan = Plan(
        collectors=settings.daily.collect.collectors,
        from_at=info.from_at,
        to_at=info.to_at,
        options=options_of(settings),
        concurrency=settings.daily.collect.concurrency,
        cap_bytes=int(settings.daily.collect.output_cap_megabytes * 1e6),
        access=Access(raw=raw),
        past=bool(data.get("past")),
    )
    hosts, others = [], []
    for host in keeping.hosts(data):
        outcome, cause, at = keeping.ending(data["hosts"][host.name])
        if outcome is Outcome.CANCELLED:
            others.append(replace(left_out(host, plan, cause), collected_at=at))
        else:
            hosts.append(host)
    console.stage(f"replaying {plural(len(hosts), 'server')}")
    with console.progress(len(hosts)) as on_host:
        snapshot = gather(hosts, plan, on_host, others=others)
    folder = store.day_folder(settings.output, info.report_date)
    asked = {key: value for key, value in data.items() if key != "snapshot"}
    store.save(folder, info, snapshot.frames, snapshot.raw, asked=asked)
    made = store.Day(folder, info, snapshot.frames)
    if derive:
        derived.save(made)
    return made


def _kept(raw: Path) -> tuple[dict[str, Any], store.Info]:
    data = keeping.read(raw)
    path = str(raw / keeping.NAME)
    try:
        info = store.Info.model_validate_json(json.dumps(data.get("snapshot")))
    except ValidationError:
        raise SettingsError(Fault(path, "", "is of another version of infra-report")) from None
    if data.get("filled"):
        right = "some of it was asked under another period than the rest"
        raise SettingsError(Fault(str(raw), "", "is of a day that was added to later", right))
    return data, info
