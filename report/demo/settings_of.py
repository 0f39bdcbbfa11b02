"""What the demo's settings ask of collectors, by role: backups, and checks of its own."""

from __future__ import annotations

from typing import Any

BACKUPS: dict[str, dict[str, dict[str, Any]]] = {
    "db": {
        "postgres": {
            "path": "/srv/wal/backup/base-*.tar.zst", "max_age_hours": 26,
            "min_bytes": 1_000_000_000, "min_files": 7,
        }
    },
    "storage": {
        "daily": {
            "path": "/srv/backup/daily/fleet-*.tar", "max_age_hours": 26,
            "min_bytes": 100_000_000_000, "min_files": 7,
        }
    },
}  # fmt: skip
CHECKS: dict[str, dict[str, dict[str, Any]]] = {
    "web": {"http": {"command": "/usr/lib/nagios/plugins/check_http -H localhost"}},
    "cache": {"redis": {"command": "/usr/local/bin/check_redis -p 6379"}},
}


def options(role: str) -> dict[str, Any]:
    """Return what the collectors are told on servers of a role, by collector."""
    found: dict[str, Any] = {}
    if role in BACKUPS:
        found["backups"] = {"sets": BACKUPS[role]}
    if role in CHECKS:
        found["checks"] = {"commands": CHECKS[role]}
    return found
