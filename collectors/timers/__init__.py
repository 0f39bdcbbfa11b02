"""systemd's timers: what each starts, when it last did and next will, and whether that went well.

    now|1795578324                                       date +%s
    up|12291.41 23888.10                                 /proc/uptime
    timers|Id=backup.timer                               systemctl show '*.timer', times in UTC
    timers|Unit=backup.service
    timers|TimersCalendar={ OnCalendar=*-*-* 02:30:00 ; next_elapse=Thu 2026-11-26 02:30:00 UTC }
    timers|LastTriggerUSec=Wed 2026-11-25 02:30:04 UTC
    timers|
    services|Id=backup.service                           the same of what they start
    services|Result=exit-code

One row a timer that is loaded or enabled. `overdue` is measured by the timer's own rhythm:
its next time has passed, or the last (without one: its own start) lies more than two rhythms
back. The rhythm is the time of OnUnitActiveSec and its kin, or the longest gap that the
normalised OnCalendar leaves (an hour, a day, a week, 31 or 366 days). AccuracySec and
RandomizedDelaySec, and an hour, are allowed for. systemd 219 prints moments as spans since
1970 (`49y 3month …`), as later ones print those since the machine's start. Users' own
managers are not asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from collectors import text as probe
from collectors.base import TEXT, TIME, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import CollectError, NotApplicable, ParseError
from collectors.timers import times
from collectors.timers.times import Unit

NAME = "timers"
SECONDS = 20
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("unit", TEXT, "", "the timer"),
    Column("activates", TEXT, "", "the unit that it starts"),
    Column(
        "state",
        TEXT,
        "",
        "ok, failed, overdue, inactive (enabled, not going), waiting (no run yet)",
    ),
    Column("state_reason", TEXT, "", "why, in words; empty when all is well"),
    Column(
        "last_at", TIME, "UTC", "when it last started its unit; NA when never, or not since boot"
    ),
    Column("next_at", TIME, "UTC", "when it will next; NA when there is no such time"),
    Column("schedule", TEXT, "", "when it is due, in systemd's words"),
    Column(
        "result", TEXT, "", "how its service ended: success, exit-code, timeout …; NA if it has not"
    ),
    Column("exit_status", WHOLE, "", "of the service's main process; NA when a signal ended it"),
)

_TIMER = (
    "Id Unit ActiveState SubState LoadState Result LastTriggerUSec NextElapseUSecRealtime"
    " NextElapseUSecMonotonic TimersCalendar TimersMonotonic ActiveEnterTimestamp"
    " AccuracyUSec RandomizedDelayUSec"
)
_SERVICE = "Id LoadState ActiveState Result ExecMainCode ExecMainStatus ExecMainStartTimestamp"

SCRIPT = r"""
show() { within 5 systemctl show $properties -- "$@"; }
enabled() {
  within 5 systemctl list-unit-files --type=timer --state=enabled --no-legend --no-pager |
    sed -n 's/^\([^ @]*\.timer\) .*/\1/p'
}
again() { printf '%s\n' "$shown"; return "$1"; }
if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
  TZ=UTC; export TZ; set -f
  say now date +%s
  say up cat /proc/uptime
  properties='-p TIMER'; shown=$(show '*.timer' $(enabled) 2>&1); say timers again "$?"
  units=$(printf '%s\n' "$shown" | sed -n 's/^Unit=\([^ ]*\)$/\1/p')
  properties='-p SERVICE'; [ "$units" ] && say services show $units
else say none echo no systemd; fi
:
""".replace("TIMER", " -p ".join(_TIMER.split())).replace("SERVICE", " -p ".join(_SERVICE.split()))

ALLOWED = timedelta(hours=1)


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row a timer. Raises NotApplicable where systemd does not run or has no timer,

    CollectError where it does not answer, ParseError for a time in a form that is not known.
    """
    del ask
    found = probe.sections(text)
    if "none" in found:
        raise NotApplicable("systemd does not run here")
    if "timers" not in found:
        raise ParseError("the probe of timers is incomplete", text)
    if found["timers"].status != 0:
        raise CollectError(f"systemd does not show its timers: {found['timers'].first[:200]}")
    now, up = found.value("now"), found.value("up").partition(".")[0]
    if not re.fullmatch(r"\d{1,10}", now) or not re.fullmatch(r"\d{1,10}", up):
        raise ParseError("no clock", now)
    clock = datetime.fromtimestamp(int(now), UTC)
    services = {_one(unit, "Id"): unit for unit in _units(found.good("services"))}
    timers = {_one(unit, "Id"): unit for unit in _units(found["timers"].lines)}
    rows = [
        _row(
            timer, services.get(_one(timer, "Unit"), {}), clock, clock - timedelta(seconds=int(up))
        )
        for name, timer in timers.items()
        if name.endswith(".timer") and _one(timer, "LoadState") not in ("not-found", "masked")
    ]
    if not rows:
        raise NotApplicable("systemd has no timer")
    unasked = "services" not in found or found["services"].status != 0
    return Parsed(rows, "how the timers' services ended could not be had" if unasked else "")


def _units(lines: Sequence[str]) -> Iterator[Unit]:
    """Yield the properties of each unit: blocks of NAME=VALUE, an empty line between them."""
    unit: dict[str, list[str]] = {}
    for line in [*lines, ""]:
        name, equals, value = line.partition("=")
        if equals and name.isalnum():
            unit.setdefault(name, []).append(value)
        elif line.strip():
            raise ParseError("not a property that systemctl shows", line)
        elif "Id" in unit:
            yield unit
            unit = {}


def _one(unit: Unit, name: str) -> str:
    return unit.get(name, [""])[0]


def _row(timer: Unit, service: Unit, now: datetime, booted: datetime) -> Row:
    last = times.moment(_one(timer, "LastTriggerUSec"))
    upcoming = [
        at
        for at in (
            times.moment(_one(timer, "NextElapseUSecRealtime")),
            times.moment(_one(timer, "NextElapseUSecMonotonic"), booted),
        )
        if at is not None
    ]
    row = Row(
        unit=_one(timer, "Id"),
        activates=_one(timer, "Unit") or None,
        last_at=last,
        next_at=min(upcoming, default=None),
        schedule=", ".join(times.schedule(timer)) or None,
        **_ended(service),
    )
    state, why = _state(timer, service, row, now)
    return Row(row, state=state, state_reason=why)


def _ended(service: Unit) -> Row:
    """Return how the service ended, if it is one, has run, and is not running just now."""
    if not _one(service, "ExecMainStartTimestamp") and _one(service, "ActiveState") != "failed":
        return Row()
    if _one(service, "ActiveState") in ("activating", "active") and not _failed(service):
        return Row()
    status = _one(service, "ExecMainStatus")
    exited = _one(service, "ExecMainCode") == "1" and re.fullmatch(r"\d{1,3}", status)
    return Row(
        result=_one(service, "Result") or None,
        exit_status=int(status) if exited else None,
    )


def _failed(unit: Unit) -> bool:
    good = _one(unit, "Result") in ("", "success", "exec-condition")
    return _one(unit, "ActiveState") == "failed" or not good


def _state(timer: Unit, service: Unit, row: Row, now: datetime) -> tuple[str, str]:
    if why := _failure(timer, service):
        return "failed", why
    if why := _rest(timer, row):
        return "inactive", why
    if why := _delay(timer, row, now):
        return "overdue", why
    ran = row["last_at"] or _one(timer, "SubState") == "running"
    return ("ok", "") if ran else ("waiting", "it has not run yet")


def _failure(timer: Unit, service: Unit) -> str:
    if _failed(timer):
        return f"the timer itself failed: {_one(timer, 'Result')}"
    if _failed(service):
        result = _one(service, "Result")
        told = result in ("exit-code", "signal", "core-dump")
        number = f" {_one(service, 'ExecMainStatus')}" if told else ""
        return f"{_one(service, 'Id')} failed: {result}{number}"
    missing = _one(service, "LoadState") == "not-found"
    return f"there is no {_one(service, 'Id')}" if missing else ""


def _rest(timer: Unit, row: Row) -> str:
    if _one(timer, "ActiveState") != "active":
        return "enabled, but not started"
    ends = row["next_at"] is None and row["last_at"] is None
    if ends and _one(timer, "SubState") != "running":
        return "no time is left at which it would start anything"
    return ""


def _delay(timer: Unit, row: Row, now: datetime) -> str:
    running = _one(timer, "SubState") == "running"
    accuracy = times.span(_one(timer, "AccuracyUSec"))
    allowed = max(ALLOWED, accuracy) + times.span(_one(timer, "RandomizedDelayUSec"))
    if row["next_at"] is not None and row["next_at"] < now - allowed and not running:
        return "its time has passed"
    begun = row["last_at"] or times.moment(_one(timer, "ActiveEnterTimestamp"))
    rhythm = times.rhythm(timer)
    if begun is None or rhythm is None or begun >= now - 2 * rhythm - allowed:
        return ""
    return "its service is still running" if running else "two runs or more were missed"
