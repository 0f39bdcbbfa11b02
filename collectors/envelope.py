"""One script for a host: every collector's probe in it, each in an envelope of its own.

What comes back is made of lines, and their first character says what they are:

    <disks 8123.45    the probe of disks begins (seconds since the machine's start)
     /dev/sda1 …      its output, each line moved right by one blank: no output, whatever
                      it says, can begin a line with anything else and so end its envelope
     =0               last, its exit status
    !df: /mnt: …      the first lines of its standard error
    >disks 8123.61    it has ended

Each probe has a time limit of its own on the server. Only POSIX sh, printf and sed are
needed; GNU `timeout` is used where it is there.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

ERROR_LINES = 5
# What GNU `timeout` (124) and the kill at a deadline (137) leave as a status.
TIMED_OUT = (124, 137)

PRELUDE = r"""
exec 3>&1 </dev/null
LC_ALL=C; LANG=C; LANGUAGE=; PATH="${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin"
SYSTEMD_PAGER=cat; SYSTEMD_COLORS=0
export LC_ALL LANG LANGUAGE PATH SYSTEMD_PAGER SYSTEMD_COLORS
umask 077
if timeout --version >/dev/null 2>&1; then limit() { timeout -k 1 "$1" sh -c "$2"; }
else
  # BusyBox's timeout ends a shell and not what hangs in it, so: a session of its own.
  s=; setsid true 2>/dev/null && s=setsid
  limit() {
    $s sh -c "$2" & p=$!
    (trap 'kill -9 $!; exit' TERM; sleep "$1" & wait $!
      kill -9 ${s:+-}"$p" "$p") >/dev/null 2>&1 3>&- & w=$!
    wait "$p" 2>/dev/null; r=$?; kill "$w" 2>/dev/null; return "$r"
  }
fi
clock() { c=; [ -r /proc/uptime ] && read -r c _ </proc/uptime; }
probe() {
  clock; printf '<%s %s\n' "$1" "$c"
  e=$({ { limit "$2" "$3" 3>&-; printf '\n=%s\n' "$?"; } | sed 's/^/ /' >&3; } 2>&1 |
    sed -n '1,ERROR_LINESp')
  [ -n "$e" ] && printf '%s\n' "$e" | sed 's/^/!/'
  clock; printf '>%s %s\n' "$1" "$c"
}
""".replace("ERROR_LINES", str(ERROR_LINES))


@dataclass(frozen=True)
class Section:
    """What one probe printed. `status` is None when its end never came."""

    text: str
    errors: str
    status: int | None
    seconds: float | None
    size_bytes: int


def wrap(probes: Iterable[tuple[str, int, str]]) -> str:
    """Return one POSIX sh script that runs (name, seconds, script) one after the other."""
    calls = [f"probe {name} {seconds} {shlex.quote(script)}\n" for name, seconds, script in probes]
    return PRELUDE + "".join(calls)


def unwrap(output: bytes) -> dict[str, Section]:
    """Return the sections found, by name; the last is without `status` if it was cut off.

    Lines before the first envelope (a login script's greeting) are passed over. Output is
    decoded as UTF-8 with `surrogateescape`, so that no byte is lost.
    """
    sections: dict[str, Section] = {}
    name, begun = "", ""
    body: list[str] = []
    errors: list[str] = []
    for line in output.decode("utf-8", "surrogateescape").split("\n"):
        kind, rest = line[:1], line[1:]
        if kind == "<":
            name, _, begun = rest.partition(" ")
            body, errors = [], []
        elif kind == " " and name:
            body.append(rest)
        elif kind == "!" and name:
            errors.append(rest)
        elif kind == ">" and rest.partition(" ")[0] == name:
            ended = rest.partition(" ")[2]
            sections[name] = _section(body, errors, _between(begun, ended))
            name = ""
    if name:
        sections[name] = Section("\n".join(body), "\n".join(errors), None, None, _size(body))
    return sections


def _section(body: list[str], errors: list[str], seconds: float | None) -> Section:
    status = None
    if body and (found := re.fullmatch(r"=(\d+)", body[-1])):
        status = int(found[1])
        body = body[:-1]
    # The status stands after a line break of its own, so the text is as it was printed.
    return Section("\n".join(body), "\n".join(errors), status, seconds, _size(body))


def _between(begun: str, ended: str) -> float | None:
    try:
        return round(float(ended) - float(begun), 2)
    except ValueError:
        return None


def _size(lines: list[str]) -> int:
    return sum(len(line.encode("utf-8", "surrogateescape")) + 1 for line in lines)
