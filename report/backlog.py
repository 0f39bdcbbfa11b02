"""What earlier runs left: days and editions that were to be sent, and are not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from collectors.errors import SettingsError
from report import delivery, store
from report.editions import at_place, is_edition
from report.errors import EXIT_DOCUMENT, EXIT_NOT_DELIVERED, DeliveryError, NoSnapshot
from report.ledger import named
from report.session import Run
from report.steps import documents, new_kernel, send_out


def catch_up(run: Run, folders: Iterable[Path] | None = None) -> None:
    """Deliver what earlier days left: made and not sent, or collected and not even made.

    folders: of these days and editions alone.
    A day that cannot be delivered costs no other day; a server that cannot be reached is not
    asked for every day.
    """
    if run.options.send is False or run.options.to or run.settings.mail.smtp is None:
        return
    among = None if folders is None else set(folders)
    for folder in delivery.pending(run.settings.output):
        if among is not None and folder not in among:
            continue
        if folder == run.folder or run.server_gone:
            continue
        try:
            if _ready(run, folder):
                send_out(run, folder)
        except (NoSnapshot, DeliveryError) as error:
            run.problem(EXIT_NOT_DELIVERED, f"the report of {named(folder)} waits: {error}")


def _ready(run: Run, folder: Path) -> bool:
    """Make the report of a day that was collected and not finished; False when nothing was."""
    if delivery.state(folder) != "due":
        return True
    of_day = folder.parent.parent if is_edition(folder) else folder
    if not store.data_folder(of_day).exists():
        delivery.forget(folder)
        run.console.say(f"The run of {named(folder)} ended before it had read anything.")
        return False
    day = store.load(run.settings.output, date.fromisoformat(of_day.name))
    if is_edition(folder):
        return _edition_ready(run, day, folder)
    run.console.say(f"The report of {day.date} was collected and not finished; now it is.")
    with new_kernel(run) as kernel:
        if not documents(run, day, kernel, as_asked=False):
            return False
    delivery.prepare(folder, run.settings)
    return True


def _edition_ready(run: Run, day: store.Day, folder: Path) -> bool:
    """Make a day's edition; False when it is no more to be made."""
    edition = at_place(folder, run.settings)
    if edition is None:
        delivery.forget(folder)
        run.console.say(f"The report of {named(folder)} is let go: mail.yaml names it no more.")
        return False
    try:
        with new_kernel(run) as kernel:
            if not documents(run, day, kernel, as_asked=False, edition=edition):
                return False
    except SettingsError as error:  # the day knows no such group
        delivery.forget(folder)
        run.problem(EXIT_DOCUMENT, f"no report of {named(folder)}: {error}")
        return False
    delivery.prepare(folder, edition.settings)
    return True
