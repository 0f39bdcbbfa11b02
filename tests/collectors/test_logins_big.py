"""Logs that are too much: what is added up, left out, or told twice, and how it is said."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors import logins
from collectors.base import Ask, Parsed
from collectors.logins.shell import END
from tests.collectors.test_logins_script import (
    FROM,
    IP,
    SHELLS,
    TO,
    attack,
    conversations,
    failed,
    run,
    totals,
    users,
    write,
)

SCRIPT = sys.modules["collectors.logins.script"]
both = pytest.mark.parametrize("shell", SHELLS)


def results(parsed: Parsed) -> dict[str, int]:
    counted: dict[str, int] = {}
    for row in parsed.rows:
        counted[row["result"]] = counted.get(row["result"], 0) + row["count"]
    return counted


def read(text: str, path: Path, ask: Ask, shell: tuple[str, ...] = ("sh",)) -> Parsed:
    write(path, text)
    done = subprocess.run(
        [*shell, "-c", logins.script(ask)],
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "Europe/Berlin"},
    )
    assert done.stderr == b""
    return logins.parse(done.stdout.decode(), ask)


@both
@pytest.mark.parametrize("wide", [0, 2, 6])
def test_of_too_many_names_only_the_sources_are_kept(
    shell: tuple[str, ...], wide: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "auth.log"
    write(log, attack(400))
    whole = run(shell, str(log))
    monkeypatch.setattr(SCRIPT, "FOLD_BYTES", 0)
    monkeypatch.setattr(SCRIPT, "WIDE", wide)
    folded = run(shell, str(log))
    assert results(folded) == results(whole)
    assert len(folded.rows) <= 4 * wide + 4
    assert "by source only" in folded.note
    assert folded.cause == ""
    if wide == 6:
        sources = {row["source_ip"] for row in whole.rows}
        assert sources <= {row["source_ip"] for row in folded.rows}


@both
def test_an_attack_beside_the_period_is_not_counted_into_it(
    shell: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = []
    for minute in range(6 * 60, 10 * 60):
        at = f"{minute // 60:02d}:{minute % 60:02d}:00"
        port = 1000 + minute
        head = f"web01 sshd[{minute}]: Failed password for root from {IP} port {port} ssh2\n"
        lines += [f"Nov {day} {at} {head}" for day in (22, 23)]
        lines += [f"2026-11-23T{at}+01:00 {head}", f"2026-11-23T{at}Z {head}"]
    lines.sort(key=lambda line: (line[0], line[4:6], "Z web01" in line))
    # 08:30 to 09:10 in Berlin.
    start = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    ask = Ask(start, start + timedelta(minutes=40), {"paths": [str(tmp_path / "auth.log")]})
    expected = {"failed": 40 + 40 + 40}
    assert results(read("".join(lines), tmp_path / "auth.log", ask, shell)) == expected
    for wide in (0, 1, 1000):
        monkeypatch.setattr(SCRIPT, "FOLD_BYTES", 0)
        monkeypatch.setattr(SCRIPT, "WIDE", wide)
        assert results(read("".join(lines), tmp_path / "auth.log", ask, shell)) == expected


@both
def test_the_same_hour_of_two_days_stays_two(
    shell: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SCRIPT, "FOLD_BYTES", 0)
    log = tmp_path / "auth.log"
    write(log, failed("root", 22, 1) + failed("root", 23, 2) + failed("root", 23, 3))
    rows = run(shell, str(log)).rows
    assert [(row["at"].day, row["count"]) for row in rows] == [(22, 1), (23, 2)]


def flood(count: int) -> str:
    lines = []
    for n in range(count):
        head = f"Nov 23 11:{n // 60 % 60:02d}:{n % 60:02d} web01 sshd[{n + 5000}]: "
        at = f"from 192.0.2.{n % 3} port {1024 + n}"
        lines += [
            f"{head}Accepted publickey for deploy {at} ssh2: ED25519 SHA256:abc",
            f"{head}pam_unix(sshd:session): session opened for user deploy(uid=1000) by (uid=0)",
            f"{head}Disconnected from user deploy 192.0.2.{n % 3} port {1024 + n}",
            f"{head}pam_unix(sshd:session): session closed for user deploy",
        ]
        if n % 10 == 0:
            lines.append(f"{head}Failed password for root {at} ssh2".replace("[", "[9"))
    return "\n".join(lines) + "\n"


@both
def test_a_flood_of_logins_hides_no_failed_one(
    shell: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "auth.log"
    write(log, flood(500))
    whole = run(shell, str(log))
    assert totals(whole) == {("accepted", "deploy"): 500, ("failed", "root"): 50}
    monkeypatch.setattr(SCRIPT, "FOLD_BYTES", 1_000)
    monkeypatch.setattr(SCRIPT, "MOST_BYTES", 20_000)
    folded = run(shell, str(log))
    assert totals(folded) == totals(whole)
    assert len(folded.rows) < 100
    assert "of those let in were added up" in folded.cause
    assert "missing" not in folded.cause


@both
def test_a_process_number_that_comes_again_is_added_up_as_well(
    shell: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "auth.log"
    lines = []
    for n in range(1000):
        head = f"Nov 23 11:00:00 web01 sshd[{n % 20}]: "
        at = f"{IP} port {1024 + n}"
        lines += [
            f"{head}Failed password for root from {at} ssh2\n",
            f"{head}Connection closed by authenticating user root {at} [preauth]\n",
        ]
    write(log, "".join(lines))
    monkeypatch.setattr(SCRIPT, "FOLD_BYTES", 40 * len(lines[0]))
    parsed = run(shell, str(log))
    assert totals(parsed) == {("failed", "root"): 1000}
    assert len(parsed.rows) < 50


@both
def test_what_cannot_be_added_up_and_is_too_much_is_counted(
    shell: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "auth.log"
    sudo = "Nov 23 11:00:00 web01 sudo: bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls\n"
    write(log, sudo * 300 + failed("root"))
    # A second log, for which nothing is left: its failed logins are told all the same.
    write(tmp_path / "auth.log.1", sudo + failed("git", 22), 22)
    monkeypatch.setattr(SCRIPT, "FOLD_BYTES", 500)
    monkeypatch.setattr(SCRIPT, "MOST_BYTES", 10 * (len(sudo) - 1))
    parsed = run(shell, str(log), f"{log}.1")
    assert totals(parsed) == {("accepted", "bob"): 11, ("failed", "root"): 1, ("failed", "git"): 1}
    assert "290 lines are missing" in parsed.cause


@both
def test_a_log_too_big_for_the_time_is_read_from_its_end(
    shell: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "auth.log"
    lines = [failed(f"u{n}", 23, n).replace("10:00:00", f"{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}") for n in range(40_000)]  # fmt: skip
    head = "Nov 23 00:00:07 web01 "
    lines[7:7] = [
        f"{head}sshd[7]: Accepted publickey for amy from 192.0.2.1 port 22 ssh2: ED25519 SHA256:x\n",
        f"{head}sshd[7]: pam_unix(sshd:session): session opened for user amy(uid=1000) by (uid=0)\n",
        f"{head}sudo[8]:      amy : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls\n",
        f"{head}sshd[7]: pam_unix(sshd:session): session closed for user amy\n",
    ]
    write(log, "".join(lines))
    monkeypatch.setattr(SCRIPT, "BIG_BYTES", 1_000)
    monkeypatch.setattr(SCRIPT, "SAMPLE_BYTES", 1_000)
    monkeypatch.setattr(SCRIPT, "HURRY", 3)
    parsed = run(shell, str(log))
    login, sudo, *rest = parsed.rows
    assert (login["user"], login["service"], login["result"]) == ("amy", "sshd", "accepted")
    assert login["ended_at"] is not None
    assert (sudo["user"], sudo["target_user"], sudo["service"]) == ("amy", "root", "sudo")
    names = [row["user"] for row in rest]
    assert names[-1] == "u39999"
    assert names == [f"u{n}" for n in range(40_000 - len(names), 40_000)]
    assert 0 < len(names) < 40_000
    assert "too big for the time there is: of its beginning only logins that were" in parsed.cause
    assert parsed.evidence_from_at == rest[0]["at"]


@both
def test_what_is_older_than_the_period_is_no_loss(
    shell: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "auth.log"
    write(log, failed("old", 20) * 40_000 + failed("new"))
    monkeypatch.setattr(SCRIPT, "BIG_BYTES", 1_000)
    monkeypatch.setattr(SCRIPT, "SAMPLE_BYTES", 1_000)
    monkeypatch.setattr(SCRIPT, "HURRY", 3)
    parsed = run(shell, str(log))
    assert (users(parsed), parsed.cause) == (["new"], "")
    assert parsed.evidence_from_at is not None
    assert parsed.evidence_from_at < FROM


def stand_in(folder: Path, name: str, body: str) -> None:
    """Put a program of that name where the script finds it first."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def run_with(programs: Path, ask: Ask) -> Parsed:
    done = subprocess.run(
        ["sh", "-c", logins.script(ask)],
        capture_output=True,
        check=True,
        env={"PATH": f"{programs}:/usr/bin:/bin", "LC_ALL": "C", "TZ": "Etc/UTC"},
    )
    assert done.stderr == b""
    return logins.parse(done.stdout.decode("utf-8", "surrogateescape"), ask)


@pytest.mark.parametrize("name", ["mawk", "gawk", "original-awk"])
def test_every_awk_adds_up_alike(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not there")
    kinds = len(conversations(IP, 1))
    talks = [conversations(IP, 20_000 + n)[n % kinds] for n in range(40 * kinds)]
    lines = [
        f"Nov 23 12:00:00 web01 sshd[{20_000 + n}]: {text}\n"
        for n, talk in enumerate(talks)
        for text in talk
    ]
    write(tmp_path / "auth.log", "\0\0" + attack(100) + flood(50) + "".join(lines))
    ask = Ask(FROM, TO, {"paths": [f"{tmp_path}/auth.log"]})
    stand_in(tmp_path / "bin", "awk", f'exec {program} "$@"')
    whole = run_with(tmp_path / "bin", ask)
    monkeypatch.setattr(SCRIPT, "FOLD_BYTES", 5_000)
    folded = run_with(tmp_path / "bin", ask)
    assert totals(folded) == totals(whole)
    assert folded.note.partition("; ")[2] == whole.note
    assert "named no user" in whole.note
    assert len(folded.rows) < len(whole.rows) / 2


def test_when_time_runs_out_what_was_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "auth.log", failed("new", 23, 1))
    write(tmp_path / "auth.log.2.gz", failed("slow", 22, 2), 22)
    write(tmp_path / "auth.log.3.gz", failed("older", 22, 3), 22)
    stand_in(tmp_path / "bin", "gzip", 'sleep 1.2; exec /usr/bin/gzip "$@"')
    monkeypatch.setattr(SCRIPT, "HURRY", 3)
    ask = Ask(FROM, TO, {"paths": [f"{tmp_path}/auth.log*"]})
    parsed = run_with(tmp_path / "bin", ask)
    assert users(parsed) == ["new"]
    assert f"the time was enough for {tmp_path}/auth.log.2.gz to" in parsed.cause
    assert f"no time was left for {tmp_path}/auth.log.3.gz" in parsed.cause
    assert "only a part" not in parsed.cause


@both
def test_every_suffix_that_rotation_gives(shell: tuple[str, ...], tmp_path: Path) -> None:
    old = (
        *("-20261122", "-20261122.gz", "-2026112204", "-2026112205.xz", "-1795338000"),
        *("-1795341600.bz2", ".1", ".2.gz", "-2026-11-22", ".20261122", ".old"),
    )
    for n, suffix in enumerate(old):
        write(tmp_path / f"secure{suffix}", failed(f"u{n}", 22, n), 22)
    names = [f"u{n}" for n in range(len(old))]
    if shell == ("sh",):
        for tool in ("zstd", "lz4"):
            if shutil.which(tool) is None:
                continue
            plain = tmp_path / "plain"
            write(plain, failed(tool, 22, 77 + len(tool)), 22)
            packed = tmp_path / f"secure-2026112206.{'zst' if tool == 'zstd' else tool}"
            done = subprocess.run([tool, "-qc"], input=plain.read_bytes(), capture_output=True)
            packed.write_bytes(done.stdout)
            os.utime(packed, (FROM.timestamp() + 7200,) * 2)
            names.append(tool)
    # Before the period: never opened, or its damage would be told.
    (tmp_path / "secure-20261101.gz").write_bytes(b"damaged")
    os.utime(tmp_path / "secure-20261101.gz", (FROM.timestamp() - 10**6,) * 2)
    write(tmp_path / "secure", failed("now", 23, 99))
    parsed = run(shell, f"{tmp_path}/secure*")
    assert sorted(users(parsed)) == sorted([*names, "now"])
    assert parsed.cause == ""


@both
@pytest.mark.parametrize("left", ["whole", "cut", "empty"])
def test_a_log_beside_its_own_copy_counts_once(
    shell: tuple[str, ...], left: str, tmp_path: Path
) -> None:
    text = "".join(failed(f"u{n}", 22, n) for n in range(2000))
    write(tmp_path / "auth.log.1", text, 22)
    packed = gzip.compress(text.encode())
    pieces = {"whole": packed, "cut": packed[: len(packed) // 2], "empty": b""}
    (tmp_path / "auth.log.1.gz").write_bytes(pieces[left])
    # copytruncate, broken off after the copy
    write(tmp_path / "auth.log", failed("a", 23, 1) + failed("b", 23, 2) + failed("c", 23, 3))
    write(tmp_path / "auth.log.0", failed("a", 23, 1) + failed("b", 23, 2) + failed("c", 23, 3))
    parsed = run(shell, f"{tmp_path}/auth.log*")
    assert len(parsed.rows) == 2003
    assert parsed.cause == ""


@both
def test_what_looks_wrong_about_a_log_is_noted(shell: tuple[str, ...], tmp_path: Path) -> None:
    cut, hole, back = (tmp_path / f"{name}.log" for name in ("cut", "hole", "back"))
    write(cut, "d password for root from 10.0.0.1 port 22 ssh2\n" + failed("cut", 23, 1))
    write(hole, "\0" * 5000 + failed("hole", 23, 2))
    write(back, failed("back", 23, 3) + failed("back", 22, 4))
    parsed = run(shell, str(tmp_path / "*.log"))
    assert sorted(users(parsed)) == ["back", "back", "cut", "hole"]
    assert parsed.cause == ""
    assert f"{cut} begins in the middle of a line" in parsed.note
    assert f"{hole} begins with a hole" in parsed.note
    assert f"in {back} the clock goes back from 2026-11-23 10:00 to 2026-11-22 10:00" in parsed.note


@both
def test_a_quiet_log_raises_no_alarm(shell: tuple[str, ...], tmp_path: Path) -> None:
    log = tmp_path / "auth.log"
    write(log, failed("bob", 20) + "Nov 22 01:00:00 web01 app: nothing\n")
    parsed = run(shell, str(log))
    assert (list(parsed.rows), parsed.cause, parsed.note) == ([], "", "")


@both
def test_a_log_that_is_no_file_or_was_emptied(shell: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to("/dev/null")
    write(tmp_path / "auth.log", "", 23)
    parsed = run(shell, f"{tmp_path}/*")
    assert f"{tmp_path}/gone is no file: what is logged there is lost" in parsed.cause
    assert parsed.evidence_from_at == datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)


JOURNAL = r"""
json() {
  printf '{"__REALTIME_TIMESTAMP":"%s000000","_HOSTNAME":"web01","SYSLOG_IDENTIFIER":"sshd","_PID":"%s","MESSAGE":%s}\n' "$1" "$2" "$3"
}
case "$*" in
*"-n 0"*) ;;
*"-n 1"*) echo x ;;
*short-unix*) echo "1795300000.5 web01 sshd[1]: x" ;;
*"-o json"*)
  n=0; while [ $n -lt 9 ]; do
    json $((1795428001 + n)) $((n + 1)) "\"Failed password for u$n from 10.0.0.1 port $((4001 + n)) ssh2\""; n=$((n + 1))
  done
  json 1795428100 99 "[70,97,105,108,101,100,32,112,97,115,115,119,111,114,100,32,102,111,114,32,195,164,32,102,114,111,109,32,49,48,46,48,46,48,46,49,32,112,111,114,116,32,55,32,115,115,104,50]" ;;
*short-iso*)
  n=0; while [ $n -lt 9 ]; do
    echo "2026-11-23T10:00:0$((n + 1))+0000 web01 sshd[$((n + 1))]: Failed password for u$n from 10.0.0.1 port $((4001 + n)) ssh2"; n=$((n + 1))
  done
  echo "2026-11-23T10:01:40+0000 web01 sshd[99]: Failed password for ä from 10.0.0.1 port 7 ssh2" ;;
*) n=0; while [ $n -lt 10 ]; do echo message; n=$((n + 1)); done ;;
esac
"""


def with_journal(folder: Path) -> str:
    """The script's part that turns to the journal, with files of our own before it."""
    stand_in(folder / "bin", "journalctl", JOURNAL)
    ask = Ask(FROM, TO, {"paths": [f"{folder}/auth.log*"]})
    return logins.script(ask).replace("printf '@done\\n'", END + "printf '@done\\n'")


def run_journal(folder: Path) -> Parsed:
    done = subprocess.run(
        ["sh", "-c", with_journal(folder)],
        capture_output=True,
        check=True,
        env={"PATH": f"{folder}/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "Etc/UTC"},
    )
    assert done.stderr == b""
    return logins.parse(done.stdout.decode("utf-8", "surrogateescape"), Ask(FROM, TO))


NAMES = sorted([f"u{n}" for n in range(9)] + ["ä"])


def test_a_journal_of_very_many_entries_is_added_up_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sorted(users(run_journal(tmp_path))) == NAMES
    monkeypatch.setattr(SCRIPT, "MOST_ENTRIES", 5)
    assert sorted(users(run_journal(tmp_path))) == NAMES
    monkeypatch.setattr(SCRIPT, "FOLD_BYTES", 0)
    folded = run_journal(tmp_path)
    assert sorted(users(folded)) == NAMES
    assert "added up" in folded.note
    assert folded.cause == ""


def test_a_log_that_ends_before_the_journal_is_completed_by_it(tmp_path: Path) -> None:
    text = "".join(
        # rsyslog took the time a moment later than journald.
        f"Nov 23 10:00:0{n + 1 + n % 2} web01 sshd[{n + 1}]: Failed password for u{n}"
        f" from 10.0.0.1 port {4001 + n} ssh2\n"
        for n in range(5)
    )
    write(tmp_path / "auth.log", text)
    os.utime(tmp_path / "auth.log", (datetime(2026, 11, 23, 10, 0, 9, tzinfo=UTC).timestamp(),) * 2)
    assert sorted(users(run_journal(tmp_path))) == NAMES


def test_a_log_that_is_up_to_date_needs_no_journal(tmp_path: Path) -> None:
    write(tmp_path / "auth.log", failed("root"))
    assert users(run_journal(tmp_path)) == ["root"]


@both
def test_a_clock_without_a_battery_begins_no_year(shell: tuple[str, ...], tmp_path: Path) -> None:
    log = tmp_path / "auth.log"
    started = failed("early").replace("Nov 23 10:00:00", "Jan  1 00:00:09")
    write(log, failed("before") + started + failed("after").replace("10:00:00", "11:00:00"))
    parsed = run(shell, str(log))
    assert users(parsed) == ["before", "after"]
    assert {row["at"].year for row in parsed.rows} == {2026}


@both
def test_lines_without_a_time_are_no_logins_but_counted(
    shell: tuple[str, ...], tmp_path: Path
) -> None:
    log = tmp_path / "auth.log"
    write(log, failed("root") + "web01 sshd[9]: Failed password for x from 192.0.2.9 port 1 ssh2\n")
    parsed = run(shell, str(log))
    assert users(parsed) == ["root"]
    assert "a line that names a login program, but no time: web01 sshd[9]" in parsed.note
