"""What a probe prints: every line begins with the name of the section it belongs to.

    loadavg|0.42 0.31 0.30 2/512 90210
    loadavg|=0
    who|ops      pts/0        2026-11-23 03:12 (203.0.113.7)
    who|=0

A section is one command's output, standard error included, and `=` with its exit status
as its last line. The name in front is ours, so no output can begin or end a section.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from collectors.errors import ParseError

# `say NAME COMMAND…` prints a section; `within SECONDS COMMAND…` kills what does not end.
# Not timeout(1): many systems lack it, and BusyBox's holds on to the pipe for a second.
PRELUDE = r"""
within() {
  s=$1; shift; "$@" & p=$!
  (trap 'kill -9 "$!"; exit' TERM; sleep "$s" & wait "$!"; kill -9 "$p") >/dev/null 2>&1 & w=$!
  wait "$p"; r=$?; kill "$w" 2>/dev/null; return "$r"
}
say() { n=$1; shift; { "$@"; printf '\n=%s\n' "$?"; } 2>&1 | sed "s/^/$n|/"; }
"""

LINE = re.compile(r"([a-z][a-z_]*[0-9]*)\|(.*)", re.DOTALL)
STATUS = re.compile(r"=(\d+)")
# Twice what the kernel gives a mount's options. Longer ones are made to keep us busy.
LONGEST_LINE = 8192
KILLED = 137


@dataclass(frozen=True)
class Section:
    """One command's lines, and its exit status: None when its end never came."""

    lines: Sequence[str]
    status: int | None

    @property
    def first(self) -> str:
        """Return the first line that is not blank, stripped; "" when there is none."""
        return next((line.strip() for line in self.lines if line.strip()), "")


class Sections(dict[str, Section]):
    """The sections of one output, by name."""

    def good(self, name: str) -> Sequence[str]:
        """Return the lines of a command that ended with 0; none when it did not, or is absent."""
        section = self.get(name)
        return section.lines if section and section.status == 0 else ()

    def value(self, name: str) -> str:
        """Return the first line of a command that ended with 0, or ""."""
        return Section(self.good(name), 0).first


def sections(text: str) -> Sections:
    """Return what a probe printed. Raises ParseError for anything that is no section."""
    found: dict[str, list[str]] = {}
    for line in text.split("\n"):
        if len(line) > LONGEST_LINE:
            raise ParseError(f"a line of {len(line):,} characters", line)
        if matched := LINE.fullmatch(line):
            found.setdefault(matched[1], []).append(matched[2])
        elif line.strip():
            raise ParseError("not what the probe prints", line)
    if not found:
        raise ParseError("the probe printed nothing")
    return Sections({name: _section(lines) for name, lines in found.items()})


def whole(word: str) -> int | None:
    """Return a whole number of at most 11 digits, as times and ticks are; else None."""
    return int(word) if re.fullmatch("[0-9]{1,11}", word) else None


def _section(lines: list[str]) -> Section:
    status = None
    if ended := STATUS.fullmatch(lines[-1]):
        status = int(ended[1])
        lines = lines[:-1]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return Section(lines, status)
