from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from collectors import starts, uptime
from collectors.errors import ParseError
from collectors.text import Section, Sections
from tests.collectors.probes import ASK, SHELLS, applets, asked


@pytest.mark.parametrize("shell", SHELLS)
def test_this_machine(shell: Sequence[str]) -> None:
    (row,) = asked(uptime, shell)
    up = float(Path("/proc/uptime").read_text().split()[0])
    assert abs(row["uptime_seconds"] - up) < 60
    assert abs(row["booted_at"].timestamp() - (time.time() - up)) < 60
    assert row["boot_id"] == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert row["cores"] == os.sysconf("SC_NPROCESSORS_ONLN")


def test_busybox_alone(tmp_path: Path) -> None:
    (row,) = asked(uptime, ("sh",), applets(tmp_path))
    assert row["cores"] and row["booted_at"]


# As each system's own source prints it: the line's middle and end, in seconds, users, loads.
LINES = """
procps    | 10:15:02 up 0 min,  1 user,  load average: 0.00, 0.01, 0.05 | 0 1 0.0 0.01 0.05
procps    | 10:15:02 up 3 min,  2 users,  load average: 0.00, 0.01, 0.05 | 180 2 0.0 0.01 0.05
procps    | 10:15:02 up  1:02,  0 users,  load average: 1.00, 2.00, 3.00 | 3720 0 1.0 2.0 3.0
procps    | 10:15:02 up 1 day, 5 min,  1 user,  load average: 1.0, 2.0, 3.0 | 86700 1 1.0 2.0 3.0
procps    | 10:15:02 up 400 days, 23:59,  1 user,  load average: 9.15, 2.00, 3.00 | 34646340 1 9.15 2.0 3.0
coreutils | 10:15:02  up 12 days  3:04,  2 users,  load average: 1.00, 2.00, 3.00 | 1047840 2 1.0 2.0 3.0
coreutils | 10:15:02  up ???? days ??:??,  2 users,  load average: 1.00, 2.00, 3.00 | None 2 1.0 2.0 3.0
busybox   | 10:15:02 up 10 min,  load average: 0.00, 0.01, 0.05 | 600 None 0.0 0.01 0.05
busybox   | 10:15:02 up 2 days,  1:00,  load average: 0.10, 0.20, 0.30 | 176400 None 0.1 0.2 0.3
busybox   | 10:15:02 up 24 min,  0 users,  load average: 0.00, 0.00, 0.00 | 1440 0 0.0 0.0 0.0
commas    | 10:15:02 up 1 day,  1:00,  1 user,  load average: 0,00, 0,01, 0,05 | 90000 1 0.0 0.01 0.05
macos     |10:15  up 23 secs, 1 user, load averages: 1.52 1.45 1.38 | 23 1 1.52 1.45 1.38
macos     |10:15  up 5 mins, 2 users, load averages: 1,52 1,45 1,38 | 300 2 1.52 1.45 1.38
macos     |10:15  up 12 days, 2 hrs, 2 users, load averages: 1.52 1.45 1.38 | 1044000 2 1.52 1.45 1.38
freebsd   |10:15AM  up 1 day,  2 mins, 1 user, load averages: 0.10, 0.12, 0.09 | 86520 1 0.1 0.12 0.09
freebsd   |10:15AM  up 1 hr, 0 users, load averages: 0.10, 0.12, 0.09 | 3600 0 0.1 0.12 0.09
solaris   |  4:00am  up 4 min(s),  1 user,  load average: 0.01, 0.02, 0.03 | 240 1 0.01 0.02 0.03
solaris   |  4:00am  up 12 day(s),  1 hr(s),  2 users,  load average: 0.1, 0.2, 0.3 | 1040400 2 0.1 0.2 0.3
solaris   |  4:00am  up 12 day(s),  3:04,  1 user,  load average: 0.1, 0.2, 0.3 | 1047840 1 0.1 0.2 0.3
synology  | 11:05:17 up 7 days, 22:54,  0 users,  load average: 0.15, 0.14, 0.10 [IO: 0.08, 0.07, 0.05 CPU: 0.07, 0.07, 0.05] | 687240 0 0.15 0.14 0.1
openbsd   | 1:03PM  up 12 days,  1 min, 3 users, load averages: 0.42, 0.33, 0.29 | 1036860 3 0.42 0.33 0.29
openwrt   | 10:15:02 up 42 days,  6:02,  load average: 0.00, 0.01, 0.05 | 3650520 None 0.0 0.01 0.05
aix       |  10:15AM   up 12 days,  20 mins,  2 users,  load average: 1.02, 1.10, 1.05 | 1038000 2 1.02 1.1 1.05
"""


@pytest.mark.parametrize("case", LINES.strip().splitlines())
def test_the_line(case: str) -> None:
    _, line, expected = case.split("|")
    (row,) = uptime.parse(f"now|1795406400\nnow|=0\nline|{line}\nline|=0\n", ASK).rows
    found = [row[key] for key in ("uptime_seconds", "users", "load_1", "load_5", "load_15")]
    assert " ".join(str(value) for value in found) == expected.strip()
    assert row.get("booted_at") is None


@pytest.mark.parametrize(
    "line",
    [
        "up",
        " 10:15:02 up 1 user, load average: 0.0, 0.0, 0.0",
        " 10:15:02 up 3 Tage, 1 user, load average: 0.0, 0.0, 0.0",
        " 10:15:02 up 3 min, 1 user, load average: 0.0, 0.0",
    ],
)
def test_another_line(line: str) -> None:
    with pytest.raises(ParseError):
        uptime.parse(f"line|{line}\nline|=0\n", ASK)


def test_the_start_is_stable_to_the_second() -> None:
    text = "now|{}\nnow|=0\nuptime|{}.99 1.00\nuptime|=0\nbtime|btime 1795000000\nbtime|=0\n"
    text += "loadavg|0.00 0.00 0.00 1/1 1\nloadavg|=0\n"
    days = [uptime.parse(text.format(1795000000 + n, n - (n % 2)), ASK).rows for n in range(5, 50)]
    assert {row["booted_at"].timestamp() for (row,) in days} == {1795000000}


PROC = """now|1795410031
now|=0
uptime|{up}.03 1.00
uptime|=0
btime|btime {btime}
btime|=0
loadavg|0.00 0.00 0.00 1/1 1
loadavg|=0
init|{init}
init|=0
ticks|100
ticks|=0
"""
INIT = "1 (a b) c) S 0 1 1 0 -1 4194560 134088 0 0 0 5 1 2 2 20 0 1 0 {ticks} 464 32"


@pytest.mark.parametrize(
    ("ticks", "btime", "started"),
    [
        (0, 1795323631, None),  # a machine
        (499, 1795323631, None),
        (360000, 1795323631, 1795327231),  # a container started an hour after its machine
        (86400000, 1795400000, None),  # lxcfs, where btime is the container's
    ],
)
def test_a_container_has_a_start_of_its_own(ticks: int, btime: int, started: int | None) -> None:
    text = PROC.format(up=86400, btime=btime, init=INIT.format(ticks=ticks))
    (row,) = uptime.parse(text, ASK).rows
    found = row["container_started_at"]
    assert (found and found.timestamp()) == started


REBOOT = "reboot   system boot  6.1.0-18-amd64   Sun Nov 22 05:00:31 2026   still running"
SHUTDOWN = "shutdown system down  6.1.0-17-amd64   Sun Nov 22 05:00:02 2026 - Sun Nov 22 05:00:31 2026  (00:00)"
EARLIER = "reboot   system boot  6.1.0-17-amd64   Fri Nov 20 03:12:41 2026   still running"
BEGINS = "wtmp begins Fri Nov 20 03:12:41 2026"


@pytest.mark.parametrize(
    ("lines", "shift", "stop"),
    [
        ((REBOOT, SHUTDOWN, EARLIER), 0, "planned"),
        ((REBOOT, EARLIER), 0, "crashed"),
        ((REBOOT,), 0, None),  # wtmp was rotated in between
        ((REBOOT, EARLIER), 3600, None),  # wtmp knows nothing of this start
        ((SHUTDOWN, EARLIER), 0, None),
        ((), 0, None),
    ],
)
def test_a_crash_is_a_start_without_a_shutdown_before(
    lines: Sequence[str], shift: int, stop: str | None
) -> None:
    # As util-linux prints them, from a wtmp made for it.
    text = PROC.format(up=86400, btime=1795323631 + shift, init=INIT.format(ticks=0))
    listed = "".join(f"last|{line}\n" for line in (*lines, "", BEGINS, "=0"))
    (row,) = uptime.parse(text + listed, ASK).rows
    assert row["last_stop"] == stop


@pytest.mark.parametrize("word", ["\u00b2", "9" * 30, ""])
@pytest.mark.parametrize("name", ["now", "ticks", "btime", "init"])
def test_a_number_that_is_none_costs_no_row(name: str, word: str) -> None:
    fields = "1 (x) S " + "0 " * 18
    said = {"now": "1764000000", "ticks": "100", "btime": "btime 1763000000"}
    said["init"] = f"{fields}900000"
    assert starts.container_started_at(_found(said)) is not None
    said[name] = {"btime": "btime ", "init": fields}.get(name, "") + word
    assert starts.container_started_at(_found(said)) is None


def _found(said: dict[str, str]) -> Sections:
    return Sections({name: Section([line], 0) for name, line in said.items()})
