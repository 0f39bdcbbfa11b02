"""logins: who came in, who was refused, who became somebody else, from the server's logs.

One row an attempt, however many lines speak of it (`connection.judge` says what makes one).
Source: files first, the journal where they hold nothing. What the script prints stands in
`script`; the formats in `heads` (a line's head), `journal`, and a module a program.

Errors: NoPermission with the group that mends it, NoData where there is neither log nor
journal, ParseError for output that is not the script's. `cause` and `note`: see `telling`.
"""

from __future__ import annotations

from collections.abc import Sequence

from collectors.base import FLAG, TEXT, TIME, WHOLE, Ask, Column, Parsed, Row
from collectors.config import Strict
from collectors.errors import CollectError, NoData, NoPermission, Outcome, ParseError
from collectors.logins import reading, sections, telling
from collectors.logins.clock import Clock, zone
from collectors.logins.events import join
from collectors.logins.script import script

__all__ = ["COLUMNS", "NAME", "OPTIONS", "PAST", "SECONDS", "parse", "script"]

NAME = "logins"
SECONDS = 58
MOST_BYTES = 24_000_000
MOST_PORT, MOST_ALIKE = 65535, 1_000_000_000
# Logs keep the past: a day that is over can still be asked for.
PAST = True
COLUMNS: tuple[Column, ...] = (
    Column("at", TIME, "", "when, by the server's log"),
    Column("at_ambiguous", FLAG, "", "the hour that daylight saving repeats: may be 1 h later"),
    Column("result", TEXT, "", "accepted, failed, or aborted before anything was judged"),
    Column("user", TEXT, "", "the name given, or who asked (su, sudo, doas)"),
    Column("target_user", TEXT, "", "whom su, sudo or doas was to become"),
    Column("source_ip", TEXT, "", "the far end's address, or its name where only that is logged"),
    Column("source_port", WHOLE, "", "the far end's port"),
    Column("service", TEXT, "", "sshd, login, su, sudo …"),
    Column("method", TEXT, "", "password, publickey, keyboard-interactive/pam …"),
    Column("key", TEXT, "", "type and fingerprint; a certificate's id, serial and CA"),
    Column("count", WHOLE, "", "1, or how many alike were folded"),
    Column("ended_at", TIME, "", "end of the session, where known"),
)


class OPTIONS(Strict):
    """paths: globs that take the place of the usual log files."""

    paths: list[str] = []


def parse(text: str, ask: Ask) -> Parsed:
    """Turn what the script printed into the attempts within the period."""
    seen = sections.read(text)
    try:
        clock = Clock(zone(seen.zone, seen.offset))
    except ValueError as error:
        raise ParseError("the server's time zone is not known", str(error)) from error
    logs = _usable(seen)
    lines = reading.Reading(logs, clock)
    found, scans = join(lines)
    rows = [_plausible(row) for row in found if ask.from_at <= row["at"] < ask.to_at]
    scans = [scan for scan in scans if ask.from_at <= scan[0] < ask.to_at]
    _refuse_ignorance(seen, logs, found=bool(rows))
    return Parsed(
        rows,
        telling.cause(seen, logs, lines.cut_short(ask.from_at)),
        telling.note(seen, logs, lines.odd, scans, ask.from_at),
        lines.earliest(),
    )


def _plausible(row: Row) -> Row:
    """Cut numbers that no log can mean: anybody on the server may have written the line."""
    if (row.get("source_port") or 0) > MOST_PORT:
        row["source_port"] = None
    if (row.get("count") or 0) > MOST_ALIKE:
        row["count"] = MOST_ALIKE
    return row


def _usable(seen: sections.Evidence) -> Sequence[sections.Log]:
    """Without the journal, if it showed only what this user may see, and without copies.

    A rotation that was broken off leaves a log beside its copy, whole or cut off: those of
    one family that begin alike hold the same, and the longest of them holds all.
    """
    usable: list[sections.Log] = []
    for log in sorted(seen.logs, key=lambda log: log.size, reverse=True):
        beginning = (reading.family(log.path), log.beginning)
        copies = [one for one in usable if (reading.family(one.path), one.beginning) == beginning]
        beside = [one for one in usable if log.path.startswith(f"{one.path}.")]
        if log.rank == sections.JOURNAL:
            if not _hidden(seen):
                usable.append(log)
        elif not (copies if log.beginning else beside and log.status):
            usable.append(log)
    return [log for log in seen.logs if log in usable]


def _hidden(seen: sections.Evidence) -> bool:
    return any("not seeing messages" in hint or "ermission" in hint for hint in seen.hints)


def _refuse_ignorance(
    seen: sections.Evidence, logs: Sequence[sections.Log], *, found: bool
) -> None:
    """Raise the outcome that fits, where an empty result would only mean "not read"."""
    if found:
        return
    good = [log for log in logs if log.status == 0 or log.has_entries]
    hidden = _hidden(seen)
    belongs = [log for log in good if log.rank in (1, sections.JOURNAL) or log.has_lines]
    denied = [path for _, path in seen.denied]
    if (denied or hidden) and not belongs:
        what = ", ".join(denied[:4]) or "the journal"
        raise NoPermission(f"{what} may not be read: {telling.REMEDY}")
    if good:
        return
    if seen.tools:
        raise CollectError(telling.missing(seen))
    if logs:
        raise CollectError(f"{logs[0].path} could not be read")
    if seen.unread:
        raise CollectError(f"no time was left for {seen.unread[0]}", Outcome.TIMED_OUT)
    if not seen.done:
        raise ParseError("the output ends before its end")
    if seen.no_file:
        raise NoData(f"{seen.no_file[0]} is no file: what is logged there is lost")
    raise NoData(f"no log of logins found: looked for {seen.looked}")
