"""What the day is summed up in: findings, key figures and gaps, for pages, mail and terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning"]


@dataclass(frozen=True)
class Finding:
    """Something a person must act on.

    question: what it answers on page 1 ("Broken", "Logins", "Filling"). subject: the host
    (or "3 hosts"). sentence: what a person would say, without the subject. value and bound:
    what was measured and the threshold it met, where there is one. section: the page that
    shows more ("servers", "disks", "logins", "uptime", "coverage").
    """

    severity: Severity
    question: str
    subject: str
    hosts: tuple[str, ...]
    sentence: str
    section: str
    value: float | None = None
    bound: float | None = None


@dataclass(frozen=True)
class KeyFigure:
    """One of the figures at the head: "56" "of 60"; `mark` is the worst finding behind it."""

    label: str
    value: str
    unit: str
    note: str
    mark: str


@dataclass(frozen=True)
class Unread:
    """Hosts of which something could not be read for one and the same cause."""

    hosts: tuple[str, ...]
    what: str
    outcome: str
    cause: str


@dataclass(frozen=True)
class Summary:
    """The day in words and figures: what page 1, the mail and the terminal say.

    hosts, hosts_read, hosts_partial: hosts listed, with at least one ok outcome, and with
    some but not all outcomes good. coverage_percent: hosts_read ÷ hosts.
    """

    headline: str
    lead: str
    figures: tuple[KeyFigure, ...]
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    hosts: int
    hosts_read: int
    hosts_partial: int
    coverage_percent: float
