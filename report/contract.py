"""What the day is summed up in: findings, key figures and gaps, for pages, mail and terminal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

Severity = Literal["critical", "warning"]
State = Literal["", "new", "worse", "ongoing", "better", "flapping"]


@dataclass(frozen=True)
class Finding:
    """Something a person must act on.

    kind: what it is about, in a word that stays ("disk-full"); object: which one of its host
    ("/var"). question: what it answers on page 1 ("Broken", "Logins", "Filling"). subject: the host
    (or "3 hosts"). sentence: what a person would say, without the subject. value and bound:
    what was measured and the threshold it met, where there is one. section: the page that
    shows more ("servers", "disks", "logins", "coverage" …). collector: whose rows it is made
    of; that of its section by itself. about: the sentence without the hosts' names, where it
    has them. state: how it stands to the days before, "" where there is
    none to compare with, and since when.
    planned: the window of maintenance that it lies in, in words.
    """

    kind: str
    severity: Severity
    question: str
    subject: str
    hosts: tuple[str, ...]
    sentence: str
    section: str
    value: float | None = None
    bound: float | None = None
    object: str = ""
    collector: str = ""
    about: str = ""
    state: State = ""
    since: date | None = None
    planned: str = ""

    @property
    def source(self) -> str:
        """The collector whose rows it is made of."""
        return self.collector or self.section

    @property
    def atoms(self) -> tuple[tuple[str, str, str], ...]:
        """Return what it comes down to, host by host: (host, kind, object), its stable id."""
        return tuple((host, self.kind, self.object) for host in self.hosts)

    @property
    def ids(self) -> tuple[str, ...]:
        """The same as texts, "db03 disk-full /var", as silences.yaml takes them."""
        return tuple(" ".join(filter(None, atom)) for atom in self.atoms)

    @property
    def anchor(self) -> str:
        """The same as one name that a link leads to: "f-" and ten digits, from ids of any kind."""
        said = "\0".join(self.ids).encode("utf-8", "replace")
        return f"f-{hashlib.sha256(said).hexdigest()[:10]}"


@dataclass(frozen=True)
class Silenced:
    """A finding that somebody silences or did, why, and to the end of which day."""

    finding: Finding
    author: str
    reason: str
    until: date


@dataclass(frozen=True)
class Resolved:
    """A finding of the day before that is none today, although it was looked for."""

    subject: str
    hosts: tuple[str, ...]
    question: str
    sentence: str
    since: date


@dataclass(frozen=True)
class Later:
    """A filesystem that will be full, whether it is a finding or not.

    days: about when, earliest and latest the range of it. what: bytes or inodes, whichever are
    used up first; also: the other, where these will be full too. used: % of it now.
    """

    host: str
    mount: str
    days: float
    earliest: float
    latest: float
    what: str = "bytes"
    also: str = ""
    used: float | None = None


@dataclass(frozen=True)
class KeyFigure:
    """One of the figures at the head: "56" "of 60"; `mark` is the worst finding behind it.

    before: what it was on the days before, oldest first, None where it was not known.
    """

    label: str
    value: str
    unit: str
    note: str
    mark: str
    before: tuple[float | None, ...] = ()

    @property
    def amount(self) -> float | None:
        """The value as a number; None where it is not known."""
        return amount(self.value)

    @property
    def change(self) -> float | None:
        """By how much it differs from the day before; None where one of them is not known."""
        last = self.before[-1] if self.before else None
        return None if last is None or self.amount is None else self.amount - last


def amount(value: str) -> float | None:
    """Return "43,312" as a number; None for what is none."""
    try:
        return float(value.replace(",", "").replace("−", "-"))
    except ValueError:
        return None


@dataclass(frozen=True)
class Unread:
    """Hosts of which something could not be read for one and the same cause.

    planned: they were asked in a window of maintenance, which the cause names.
    """

    hosts: tuple[str, ...]
    what: str
    outcome: str
    cause: str
    planned: bool = False


@dataclass(frozen=True)
class Summary:
    """The day in words and figures: what page 1, the mail and the terminal say.

    hosts, hosts_read, hosts_partial: hosts listed, with at least one ok outcome, and with
    some but not all outcomes good. coverage_percent: hosts_read ÷ hosts. resolved: findings of
    the day before that are none today; days_before: how many days today is held against.
    planned: what lies in a window of maintenance; silenced: what somebody knows of. Neither is
    among the findings. ended: those of the findings whose silence ended lately. later: what will
    be full, soonest first. critical_before: how many critical findings there were on each of the
    days before, oldest first.
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
    resolved: tuple[Resolved, ...] = ()
    days_before: int = 0
    planned: tuple[Finding, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    ended: tuple[Silenced, ...] = ()
    later: tuple[Later, ...] = ()
    critical_before: tuple[tuple[date, int], ...] = ()
