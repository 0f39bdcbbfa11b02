"""Log lines of many makes through the whole chain: the script's filter, then `parse`.

Formats after the logs that other projects test themselves with, with names and addresses of
our own. A form that the filter on the server does not let through is lost like one that
`parse` does not understand: so every case here goes through both.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors import logins
from collectors.base import Ask

FROM, TO = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 4, 23, tzinfo=UTC).timestamp()
SHELLS = [
    pytest.param(("sh",), id="sh"),
    pytest.param(
        ("busybox", "sh"),
        id="busybox",
        marks=pytest.mark.skipif(shutil.which("busybox") is None, reason="busybox is not there"),
    ),
]
pytestmark = pytest.mark.parametrize("shell", SHELLS)


def rows(shell: tuple[str, ...], folder: Path, *texts: str | bytes) -> list[dict[str, Any]]:
    """Read each text as a log of its own, from the script that runs on a server."""
    for number, text in enumerate(texts):
        log = folder / f"auth-{number:03d}"
        log.write_bytes(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)
        os.utime(log, (WRITTEN, WRITTEN))
    ask = Ask(FROM, TO, {"paths": [f"{folder}/auth-*"]})
    done = subprocess.run(
        [*shell, "-c", logins.script(ask)],
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "Etc/UTC"},
        cwd="/",
    )
    assert done.stderr == b""
    return logins.parse(done.stdout.decode("utf-8", "surrogateescape"), ask).rows


# What programs wrote, and what each comes to: result, service, user (→ target), source, port,
# count.
Row = tuple[str, str, str | None, str | None, int | None, int]
Said = dict[str, tuple[str, list[Row]]]


def come_to(row: dict[str, Any]) -> Row:
    who = f"{row['user']}→{row['target_user']}" if row["target_user"] else row["user"]
    return (
        row["result"], row["service"], who, row["source_ip"], row["source_port"], row["count"],
    )  # fmt: skip


def check(said: Said, shell: tuple[str, ...], folder: Path) -> None:
    """Read each of the texts as a log of its own host, and compare what they come to."""
    texts = [
        "".join(
            f"Nov  3 {number // 60:02d}:{number % 60:02d}:00 web{number} {line}\n"
            for line in text.strip("\n").split("\n")
        )
        for number, (text, _) in enumerate(said.values())
    ]
    found: list[list[Row]] = [[] for _ in texts]
    for row in rows(shell, folder, *texts):
        found[row["at"].hour * 60 + row["at"].minute].append(come_to(row))
    for (name, (_, expected)), got in zip(said.items(), found, strict=True):
        assert sorted(got, key=str) == sorted(expected, key=str), name


# Each stands for 10:00:00 UTC on the 3rd of November 2026.
HEADS = [
    "Nov  3 10:00:00 <4.6> web01 sshd[7]:",
    "Nov  3 10:00:00 <auth.info> web01 sshd[7]:",
    "Tue Nov  3 10:00:00 2026 daemon.info web01 sshd[7]:",
    "1793700000 [sshd]",
    "1793700000.000 web01 sshd[7]:",
    "2026/11/03 10:00:00 [sshd]",
    "[2026-11-03 10:00:00] web01 sshd[7]:",
    "Tue 2026-11-03 11:00:00 CET web01 sshd[7]:",
    "Tue 2026-11-03 10:00:00 UTC web01 sshd[7]:",
    "Tue 2026-11-03 10:00:00 XYZT web01 sshd[7]:",
    "2026-11-03 05:00:00 EST web01 sshd[7]:",
    "2026-11-03 11:00:00,250000 CET web01 sshd[7]:",
    "nov. 03 10:00:00 web01 sshd[7]:",
    "Nov  3 10:00:00 web01 sshd[7]",
    "2026-11-03T10:00:00Z In(38) sshd[7]:",
    "2026-11-03T10:00:00.000Z INFO sshd[7]:",
    "2026-11-03T10:00:00.000+00:00 web01 AUTH:INFO sshd[7]:",
    "2026-11-03 10:00:00 ERROR web01 sshd[7]:",
    "Nov  3 10:00:00 web01 auth|security:info sshd[7]:",
    "Nov  3 10:00:00 log01 Message forwarded from web01: sshd[7]:",
]


def test_heads(shell: tuple[str, ...], tmp_path: Path) -> None:
    lines = [
        f"{head} Failed password for bob{number} from 203.0.113.9 port {4000 + number} ssh2\n"
        for number, head in enumerate(HEADS)
    ]
    found = {row["user"]: row["at"].replace(microsecond=0) for row in rows(shell, tmp_path, *lines)}
    at = datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert found == {f"bob{number}": at for number in range(len(HEADS))}


MONTHS = {
    1: ("Jän", "Jan", "ene", "gen", "janv."),
    2: ("févr.", "Fev", "febr"),
    3: ("Mär", "Mrz", "mrt", "mars", "März"),
    4: ("abr", "avr.", "Apr"),
    5: ("Mai", "mag", "maj", "Mei"),
    6: ("juin", "giu", "Juni"),
    7: ("juil.", "lug", "Juli"),
    8: ("août", "ago", "Aug"),
    9: ("set", "sept.", "Sep", " 9月", "9월"),
    10: ("Okt", "ott", "out"),
    11: ("nov", "Nov"),
    12: ("Dez", "Déc", "dic", "des.", "12月"),
}


@pytest.mark.parametrize(("number", "names"), MONTHS.items(), ids=str)
def test_a_month_by_its_name(shell: tuple[str, ...], number: int, names: tuple[str, ...]) -> None:
    at = datetime(2026, number, 3, 10, tzinfo=UTC)
    said = "  3 10:00:00 web01 sshd[7]: Failed password for bob from 203.0.113.9 port 4000 ssh2"
    ask = Ask(at.replace(hour=0), at.replace(hour=23))
    wanted = logins.script(ask).partition("D='")[2].partition("'")[0]
    for name in names:
        for octets in {f"{name}{said}".encode(code, "replace") for code in ("utf-8", "latin-1")}:
            if b"?" in octets:
                continue
            passed = subprocess.run(
                [*shell, "-c", 'grep -aE "$1"', "sh", wanted],
                input=octets,
                capture_output=True,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            )
            assert passed.stdout == octets + b"\n"
            line = octets.decode("utf-8", "surrogateescape")
            printed = (
                f"@logins 1\n@now {at.timestamp() + 60}\n@zone UTC\n@offset +0000\n"
                f"@file 1 {at.timestamp() + 60} /var/log/auth.log\n|{line}\n@end 0 1\n@done\n"
            )
            assert [row["at"] for row in logins.parse(printed, ask).rows] == [at], line


def test_a_month_that_is_not_certain_is_none(shell: tuple[str, ...], tmp_path: Path) -> None:
    said = "10:00:00 web01 sshd[7]: Failed password for bob from 203.0.113.9 port 4000 ssh2\n"
    assert not rows(shell, tmp_path, *(f"{name}  3 {said}" for name in ("lis", "srp", "xyz")))


def test_a_log_in_no_order_is_dated_line_by_line(shell: tuple[str, ...], tmp_path: Path) -> None:
    """Not back into the nineties, as if every step backwards were a new year."""
    said = "10:00:00 web01 sshd[{}]: Failed password for bob from 203.0.113.9 port 4000 ssh2"
    days = [day for _ in range(15) for day in ("Nov  3", "Feb  7", "Dec 24", "Jun  9")]
    log = "".join(f"{day} {said.format(number)}\n" for number, day in enumerate(days))
    found = rows(shell, tmp_path, log)
    assert {row["at"].date().isoformat() for row in found} == {"2026-11-03"}
    assert len(found) == 15
