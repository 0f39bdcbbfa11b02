"""Pure: a day's frames and thresholds in, findings and the day's summary out."""

from __future__ import annotations

from report import tables
from report.contract import Finding, KeyFigure, Severity, Summary, Unread
from report.headline import headline, lead
from report.reading import View, frame_of, gathered, view
from report.rules import findings
from report.store import Day
from report.words import UNKNOWN, number, percent, plural

__all__ = ["Finding", "KeyFigure", "Severity", "Summary", "Unread", "summarise"]

RUNNING = ("up", "degraded", "maintenance")


def summarise(day: Day) -> Summary:
    """Return the day's summary; findings are sorted worst first.

    What was not read counts as not known: it is never part of a "none" and never 0.
    """
    known = view(day)
    found = tuple(findings(known))
    unread = tuple(
        Unread(hosts, gap.what, gap.outcome, gap.cause) for hosts, gap in gathered(known)
    )
    listed, read = len(known.hosts), len(known.answered)
    return Summary(
        headline=headline(known, found),
        lead=lead(known, found),
        figures=tuple(_figures(known, found)),
        findings=found,
        unread=unread,
        hosts=listed,
        hosts_read=read,
        hosts_partial=len(known.incomplete),
        coverage_percent=100 * read / listed if listed else 0.0,
    )


def _figures(known: View, found: tuple[Finding, ...]) -> list[KeyFigure]:
    sections = known.info.sections
    figures = [_running(known, found)] if "servers" in sections else []
    figures += [_above(known, found)] if "disks" in sections else []
    figures += _logins(known, found) if "logins" in sections else []
    figures += [_rebooted(known, found)] if "uptime" in sections else []
    return [*figures, _coverage(known)]


def _running(known: View, found: tuple[Finding, ...]) -> KeyFigure:
    listed, label = len(known.hosts), "Servers running"
    state = frame_of(known, "servers")["state"]
    running = int(state.isin(RUNNING).sum())
    down, degraded = int((state == "down").sum()), int((state == "degraded").sum())
    unknown = listed - running - down
    parts = {"down": down, "not known": unknown, "degraded": degraded}
    said = ", ".join(f"{number(count)} {name}" for name, count in parts.items() if count)
    value = number(running) if running or down else UNKNOWN
    mark = _worst(found, "servers", "unread" if unknown else "good")
    return KeyFigure(label, value, f"of {number(listed)}", said or "none degraded", mark)


def _above(known: View, found: tuple[Finding, ...]) -> KeyFigure:
    label, read = "Disks above limit", known.read("disks")
    if not read:
        return KeyFigure(label, UNKNOWN, "", "no server read", "unread")
    every = len(tables.writable(tables.filesystems(frame_of(known, "disks"))))
    over = sum(one.section == "disks" for one in found)
    return KeyFigure(
        label, number(over), f"of {number(every)}", _on(read), _worst(found, "disks", "good")
    )


def _logins(known: View, found: tuple[Finding, ...]) -> list[KeyFigure]:
    labels, read = ("Logins failed", "Logins accepted"), known.read("logins")
    if not read:
        return [KeyFigure(label, UNKNOWN, "", "no server read", "unread") for label in labels]
    logins = tables.sessions(frame_of(known, "logins"))
    failing = tuple(one for one in found if one.question == "Logins")
    inside = tuple(one for one in found if one.question == "Got in")
    explain = f"{len(inside)} to explain" if inside else _on(read)
    return [
        KeyFigure(
            labels[0], number(tables.total(logins, "failed")), "", _on(read),
            _worst(failing, "logins", "good"),
        ),
        KeyFigure(
            labels[1], number(tables.total(logins, "accepted")), "", explain,
            _worst(inside, "logins", "good"),
        ),
    ]  # fmt: skip


def _rebooted(known: View, found: tuple[Finding, ...]) -> KeyFigure:
    label, read, info = "Servers rebooted", known.read("uptime"), known.info
    if not read:
        return KeyFigure(label, UNKNOWN, "", "no server read", "unread")
    count = len(tables.rebooted(frame_of(known, "uptime"), info.from_at, info.to_at))
    return KeyFigure(label, number(count), "", _on(read), _worst(found, "uptime", "good"))


def _coverage(known: View) -> KeyFigure:
    listed, read = len(known.hosts), len(known.answered)
    if not listed:
        return KeyFigure("Coverage", UNKNOWN, "", "no server listed", "unread")
    share = 100 * read / listed
    value = percent(share, 0 if share in (0, 100) else 1)
    whole = read == listed and not known.incomplete
    part = f", {number(len(known.incomplete))} in part" if known.incomplete else ""
    said = f"{number(read)} of {number(listed)} read{part}"
    return KeyFigure("Coverage", value, "%", said, "good" if whole else "unread")


def _on(read: int) -> str:
    return f"on {plural(read, 'server')} read"


def _worst(found: tuple[Finding, ...], section: str, otherwise: str) -> str:
    severities = {one.severity for one in found if one.section == section}
    return next((one for one in ("critical", "warning") if one in severities), otherwise)
