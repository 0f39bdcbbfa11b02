"""The steps of a run, each for a day or for one of its editions: collect, documents, mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors.errors import Fault, SettingsError
from report import delivery, store
from report.editions import Edition, place
from report.errors import (
    EXIT_COVERAGE,
    EXIT_DOCUMENT,
    EXIT_NOT_DELIVERED,
    DeliveryError,
    DocumentError,
)
from report.files import writing
from report.ledger import named
from report.session import Run
from report.telling import tell

if TYPE_CHECKING:
    from email.message import EmailMessage

    from report.contract import Summary
    from report.document import Kernel
    from report.reading import View
    from report.rendering import Documents
    from report.settings import Settings


def collected(run: Run, meanwhile: Callable[[], None] = lambda: None) -> store.Day:
    from report.collection import collect as collect_day

    return collect_day(run.settings, run.day, run.now, run.console, meanwhile)


def documents(
    run: Run, day: store.Day, kernel: Kernel, to_send: bool = False, as_asked: bool = True,
    edition: Edition | None = None,
) -> bool:  # fmt: skip
    """Make the documents and the message; say what was found, what not, and what was made.

    to_send: the message is sent next. as_asked: with the parameters of this run, which are
    no other day's. edition: which one is made, in place of the whole. False when a document or
    the message, read again, differs from the snapshot: there is no message then to be sent.
    """
    from report.findings import summarise
    from report.rendering import render as render_day
    from report.selfcheck import differences_of_mail

    settings, console = edition.settings if edition else run.settings, run.console
    folder = place(day.folder, edition) if edition else day.folder
    with suppress(DocumentError):  # it gets ready meanwhile; what hinders it is said below
        kernel.start()
    run.look_back()
    parameters = dict(getattr(run.options, "parameters", ())) if as_asked else {}
    groups = edition.groups if edition else ()
    parameters |= {"groups": list(groups)} if groups else {}
    view = view_of(day, parameters)
    made = render_day(settings, view, kernel, parameters, console, folder)
    summary = summarise(view)
    for problem in made.problems:
        run.problem(EXIT_DOCUMENT, problem)
    wrong = made.differences
    # What waits for its recipients is not replaced by a narrower look at the same day.
    if not wrong and (not parameters or edition or to_send or not delivery.state(day.folder)):
        message = _message(run, day, summary, settings, made, groups)
        wrong = differences_of_mail(message, summary)
        if not wrong and delivery.write_message(folder, message):
            made.made.append(folder / delivery.MESSAGE)
    if wrong:
        delivery.withdraw(folder)
        for difference in wrong:
            run.problem(EXIT_DOCUMENT, difference)
        run.problem(EXIT_DOCUMENT, f"so no mail is made of the report of {named(folder)}")
    console.stage("documents made")
    if as_asked:
        tell(settings, day, summary, made.made, console)
        check_coverage(run, day, summary)
    return not wrong


def _message(
    run: Run, day: store.Day, summary: Summary, settings: Settings, made: Documents,
    groups: Sequence[str],
) -> EmailMessage:  # fmt: skip
    """Return the message; with our own templates, where those of the site are faulty."""
    from report.mail import compose

    try:
        return compose(day, summary, settings, made.attachments, made.without_pdf, groups)
    except DocumentError as error:
        run.problem(EXIT_DOCUMENT, error)
        ours = replace(settings, daily=settings.daily.model_copy(update={"templates": None}))
        return compose(day, summary, ours, made.attachments, made.without_pdf, groups)


def view_of(day: store.Day, parameters: Mapping[str, Any]) -> View:
    """Return the day with the hosts that are asked for. Raises SettingsError for no such group."""
    from report.narrowing import narrowed

    groups = parameters.get("groups") or []
    if not isinstance(groups, list) or not all(isinstance(one, str) for one in groups):
        right = "it would be a list, like -p 'groups=[web, db]'"
        raise SettingsError(Fault("-p", "groups", f"{groups!r} is no list of names", right))
    try:
        return narrowed(day, groups)
    except ValueError as error:
        raise SettingsError(Fault("-p", "groups", str(error))) from None


def check_coverage(run: Run, day: store.Day, summary: Summary) -> None:
    least = day.info.coverage_minimum_percent
    if summary.coverage_percent < least:
        run.problem(
            EXIT_COVERAGE,
            f"only {summary.hosts_read} of {summary.hosts} servers were read "
            f"({summary.coverage_percent:.0f} %; coverage.minimum_percent is {least:g})",
        )


def send_out(run: Run, folder: Path) -> None:
    run.console.stage(f"sending the report of {named(folder)}")
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


def new_kernel(run: Run) -> Kernel:
    from report.document import Kernel

    cache = run.settings.output / ".cache"
    with writing(cache):
        cache.mkdir(mode=0o700, exist_ok=True)
    return Kernel(cache)
