"""One run: what it was told, what went wrong so far, and the output directory it holds."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from report import store
from report.console import Console, run_log
from report.errors import EXIT_COVERAGE, EXIT_DOCUMENT, EXIT_NOT_DELIVERED, EXIT_OK
from report.files import writing
from report.lock import run_lock
from report.settings import Settings

# The first of them that happened is the exit code.
PAST = 90  # days that a report looks back on
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
        self.server_gone = False
        self._looked_back = False

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

    def look_back(self) -> None:
        """Say, once, what is to be mended though nothing failed: settings, days that are damaged.

        At the latest in the end; sooner where the run waits for something else anyhow.
        """
        from report.doubts import doubts

        if self._looked_back:
            return
        self._looked_back = True
        for line in doubts(self.settings, self.today):
            self.console.warn(line)
        for day, why in store.damaged(self.settings.output, self.day, PAST).items():
            self.console.warn(
                f"the snapshot of {day} is damaged: {why}; that much of it is not known"
            )


@contextmanager
def running(settings: Settings, options: argparse.Namespace, console: Console) -> Iterator[Run]:
    """Hold the output directory for a run, with its log, and mend what a kill left in it."""
    store.open_output(settings)
    with run_lock(settings.output, shlex.join(options.command)):
        run = Run(settings, options, console, store.utc_now())
        with writing(settings.output):
            for folder in store.day_folders(settings.output):
                store.mend(folder)
        collecting = settings.fleet is not None and run.day == run.today
        with run_log(run.folder if collecting or run.folder.exists() else settings.output):
            yield run
            run.look_back()
