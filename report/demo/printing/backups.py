"""backups: the files that the settings want to be there, and how old and big they are."""

from __future__ import annotations

import json
from datetime import timedelta

from report.demo.settings_of import BACKUPS
from report.demo.visit import Visit, section

BYTES = {"postgres": 48_211_003_392, "daily": 912_004_118_528}


def printed(visit: Visit) -> str:
    """Return what the probe of `backups` prints."""
    sets = BACKUPS.get(visit.server.role, {})
    said = section("now", f"{visit.now.timestamp():.0f}")
    said += "".join(
        f"set{n}|{json.dumps({'name': name, **asked})}\n"
        for n, (name, asked) in enumerate(sets.items(), 1)
    )
    for number, (name, asked) in enumerate(sets.items(), 1):
        said += section(f"out{number}", _found(visit, name, str(asked["path"])))
        said += f"end{number}|0 0 10\n"
    return said


def _found(visit: Visit, name: str, path: str) -> list[str]:
    host, dice = visit.server.name, visit.dice(name)
    newest = visit.story.state(host, f"backup {name}", visit.day)
    at = newest or visit.to_at - timedelta(hours=5, minutes=dice.randint(0, 50))
    size = int(BYTES[name] * dice.uniform(0.97, 1.03))
    if visit.story.state(host, f"small backup {name}", visit.day) is not None:
        size = 20_480
    return [
        f"newest {at.timestamp():.0f} {size}",
        f"name {path.replace('*', f'{at:%Y%m%d}')}",
        f"files 14 {BYTES[name] * 13 + size}",
    ]
