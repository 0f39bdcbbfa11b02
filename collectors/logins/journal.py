"""One JSON object a line: `journalctl -o json`, rsyslog's CEE templates, what shippers write.

    {"__REALTIME_TIMESTAMP":"1795564800123456","_HOSTNAME":"web01","SYSLOG_IDENTIFIER":"sshd",
     "_PID":"812","MESSAGE":"Accepted password for …"}
    {"@timestamp":"2026-11-24T10:11:12Z","host":{"name":"web01"},"process":{"name":"sshd",
     "pid":812},"message":"Accepted password for …"}      Elastic's common schema
    {"host":"web01","short_message":"Accepted …","timestamp":1795564800.123,"_process":"sshd"} GELF
    {"log":"Accepted password for …\\r\\n","stream":"stderr","time":"2026-11-24T10:11:12Z"}  docker
    {"timestamp":"2026-11-24 10:11:12.123456+0100","processImagePath":"/usr/sbin/sshd",
     "processID":812,"eventMessage":"Accepted …"}         log show --style ndjson

A MESSAGE that is not plain UTF-8 text is an array of bytes (systemd's journal-fields(7)),
one that is too long is null. sudo's own records stand in `sudo_records`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.logins import sudo_records
from collectors.logins.heads import Head
from collectors.logins.rare import rewrite
from collectors.logins.stamps import Stamp, moment
from collectors.logins.wraps import split, tagged

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PROGRAM = (
    *("SYSLOG_IDENTIFIER", "_COMM", "programname", "app-name", "appname", "app_name", "program"),
    *("syslog_program", "pname", "ident", "proc", "PROGRAM", "syslogtag", "process.name"),
    *("log.syslog.appname", "syslog.identifier", "syslog_identifier", "syslog.appname"),
    *("application_name", "_application_name", "_process", "_program", "process"),
    *("processImagePath", "predecoder.program_name"),
)
_PID = (
    *("SYSLOG_PID", "_PID", "procid", "pid", "proc-id", "PID", "syslog_pid", "process.pid"),
    *("log.syslog.procid", "syslog.pid", "process_id", "_process_id", "_pid", "processID"),
)
_HOST = (
    *("_HOSTNAME", "hostname", "host", "fromhost", "source", "HOST", "logsource", "host.hostname"),
    *("host.name", "log.syslog.hostname", "syslog_hostname", "predecoder.hostname"),
)
_MESSAGE = ("MESSAGE", "msg", "message", "short_message", "eventMessage", "syslog_message")
# A line as it was, wrapped: by a container's log, a shipper, Wazuh, Splunk.
_WHOLE = (
    "log",
    "full_log",
    "_raw",
    "event.original",
    "full_message",
    "line",
    "event",
    "textPayload",
    *_MESSAGE,
)
_TIME = (
    *("__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP", "timereported", "@timestamp"),
    *("timestamp", "time", "timegenerated", "ISODATE", "date", "syslog_timestamp", "DATE"),
    *("TIMESTAMP", "ts", "datetime", "eventTime"),
)
_INSIDE = ("result", "_source", "event", "jsonPayload")
_SECONDS = re.compile(r"(\d{9,10})\.(\d{1,9})$")


def read(line: str) -> Head | None:
    """Return the head of a JSON line, None if it is not JSON or says nothing of a program."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    for name in _INSIDE:
        if isinstance(record.get(name), dict) and not any(key in record for key in _MESSAGE):
            record = {**record, **record[name]}
    if (command := sudo_records.read(record)) is not None:
        return command._replace(stamp=command.stamp or _stamp(record))
    message = _text(_first(record, _MESSAGE))
    program = _text(_first(record, _PROGRAM))
    if not program or not message:
        return _wrapped(record)
    name, _, rest = program.partition("[")
    pid = _text(_first(record, _PID)) or rest.partition("]")[0]
    module = ""
    if name.endswith(")") and "(" in name:
        name, _, module = name[:-1].partition("(")
    name = name.rstrip(":").rpartition("/")[2]
    host = _text(_first(record, _HOST))
    inner = split(message) if message[:1].isalnum() or message[:1] == "<" else None
    if inner is not None and inner.program == name:
        message = inner.message
    return Head(_stamp(record), host, name, module, pid.strip("-"), message.strip())


def _wrapped(record: Mapping[str, Any]) -> Head:
    """Return the head of a line that stands whole in the record, or lacks its time only."""
    stamp = _stamp(record)
    container = "stream" in record
    for key in _WHOLE:
        text = _text(_first(record, (key,))).strip()
        if not text:
            continue
        if (inner := split(text)) is not None and inner.program:
            return inner
        if stamp is not None and (inner := tagged(stamp, text, bare=container)) is not None:
            return inner._replace(host=inner.host or _text(_first(record, _HOST)))
    message = _text(_first(record, _MESSAGE)).strip()
    pid = _text(_first(record, _PID)).strip("-")
    return Head(stamp, _text(_first(record, _HOST)), "", "", pid, message)


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        value = record.get(name)
        if value is None and "." in name:
            value = record
            for part in name.split("."):
                value = value.get(part) if isinstance(value, dict) else None
        if value not in (None, "") and not isinstance(value, dict):
            return value
    return ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        if value and all(isinstance(item, int) and 0 <= item < 256 for item in value):
            return bytes(value).decode("utf-8", "surrogateescape").replace("\0", "")
        return _text(value[-1]) if value else ""  # a field that stands twice
    return str(value)


def _stamp(record: Mapping[str, Any]) -> Stamp | None:
    text = _text(_first(record, _TIME))
    if (found := _SECONDS.match(text)) is not None:
        text = found[1] + found[2][:6].ljust(6, "0")
    if text.isdecimal() and len(text) >= 10:
        at = _EPOCH + timedelta(microseconds=int(text[:16].ljust(16, "0")))
        return Stamp(at.year, at.month, at.day, f"{at:%H:%M:%S}", at.microsecond, UTC)
    return moment(text) or moment(rewrite(text + " ") or "")
