"""Pure: a day's frames and thresholds in, findings and the day's summary out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from report import tables
from report.contract import Finding, KeyFigure, Severity, Silenced, Summary, Unread
from report.gaps import gathered
from report.headline import headline, lead
from report.later import later
from report.reading import FIGURES_BEFORE, GOOD, View, frame_of, once, view
from report.rules import asked, findings
from report.rules.disks import ABOVE, above
from report.silences import divided
from report.statement import critical_before
from report.states import states as every_state
from report.store import Day
from report.trail import resolved, told, with_past
from report.words import UNKNOWN, number, part, plural

__all__ = ["Finding", "KeyFigure", "Severity", "Summary", "Unread", "summarise"]

STATES = {
    "up": "",
    "down": "down",
    "unknown": "not known",
    "degraded": "degraded",
    "maintenance": "in maintenance",
}
CAPTION = 22  # so many letters fit one line under a key figure


def summarise(day: Day) -> Summary:
    """Return the day's summary; findings are sorted worst first.

    What was not read counts as not known: it is never part of a "none" and never 0.
    """
    return _summary(view(day))


@once
def _summary(known: View) -> Summary:
    past = known.past
    every = told(findings(known), past)
    planned = tuple(one for one in every if one.planned)
    unplanned = [one for one in every if not one.planned]
    left, silenced, ended = divided(
        unplanned, known.info.silences, known.date, known.scope.groups, known.names
    )
    # Within what page 1 asks, the new ones first; the sort is stable.
    found = tuple(
        sorted(
            left,
            key=lambda one: (
                one.severity != "critical", asked(one), one.state != "new",
            ),
        )
    )  # fmt: skip
    unread = tuple(
        Unread(hosts, gap.what, gap.outcome, gap.cause, bool(gap.planned))
        for hosts, gap in gathered(known, brief=True)
    )
    listed, read = len(known.hosts), len(known.answered)
    return Summary(
        headline=headline(known, found),
        lead=lead(known, found, len(silenced), len(planned), len(ended)),
        figures=tuple(
            with_past(_figures(known, found, silenced, planned), known.frames[FIGURES_BEFORE])
        ),
        findings=found,
        unread=unread,
        resolved=tuple(resolved(every, past, _read(known))),
        planned=planned,
        silenced=tuple(silenced),
        ended=tuple(ended),
        later=later(known),
        critical_before=critical_before(known),
        days_before=len(past.days),
        hosts=listed,
        hosts_read=read,
        hosts_partial=len(known.incomplete),
        coverage_percent=100 * read / listed if listed else 0.0,
    )


def _read(known: View) -> dict[str, set[str]]:
    """Return host → the collectors that read it in full today."""
    return {
        host: {name for name, outcome in one.items() if outcome in GOOD}
        for host, one in known.outcomes.items()
    }


def _figures(
    known: View, found: tuple[Finding, ...], silenced: Sequence[Silenced],
    planned: Sequence[Finding],
) -> list[KeyFigure]:  # fmt: skip
    sections = known.info.sections
    figures = [_up(known, found)] if "servers" in sections else []
    figures += [_above(known, found, silenced)] if "disks" in sections else []
    figures += _logins(known, found) if "logins" in sections else []
    figures += [_rebooted(known, found, planned)] if "uptime" in sections else []
    return [*figures, _coverage(known)]


def _up(known: View, found: tuple[Finding, ...]) -> KeyFigure:
    listed = len(known.hosts)
    states = Counter[str]()
    for one in every_state(known):
        states[one.name if one.name in STATES else "unknown"] += len(one.hosts)
    parts = [(states[one], words) for one, words in STATES.items() if words and states[one]]
    said = _fitting(parts) or ("all of them" if listed > 1 else "")
    value = UNKNOWN if states["unknown"] == listed else number(states["up"])
    mark = _mark(known, found, "servers")
    if mark == "good" and states["unknown"]:
        mark = "unread"
    return KeyFigure("Servers up", value, f"of {number(listed)}", said, mark)


def _fitting(parts: Sequence[tuple[int, str]]) -> str:
    """Return as many parts as fit one line, worst first; the others are added up."""
    for kept in range(len(parts), 0, -1):
        said = [f"{number(count)} {words}" for count, words in parts[:kept]]
        if more := sum(count for count, _ in parts[kept:]):
            said.append(f"{number(more)} not up")
        if len(", ".join(said)) <= CAPTION or kept == 1:
            return ", ".join(said)
    return ""


def _above(known: View, found: tuple[Finding, ...], silenced: Sequence[Silenced]) -> KeyFigure:
    label, read = "Disks above limit", known.read("disks")
    if not read:
        return _nothing(known, label)
    every = len(known.filesystems)
    quiet = [one.finding for one in silenced]  # that it is known makes it no emptier
    over = above((*found, *quiet))
    mark = _mark(known, tuple(one for one in found if one.kind in ABOVE), "disks")
    return KeyFigure(label, number(over), f"of {number(every)}", _on(known, read), mark)


def _logins(known: View, found: tuple[Finding, ...]) -> list[KeyFigure]:
    labels, read = ("Logins failed", "Logins accepted"), known.read("logins")
    if not read:
        return [_nothing(known, label) for label in labels]
    logins = known.logins
    failing = tuple(one for one in found if one.question == "Logins")
    inside = tuple(one for one in found if one.question == "Got in")
    # As many logins, not hosts: each of them is one to explain.
    times = int(sum(one.value or 0 for one in inside))
    explain = f"{number(times)} to explain" if inside else _on(known, read)
    return [
        KeyFigure(
            labels[0], number(tables.total(logins, "failed")), "", _on(known, read),
            _mark(known, failing, "logins"),
        ),
        KeyFigure(
            labels[1], number(tables.total(logins, "accepted")), "", explain,
            _mark(known, inside, "logins"),
        ),
    ]  # fmt: skip


def _rebooted(known: View, found: tuple[Finding, ...], planned: Sequence[Finding]) -> KeyFigure:
    label, read, info = "Servers rebooted", known.read("uptime"), known.info
    if not read:
        return _nothing(known, label)
    count = len(tables.rebooted(frame_of(known, "uptime"), info.from_at, info.to_at))
    mark = _mark(known, found, "uptime")
    meant = sum(len(one.hosts) for one in planned if one.section == "uptime")
    said = f"{number(meant)} planned, {number(max(0, count - meant))} not"
    return KeyFigure(label, number(count), "", said if meant else _on(known, read), mark)


def _nothing(known: View, label: str) -> KeyFigure:
    said = "not read" if len(known.hosts) == 1 else "no server read"
    return KeyFigure(label, UNKNOWN, "", said, "unread")


def _coverage(known: View) -> KeyFigure:
    listed, read = len(known.hosts), len(known.answered)
    if not listed:
        return KeyFigure("Coverage", UNKNOWN, "", "no server listed", "unread")
    share = 100 * read / listed
    value = part(share)
    full = read - len(known.incomplete)
    whole = full == listed
    said = f"{number(read)} read, {number(full)} in full"
    if whole:
        said = "read in full" if listed == 1 else "all read in full"
    return KeyFigure("Coverage", value, "%", said, "good" if whole else "unread")


def _on(known: View, read: int) -> str:
    """Return how many servers a figure is about; in a report of one it is plain."""
    return "" if len(known.hosts) == 1 else f"on {plural(read, 'server')} read"


def _mark(known: View, found: tuple[Finding, ...], section: str) -> str:
    """Return the worst finding's mark; without one it is good only where all was read."""
    severities = {one.severity for one in found if one.section == section}
    otherwise = "good" if known.whole(section) else "unread"
    return next((one for one in ("critical", "warning") if one in severities), otherwise)
