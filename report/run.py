"""The day: collect → snapshot → render → mail, and each of its steps alone.

What a kill leaves behind is finished by the next run: a day that was collected in order to
be sent is noted as due before anything else, and goes out once, however often it is tried.
"""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from collectors.errors import Fault, SettingsError
from report import delivery, store
from report.console import Console, run_log
from report.errors import (
    EXIT_COVERAGE,
    EXIT_DOCUMENT,
    EXIT_NOT_DELIVERED,
    EXIT_OK,
    DeliveryError,
    NoSnapshot,
)
from report.files import writing
from report.lock import run_lock
from report.settings import Settings

if TYPE_CHECKING:
    from report.contract import Summary
    from report.document import Kernel

MOST_LINES = 8
MARKS = {"critical": "■", "warning": "△"}
CODES = (EXIT_DOCUMENT, EXIT_NOT_DELIVERED, EXIT_COVERAGE)


class Run:
    """One run: the settings, what the caller wants, and what went wrong so far."""

    def __init__(
        self, settings: Settings, options: argparse.Namespace, console: Console, now: datetime
    ) -> None:
        self.settings = settings
        self.options = options
        self.console = console
        self.now = now
        self.today: date = now.astimezone(settings.daily.zone).date()
        self.day: date = getattr(options, "date", None) or self.today
        self.problems: list[int] = []

    @property
    def folder(self) -> Path:
        """The folder of the day."""
        return store.day_folder(self.settings.output, self.day)

    @property
    def exit_code(self) -> int:
        """The first exit code that applies to what happened."""
        return next((code for code in CODES if code in self.problems), EXIT_OK)

    def problem(self, code: int, why: object) -> None:
        """Note what did not end the run, and will be its exit code."""
        self.problems.append(code)
        self.console.fail(str(why))


@contextmanager
def _running(settings: Settings, options: argparse.Namespace, console: Console) -> Iterator[Run]:
    """Hold the output directory for a run, with its log."""
    if os.geteuid() == 0:
        console.stage("running as root: a user of its own with few rights is enough (see README)")
    store.open_output(settings)
    with run_lock(settings.output, shlex.join(options.command)):
        run = Run(settings, options, console, store.utc_now())
        there = run.folder.exists() or run.day == run.today
        with run_log(run.folder if there else settings.output):
            yield run


def daily(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Make and send today's report, or make a past day's again; return the exit code."""
    with _running(settings, options, console) as run:
        if run.day > run.today:
            raise SettingsError(Fault("--date", "", f"{run.day} has not come yet"))
        if run.day < run.today:
            _make_again(run)
        else:
            _make_today(run)
            _catch_up(run)
            _tidy(run)
        return run.exit_code


def collect(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Read the servers, or what is kept of that, and save the day's snapshot."""
    from report.collection import replay, replayed_day

    if options.replay:
        if options.limit:
            raise SettingsError(Fault("--limit", "", "does not go with --replay: all is replayed"))
        options.date = replayed_day(options.replay)
    with _running(settings, options, console) as run:
        if run.day > run.today:
            raise SettingsError(Fault("--date", "", f"{run.day} has not come yet"))
        again = run.day == run.today or options.replay
        if again and delivery.state(run.folder) in ("sending", "delivered"):
            console.say(f"The report of {run.day} is already delivered; its snapshot stays.")
            return EXIT_OK
        day = replay(settings, options.replay, console) if options.replay else _collected(run)
        console.say(f"Saved {_shown(day.folder / 'data')}.")
        _check_coverage(run, day, _summary(run, day))
        return run.exit_code


def render(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Make the documents of a day's snapshot, of the latest without a day."""
    with _running(settings, options, console) as run:
        day = store.load(settings.output, options.date)
        with _kernel(run) as kernel:
            _documents(run, day, kernel)
        return run.exit_code


def send(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Deliver what waits, oldest first; with a day, that day's report as it was made."""
    with _running(settings, options, console) as run:
        if options.date is None and not (options.to or options.resend):
            waiting = delivery.pending(settings.output)
            if not waiting:
                console.say("Nothing waits to be delivered.")
            for folder in waiting:
                _deliver(run, folder)
            return run.exit_code
        day = options.date or next(reversed(store.days(settings.output)), run.today)
        folder = store.day_folder(settings.output, day)
        if not (folder / "mail.eml").exists():
            there = [
                d
                for d in store.days(settings.output)
                if (store.day_folder(settings.output, d) / "mail.eml").exists()
            ]
            known = f"; there are {store.named(there)}" if there else ""
            raise NoSnapshot(f"no report of {day} has been made{known}")
        if not (options.to or delivery.state(folder)):
            delivery.prepare(folder, settings)
        _deliver(run, folder)
        return run.exit_code


def _make_today(run: Run) -> None:
    """Collect, render and send, once; what a kill left half sent is sent as it was."""
    options, state = run.options, delivery.state(run.folder)
    if state == "sending" or (state == "delivered" and (options.resend or options.to)):
        _deliver(run, run.folder)
        return
    if state == "delivered":
        run.console.say(f"The report of {run.day} is already delivered (--resend sends it again).")
        return
    if _will_send(run, usually=True):
        delivery.note_due(run.folder)
    with _kernel(run) as kernel:
        day = _collected(run)
        _documents(run, day, kernel)
    if _will_send(run, usually=True) or options.to:
        _deliver(run, run.folder)


def _make_again(run: Run) -> None:
    """Make a past day's documents from its snapshot; send them only when that is asked for."""
    day = store.load(run.settings.output, run.day)
    with _kernel(run) as kernel:
        _documents(run, day, kernel)
    if run.options.to:
        _deliver(run, run.folder)
    elif _will_send(run, usually=False):
        if not delivery.state(run.folder):
            delivery.prepare(run.folder, run.settings)
        _deliver(run, run.folder)


def _catch_up(run: Run) -> None:
    """Deliver what earlier days left: made and not sent, or collected and not even made."""
    if run.options.send is False or run.options.to or run.settings.mail.smtp is None:
        return
    for folder in delivery.pending(run.settings.output):
        if folder == run.folder or EXIT_NOT_DELIVERED in run.problems:
            continue  # a server that did not take today's takes no other today
        if delivery.state(folder) == "due":
            try:
                day = store.load(run.settings.output, date.fromisoformat(folder.name))
            except NoSnapshot:
                delivery.forget(folder)  # killed before anything was read: nothing to send
                continue
            run.console.say(f"The report of {day.date} was collected and not finished; now it is.")
            with _kernel(run) as kernel:
                _documents(run, day, kernel)
        _deliver(run, folder)


def _collected(run: Run) -> store.Day:
    from report.collection import collect as collect_day

    return collect_day(run.settings, run.day, run.now, run.console)


def _documents(run: Run, day: store.Day, kernel: Kernel) -> None:
    """Make the documents and the message; say what was found, what not, and what was made."""
    from report.mail import compose
    from report.rendering import render as render_day

    settings, console = run.settings, run.console
    parameters = dict(getattr(run.options, "parameters", ()))
    made = render_day(settings, day, kernel, parameters, console)
    for problem in made.problems:
        run.problem(EXIT_DOCUMENT, problem)
    summary = _summary(run, day)
    state = delivery.state(day.folder)
    if state not in ("sending", "delivered"):  # that message is fixed
        message = compose(day, summary, settings, made.attachments, made.without_pdf)
        delivery.write_message(day.folder, message)
        if state:
            delivery.prepare(day.folder, settings)
    console.stage("documents made")
    _tell(run, day, summary, made.made)
    _check_coverage(run, day, summary)


def _summary(run: Run, day: store.Day) -> Summary:
    from report.findings import summarise
    from report.reading import narrowed

    groups = dict(getattr(run.options, "parameters", ())).get("groups") or []
    return summarise(narrowed(day, groups) if groups else day)


def _check_coverage(run: Run, day: store.Day, summary: Summary) -> None:
    least = day.info.coverage_minimum_percent
    if summary.coverage_percent < least:
        run.problem(
            EXIT_COVERAGE,
            f"only {summary.hosts_read} of {summary.hosts} servers were read "
            f"({summary.coverage_percent:.0f} %; coverage.minimum_percent is {least:g})",
        )


def _deliver(run: Run, folder: Path) -> None:
    run.console.stage(f"sending the report of {folder.name}")
    try:
        done = delivery.deliver(
            folder,
            run.settings,
            store.utc_now(),
            resend=run.options.resend,
            only_to=run.options.to or "",
        )
        for line in done.lines:
            run.console.say(line)
    except DeliveryError as error:
        run.problem(EXIT_NOT_DELIVERED, error)


def _will_send(run: Run, usually: bool) -> bool:
    wanted = usually if run.options.send is None else run.options.send
    return bool(wanted and run.settings.mail.smtp and not run.options.to)


def _kernel(run: Run) -> Kernel:
    from report.document import Kernel, check_parameters

    if getattr(run.options, "parameters", ()):
        check_parameters(dict(run.options.parameters))  # before any server is asked
    cache = run.settings.output / ".cache"
    with writing(cache):
        cache.mkdir(mode=0o700, exist_ok=True)
    return Kernel(cache)


def _tidy(run: Run) -> None:
    retention = run.settings.daily.retention
    removed = store.prune(run.settings.output, run.today, retention, delivery.waits)
    if removed:
        run.console.say(f"Removed what is older than {retention.days} days: {', '.join(removed)}.")


def _tell(run: Run, day: store.Day, summary: Summary, made: tuple[Path, ...]) -> None:
    """Say in a few lines what was found, what could not be read, what was made, what is next."""
    say = run.console.say
    say(f"{day.info.title} of {day.date}: {summary.headline}")
    say(summary.lead)
    for one in summary.findings[:MOST_LINES]:
        say(f"  {MARKS[one.severity]} {one.subject}: {one.sentence}")
    if len(summary.findings) > MOST_LINES:
        say(f"  and {len(summary.findings) - MOST_LINES} more in the report")
    for gap in summary.unread[:MOST_LINES]:
        hosts = ", ".join(gap.hosts[:5]) + (" …" if len(gap.hosts) > 5 else "")
        say(f"  – {hosts}: {gap.what} not read: {gap.cause or gap.outcome}")
    names = ", ".join(path.name for path in (*made, day.folder / "mail.eml"))
    say(f"Made in {_shown(day.folder)}: {names}")
    settings = run.settings
    if settings.mail.smtp is None:
        where = _shown(settings.params)
        say(
            f"Next: name your servers in {where}/fleet.yaml and a mail server in {where}/mail.yaml."
        )


def _shown(path: Path) -> str:
    """Return a path as short as it can be typed from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
