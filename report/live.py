"""The commands that look at one thing, now: `show`, `hosts`, `trust`, `columns`."""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from collectors.errors import CollectError, Fault, Outcome, SettingsError
from report.collection import access, options_of
from report.console import Console, visible
from report.scopes import rows as told
from report.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from collectors.asking import Attempt
    from collectors.base import Collector, Row
    from collectors.fleet import Host

TRUST_SECONDS = 20
EXIT_NOT_OK = 1
WIDEST = 10_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SPAN = re.compile(r"(\d+)\s*([smhdw])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def show(settings: Settings, options: argparse.Namespace) -> int:
    """Ask one host with one collector and print the rows; 0 only when the outcome is ok."""
    collector, attempt = _ask(
        settings, options.host, options.collector, options.since, options.until
    )
    names = ["host", *(column.name for column in collector.COLUMNS)]
    rows = [{"host": options.host, **row} for row in attempt.rows]
    if rows or options.format != "table" or attempt.outcome is Outcome.OK:
        printed(names, rows, options.format)
    if attempt.note:
        sys.stderr.write(visible(f"{options.host} {collector.NAME}: {attempt.note}") + "\n")
    if attempt.outcome is not Outcome.OK:
        cause = f": {attempt.cause}" if attempt.cause else ""
        said = f"{options.host} {collector.NAME}: {attempt.outcome.replace('_', ' ')}{cause}"
        sys.stderr.write(visible(said) + "\n")
        return EXIT_NOT_OK
    if options.format == "table" and attempt.evidence_from_at:
        sys.stderr.write(f"evidence reaches back to {_plain(attempt.evidence_from_at)}\n")
    return 0


def hosts(settings: Settings, options: argparse.Namespace) -> int:
    """Print the fleet as it is resolved: every setting of every host, and where it came from."""
    from collectors.transports.resolving import COLUMNS, resolve
    from collectors.transports.ssh_config import SshConfig

    assert settings.fleet is not None
    config = SshConfig.read(access(settings).ssh_config)
    for warning in config.warnings:
        sys.stderr.write(visible(warning) + "\n")
    source = settings.fleet.source.name
    rows = [
        {"host": host.name, **row}
        for host in settings.fleet.hosts
        for row in (*resolve(host, config, source), *told(host, settings.fleet.told))
    ]
    printed(["host", *(column.name for column in COLUMNS)], rows, options.format)
    return 0


def look(host: str, collector: str, since: str = "24h", until: str = "") -> pd.DataFrame:
    """Return what one host says now to one collector, as a typed frame, for notebooks.

    host: a name of the fleet; "" for its first host.

    Rows and columns: the collector's (`infra-report columns`), `host` first.
    Raises CollectError when the outcome is not ok, SettingsError for an unknown host.
    """
    from collectors.base import HOST, frame
    from report.loading import load_settings

    settings = load_settings()
    assert settings.fleet is not None
    host = host or settings.fleet.hosts[0].name
    asked, attempt = _ask(settings, host, collector, since, until)
    if attempt.outcome is not Outcome.OK:
        raise CollectError(f"{attempt.outcome}: {attempt.cause}", attempt.outcome)
    return frame((HOST, *asked.COLUMNS), [{"host": host, **row} for row in attempt.rows])


def _ask(
    settings: Settings, host_name: str, name: str, since: str | None, until: str | None
) -> tuple[Collector, Attempt]:
    from collectors import COLLECTORS
    from collectors.asking import Plan, Transports, ask_host

    host = _host(settings, host_name)
    by_name = {collector.NAME: collector for collector in COLLECTORS}
    if name not in by_name:
        right = f"it would be one of {', '.join(by_name)}"
        raise SettingsError(Fault("show", "", f"no collector {name!r}", right))
    now = datetime.now(UTC)
    to_at = _time(until, now, "--until") if until else now
    from_at = _time(since or "24h", now, "--since")
    if from_at >= to_at:
        raise SettingsError(Fault("show", "--since", f"{from_at} is not before {to_at}"))
    plan = Plan((by_name[name],), from_at, to_at, options_of(settings), access=access(settings))
    transports = Transports(plan.access)
    transports.prepare([host])
    for warning in transports.warnings:
        sys.stderr.write(visible(warning) + "\n")
    return by_name[name], ask_host(host, plan, transports).attempts[name]


def trust(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Show a host's key and accept it, asked or by its fingerprint, into params/known_hosts."""
    from collectors.transports import trusting

    host = _host(settings, options.host, or_as_named=True)
    if host.transport != "ssh":
        raise SettingsError(
            Fault("trust", host.name, f"is reached by {host.transport}, which has no host key")
        )
    offered = trusting.keys_of(host, access(settings), TRUST_SECONDS)
    path = settings.params / "known_hosts"
    chosen = offered[:1]
    if options.fingerprint:
        chosen = tuple(key for key in offered if key.fingerprint == options.fingerprint)
        if not chosen:
            shown = ", ".join(f"{key.kind} {key.fingerprint}" for key in offered)
            raise SettingsError(
                Fault(
                    "trust", host.name, f"does not show {options.fingerprint}", f"it shows {shown}"
                )
            )
    else:
        console.say(
            f"{host.name} ({chosen[0].name}) shows {chosen[0].kind} {chosen[0].fingerprint}"
        )
        console.say("Compare it with what the server itself says:")
        console.say("  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
        if not sys.stdin.isatty():
            raise SettingsError(
                Fault("trust", host.name, "nobody to ask", "it would be given as --fingerprint")
            )
        if input("Accept this key? [yes/no] ").strip().lower() not in ("y", "yes"):
            console.say("Not accepted.")
            return EXIT_NOT_OK
    trusting.accept(path, chosen[0])
    console.say(
        f"Accepted {chosen[0].kind} {chosen[0].fingerprint} for {chosen[0].name} in {path}."
    )
    return 0


def columns() -> int:
    """Print every frame's columns from the collectors' own definitions."""
    from collectors.frames import FRAMES

    for name, definition in FRAMES.items():
        sys.stdout.write(f"{name}\n")
        for column in definition:
            line = f"  {column.name:<22}{column.dtype:<22}{column.unit:<6}{column.meaning}"
            sys.stdout.write(line.rstrip() + "\n")
    return 0


def _host(settings: Settings, name: str, or_as_named: bool = False) -> Host:
    """Return a host of the fleet; with `or_as_named` also one that only ssh knows (a jump host)."""
    from collectors.fleet import Host

    assert settings.fleet is not None
    for host in settings.fleet.hosts:
        if host.name == name:
            return host
    if or_as_named:
        return Host(name=name)
    shown = ", ".join(host.name for host in settings.fleet.hosts[:10])
    raise SettingsError(
        Fault(str(settings.fleet.source), "", f"no host {name!r}", f"hosts: {shown}")
    )


def _time(text: str, now: datetime, option: str) -> datetime:
    if found := SPAN.fullmatch(text.strip()):
        return now - timedelta(**{UNITS[found[2]]: int(found[1])})
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        right = "it would be like 2026-11-23T05:00:00Z, 2026-11-23 or 24h"
        raise SettingsError(Fault("show", option, f"{text!r} is no time", right)) from None
    return at.astimezone(UTC)


def printed(names: Sequence[str], rows: Sequence[Row], form: str) -> None:
    """Print rows as a table, as JSON or as CSV."""
    {"json": _as_json, "csv": _as_csv, "table": _as_table}[form](names, rows)


def _as_json(names: Sequence[str], rows: Iterable[Row]) -> None:
    found = [{name: _plain(row.get(name)) for name in names} for row in rows]
    json.dump(found, sys.stdout, indent=1, ensure_ascii=True)
    sys.stdout.write("\n")


def _as_csv(names: Sequence[str], rows: Iterable[Row]) -> None:
    import csv

    writer = csv.writer(sys.stdout)
    writer.writerow(names)
    writer.writerows([_csv_cell(row.get(name)) for name in names] for row in rows)


def _csv_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula, and that stands on one line."""
    plain = _plain(value)
    if not isinstance(plain, str):
        return "" if plain is None else plain
    shown = visible(plain)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def _as_table(names: Sequence[str], rows: Sequence[Row]) -> None:
    from rich import box
    from rich.console import Console as Terminal
    from rich.table import Table
    from rich.text import Text

    used = [name for name in names if any(row.get(name) is not None for row in rows)] or names
    table = Table(box=box.SIMPLE_HEAD)
    for name in used:
        table.add_column(name, no_wrap=True)
    for row in rows:
        cells = ["–" if row.get(name) is None else str(_plain(row[name])) for name in used]
        table.add_row(*(Text(visible(cell)) for cell in cells))
    # As wide as its cells: a line that the terminal wraps can be read, a column of single
    # letters cannot.
    widest = Terminal(width=WIDEST).measure(table).maximum
    terminal = Terminal(highlight=False, width=max(widest, 40))
    terminal.print(table, crop=False, no_wrap=True)
    terminal.print(Text(f"{len(rows)} row{'' if len(rows) == 1 else 's'}"))


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: times as ISO 8601 with Z, NA as null."""
    if isinstance(value, datetime):
        at = value.astimezone(UTC)
        return at.isoformat(timespec="microseconds" if at.microsecond else "seconds").replace(
            "+00:00", "Z"
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return value
