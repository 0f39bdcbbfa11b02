"""Is the clock kept right: by what, after which reference, and how far is it off?

    seen|chronyd                                         what of such daemons runs
    now|1795577901                                       date +%s
    chrony|0A630002,10.99.0.2,3,1795577664.90,-0.0000015,…,Normal     chronyc -c -n tracking
    ntpq|leap=00, stratum=3, refid=10.99.0.2, offset=0.119, …         ntpq -n -c rv
    ntpctl|1/1 peers valid, clock synced, stratum 3                   ntpctl -s all
    timesyncd|(uuuuittayttttbtt) 0 4 4 2 -25 0 0 4 127 127 1 1 …      busctl, see `daemons`
    kernel|NTPSynchronized=yes                           timedatectl, or BusyBox's adjtimex
    rights|CapBnd: 000001ffffffffff                      /proc/self/status, /proc/self/uid_map

One row. Where several daemons answer, that of the one which is synchronised; where none can
be asked (BusyBox's ntpd, no right), the kernel's own flag tells. A container has the clock
of its host: without a daemon of its own there is nothing to know of it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from collectors import rights
from collectors import text as probe
from collectors.base import FLAG, NUMBER, TEXT, TIME, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import NoData, NoPermission, NotApplicable, ParseError
from collectors.timesync import daemons

NAME = "timesync"
SECONDS = 20
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("state", TEXT, "", "ok, unsynchronised, or none (nothing keeps the clock)"),
    Column("state_reason", TEXT, "", "why, in words; empty when all is well"),
    Column("synchronised", FLAG, "", "whether the daemon, or the kernel, says so"),
    Column("source", TEXT, "", "chronyd, ntpd, openntpd, systemd-timesyncd; NA if not known"),
    Column("reference", TEXT, "", "the server or clock it follows"),
    Column("stratum", WHOLE, "", "how many steps from a true clock the host is"),
    Column("offset_seconds", NUMBER, "s", "by how much the host is ahead of it; behind: negative"),
    Column("last_at", TIME, "UTC", "when it last heard from it"),
)

# Only where it runs: the bus would start timesyncd for the asking.
SCRIPT = r"""
running() {
  if [ -r /proc/self/comm ]; then cat /proc/[0-9]*/comm; else ps -A -o comm || ps -axo comm; fi \
    2>/dev/null | sed 's|.*/||' | grep -xE 'chronyd|ntpd|xntpd|openntpd|systemd-timesyn' | sort -u
}
have() { command -v "$1" >/dev/null 2>&1; }
chrony() { within 5 chronyc -c -n tracking || within 5 chronyc -n tracking; }
bus() {
  d=org.freedesktop.timesync1
  within 5 busctl get-property $d /org/freedesktop/timesync1 $d.Manager ServerAddress NTPMessage
}
flag() {
  if [ -d /run/systemd/system ] && have timedatectl; then
    within 5 timedatectl show -p NTPSynchronized || within 5 timedatectl
  else adjtimex || busybox adjtimex; fi 2>&1
}
seen=$(running)
say seen printf '%s\n' "$seen"
say init cat /proc/1/comm
say now date +%s
have chronyc && say chrony chrony
have ntpq && say ntpq within 6 ntpq -n -c rv
have ntpctl && say ntpctl within 5 ntpctl -s all
case $seen in *timesyn*) say timesyncd bus ;; esac
say kernel flag
say system uname -s
"""

STALE = timedelta(days=1)
FLAG_LINES = re.compile(
    r"\s*(?:NTPSynchronized=|(?:NTP|System clock) synchronized: )(yes|no)"
    r"|[\s-]*status:\s+(\d{1,9})\b.*"
)
UNSYNCHRONISED = 0x40  # STA_UNSYNC, adjtimex(2)


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT + rights.SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row.

    Raises NotApplicable in a container without a daemon, NoPermission where a daemon does
    not answer this user, and NoData where nothing tells.
    """
    del ask
    found = probe.sections(text)
    if "seen" not in found or "kernel" not in found:
        raise ParseError("the probe of timesync is incomplete", text)
    kernel = _kernel(found)
    rows = [row for read in daemons.READERS if (row := read(found, kernel)) is not None]
    if rows:
        rows.sort(key=lambda row: not row["synchronised"])
        several = ", ".join(str(row["source"]) for row in rows)
        note = f"more than one daemon keeps the clock: {several}" if len(rows) > 1 else ""
        return Parsed([_judged(rows[0], found.value("now"))], note=note)
    row, note = _without_answer(found, kernel)
    return Parsed([row], note=note)


def _judged(row: Row, now: str) -> Row:
    """Add the state. Daemons call a clock synchronised long after their last reference went."""
    last = row.get("last_at")
    clock = datetime.fromtimestamp(int(now), UTC) if re.fullmatch(r"\d{1,10}", now) else None
    if row["synchronised"] and last and clock and clock - last > STALE:
        row |= {"synchronised": False, "state_reason": "nothing heard for more than a day"}
    return Row(state="ok" if row["synchronised"] else "unsynchronised", **row)


def _without_answer(found: probe.Sections, kernel: bool | None) -> tuple[Row, str]:
    """Return what can be said where no daemon answered, and what is not known."""
    running = [line for line in found.good("seen") if line]
    if not running and rights.lacks(found, rights.SET_TIME):
        raise NotApplicable("a container has the clock of its host")
    source = running[0].replace("timesyn", "timesyncd") if running else None
    asked = any(tool in found for tool in ("chrony", "ntpq", "ntpctl", "timesyncd"))
    if kernel is not None and (running or kernel):
        why = "" if kernel else "the kernel's clock is not synchronised"
        note = f"{source} does not answer this user: root may ask it" if running and asked else ""
        return _judged(Row(synchronised=kernel, source=source, state_reason=why), ""), note
    if running and asked:
        raise NoPermission(f"{source} does not answer this user: root may ask it")
    if running:
        raise NoData(f"{source} runs, and nothing on this system can ask it")
    if found.value("system") not in ("Linux", "FreeBSD"):
        raise NoData("nothing on this system tells whether its clock is synchronised")
    if found.value("system") == "Linux" and not found.value("init"):
        raise NoPermission("processes are hidden from this user: root may see what keeps the clock")
    return Row(state="none", state_reason="no time daemon runs", synchronised=False), ""


def _kernel(found: probe.Sections) -> bool | None:
    for line in found["kernel"].lines:
        if hit := FLAG_LINES.fullmatch(line):
            return hit[1] == "yes" if hit[1] else not int(hit[2]) & UNSYNCHRONISED
    return None
