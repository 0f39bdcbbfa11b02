"""One JSON object a line: `journalctl -o json`, rsyslog's CEE templates, and the like.

    {"__REALTIME_TIMESTAMP":"1795564800123456","_HOSTNAME":"web01","SYSLOG_IDENTIFIER":"sshd",
     "_PID":"812","MESSAGE":"Accepted password for …"}

A MESSAGE that is not plain UTF-8 text is an array of bytes (systemd's journal-fields(7)),
one that is too long is null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.logins.heads import Head, split
from collectors.logins.stamps import Stamp, moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PROGRAM = (
    "SYSLOG_IDENTIFIER",
    "_COMM",
    "programname",
    "app-name",
    "appname",
    "program",
    "ident",
    "proc",
    "syslogtag",
)
_PID = ("SYSLOG_PID", "_PID", "procid", "pid", "proc-id")
_HOST = ("_HOSTNAME", "hostname", "host", "fromhost", "source")
_MESSAGE = ("MESSAGE", "msg", "message")
_TIME = (
    "__REALTIME_TIMESTAMP",
    "_SOURCE_REALTIME_TIMESTAMP",
    "timereported",
    "@timestamp",
    "timestamp",
    "time",
    "timegenerated",
)


def read(line: str) -> Head | None:
    """Return the head of a JSON line, None if it is not JSON or says nothing of a program."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    message = _text(_first(record, _MESSAGE))
    program = _text(_first(record, _PROGRAM))
    if not program:
        # A container's log, or a shipper's: the line as it was, wrapped.
        inner = split(_text(record.get("log") or message).strip())
        if inner is not None:
            return inner
    name, _, rest = program.partition("[")
    pid = _text(_first(record, _PID)) or rest.partition("]")[0]
    module = ""
    if name.endswith(")") and "(" in name:
        name, _, module = name[:-1].partition("(")
    name = name.rstrip(":").rpartition("/")[2]
    return Head(
        _stamp(record), _text(_first(record, _HOST)), name, module, pid.strip("-"), message.strip()
    )


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        if record.get(name) not in (None, ""):
            return record[name]
    return ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        if value and all(isinstance(item, int) and 0 <= item < 256 for item in value):
            return bytes(value).decode("utf-8", "surrogateescape").replace("\0", "")
        return _text(value[-1]) if value else ""  # a field that stands twice
    return str(value)


def _stamp(record: Mapping[str, Any]) -> Stamp | None:
    text = _text(_first(record, _TIME))
    if text.isdigit() and len(text) >= 10:
        at = _EPOCH + timedelta(microseconds=int(text[:16].ljust(16, "0")))
        return Stamp(at.year, at.month, at.day, f"{at:%H:%M:%S}", at.microsecond, UTC)
    return moment(text)
