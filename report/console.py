"""What a run says: on a terminal with progress by host, elsewhere in plain dated lines.

Everything said also goes to the day's run.log. What servers and users are called is data:
no line of it can move the cursor, colour the screen or begin a line of its own.
"""

from __future__ import annotations

import logging
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from collectors.asking import HostResult
from report.files import writing

log = logging.getLogger("report")
WIDEST_CAUSE = 160


def visible(text: str) -> str:
    """Return text with everything that is not plainly printed as a visible escape."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "replace").decode("ascii")
        for char in text
        if char == " " or unicodedata.category(char) != "Cs"
    )


class _Visible(logging.Formatter):
    """One record, one line, whatever is in it."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))


class Console:
    """Where a command says what it does. quiet: nothing but what makes the run fail."""

    def __init__(self, quiet: bool, debug: bool) -> None:
        self.quiet = quiet
        self.debug = debug
        self.terminal = sys.stderr is not None and sys.stderr.isatty() and not quiet
        for name in ("report", "collectors"):
            logger = logging.getLogger(name)
            logger.setLevel(logging.DEBUG if debug else logging.INFO)
            # Without any handler Python itself prints warnings, a second time.
            logger.addHandler(logging.NullHandler())
        if debug:
            logging.basicConfig(format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)

    def say(self, line: str = "") -> None:
        """Say one line to the person, and to run.log."""
        text = visible(line)
        if text:
            log.info("%s", text)
        if not self.quiet:
            _write(sys.stdout, f"{text}\n")

    def fail(self, line: str) -> None:
        """Say what makes the run fail, on standard error, in quiet runs too."""
        for one in line.splitlines():
            log.error("%s", one)
            _write(sys.stderr, f"infra-report: {visible(one)}\n")

    def detail(self, line: str) -> None:
        """Note in run.log alone what a person need not see pass by."""
        log.info("%s", visible(line))

    def warn(self, line: str) -> None:
        """Note what is amiss and yet makes no run fail: as a stage, and as a warning in run.log."""
        self.stage(line, logging.WARNING)

    def stage(self, line: str, level: int = logging.INFO) -> None:
        """Note a stage on standard error, dated where that is no terminal, and in run.log."""
        log.log(level, "%s", visible(line))
        if not self.quiet:
            _write(sys.stderr, f"{'' if self.terminal else _now() + ' '}{visible(line)}\n")

    @contextmanager
    def progress(self, hosts: int) -> Iterator[Callable[[HostResult], None]]:
        """Yield a function that takes each host as it is done."""
        if not self.terminal or hosts < 2:
            yield self._line
            return
        from rich.console import Console as Terminal
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.text import Text

        bar = Progress(
            TextColumn("Reading servers"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Terminal(stderr=True, highlight=False),
            transient=True,
        )
        with bar:
            task = bar.add_task("", total=hosts)

            def advance(result: HostResult) -> None:
                bar.advance(task)
                self._note(result)
                for line in _failures(result):
                    bar.console.print(Text(visible(line)), soft_wrap=True)

            yield advance

    def _line(self, result: HostResult) -> None:
        self._note(result)
        if self.quiet:
            return
        for line in _failures(result) or [f"{result.host.name}: read in {result.seconds:.1f} s"]:
            _write(sys.stderr, f"{_now()} {visible(line)}\n")

    def _note(self, result: HostResult) -> None:
        outcomes = ", ".join(f"{name} {one.outcome}" for name, one in result.attempts.items())
        log.info("%s: %s, %.1f s", result.host.name, outcomes, result.seconds)
        for line in _failures(result):
            log.warning("%s", line)


@contextmanager
def run_log(folder: Path) -> Iterator[None]:
    """Write what is logged meanwhile to the day's run.log."""
    with writing(folder):
        folder.mkdir(mode=0o750, exist_ok=True)
        handler = logging.FileHandler(folder / "run.log", encoding="utf-8")
    handler.setFormatter(_Visible("%(asctime)s %(levelname)-7s %(message)s"))
    ours = (logging.getLogger("report"), logging.getLogger("collectors"))
    for logger in ours:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in ours:
            logger.removeHandler(handler)
        handler.close()


def _write(stream: TextIO | None, text: str) -> None:
    """Write to a person; that nobody listens, or with few letters, is no reason to end a run."""
    if stream is None:  # closed before we began
        return
    encoding = stream.encoding or "ascii"
    with suppress(OSError, ValueError):
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()


def _failures(result: HostResult) -> list[str]:
    """Return a line for each cause; one line when everything failed for the same."""
    causes: dict[tuple[str, str], list[str]] = {}
    for name, one in result.failures.items():
        causes.setdefault((str(one.outcome), one.cause[:WIDEST_CAUSE]), []).append(name)
    return [
        f"{result.host.name}: "
        + ("" if len(names) == len(result.attempts) else f"{', '.join(names)}: ")
        + f"{outcome.replace('_', ' ')}: {cause}"
        for (outcome, cause), names in causes.items()
    ]


def _now() -> str:
    from datetime import datetime

    return f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"
