"""What is kept beside the hosts' raw output, so that it can be replayed: raw/asked.json.

    {"hosts": {"web1": {"address": "", "groups": ["web"], "labels": {},
               "collectors": {}, "outcome": "ok", "cause": "",
               "collected_at": "2026-11-23T05:00:07.123456+00:00"}}, …}

The rest of the file is the reporting half's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors.errors import Fault, Outcome, SettingsError
from collectors.fleet import Host

if TYPE_CHECKING:
    from collectors.asking import HostResult

NAME = "asked.json"


def kept(results: Iterable[HostResult]) -> dict[str, Any]:
    """Return by host what its frames hold that its output does not."""
    return {
        result.host.name: {
            "address": result.host.address,
            "groups": list(result.host.groups),
            "labels": dict(result.host.labels),
            "collectors": dict(result.host.collectors),
            "outcome": str(result.outcome),
            "cause": result.cause,
            "collected_at": result.collected_at.isoformat(),
        }
        for result in results
    }


def read(raw: Path) -> dict[str, Any]:
    """Return what is kept in a raw folder. Raises SettingsError where there is nothing."""
    path = raw / NAME
    try:
        data = json.loads(path.read_bytes())
        if not isinstance(data["hosts"], dict):
            raise TypeError
    except OSError as error:
        right = "it would be the raw/ folder of a day, like output/2026-11-23/raw"
        raise SettingsError(
            Fault(str(path), "", f"cannot be read: {error.strerror}", right)
        ) from None
    except (ValueError, KeyError, TypeError):
        raise SettingsError(Fault(str(path), "", "is not what was kept of a run")) from None
    return dict(data)


def hosts(data: Mapping[str, Any]) -> tuple[Host, ...]:
    """Return the hosts of a kept run, to be replayed; those left out then end as cancelled."""
    return tuple(
        Host(
            name=name,
            address=one["address"],
            groups=tuple(one["groups"]),
            labels=one["labels"],
            collectors=one.get("collectors", {}),
            transport="replay",
        )
        for name, one in data["hosts"].items()
    )


def ending(one: Mapping[str, Any]) -> tuple[Outcome, str, datetime]:
    """Return how a host's run ended, why, and when."""
    return Outcome(one["outcome"]), one["cause"], datetime.fromisoformat(one["collected_at"])
