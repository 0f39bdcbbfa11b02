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
LONGEST_ERROR = 500
BEGIN = re.compile(rb"^<([a-z][a-z0-9_]*) ([\d.]*)\n", re.MULTILINE)
STATUS = re.compile(rb"\n=(\d{1,3})\n?\Z")
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

    body: bytes
    errors: str
    status: int | None
    seconds: float | None

    @property
    def text(self) -> str:
        """The output as text; bytes that are not UTF-8 as surrogates, so that none is lost."""
        return self.body.decode("utf-8", "surrogateescape")


def wrap(probes: Iterable[tuple[str, int, str]]) -> str:
    """Return one POSIX sh script that runs (name, seconds, script) one after the other."""
    calls = [f"probe {name} {seconds} {shlex.quote(script)}\n" for name, seconds, script in probes]
    return PRELUDE + "".join(calls)


def unwrap(output: bytes) -> dict[str, Section]:
    """Return the sections found, by name; the last is without `status` if it was cut off.

    What stands before the first envelope (a login script's greeting) is passed over.
    """
    sections: dict[str, Section] = {}
    at = 0
    while begin := BEGIN.search(output, at):
        name = begin[1]
        end = re.compile(rb"^>" + name + rb" ([\d.]*)\n", re.MULTILINE).search(output, begin.end())
        printed = output[begin.end() : end.start() if end else len(output)]
        sections[name.decode()] = _section(printed, begin[2], end[1] if end else None)
        if not end:
            break
        at = end.end()
    return sections


def _section(printed: bytes, begun: bytes, ended: bytes | None) -> Section:
    said = b""
    if ended is not None and (first_error := printed.find(b"\n!")) >= 0:
        printed, said = printed[: first_error + 1], printed[first_error + 1 :]
    body = printed[1:].replace(b"\n ", b"\n")  # each line was moved right by one blank
    if ended is None:
        return Section(body, "", None, None)
    # The status stands after a line break of its own, so the text is as it was printed.
    found = STATUS.search(body)
    lines = said.decode("utf-8", "replace").splitlines()[:ERROR_LINES]
    return Section(
        body=body[: found.start()] if found else body,
        errors="\n".join(line[1 : LONGEST_ERROR + 1] for line in lines),
        status=int(found[1]) if found else None,
        seconds=_between(begun, ended),
    )


def _between(begun: bytes, ended: bytes) -> float | None:
    try:
        return round(float(ended) - float(begun), 2)
    except ValueError:
        return None
