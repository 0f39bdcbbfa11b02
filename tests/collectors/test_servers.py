from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors import servers
from collectors.base import Row
from collectors.errors import Outcome, ParseError
from tests.collectors.probes import ASK, SHELLS, applets, asked


@pytest.mark.parametrize("shell", SHELLS)
def test_this_machine(shell: Sequence[str]) -> None:
    (row,) = asked(servers, shell)
    assert row["state"] in ("up", "degraded")
    assert row["virtualisation"]


def test_busybox_alone(tmp_path: Path) -> None:
    (row,) = asked(servers, ("sh",), applets(tmp_path))
    assert row["state"] == "up"
    assert row.get("failed_units") is None


@pytest.mark.parametrize(
    ("outcome", "cause", "state"),
    [
        (Outcome.UNREACHABLE, "no route to web1: No route to host", "down"),
        (Outcome.TIMED_OUT, "timed out, waiting for a TCP connection to web1", "down"),
        (Outcome.TIMED_OUT, "no answer within 10 s", "down"),
        (Outcome.TIMED_OUT, "timed out after 9 s, waiting for name resolution of web1", "unknown"),
        (Outcome.TIMED_OUT, "timed out after 9 s, waiting for the end of the output", "unknown"),
        (Outcome.UNREACHABLE, "no route to web1: Network is unreachable", "unknown"),
        (Outcome.UNREACHABLE, "connection refused by web1: no SSH server listens", "unknown"),
        (Outcome.UNREACHABLE, "ProxyJump 'a@@b' is not understood", "unknown"),
        (Outcome.UNREACHABLE, "'-web1' is no address", "unknown"),
        (Outcome.UNREACHABLE, "name resolution failed for web1", "unknown"),
        (Outcome.AUTH_FAILED, "the key was refused", "unknown"),
        (Outcome.HOST_KEY, "unknown host key", "unknown"),
        (Outcome.PARSE_FAILED, "not what the probe prints", "unknown"),
    ],
)
def test_absent(outcome: Outcome, cause: str, state: str) -> None:
    assert servers.absent(outcome, cause) == [{"state": state, "state_reason": cause}]


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("a@b.service loaded failed failed Text", "a@b.service"),
        ("● a.service loaded failed failed Text", "a.service"),
        ("* a.service loaded failed failed Text", "a.service"),
        ("  x.mount loaded failed failed /x", "x.mount"),
        ("gone.service not-found failed failed gone.service", "gone.service"),
        ("○ a.service loaded inactive failed Text", "a.service"),
        ("a.service loaded failed dead Text", "a.service"),
        (r"dev-disk\x2d1.swap loaded failed failed /dev/disk-1", r"dev-disk\x2d1.swap"),
    ],
)
def test_unit_lines(line: str, unit: str) -> None:
    text = f"init|systemd\ninit|=0\nsystem|degraded\nsystem|=1\nfailed|{line}\nfailed|=0\n"
    (row,) = servers.parse(text + "kernel|Linux 6.1\nkernel|=0\n", ASK).rows
    assert row["failed_units"] == unit
    assert row["state_reason"] == f"{unit} failed"


def answer(*sections: str, kernel: str = "Linux 6.1", init: str = "systemd") -> Row:
    """Return the row of a server whose probe prints these `name|line` sections, status 0."""
    lines = [f"init|{init}", "init|=0", f"kernel|{kernel}", "kernel|=0"]
    for section in sections:
        lines += [section, f"{section.partition('|')[0]}|=0"]
    (row,) = servers.parse("\n".join([*lines, ""]), ASK).rows
    return row


FAILED = "failed|a.service loaded failed failed Text"
NONE = "failed|"


@pytest.mark.parametrize(
    ("says", "failed", "state", "reason"),
    [
        ("running", NONE, "up", ""),
        ("running", FAILED, "degraded", "a.service failed"),
        ("degraded", FAILED, "degraded", "a.service failed"),
        ("degraded", NONE, "degraded", "systemd says degraded"),
        ("maintenance", FAILED, "maintenance", "in rescue or emergency mode"),
        ("initializing", NONE, "degraded", "still starting"),
        ("starting", NONE, "degraded", "still starting: a start job has not finished"),
        ("stopping", NONE, "degraded", "is shutting down"),
    ],
)
def test_states_of_systemd(says: str, failed: str, state: str, reason: str) -> None:
    row = answer(f"system|{says}", failed)
    assert (row["state"], row["state_reason"], row["system_state"]) == (state, reason, says)
    assert row["failed_units"] == ("a.service" if failed is FAILED else "")


def test_a_systemd_without_a_list_of_units_is_not_up() -> None:
    row = answer("system|running")
    why = "systemd runs but cannot be asked: no list of units"
    assert (row["state"], row["state_reason"]) == ("unknown", why)


def test_the_earliest_of_the_failed_units_counts() -> None:
    stamps = [f"InactiveEnterTimestamp=Mon 2026-11-23 0{hour}:12:04 UTC" for hour in (3, 5, 4)]
    units = [f"unit{n}|Id=x.service\nunit{n}|{stamp}" for n, stamp in enumerate(stamps, 1)]
    for order in (units, units[1:], units[2:]):
        row = answer("system|degraded", FAILED, *order)
        hour = {3: 3, 2: 4, 1: 4}[len(order)]
        assert row["failed_since_at"] == datetime(2026, 11, 23, hour, 12, 4, tzinfo=UTC)
    for said in ("", "Mon 2026-13-23 03:12:04 UTC", "Mon 2026-11-23 03:12:04 CET"):
        row = answer("system|degraded", FAILED, f"unit1|InactiveEnterTimestamp={said}")
        assert row["failed_since_at"] is None


@pytest.mark.parametrize(
    ("level", "state", "system"),
    [
        ("N 1", "maintenance", "runlevel 1"),
        ("3 S", "maintenance", "runlevel S"),
        ("N s", "maintenance", "runlevel s"),
        ("N 2", "up", "runlevel 2"),
        ("unknown", "up", None),
    ],
)
def test_runlevels(level: str, state: str, system: str | None) -> None:
    row = answer(f"runlevel|{level}", init="init")
    assert (row["state"], row["system_state"], row.get("failed_units")) == (state, system, None)


@pytest.mark.parametrize(
    ("listed", "level", "state", "reason", "units"),
    [
        (" sshd    [  started  ]\n* crond  [  crashed  ]", "default", "degraded", "crond crashed", "crond"),
        ("Runlevel: default\nsshd [ started 12:08:11 (0) ]\nb [failed]\na[x] [ crashed ]", "default",
         "degraded", "a[x], b crashed", "a[x], b"),
        (" sshd [  started  ]\n net [ inactive ]", "single", "maintenance", "in runlevel single", ""),
        (" sshd [  started  ]", "sysinit", "maintenance", "in runlevel sysinit", ""),
        (" sshd [  started  ]\n off [  stopped  ]", "default", "up", "", ""),
        ("", "default", "up", "OpenRC cannot be asked: it lists no service", None),
    ],
)  # fmt: skip
def test_openrc(listed: str, level: str, state: str, reason: str, units: str | None) -> None:
    lines = "\n".join(f"openrc|{line}" for line in listed.split("\n"))
    row = answer(lines, f"runlevel|{level}", init="init")
    assert (row["state"], row["state_reason"]) == (state, reason)
    assert (row["system_state"], row.get("failed_units")) == (level, units)


# What systemctl prints where nobody asked it to leave heading and legend out.
WHOLE = """\
  UNIT            LOAD   ACTIVE     SUB          DESCRIPTION
* backup.service  loaded failed     failed       Nightly backup
* mnt-data.mount  loaded failed     failed       /mnt/data
  cron.service    loaded active     running      Regular background program processing daemon
  loop.service    loaded activating auto-restart Again and again

LOAD   = Reflects whether the unit definition was properly loaded.
ACTIVE = The high-level unit activation state, i.e. generalization of SUB.
SUB    = The low-level unit activation state, values depend on unit type.

2 loaded units listed. Pass --all to see loaded but inactive units, too.
To show all installed unit files use 'systemctl list-unit-files'.
"""
SYSTEMCTL = """#!/bin/sh
case "$*" in
  is-system-running) echo degraded; exit 1 ;;
  list-units*) cat <<'EOF'
{listed}EOF
  ;;
  *backup*) echo Id=backup.service; echo "InactiveEnterTimestamp=Mon 2026-11-23 03:12:04 $TZ" ;;
  *mnt*) echo Id=mnt-data.mount; echo "InactiveEnterTimestamp=Sun 2026-11-22 22:00:00.123456 $TZ" ;;
esac
"""
JOURNALCTL = """#!/bin/sh
case "$*" in
  *_SYSTEMD_UNIT=backup*) printf 'pg_dump: error; | "x"\\nsecond\\n' ;;
  *"-u mnt"*) echo 'Failed to mount /mnt/data.' ;;
esac
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_failed_units_with_since_when_and_their_last_line(
    shell: Sequence[str], tmp_path: Path
) -> None:
    for name, script in (("systemctl", SYSTEMCTL.format(listed=WHOLE)), ("journalctl", JOURNALCTL)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    (row,) = asked(servers, shell, f"{tmp_path}:{os.environ['PATH']}")
    assert (row["state"], row["system_state"]) == ("degraded", "degraded")
    assert row["state_reason"] == "backup.service, mnt-data.mount failed"
    assert row["failed_units"] == "backup.service, mnt-data.mount"
    assert row["failed_since_at"] == datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    assert row["failed_last_lines"] == (
        'backup.service: pg_dump: error; | "x"; mnt-data.mount: Failed to mount /mnt/data.'
    )


# What sv of runit 2.1.2 printed, as root and as nobody.
RUNIT = """\
down: /etc/service/bad: 1s, normally up, want up
run: /etc/service/good: (pid 19) 6s
warning: /etc/service/late: unable to open supervise/ok: file does not exist
down: /etc/service/never: 6s
down: /etc/service/off: 1s, normally up
run: /etc/service/slow: (pid 17) 6s; run: log: (pid 16) 6s
"""


@pytest.mark.parametrize(
    ("listed", "state", "units"),
    [
        (RUNIT, "degraded", "bad"),
        (RUNIT.partition("\n")[2], "up", ""),
        (f"{RUNIT}fail: /etc/service/gone: runsv not running\n", "degraded", "bad, gone"),
        ("run: /service/a: (pid 1) 6s; down: log: 1s, normally up, want up\n", "up", ""),
        ("warning: /etc/service/bad: unable to open supervise/ok: access denied\n", "up", None),
    ],
)
def test_runit(listed: str, state: str, units: str | None) -> None:
    lines = "".join(f"runit|{line}\n" for line in listed.splitlines())
    text = f"init|runit\ninit|=0\n{lines}runit|=1\nkernel|Linux 6.6\nkernel|=0\n"
    (row,) = servers.parse(text, ASK).rows
    assert (row["state"], row.get("failed_units")) == (state, units)
    assert row["state_reason"] == {
        "bad": "bad keeps ending", "bad, gone": "bad, gone keeps ending", "": "",
        None: "answers; runit shows its services to root alone",
    }[units]  # fmt: skip
    with pytest.raises(ParseError):
        servers.parse(text.replace("runit|=1", "runit|gestartet: x\nrunit|=1"), ASK)


def test_units_that_were_not_listed_are_no_units_that_are_well() -> None:
    sample = Path(__file__).parent.parent / "fixtures" / "servers" / "ubuntu-24.04-degraded.txt"
    kept = [line for line in sample.read_text().splitlines() if not line.startswith("failed|")]
    parsed = servers.parse("\n".join([*kept, "failed|=1", ""]), ASK)
    assert parsed.cause == "systemd did not list the failed units"
    assert parsed.rows[0].get("failed_units") is None
