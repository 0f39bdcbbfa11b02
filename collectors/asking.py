"""One host: its probes in one script, what it printed, and the attempts that come of that."""

from __future__ import annotations

import gzip
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from collectors import hosts as facts
from collectors.base import Ask, Collector, Row, checked
from collectors.envelope import TIMED_OUT, Section, unwrap, wrap
from collectors.errors import CollectError, Outcome, ParseError
from collectors.fleet import Host
from collectors.options import merged
from collectors.transports import Access, Printed, Transport, open_transport

log = logging.getLogger(__name__)

LONGEST_CAUSE = 500
# Of one probe, unless its collector says otherwise (MOST_BYTES).
MOST_BYTES = 2_000_000
# Hosts parsed at once: what is parsed takes many times the memory of what was printed.
PARSING = threading.BoundedSemaphore(4)


@dataclass(frozen=True)
class Plan:
    """What is asked, and under which limits.

    past: the time asked about is over, so only what leaves traces can be known.
    skip: (host, collector) pairs that are known already.
    """

    collectors: tuple[Collector, ...]
    from_at: datetime
    to_at: datetime
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    concurrency: int = 50
    cap_bytes: int = 32_000_000
    access: Access = field(default_factory=Access)
    past: bool = False
    skip: frozenset[tuple[str, str]] = frozenset()

    def wants(self, host: Host, collector: Collector) -> bool:
        """Whether this host is to be asked by this collector."""
        known = (host.name, collector.NAME) in self.skip
        return not known and (collector.PAST or not self.past)

    def ask(self, host: Host, collector: Collector) -> Ask:
        """What this collector asks this host."""
        own = host.collectors.get(collector.NAME, {})
        options = merged(self.options.get(collector.NAME, {}), own)
        return Ask(self.from_at, self.to_at, options)


@dataclass(frozen=True)
class Attempt:
    """One host × collector: rows or none, and the outcome."""

    outcome: Outcome
    cause: str = ""
    note: str = ""
    rows: Sequence[Row] = ()
    seconds: float | None = None
    size_bytes: int | None = None
    evidence_from_at: datetime | None = None


@dataclass(frozen=True)
class HostResult:
    """All that came of one host. printed: compressed with gzip; outcome: of the way there."""

    host: Host
    attempts: Mapping[str, Attempt]
    facts: Row
    collected_at: datetime
    seconds: float
    printed: bytes
    outcome: Outcome = Outcome.OK
    cause: str = ""

    @property
    def failures(self) -> dict[str, Attempt]:
        """The attempts that gave less than was asked, by collector."""
        good = (Outcome.OK, Outcome.NOT_APPLICABLE, Outcome.NOT_KNOWABLE)
        return {name: one for name, one in self.attempts.items() if one.outcome not in good}


class Transports:
    """The transports by name, each opened when the first host needs it."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._open: dict[str, Transport | str] = {}

    def prepare(self, hosts: Sequence[Host]) -> None:
        """Open what these hosts need, so that threads only read."""
        for name in {host.transport for host in hosts}:
            try:
                self._open[name] = open_transport(name, self._access)
            except ValueError as error:
                self._open[name] = f"{error} on this machine"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the opened transports have to say of their files."""
        return tuple(
            warning for one in self._open.values() for warning in getattr(one, "warnings", ())
        )

    def run(self, host: Host, script: str, cap_bytes: int) -> Printed:
        """Run the script over the host's own transport."""
        transport = self._open[host.transport]
        if isinstance(transport, str):
            return Printed(outcome=Outcome.COMMAND_FAILED, cause=transport)
        return transport.run(host, script, host.timeout_seconds, cap_bytes)


def ask_host(host: Host, plan: Plan, transports: Transports) -> HostResult:
    """Run one host's probes in one script, and parse what they printed."""
    begun = time.monotonic()
    wanted = [collector for collector in plan.collectors if plan.wants(host, collector)]
    try:
        attempts, about, printed = _asked(host, wanted, plan, transports)
    except Exception as error:  # around a host: its failure is data, whoever's fault it is
        log.debug("%s: our fault", host.name, exc_info=True)
        fault = Attempt(Outcome.COMMAND_FAILED, f"fault of this program: {error!r}"[:LONGEST_CAUSE])
        attempts, about, printed = {c.NAME: fault for c in wanted}, {}, Printed()
    for collector in plan.collectors:
        if collector not in wanted and (host.name, collector.NAME) not in plan.skip:
            cause = "a past day's state leaves no trace on the host"
            attempts[collector.NAME] = Attempt(Outcome.NOT_KNOWABLE, cause)
    return HostResult(
        host=host,
        attempts={c.NAME: attempts[c.NAME] for c in plan.collectors if c.NAME in attempts},
        facts=about,
        collected_at=printed.at or datetime.now(UTC),
        seconds=time.monotonic() - begun,
        printed=gzip.compress(printed.stdout, 6, mtime=0) if printed.stdout else b"",
        outcome=printed.outcome,
        cause=printed.cause,
    )


def left_out(host: Host, plan: Plan, why: str) -> HostResult:
    """Return what stands for a host that is not asked: every attempt cancelled, with the cause."""
    attempts = {}
    for collector in plan.collectors:
        attempt = Attempt(Outcome.CANCELLED, why)
        attempts[collector.NAME] = _with_absent(collector, attempt)
    return HostResult(host, attempts, {}, datetime.now(UTC), 0.0, b"", Outcome.CANCELLED, why)


def _asked(
    host: Host, wanted: Sequence[Collector], plan: Plan, transports: Transports
) -> tuple[dict[str, Attempt], Row, Printed]:
    if not wanted:
        return {}, {}, Printed()
    asks = {c.NAME: plan.ask(host, c) for c in (facts, *wanted)}
    probes = [(c.NAME, c.SECONDS, c.script(asks[c.NAME])) for c in (facts, *wanted)]
    printed = _run(host, wrap(probes), plan, transports)
    with PARSING:
        sections = unwrap(printed.stdout)
        attempts = {c.NAME: _attempt(c, asks[c.NAME], printed, sections) for c in wanted}
        about = _attempt(facts, asks[facts.NAME], printed, sections).rows
    return attempts, dict(about[0]) if about else {}, printed


def _run(host: Host, script: str, plan: Plan, transports: Transports) -> Printed:
    try:
        return transports.run(host, script, plan.cap_bytes)
    except Exception as error:  # around a host: its failure is data, whoever's fault it is
        log.debug("%s: the transport failed", host.name, exc_info=True)
        return Printed(outcome=Outcome.COMMAND_FAILED, cause=f"fault in the transport: {error!r}")


def _attempt(
    collector: Collector, ask: Ask, printed: Printed, sections: Mapping[str, Section]
) -> Attempt:
    section = sections.get(collector.NAME)
    try:
        attempt = _parsed(collector, ask, printed, section)
        checked(collector.COLUMNS, attempt.rows)
    except CollectError as error:
        attempt = Attempt(error.outcome, error.cause)
    except Exception as error:  # around a host, see above
        log.debug("%s: the parser failed", collector.NAME, exc_info=True)
        attempt = Attempt(Outcome.PARSE_FAILED, f"fault in the collector: {error!r}")
    attempt = replace(
        attempt, cause=attempt.cause[:LONGEST_CAUSE], note=attempt.note[:LONGEST_CAUSE]
    )
    if section is not None:
        attempt = replace(attempt, seconds=section.seconds, size_bytes=len(section.body))
    return _with_absent(collector, attempt)


def _with_absent(collector: Collector, attempt: Attempt) -> Attempt:
    """Add the rows that stand for a host which gave this collector nothing, where it has such."""
    absent = getattr(collector, "absent", None)
    if absent is None or attempt.rows or attempt.outcome is Outcome.OK:
        return attempt
    return replace(attempt, rows=absent(attempt.outcome, attempt.cause))


def _parsed(collector: Collector, ask: Ask, printed: Printed, section: Section | None) -> Attempt:
    if section is None or section.status is None:
        raise _unfinished(printed)
    if section.status in TIMED_OUT:
        cause = f"no answer on the host within {collector.SECONDS} s"
        raise CollectError(cause, Outcome.TIMED_OUT)
    most = getattr(collector, "MOST_BYTES", MOST_BYTES)
    if len(section.body) > most:
        raise CollectError(f"more than {most:,} bytes of output", Outcome.TRUNCATED)
    try:
        parsed = collector.parse(section.text, ask)
    except ParseError:
        if section.status == 0:
            raise
        said = section.errors.partition("\n")[0] or "no reason given"
        raise CollectError(f"ended with {section.status}: {said}") from None
    if section.status:
        said = section.errors.partition("\n")[0] or f"it ended with {section.status}"
        parsed = replace(parsed, cause=parsed.cause or said)
    outcome = Outcome.PARTIAL if parsed.cause else Outcome.OK
    return Attempt(
        outcome, parsed.cause, parsed.note, parsed.rows, evidence_from_at=parsed.evidence_from_at
    )


def _unfinished(printed: Printed) -> CollectError:
    """Say why a probe's end never came."""
    if printed.outcome is not Outcome.OK:
        return CollectError(printed.cause, printed.outcome)
    said = printed.stdout.strip().partition(b"\n")[0].decode("utf-8", "replace")[:200]
    return CollectError(f"the host ran nothing of what was asked; it said {said!r}")
