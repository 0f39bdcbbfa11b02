"""`infra-report check`: what would hinder a run, in a table, before it does."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from collectors.errors import Outcome, SettingsError
from report.collection import access, options_of
from report.console import Console, visible
from report.doubts import doubts
from report.errors import DocumentError, OutputError

if TYPE_CHECKING:
    from report.settings import Settings

EXIT_HINDERED = 1
# There is nothing to read: that hinders no run, and the report says it.
IGNORABLE = (Outcome.NO_DATA, Outcome.NOT_APPLICABLE)
LOOK_BACK = timedelta(minutes=15)
FREE_MEGABYTES = 200


@dataclass(frozen=True)
class Check:
    """One thing looked at: whether it is well, what was seen, and how that is marked."""

    what: str
    well: bool
    seen: str
    mark: str = ""


def check(
    options: argparse.Namespace,
    console: Console,
    load: Callable[[argparse.Namespace, Console], Settings],
) -> int:
    """Look at everything a run needs; return 0 when nothing would hinder it."""
    try:
        settings = load(options, console)
    except SettingsError as error:
        _print([Check("settings", False, str(fault)) for fault in error.faults])
        return error.exit_code
    found = [Check("settings", True, f"{settings.params}"), *_all(settings, console)]
    _print([one for one in found if not (console.quiet and one.well)])
    return 0 if all(one.well for one in found) else EXIT_HINDERED


def _all(settings: Settings, console: Console) -> Iterator[Check]:
    for line in doubts(settings, datetime.now(settings.daily.zone).date()):
        yield Check("settings", True, line, "–")
    yield from _output(settings)
    yield from _hosts(settings, console)
    yield from _countries(settings)
    yield _pdf(settings)
    yield _kernel(settings)
    yield from _smtp(settings)


def _output(settings: Settings) -> Iterator[Check]:
    from report.store import open_output

    try:
        folder = open_output(settings)
        probe = folder / f".check-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
        free = shutil.disk_usage(folder).free >> 20
        yield Check("output", free >= FREE_MEGABYTES, f"{folder}, {free:,} MiB free")
    except (OutputError, OSError) as error:
        yield Check("output", False, str(error))


def _hosts(settings: Settings, console: Console) -> Iterator[Check]:
    from collectors.asking import HostResult, Plan
    from collectors.gather import gather

    assert settings.fleet is not None
    now, collectors = datetime.now(UTC), settings.daily.collect.collectors
    plan = Plan(
        collectors,
        now - LOOK_BACK,
        now,
        options_of(settings),
        settings.daily.collect.concurrency,
        access=access(settings),
    )
    results: list[HostResult] = []
    hosts = settings.fleet.hosts
    if console.terminal:
        with console.progress(len(hosts)):
            found = gather(hosts, plan, results.append)
    else:
        found = gather(hosts, plan, results.append)
    for warning in found.warnings:
        yield Check("ssh", True, warning)
    well = 0
    for result in sorted(results, key=lambda one: one.host.name):
        causes = {(one.outcome, one.cause) for one in result.failures.values()}
        # That one thing is not there is no hindrance; that nothing at all came back is.
        blind = [one.outcome for one in result.failures.values()].count(Outcome.NO_DATA) == len(
            collectors
        )
        well += not blind and all(outcome in IGNORABLE for outcome, _ in causes)
        for outcome, cause in sorted(causes):
            names = [
                n
                for n, one in result.failures.items()
                if (one.outcome, one.cause) == (outcome, cause)
            ]
            part = "" if len(names) == len(collectors) else f" {', '.join(names)}"
            said = f"{outcome.replace('_', ' ')}: {cause}"
            yield Check(f"{result.host.name}{part}", outcome in IGNORABLE and not blind, said, "–")
    yield Check("hosts", well == len(results), f"{well} of {len(results)} can be read")


def _countries(settings: Settings) -> Iterator[Check]:
    from report.geoip import opened

    if settings.daily.geoip is None:
        return
    path = settings.root / settings.daily.geoip.expanduser()
    try:
        opened(path)
        yield Check("geoip", True, str(path))
    except ValueError as error:
        yield Check("geoip", False, f"{path} {error}; the report would know no countries")


def _pdf(settings: Settings) -> Check:
    from report.pdf import make_pdf

    limits = settings.daily.pdf
    try:
        made = make_pdf(
            "<p>check</p>", limits.seconds, limits.memory_megabytes, engine=limits.engine
        )
        return Check("PDF engine", True, f"made a page of {len(made):,} bytes")
    except DocumentError as error:
        return Check("PDF engine", False, f"{error}; the HTML would be attached in its place")


def _kernel(settings: Settings) -> Check:
    from report.document import Kernel

    try:
        with Kernel(settings.output) as kernel:
            return Check("notebook kernel", kernel.manager.is_alive(), "starts")
    except DocumentError as error:
        return Check("notebook kernel", False, str(error))


def _smtp(settings: Settings) -> Iterator[Check]:
    from report import delivery

    if settings.mail.smtp is None:
        yield Check("mail", True, "no server is set: mail.eml is written, nothing is sent")
        return
    problems = delivery.check(settings)
    server = f"{settings.mail.smtp.host}:{settings.mail.smtp.real_port}"
    for problem in problems:
        yield Check("mail", False, f"{server}: {problem}")
    if not problems:
        yield Check("mail", True, f"{server} takes our mail")


def _print(found: list[Check]) -> None:
    from rich import box
    from rich.console import Console as Terminal
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for name in ("", "What", "Seen"):
        table.add_column(name, overflow="fold")
    for one in found:
        cells = ((one.mark or "ok") if one.well else "no", one.what, one.seen)
        table.add_row(*(Text(visible(cell)) for cell in cells))
    if found:
        Terminal(highlight=False).print(table)
