"""What a hostile host prints costs itself its rows, and nobody else anything: time, memory, days."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors import COLLECTORS, logins
from collectors import hosts as facts
from collectors.asking import MOST_BYTES, Plan
from collectors.base import WHOLE, Ask, Collector, Column, Parsed
from collectors.errors import CollectError
from collectors.fleet import Host
from collectors.gather import gather
from collectors.transports import Access

TO = datetime(2026, 11, 23, 5, tzinfo=UTC)
ASK = Ask(TO - timedelta(days=1), TO)
BUSY_SECONDS = 3.0
# Shapes that patterns with more than one open end take long over.
LINES = (
    "a on /" + '" on / type a (' * 500,
    "Filesystem" + " " * 7000 + "x",
    " up " * 2000,
    "load average: " * 500,
    "1," * 3000,
    " " * 8000,
    "(" * 4000 + ")" * 4000,
    'x="' * 2500,
    "active " * 1000,
    "days, " * 1300,
)


@pytest.mark.parametrize("collector", [facts, *COLLECTORS], ids=lambda c: c.NAME)
def test_no_line_keeps_a_parser_busy(collector: Collector) -> None:
    fixtures = Path(__file__).parent.parent / "fixtures" / collector.NAME
    sample = next(iter(sorted(fixtures.glob("*.txt")))).read_text("utf-8", "surrogateescape")
    heads = {line[: line.find("|") + 1] for line in sample.splitlines() if "|" in line[:20]} | {""}
    begun = time.monotonic()
    for evil in LINES:
        for head in sorted(heads):
            for text in (f"{sample}{head}{evil}\n", f"{head}{evil}\n{head}=0\n"):
                with suppress(CollectError):
                    collector.parse(text, ASK)
    assert time.monotonic() - begun < BUSY_SECONDS * len(LINES)


@pytest.mark.parametrize("digit", ["²", "٣"])
@pytest.mark.parametrize("collector", [facts, *COLLECTORS], ids=lambda c: c.NAME)
def test_a_digit_of_another_script_is_refused_or_read(collector: Collector, digit: str) -> None:
    fixtures = Path(__file__).parent.parent / "fixtures" / collector.NAME
    for path in sorted(fixtures.glob("*.txt"))[:3]:
        lines = path.read_text("utf-8", "surrogateescape").splitlines(keepends=True)
        for nth in range(min(len(lines), 60)):
            other = re.sub(r"\d", digit, lines[nth])
            with suppress(CollectError):
                collector.parse("".join([*lines[:nth], other, *lines[nth + 1 :]]), ASK)


class Absurd:
    """A collector that understands what no column can hold."""

    NAME = "absurd"
    SECONDS = 5
    PAST = False
    COLUMNS = (Column("size_bytes", WHOLE, "B", ""),)

    def script(self, ask: Ask) -> str:
        return "echo 1"

    def parse(self, text: str, ask: Ask) -> Parsed:
        return Parsed([{"size_bytes": 10**20}])


class Broken(Absurd):
    NAME = "broken"

    def script(self, ask: Ask) -> str:
        raise RuntimeError("no script today")


class Endless(Absurd):
    NAME = "endless"

    def script(self, ask: Ask) -> str:
        return f"head -c {MOST_BYTES + 100} /dev/zero | tr '\\0' a"


@pytest.mark.parametrize(
    ("collector", "outcome", "cause"),
    [
        (Absurd(), "parse_failed", "no value for size_bytes"),
        (Broken(), "command_failed", "fault of this program: RuntimeError('no script today')"),
        (Endless(), "truncated", "more than 2,000,000 bytes of output"),
    ],
)
def test_an_absurd_answer_costs_its_own_rows_alone(
    collector: Collector, outcome: str, cause: str
) -> None:
    hosts = [Host("a", transport="local"), Host("b", transport="local")]
    plan = Plan((collector, COLLECTORS[1]), ASK.from_at, ASK.to_at)
    found = gather(hosts, plan).frames["outcomes"]
    rows = found[found["collector"] == collector.NAME]
    assert list(rows["outcome"]) == [outcome] * 2
    assert all(said.startswith(cause) for said in rows["cause"])
    assert len(found) == 4


def test_a_transport_that_there_is_none_of_is_no_host_that_is_down() -> None:
    plan = Plan((COLLECTORS[0],), ASK.from_at, ASK.to_at)
    found = gather([Host("win1", transport="winrm")], plan).frames
    assert list(found["outcomes"]["outcome"]) == ["command_failed"]
    assert list(found["servers"]["state"]) == ["unknown"]


def test_nothing_to_ask_is_known_as_such() -> None:
    plan = Plan(COLLECTORS, ASK.from_at, ASK.to_at, access=Access(), past=True)
    found = gather([Host("a", transport="replay")], plan).frames["outcomes"]
    outcomes = dict(zip(found["collector"], found["outcome"], strict=True))
    assert outcomes == {c.NAME: "no_data" if c.PAST else "not_knowable" for c in COLLECTORS}
    assert outcomes["logins"] == "no_data"


def test_a_number_that_no_log_can_mean_costs_no_other_line(tmp_path: Path) -> None:
    """Anybody on a server may write such a line, with `logger -t sshd`."""
    huge = "9" * 20
    log = tmp_path / "auth.log"
    log.write_text(
        "2026-11-25T01:00:00+00:00 h sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2\n"
        f"2026-11-25T01:00:01+00:00 h sshd[1]: message repeated {huge} times: [ Failed password"
        " for root from 192.0.2.1 port 22 ssh2]\n"
        f"2026-11-25T01:00:03+00:00 h sshd[2]: Accepted publickey for bob from 192.0.2.9 port {huge}"
        " ssh2: RSA SHA256:abc\n"
        "2026-11-25T01:00:04+00:00 h sshd[3]: Accepted publickey for amy from 192.0.2.9 port 22"
        " ssh2: RSA SHA256:abc\n"
    )
    begin = datetime(2026, 11, 25, tzinfo=UTC)
    options = {"logins": {"paths": [str(log)]}}
    plan = Plan((logins,), begin, begin + timedelta(days=1), options)
    frames = gather([Host("a", transport="local")], plan).frames
    assert list(frames["outcomes"]["outcome"]) == ["ok"]
    assert set(frames["logins"]["user"]) >= {"root", "amy"}
