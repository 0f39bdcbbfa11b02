"""Pure: who came in on a day, from where and when, as it is kept for the days to come."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from collectors.base import HOST, TEXT, WHOLE, Column, Row, frame
from report.geoip import countries
from report.store import Day
from report.tables import sessions

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)

SEEN = (
    HOST,
    Column("user", TEXT, "", "who came in"),
    Column("source_ip", TEXT, "", "from where"),
    Column("hours", WHOLE, "", "at which hours of the report's day: bit 0 is from 00:00 to 01:00"),
    Column("country", TEXT, "", "where that is, by the file that `geoip` names"),
)
COUNTRIES = (
    HOST,
    Column("source_ip", TEXT, "", "where a login came from, or was tried from"),
    Column("country", TEXT, "", "its country, by the file that `geoip` names"),
)
MOST = 20_000  # sources that are looked up
KEYS = ["host", "user", "source_ip"]


def places(day: Day) -> pd.DataFrame:
    """Return the countries of the day's sources: rows of COUNTRIES; none without `geoip`."""
    if not day.info.geoip or "logins" not in day.frames:
        return frame(COUNTRIES, [])
    sources = day.frames["logins"]["source_ip"].dropna().unique()[:MOST]
    try:
        found = countries(Path(day.info.geoip), map(str, sources))
    except ValueError as error:
        log.warning("countries are not known: %s %s", day.info.geoip, error)
        found = {}
    return frame(COUNTRIES, [Row(source_ip=one, country=name) for one, name in found.items()])


def seen(day: Day, known: pd.DataFrame) -> pd.DataFrame:
    """Return who came in: rows of SEEN. known: the countries, as `places` gives them."""
    if "logins" not in day.frames:
        return frame(SEEN, [])
    logins = sessions(day.frames["logins"])
    here = logins.loc[logins["result"] == "accepted", [*KEYS, "at"]]
    if here.empty:
        return frame(SEEN, [])
    bits = [1 << hour for hour in hours(here["at"], day)]
    once = here.assign(hours=bits).drop_duplicates([*KEYS, "hours"])
    whole = once.groupby(KEYS, dropna=False, sort=False)["hours"].sum().reset_index()
    by_source = dict(zip(known["source_ip"], known["country"], strict=True))
    whole["country"] = whole["source_ip"].map(by_source).astype("string")
    return whole.astype({"hours": "Int64"})


def hours(at: pd.Series, day: Day) -> pd.Series:
    """Return the hour of the day, in the report's time zone."""
    found: pd.Series = at.dt.tz_convert(day.info.time_zone).dt.hour
    return found
