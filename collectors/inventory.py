"""What `ansible-inventory --list` prints, into hosts.

Format: https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html
Groups become groups (`all` and `ungrouped` say nothing and do not), other scalar host
variables become labels. `ansible_*` variables and what is named like a secret do not:
labels are written to files.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from collectors.errors import Fault, SettingsError
from collectors.fleet import NAME, Host

SECONDS = 120
SECRET = re.compile(r"pass|secret|token|credential|vault|private|api_?key", re.IGNORECASE)
URL_WITH_PASSWORD = re.compile(r"://[^/\s]*:[^/\s]*@")
LONGEST_LABEL = 200
CONNECTIONS = {"smart": "ssh", "paramiko": "ssh", "paramiko_ssh": "ssh"}
SETTINGS = {
    "ansible_host": "address",
    "ansible_port": "port",
    "ansible_user": "user",
    "ansible_ssh_private_key_file": "key_file",
    "ansible_connection": "transport",
}
# Their names say nothing about a host.
NO_GROUPS = ("all", "ungrouped")


def is_executable(path: Path) -> bool:
    """Say whether the path is a program to run rather than a file to read."""
    return path.is_file() and os.access(path, os.X_OK) and path.suffix not in (".yaml", ".yml")


def is_inventory(data: Mapping[str, Any]) -> bool:
    """Say whether a mapping is an Ansible inventory and not a fleet.yaml."""
    return "_meta" in data or isinstance(data.get("all"), dict)


def run(path: Path) -> dict[str, Any]:
    """Run an executable inventory with `--list`. Raises SettingsError."""
    try:
        done = subprocess.run(
            [str(path.resolve()), "--list"],
            capture_output=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise SettingsError(Fault(str(path), "", f"cannot be run: {error.strerror}")) from None
    except subprocess.TimeoutExpired:
        raise SettingsError(Fault(str(path), "", f"printed no end within {SECONDS} s")) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
        raise SettingsError(Fault(str(path), "", f"ended with {done.returncode}: {said[0]}"))
    try:
        data = json.loads(done.stdout)
    except ValueError:
        right = "it would print what `ansible-inventory --list` prints"
        raise SettingsError(Fault(str(path), "", "printed no JSON", right)) from None
    if not isinstance(data, dict):
        raise SettingsError(Fault(str(path), "", "printed no JSON object"))
    return data


def hosts_of(data: Mapping[str, Any], file: str) -> tuple[Host, ...]:
    """Return the inventory's hosts, sorted by name. Raises SettingsError with every fault."""
    groups = {
        name: {"hosts": group} if isinstance(group, list) else group
        for name, group in data.items()
        if name != "_meta" and isinstance(group, dict | list)
    }
    meta = data.get("_meta")
    variables = meta.get("hostvars", {}) if isinstance(meta, dict) else {}
    parents = _parents(groups)
    member_of: dict[str, list[str]] = {str(name): [] for name in variables}
    for name, group in groups.items():
        for host in group.get("hosts") or ():
            member_of.setdefault(str(host), []).extend(_with_ancestors(name, parents))
    faults: list[Fault] = []
    hosts = []
    for name in sorted(member_of):
        above = list(dict.fromkeys(member_of[name]))
        merged: dict[str, Any] = {}
        origin: dict[str, str] = {}
        for group_name in sorted(
            above, key=lambda g: -len(_with_ancestors(g, parents)), reverse=True
        ):
            given = groups.get(group_name, {}).get("vars") or {}
            merged.update(given)
            origin.update({key: f"{key} of group {group_name}" for key in given})
        merged.update(variables.get(name) or {})
        origin.update({key: f"{key} of the host" for key in variables.get(name) or {}})
        kept = tuple(sorted(group for group in above if group not in NO_GROUPS))
        host = _host(name, merged, kept, file, faults)
        if host:
            hosts.append(replace(host, sources=_sources(host, origin)))
    if not hosts and not faults:
        faults.append(Fault(file, "", "names no host"))
    if faults:
        raise SettingsError(*faults)
    return tuple(hosts)


def _parents(groups: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, group in groups.items():
        for child in group.get("children") or ():
            found.setdefault(str(child), []).append(name)
    return found


def _with_ancestors(group: str, parents: Mapping[str, list[str]]) -> list[str]:
    seen = [group]
    for name in seen:
        seen += [parent for parent in parents.get(name, ()) if parent not in seen]
    return seen


def _host(
    name: str, variables: Mapping[str, Any], groups: tuple[str, ...], file: str, faults: list[Fault]
) -> Host | None:
    before = len(faults)
    if not NAME.fullmatch(name):
        right = "a name of letters, digits, dot, dash and underscore, with the rest in ansible_host"
        faults.append(Fault(file, name, "is no host name here", right))
    for key in ("ansible_host", "ansible_port", "ansible_user", "ansible_ssh_private_key_file"):
        if "{{" in str(variables.get(key, "")):
            faults.append(
                Fault(file, f"{name}.{key}", "is a template", "it would be the value itself")
            )
    port = variables.get("ansible_port")
    if port is not None and not (str(port).isdecimal() and 0 < int(port) < 65536):
        faults.append(Fault(file, f"{name}.ansible_port", f"is {port!r}", "it would be a number"))
    if len(faults) > before:
        return None
    key_file = variables.get("ansible_ssh_private_key_file")
    connection = str(variables.get("ansible_connection") or "ssh").rsplit(".", 1)[-1]
    user = variables.get("ansible_user")
    return Host(
        name=name,
        address=str(variables.get("ansible_host") or ""),
        port=int(port) if port is not None else None,
        user=str(user) if user else None,
        key_file=Path(str(key_file)).expanduser() if key_file else None,
        transport=CONNECTIONS.get(connection, connection),
        groups=groups,
        labels=_labels(variables),
    )


def _sources(host: Host, origin: Mapping[str, str]) -> dict[str, str]:
    named = {setting: origin[key] for key, setting in SETTINGS.items() if key in origin}
    return named | {f"labels.{key}": origin[key] for key in host.labels}


def _labels(variables: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: str(value)
        for key, value in variables.items()
        if isinstance(value, str | int | float)
        and not key.startswith(("ansible_", "inventory_"))
        and not SECRET.search(key)
        and not URL_WITH_PASSWORD.search(str(value))
        and len(str(value)) <= LONGEST_LABEL
    }
