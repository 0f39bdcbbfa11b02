"""How many lines of a log `logins.parse` reads in a second: `python benchmarks/parse.py`.

Beside it, on the same lines: a bare loop with one regular expression, which joins nothing
and dates nothing, and `jc --syslog-bsd`, which splits heads only, where it is installed.
Prints the processor's seconds, so that whatever else runs on the machine matters less, lines
a second, and with `--memory` what each took beyond the text itself.
"""

from __future__ import annotations

import importlib
import re
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from collectors import logins
from collectors.base import Ask

LINES = 1_000_000
DAY = Ask(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
ONE = re.compile(
    r"(\w{3} [ \d]\d \d\d:\d\d:\d\d) (\S+) (\w+)\[(\d+)\]: "
    r"(?:(Accepted|Failed) (\S+) for (?:invalid user )?(.*) from (\S+) port (\d+) ssh2)?"
)


def connection(number: int) -> list[str]:
    """Return the lines of one connection, or one command, of the usual kinds."""
    head = f"Nov 23 {number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d} web01 "
    ip, port = f"198.51.{number % 250}.{number * 7 % 250}", 1024 + number % 60_000
    pam = f"authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={ip} "
    kinds = (
        (
            f"Accepted publickey for deploy from {ip} port {port} ssh2: ED25519 SHA256:LFyXZMdDQ4",
            "pam_unix(sshd:session): session opened for user deploy(uid=1000) by (uid=0)",
            f"Disconnected from user deploy {ip} port {port}",
            "pam_unix(sshd:session): session closed for user deploy",
        ),
        (
            f"Invalid user admin from {ip} port {port}",
            "pam_unix(sshd:auth): check pass; user unknown",
            f"pam_unix(sshd:auth): {pam}",
            f"Failed password for invalid user admin from {ip} port {port} ssh2",
            f"Connection closed by invalid user admin {ip} port {port} [preauth]",
        ),
        (
            f"pam_unix(sshd:auth): {pam} user=root",
            f"Failed password for root from {ip} port {port} ssh2",
            f"Connection closed by authenticating user root {ip} port {port} [preauth]",
        ),
    )
    return [f"{head}sshd[{1000 + number % 60_000}]: {text}" for text in kinds[number % 3]]


def sample() -> list[str]:
    """Return a million lines of one day."""
    lines: list[str] = []
    while len(lines) < LINES:
        lines += connection(len(lines))
    return lines[:LINES]


def measure(name: str, work: Callable[[], object]) -> None:
    """Print how long it took and how much memory, each in a run of its own."""
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    print(f"{name:28} {seconds:7.2f} s  {LINES / seconds:10,.0f} lines/s", end="", flush=True)
    if "--memory" in sys.argv:
        tracemalloc.start()
        work()
        print(f"  {tracemalloc.get_traced_memory()[1] / 1e6:6.0f} MB", end="")
        tracemalloc.stop()
    print()


def main() -> None:
    """Measure each in turn."""
    lines = sample()
    body = "\n".join(lines)
    printed = "\n".join(
        [
            *("@logins 1", "@now 1795478400", "@zone Etc/UTC", "@offset +0000", "@looked x"),
            "@file 1 1795478399 /var/log/auth.log",
            *(f"|{line}" for line in lines),
            *("@end 0 1", "@done", ""),
        ]
    )
    del lines
    print(f"{LINES:,} lines, {len(body) / 1e6:.0f} MB")
    measure("logins.parse", lambda: logins.parse(printed, DAY))
    measure(
        "one re, nothing joined", lambda: sum(1 for line in body.split("\n") if ONE.match(line))
    )
    try:
        jc = importlib.import_module("jc")
    except ImportError:
        print("jc is not installed")
    else:
        measure("jc --syslog-bsd", lambda: jc.parse("syslog_bsd", body, quiet=True))


if __name__ == "__main__":
    main()
