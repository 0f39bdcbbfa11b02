"""What systemd says of a server, and of its failed units; a part of `servers`.

    system|degraded                                        systemctl is-system-running
    system|=1
    failed|backup.service loaded failed failed Nightly backup     systemctl list-units
    unit1|Id=backup.service                                systemctl show, times in UTC
    unit1|InactiveEnterTimestamp=Mon 2026-11-23 03:12:04 UTC
    line1|pg_dump: error: connection to server failed      journalctl: its own last line

Of the first few failed units also since when, and what they said last: their own last line
in the journal, or where there is none systemd's last about them. Headings and legends of
systemctl are passed over; a unit counts as failed by its ACTIVE or SUB column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from collectors.base import Row
from collectors.errors import ParseError
from collectors.text import Section, Sections

TOLD = 3  # of so many failed units more is asked; each costs two commands

SCRIPT = r"""
units() {
  printf '%s\n' "$listed" |
    sed -n 's/^[^A-Za-z0-9]*\([^ ]*\.[a-z]*\)  *[^ ]*  *failed .*/\1/p' | head -n TOLD
}
again() { printf '%s\n' "$listed"; return "$1"; }
since() {
  TZ=UTC; export TZ
  within 3 systemctl show -p Id -p InactiveEnterTimestamp -- "$1"
}
last_line() {
  line=$(within 3 journalctl -q -n 1 -o cat --no-pager "_SYSTEMD_UNIT=$1" 2>/dev/null)
  [ "$line" ] || line=$(within 3 journalctl -q -n 1 -o cat --no-pager -u "$1" 2>/dev/null)
  printf '%.300s\n' "$line" | head -n 1
}
if command -v systemctl >/dev/null 2>&1; then
  say system within 5 systemctl is-system-running
  listed=$(within 5 systemctl list-units --state=failed --plain --no-legend --no-pager --full 2>&1)
  say failed again "$?"
  count=0; set -f
  for unit in $(units); do
    count=$((count + 1))
    say "unit$count" since "$unit"; say "line$count" last_line "$unit"
  done
  set +f
fi
""".replace("TOLD", str(TOLD))

# systemd's states, as systemctl(1) lists them → ours, with what a person would say.
STATES = {
    "running": ("up", ""),
    "degraded": ("degraded", "systemd says degraded"),
    "maintenance": ("maintenance", "in rescue or emergency mode"),
    "initializing": ("degraded", "still starting"),
    "starting": ("degraded", "still starting: a start job has not finished"),
    "stopping": ("degraded", "is shutting down"),
}
UNIT = re.compile(r"(?:[●○*×x]\s+|\s*)(\S+\.[a-z]+)\s+\S+\s+(\S+)\s+(\S+).*")
AROUND = re.compile(
    r"\s*(UNIT\s+LOAD\s+ACTIVE\s+SUB\b.*|(Legend: )?(LOAD|ACTIVE|SUB|JOB)\s+(=|→|->)\s.*"
    r"|\d+ (loaded )?units listed\..*|To show all installed unit files use .*|Pass --all to see .*)"
)
SINCE = re.compile(r"InactiveEnterTimestamp=\w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)? UTC")


def silent(why: str) -> Row:
    """Return what is known of a server whose systemd runs and does not answer."""
    return Row(state="unknown", state_reason=f"systemd runs but cannot be asked: {why}")


def row(says: str, found: Sections) -> Row:
    """Return what systemd says. Raises ParseError for a list of units in another form."""
    if "failed" not in found:
        return silent("no list of units")
    state, reason = STATES[says]
    failed = _failed(found["failed"])
    if failed is None:
        return Row(state=state, state_reason=reason, system_state=says)
    # A unit may have failed between the two commands: the list is the later word.
    if failed and state in ("up", "degraded"):
        state, reason = "degraded", f"{', '.join(failed)} failed"
    since = [at for n in range(1, TOLD + 1) if (at := _since(found.good(f"unit{n}")))]
    lines = [f"{unit}: {said}" for n, unit in enumerate(failed[:TOLD], 1)
             if (said := found.value(f"line{n}"))]  # fmt: skip
    return Row(
        state=state,
        state_reason=reason,
        system_state=says,
        failed_units=", ".join(failed),
        failed_since_at=min(since, default=None),
        failed_last_lines="; ".join(lines) or None,
    )


def _failed(listed: Section) -> list[str] | None:
    if listed.status != 0:
        return None
    failed = []
    for line in listed.lines:
        if unit := UNIT.fullmatch(line):
            failed += [unit[1]] if "failed" in (unit[2], unit[3]) else []
        elif line.strip() and not AROUND.fullmatch(line):
            raise ParseError("not a line of systemctl list-units", line)
    return failed


def _since(lines: Sequence[str]) -> datetime | None:
    hits = [hit for line in lines if (hit := SINCE.fullmatch(line))]
    try:
        return datetime.fromisoformat(hits[0][1]).replace(tzinfo=UTC) if hits else None
    except ValueError:  # a time that cannot be
        return None
