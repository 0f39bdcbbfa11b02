"""The demo on disk: settings, a day folder for each day, and the truth beside them.

A day is what its servers print, put where a replay finds it, and then read by the same
collectors as any other day: nothing here makes a frame.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from collectors import keeping
from collectors.errors import Fault, SettingsError
from report import __version__, derived, history, store
from report.console import Console
from report.demo import organisation, settings
from report.demo.chapters import tell
from report.demo.printing import printed
from report.demo.story import Story, days_between
from report.demo.visit import Visit
from report.files import writing
from report.loading import load_settings
from report.replaying import replay
from report.settings import Settings

# When the report runs, in the organisation's time zone.
RUNS_AT = time(6, 0)
FIRST_YEAR, LAST_YEAR = 2000, 2100
# For the last days alone: it takes the longest, and is made when an older day is rendered.
SCORED_DAYS = 3
# A process takes about a second to begin.
DAYS_A_PROCESS = 15
MOST_PROCESSES = 8


def demo(options: argparse.Namespace, console: Console) -> int:
    """Write the demo into a folder that is empty or not there; return the exit code."""
    folder: Path = options.folder
    _check(options)
    story = tell(options.seed, options.hosts, options.days, options.until)
    with writing(folder):
        settings.write(folder / "params", story)
        (folder / "output").mkdir(mode=0o700, parents=True)
    words = (folder, options.seed, options.hosts, options.days, options.until)
    write_days(Making(*words), console)
    with writing(folder):
        (folder / "truth.json").write_text(json.dumps(truth(story, options), indent=1) + "\n")
    console.say(f"Made {options.days} days of {options.hosts} servers in {folder}.")
    console.say(f"infra-report render --params {folder}/params --output {folder}/output")
    return 0


def _check(options: argparse.Namespace) -> None:
    faults = []
    fewest, most = organisation.FEWEST, organisation.MOST
    if not fewest <= options.hosts <= most:
        faults.append(
            Fault("--hosts", "", f"is {options.hosts}", f"it would be {fewest} to {most}")
        )
    if not 5 <= options.days <= 400:
        faults.append(Fault("--days", "", f"is {options.days}", "it would be 5 to 400"))
    if not FIRST_YEAR < options.until.year < LAST_YEAR:
        right = f"a year between {FIRST_YEAR} and {LAST_YEAR}"
        faults.append(Fault("--until", "", f"is {options.until}", right))
    if options.folder.exists() and not (options.folder.is_dir() and _is_empty(options.folder)):
        right = "name one that is empty or not there"
        faults.append(Fault(str(options.folder), "", "exists and is no empty folder", right))
    if faults:
        raise SettingsError(*faults)


def _is_empty(folder: Path) -> bool:
    with writing(folder):
        return not any(folder.iterdir())


def truth(story: Story, options: argparse.Namespace) -> dict[str, Any]:
    """Return what was planted, as truth.json has it."""
    return {
        "seed": story.seed,
        "hosts": options.hosts,
        "days": options.days,
        "first_day": str(story.first),
        "last_day": str(story.last),
        "best_day": str(story.best),
        "worst_day": str(story.last),
        "planted": [
            {key: str(value) if isinstance(value, date) else value
             for key, value in asdict(plant).items()}
            for plant in story.plants
        ],
    }  # fmt: skip


def write_days(made: Making, console: Console) -> None:
    """Write every day's folder; what servers printed stays for the last days alone.

    A snapshot does not depend on the day before, so with many days each processor takes its
    share. What is derived of a day does: it follows in order, as the snapshots come.
    """
    days = days_between(made.story.first, made.story.last)
    workers = min(os.cpu_count() or 1, len(days) // DAYS_A_PROCESS, MOST_PROCESSES)
    with ExitStack() as stack:
        stack.enter_context(history.remembering())
        done: Iterable[date] = map(made.write, days)
        if workers > 1:
            pool = ProcessPoolExecutor(
                workers, get_context("spawn"), initializer=_start, initargs=(made.words,)
            )
            done = stack.enter_context(pool).map(_write, days, chunksize=3)
        for number, day in enumerate(done):
            if number % 30 == 0:
                console.stage(f"making the days from {day}")
            late = (days[-1] - day).days < SCORED_DAYS
            derived.save(store.load(made.known.output, day), scored=late)


class Making:
    """A story on its way to disk. words: what it takes to tell it again in another process."""

    def __init__(self, folder: Path, seed: int, hosts: int, days: int, until: date) -> None:
        self.words = (folder, seed, hosts, days, until)
        self.story = tell(seed, hosts, days, until)
        self.known = load_settings(folder / "params", folder / "output")
        # Within a process one host at a time: it is computing alone.
        alone = self.known.daily.collect.model_copy(update={"concurrency": 1})
        daily = self.known.daily.model_copy(update={"collect": alone})
        self.known = replace(self.known, daily=daily)

    def write(self, day: date) -> date:
        """Write a day's folder; return the day."""
        write_day(self.story, self.known, day, Console(quiet=True, debug=False))
        if (self.story.last - day).days >= self.known.daily.retention.raw_days:
            shutil.rmtree(store.day_folder(self.known.output, day) / "raw")
        return day


_here: list[Making] = []  # in a process of the pool: its own


def _start(words: tuple[Path, int, int, int, date]) -> None:
    _here[:] = [Making(*words)]


def _write(day: date) -> date:
    return _here[0].write(day)


def write_day(story: Story, known: Settings, day: date, console: Console) -> None:
    """Put a day's output where a replay finds it, and let it be read."""
    from_at, to_at = period(day, story.first)
    collectors = [one.NAME for one in known.daily.collect.collectors]
    with tempfile.TemporaryDirectory(dir=known.output, prefix=".demo.") as made:
        raw = Path(made)
        hosts: dict[str, Any] = {}
        for number, server in enumerate(story.present(day)):
            at = to_at + timedelta(seconds=2 + number * 0.37)
            absence = story.absences.get((server.name, day))
            hosts[server.name] = settings.kept(server, at, absence)
            if absence is None:
                visit = Visit(story, server, day, from_at, to_at, at)
                (raw / f"{server.name}.txt").write_bytes(printed(visit, ["hosts", *collectors]))
        info = _info(known, day, (from_at, to_at), len(hosts))
        asked = {"hosts": hosts, "past": False, "filled": False, "snapshot": info}
        (raw / keeping.NAME).write_text(json.dumps(asked))
        replay(known, raw, console, derive=False)


def period(day: date, first: date) -> tuple[datetime, datetime]:
    """Return the report's period of a day, in UTC."""
    zone = ZoneInfo(organisation.ZONE)
    end = datetime.combine(day, RUNS_AT, zone).astimezone(UTC)
    if day == first:
        return end - timedelta(days=1), end
    return datetime.combine(day - timedelta(days=1), RUNS_AT, zone).astimezone(UTC), end


def _info(
    known: Settings, day: date, span: tuple[datetime, datetime], hosts: int
) -> Mapping[str, Any]:
    daily = known.daily
    return store.Info(
        version=__version__,
        report_date=day,
        from_at=span[0],
        to_at=span[1],
        started_at=span[1],
        finished_at=span[1] + timedelta(seconds=5 + hosts * 0.37),
        time_zone=daily.zone_name,
        title=daily.title,
        organisation=daily.organisation,
        classification=daily.classification,
        sections=list(daily.sections),
        availability_target=daily.availability_target,
        thresholds=daily.thresholds,
        coverage_minimum_percent=daily.coverage.minimum_percent,
        fleet="fleet.yaml",
        scopes=dict(known.scopes),
        silences=list(known.silences),
    ).model_dump(mode="json")
