"""Windows of maintenance: `maintenance` in fleet.yaml, for all, a group or a host.

    maintenance:
      - {weekly: "sat 22:00-04:00", reason: patches}
      - {weekly: "mon,wed 02:00-03:00", zone: America/New_York, reason: backups}
      - {from: 2026-11-23 20:00, until: 2026-11-24 06:00, reason: new power supply}

Without a zone they are in the report's. An `until` without a time is the end of that day.
What happens to a server in its window is planned: told, but no finding. A server that was
not read then still counts as not read.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, field_validator, model_validator

from collectors.config import Strict

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKLY = re.compile(r"(daily|[a-z]{3}(?:,[a-z]{3})*) +(\d\d?:\d\d) *- *(\d\d?:\d\d)")
RIGHT = "it would be like `sat 22:00-04:00`, `mon,wed 02:00-03:00` or `daily 01:00-01:30`"
WHEN = "it would be like 2026-11-23 22:00"
A_DAY = timedelta(days=1)


class Window(Strict):
    """A span, once or every week, in which what happens to a server is planned."""

    model_config = ConfigDict(populate_by_name=True)

    reason: str = Field(min_length=1, max_length=200)
    weekly: str = ""
    from_: str = Field("", alias="from")
    until: str = ""
    zone: str = ""

    @field_validator("from_", "until", mode="before")
    @classmethod
    def _said(cls, value: Any) -> Any:
        """Take what YAML makes of a time for the text that it was; check that it is one."""
        said = value.isoformat() if isinstance(value, date) else value
        try:
            if said and isinstance(said, str):
                datetime.fromisoformat(said)
        except ValueError:
            raise ValueError(f"{said!r} is no time; {WHEN}") from None
        return said

    @field_validator("weekly")
    @classmethod
    def _every_week(cls, value: str) -> str:
        if value and _parsed(value) is None:
            raise ValueError(f"{value!r} is not understood; {RIGHT}")
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key if value else ""
        except (OSError, ValueError, LookupError):
            raise ValueError(f"is {value!r}; it would be a name like Europe/Amsterdam") from None

    @model_validator(mode="after")
    def _one_of_both(self) -> Window:
        if bool(self.weekly) == bool(self.from_ or self.until):
            raise ValueError("is no window; it would be `weekly`, or `from` and `until`")
        if not self.weekly and not (self.from_ and self.until):
            raise ValueError("has one end only; give `from` and `until`")
        if self.from_:
            zone = ZoneInfo(self.zone or "UTC")
            if _moment(self.until, zone, last=True) <= _moment(self.from_, zone):
                raise ValueError(
                    f"ends before it begins: from {self.from_} until {self.until}; "
                    "`until` would be the later one"
                )
        return self

    def end(self, at: datetime, zone: tzinfo) -> datetime | None:
        """Return when the window that a moment lies in ends; None where it lies in none."""
        zone = ZoneInfo(self.zone) if self.zone else zone
        if not self.weekly:
            begin, end = _moment(self.from_, zone), _moment(self.until, zone, last=True)
            return end if begin <= at < end else None
        parsed = _parsed(self.weekly)
        assert parsed is not None
        days, first, last = parsed
        today = at.astimezone(zone).date()
        for day in (today, today - A_DAY):
            begin = datetime.combine(day, first, zone)
            end = datetime.combine(day if last > first else day + A_DAY, last, zone)
            if day.weekday() in days and begin <= at < end:
                return end
        return None


def _parsed(weekly: str) -> tuple[set[int], time, time] | None:
    found = WEEKLY.fullmatch(weekly.strip().lower())
    if found is None:
        return None
    names = DAYS if found[1] == "daily" else found[1].split(",")
    try:
        first, last = (time.fromisoformat(found[n].zfill(5)) for n in (2, 3))
        return {DAYS.index(name) for name in names}, first, last
    except ValueError:
        return None


def _moment(said: str, zone: tzinfo, last: bool = False) -> datetime:
    at = datetime.fromisoformat(said)
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    return at + A_DAY if last and len(said) == len("2026-11-23") else at
