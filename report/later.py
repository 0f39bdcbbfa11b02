"""Pure: what will be full, and when, for page 1 and the mail; also what is a finding by that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from report.contract import Later
from report.reading import View, rows_of
from report.words import between, foreign, is_missing, plural

DAYS = 90  # farther ahead nobody plans by a day's report
USED = {"bytes": "used_percent", "inodes": "inodes_used_percent"}


def later(view: View) -> tuple[Later, ...]:
    """Return the filesystems that will be full within so many days, soonest first, each once."""
    if "disks" not in view.info.sections:
        return ()
    every = view.filesystems
    names = list(zip(every["host"].astype(str), every["mount"].astype(str), strict=True))
    used = {what: dict(zip(names, every[name], strict=True)) for what, name in USED.items()}
    left, kept = set(names), dict[tuple[str, str], Later]()
    for row in sorted(rows_of(view, "forecasts"), key=lambda row: float(row.full_in_days)):
        name, what = (str(row.host), str(row.mount)), str(row.what)
        if row.full_in_days > DAYS or name not in left:
            continue
        if one := kept.get(name):
            kept[name] = replace(one, also=what)
            continue
        now: Any = used.get(what, {}).get(name)
        kept[name] = Later(
            *name, float(row.full_in_days), float(row.earliest_days), float(row.latest_days),
            what, used=None if is_missing(now) else float(now),
        )  # fmt: skip
    return tuple(kept.values())


def when(one: Later) -> str:
    """Return "/srv in about 30 days (25 to 38)"; of inodes it is said."""
    about = plural(int(one.days), "day")
    whose = " (inodes)" if one.what == "inodes" else ""
    return f"{foreign(one.mount, 30)}{whose} in about {about}{between(one.earliest, one.latest)}"
