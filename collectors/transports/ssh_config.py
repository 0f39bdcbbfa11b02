"""~/.ssh/config: read once, looked up by host, and turned into the way to a host.

The lines are paramiko's to understand (Host, Match, HostName, User, Port, IdentityFile,
ProxyJump, ProxyCommand, HostKeyAlias, ConnectTimeout). A look-up in a file of 1,000 Host
blocks takes paramiko 12 ms, so it only ever sees the blocks that can matter to a host.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import paramiko.config
from paramiko import SSHConfig
from paramiko.ssh_exception import SSHException

from collectors.errors import CollectError, Outcome
from collectors.fleet import Host
from collectors.transports.known_hosts import SSH_PORT, name_of

BLOCK = re.compile(r"\s*(host|match)(?:\s*=\s*|\s+)(.+)", re.IGNORECASE)
INCLUDE = re.compile(r"\s*include\s", re.IGNORECASE)
JUMP = re.compile(r"(?:ssh://)?(?:(?P<user>[^@]+)@)?(?P<name>\[[^]]+\]|[^:]+)(?::(?P<port>\d+))?/?")
# What becomes part of a ProxyCommand's arguments, or a name in known_hosts.
ADDRESS = re.compile(r"[A-Za-z0-9_:][A-Za-z0-9_.:%-]*")
USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+\\$-]*")
MOST_HOPS = 8


@dataclass(frozen=True)
class Hop:
    """One SSH server on the way to a host, the host itself being the last.

    `user` is None where the local user's name counts. `key_names` are the names under
    which known_hosts is asked, in order; `trust` is what `infra-report trust` is given.
    """

    address: str
    port: int
    user: str | None
    key_files: tuple[Path, ...]
    key_names: tuple[str, ...]
    trust: str
    proxy_command: tuple[str, ...]
    connect_seconds: float | None

    def __str__(self) -> str:
        return self.address if self.port == SSH_PORT else f"{self.address} port {self.port}"


class _Commands:
    """What paramiko runs `Match exec` with: invoke would read the terminal meanwhile."""

    def __init__(self, ok: bool) -> None:
        self.ok = ok

    @classmethod
    def run(cls, command: str, **_: Any) -> _Commands:
        shell = ["/bin/sh", "-c", command]
        null = subprocess.DEVNULL
        return cls(subprocess.run(shell, stdin=null, stdout=null, check=False).returncode == 0)


paramiko.config.invoke = _Commands  # type: ignore[attr-defined]


class _Config(SSHConfig):
    def _tokenize(self, config: Any, target_hostname: str, key: str, value: str) -> str:
        # Where there is nothing to replace paramiko asks the DNS for our own name, twice.
        if value.startswith("~/"):
            value = str(Path(value).expanduser())
        if "%" not in value:
            return value
        return str(super()._tokenize(config, target_hostname, key, value))  # type: ignore[misc]


class SshConfig:
    """One file's blocks, or none. `warnings` says why it is passed over."""

    def __init__(self, text: str = "", warnings: tuple[str, ...] = ()) -> None:
        self.warnings = list(warnings)
        # A canonical name may match blocks that the name as it is given does not.
        whole = "canonicalizehostname" in text.lower()
        self._blocks = [(None, text)] if whole else list(_blocks(text))

    @classmethod
    def read(cls, path: Path | None) -> SshConfig:
        """Read the file if it is there, and safe: `Match exec` in it runs commands."""
        if path is None:
            return cls()
        try:
            with path.open(encoding="utf-8", errors="surrogateescape") as file:
                if why := _unsafe(os.fstat(file.fileno())):
                    return cls(warnings=(f"{path} is passed over: {why}",))
                text = file.read()
            _Config.from_text(text)
        except FileNotFoundError:
            return cls()
        except OSError as error:
            return cls(warnings=(f"{path} is passed over: {error.strerror}",))
        except (SSHException, ValueError, IndexError) as error:
            return cls(warnings=(f"{path} is passed over: {error}",))
        includes = any(INCLUDE.match(line) for line in text.splitlines())
        return cls(text, (f"{path}: what Include names is not read",) if includes else ())

    def route(self, host: Host) -> tuple[Hop, ...]:
        """Return the servers to go through, in order, the host last.

        Raises CollectError for settings that lead nowhere. May run `Match exec` commands.
        """
        hops = self._route(host.address or host.name, host.user, host.port, MOST_HOPS)
        last = hops[-1]
        names = (*last.key_names, name_of(host.name, last.port), name_of(host.name, SSH_PORT))
        key_files = (host.key_file, *last.key_files) if host.key_file else last.key_files
        last = replace(
            last,
            key_files=tuple(dict.fromkeys(key_files)),
            key_names=tuple(dict.fromkeys(names)),
            trust=host.name,
        )
        return (*hops[:-1], last)

    def _route(self, alias: str, user: str | None, port: int | None, left: int) -> list[Hop]:
        if not left:
            raise CollectError(f"ProxyJump leads in a circle at {alias}", Outcome.UNREACHABLE)
        options = self._lookup(alias, user, port)
        hop = _hop(alias, options)
        proxy_jump = options.get("proxyjump") or "none"
        if proxy_jump.lower() == "none":
            return [hop]
        first, *others = [_jump(part) for part in proxy_jump.split(",")]
        # `Host *` with a ProxyJump matches the jump hosts themselves, too.
        if any(name in (alias, hop.address) for name, _, _ in (first, *others)):
            return [hop]
        hops = self._route(*first, left - 1)
        hops += [_hop(other[0], self._lookup(*other)) for other in others]
        # Only the first is reached from here, by a ProxyCommand if it has one.
        return [hops[0], *(replace(each, proxy_command=()) for each in (*hops[1:], hop))]

    def _lookup(self, name: str, user: str | None, port: int | None) -> dict[str, Any]:
        # OpenSSH takes the first value it meets, so what the fleet says stands first.
        fixed = [f"User {user}\n"] if user else []
        fixed += [f"Port {port}\n"] if port else []
        text = [text for names, text in self._blocks if names is None or name in names]
        _check(ADDRESS, name, "address of a host")
        _check(USER, user or "root", "name of a user")
        try:
            return dict(_Config.from_text("".join([*fixed, *text])).lookup(name))
        except (SSHException, ValueError, KeyError, OSError) as error:
            raise CollectError(f"~/.ssh/config: {error}", Outcome.UNREACHABLE) from error


def _blocks(text: str) -> Iterator[tuple[frozenset[str] | None, str]]:
    """Yield each block with the only names it can match; None: that takes paramiko to say."""
    names: frozenset[str] | None = None
    lines: list[str] = []
    for line in text.splitlines():
        if found := BLOCK.match(line):
            yield names, "".join(lines)
            lines = []
            literal = found[1].lower() == "host" and not set(found[2]) & set("*?![\"'\\")
            names = frozenset(found[2].split()) if literal else None
        lines.append(line + "\n")
    yield names, "".join(lines)


def _hop(alias: str, options: dict[str, Any]) -> Hop:
    address = _check(ADDRESS, str(options.get("hostname") or alias), "address of a host")
    user = options.get("user")
    port = _whole(options, "port") or SSH_PORT
    _check(USER, user or "root", "name of a user")
    host_key_alias = options.get("hostkeyalias")
    command = options.get("proxycommand")
    return Hop(
        address=address,
        port=port,
        user=user,
        key_files=tuple(Path(path) for path in options.get("identityfile", ()) if path != "none"),
        # OpenSSH, too, asks for the name without the port where the one with it has no key.
        key_names=(host_key_alias,) if host_key_alias else (name_of(address, port), address),
        trust=alias,
        proxy_command=tuple(shlex.split(command)) if command else (),
        connect_seconds=_whole(options, "connecttimeout"),
    )


def _jump(text: str) -> tuple[str, str | None, int | None]:
    found = JUMP.fullmatch(text.strip())
    if found is None:
        raise CollectError(f"ProxyJump {text!r} is not understood", Outcome.UNREACHABLE)
    return found["name"].strip("[]"), found["user"], int(found["port"]) if found["port"] else None


def _check(pattern: re.Pattern[str], text: str, what: str) -> str:
    if pattern.fullmatch(text) is None:
        raise CollectError(f"{text!r} is no {what}", Outcome.UNREACHABLE)
    return text


def _whole(options: dict[str, Any], key: str) -> int | None:
    text = options.get(key)
    if text is None or text == "none":
        return None
    if not text.isdecimal():
        raise CollectError(f"~/.ssh/config: {key} {text!r} is no number", Outcome.UNREACHABLE)
    return int(text)


def _unsafe(status: os.stat_result) -> str:
    if status.st_uid not in (0, os.getuid()):
        return "it belongs to somebody else, and could run commands as you"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "others may write it, and could run commands as you; chmod go-w mends that"
    return ""
