"""Commands that may hang, print without end or say anything: each apart, under its own limit.

    out1|DISK OK - free space: / 3326 MiB (56%);| /=2643MiB;5948;5958;0;5968
    out1|=0
    end1|0 0 10                 its reader's exit status, seconds taken, seconds it had
    cut2|                       the second printed more than was asked for
    end3|late                   the third had no time left

A command is killed with all that it started. What it leaves behind in a session of its own
may hold its output open: then its reader is killed too, and nobody waits any longer.
(`$!` is the reader; the alarm is what gets us out of `wait`, which would wait for the whole
pipeline. `exec 2>&1`, because dash keeps a copy of what a redirection of a group replaces.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collectors import text as probe
from collectors.errors import ParseError

# `apart NUMBER SECONDS CHARACTERS SCRIPT ARGUMENT…`, one after the other.
SCRIPT = r"""
deadline=$(($(date +%s) + BUDGET)); session=; setsid true 2>/dev/null && session=setsid
bounded() {
  s=$1 c=$2; shift 2
  $session sh -c "$c" sh "$@" & p=$!
  (trap 'kill -9 "$!"; exit' TERM; sleep "$s" & wait "$!"; kill -9 ${session:+-}"$p" "$p"
  ) >/dev/null 2>&1 & k=$!
  wait "$p" 2>/dev/null; r=$?; kill "$k" 2>/dev/null
  [ -z "$session" ] || kill -9 -"$p" 2>/dev/null
  return "$r"
}
reader() {
  ulimit -v 1000000 2>/dev/null
  exec awk -v n="$1" -v left="$2" '
    function out(t) {
      if (length(t) > left || length(t) > 8000) cut = 1
      if (left > 0) print "out" n "|" substr(t, 1, left < 8000 ? left : 8000)
      left -= length(t) + 1
    }
    NR > 1 { out(held) } { held = $0 }
    END { print "out" n "|" held; if (cut) print "cut" n "|" }'
}
trap 'kill -9 "$reading" 2>/dev/null' ALRM
apart() {
  n=$1 began=$(date +%s) most=$2 size=$3; shift 3
  [ "$most" -le "$((deadline - began))" ] || most=$((deadline - began))
  [ "$most" -gt 0 ] || { printf 'end%s|late\n' "$n"; return; }
  { exec 2>&1; bounded "$most" "$@"; printf '\n=%s\n' "$?"; } | reader "$n" "$size" & reading=$!
  (trap 'kill -9 "$!"; exit' TERM; sleep "$((most + 2))" & wait "$!"; kill -ALRM $$
  ) >/dev/null 2>&1 & w=$!
  wait "$reading"; e=$?; kill "$w" 2>/dev/null
  printf 'end%s|%s %s %s\n' "$n" "$e" "$(($(date +%s) - began))" "$most"
}
"""


def script(budget: int) -> str:
    """Return the functions, for commands that together have so many seconds."""
    return SCRIPT.replace("BUDGET", str(budget))


@dataclass(frozen=True)
class Answer:
    """What a command printed and how it ended. status: None, and a `cause`, if it did not."""

    lines: Sequence[str]
    status: int | None
    cause: str = ""
    cut: bool = False


def answer(found: probe.Sections, number: int) -> Answer:
    """Return the answer of a command. Raises ParseError when its end is not understood."""
    end, out = found.get(f"end{number}"), found.get(f"out{number}")
    lines = out.lines if out else ()
    if end is None:
        return Answer(lines, None, "what the server printed ends before it")
    if end.first == "late":
        return Answer((), None, "not reached: what came before it took too long")
    words = end.first.split(" ")
    if len(words) != 3 or not all(word.isdecimal() and len(word) < 10 for word in words):
        raise ParseError("the end of a command is not understood", end.first)
    reading, took, most = map(int, words)
    if reading or out is None or out.status is None:
        why = "its output does not end" if took >= most else "its output could not be read"
        return Answer(lines, None, why)
    if out.status == probe.KILLED and took >= most:
        return Answer(lines, None, f"no answer within {most} s")
    return Answer(lines, out.status, cut=f"cut{number}" in found)
