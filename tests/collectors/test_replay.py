"""What a host printed earlier, read back."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

from collectors import keeping
from collectors.errors import Outcome
from collectors.fleet import Host
from collectors.transports import Printed
from collectors.transports.replay import Replay


def test_packed_and_plain_files_are_replayed(tmp_path: Path) -> None:
    (tmp_path / "web1.txt.gz").write_bytes(gzip.compress(b"packed\n"))
    (tmp_path / "web2.txt").write_bytes(b"plain\n")
    replay = Replay(tmp_path)
    assert replay.run(Host("web1"), "", 1, 100) == Printed(b"packed\n")
    assert replay.run(Host("web2"), "", 1, 100) == Printed(b"plain\n")


def test_the_cap_counts_unpacked_bytes(tmp_path: Path) -> None:
    (tmp_path / "web1.txt.gz").write_bytes(gzip.compress(bytes(10_000_000)))
    printed = Replay(tmp_path).run(Host("web1"), "", 1, 1000)
    assert printed == Printed(bytes(1000), Outcome.TRUNCATED, "more than 1,000 bytes of output")


def test_what_cannot_be_replayed_is_no_data(tmp_path: Path) -> None:
    (tmp_path / "web2.txt.gz").write_bytes(gzip.compress(b"packed\n")[:-4])
    (tmp_path / "web3.txt.gz").write_bytes(b"no gzip")
    for replay, name, cause in (
        (Replay(None), "web1", "no folder to replay from"),
        (Replay(tmp_path), "web1", "nothing to replay: no web1.txt.gz"),
        (Replay(tmp_path), "web2", "web2.txt.gz cannot be read"),
        (Replay(tmp_path), "web3", "web3.txt.gz cannot be read"),
    ):
        printed = replay.run(Host(name), "", 1, 1000)
        assert printed.outcome is Outcome.NO_DATA
        assert cause in printed.cause


def test_it_ends_as_it_ended_then(tmp_path: Path) -> None:
    at = datetime(2026, 11, 23, 5, 0, 7, 123456, tzinfo=UTC)
    ends = {"web1": ("timed_out", "no end of output after 60 s"), "web2": ("auth_failed", "no key")}
    hosts = {
        name: {"address": "", "groups": [], "labels": {}, "outcome": outcome, "cause": cause,
               "collected_at": at.isoformat()}
        for name, (outcome, cause) in ends.items()
    }  # fmt: skip
    (tmp_path / "asked.json").write_text(json.dumps({"hosts": hosts}))
    (tmp_path / "web1.txt.gz").write_bytes(gzip.compress(b"some\n"))
    replay = Replay(tmp_path)
    said = Printed(b"some\n", Outcome.TIMED_OUT, "no end of output after 60 s", at)
    assert replay.run(Host("web1"), "", 1, 100) == said
    assert replay.run(Host("web2"), "", 1, 100) == Printed(b"", Outcome.AUTH_FAILED, "no key", at)
    assert [host.name for host in keeping.hosts({"hosts": hosts})] == ["web1", "web2"]
