"""What rules share: whom a finding names, and how bad a value is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from report.contract import Severity
from report.thresholds import Limit
from report.words import is_missing, plural

NAMED = 3  # so many hosts are named in a sentence; more are counted


def severity_of(value: Any, limit: Limit) -> Severity | Literal[""]:
    """Return how bad a value is; "" below the limit, or where it is not known."""
    if is_missing(value) or value < limit.warning:
        return ""
    return "critical" if value >= limit.critical else "warning"


def each_or_all(hosts: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Return a few hosts one by one, many together: they have one cause, as a rule."""
    if len(hosts) <= NAMED:
        return [(host,) for host in hosts]
    return [tuple(hosts)]


def subject(hosts: Sequence[str]) -> str:
    return hosts[0] if len(hosts) == 1 else plural(len(hosts), "host")
