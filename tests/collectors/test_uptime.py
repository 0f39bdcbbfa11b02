from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors import uptime
from collectors.errors import ParseError
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
solaris   | 10:47am  up 27 day(s), 50 mins,  1 user,  load average: 0.18, 0.26, 0.20 | 2335800 1 0.18 0.26 0.2
solaris   |  3:19pm  up 122 day(s), 23 hr(s),  load average: 0.1, 0.2, 0.3 | 10623600 None 0.1 0.2 0.3
old       |10:00AM up 49:00, 1 user, load average: 1.00, 0.75, 0.66 | 176400 1 1.0 0.75 0.66
old       |10:00AM up 2940 mins, 1 user, load average: 1.00, 0.75, 0.66 | 176400 1 1.0 0.75 0.66
wide      | 16:33:40 up 2 days, 12 users,  load average: 9.32, 110.12, 1000.01 | 172800 12 9.32 110.12 1000.01
no-users  | 14:30:00 up 1 day, load average: 0.05, 0.10, 0.15 | 86400 None 0.05 0.1 0.15
procps-4  | 09:31:20 up 1 year, 20 weeks, 3 days,  5:01,  1 user,  load average: 0.10, 0.20, 0.30 | 43909260 1 0.1 0.2 0.3
aix       |03:42PM   up 9 days,  20:41,  2 users,  load average: 0.28, 0.47, 0.69 | 852060 2 0.28 0.47 0.69
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
        " 10:15:02  1 Tag  3:04 an,  2 Benutzer,  Durchschnittslast: 1,00, 2,00, 3,00",
        " 10:15:02 up 1 jour,  3:04,  2 utilisateurs,  load average: 1,00, 2,00, 3,00",
        " 10:15:02 up  3:04,  2 utilisateurs,  load average: 1,00, 2,00, 3,00",
        " 10:15:02 up 3 дня,  2 users,  load average: 1,00, 2,00, 3,00",
        " 10:15:02 稼働 3 日, 2 ユーザー, 平均負荷: 1.00, 2.00, 3.00",
    ],
)
def test_another_line(line: str) -> None:
    with pytest.raises(ParseError):
        uptime.parse(f"line|{line}\nline|=0\n", ASK)


@pytest.mark.parametrize(
    ("now", "btime", "booted"),
    [
        ("1795400100", "btime 1795400000", 1795400000),
        ("1795400160", "btime 1795400000", 1795400000),
        ("1795400161", "btime 1795400000", 1795400061),  # lxcfs: btime is the machine's
        ("1795400100", "grep: /proc/stat: No such file or directory", 1795400000),
        ("date: not found", "btime 1795400000", 1795400000),
        ("date: not found", "grep: /proc/stat: No such file or directory", None),
    ],
)
def test_the_start_by_proc(now: str, btime: str, booted: int | None) -> None:
    text = f"now|{now}\nnow|=0\nbtime|{btime}\nbtime|=0\nuptime|100.00 1.00\nuptime|=0\n"
    (row,) = uptime.parse(f"{text}loadavg|0.00 0.00 0.00 1/1 1\nloadavg|=0\n", ASK).rows
    assert (row["booted_at"] and row["booted_at"].timestamp()) == booted


@pytest.mark.parametrize("number", ["9" * 20, "9" * 400, "\u00b2", "-1", "1e9"])
def test_a_number_that_cannot_be_is_not_known(number: str) -> None:
    row = {"now": "1795400100", "btime": "btime 1795400000", "cores": "4", "ticks": "100",
           "init": f"1 (x) {'0 ' * 19}{number} 0"}  # fmt: skip
    lines = "uptime|100.00 1.00\nuptime|=0\nloadavg|0.00 0.00 0.00 1/1 1\nloadavg|=0\n"
    for name in ("init", "now", "btime", "cores", "ticks"):
        said = row | (
            {} if name == "init" else {name: f"btime {number}" if name == "btime" else number}
        )
        text = lines + "".join(f"{key}|{value}\n{key}|=0\n" for key, value in said.items())
        (found,) = uptime.parse(text, ASK).rows
        assert found["booted_at"] == datetime.fromtimestamp(1795400000, UTC)
        assert found["container_started_at"] is None
        assert found["cores"] == (None if name == "cores" else 4)
    with pytest.raises(ParseError):
        uptime.parse(f"uptime|{number}.00 1.00\nuptime|=0\n{lines.partition('=0')[2]}", ASK)


@pytest.mark.parametrize(
    ("name", "said", "booted"),
    [
        ("boottime", "{ sec = 1795400000, usec = 412345 } Sun Nov 22 22:13:20 2026", 1795400000),
        ("boottime", "1795400000", 1795400000),  # OpenBSD
        ("boottime", "Sun Nov 22 22:13:20 2026", None),  # NetBSD, in a time zone that it keeps
        ("kstat", "unix:0:system_misc:boot_time    1795400000", 1795400000),
    ],
)
def test_the_start_elsewhere(name: str, said: str, booted: int | None) -> None:
    line = "line|10:15AM  up 1 hr, 0 users, load averages: 0.10, 0.12, 0.09\nline|=0\n"
    text = f"now|1795406400\nnow|=0\n{name}|{said}\n{name}|=0\n{line}"
    (row,) = uptime.parse(text, ASK).rows
    at = row.get("booted_at")
    assert (at and at.timestamp(), row["uptime_seconds"]) == (booted, 6400 if booted else 3600)


def test_the_start_is_stable_to_the_second() -> None:
    text = "now|{}\nnow|=0\nuptime|{}.99 1.00\nuptime|=0\nbtime|btime 1795000000\nbtime|=0\n"
    text += "loadavg|0.00 0.00 0.00 1/1 1\nloadavg|=0\n"
    days = [uptime.parse(text.format(1795000000 + n, n - (n % 2)), ASK).rows for n in range(5, 50)]
    assert {row["booted_at"].timestamp() for (row,) in days} == {1795000000}
