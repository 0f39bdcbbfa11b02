"""checks: commands of the settings that hang, flood, forge or leave things behind."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import checks
from collectors.asking import Plan
from collectors.base import Ask, Parsed, Row
from collectors.config import validate
from collectors.errors import NotApplicable, SettingsError
from collectors.fleet import load_fleet
from collectors.gather import gather
from collectors.options import CollectorOptions
from tests.collectors.probes import ASK, SHELLS, applets, in_every_shell, printed


def asked(commands: dict[str, Any]) -> Ask:
    return Ask(ASK.from_at, ASK.to_at, {"commands": commands})


def ran(commands: dict[str, Any], shell: Sequence[str], path: str | None = None) -> Parsed:
    ask = asked(commands)
    return checks.parse(printed(checks, shell, path, ask=ask), ask)


def by_name(parsed: Parsed) -> dict[str, Row]:
    return {row["check"]: row for row in parsed.rows if row.get("label") is None}


@pytest.mark.parametrize("shell", SHELLS)
def test_one_that_hangs_costs_itself_alone(shell: Sequence[str]) -> None:
    begun = time.monotonic()
    found = ran(
        {
            "first": {"command": "echo one; exit 1"},
            "hangs": {
                "command": "echo half; trap '' TERM; (sleep 4711; :) & sleep 4711",
                "seconds": 1,
            },
            "last": {"command": "echo two"},
        },
        shell,
    )
    assert time.monotonic() - begun < 5
    rows = by_name(found)
    assert [row["state"] for row in rows.values()] == ["warning", "unknown", "ok"]
    assert rows["hangs"]["text"] == "half"
    assert found.cause == "hangs: no answer within 1 s"
    assert "4711" not in subprocess.run(["ps", "ax"], capture_output=True, text=True).stdout


class Waited(NamedTuple):
    found: Parsed
    seconds: float


@pytest.fixture(scope="module")
def beside_what_stays() -> Iterator[dict[Sequence[str], Future[Waited]]]:
    def look(shell: Sequence[str]) -> Waited:
        begun = time.monotonic()
        command = "setsid sleep 9 & sleep 0.3; echo started"
        found = ran({"a": {"command": command, "seconds": 1}, "b": {"command": "exit 2"}}, shell)
        return Waited(found, time.monotonic() - begun)

    with in_every_shell(look) as looks:
        yield looks


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_check_leaves_behind_holds_nobody_up(
    shell: Sequence[str], beside_what_stays: dict[Sequence[str], Future[Waited]]
) -> None:
    found, seconds = beside_what_stays[shell].result()
    assert seconds < 8
    assert found.cause == "a: its output does not end"
    assert by_name(found)["b"]["state"] == "critical"


@pytest.mark.parametrize("shell", SHELLS)
def test_output_without_end_is_cut(shell: Sequence[str]) -> None:
    found = ran(
        {
            "line": {"command": "cat /dev/zero", "seconds": 1},
            "lines": {"command": "yes", "seconds": 1},
            "long": {"command": "echo 'OK|a=1 b=12345'; seq 1 9999; exit 1"},
        },
        shell,
    )
    rows = by_name(found)
    assert [row["state"] for row in rows.values()] == ["unknown", "unknown", "warning"]
    assert rows["long"]["text"] == "OK"
    assert len(rows["long"]["long_text"]) == checks.LONGEST_TEXT
    assert "more than 8,000 characters of output" in found.note


@pytest.mark.parametrize("shell", SHELLS)
def test_no_output_can_forge_a_section_or_an_end(shell: Sequence[str]) -> None:
    forged = "printf 'out2|OK\\nout2|=0\\nend2|0 0 10\\n=0\\n>checks 1\\n'; exit 2"
    found = ran({"a": {"command": forged}, "b": {"command": "exit 2"}}, shell)
    assert [row["state"] for row in by_name(found).values()] == ["critical", "critical"]
    assert by_name(found)["a"]["text"] == "out2|OK".partition("|")[0]


def test_busybox_alone_is_enough(tmp_path: Path) -> None:
    path = applets(tmp_path)
    found = ran({"a": {"command": 'read x; echo "OK [$x] $LC_ALL|n=1;;;0"'}}, ("sh",), path)
    assert found.cause == found.note == ""
    assert by_name(found)["a"]["text"] == "OK [] C"
    assert found.rows[1]["value"] == 1


def test_time_that_is_used_up_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "BUDGET", 2)
    commands = {name: {"command": "sleep 9"} for name in ("first", "second", "third")}
    found = ran(commands, ("sh",))
    assert found.cause.endswith("third: not reached: what came before it took too long")
    assert {row["state"] for row in found.rows} == {"unknown"}


def test_the_command_itself_does_not_come_back() -> None:
    text = printed(checks, ("sh",), ask=asked({"a": {"command": "true --password hunter2"}}))
    assert "hunter2" not in text


def test_what_is_not_understood_is_counted() -> None:
    text = (
        'check1|{"name": "load", "kind": "nagios"}\nout1|OK|a=1 b=0,5s  c=2 1,5  \'open=3\n'
        "out1|=0\nend1|0 0 10\n"
    )
    found = checks.parse(text, ASK)
    assert [row.get("label") for row in found.rows] == [None, "a", "c"]
    assert found.note == "not understood: load: 'b=0,5s' and 2 more"
    assert found.cause == ""


LABELS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20
)
FIGURES = st.floats(-1e12, 1e12, allow_nan=False)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(LABELS, FIGURES, st.sampled_from(["", "s", "%", "KiB", "c"])), max_size=5)
)
def test_figures_are_read_back(figures: list[tuple[str, float, str]]) -> None:
    words = []
    for label, value, unit in figures:
        quoted = "'" + label.replace("'", "''") + "'"
        words.append(f"{quoted}={value!r}{unit};1:;2:;-5;{value!r}")
    line = "OK | " + " ".join(words)
    found = checks.parse(
        f'check1|{{"name": "n", "kind": "nagios"}}\nout1|{line}\nout1|=0\nend1|0 0 9\n', ASK
    )
    assert found.note == ""
    read = [(r["label"], r["value"], r["unit"] or "", r["maximum"]) for r in found.rows[1:]]
    assert read == [(label, value, unit, value) for label, value, unit in figures]


def test_hosts_have_checks_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_text(
        "defaults: {transport: local}\n"
        "groups:\n"
        "  web:\n"
        "    collectors: {checks: {commands: {web: {command: [echo, 'it is', web]}}}}\n"
        "    hosts: {web1: {collectors: {checks: {commands: {all: {command: exit 2}}}}}}\n"
        "hosts: {bare: {}}\n"
    )
    daily = validate(
        CollectorOptions, {"checks": {"commands": {"all": {"command": "exit 1"}}}}, "daily.yaml"
    )
    now = datetime.now(UTC)
    plan = Plan((checks,), ASK.from_at, now, daily.model_dump())
    found = gather(load_fleet(file, tmp_path).hosts, plan).frames["checks"]
    states = {(row.host, row.check): row.state for row in found.itertuples()}
    assert states == {
        ("web1", "all"): "critical", ("web1", "web"): "ok", ("bare", "all"): "warning"
    }  # fmt: skip
    assert set(found["text"].dropna()) == {"it is web"}


@pytest.mark.parametrize(
    ("commands", "fault"),
    [
        ({"a": {}}, "commands.a.command: is missing"),
        ({"a": {"command": ""}}, "at least 1 long"),
        ({"a": {"command": 5}}, "it would be a text"),
        ({"a": {"command": "x", "seconds": 600}}, "54 or less"),
        ({"a": {"command": "x", "kind": "nrpe"}}, "one of 'nagios' or 'exit'"),
        ({"a": {"comand": "x", "command": "x"}}, "did you mean `command`?"),
    ],
)
def test_faults_of_the_settings_are_named(commands: Any, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        validate(CollectorOptions, {"checks": {"commands": commands}}, "daily.yaml")
    assert fault in str(raised.value)


def test_no_checks_are_no_failure() -> None:
    with pytest.raises(NotApplicable, match="no check is named in the settings"):
        ran({}, ("sh",))
