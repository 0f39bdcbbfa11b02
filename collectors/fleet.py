"""fleet.yaml, or an Ansible inventory, into the list of hosts.

    defaults: {user: report}
    groups:
      web: {labels: {site: ams}, hosts: ["web[01:40].example.org"]}
    hosts:
      db01: {address: 10.0.0.7, port: 2222, groups: [db]}

The innermost wins: defaults, then groups in the file's order, then the host itself.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from collectors.config import override, read_yaml, validate
from collectors.errors import Fault, SettingsError
from collectors.fleet_file import FleetFile, Group, HostOptions, Options
from collectors.options import given, merged
from collectors.ranges import expand

# It becomes file names, which may have 255 bytes.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class Host:
    """One host of the fleet. None: not set, so that ~/.ssh/config or a default decides.

    collectors: what it is asked with, over daily.yaml's `collectors`.
    sources: by setting (`user`, `labels.site`) where its value comes from, in words.
    """

    name: str
    address: str = ""
    port: int | None = None
    user: str | None = None
    key_file: Path | None = None
    transport: str = "ssh"
    timeout_seconds: float = TIMEOUT_SECONDS
    groups: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    collectors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Fleet:
    """The hosts, sorted by name, and the file they come from.

    left_out: those that `limited` took out, by `limit`. told: by place ("defaults",
    "groups.web", "hosts.db01") what the file says there to the reporting half.
    """

    hosts: tuple[Host, ...]
    source: Path
    left_out: tuple[Host, ...] = ()
    limit: str = ""
    told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def limited(self, pattern: str) -> Fleet:
        """Keep the hosts whose name or group matches one of the comma-separated patterns.

        Raises SettingsError when none does.
        """
        patterns = [part.strip() for part in pattern.split(",") if part.strip()]
        kept = tuple(
            host
            for host in self.hosts
            if any(fnmatch.fnmatchcase(n, p) for n in (host.name, *host.groups) for p in patterns)
        )
        if not kept:
            names = ", ".join(host.name for host in self.hosts[:10])
            raise SettingsError(
                Fault("--limit", "", f"{pattern!r} matches no host or group", f"hosts: {names} …")
            )
        others = tuple(host for host in self.hosts if host not in kept)
        return replace(self, hosts=kept, left_out=others, limit=pattern)


def load_fleet(path: Path, root: Path, overrides: Sequence[tuple[str, Any]] = ()) -> Fleet:
    """Read fleet.yaml or an Ansible inventory (JSON, or an executable that prints it).

    Relative key files are resolved from `root`. Raises SettingsError.
    """
    from collectors import inventory

    if inventory.is_executable(path):
        return Fleet(inventory.hosts_of(inventory.run(path), str(path)), path)
    data = read_yaml(path)
    if inventory.is_inventory(data):
        return Fleet(inventory.hosts_of(data, str(path)), path)
    for key, value in overrides:
        override(data, key, value)
    settings = validate(FleetFile, data, str(path))
    hosts, own = _compose(settings, str(path))
    return Fleet(
        tuple(_resolved(host, root) for host in hosts), path, told=dict(_told(settings, own))
    )


def _told(
    settings: FleetFile, own: Mapping[str, HostOptions | None]
) -> Iterable[tuple[str, Mapping[str, Any]]]:
    places: list[tuple[str, Options | None]] = [("defaults", settings.defaults)]
    places += [(f"groups.{name}", group) for name, group in settings.groups.items()]
    places += [(f"hosts.{name}", host) for name, host in sorted(own.items())]
    for place, said in places:
        if said and (said.thresholds or said.maintenance):
            yield place, {"thresholds": said.thresholds, "maintenance": said.maintenance}


def _compose(
    settings: FleetFile, file: str
) -> tuple[tuple[Host, ...], Mapping[str, HostOptions | None]]:
    faults: list[Fault] = []
    own: dict[str, HostOptions | None] = {}
    member_of: dict[str, list[str]] = {}
    groups = {name: group or Group() for name, group in settings.groups.items()}
    places = [(f"groups.{name}.hosts", name, group.hosts) for name, group in groups.items()]
    for key, group_name, listed in [*places, ("hosts", None, settings.hosts)]:
        for name, options in _listed(listed, key, file, faults):
            if own.get(name) is not None and options is not None:
                faults.append(Fault(file, f"{key}.{name}", "has settings in two places"))
            own[name] = options or own.get(name)
            member_of.setdefault(name, []).extend([group_name] if group_name else [])
    for name, options in own.items():
        for group_name in options.groups if options else ():
            if group_name not in groups:
                right = f"groups here: {', '.join(groups) or 'none'}"
                faults.append(
                    Fault(file, f"hosts.{name}.groups", f"no group {group_name!r}", right)
                )
            elif group_name not in member_of[name]:
                member_of[name].append(group_name)
    if not own and not faults:
        faults.append(Fault(file, "hosts", "names no host", "list at least one"))
    if faults:
        raise SettingsError(*faults)
    hosts = (
        _host(
            name,
            [groups[g] for g in groups if g in member_of[name]],
            settings,
            own[name],
            tuple(g for g in groups if g in member_of[name]),
        )
        for name in sorted(own)
    )
    return tuple(hosts), own


def _listed(
    listed: Mapping[str, HostOptions | None], key: str, file: str, faults: list[Fault]
) -> Iterable[tuple[str, HostOptions | None]]:
    """Yield every host a list names, ranges spread out; note what is wrong with the names."""
    seen: set[str] = set()
    for pattern, options in listed.items():
        try:
            names = list(expand(pattern))
        except ValueError as error:
            wrong, _, right = str(error).partition("; ")
            faults.append(Fault(file, f"{key}.{pattern}", wrong, right))
            continue
        if len(names) > 1 and options is not None and options.address is not None:
            faults.append(Fault(file, f"{key}.{pattern}.address", "is one address for many hosts"))
        for name in names:
            if not NAME.fullmatch(name):
                right = "letters, digits, dot, dash and underscore; an address goes to `address`"
                faults.append(Fault(file, f"{key}.{pattern}", f"{name!r} is no host name", right))
            elif name in seen:
                right = "a name stands for one host"
                faults.append(
                    Fault(file, f"{key}.{pattern}", f"two hosts of one name: {name}", right)
                )
            else:
                seen.add(name)
                yield name, options


def _host(
    name: str,
    groups: Sequence[Group],
    settings: FleetFile,
    own: HostOptions | None,
    group_names: tuple[str, ...],
) -> Host:
    layers: list[tuple[str, Options]] = [("defaults", settings.defaults)]
    layers += [(f"group {n}", group) for n, group in zip(group_names, groups, strict=True)]
    layers += [("host", own)] if own else []
    chosen: dict[str, Any] = {}
    collectors: dict[str, Any] = {}
    labels: dict[str, str] = {}
    sources: dict[str, str] = {}
    for source, layer in layers:
        plain = layer.model_dump(
            exclude={"labels", "groups", "hosts", "collectors", "thresholds", "maintenance"},
            exclude_none=True,
        )
        chosen.update(plain)
        options = given(layer.collectors)
        collectors = merged(collectors, options)
        labels.update({key: str(value) for key, value in layer.labels.items()})
        keys = [*plain, *(f"labels.{key}" for key in layer.labels)]
        keys += [f"collectors.{key}" for key in options]
        sources.update(dict.fromkeys(keys, source))
    return Host(
        name, groups=group_names, labels=labels, collectors=collectors, sources=sources, **chosen
    )


def _resolved(host: Host, root: Path) -> Host:
    if host.key_file is None:
        return host
    return replace(host, key_file=root / host.key_file.expanduser())
