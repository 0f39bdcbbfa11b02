"""What becomes of a host's settings, and where each value came from: `infra-report hosts`."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator

from collectors.base import TEXT, Column, Row
from collectors.errors import CollectError
from collectors.fleet import Host
from collectors.transports.known_hosts import SSH_PORT
from collectors.transports.ssh_config import Hop, SshConfig

COLUMNS: tuple[Column, ...] = (
    Column("key", TEXT, "", "which setting"),
    Column("value", TEXT, "", "what it is"),
    Column("source", TEXT, "", "defaults, group NAME, host, a variable, ~/.ssh/config, built in"),
)
SSH_CONFIG = "~/.ssh/config"
BUILT_IN = "built in"


def resolve(host: Host, config: SshConfig, file: str) -> Iterator[Row]:
    """Yield a row for each setting; `file` is the name of the fleet's."""
    yield _row("transport", host.transport, host.sources.get("transport", BUILT_IN))
    if host.transport == "ssh":
        try:
            *jumps, last = config.route(host)
        except CollectError as error:
            yield _row("route", f"none: {error.cause}", SSH_CONFIG)
        else:
            yield from _way(host, last)
            if jumps:
                yield _row("jump", ", ".join(map(str, jumps)), SSH_CONFIG)
    timeout = host.sources.get("timeout_seconds", BUILT_IN)
    yield _row("timeout_seconds", f"{host.timeout_seconds:g}", timeout)
    if host.groups:
        yield _row("groups", ", ".join(host.groups), file)
    for name, value in sorted(host.labels.items()):
        yield _row(f"labels.{name}", value, host.sources.get(f"labels.{name}", file))
    for name, options in sorted(host.collectors.items()):
        said = json.dumps(options, ensure_ascii=False)
        yield _row(f"collectors.{name}", said, host.sources.get(f"collectors.{name}", file))


def _way(host: Host, last: Hop) -> Iterator[Row]:
    own = host.sources
    named = host.address or host.name
    address = own.get("address", "its name") if last.address == named else SSH_CONFIG
    yield _row("address", last.address, address)
    standard = BUILT_IN if last.port == SSH_PORT else SSH_CONFIG
    yield _row("port", str(last.port), own.get("port", standard))
    if last.user is None:
        yield _row("user", _local_user(), f"{BUILT_IN}: who runs it")
    else:
        yield _row("user", last.user, own.get("user", SSH_CONFIG))
    for path in last.key_files:
        given = path == host.key_file
        yield _row("key_file", str(path), own.get("key_file", "") if given else SSH_CONFIG)
    if last.proxy_command:
        yield _row("proxy_command", " ".join(last.proxy_command), SSH_CONFIG)


def _local_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _row(key: str, value: str, source: str) -> Row:
    return Row(key=key, value=value, source=source)
