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
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from collectors.config import Strict, override, read_yaml, validate
from collectors.errors import Fault, SettingsError
from collectors.options import CollectorOptions, given, merged
from collectors.ranges import expand

# It becomes file names, which may have 255 bytes.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
TRANSPORTS = ("ssh", "local", "replay")
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

    left_out: those that `limited` took out, by `limit`.
    """

    hosts: tuple[Host, ...]
    source: Path
    left_out: tuple[Host, ...] = ()
    limit: str = ""

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


class _Options(Strict):
    address: str | None = None
    port: int | None = Field(None, ge=1, le=65535)
    user: str | None = None
    key_file: Path | None = None
    transport: str | None = None
    timeout_seconds: float | None = Field(None, gt=0, le=3600)
    labels: dict[str, str | int | float | bool] = {}
    collectors: CollectorOptions | None = None

    @field_validator("transport")
    @classmethod
    def _known_transport(cls, value: str | None) -> str | None:
        if value is not None and value not in TRANSPORTS:
            raise ValueError(f"is {value!r}; it would be one of {', '.join(TRANSPORTS)}")
        return value


class _Defaults(_Options):
    pass


class _HostOptions(_Options):
    groups: list[str] = []


def _by_name(hosts: Any) -> Any:
    """Take a list of names for a mapping of names without options."""
    if not isinstance(hosts, list):
        return hosts
    for name in hosts:
        if not isinstance(name, str):
            raise ValueError(f"{name!r} is no host name; in a list it would be a name in quotes")
        if hosts.count(name) > 1:
            raise ValueError(f"two hosts of one name: {name}; a name stands for one host")
    return dict.fromkeys(hosts)


_Hosts = Annotated[dict[str, _HostOptions | None], BeforeValidator(_by_name)]


class _Group(_Options):
    hosts: _Hosts = {}


class _FleetFile(Strict):
    defaults: _Defaults = _Defaults()
    groups: dict[str, _Group | None] = {}
    hosts: _Hosts = {}


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
    hosts = _compose(validate(_FleetFile, data, str(path)), str(path))
    return Fleet(tuple(_resolved(host, root) for host in hosts), path)


def _compose(settings: _FleetFile, file: str) -> tuple[Host, ...]:
    faults: list[Fault] = []
    own: dict[str, _HostOptions | None] = {}
    member_of: dict[str, list[str]] = {}
    groups = {name: group or _Group() for name, group in settings.groups.items()}
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
    return tuple(
        _host(
            name,
            [groups[g] for g in groups if g in member_of[name]],
            settings,
            own[name],
            tuple(g for g in groups if g in member_of[name]),
        )
        for name in sorted(own)
    )


def _listed(
    listed: Mapping[str, _HostOptions | None], key: str, file: str, faults: list[Fault]
) -> Iterable[tuple[str, _HostOptions | None]]:
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
    groups: Sequence[_Group],
    settings: _FleetFile,
    own: _HostOptions | None,
    group_names: tuple[str, ...],
) -> Host:
    layers: list[tuple[str, _Options]] = [("defaults", settings.defaults)]
    layers += [(f"group {n}", group) for n, group in zip(group_names, groups, strict=True)]
    layers += [("host", own)] if own else []
    chosen: dict[str, Any] = {}
    collectors: dict[str, Any] = {}
    labels: dict[str, str] = {}
    sources: dict[str, str] = {}
    for source, layer in layers:
        plain = layer.model_dump(
            exclude={"labels", "groups", "hosts", "collectors"}, exclude_none=True
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
