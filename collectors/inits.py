"""What OpenRC, runit and SysV init say of a server; a part of `servers`.

    openrc| sshd                          [  started 12:08:11 (0) ]     rc-status --all
    runit|run: /etc/service/sshd: (pid 19) 6s                           sv status
    runit|down: /etc/service/bad: 1s, normally up, want up
    runlevel|N 2                                                        runlevel(8)

runit starts a service that ends again each second, so one that is down, normally up and
wanted up keeps dying; down and not wanted is somebody's decision. SysV init keeps no list.
"""

from __future__ import annotations

import re

from collectors.base import Row
from collectors.errors import ParseError
from collectors.text import Sections

SCRIPT = r"""
if [ -d /run/openrc ] && command -v rc-status >/dev/null 2>&1; then
  say openrc rc-status --nocolor --all
  say runlevel rc-status --nocolor --runlevel
elif command -v runlevel >/dev/null 2>&1; then say runlevel runlevel; fi
if command -v sv >/dev/null 2>&1; then
  for services in /var/service /etc/service /service; do
    [ -d "$services" ] && { say runit within 5 sv status "$services"/*; break; }
  done
fi
"""

SERVICE = re.compile(r"\s*(?:\*\s*)?(\S+)\s+\[\s*(\w+).*\].*")
RUNIT = re.compile(r"(run|down|finish|fail|warning|timeout): (\S.*?): (.*)")
SINGLE_USER = ("1", "S", "s", "single", "sysinit")


def row(found: Sections, manager: str) -> Row:
    """Return what another init than systemd says; `manager` is what systemctl says of itself."""
    if "openrc" in found:
        return _openrc(found)
    levels = found.value("runlevel").split()
    level = f"runlevel {levels[1]}" if len(levels) == 2 else None
    if level and levels[1] in SINGLE_USER:
        return Row(state="maintenance", state_reason=f"in {level}", system_state=level)
    if "runit" in found:
        return _runit(found, level)
    if level and levels[1].isdecimal():
        reason = "answers; SysV init keeps no list of failed services"
        return Row(state="up", state_reason=reason, system_state=level)
    reason = "answers; no init system to ask about failed services"
    return Row(
        state="up", state_reason=reason, system_state="offline" if manager == "offline" else None
    )


def _openrc(found: Sections) -> Row:
    services = [hit for line in found.good("openrc") if (hit := SERVICE.fullmatch(line))]
    runlevel = found.value("runlevel") or None
    if not services:
        reason = "OpenRC cannot be asked: it lists no service"
        return Row(state="up", state_reason=reason, system_state=runlevel)
    crashed = sorted({hit[1] for hit in services if hit[2] in ("crashed", "failed")})
    state, reason = ("degraded", f"{', '.join(crashed)} crashed") if crashed else ("up", "")
    if runlevel in SINGLE_USER:
        state, reason = "maintenance", f"in runlevel {runlevel}"
    units = ", ".join(crashed)
    return Row(state=state, state_reason=reason, system_state=runlevel, failed_units=units)


def _runit(found: Sections, level: str | None) -> Row:
    dying, refused = [], False
    for line in found["runit"].lines:
        said = RUNIT.fullmatch(line)
        if said is None:
            raise ParseError("not a line of sv status", line)
        refused |= "access denied" in said[3]
        own = said[3].partition("; ")[0]
        if (said[1] == "down" and "normally up, want up" in own) or said[1] == "fail":
            dying.append(said[2].rpartition("/")[2])
    if refused:
        reason = "answers; runit shows its services to root alone"
        return Row(state="up", state_reason=reason, system_state=level)
    state, reason = ("degraded", f"{', '.join(dying)} keeps ending") if dying else ("up", "")
    return Row(state=state, state_reason=reason, system_state=level, failed_units=", ".join(dying))
