"""The day: collect → snapshot → render → mail, and each of its steps alone.

What a kill leaves behind is finished by the next run: a day that was collected in order to
be sent is noted as due before anything else, and goes out once, however often it is tried.
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from datetime import date
from pathlib import Path

from collectors.errors import Fault, SettingsError
from report import delivery, store
from report.backlog import catch_up
from report.console import Console
from report.editions import editions, place, places
from report.errors import (
    EXIT_NOT_DELIVERED,
    EXIT_OK,
    DeliveryError,
    DocumentError,
    NoSnapshot,
)
from report.retention import prune
from report.session import Run, running
from report.settings import Settings
from report.steps import (
    check_coverage,
    collected,
    documents,
    new_kernel,
    send_out,
    view_of,
)
from report.telling import shown


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
            catch_up(run)
            _tidy(run)
        return run.exit_code


def collect(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Read the servers, or what is kept of that, and save the day's snapshot."""
    from report.findings import summarise
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
        day = replay(settings, options.replay, console) if options.replay else collected(run)
        console.say(f"Saved {shown(day.folder / 'data')}.")
        check_coverage(run, day, summarise(view_of(day, {})))
        return run.exit_code


def render(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Make the documents of a day's snapshot, of the latest without a day."""
    options.date = options.date or next(reversed(store.days(settings.output)), None)
    with running(settings, options, console) as run:
        with new_kernel(run) as kernel:
            with suppress(DocumentError):  # said by documents()
                kernel.start()  # it gets ready meanwhile
            documents(run, store.load(settings.output, options.date), kernel)
        return run.exit_code


def send(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Deliver what waits, oldest first; with a day, that day's report as it was made."""
    with running(settings, options, console) as run:
        if options.date is None and not (options.to or options.resend):
            waiting = delivery.pending(settings.output)
            if not waiting:
                console.say("Nothing waits to be delivered.")
            for folder in waiting:
                send_out(run, folder)
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
        for one in [folder] if options.to else places([folder]):
            if one == folder or delivery.state(one) not in ("", "due"):
                send_out(run, one)
        return run.exit_code


def _make_today(run: Run) -> None:
    """Collect, render and send, once; what a kill left half sent is sent as it was."""
    options, state = run.options, delivery.state(run.folder)
    if options.parameters:
        from report.document import check_parameters

        check_parameters(dict(options.parameters))  # before any server is asked
        _check_groups(run)
    if state in ("sending", "delivered") and options.send is False:
        run.console.say(f"The report of {run.day} is already {state}; it stays as it is.")
        return
    if state == "sending" or (state == "delivered" and (options.resend or options.to)):
        send_out(run, run.folder)
        return
    if state == "delivered":
        run.console.say(f"The report of {run.day} is already delivered (--resend sends it again).")
        return
    # A look at a part of the fleet is no day's report, unless that is asked for.
    known = store.read_info(run.settings.output, run.day)
    limited = bool(options.limit) and (known is None or bool(known.limit))
    send = _will_send(run, usually=not limited)
    if send:
        for folder in (run.folder, *_parts(run)):
            delivery.note_due(folder)
    with new_kernel(run) as kernel:
        day = collected(run, kernel.start)
        fit = documents(run, day, kernel, to_send=send)
    if fit and (send or options.to):
        if send:
            delivery.prepare(run.folder, run.settings)
        send_out(run, run.folder)


def _check_groups(run: Run) -> None:
    """Refuse a group that no host is in, which the snapshot would tell only after the wait."""
    fleet = run.settings.fleet
    if fleet is None or (fleet.limit and run.day in store.days(run.settings.output)):
        return  # what is there already may have others
    known = {group: None for host in (*fleet.hosts, *fleet.left_out) for group in host.groups}
    wrong = [one for one in dict(run.options.parameters).get("groups") or [] if one not in known]
    if wrong:
        right = f"groups with hosts: {', '.join(known) or 'none'}"
        said = f"no host is in group {', '.join(map(repr, wrong))}"
        raise SettingsError(Fault("-p", "groups", said, right))


def _make_again(run: Run) -> None:
    """Make a past day's documents from its snapshot; send them only when that is asked for."""
    if run.options.limit:
        right = "its snapshot is rendered whole; -p 'groups=[web]' shows some of it"
        raise SettingsError(Fault("--limit", "", "does not go with a day that was read", right))
    day = store.load(run.settings.output, run.day)
    send = _will_send(run, usually=False)
    # What a parameter narrows is no day's report, and its editions are not asked for.
    parts = _parts(run) if send and not run.options.parameters else []
    for part in parts:
        delivery.note_due(part)
    with new_kernel(run) as kernel:
        fit = documents(run, day, kernel, to_send=send)
    if fit and run.options.to:
        send_out(run, run.folder)
    elif fit and send:
        if not delivery.state(run.folder):
            delivery.prepare(run.folder, run.settings)
        send_out(run, run.folder)
    catch_up(run, parts)


def _parts(run: Run) -> list[Path]:
    """Return the folders of the day's editions."""
    return [place(run.folder, one) for one in editions(run.settings)]


def _will_send(run: Run, usually: bool) -> bool:
    send, only_to = getattr(run.options, "send", None), getattr(run.options, "to", None)
    wanted = usually if send is None else send
    return bool(wanted and run.settings.mail.smtp and not only_to)


def _tidy(run: Run) -> None:
    retention = run.settings.daily.retention
    removed = prune(run.settings.output, run.today, retention, delivery.keeps)
    if removed:
        run.console.say(f"Removed what is older than {retention.days} days: {', '.join(removed)}.")
