"""The real script, run by sh and by BusyBox over a folder of logs, and its output parsed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import random
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors import logins
from collectors.base import Ask, Parsed
from collectors.errors import NoData, NoPermission
from collectors.logins import awk

FROM, TO = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)
IP = "203.0.113.9"
SHELLS = [
    pytest.param(("sh",), id="sh"),
    pytest.param(
        ("busybox", "sh"),
        id="busybox",
        marks=pytest.mark.skipif(shutil.which("busybox") is None, reason="busybox is not there"),
    ),
]
pytestmark = pytest.mark.parametrize("shell", SHELLS)


def run(shell: tuple[str, ...], *paths: str, as_nobody: bool = False) -> Parsed:
    ask = Ask(FROM, TO, {"paths": list(paths)})
    done = subprocess.run(
        [*shell, "-c", logins.script(ask)],
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "Etc/UTC"},
        user=65534 if as_nobody else None,
        cwd="/",
    )
    assert done.stderr == b""
    return logins.parse(done.stdout.decode("utf-8", "surrogateescape"), ask)


def write(path: Path, text: str, day: int = 23) -> None:
    opened: dict[str, Any] = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
    with opened.get(path.suffix, open)(path, "wb") as file:
        file.write(text.encode("utf-8", "surrogateescape"))
    seconds = datetime(2026, 11, day, 23, 59, 59, tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))


def failed(user: str, day: int = 23, pid: int = 1) -> str:
    return (
        f"Nov {day} 10:00:00 web01 sshd[{pid}]: Failed password for {user}"
        f" from {IP} port {4000 + pid} ssh2\n"
    )


def users(parsed: Parsed) -> list[str]:
    return [row["user"] for row in parsed.rows]


def test_rotated_and_compressed_logs(shell: tuple[str, ...], tmp_path: Path) -> None:
    folder = tmp_path / "my logs; $(touch pwned) `id`"
    folder.mkdir()
    write(folder / "auth.log", "\0\0" + failed("now") + "Nov 23 10:00:01 web01 app: nothing\n")
    write(folder / "auth.log.1", failed("one", 22, 2), 22)
    write(folder / "auth.log.2.gz", failed("two", 22, 3), 22)
    write(folder / "auth.log.3.xz", failed("three", 22, 4), 22)
    write(folder / "auth.log-20261122.bz2", failed("four", 22, 5), 22)
    write(folder / "auth.log.9.gz", failed("long ago", 22, 6), 10)
    parsed = run(shell, f"{folder}/auth.log*")
    assert sorted(users(parsed)) == ["four", "now", "one", "three", "two"]
    assert parsed.cause == ""
    assert parsed.evidence_from_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert not list(tmp_path.rglob("pwned"))


def test_nothing_of_other_programs_or_days(shell: tuple[str, ...], tmp_path: Path) -> None:
    log = tmp_path / "secure"
    write(log, failed("old", 20) + failed("new") + "Nov 23 11:00:00 web01 kernel: sshd-like\n")
    parsed = run(shell, str(log))
    assert users(parsed) == ["new"]
    assert parsed.evidence_from_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_a_new_year_within_one_file(shell: tuple[str, ...], tmp_path: Path) -> None:
    log = tmp_path / "messages"
    year = "".join(f"{month} 10 10:00:00 web01 app: x\n" for month in ("Dec", "Jan", "Jun"))
    write(log, failed("last year") + year + failed("this year"))
    assert users(run(shell, str(log))) == ["this year"]


def test_repeated_lines(shell: tuple[str, ...], tmp_path: Path) -> None:
    log = tmp_path / "messages"
    again = "Nov 23 10:00:02 web01 last message repeated 3 times\n"
    other = "Nov 23 10:00:03 web01 app: x\n"
    write(log, failed("bob") + again + other + again)
    assert [row["count"] for row in run(shell, str(log)).rows] == [1, 3]


def test_no_log_is_no_data(shell: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(NoData, match="nowhere"):
        run(shell, f"{tmp_path}/nowhere*")


def test_what_may_not_be_read(shell: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        log = Path(folder) / "auth.log"
        write(log, failed("bob"))
        log.chmod(0)
        with pytest.raises(NoPermission, match="group adm"):
            run(shell, str(log), as_nobody=os.geteuid() == 0)


def test_a_damaged_archive_is_said(shell: tuple[str, ...], tmp_path: Path) -> None:
    log = tmp_path / "auth.log.1.gz"
    write(log, "".join(failed(f"u{n}", 23, n) for n in range(2000)))
    log.write_bytes(log.read_bytes()[:-200])
    os.utime(log, (TO.timestamp(), TO.timestamp()))
    parsed = run(shell, str(log))
    assert "only a part of" in parsed.cause


def attack(count: int) -> str:
    lines = []
    for n in range(count):
        head, port = f"Nov 23 10:{n % 60:02d}:00 web01 sshd[{n + 100}]: ", 1024 + n
        source, kind = f"198.51.100.{n % 5}", n % 4
        if kind == 0:
            lines += [f"Invalid user admin from {source} port {port}"]
            lines += [f"Failed password for invalid user admin from {source} port {port} ssh2"]
            lines += [f"Received disconnect from {source} port {port}:11: Bye Bye [preauth]"]
            lines += [f"Disconnected from invalid user admin {source} port {port} [preauth]"]
        elif kind == 1:
            lines += [f"Invalid user test from {source} port {port}"]
            lines += [f"Connection closed by invalid user test {source} port {port} [preauth]"]
        elif kind == 2:
            lines += [
                "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh"
                f" ruser= rhost={source}  user=root"
            ]
            lines += [f"Failed password for root from {source} port {port} ssh2"]
            lines += [
                f"message repeated 2 times: [ Failed password for root from {source} port {port} ssh2]"
            ]
        else:
            lines += [
                f"Connection closed by authenticating user git {source} port {port} [preauth]"
            ]
        lines = [line if line.startswith("Nov") else head + line for line in lines]
    lines.append(f"Nov 23 23:00:00 web01 sshd[9]: Accepted password for bob from {IP} port 9 ssh2")
    return "\n".join(lines) + "\n"


def totals(parsed: Parsed) -> dict[tuple[str, str], int]:
    counted: dict[tuple[str, str], int] = {}
    for row in parsed.rows:
        key = (row["result"], row["user"])
        counted[key] = counted.get(key, 0) + row["count"]
    return counted


def test_folding_loses_nothing(
    shell: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "auth.log"
    write(log, attack(800))
    whole = run(shell, str(log))
    assert totals(whole) == {
        ("failed", "admin"): 200,
        ("failed", "test"): 200,
        ("failed", "root"): 600,
        ("aborted", "git"): 200,
        ("accepted", "bob"): 1,
    }
    for cap in (0, 1000, 20_000):
        monkeypatch.setattr(sys.modules["collectors.logins.script"], "FOLD_BYTES", cap)
        folded = run(shell, str(log))
        assert totals(folded) == totals(whole)
        assert len(folded.rows) < len(whole.rows)
        assert "added up by hour, user and source" in folded.note
        assert folded.cause == ""


def conversations(ip: str, port: int) -> list[list[str]]:
    """What sshd says of a connection, in the ways that a filter could count twice or not."""
    at, end = f"from {ip} port {port}", f"{ip} port {port} [preauth]"
    pam = "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser="
    pam = f"{pam} rhost={ip}  user=git"
    failed, unknown = f"Failed password for git {at} ssh2", f"Invalid user x y {at}"
    refused = f"Failed password for invalid user x y {at} ssh2"
    many = f"error: maximum authentication attempts exceeded for git {at} ssh2 [preauth]"
    error = f"error: PAM: Authentication failure for git from {ip}"
    denied = f"User git from {ip} not allowed because not listed in AllowUsers"
    return [
        [unknown, pam, refused, f"Disconnected from invalid user x y {end}"],
        [unknown, f"Connection closed by invalid user x y {end}"],
        [f"Connection closed by invalid user x y {end}"],
        [unknown, refused, refused, f"Disconnecting invalid user x y {ip} port {port}: Too many"
         " authentication failures [preauth]"],
        [pam, failed, f"message repeated 2 times: [ {failed}]", many],
        [pam, f"Connection closed by authenticating user git {end}"],
        [f"Disconnected from authenticating user git {end}"],
        [many],
        [denied, f"Failed password for invalid user git {at} ssh2"],
        [error, f"Failed keyboard-interactive/pam for git {at} ssh2"],
        [error, f"Connection closed by authenticating user git {end}"],
        [f"Failed publickey for git {at} ssh2: RSA SHA256:abc"],
        [failed, f"Accepted password for git {at} ssh2"],
        [pam, f"Accepted password for git {at} ssh2"],
        [f"ROOT LOGIN REFUSED FROM {ip} port {port}", f"Failed password for root {at} ssh2"],
        [f"Connection closed by {end}"],
        [f"Received disconnect from {ip} port {port}:11: Bye Bye [preauth]", f"Disconnected from {end}"],
        ["error: kex_exchange_identification: Connection closed by remote host", f"Connection closed by {ip} port {port}"],
        [f"Did not receive identification string from {ip} port {port}"],
        [f"Bad protocol version identification 'x from 10.0.0.1 port 7' from {ip} port {port}"],
        [f"Unable to negotiate with {ip} port {port}: no matching cipher found. Their offer: x [preauth]"],
        [f"banner exchange: Connection from {ip} port {port}: invalid format"],
        [f"Received disconnect from {ip}: 11: Bye Bye [preauth]"],
        [f"Failed none for invalid user x y {at} ssh2", refused],
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_added_up_or_whole_the_counts_are_the_same(
    shell: tuple[str, ...], seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    talks = [
        (100 + n, chance.choice(conversations(f"198.51.100.{n % 3}", 1024 + n))) for n in range(60)
    ]
    lines, running = [], []
    while talks or running:
        while talks and len(running) < 3:
            running.append(talks.pop(0))
        pid, said = chance.choice(running)
        lines.append(f"Nov 23 10:00:{len(lines) % 60:02d} web01 sshd[{pid}]: {said.pop(0)}\n")
        running = [talk for talk in running if talk[1]]
    log = tmp_path / "auth.log"
    write(log, "".join(lines))
    module = sys.modules["collectors.logins.script"]
    whole = run(shell, str(log))
    for cap in (0, 500, 4000):
        monkeypatch.setattr(module, "FOLD_BYTES", cap)
        folded = run(shell, str(log))
        assert totals(folded) == totals(whole)
        assert folded.note.partition("; ")[2] == whole.note
        assert folded.cause == ""


def test_the_script_is_small(shell: tuple[str, ...]) -> None:
    assert len(logins.script(Ask(FROM, TO))) < 21_000
    assert len(awk.AWK) < 10_000
