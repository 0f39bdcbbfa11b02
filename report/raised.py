"""What the thresholds of now would have raised on each past day: the report's own rules, again.

Each day is read as it was, and its silences hold; only the limits are those of now, of groups,
hosts and mounts too. What a limit keeps (its hysteresis) follows from
the days before as they would have been. Counted are hosts and what of them: a filesystem that
many mount is one, a wave of failed logins on three servers is three.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from collectors.base import TEXT, WHOLE, Column, Row
from report import derived, history, store, trail
from report.errors import DamagedSnapshot
from report.reading import BEFORE, View, plain
from report.rules import (
    Rule,
    bursts,
    certificates,
    disks,
    lifecycle,
    logins,
    memory,
    timesync,
)
from report.settings import Settings
from report.silences import divided

if TYPE_CHECKING:
    import pandas as pd

RULES: Mapping[str, Sequence[Rule]] = {
    "disks": (disks.filling, disks.will_fill),
    "logins": (logins.failed_logins, bursts.bursts),
    "health": (memory.short_of_memory, timesync.off),
    "upkeep": (certificates.running_out, lifecycle.ending),
}
KINDS = {
    "disk-full": "filesystems above thresholds.disks",
    "inodes-full": "filesystems above thresholds.inodes",
    "disk-filling": "filesystems that will be full within thresholds.full_in_days",
    "failed-logins": "servers with more than thresholds.failed_logins",
    "login-burst": "servers with a part in a network's many",
    "memory": "servers above thresholds.memory",
    "clock": "servers off by more than thresholds.clock_seconds, or not synchronised",
    "certificate": "certificates within thresholds.certificate_days",
    "end-of-life": "systems within thresholds.end_of_life_days",
}
SEVERITIES = ("critical", "warning")
THEN = ", as they were told then; NA when that is not known"
Counts = Mapping[tuple[str, str], int]


def name_of(kind: str, severity: str, suffix: str = "") -> str:
    """Return the column of a kind, "" for all of them; suffix: "_then" for what was told then."""
    return f"{kind}_{severity}{suffix}".replace("-", "_").lstrip("_")


def _columns() -> Iterator[Column]:
    yield Column("day", TEXT, "", "the day")
    for kind, meaning in {"": "all of these", **KINDS}.items():
        for suffix, then in (("", ""), ("_then", THEN)):
            for severity in SEVERITIES:
                yield Column(name_of(kind, severity, suffix), WHOLE, "", f"{meaning}{then}")


RAISED = tuple(_columns())


def raised(settings: Settings, there: Sequence[date], warn: Callable[[str], None]) -> Iterator[Row]:
    """Yield a row of RAISED for each of these days, oldest first; of one that is damaged `warn`."""
    import pandas as pd

    before: pd.DataFrame | None = None
    for on in there:
        try:
            day = store.load(settings.output, on)
        except DamagedSnapshot as error:
            warn(str(error))
            continue
        before = derived.before(day) if before is None else before
        made, saved = _found(day, settings, before), _saved(day)
        yield _row(on, _counts(made), None if saved is None else _counts(saved))
        # On which servers nothing was read is as it was, for nothing is known of them.
        blind = [row for row in saved or () if row["kind"] in trail.BLIND]
        rows = [*made, *blind] or [dict.fromkeys(trail.COLUMNS)]
        new = pd.DataFrame(rows, columns=list(trail.COLUMNS)).assign(day=on.toordinal())
        kept = before[before["day"] > on.toordinal() - trail.DAYS]
        before = pd.concat([one.astype(object) for one in (kept, new) if len(one)])


def _found(day: store.Day, settings: Settings, before: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of the findings that the limits of now make of a day."""
    limits = {"thresholds": settings.daily.thresholds, "scopes": dict(settings.scopes)}
    frames = {**day.frames, **derived.frames(day, scored=False), BEFORE: before}
    view = View(day.folder, day.info.model_copy(update=limits), frames)
    found = [
        one for section, rules in RULES.items() if section in view.info.sections
        for rule in rules for one in rule(view)
    ]  # fmt: skip
    told, quiet, _ = divided(found, day.info.silences, day.date, view.scope.groups, view.names)
    rows = trail.rows(told, [one.finding for one in quiet])
    return [row for row in rows if row["kind"] in KINDS]


def _saved(day: store.Day) -> list[dict[Any, Any]] | None:
    """Return the rows of the findings as they were saved then; None where they were not."""
    output, folder = day.folder.parent, derived.FOLDER
    if not history.readable(output, "findings", day.date, folder):
        return None
    rows = history.rows(output, "findings", trail.COLUMNS, day.date, 1, folder)
    return plain(rows).drop(columns="day").to_dict("records")


def _counts(rows: Sequence[Mapping[Any, Any]]) -> Counts:
    told = [row for row in rows if row["kind"] in KINDS and row["aside"] is None]
    each = {(row["host"], row["kind"], row["object"]): str(row["severity"]) for row in told}
    return Counter((kind, severity) for (_, kind, _), severity in each.items())


def _row(on: date, now: Counts, then: Counts | None) -> Row:
    row = Row(day=on.isoformat())
    for kind in ("", *KINDS):
        for suffix, counts in (("", now), ("_then", then)):
            for severity in SEVERITIES:
                kinds = (kind,) if kind else tuple(KINDS)
                row[name_of(kind, severity, suffix)] = (
                    None if counts is None else sum(counts[one, severity] for one in kinds)
                )
    return row
