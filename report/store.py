"""Snapshots on disk: a folder a day, whole or not there.

output/2026-11-23/data/    hosts.parquet, outcomes.parquet, one Parquet file a collector,
                           snapshot.json: the period and the settings they belong to
output/2026-11-23/raw/     what the servers printed, one gzip file a host; asked.json: what
                           it takes to make the same frames of it again
"""

from __future__ import annotations

import grp
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from collectors.config import Strict
from report import intact
from report.branding import Shown
from report.errors import DamagedSnapshot, NoSnapshot, OutputError
from report.files import PART, sync_folder, write_whole, writing
from report.scopes import Told
from report.settings import Settings
from report.silences import Silence
from report.targets import Targets
from report.thresholds import Thresholds

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = 1
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Info(Strict):
    """What a snapshot was taken under, so that it reads the same whenever it is rendered.

    from_at and to_at are the report's period, started_at and finished_at the collection;
    all in UTC. scopes: what fleet.yaml says to the report of some hosts alone.
    silences: those of silences.yaml, the ones that have ended included.
    geoip: the file that countries are read from.
    """

    schema_version: int = SCHEMA
    version: str
    report_date: date
    from_at: datetime
    to_at: datetime
    started_at: datetime
    finished_at: datetime
    time_zone: str
    title: str
    organisation: str
    classification: str
    branding: Shown = Shown()
    sections: list[str]
    thresholds: Thresholds
    coverage_minimum_percent: float
    fleet: str
    limit: str = ""
    scopes: dict[str, Told] = {}
    silences: list[Silence] = []
    geoip: str = ""
    availability_target: Targets = Targets()

    @property
    def foot(self) -> str:
        """What stands at the foot of every page: the classification, and a line of one's own."""
        return " · ".join(filter(None, (self.classification, self.branding.footer)))

    @property
    def zone(self) -> tzinfo:
        """The zone in which the report shows times."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True)
class Day:
    """A day's snapshot, read back: its folder, its circumstances and its frames by name."""

    folder: Path
    info: Info
    frames: Mapping[str, pd.DataFrame]

    @property
    def date(self) -> date:
        """The report's date."""
        return self.info.report_date


def day_folder(output: Path, day: date) -> Path:
    """Return the folder of a day, which need not exist."""
    return output / day.isoformat()


def days(output: Path) -> list[date]:
    """Return the days that have a snapshot, oldest first."""
    return [
        date.fromisoformat(folder.name)
        for folder in day_folders(output)
        if data_folder(folder).exists()
    ]


def day_folders(output: Path) -> list[Path]:
    """Return the folders that are named like a day, oldest first."""
    found = []
    for folder in output.iterdir() if output.is_dir() else ():
        with suppress(ValueError):
            if DAY.fullmatch(folder.name) and date.fromisoformat(folder.name):
                found.append(folder)
    return sorted(found)


def open_output(settings: Settings) -> Path:
    """Make the output folder, readable by its owner and the configured group alone."""
    output = settings.output
    with writing(output):
        output.mkdir(mode=0o700, parents=True, exist_ok=True)
        group = settings.daily.output.group
        if group:
            try:
                os.chown(output, -1, grp.getgrnam(group).gr_gid)
            except KeyError:
                raise OutputError(f"output.group: there is no group {group!r}") from None
            output.chmod(0o2750)
            os.umask(0o027)  # what is written from here on is the group's to read
        elif output.stat().st_uid == os.geteuid():
            output.chmod(0o700)
    return output


def save(
    folder: Path,
    info: Info,
    frames: Mapping[str, pd.DataFrame],
    raw: Mapping[str, bytes],
    add: bool = False,
    asked: Mapping[str, Any] | None = None,
) -> None:
    """Put a day's snapshot in its place, instead of the one that may be there.

    raw: what hosts printed, compressed; it takes the place of what is there, or with `add`
    stands beside it. asked: what a replay of that needs besides `info`.
    """
    new, old, data = folder / "data.new", folder / "data.old", folder / "data"
    with writing(folder):
        folder.mkdir(exist_ok=True)
        mend(folder)
        new.mkdir()
        for name, frame in frames.items():
            frame.to_parquet(new / f"{name}.parquet", index=False)
        write_whole(new / "snapshot.json", info.model_dump_json(indent=1))
        for path in new.iterdir():
            _sync(path)
        sync_folder(new)
        _write_raw(folder / "raw.new", folder / "raw" if add else None, raw)
        kept = {"snapshot": info.model_dump(mode="json"), **(asked or {})}
        write_whole(folder / "raw.new" / "asked.json", json.dumps(kept, indent=1, sort_keys=True))
        if data.exists():
            data.rename(old)
        new.rename(data)
        sync_folder(folder)
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(folder / "raw", ignore_errors=True)
        (folder / "raw.new").rename(folder / "raw")


def load(output: Path, day: date | None = None) -> Day:
    """Return a day's snapshot, the latest without a day.

    Raises NoSnapshot, which names the days there are, and DamagedSnapshot, which names the file.
    """
    there = days(output)
    if not there:
        raise NoSnapshot(f"no day has been collected yet in {output}: run `infra-report daily`")
    if day is not None and day not in there:
        raise NoSnapshot(f"no snapshot of {day}; there are {named(there)}")
    folder = day_folder(output, day or there[-1])
    data = data_folder(folder)
    try:
        info = intact.circumstances(Info, data / "snapshot.json")
        return Day(folder, info, intact.frames(data))
    except DamagedSnapshot as error:
        raise DamagedSnapshot(f"the snapshot in {folder} is damaged: {error}") from None


def damaged(output: Path, before: date, most: int) -> dict[date, str]:
    """Return, of the `most` days before a day, those that are damaged, each with what is wrong."""
    found = {}
    for day in days(output):
        if 0 < (before - day).days <= most:
            data = data_folder(day_folder(output, day))
            try:
                intact.circumstances(Info, data / "snapshot.json")
                intact.check(data)
            except DamagedSnapshot as error:
                found[day] = str(error)
    return found


def named(there: Iterable[date]) -> str:
    """Return days in words: the first and last, and how many; all of them when few."""
    listed = [day.isoformat() for day in there]
    if len(listed) <= 8:
        return ", ".join(listed)
    last = ", ".join(listed[-4:])
    return f"{len(listed)} days from {listed[0]} to {listed[-1]}, the last ones {last}"


def last_end(output: Path, before: date) -> datetime | None:
    """Return when the period of the last report before a day ended."""
    earlier = [day for day in days(output) if day < before]
    info = read_info(output, earlier[-1]) if earlier else None
    return info.to_at if info else None


def next_begin(output: Path, after: date) -> datetime | None:
    """Return when the period of the first report after a day begins."""
    later = [day for day in days(output) if day > after]
    info = read_info(output, later[0]) if later else None
    return info.from_at if info else None


def read_info(output: Path, day: date) -> Info | None:
    """Return what a day's snapshot was taken under, None where that cannot be read."""
    try:
        return intact.circumstances(Info, data_folder(day_folder(output, day)) / "snapshot.json")
    except DamagedSnapshot:
        return None


def data_folder(folder: Path) -> Path:
    """Return where a day's frames lie: a kill between the two renames of `save` left the old."""
    data = folder / "data"
    return data if data.exists() else folder / "data.old"


def _write_raw(new: Path, before: Path | None, raw: Mapping[str, bytes]) -> None:
    """Write what hosts printed; a host that gave nothing this time keeps no older output."""
    if before is not None and before.is_dir():
        shutil.copytree(before, new)
    new.mkdir(exist_ok=True)
    for host, printed in raw.items():
        (new / f"{host}.txt.gz").write_bytes(printed)


def mend(folder: Path) -> None:
    """Finish what a kill left between the two renames of `save`, and drop what it left before.

    Only for the holder of the lock: another run's unfinished files look the same.
    """
    new, old, data = folder / "data.new", folder / "data.old", folder / "data"
    if not data.exists() and old.exists():
        old.rename(data)
    if (folder / "raw.new").exists() and not (folder / "raw").exists():
        (folder / "raw.new").rename(folder / "raw")
    for left in (new, old, folder / "raw.new"):
        shutil.rmtree(left, ignore_errors=True)
    for part in folder.glob(f".*{PART}"):
        part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)
