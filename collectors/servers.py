"""Is the server up, and does its init system say that all is well?

    init|systemd                                           /proc/1/comm
    system|degraded                                        systemctl is-system-running
    system|=1
    failed|backup.service loaded failed failed Nightly backup     systemctl list-units
    virt|kvm                                               systemd-detect-virt

One row. A host that answers is `up` unless something says otherwise: systemd (its states
and failed units), OpenRC (crashed services, its runlevel), runit (services that keep
ending), or SysV's single-user runlevel. Where none can be asked (SysV and BusyBox init keep
no list, a container may have no init at all) the host is up all the same, for it answered;
what is not known is its services, so `failed_units` is NA and the reason says so. `unknown`
would be untrue of it, and an alarm each day for each container. `unknown` are a systemd that
runs and does not answer, and a host that could not be asked. `system_state` is `offline`
where systemctl is installed and systemd does not run.
"""

from __future__ import annotations

from collectors import inits, systemd, virtualisation
from collectors import text as probe
from collectors.base import TEXT, TIME, Ask, Column, Parsed, Row
from collectors.errors import Outcome, ParseError

NAME = "servers"
SECONDS = 20
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("state", TEXT, "", "up, degraded, maintenance, down or unknown"),
    Column("state_reason", TEXT, "", "why, in words; empty when all is well"),
    Column("system_state", TEXT, "", "what the init system says; NA when there is none to ask"),
    Column("failed_units", TEXT, "", "failed units, separated by commas; NA when not known"),
    Column("failed_since_at", TIME, "UTC", "since when the first of them; NA when not known"),
    Column("failed_last_lines", TEXT, "", "what the first few of them said last, in the journal"),
    Column("virtualisation", TEXT, "", "kvm, vmware, docker …, none for hardware"),
)

SCRIPT = "say init cat /proc/1/comm\nsay kernel uname -sr\n"


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT + systemd.SCRIPT + inits.SCRIPT + virtualisation.SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row. Raises ParseError when a line about units is not understood."""
    del ask
    found = probe.sections(text)
    if "init" not in found or not found.value("kernel"):
        raise ParseError("the probe of servers is incomplete", text)
    says = found["system"].first if "system" in found else ""
    if says in systemd.STATES:
        row = systemd.row(says, found)
    elif found.value("init") == "systemd":
        row = systemd.silent(says or "it gave no answer in 5 s")
    else:
        row = inits.row(found, says)
    asked = says in systemd.STATES and row["state"] in ("up", "degraded") and "failed" in found
    unlisted = asked and row.get("failed_units") is None
    cause = "systemd did not list the failed units" if unlisted else ""
    return Parsed([Row(row, virtualisation=virtualisation.of(found))], cause)


def absent(outcome: Outcome, cause: str) -> list[Row]:
    """Return the row of a host that gave nothing: down if nobody answers there, or unknown.

    One that refuses a connection, a key or a login answers; one that was never asked, for a
    name that cannot be resolved or a route that cannot be had here, may be up.
    """
    if outcome is Outcome.TIMED_OUT:
        down = "waiting for" not in cause or "a TCP connection" in cause
    else:
        no_route = "no route to" in cause and "etwork is unreachable" not in cause
        down = outcome is Outcome.UNREACHABLE and no_route
    return [Row(state="down" if down else "unknown", state_reason=cause)]
