"""Hosts × collectors, concurrently, under deadlines, into the day's frames.

Whatever happens to a host ends as outcomes with their causes, never as an exception: one
bad host, one bad line or one bad collector costs no other its data.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from collectors import hosts as facts
from collectors import keeping
from collectors.base import HOST, Ask, Collector, Row, frame
from collectors.envelope import TIMED_OUT, Section, unwrap, wrap
from collectors.errors import CollectError, Outcome, ParseError
from collectors.fleet import Host
from collectors.frames import HOST_COLUMNS, OUTCOME_COLUMNS
from collectors.transports import Access, Printed, Transport, open_transport

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)


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

    def ask(self, collector: Collector) -> Ask:
        """What this collector is asked."""
        return Ask(self.from_at, self.to_at, self.options.get(collector.NAME, {}))


@dataclass(frozen=True)
class Attempt:
    """One host × collector: rows or none, and the outcome."""

    outcome: Outcome
    cause: str = ""
    rows: Sequence[Row] = ()
    seconds: float | None = None
    size_bytes: int | None = None
    evidence_from_at: datetime | None = None


@dataclass(frozen=True)
class HostResult:
    """All that came of one host."""

    host: Host
    attempts: Mapping[str, Attempt]
    facts: Row
    collected_at: datetime
    seconds: float
    printed: bytes
    outcome: Outcome
    cause: str

    @property
    def failures(self) -> dict[str, Attempt]:
        """The attempts that gave less than was asked, by collector."""
        good = (Outcome.OK, Outcome.NOT_APPLICABLE, Outcome.NOT_KNOWABLE)
        return {name: one for name, one in self.attempts.items() if one.outcome not in good}


@dataclass(frozen=True)
class Snapshot:
    """Typed frames by name (hosts, outcomes, one a collector), and what hosts printed.

    kept: what else a replay of that needs (see `keeping`).
    warnings: what of ~/.ssh/config and known_hosts was left aside, and why.
    """

    frames: Mapping[str, pd.DataFrame]
    raw: Mapping[str, bytes]
    kept: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


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
                self._open[name] = str(error)

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
            return Printed(outcome=Outcome.UNREACHABLE, cause=transport)
        return transport.run(host, script, host.timeout_seconds, cap_bytes)


def gather(
    hosts: Sequence[Host], plan: Plan, on_host: Callable[[HostResult], None] = lambda _: None
) -> Snapshot:
    """Ask every host, and return the frames of all.

    `on_host` is called in the caller's thread for each host as it is done.
    """
    transports = Transports(plan.access)
    transports.prepare(hosts)
    results: list[HostResult] = []
    pool = ThreadPoolExecutor(max_workers=min(plan.concurrency, max(len(hosts), 1)))
    try:
        waiting = [pool.submit(ask_host, host, plan, transports) for host in hosts]
        for done in as_completed(waiting):
            results.append(done.result())
            on_host(results[-1])
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    results.sort(key=lambda result: result.host.name)
    return Snapshot(
        frames=frames_of(results, plan),
        raw={r.host.name: r.printed for r in results if r.printed},
        kept=keeping.kept(results),
        warnings=transports.warnings,
    )


def ask_host(host: Host, plan: Plan, transports: Transports) -> HostResult:
    """Run one host's probes in one script, and parse what they printed."""
    wanted = [
        collector
        for collector in plan.collectors
        if (host.name, collector.NAME) not in plan.skip and not (plan.past and not collector.PAST)
    ]
    begun = time.monotonic()
    printed = Printed()
    if wanted:
        probes = [(c.NAME, c.SECONDS, c.script(plan.ask(c))) for c in (facts, *wanted)]
        printed = _run(host, wrap(probes), plan, transports)
    sections = unwrap(printed.stdout)
    attempts = {
        collector.NAME: _attempt(collector, plan, printed, sections)
        if collector in wanted
        else Attempt(Outcome.NOT_KNOWABLE, "a past day's state leaves no trace on the host")
        for collector in plan.collectors
        if (host.name, collector.NAME) not in plan.skip
    }
    about = _attempt(facts, plan, printed, sections) if wanted else Attempt(Outcome.NO_DATA)
    return HostResult(
        host=host,
        attempts=attempts,
        facts=dict(about.rows[0]) if about.rows else {},
        collected_at=printed.at or datetime.now(UTC),
        seconds=time.monotonic() - begun,
        printed=printed.stdout,
        outcome=printed.outcome,
        cause=printed.cause,
    )


def _run(host: Host, script: str, plan: Plan, transports: Transports) -> Printed:
    try:
        return transports.run(host, script, plan.cap_bytes)
    except Exception as error:  # around a host: its failure is data, whoever's fault it is
        log.debug("%s: the transport failed", host.name, exc_info=True)
        return Printed(outcome=Outcome.COMMAND_FAILED, cause=f"fault in the transport: {error!r}")


def _attempt(
    collector: Collector, plan: Plan, printed: Printed, sections: Mapping[str, Section]
) -> Attempt:
    section = sections.get(collector.NAME)
    try:
        attempt = _parsed(collector, plan.ask(collector), printed, section)
    except CollectError as error:
        attempt = Attempt(error.outcome, error.cause)
    except Exception as error:  # around a host, see above
        log.debug("%s: the parser failed", collector.NAME, exc_info=True)
        attempt = Attempt(Outcome.PARSE_FAILED, f"fault in the collector: {error!r}")
    if section is not None:
        attempt = replace(attempt, seconds=section.seconds, size_bytes=section.size_bytes)
    absent = getattr(collector, "absent", None)
    if absent and not attempt.rows and attempt.outcome is not Outcome.OK:
        attempt = replace(attempt, rows=absent(attempt.outcome, attempt.cause))
    return attempt


def _parsed(collector: Collector, ask: Ask, printed: Printed, section: Section | None) -> Attempt:
    if section is None or section.status is None:
        raise _unfinished(printed)
    if section.status in TIMED_OUT:
        cause = f"no answer on the host within {collector.SECONDS} s"
        raise CollectError(cause, Outcome.TIMED_OUT)
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
    return Attempt(outcome, parsed.cause, parsed.rows, evidence_from_at=parsed.evidence_from_at)


def _unfinished(printed: Printed) -> CollectError:
    """Say why a probe's end never came."""
    if printed.outcome is not Outcome.OK:
        return CollectError(printed.cause, printed.outcome)
    said = printed.stdout.strip().partition(b"\n")[0].decode("utf-8", "replace")[:200]
    return CollectError(f"the host ran nothing of what was asked; it said {said!r}")


def frames_of(results: Sequence[HostResult], plan: Plan) -> dict[str, pd.DataFrame]:
    """Return the frames of hosts' results, by name."""
    found = {
        "hosts": frame(HOST_COLUMNS, [_host_row(result) for result in results]),
        "outcomes": frame(
            OUTCOME_COLUMNS, [row for result in results for row in _outcome_rows(result, plan)]
        ),
    }
    for collector in plan.collectors:
        rows = [
            {"host": result.host.name, **row}
            for result in results
            if collector.NAME in result.attempts
            for row in result.attempts[collector.NAME].rows
        ]
        found[collector.NAME] = frame((HOST, *collector.COLUMNS), rows)
    return found


def _host_row(result: HostResult) -> Row:
    host = result.host
    return {
        "host": host.name,
        "address": host.address or None,
        "groups": ",".join(host.groups),
        "labels": json.dumps(dict(host.labels), ensure_ascii=False, sort_keys=True),
        "collected_at": result.collected_at,
        **result.facts,
    }


def _outcome_rows(result: HostResult, plan: Plan) -> list[Row]:
    return [
        {
            "host": result.host.name,
            "collector": name,
            "outcome": str(attempt.outcome),
            "cause": attempt.cause or None,
            "seconds": attempt.seconds,
            "bytes": attempt.size_bytes,
            "from_at": plan.from_at,
            "to_at": plan.to_at,
            "evidence_from_at": attempt.evidence_from_at,
        }
        for name, attempt in result.attempts.items()
    ]
