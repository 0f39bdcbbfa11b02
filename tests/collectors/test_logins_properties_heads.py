"""What holds behind any head, and in any record: no name forges, no line costs another."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collectors.test_logins_properties import (
    ADDRESSES,
    IP,
    NAMES,
    PORTS,
    QUICK,
    facts,
    head,
    parse,
)

# Heads that another program put around what sshd said, or said it in sshd's place.
AROUND = [
    "Nov 23 10:00:00 relay Nov 23 10:00:00 web01 sshd[7]: {}",
    "2026-11-23T10:00:00Z 192.0.2.1 <86>1 2026-11-23T10:00:00Z web01 sshd 7 - - {}",
    "2026-11-23T10:00:00.123456789Z stderr F {}",
    "5692 2026-11-23 10:00:00.123 {}",
    "2026-11-23 10:00:00.123456+0000  0x1a2b Default 0x0 7 0 sshd: {}",
    "/var/log/auth.log:12:23/Nov/2026:10:00:00 web01 sshd (7): {}",
]
RECORDS = [
    {"@timestamp": "2026-11-23T10:00:00Z", "process": {"name": "sshd"}, "message": ""},
    {"host": "web01", "timestamp": 1795428000.5, "_process": "sshd", "short_message": ""},
    {"log": "", "stream": "stderr", "time": "2026-11-23T10:00:00.123456789Z"},
    {"result": {"_raw": "Nov 23 10:00:00 web01 sshd[7]: "}},
]


@QUICK
@given(NAMES.filter(bool), ADDRESSES, PORTS, st.sampled_from(["Failed", "Accepted"]))
def test_a_name_forges_nothing_behind_any_head(name: str, ip: str, port: int, word: str) -> None:
    said = f"{word} password for {name} from {ip} port {port} ssh2"
    if name.startswith(("invalid user ", "illegal user ")):
        return
    lines = [head.format(said) if "{}" in head else head for head in AROUND]
    for record in RECORDS:
        inner = record.get("result", record)
        key = next(key for key in ("message", "short_message", "log", "_raw") if key in inner)
        told = {**inner, key: f"{inner[key]}{said}"}
        lines.append(json.dumps({"result": told} if "result" in record else told))
    result = "accepted" if word == "Accepted" else "failed"
    for line in lines:
        assert facts(parse([line])) == [(result, name, ip, port, "password", 1)], line


@QUICK
@given(
    st.sampled_from([*AROUND, "[Time {}", "[Time 1795428000] [Sender sshd] [Message {}"]),
    st.binary(max_size=100),
)
def test_noise_behind_any_head_is_no_login(head: str, noise: bytes) -> None:
    text = re.sub(r"[\n\r]", " ", noise.decode("utf-8", "surrogateescape"))
    assert parse([head.format(text)]) == []
    assert parse([head.format("")[: len(noise)] + text]) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "MESSAGE",
                        "message",
                        "msg",
                        "log",
                        "host",
                        "process",
                        "name",
                        "pid",
                        "stream",
                    ),
                    *(
                        "time",
                        "timestamp",
                        "@timestamp",
                        "__REALTIME_TIMESTAMP",
                        "SYSLOG_IDENTIFIER",
                    ),
                    *("sudo", "accept", "reject", "submituser", "server_time", "seconds", "event"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@QUICK
@given(JSON)
def test_any_record_at_all_is_no_login(record: Any) -> None:
    rows = parse([json.dumps(record), "Nov 23 10:00:00 web01 sshd[7]: @cee:" + json.dumps(record)])
    assert {row["service"] for row in rows} <= {"sudo"}


@pytest.mark.parametrize(
    "line",
    [
        '{"a":' * 1500,
        '{"SYSLOG_IDENTIFIER":"sshd","time":"\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2"}',
        "Nov 23 10:00:00 web01 dropbear[7]: Bad password attempt for 'x' from 192.0.2.1:\u00b2",
        "[Time x",
        "[Time 1795428000] x",
        "SU 99/99 99:99 + pts/0 kim-root",
        "99/99/2026 10:00:00 web01 sshd[7]: Accepted password for x from 192.0.2.1 port 1 ssh2",
        "@ffffffffffffffffffffffff web01 sshd[7]: Accepted password for x from 192.0.2.1",
    ],
)
def test_what_no_writer_writes_costs_nobody_a_line(line: str) -> None:
    good = head() + f"Accepted password for kim from {IP} port 4000 ssh2"
    assert [row["user"] for row in parse([line, good]) if row["service"] == "sshd"] == ["kim"]
