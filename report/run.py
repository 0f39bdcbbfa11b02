"""The day: collect → snapshot → render → mail, and each of its steps alone.

What a kill leaves behind is finished by the next run: a day that was collected in order to
be sent is noted as due before anything else, and goes out once, however often it is tried.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors.errors import Fault, SettingsError
from report import delivery, store
from report.console import Console
from report.errors import (
    EXIT_COVERAGE,
    EXIT_DOCUMENT,
    EXIT_NOT_DELIVERED,
    EXIT_OK,
    DeliveryError,
    NoSnapshot,
)
from report.files import writing
from report.retention import prune
from report.session import Run, running
from report.settings import Settings
from report.telling import shown, tell

if TYPE_CHECKING:
    from report.contract import Summary
    from report.document import Kernel


def is_to_collect(settings: Settings, day: date) -> bool:
    """Whether a day's report begins with asking servers: today's, unless it is there."""
    today = store.utc_now().astimezone(settings.daily.zone).date()
    return day == today and day not in store.days(settings.output)


def daily(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Make and send today's report, or make a past day's again; return the exit code."""
    if options.send is False and (options.resend or options.to):
        raise SettingsError(Fault("--no-send", "", "does not go with --resend or --to"))
    with running(settings, options, console) as run:
        if run.day > run.today:
            raise SettingsError(Fault("--date", "", f"{run.day} has not come yet"))
        if not is_to_collect(settings, run.day) and options.date is not None:
            _make_again(run)
        else:
            try:
                _make_today(run)
            except DeliveryError as error:  # its ledger cannot be read
                run.problem(EXIT_NOT_DELIVERED, error)
            _catch_up(run)
            _tidy(run)
        return run.exit_code


def collect(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Read the servers, or what is kept of that, and save the day's snapshot."""
    from report.replaying import replay, replayed_day

    if options.replay:
        if options.limit:
            raise SettingsError(Fault("--limit", "", "does not go with --replay: all is replayed"))
        options.date = replayed_day(options.replay)
    with running(settings, options, console) as run:
        if run.day > run.today:
            raise SettingsError(Fault("--date", "", f"{run.day} has not come yet"))
        again = run.day == run.today or options.replay
        if again and delivery.state(run.folder) in ("sending", "delivered"):
            console.say(f"The report of {run.day} is already delivered; its snapshot stays.")
            return EXIT_OK
        day = replay(settings, options.replay, console) if options.replay else _collected(run)
        console.say(f"Saved {shown(day.folder / 'data')}.")
        _check_coverage(run, day, _summary(day, {}))
        return run.exit_code


def render(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Make the documents of a day's snapshot, of the latest without a day."""
    options.date = options.date or next(reversed(store.days(settings.output)), None)
    with running(settings, options, console) as run:
        day = store.load(settings.output, options.date)
        with _kernel(run) as kernel:
            _documents(run, day, kernel)
        return run.exit_code


def send(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Deliver what waits, oldest first; with a day, that day's report as it was made."""
    with running(settings, options, console) as run:
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
    if options.parameters:
        from report.document import check_parameters

        check_parameters(dict(options.parameters))  # before any server is asked
    if state in ("sending", "delivered") and options.send is False:
        run.console.say(f"The report of {run.day} is already {state}; it stays as it is.")
        return
    if state == "sending" or (state == "delivered" and (options.resend or options.to)):
        _deliver(run, run.folder)
        return
    if state == "delivered":
        run.console.say(f"The report of {run.day} is already delivered (--resend sends it again).")
        return
    # A look at a part of the fleet is no day's report, unless that is asked for.
    known = store.read_info(run.settings.output, run.day)
    limited = bool(options.limit) and (known is None or bool(known.limit))
    send = _will_send(run, usually=not limited)
    if send:
        delivery.note_due(run.folder)
    with _kernel(run) as kernel:
        day = _collected(run, kernel.start)
        fit = _documents(run, day, kernel, to_send=send)
    if fit and (send or options.to):
        if send:
            delivery.prepare(run.folder, run.settings)
        _deliver(run, run.folder)


def _make_again(run: Run) -> None:
    """Make a past day's documents from its snapshot; send them only when that is asked for."""
    day = store.load(run.settings.output, run.day)
    send = _will_send(run, usually=False)
    with _kernel(run) as kernel:
        fit = _documents(run, day, kernel, to_send=send)
    if fit and run.options.to:
        _deliver(run, run.folder)
    elif fit and send:
        if not delivery.state(run.folder):
            delivery.prepare(run.folder, run.settings)
        _deliver(run, run.folder)


def _catch_up(run: Run) -> None:
    """Deliver what earlier days left: made and not sent, or collected and not even made.

    A day that cannot be delivered costs no other day; a server that cannot be reached is not
    asked for every day.
    """
    if run.options.send is False or run.options.to or run.settings.mail.smtp is None:
        return
    for folder in delivery.pending(run.settings.output):
        if folder == run.folder or run.server_gone:
            continue
        try:
            if _ready(run, folder):
                _deliver(run, folder)
        except (NoSnapshot, DeliveryError) as error:
            run.problem(EXIT_NOT_DELIVERED, f"the report of {folder.name} waits: {error}")


def _ready(run: Run, folder: Path) -> bool:
    """Make the report of a day that was collected and not finished; False when nothing was."""
    if delivery.state(folder) != "due":
        return True
    if not store.data_folder(folder).exists():
        delivery.forget(folder)
        run.console.say(f"The run of {folder.name} ended before it had read anything.")
        return False
    day = store.load(run.settings.output, date.fromisoformat(folder.name))
    run.console.say(f"The report of {day.date} was collected and not finished; now it is.")
    with _kernel(run) as kernel:
        if not _documents(run, day, kernel, as_asked=False):
            return False
    delivery.prepare(folder, run.settings)
    return True


def _collected(run: Run, meanwhile: Callable[[], None] = lambda: None) -> store.Day:
    from report.collection import collect as collect_day

    return collect_day(run.settings, run.day, run.now, run.console, meanwhile)


def _documents(
    run: Run, day: store.Day, kernel: Kernel, to_send: bool = False, as_asked: bool = True
) -> bool:
    """Make the documents and the message; say what was found, what not, and what was made.

    to_send: the message is sent next. as_asked: with the parameters of this run, which are
    no other day's. False when a document, read again, differs from the snapshot: no message
    is made of it then, and none may be sent.
    """
    from report.mail import compose
    from report.rendering import render as render_day
    from report.selfcheck import differences

    settings, console = run.settings, run.console
    parameters = dict(getattr(run.options, "parameters", ())) if as_asked else {}
    summary = _summary(day, parameters)  # first: it knows whether there are such groups
    made = render_day(settings, day, kernel, parameters, console)
    for problem in made.problems:
        run.problem(EXIT_DOCUMENT, problem)
    wrong = differences(made.made, summary)
    console.detail("documents read again")
    # What waits for its recipients is not replaced by a narrower look at the same day.
    if not wrong and (not parameters or to_send or not delivery.state(day.folder)):
        message = compose(day, summary, settings, made.attachments, made.without_pdf)
        delivery.write_message(day.folder, message)
    if wrong:
        delivery.withdraw(day.folder)
        for difference in wrong:
            run.problem(EXIT_DOCUMENT, difference)
        run.problem(EXIT_DOCUMENT, f"so no mail is made of the report of {day.date}")
    console.stage("documents made")
    if as_asked:
        tell(settings, day, summary, made.made, console)
        _check_coverage(run, day, summary)
    return not wrong


def _summary(day: store.Day, parameters: Mapping[str, Any]) -> Summary:
    from report.findings import summarise
    from report.reading import narrowed

    groups = parameters.get("groups") or []
    try:
        return summarise(narrowed(day, groups) if groups else day)
    except ValueError as error:
        raise SettingsError(Fault("-p", "groups", str(error))) from None


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
        run.server_gone = run.server_gone or error.server_gone
        run.problem(EXIT_NOT_DELIVERED, error)


def _will_send(run: Run, usually: bool) -> bool:
    send, only_to = getattr(run.options, "send", None), getattr(run.options, "to", None)
    wanted = usually if send is None else send
    return bool(wanted and run.settings.mail.smtp and not only_to)


def _kernel(run: Run) -> Kernel:
    from report.document import Kernel

    cache = run.settings.output / ".cache"
    with writing(cache):
        cache.mkdir(mode=0o700, exist_ok=True)
    return Kernel(cache)


def _tidy(run: Run) -> None:
    retention = run.settings.daily.retention
    removed = prune(run.settings.output, run.today, retention, delivery.waits)
    if removed:
        run.console.say(f"Removed what is older than {retention.days} days: {', '.join(removed)}.")
