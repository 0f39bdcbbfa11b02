"""Is the server up, and does its init system say that all is well?

    init|systemd                                           /proc/1/comm
    system|degraded                                        systemctl is-system-running
    system|=1
    failed|backup.service loaded failed failed Nightly backup     systemctl list-units
    virt|kvm                                               systemd-detect-virt

One row. A host that answers is `up` unless something says otherwise: systemd (its states
and failed units), OpenRC (crashed services, its runlevel), or SysV's single-user runlevel.
Where no init system can be asked, in a container say, `system_state` and `failed_units` are
NA and the reason says so. `unknown` is a systemd that runs and does not answer.
"""

from __future__ import annotations

import re

from collectors import text as probe
from collectors import virtualisation
from collectors.base import TEXT, Ask, Column, Parsed, Row
from collectors.errors import Outcome, ParseError

NAME = "servers"
SECONDS = 20
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("state", TEXT, "", "up, degraded, maintenance, down or unknown"),
    Column("state_reason", TEXT, "", "why, in words; empty when all is well"),
    Column("system_state", TEXT, "", "what the init system says; NA when there is none to ask"),
    Column("failed_units", TEXT, "", "failed units, separated by commas; NA when not known"),
    Column("virtualisation", TEXT, "", "kvm, vmware, docker …, none for hardware"),
)

SCRIPT = r"""
say init cat /proc/1/comm
if command -v systemctl >/dev/null 2>&1; then
  say system within 5 systemctl is-system-running
  say failed within 5 systemctl list-units --state=failed --plain --no-legend --no-pager --full
fi
if [ -d /run/openrc ] && command -v rc-status >/dev/null 2>&1; then
  say openrc rc-status --nocolor --all
  say runlevel rc-status --nocolor --runlevel
elif command -v runlevel >/dev/null 2>&1; then say runlevel runlevel; fi
say kernel uname -sr
"""

# systemd's states, as systemctl(1) lists them → ours, with what a person would say.
STATES = {
    "running": ("up", ""),
    "degraded": ("degraded", "systemd says degraded"),
    "maintenance": ("maintenance", "in rescue or emergency mode"),
    "initializing": ("degraded", "still starting"),
    "starting": ("degraded", "still starting: a start job has not finished"),
    "stopping": ("degraded", "is shutting down"),
}
UNIT = re.compile(r"(?:[●*×x]\s+|\s*)(\S+\.[a-z]+)\s+\S+\s+\S+\s+\S+.*")
NOTHING = re.compile(r"0 loaded units listed\..*")
SERVICE = re.compile(r"\s*(?:\*\s*)?(\S+)\s+\[\s*(\w+).*\].*")
SINGLE_USER = ("1", "S", "s", "single", "sysinit")


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT + virtualisation.SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row. Raises ParseError when a line about units is not understood."""
    del ask
    found = probe.sections(text)
    if "init" not in found or not found.value("kernel"):
        raise ParseError("the probe of servers is incomplete", text)
    says = found["system"].first if "system" in found else ""
    if says in STATES:
        row = _systemd(says, found["failed"]) if "failed" in found else _silent("no list of units")
    elif found.value("init") == "systemd":
        row = _silent(says or "it gave no answer in 5 s")
    elif "openrc" in found:
        row = _openrc(found)
    else:
        row = _other(found)
    return Parsed([Row(row, virtualisation=virtualisation.of(found))])


def absent(outcome: Outcome, cause: str) -> list[Row]:
    """Return the row of a host that gave nothing: down if it cannot be reached, or unknown.

    A name that cannot be resolved, a refused key or a refused login says nothing about it.
    """
    down = outcome in (Outcome.UNREACHABLE, Outcome.TIMED_OUT) and "name resolution" not in cause
    return [Row(state="down" if down else "unknown", state_reason=cause)]


def _row(state: str, reason: str, system: str | None, failed: list[str] | None) -> Row:
    units = None if failed is None else ", ".join(failed)
    return Row(state=state, state_reason=reason, system_state=system, failed_units=units)


def _silent(why: str) -> Row:
    return _row("unknown", f"systemd runs but cannot be asked: {why}", None, None)


def _systemd(says: str, listed: probe.Section) -> Row:
    state, reason = STATES[says]
    if listed.status != 0:
        return _row(state, reason, says, None)
    failed = []
    for line in listed.lines:
        if unit := UNIT.fullmatch(line):
            failed.append(unit[1])
        elif line.strip() and not NOTHING.fullmatch(line):
            raise ParseError("not a line of systemctl list-units", line)
    # A unit may have failed between the two commands: the list is the later word.
    if failed and state in ("up", "degraded"):
        state, reason = "degraded", f"{', '.join(failed)} failed"
    return _row(state, reason, says, failed)


def _openrc(found: probe.Sections) -> Row:
    services = [hit for line in found.good("openrc") if (hit := SERVICE.fullmatch(line))]
    runlevel = found.value("runlevel") or None
    if not services:
        return _row("up", "OpenRC cannot be asked: it lists no service", runlevel, None)
    crashed = sorted({hit[1] for hit in services if hit[2] in ("crashed", "failed")})
    if runlevel in SINGLE_USER:
        return _row("maintenance", f"in runlevel {runlevel}", runlevel, crashed)
    if crashed:
        return _row("degraded", f"{', '.join(crashed)} crashed", runlevel, crashed)
    return _row("up", "", runlevel, [])


def _other(found: probe.Sections) -> Row:
    levels = found.value("runlevel").split()
    if len(levels) == 2 and levels[1] in SINGLE_USER:
        return _row("maintenance", f"in runlevel {levels[1]}", f"runlevel {levels[1]}", None)
    if len(levels) == 2 and levels[1].isdigit():
        reason = "answers; SysV init keeps no list of failed services"
        return _row("up", reason, f"runlevel {levels[1]}", None)
    return _row("up", "answers; no init system to ask about failed services", None, None)
