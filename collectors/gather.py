"""Hosts × collectors, concurrently, under deadlines, into the day's frames.

Whatever happens to a host ends as outcomes with their causes, never as an exception: one
bad host, one bad line or one bad collector costs no other its data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from collectors import keeping
from collectors.asking import HostResult, Plan, Transports, ask_host
from collectors.base import HOST, Row, frame
from collectors.fleet import Host
from collectors.frames import HOST_COLUMNS, OUTCOME_COLUMNS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Snapshot:
    """Typed frames by name (hosts, outcomes, one a collector), and what hosts
    printed, compressed.

    kept: what else a replay of that needs (see `keeping`).
    warnings: what of ~/.ssh/config and known_hosts was left aside, and why.
    """

    frames: Mapping[str, pd.DataFrame]
    raw: Mapping[str, bytes]
    warnings: tuple[str, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)


def gather(
    hosts: Sequence[Host],
    plan: Plan,
    on_host: Callable[[HostResult], None] = lambda _: None,
    meanwhile: Callable[[], None] = lambda: None,
    others: Sequence[HostResult] = (),
) -> Snapshot:
    """Ask every host, and return the frames of all; `others` are in them as they are.

    In the caller's thread, `meanwhile` is called once the first hosts are being asked, and
    then `on_host` for each host as it is done.
    """
    transports = Transports(plan.access)
    transports.prepare(hosts)
    results: list[HostResult] = [*others]
    pool = ThreadPoolExecutor(max_workers=min(plan.concurrency, max(len(hosts), 1)))
    try:
        waiting = [pool.submit(ask_host, host, plan, transports) for host in hosts]
        meanwhile()
        for done in as_completed(waiting):
            results.append(done.result())
            on_host(results[-1])
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    results.sort(key=lambda result: result.host.name)
    raw = {result.host.name: result.printed for result in results if result.printed}
    kept = keeping.kept(results)
    return Snapshot(frames_of(results, plan), raw, transports.warnings, kept)


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
            "note": attempt.note or None,
            "seconds": attempt.seconds,
            "bytes": attempt.size_bytes,
            "from_at": plan.from_at,
            "to_at": plan.to_at,
            "evidence_from_at": attempt.evidence_from_at,
        }
        for name, attempt in result.attempts.items()
    ]
