"""What is to be said beside the rows: what was not read (cause), and what else is to be known.

A cause makes the outcome partial, so it is said only of what is missing for certain. A note
leaves the outcome as it is: what was added up, who came without a name, what looks odd.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from collectors.logins import sections
from collectors.logins.book import Scan
from collectors.logins.lines import clean

REMEDY = (
    "add the user to group adm (Debian, Ubuntu) or systemd-journal (the journal); on the"
    " RHEL family let a group read /var/log/secure"
)
# So many addresses are named.
TOP = 3
# So long a log may be silent while wtmp is written to: a logout is told there alone.
SILENT_SECONDS = 3600


def cause(
    seen: sections.Evidence, logs: Sequence[sections.Log], short: Sequence[sections.Log]
) -> str:
    """Return what was not read. `short`: logs of whose part of the period a piece is missing."""
    causes = []
    has_journal = any(log.rank == sections.JOURNAL for log in logs)
    if seen.denied and not has_journal:
        causes.append(f"{_paths(path for _, path in seen.denied)} may not be read: {REMEDY}")
    if seen.no_file and not has_journal:
        causes.append(f"{_paths(seen.no_file)} is no file: what is logged there is lost")
    if seen.tools:
        causes.append(missing(seen))
    broken = [log for log in logs if log.status != 0 and "late" not in log.left]
    if broken:
        causes.append(f"only a part of {_paths(log.path for log in broken)} could be read")
    if short:
        causes.append(
            f"{_paths(log.path for log in short)} is too big for the time there is: of its"
            " beginning only logins that were let in, su and sudo were read, not failed logins"
        )
    for log in logs:
        if "late" in log.left:
            causes.append(f"the time was enough for {log.path} to {log.left['late']} only")
    if seen.unread:
        causes.append(f"no time was left for {_paths(seen.unread)}")
    causes += _left_out(logs)
    if not seen.done and not broken:
        causes.append("the output ends before its end")
    return "; ".join(causes)


def _left_out(logs: Sequence[sections.Log]) -> list[str]:
    causes = []
    if accepted := _sum(logs, "accepted"):
        causes.append(
            f"very many logins: {accepted:,} of those let in were added up by hour, user and"
            " source, without their ends"
        )
    if lost := _sum(logs, "lost"):
        causes.append(f"more about logins than could be fetched: {lost:,} lines are missing")
    return causes


def note(
    seen: sections.Evidence,
    logs: Sequence[sections.Log],
    odd: Sequence[str],
    scans: Sequence[Scan],
    from_at: datetime,
) -> str:
    """Return what else is to be known."""
    notes = []
    if any(log.folded for log in logs):
        more = f", {blurred:,} by source only" if (blurred := _sum(logs, "blurred")) else ""
        notes.append(f"very many failed logins: added up by hour, user and source{more}")
    if scans:
        notes.append(_nameless(scans))
    odd = [*seen.odd, *odd, _silence(seen, logs, from_at)]
    return "; ".join([*notes, *(str(clean(one)) for one in odd if one)])


def _nameless(scans: Sequence[Scan]) -> str:
    """Return how many connections named no user, and where the most came from."""
    sources: Counter[str] = Counter()
    total = 0
    for _, ip, count in scans:
        total += count
        if ip is not None:
            sources[ip] += count
    said = f"{total:,} connection{'s' * (total != 1)} named no user"
    if not sources:
        return said
    most = sorted(sources.items(), key=lambda each: (-each[1], each[0]))[:TOP]
    named = ", ".join(f"{clean(ip)} ({count:,})" for ip, count in most)
    unknown = total - sum(sources.values())
    rest = f", {unknown:,} more from elsewhere" if unknown else ""
    return f"{said}, from {len(sources):,} address{'es' * (len(sources) != 1)}: {named}{rest}"


def missing(seen: sections.Evidence) -> str:
    """Return which tools are not there, and for which logs."""
    return "; ".join(f"{path} needs {tool}, which is not there" for tool, path in seen.tools[:4])


def _silence(seen: sections.Evidence, logs: Sequence[sections.Log], from_at: datetime) -> str:
    """Return what wtmp, which is written at each login and start, tells beyond the logs."""
    if not logs or any(log.rank != 1 for log in logs) or seen.wtmp < from_at.timestamp():
        return ""
    last = max(log.mtime for log in logs)
    if seen.wtmp - last <= SILENT_SECONDS:
        return ""
    return (
        f"wtmp was written to at {datetime.fromtimestamp(seen.wtmp, UTC):%Y-%m-%d %H:%M} UTC, the"
        f" logs last at {datetime.fromtimestamp(last, UTC):%Y-%m-%d %H:%M}"
    )


def _sum(logs: Sequence[sections.Log], word: str) -> int:
    return sum(int(log.left.get(word, 0)) for log in logs)


def _paths(paths: Iterable[str]) -> str:
    return ", ".join(list(paths)[:4])
