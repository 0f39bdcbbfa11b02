"""What rules share: whom a finding names, and how bad a value is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from report.contract import Severity
from report.thresholds import DaysLeft, Limit
from report.trail import RANK
from report.words import is_missing, plural

SEVERITIES: tuple[Severity, ...] = ("critical", "warning")
NAMED = 3  # so many hosts are named in a sentence; more are counted


def severity_of(value: Any, limit: Limit, was: str = "") -> Severity | Literal[""]:
    """Return how bad a value is; "" below the limit, or where it is not known.

    was: how bad it was the day before: what was told is told until it is well below the bound.
    """
    if is_missing(value):
        return ""
    for severity in SEVERITIES:
        if value >= getattr(limit, severity) - _held(severity, was, limit):
            return severity
    return ""


def days_severity(left: Any, limit: DaysLeft, was: str = "") -> Severity | Literal[""]:
    """Return how bad it is that so many days are left."""
    if is_missing(left):
        return ""
    for severity in SEVERITIES:
        if left <= getattr(limit, severity) + _held(severity, was, limit):
            return severity
    return ""


def _held(severity: Severity, was: str, limit: Limit | DaysLeft) -> float:
    return limit.hysteresis if RANK.get(was, 0) >= RANK[severity] else 0.0


def bound_of(severity: str, limit: Limit | DaysLeft) -> float:
    """Return the bound that a value of that severity met, or is held by."""
    return limit.critical if severity == "critical" else limit.warning


def kept(value: float, severity: str, limit: Limit) -> str:
    """Return why a value below its bound is a finding still; "" where it is not below."""
    bound = bound_of(severity, limit)
    if value >= bound:
        return ""
    return f"it was at {bound:g} and is told until it is below {bound - limit.hysteresis:g}"


def each_or_all(hosts: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Return a few hosts one by one, many together: they have one cause, as a rule."""
    if len(hosts) <= NAMED:
        return [(host,) for host in hosts]
    return [tuple(hosts)]


def subject(hosts: Sequence[str]) -> str:
    return hosts[0] if len(hosts) == 1 else plural(len(hosts), "host")
