"""sudo's event log in JSON (`log_format=json`, sudo 1.9.4 and later): one record an event.

    {"accept": {"server_time": {"seconds": 1795564800, …}, "submituser": "bob",
     "runuser": "root", "command": "/bin/ls", "submithost": "web01", …}}
    {"reject": {"reason": "command not allowed", …}}    {"alert": …}    {"exit": …}

In syslog it stands behind "@cee:", within {"sudo": …}. After sudo's eventlog.c.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from collectors.logins.heads import Head
from collectors.logins.stamps import Stamp


def read(record: Mapping[str, Any]) -> Head | None:
    """Return an event as the line that sudo would have written, None for any other record.

    `program` is empty where the event is no word on a command that was to be run.
    """
    events = record.get("sudo", record)
    if not isinstance(events, dict):
        return None
    for kind in ("accept", "reject", "exit", "alert"):
        event = events.get(kind)
        if isinstance(event, dict) and "submituser" in event:
            return _head(kind, event)
    return None


def _head(kind: str, event: Mapping[str, Any]) -> Head:
    stamp = _time(event.get("server_time")) or _time(event.get("submit_time"))
    host = str(event.get("submithost") or "")
    if kind not in ("accept", "reject"):
        return Head(stamp, host, "", "", "", "")
    reason = f"{event.get('reason') or 'command not allowed'} ; " if kind == "reject" else ""
    # The directory and the target of a refused command are the caller's word.
    target = str(event.get("runuser") or "root").replace(" ; ", " ")
    message = (
        f"{event['submituser']} : {reason}TTY={event.get('ttyname') or 'unknown'} ;"
        f" USER={target} ; COMMAND={event.get('command') or ''}"
    )
    return Head(stamp, host, "sudo", "", "", message)


def _time(time: object) -> Stamp | None:
    if not isinstance(time, dict) or not isinstance(time.get("seconds"), int):
        return None
    try:
        at = datetime.fromtimestamp(time["seconds"], UTC)
    except (ValueError, OverflowError, OSError):
        return None
    nano = time.get("nanoseconds")
    micro = nano // 1000 if isinstance(nano, int) and 0 <= nano < 10**9 else 0
    return Stamp(at.year, at.month, at.day, f"{at:%H:%M:%S}", micro, UTC)
