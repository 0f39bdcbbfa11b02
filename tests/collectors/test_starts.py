"""Starts and stops of a machine, and a container's own: what tells of them, and what does not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors import boots, starts, uptime
from collectors import text as probe
from collectors.base import Ask, Row
from tests.collectors.probes import ASK, SHELLS

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
        (500, 1795323631, 1795323636),
        (8640000, 1795323631, 1795410031),  # it starts this second
        (8640100, 1795323631, None),
        (360000, 1795323631, 1795327231),  # a container started an hour after its machine
        (86400000, 1795400000, None),  # lxcfs, where btime is the container's
    ],
)
def test_a_container_has_a_start_of_its_own(ticks: int, btime: int, started: int | None) -> None:
    text = PROC.format(up=86400, btime=btime, init=INIT.format(ticks=ticks))
    (row,) = uptime.parse(text, ASK).rows
    found = row["container_started_at"]
    assert (found and found.timestamp()) == started


@pytest.mark.parametrize(("hertz", "after"), [(250, 1440), (1000, 360), (0, 3600)])
def test_the_start_of_a_container_is_counted_in_the_machines_ticks(hertz: int, after: int) -> None:
    text = PROC.format(up=86400, btime=1795323631, init=INIT.format(ticks=360000))
    text = text.replace("ticks|100", f"ticks|{hertz}")
    (row,) = uptime.parse(text, ASK).rows
    assert row["container_started_at"].timestamp() == 1795323631 + after


def test_a_short_line_of_proc_stat_tells_no_start() -> None:
    whole = INIT.format(ticks=360000)
    for line in (whole.removesuffix(" 360000 464 32"), whole.replace("360000", "x"), ""):
        text = PROC.format(up=86400, btime=1795323631, init=line)
        assert uptime.parse(text, ASK).rows[0]["container_started_at"] is None
    text = PROC.format(up=86400, btime=1795323631, init=whole.removesuffix(" 464 32"))
    assert uptime.parse(text, ASK).rows[0]["container_started_at"] is not None


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


def told(*sections: str, booted: str = "2026-11-22 15:10:21", hours: int = 35) -> Row:
    """Return the row of a machine with these records, in the period of some hours until now."""
    btime = int(datetime.fromisoformat(booted).replace(tzinfo=UTC).timestamp())
    text = PROC.format(up=1795410031 - btime, btime=btime, init=INIT.format(ticks=0))
    text += f"boot_id|{RUNS[0][:8]}-{RUNS[0][8:]}\nboot_id|=0\n"
    to_at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    ask = Ask(to_at - timedelta(hours=hours), to_at)
    return uptime.parse(text + "".join(sections), ask).rows[0]


def section(name: str, *lines: str, status: int = 0) -> str:
    return "".join(f"{name}|{line}\n" for line in (*lines, f"={status}"))


def found(row: Row) -> tuple[str | None, int | None, int | None]:
    return row["last_stop"], row["starts"], row["crashes"]


# Two starts in a day: after an announced shutdown at 05:00, and after a crash past 15:00. As
# journalctl of systemd 252 and 257 lists them from journal files made for it, and 247.
RUNS = ["c" * 32, "b" * 32, "a" * 32]
BOOTS = section(
    "boots",
    "IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY",
    f" -2 {RUNS[2]} Fri 2026-11-20 03:12:41 UTC Sun 2026-11-22 05:00:05 UTC",
    f" -1 {RUNS[1]} Sun 2026-11-22 05:00:31 UTC Sun 2026-11-22 15:00:31 UTC",
    f"  0 {RUNS[0]} Sun 2026-11-22 15:10:31 UTC Mon 2026-11-23 15:10:31 UTC",
)
OLD_BOOTS = section(
    "boots",
    f"-2 {RUNS[2]} Fri 2026-11-20 03:12:41 UTC\u2014Sun 2026-11-22 05:00:05 UTC",
    f"-1 {RUNS[1]} Sun 2026-11-22 05:00:31 UTC\u2014Sun 2026-11-22 15:00:31 UTC",
    f" 0 {RUNS[0]} Sun 2026-11-22 15:10:31 UTC\u2014Mon 2026-11-23 15:10:31 UTC",
)
ORDERLY = section("orderly", f"_BOOT_ID={RUNS[2]}")
# The same as last of util-linux 2.38 lists it from a wtmp made for it.
LAST = section(
    "last",
    "reboot   system boot  6.1.0-18-amd64   Sun Nov 22 15:10:31 2026   still running",
    "reboot   system boot  6.1.0-18-amd64   Sun Nov 22 05:00:31 2026   still running",
    "shutdown system down  6.1.0-17-amd64   Sun Nov 22 05:00:02 2026 - Sun Nov 22 05:00:31 2026  (00:00)",
    "reboot   system boot  6.1.0-18-amd64   Fri Nov 20 03:12:41 2026 - Sun Nov 22 05:00:02 2026 (2+01:47)",
    "",
    "wtmp begins Fri Nov 20 03:12:41 2026",
)
# And as wtmpdb 0.73 does.
WTMPDB = section(
    "wtmpdb",
    "reboot   system boot  6.12.48+deb13  Sun Nov 22 15:10:31 2026 - still running            ",
    "s-reboot system boot  6.12.48+deb13  Sun Nov 22 12:00:31 2026 - Sun Nov 22 14:00:02 2026  (02:00)",
    "reboot   system boot  6.12.48+deb13  Sun Nov 22 05:00:31 2026 - crash                    ",
    "reboot   system boot  6.12.48+deb13  Fri Nov 20 03:12:41 2026 - Sun Nov 22 05:00:02 2026  (2+01:47)",
    "shutdown system down  6.12.48+deb13  Sun Nov 22 05:00:02 2026 - Sun Nov 22 05:00:31 2026  (00:00)",
    "",
    "wtmpdb begins Fri Nov 20 03:12:41 2026",
)


@pytest.mark.parametrize(
    "sections",
    [(BOOTS, ORDERLY), (OLD_BOOTS, ORDERLY), (LAST,), (WTMPDB,), (BOOTS, ORDERLY, LAST, WTMPDB)],
    ids=["journal", "old-journal", "wtmp", "wtmpdb", "all"],
)
def test_two_starts_in_a_day_one_after_a_crash(sections: Sequence[str]) -> None:
    assert found(told(*sections)) == ("crashed", 2, 1)
    assert found(told(*sections, hours=24)) == ("crashed", 1, 1)
    assert found(told(*sections, hours=23)) == ("crashed", 0, 0)


def test_a_record_counts_that_reaches_back_to_the_beginning() -> None:
    for sections in ((BOOTS, ORDERLY), (LAST,), (WTMPDB,)):
        assert found(told(*sections, hours=100)) == ("crashed", None, None)
    begins = LAST.replace("wtmp begins Fri Nov 20", "wtmp begins Tue Nov 10")
    # What was before the oldest start is not on record, and so it is not known how it ended.
    assert found(told(BOOTS, ORDERLY, begins, hours=100)) == ("crashed", 3, None)
    assert found(told()) == (None, None, None)
    assert found(told(hours=23)) == (None, 0, 0)


def test_a_record_that_is_no_longer_kept_tells_nothing() -> None:
    later = "2026-11-23 04:00:00"
    assert found(told(LAST, WTMPDB, booted=later)) == (None, None, None)
    assert found(told(BOOTS.replace(RUNS[0], "d" * 32), ORDERLY)) == (None, None, None)


def test_a_record_with_a_time_that_cannot_be_costs_no_other() -> None:
    for record in (BOOTS.replace("2026-11-22 05:00:31", "2026-11-31 05:00:31"),
                   LAST.replace("Nov 22 05:00:31", "Nov 31 05:00:31"),
                   WTMPDB.replace("Nov 22 05:00:31", "Nev 22 05:00:31")):  # fmt: skip
        assert found(told(record, ORDERLY)) == (None, None, None)
        assert found(told(record, ORDERLY, LAST if "last|" not in record else WTMPDB))[1] == 2


def test_a_clock_that_was_ahead_at_the_start_costs_nothing() -> None:
    # As a machine with its clock in local time notes it, before the time is set right.
    ahead = LAST.replace("Nov 22 15:10:31", "Nov 22 17:10:31")
    assert found(told(ahead)) == ("crashed", 2, 1)
    behind = BOOTS.replace("Sun 2026-11-22 15:10:31", "Sun 2026-11-22 15:06:31")
    assert found(told(behind, ORDERLY, hours=24)) == ("crashed", 1, 1)


@pytest.mark.parametrize(
    ("booted", "starts"),
    [
        ("2026-11-22 15:00:00", 0),  # of the period before
        ("2026-11-22 15:00:01", 1),
        ("2026-11-23 15:00:00", 1),
        ("2026-11-23 15:00:01", 0),  # of the next
    ],
)
def test_a_start_belongs_to_one_period(booted: str, starts: int) -> None:
    stamp = datetime.fromisoformat(booted).strftime("%a %b %d %H:%M:%S %Y")
    listed = LAST.replace("Sun Nov 22 15:10:31 2026", stamp)
    text = f"now|1795489231\nnow|=0\n{PROC.split('now|=0')[1]}"
    btime = int(datetime.fromisoformat(booted).replace(tzinfo=UTC).timestamp())
    text = text.format(up=1795489231 - btime, btime=btime, init=INIT.format(ticks=0))
    to_at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    row = uptime.parse(text + listed, Ask(to_at - timedelta(hours=24), to_at)).rows[0]
    assert row["starts"] == starts


def test_the_record_of_a_start_may_be_five_minutes_early() -> None:
    for clock, stop in (("15:05:21", "crashed"), ("15:05:20", None)):
        assert told(LAST.replace("15:10:31", clock))["last_stop"] == stop


def test_a_record_that_begins_with_the_period_reaches_far_enough() -> None:
    begins = LAST.replace("Fri Nov 20 03:12:41", "Sun Nov 22 04:00:00")
    assert found(told(begins)) == ("crashed", 2, 1)
    assert found(told(begins.replace("04:00:00", "04:00:01"))) == ("crashed", None, None)


def test_how_a_run_ended_is_not_known_where_the_journal_did_not_answer() -> None:
    assert found(told(BOOTS, section("orderly", status=137))) == (None, 2, None)
    assert found(told(BOOTS)) == (None, 2, None)
    (only,) = (line for line in BOOTS.splitlines() if RUNS[0] in line)
    assert found(told(f"{only}\nboots|=0\n", ORDERLY)) == (None, None, None)


JOURNALCTL = """#!/bin/sh
case "$*" in
  *--list-boots*) echo " 0 $TZ"; exit 0 ;;
  *) printf '__CURSOR=x\\n_BOOT_ID=aa\\n\\n_BOOT_ID=aa\\n_BOOT_ID=bb\\n'; exit 3 ;;
esac
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_the_journal_is_asked_for_runs_whose_end_was_announced(
    shell: Sequence[str], tmp_path: Path
) -> None:
    """A journalctl that fails tells of no orderly end, and so of no crash either."""
    script = probe.PRELUDE + boots.SCRIPT.replace("[ -d /run/systemd/system ]", "true")
    for status, lines in ((0, ["_BOOT_ID=aa", "_BOOT_ID=bb"]), (3, [])):
        (tmp_path / "journalctl").write_text(JOURNALCTL.replace("exit 3", f"exit {status}"))
        (tmp_path / "journalctl").chmod(0o755)
        path = f"{tmp_path}:{os.environ['PATH']}"
        run = subprocess.run(
            [*shell, "-c", script], env={"PATH": path}, capture_output=True, text=True, check=False
        )
        sections = probe.sections(run.stdout)
        assert sections["boots"].lines == [" 0 UTC"]
        assert sections["orderly"] == probe.Section(lines, status)


@pytest.mark.parametrize("word", ["\u00b2", "9" * 30, ""])
@pytest.mark.parametrize("name", ["now", "ticks", "btime", "init"])
def test_a_number_that_is_none_costs_no_row(name: str, word: str) -> None:
    fields = "1 (x) S " + "0 " * 18
    said = {"now": "1764000000", "ticks": "100", "btime": "btime 1763000000"}
    said["init"] = f"{fields}900000"
    assert starts.container_started_at(sections_of(said)) is not None
    said[name] = {"btime": "btime ", "init": fields}.get(name, "") + word
    assert starts.container_started_at(sections_of(said)) is None


def sections_of(said: dict[str, str]) -> probe.Sections:
    return probe.Sections({name: probe.Section([line], 0) for name, line in said.items()})
