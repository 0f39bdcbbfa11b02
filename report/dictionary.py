"""The data dictionary: every column of every frame, from the definitions that made it."""

from __future__ import annotations

from collectors.frames import FRAMES
from report import derived
from report.cells import Column, Grid
from report.store import Day
from report.words import capital

KINDS = {"string": "text", "Int64": "whole number", "Float64": "number", "boolean": "true or false"}

ABOUT = {
    "hosts": "The hosts listed, and what each said of itself.",
    "outcomes": "How each attempt to read a host ended.",
    "servers": "The state of each host.",
    "disks": "Every mount of every host.",
    "logins": "Every login in the period, sudo and its like too.",
    "uptime": "How long each host has run, and its load.",
    "forecasts": "Which filesystems will be full, and when, at the pace of the days before.",
    "changes": "What changed in ports, users, groups, sudo rules and keys.",
    "compared": "What of that could be held against an earlier snapshot, and what not.",
    "countries": "From which country each source came, by the file that `geoip` names.",
    "unusual": "What is unlike a host's own past, or unlike the others of its group.",
    "score": "What the forecasts of earlier days came to.",
}


def about(name: str) -> str:
    """Return what a frame holds; of a collector's, what that says of itself in its first line."""
    if name in ABOUT:
        return ABOUT[name]
    from collectors import COLLECTORS

    said = next((one.__doc__ for one in COLLECTORS if name == one.NAME), None)
    first = (said or "What the collector found.").strip().partition("\n")[0]
    return capital(first)


def dictionary(day: Day) -> Grid:
    """Return a row for each column of the day's frames: sheet, column, kind, unit, meaning.

    Units are those of the sheet: percentages are shown as such, times in the report's zone.
    """
    rows = [
        (
            name,
            column.name,
            KINDS.get(column.dtype, "time"),
            day.info.time_zone if column.unit == "UTC" else column.unit or None,
            column.meaning,
        )
        for name, columns in {**FRAMES, **derived.FRAMES}.items()
        if name in day.frames
        for column in columns
        if column.name in day.frames[name]
    ]
    columns = (
        Column("Sheet"), Column("Column"), Column("Kind"), Column("Unit"),
        Column("Meaning", "prose"),
    )  # fmt: skip
    return Grid("Data dictionary", columns, rows, "What each column of the sheets below means.")
