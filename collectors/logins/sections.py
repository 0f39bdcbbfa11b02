"""What the script printed, taken apart: the server's clock, the logs, what was withheld."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from collectors.errors import ParseError

JOURNAL = 9
LISTED = {"hint": "hints", "unread": "unread", "odd": "odd", "nofile": "no_file"}
COUNTED = ("blurred", "accepted", "lost", "skipped", "sought")
_RETURNS = re.compile("\r+\n")


@dataclass(slots=True, eq=False)
class Log:
    """One file, or the journal: `rank` 1 for where logins belong, 2 for the general log.

    Its lines stay where they are, in what the script printed: a million of them, each a
    string of its own, would take more memory than all else.
    """

    rank: int
    mtime: float
    path: str
    text: str
    spans: list[tuple[int, int]] = field(default_factory=list)
    oldest: float | None = None
    status: int | None = None
    folded: bool = False
    # What the filter left out or told less exactly: how many failed logins without the user's
    # name, logins without their end, lines not at all, bytes of its beginning (skipped), of
    # which this is what a search found (sought); until when it was read, where the time was
    # not enough.
    left: dict[str, str] = field(default_factory=dict)

    def entries(self) -> Iterator[tuple[int, str]]:
        """Yield (count, line): 1 for a line, 0 marks a new year, -1 the log's first lines,
        and below that a line that stands for so many, less one. Raises ParseError for any
        other mark.
        """
        text = self.text
        for begin, stop in self.spans:
            at = begin
            while at < stop:
                end = text.find("\n", at, stop)
                end = stop if end < 0 else end
                if text[at] == "|":
                    yield 1, text[at + 1 : end]
                elif end > at:
                    yield _entry(text[at], text[at + 1 : end])
                at = end + 1

    @property
    def has_entries(self) -> bool:
        """Whether any line of it was printed."""
        return any(self.text[start:stop].strip("\n") for start, stop in self.spans)

    @property
    def beginning(self) -> str:
        """Return its first lines, as many as were printed in any case."""
        return "\n".join(line for count, line in islice(self.entries(), 3) if count == -1)

    @property
    def size(self) -> int:
        """Return how much of it was printed."""
        return sum(stop - start for start, stop in self.spans)

    @property
    def has_lines(self) -> bool:
        """Whether it held anything about logins."""
        return any(
            self.text.find(mark, max(start - 1, 0), stop) >= 0
            for start, stop in self.spans
            for mark in ("\n|", "\n*")
        )


def _entry(mark: str, rest: str) -> tuple[int, str]:
    if mark == "*":
        count, _, line = rest.partition(" ")
        if not (count.isascii() and count.isdecimal()):
            raise ParseError("a folded line without its count", rest)
        return -1 - max(int(count), 1), line
    if mark not in ("^", "~"):
        raise ParseError("a line that stands in no log", mark + rest)
    return (-1 if mark == "^" else 0), rest


@dataclass(slots=True)
class Evidence:
    """All that one server showed."""

    now: float = 0
    zone: str = ""
    offset: str = ""
    looked: str = ""
    logs: list[Log] = field(default_factory=list)
    denied: list[tuple[int, str]] = field(default_factory=list)
    tools: list[tuple[str, str]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    # Logs for which the time was not enough, and what is odd about those that were read.
    unread: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    no_file: list[str] = field(default_factory=list)
    wtmp: float = 0
    done: bool = False


def read(text: str) -> Evidence:
    """Return what the script printed. Raises ParseError if it was another's output."""
    # What a crash and other systems leave in a line.
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r\n" in text:
        text = _RETURNS.sub("\n", text)
    head, _, _ = text.partition("\n")
    if head != "@logins 1":
        raise ParseError("not the output of the logins script", head)
    seen = Evidence()
    log: Log | None = None
    start = len(head) + 1
    while start < len(text):
        # No line of a log can begin with "@": each has its mark in front.
        if text[start] == "@":
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            log = _note(seen, log, text, text[start:end])
            start = end + 1
            continue
        stop = text.find("\n@", start) + 1 or len(text)
        if log is not None:
            log.spans.append((start, stop))
        elif rest := text[start:stop].strip("\n"):
            raise ParseError("a line that stands in no log", rest.partition("\n")[0])
        start = stop
    return seen


def _note(seen: Evidence, log: Log | None, text: str, line: str) -> Log | None:
    word, _, rest = line[1:].partition(" ")
    try:
        if word == "file":
            rank, mtime, path = rest.split(" ", 2)
            seen.logs.append(Log(int(rank), float(mtime), path, text))
            return seen.logs[-1]
        if word == "journal":
            seen.logs.append(Log(JOURNAL, seen.now, "the journal", text, oldest=float(rest)))
            return seen.logs[-1]
        if log is not None:
            return _inside(log, word, rest, line)
        _outside(seen, word, rest, line)
    except ValueError as error:
        raise ParseError("a note that is not understood", line) from error
    return None


def _inside(log: Log, word: str, rest: str, line: str) -> Log | None:
    if word == "end":
        log.status = int(rest.split(maxsplit=1)[0])
        return None
    if word == "folded":
        log.folded = True
    elif word == "late" or (word in COUNTED and int(rest) >= 0):
        log.left[word] = rest
    else:
        raise ParseError("a note that is not understood", line)
    return log


def _outside(seen: Evidence, word: str, rest: str, line: str) -> None:
    if word == "now":
        seen.now = float(rest)
    elif word in ("zone", "offset", "looked"):
        setattr(seen, word, rest)
    elif word == "denied":
        rank, _, path = rest.partition(" ")
        seen.denied.append((int(rank), path))
    elif word == "tool":
        tool, _, path = rest.partition(" ")
        seen.tools.append((tool, path))
    elif word in LISTED:
        getattr(seen, LISTED[word]).append(rest)
    elif word == "wtmp":
        seen.wtmp = float(rest)
    elif word == "done":
        seen.done = True
    else:
        raise ParseError("a note that is not understood", line)
