"""What fleet.yaml says to the report of some hosts alone: thresholds, windows of maintenance.

It is kept in the snapshot as it was that day, by place: "defaults", "groups.web", "hosts.db01".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from collectors.base import Row
from collectors.config import Strict, validate
from collectors.errors import Fault, SettingsError
from collectors.fleet import Fleet, Host
from collectors.options import merged
from report.maintenance import Window
from report.thresholds import OfMount, Thresholds


class Told(Strict):
    """What fleet.yaml says at one place. thresholds: as written, over those further out."""

    thresholds: dict[str, Any] = {}
    maintenance: list[Window] = []


Scopes = Mapping[str, Told]


def places(host: str, groups: Sequence[str]) -> tuple[str, ...]:
    """Return the places that speak of a host, the outermost first."""
    return ("defaults", *(f"groups.{group}" for group in groups), f"hosts.{host}")


def checked(fleet: Fleet, base: Thresholds) -> dict[str, Told]:
    """Return what the fleet's file says, place by place. Raises SettingsError with every fault."""
    file, faults = str(fleet.source), dict[Fault, None]()
    scopes: dict[str, Told] = {}
    for place, said in fleet.told.items():
        try:
            scopes[place] = validate(Told, said, file)
        except SettingsError as error:
            faults |= {Fault(file, f"{place}.{one.key}", one.wrong, one.right): None
                       for one in error.faults}  # fmt: skip
    hosts = (*fleet.hosts, *fleet.left_out)
    for chain in {_speaking(scopes, host.name, host.groups): None for host in hosts}:
        try:
            _thresholds(base, scopes, chain)
        except SettingsError as error:
            faults |= {_placed(one, scopes, chain, file): None for one in error.faults}
    if faults:
        raise SettingsError(*faults)
    return scopes


def _placed(fault: Fault, scopes: Scopes, chain: Sequence[str], file: str) -> Fault:
    """Return a fault of what was put together under the place that said it last."""
    key = fault.key.partition(".")[0]
    place = next((p for p in reversed(chain) if key in scopes[p].thresholds), chain[-1])
    return Fault(file, f"{place}.thresholds.{fault.key}", fault.wrong, fault.right)


def _speaking(scopes: Scopes, host: str, groups: Sequence[str]) -> tuple[str, ...]:
    return tuple(place for place in places(host, groups) if place in scopes)


def _thresholds(base: Thresholds, scopes: Scopes, chain: Sequence[str]) -> Thresholds:
    whole: dict[str, Any] = base.model_dump()
    for place in chain:
        whole = merged(whole, scopes[place].thresholds)
    return validate(Thresholds, whole, "")


@dataclass
class Scope:
    """The thresholds and windows of every host. groups: by host, as full names."""

    base: Thresholds
    scopes: Scopes
    zone: tzinfo
    groups: Mapping[str, Sequence[str]]
    _known: dict[tuple[str, ...], Thresholds] = field(default_factory=dict)

    def limits(self, host: str) -> Thresholds:
        """Return a host's thresholds."""
        chain = _speaking(self.scopes, host, self.groups.get(host, ()))
        if not chain:
            return self.base
        if chain not in self._known:
            self._known[chain] = _thresholds(self.base, self.scopes, chain)
        return self._known[chain]

    def every(self) -> list[OfMount]:
        """Return all limits of filesystems that there are, of hosts and of patterns."""
        hosts = {id(one): one for one in [self.base, *map(self.limits, self.groups)]}
        return [one.at(mount) for one in hosts.values() for mount in ("", *one.mounts)]

    def planned(self, host: str, at: datetime | None) -> tuple[Window, datetime] | None:
        """Return the window of a host that a moment lies in, and its end; the longest one."""
        if at is None:
            return None
        chain = _speaking(self.scopes, host, self.groups.get(host, ()))
        found = [
            (window, end)
            for place in chain
            for window in self.scopes[place].maintenance
            if (end := window.end(at, self.zone)) is not None
        ]
        return max(found, key=lambda one: one[1], default=None)


def rows(host: Host, told: Mapping[str, Mapping[str, Any]]) -> Iterator[Row]:
    """Yield what fleet.yaml says of a host, for `infra-report hosts`: key, value and source."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for place in places(host.name, host.groups):
        said = told.get(place, {})
        kind, _, name = place.partition(".")
        source = {"groups": f"group {name}", "hosts": "host"}.get(kind, kind)
        for key, value in _leaves("thresholds", said.get("thresholds", {})):
            values[key], sources[key] = value, source
        for number, window in enumerate(said.get("maintenance", ()), 1):
            key = f"maintenance.{number} ({source})"
            values[key] = json.dumps(window, ensure_ascii=False, default=str)
            sources[key] = source
    for key, value in values.items():
        yield Row(key=key, value=value, source=sources[key])


def _leaves(key: str, data: Any) -> Iterable[tuple[str, str]]:
    if not isinstance(data, Mapping):
        return [(key, json.dumps(data, default=str))]
    return [leaf for name, one in data.items() for leaf in _leaves(f"{key}.{name}", one)]
