"""What the script printed, taken apart: the server's clock, the logs, what was withheld."""

from __future__ import annotations

from dataclasses import dataclass, field

from collectors.errors import ParseError

JOURNAL = 9


@dataclass(slots=True)
class Log:
    """One file, or the journal: `rank` 1 for where logins belong, 2 for the general log.

    `entries` are (count, line); a count of 0 marks a new year, -1 the log's first lines,
    above 1 a line that stands for so many.
    """

    rank: int
    mtime: float
    path: str
    entries: list[tuple[int, str]] = field(default_factory=list)
    oldest: float | None = None
    status: int | None = None
    folded: bool = False
    capped: bool = False

    @property
    def has_lines(self) -> bool:
        """Whether it held anything about logins."""
        return any(count > 0 for count, _ in self.entries)


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
    done: bool = False


def read(text: str) -> Evidence:
    """Return what the script printed. Raises ParseError if it was another's output."""
    lines = text.split("\n")
    if lines[0] != "@logins 1":
        raise ParseError("not the output of the logins script", lines[0])
    seen = Evidence()
    log: Log | None = None
    for line in lines[1:]:
        mark = line[:1]
        if mark == "@":
            log = _note(seen, log, line)
        elif not mark:
            continue
        elif log is None or mark not in "|^*~":
            raise ParseError("a line that stands in no log", line)
        elif mark == "*":
            count, _, rest = line[1:].partition(" ")
            if not count.isdigit():
                raise ParseError("a folded line without its count", line)
            log.entries.append((max(int(count), 1), rest))
        else:
            log.entries.append(({"|": 1, "^": -1, "~": 0}[mark], line[1:]))
    return seen


def _note(seen: Evidence, log: Log | None, line: str) -> Log | None:
    word, _, rest = line[1:].partition(" ")
    try:
        if word == "file":
            rank, mtime, path = rest.split(" ", 2)
            seen.logs.append(Log(int(rank), float(mtime), path))
            return seen.logs[-1]
        if word == "journal":
            seen.logs.append(Log(JOURNAL, seen.now, "the journal", oldest=float(rest)))
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
    elif word == "capped":
        log.capped = True
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
    elif word == "hint":
        seen.hints.append(rest)
    elif word == "done":
        seen.done = True
    else:
        raise ParseError("a note that is not understood", line)
