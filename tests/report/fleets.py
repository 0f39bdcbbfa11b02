"""The builder of synthetic days: rows by frame, then typed frames as the collectors make them."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from report.store import Day, Info
from report.thresholds import Thresholds

DATE = date(2026, 11, 23)
TO = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
FROM = TO - timedelta(days=1)
GIB = 1 << 30
COLLECTORS = ("servers", "uptime", "disks", "logins")
ALWAYS = ("hosts", "outcomes", *COLLECTORS)


@dataclass
class Fleet:
    """Rows by frame, while a day is being made."""

    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {name: [] for name in ALWAYS}
    )
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    def add(self, frame: str, host: str, **values: Any) -> None:
        """Add a row."""
        self.rows.setdefault(frame, []).append({"host": host, **values})

    def outcome(self, host: str, collector: str, outcome: str = "ok", cause: str = "") -> None:
        """Say how one collector fared on one host."""
        base = {"servers": 0.3, "uptime": 0.1, "disks": 0.4, "logins": 1.4}.get(collector, 0.2)
        good = outcome in ("ok", "partial")
        self.add(
            "outcomes", host, collector=collector, outcome=outcome, cause=cause or None,
            seconds=round(base * (1 + 2 * self.dice.random() ** 4), 3) if good else None,
            bytes=self.dice.randint(300, 90_000) if good else None, from_at=FROM, to_at=TO,
            evidence_from_at=FROM - timedelta(days=6) if good and collector == "logins" else None,
        )  # fmt: skip

    def host(
        self, name: str, groups: str, system: tuple[str, str, str, str], ok: bool = True
    ) -> None:
        """List a host; what is not ok told nothing of itself."""
        family, os_name, version, kernel = system if ok else (None,) * 4
        self.add(
            "hosts", name, groups=groups, labels="{}", os_family=family, os_name=os_name,
            os_version=version, kernel=kernel, time_zone="Europe/Amsterdam" if ok else None,
            collected_at=TO + timedelta(seconds=31),
        )  # fmt: skip

    def unread(self, host: str, outcome: str, cause: str, state: str = "unknown") -> None:
        """Say that nothing came from a host."""
        self.add("servers", host, state=state, state_reason=cause)
        for collector in COLLECTORS:
            self.outcome(host, collector, outcome, cause)

    def disk(
        self, host: str, mount: str, gib: float, used: float, nodes: float = 11.0, **more: Any
    ) -> None:
        """Mount a filesystem that is `used` per cent full."""
        size = int(gib * GIB)
        full = int(size * used / 100)
        self.add("disks", host, **{
            "mount": mount, "device": f"/dev/mapper/{host}{mount.replace('/', '-')}",
            "fs_type": "ext4", "remote": False, "read_only": False, "size_bytes": size,
            "used_bytes": full, "available_bytes": size - full, "used_percent": math.ceil(used),
            "inodes": size // 16384, "inodes_used": int(size // 16384 * nodes / 100),
            "inodes_used_percent": math.ceil(nodes), **more,
        })  # fmt: skip

    def login(self, host: str, minutes: float, result: str, user: str, **more: Any) -> None:
        """Add a login, so many minutes into the period."""
        known = {"service": "sshd", "method": "publickey" if result == "accepted" else "password"}
        self.add("logins", host, at=FROM + timedelta(minutes=minutes), at_ambiguous=False,
                 result=result, user=user, **{"count": 1, **known, **more})  # fmt: skip

    def runs(self, host: str, days: float, load: float = 0.2, cores: int = 4) -> None:
        """Let a host have run for so many days."""
        self.add("uptime", host, uptime_seconds=int(days * 86400),
                 booted_at=TO - timedelta(days=days), boot_id=f"{self.dice.getrandbits(64):016x}",
                 load_1=load * cores * 1.2, load_5=load * cores * 1.1, load_15=load * cores,
                 cores=cores, users=0)  # fmt: skip

    def day(self, **info: Any) -> Day:
        """Make the typed frames, one for every collector that was asked."""
        asked = sorted({str(row["collector"]) for row in self.rows["outcomes"]})
        frames = {name: typed(name, self.rows.get(name, ())) for name in [*self.rows, *asked]}
        return Day(Path("synthetic/output") / DATE.isoformat(), info_of(**info), frames)


def typed(name: str, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return a typed frame, as the collectors make it."""
    from collectors.base import frame
    from collectors.frames import FRAMES

    return frame(FRAMES[name], [dict(row) for row in rows])


def info_of(**more: Any) -> Info:
    """Return the circumstances of the synthetic days."""
    known: dict[str, Any] = {
        "version": "0.1.0", "report_date": DATE, "from_at": FROM, "to_at": TO, "started_at": TO,
        "finished_at": TO + timedelta(seconds=39), "time_zone": "Europe/Amsterdam",
        "title": "Daily Infrastructure Report", "organisation": "Noordlicht Logistics",
        "classification": "Internal", "sections": ["servers", "disks", "logins", "uptime"],
        "thresholds": Thresholds(), "coverage_minimum_percent": 50, "fleet": "params/fleet.yaml",
    }  # fmt: skip
    return Info(**(known | more))
