"""The table of ends of life, `end_of_life.csv`; its head says what its columns mean."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from importlib.resources import files

# What may stand in the place of the last day, and the state that it means.
WORDS = {"rolling": "rolling", "open": "supported", "unannounced": "unknown"}
NO_VERSION = "none"


@dataclass(frozen=True)
class Line:
    """One line: `ends_on` is a day, or one of WORDS."""

    id: str
    version: str
    ends_on: date | str
    extended_ends_on: date | None
    extension: str
    as_of: date
    source: str

    def fits(self, version: str) -> bool:
        """Whether it speaks of this version: it, or one that begins with it up to a dot."""
        if self.version.startswith("="):
            return version == self.version[1:]
        return fnmatchcase(version, self.version) or version.startswith(f"{self.version}.")


def _read() -> tuple[date, tuple[Line, ...]]:
    text = files(__package__).joinpath("end_of_life.csv").read_text("utf-8").splitlines()
    issued = next(line for line in text if line.startswith("# issued: "))
    rows = csv.DictReader(line for line in text if not line.startswith("#"))
    return date.fromisoformat(issued.removeprefix("# issued: ")), tuple(
        Line(
            row["id"],
            row["version"],
            row["ends_on"] if row["ends_on"] in WORDS else date.fromisoformat(row["ends_on"]),
            date.fromisoformat(row["extended_ends_on"]) if row["extended_ends_on"] else None,
            row["extension"],
            date.fromisoformat(row["as_of"]),
            row["source"],
        )
        for row in rows
    )


ISSUED, LINES = _read()


def find(os_id: str, version: str | None, lines: Sequence[Line] = LINES) -> Line | None:
    """Return the first line that speaks of this system; None where there is none."""
    said = version or NO_VERSION
    return next((one for one in lines if one.id == os_id and one.fits(said)), None)


def end_of(day: date) -> datetime:
    """Return the last second of a day in UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC)
