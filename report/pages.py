"""What the notebook calls: `open_day`, then a function for each section.

A section that the day's settings leave out shows nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from markupsafe import Markup

from report import store
from report.errors import NoSnapshot
from report.markup import Page, infra
from report.narrowing import narrowed
from report.reading import View, view
from report.sections import access as access_section
from report.sections import coverage as coverage_section
from report.sections import disks as disks_section
from report.sections import health as health_section
from report.sections import logins as logins_section
from report.sections import made as made_section
from report.sections import servers as servers_section
from report.sections import today as today_section
from report.sections import trends as trends_section
from report.sections import upkeep as upkeep_section
from report.sections import uptime as uptime_section
from report.settings import ROOT
from report.store import Day

CSS = Path(__file__).parent / "templates" / "infra" / "report.css"


class OneSentence(Exception):
    """An error that a notebook shows as its sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class NoDay(OneSentence, NoSnapshot):
    """There is no snapshot for the day that was asked for."""


class WrongParameter(OneSentence, ValueError):
    """A parameter's value is none that the report can use."""


class WrongType(OneSentence, TypeError):
    """A parameter is of another type than it has to be."""


def open_day(report_date: str = "", groups: Iterable[str] = (), output_dir: str = "") -> View:
    """Return a day's snapshot, narrowed to the hosts in these groups.

    report_date: YYYY-MM-DD, the latest day when empty. output_dir: INFRA_REPORT_OUTPUT or
    the project's output/ when empty. Raises NoSnapshot, and ValueError or TypeError for
    parameters that do not fit.
    """
    if isinstance(groups, str) or not all(isinstance(group, str) for group in groups):
        raise WrongType(f"groups is {groups!r}; it would be a list like ['web', 'db']")
    try:
        day = date.fromisoformat(report_date) if report_date else None
    except (TypeError, ValueError):
        raise WrongParameter(
            f"report_date is {report_date!r}; it would be like 2026-11-23"
        ) from None
    output = Path(output_dir or os.environ.get("INFRA_REPORT_OUTPUT") or ROOT / "output")
    try:
        return narrowed(store.load(output.expanduser().absolute(), day), groups)
    except NoSnapshot as error:
        raise NoDay(str(error)) from None
    except ValueError as error:
        raise WrongParameter(str(error)) from None


def looks() -> Page:
    """Return the report's looks, for Jupyter; the documents bring their own."""
    css = re.sub(r"(?ms)^@page \{.*?^\}", "", CSS.read_text())
    return Page(infra(Markup("<style>{}</style>").format(Markup(css))), "The looks")  # noqa: S704


def today(day: Day) -> Page:
    """Return the day on one page."""
    return today_section.page(view(day).shown)


def servers(day: Day) -> Page:
    """Return the fleet, those that are not up, and what runs on them."""
    return _section(day, "servers", servers_section.page)


def disks(day: Day) -> Page:
    """Return the fullest filesystems, how full the fleet is, and the space by group."""
    return _section(day, "disks", disks_section.page)


def logins(day: Day) -> Page:
    """Return accepted and failed logins by hour, users and sources."""
    return _section(day, "logins", logins_section.page)


def uptime(day: Day) -> Page:
    """Return how long servers have run, and which rebooted."""
    return _section(day, "uptime", uptime_section.page)


def health(day: Day) -> Page:
    """Return what servers stand on: storage, kernel, memory, clocks, timers, checks."""
    return _section(day, "health", health_section.page)


def upkeep(day: Day) -> Page:
    """Return updates, what runs out, and backups."""
    return _section(day, "upkeep", upkeep_section.page)


def access(day: Day) -> Page:
    """Return what changed among users, groups, keys, sudo rules and ports, and what is open."""
    return _section(day, "access", access_section.page)


def trends(day: Day) -> Page:
    """Return the last 7, 30 and 90 days: key figures, a calendar, availability by group."""
    return _section(day, "trends", trends_section.page)


def coverage(day: Day) -> Page:
    """Return each collector's outcomes, and what could not be read and why."""
    return coverage_section.page(view(day).shown)


def made(day: Day) -> Page:
    """Return version, period, parameters, limits, and the command that makes it again."""
    return made_section.page(view(day).shown)


def _section(day: Day, key: str, page: Callable[[View], Page]) -> Page:
    if key not in day.info.sections:
        return Page(Markup(), f"{key} is not among the sections of this report")
    return page(view(day).shown)
