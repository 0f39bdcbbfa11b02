"""Logs into lines: heads read, times in UTC, "last message repeated" resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from collectors.logins import heads, journal, wraps
from collectors.logins.clock import NEW_YEAR, Clock, Moment
from collectors.logins.heads import MONTHS, Head, Stamp
from collectors.logins.lines import Line
from collectors.logins.rare import Order
from collectors.logins.sections import JOURNAL, Log
from collectors.logins.span import Span

_ROTATED = re.compile(r"\.log|[.-]\d|\.(?:gz|xz|zst|bz2|lz4|old)$")
# What a line is about, wherever it stands: one without a time is no login, but is told.
_PROGRAM = re.compile(
    r"(?:sshd(?:-session|-auth)?|dropbear|sudo|su|login|doas|vsftpd)(?:\[\d+\])?: |pam_\w+\("
)
# JSON, and what stands before it: a byte order mark, journalctl's json-seq and json-sse.
_JSON = ("{", "\ufeff", "\x1e", "d")
LONGEST = 100
NEAR = (timedelta(0), timedelta(seconds=1), timedelta(seconds=-1))
_LAST = datetime.max.replace(tzinfo=UTC)

Mark = tuple[datetime, str, str, str]


class Reading:
    """The lines of all logs, one after the other, each log in its own order.

    In that order, not by the clock: one that was set back tears nothing apart. What a
    second family of logs (messages beside auth.log) repeats word for word is left out.
    """

    def __init__(self, logs: Sequence[Log], clock: Clock) -> None:
        self._clock = clock
        self._reach: list[tuple[Log, datetime]] = []
        # What looks wrong about the logs, once all lines were read.
        self.odd: list[str] = []
        self._strange: list[str] = []
        dated = [(log, *_years(log, clock)) for log in logs]
        dated.sort(key=lambda each: (each[0].rank, family(each[0].path), each[2] or _LAST))
        self._logs = [(log, years) for log, years, _ in dated]

    def __iter__(self) -> Iterator[Line]:
        """Yield every line that has a time and a program."""
        families: dict[str, set[Mark]] = {}
        single = len({family(log.path) for log, _ in self._logs}) == 1
        for log, years in self._logs:
            lines = self._lines(log, years)
            if single:
                yield from lines
                self._tell_strange(log)
                continue
            name = family(log.path)
            mine = families.setdefault(name, set())
            others = [known for other, known in families.items() if other != name]
            for line in lines:
                at = line.at.replace(microsecond=0)
                mine.add((at, line.program, line.pid, line.message))
                # Each logger takes the time itself, so the next second may have begun.
                near = ((at + by, line.program, line.pid, line.message) for by in NEAR)
                if not any(mark in other for mark in near for other in others):
                    yield line
            self._tell_strange(log)

    def _tell_strange(self, log: Log) -> None:
        if self._strange:
            count, first = len(self._strange), self._strange[0][:LONGEST]
            lines = f"{count:,} lines that name" if count > 1 else "a line that names"
            self.odd.append(f"{log.path} has {lines} a login program, but no time: {first}")
            self._strange = []

    def earliest(self) -> datetime | None:
        """Return how far back the logs reach, once all lines were read.

        A general log in which no login stands is no evidence of logins.
        """
        if cut := [at for log, at in self._reach if "skipped" in log.left]:
            return max(cut)
        telling = [at for log, at in self._reach if log.rank in (1, JOURNAL) or log.has_lines]
        return min(telling or [at for _, at in self._reach], default=None)

    def cut_short(self, from_at: datetime) -> list[Log]:
        """Return the logs whose beginning was left out although it is of the period."""
        return [log for log, at in self._reach if "skipped" in log.left and at > from_at]

    def _lines(self, log: Log, years: list[int]) -> Iterator[Line]:
        span = Span(log, self.odd)
        run, key = -1, ""
        last: Line | None = None
        before, year = "", 0
        moment: Moment | None = None
        self._clock.begin()
        order = _order(log)
        plain = heads.PLAIN.match
        for count, text in log.entries():
            if not key or count != 1 or not text.startswith(key):
                new = _key(count, text)
                if new != key or not new:
                    run, key = run + 1, new
            # Nearly every line is of this kind, and many are of the same second.
            if count == 1 and (found := plain(text)) is not None:
                when, host, program, pid = found.groups()
                if when != before or years[run] != year:
                    before, year = when, years[run]
                    moment = self._moment(when, year)
                    if moment is not None:
                        span.see(moment[0])
                if moment is not None:
                    at, ambiguous = moment
                    last = Line(at, ambiguous, host, program, pid or "", text[found.end() :])
                    yield last
                continue
            before = ""
            other = self._other(count, text, years[run], last, order)
            if other is None:
                if count not in (0, -1) and _PROGRAM.search(text):
                    self._strange.append(text)
                span.pass_over(text if count == -1 and run == 0 else "")
                continue
            at, line = other
            span.see(at, in_order=count > 0)
            if line is not None:
                last = line
                yield line
        if (begins := span.begins()) is not None:
            self._reach.append((log, begins))

    def _other(
        self, count: int, text: str, year: int, last: Line | None, order: Order
    ) -> tuple[datetime, Line | None] | None:
        """Return the time of a line of any form, and the line, if it is one to be read."""
        head = head_of(text, order) if count else None
        if head is None or head.stamp is None:
            return None
        moment = self._clock.utc(head.stamp, year)
        if moment is None:
            return None
        return moment[0], None if count == -1 else _line(*moment, head, count, last)

    def _moment(self, when: str, year: int) -> Moment | None:
        """Return the time of a plain line's stamp."""
        if when[4] == "-":
            try:
                return datetime.fromisoformat(when).astimezone(UTC), False
            except (ValueError, OverflowError):  # a leap second, or no time at all
                pass
        return self._clock.utc(heads.plain(when), year)


def _line(at: datetime, ambiguous: bool, head: Head, count: int, last: Line | None) -> Line | None:
    """Return the line; "last message repeated" says again what the one before it said."""
    _, host, program, module, pid, message, repeats = head
    if not repeats:
        folded = count < 0
        count = -1 - count if folded else count
        return Line(at, ambiguous, host, program, pid, message, module, count, folded)
    if last is None:
        return None
    # The line before may have been taken apart already: its words are what counts.
    return Line(
        at, ambiguous, last.host, last.program, last.pid, last.message, last.module, repeats
    )


def family(path: str) -> str:
    """Return the log's name without what rotation adds."""
    folder, _, name = path.rpartition("/")
    return folder + "/" + _ROTATED.split(name, maxsplit=1)[0]


def _key(count: int, line: str) -> str:
    """Return what neighbouring lines of one day have in common, "" for a line by itself."""
    if count not in (1, -1):
        return ""
    head = line[:6]
    return head if head[:3] in MONTHS else line[:16] if head[:1].isdigit() else ""


def _order(log: Log) -> Order:
    return Order((line for _, line in log.entries()), log.mtime)


def _years(log: Log, clock: Clock) -> tuple[list[int], datetime | None]:
    """Return the year of each run of lines of one day, and the first line's time.

    Lines that the server added up come last and in no order, so each is dated by itself.
    """
    stamps: list[Stamp | None] = []
    folded: list[tuple[int, Stamp | None]] = []
    key, order = "", _order(log)
    for count, line in log.entries():
        if key and count == 1 and line.startswith(key):
            continue
        if (new := _key(count, line)) != key or not new:
            key = new
            head = head_of(line, order) if count else None
            stamp = head.stamp if head else None
            if count < -1:
                folded.append((len(stamps), stamp))
                stamp = None
            stamps.append(stamp if count else NEW_YEAR)
    years = clock.years(stamps, log.mtime)
    for index, stamp in folded:
        (years[index],) = clock.years([stamp], log.mtime)
    clock.begin()
    for stamp, year in zip(stamps, years, strict=True):
        if stamp is not None and stamp is not NEW_YEAR and (at := clock.utc(stamp, year)):
            return years, at[0]
    return years, None


def head_of(line: str, order: Order | None = None) -> Head | None:
    """Return the head of a line of any form, None if it has none."""
    if line[:1] in _JSON:
        text = line.removeprefix("data: ").lstrip("\ufeff\x1e")
        if text.startswith("{"):
            return journal.read(text)
    head = wraps.split(line, order)
    if head is not None and "@cee:" in head.message[: 8 if head.program else 80]:
        return _cee(head)
    return head


def _cee(head: Head) -> Head:
    inner = journal.read(head.message.partition("@cee:")[2].strip())
    if inner is None:
        return head
    return inner._replace(
        stamp=inner.stamp or head.stamp,
        host=inner.host or head.host,
        program=inner.program or head.program,
        pid=inner.pid or head.pid,
    )
