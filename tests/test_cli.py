"""The command line as a person meets it: a process of its own, its words and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from report.lock import run_lock
from tests.report.days import save_day


class Shell:
    """Runs infra-report on settings and output of its own."""

    def __init__(self, folder: Path) -> None:
        self.params = folder / "params"
        self.output = folder / "output"
        self.params.mkdir()
        self.env: dict[str, str] = {}

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        places = ["--params", str(self.params), "--output", str(self.output)]
        return subprocess.run(
            [sys.executable, "-m", "report", *words, *places],
            input=stdin, capture_output=True, text=True, check=False, timeout=120,
            env={k: v for k, v in os.environ.items() if k != "CREDENTIALS_DIRECTORY"} | self.env,
        )  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_version_and_help_name_every_command_and_exit_code() -> None:
    def said(*words: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "report", *words], capture_output=True, text=True, check=True
        ).stdout

    assert said("--version") == "infra-report 0.1.0\n"
    overview = said("--help")
    for word in (
        "daily",
        "collect",
        "render",
        "send",
        "show",
        "hosts",
        "trust",
        "check",
        "columns",
        "75",
        "6",
    ):
        assert word in overview
    assert "--resend" in said("daily", "--help")


def test_help_imports_no_stage() -> None:
    code = "import sys, report.__main__ as m\ntry: m.main(['--help'])\nexcept SystemExit: pass\n"
    code += "print([n for n in ('pandas', 'pydantic', 'fabric', 'papermill', 'matplotlib') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_first_run_copies_the_examples_and_show_prints_rows(shell: Shell) -> None:
    done = shell.run("show", "this-machine", "uptime", "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert "made " in done.stderr
    assert len(rows) == 1
    assert rows[0]["host"] == "this-machine"
    assert rows[0]["booted_at"].endswith("Z")
    assert rows[0]["uptime_seconds"] > 0
    assert (shell.params / "fleet.yaml").exists()
    again = shell.run("show", "this-machine", "uptime", "--format", "json")
    assert json.loads(again.stdout)[0]["booted_at"] == rows[0]["booted_at"]


def test_show_as_table_and_csv(shell: Shell) -> None:
    shell.run("columns")
    table = shell.run("show", "this-machine", "disks", "--format", "table")
    assert table.returncode == 0, table.stderr
    assert "used_percent" in table.stdout
    csv = shell.run("show", "this-machine", "disks", "--format", "csv")
    assert csv.stdout.startswith("host,mount,device,fs_type")


def test_show_ends_with_1_unless_ok(shell: Shell) -> None:
    (shell.params / "fleet.yaml").write_text(
        "hosts: {gone: {address: 127.0.0.1, port: 1, timeout_seconds: 5}}"
    )
    done = shell.run("show", "gone", "disks", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (1, [])
    assert "gone disks: unreachable: " in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "nobody", "disks"], "no host 'nobody'; hosts: this-machine"),
        (["show", "this-machine", "weather"], "no collector 'weather'; it would be one of servers"),
        (["show", "this-machine", "logins", "--since", "tomorrowish"], "is no time"),
        (["daily", "--set", "daily.thresholds.disks.critical=10"], "critical (10) is below warning (85)"),
        (["daily", "--limit", "mail*"], "matches no host or group"),
        (["daily", "--date", "2999-01-01"], "has not come yet"),
        (["daily", "--date", "yesterday"], "is no date like"),
        (["daily", "-p", "groups"], "is no NAME=VALUE"),
        (["daily", "-p", "report_date=2026-01-01"], "report_date is given as --date"),
        (["daily", "-p", "groups=web"], "-p: groups: 'web' is not a list[str]; like -p 'groups=[web, db]'"),
        (["daily", "-p", "date=2026-02-30"], "date: '2026-02-30' is no date; it would be like 2026-11-23"),
        (["daily", "--set", "daily.geoip=2026-02-30"], "'2026-02-30' is no date; it would be like"),
        (["daily", "-p", "colour=red"], "no such parameter; those there are: report_date, groups"),
        (["daily", "-p", "groups=[nix]"], "-p: groups: no host is in group 'nix'; groups with hosts: none"),
        (["daily", "--to", "nobody"], "is no mail address"),
        (["trust", "this-machine"], "is reached by local, which has no host key"),
        (["dayly"], "invalid choice"),
        (["daily", "--send", "--no-send"], "not allowed with"),
        (["daily", "--frobnicate"], "unrecognized arguments"),
    ],
)  # fmt: skip
def test_usage_that_cannot_work_ends_with_2(shell: Shell, words: list[str], said: str) -> None:
    done = shell.run(*words)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "reading" not in done.stderr  # no server is asked before


def test_settings_that_cannot_work_end_with_2_and_debug_shows_where(shell: Shell) -> None:
    (shell.params / "daily.yaml").write_text("colour: red\n")
    done = shell.run("daily")
    assert done.returncode == 2
    assert "daily.yaml: colour: unknown key; did you mean `collectors`?" in done.stderr
    assert "Traceback" in shell.run("daily", "--debug").stderr


def test_a_day_that_is_not_there_ends_with_6_naming_those_that_are(shell: Shell) -> None:
    assert shell.run("render").returncode == 6
    save_day(shell.output, "local")
    done = shell.run("daily", "--date", "2026-01-02")
    assert done.returncode == 6
    assert "no snapshot of 2026-01-02; there are 20" in done.stderr


def test_the_second_run_at_once_ends_with_75(shell: Shell) -> None:
    shell.output.mkdir()
    with run_lock(shell.output, "daily"):
        done = shell.run("daily")
    assert done.returncode == 75
    assert f"another run holds {shell.output}: process {os.getpid()}" in done.stderr


def test_columns_are_those_of_the_collectors(shell: Shell) -> None:
    said = shell.run("columns").stdout
    for name in ("hosts", "outcomes", "servers", "disks", "logins", "uptime"):
        assert f"\n{name}\n" in f"\n{said}"
    assert "used_percent" in said


def test_check_says_what_would_hinder_a_run(shell: Shell) -> None:
    done = shell.run("check")
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("settings", "output", "hosts", "PDF engine", "notebook kernel", "mail"):
        assert word in done.stdout
    (shell.params / "fleet.yaml").write_text(
        "hosts: {gone: {address: 127.0.0.1, port: 1, timeout_seconds: 5}}"
    )
    done = shell.run("check")
    assert done.returncode == 1
    assert "unreachable" in done.stdout


def test_a_server_that_gives_nothing_at_all_is_none_that_can_be_read(shell: Shell) -> None:
    (shell.params / "fleet.yaml").write_text("{defaults: {transport: replay}, hosts: [web01]}")
    done = shell.run("check")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "no folder to replay from" in done.stdout and "0 of 1 can be read" in done.stdout


@pytest.mark.parametrize("limit", [(), ("--limit", "here")], ids=["all", "limited"])
def test_a_replay_of_raw_output_gives_equal_frames(
    shell: Shell, tmp_path: Path, limit: tuple[str, ...]
) -> None:
    (shell.params / "fleet.yaml").write_text(
        "groups: {a: {labels: {site: ams}, hosts: {here: {transport: local}}}}\n"
        "hosts: {gone: {address: 127.0.0.1, port: 1, timeout_seconds: 5}}\n"
    )
    if limit:  # package managers take seconds, and are asked without it
        (shell.params / "daily.yaml").write_text("collect: {without: [updates]}\n")
    done = shell.run("collect", *limit)
    assert done.returncode == 0, done.stderr
    (day,) = shell.output.glob("2*")
    first = {path.name: path.read_bytes() for path in day.glob("[dr]a*/*")}
    assert {"asked.json", "here.txt.gz", "hosts.parquet", "snapshot.json"} < first.keys()
    (shell.params / "fleet.yaml").write_text("hosts: {other: {}}")
    shell.output = tmp_path / "elsewhere"
    done = shell.run("collect", "--replay", str(day / "raw"))
    assert done.returncode == 0, done.stderr
    again = {path.name: path.read_bytes() for path in (shell.output / day.name).glob("[dr]a*/*")}
    assert again == first


def test_what_cannot_be_replayed_ends_with_2(shell: Shell, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for words, said in (
        ([], "cannot be read: No such file or directory; it would be the raw/ folder of a day"),
        (["--limit", "x"], "--limit: does not go with --replay"),
        (["--date", "2026-11-20"], "not allowed with argument"),
    ):
        done = shell.run("collect", "--replay", str(raw), *words)
        assert done.returncode == 2
        assert said in done.stderr
    for text, said in (
        ("{}", "is not what was kept of a run"),
        ('{"hosts": {}}', "is of another version"),
    ):
        (raw / "asked.json").write_text(text)
        assert said in shell.run("collect", "--replay", str(raw)).stderr


def test_hosts_says_where_each_value_comes_from(shell: Shell, tmp_path: Path) -> None:
    ssh = tmp_path / "home/.ssh"
    ssh.mkdir(parents=True)
    (ssh / "config").write_text(
        "Host db\n HostName db.example.org\n Port 2200\n ProxyJump gate\n IdentityFile ~/id\n"
    )
    (ssh / "config").chmod(0o600)
    (shell.params / "fleet.yaml").write_text(
        "defaults: {user: report, timeout_seconds: 30}\n"
        "groups: {web: {user: web, labels: {site: ams}, hosts: [web1]}}\n"
        "hosts: {web1: {port: 2222, address: 10.0.0.7}, db: {}, here: {transport: local}}\n"
    )
    shell.env = {"HOME": str(tmp_path / "home")}

    def said(*words: str) -> dict[tuple[str, str], tuple[str, str]]:
        done = shell.run("hosts", "--format", "json", *words)
        assert done.returncode == 0, done.stderr
        rows = json.loads(done.stdout)
        return {(row["host"], row["key"]): (row["value"], row["source"]) for row in rows}

    found = said()
    assert found["web1", "address"] == ("10.0.0.7", "host")
    assert found["web1", "port"] == ("2222", "host")
    assert found["web1", "user"] == ("web", "group web")
    assert found["web1", "labels.site"] == ("ams", "group web")
    assert found["web1", "timeout_seconds"] == ("30", "defaults")
    assert found["web1", "groups"] == ("web", "fleet.yaml")
    assert found["db", "address"] == ("db.example.org", "~/.ssh/config")
    assert found["db", "port"] == ("2200", "~/.ssh/config")
    assert found["db", "user"] == ("report", "defaults")
    assert found["db", "jump"] == ("gate", "~/.ssh/config")
    assert found["db", "key_file"] == (f"{tmp_path}/home/id", "~/.ssh/config")
    assert found["here", "transport"] == ("local", "host")
    assert ("here", "address") not in found
    assert {host for host, _ in said("--limit", "d*")} == {"db"}
    inventory = {
        "_meta": {"hostvars": {"a": {"ansible_host": "10.0.0.9", "rack": 4}}},
        "web": {"hosts": ["a"], "vars": {"ansible_user": "deploy"}},
    }
    (tmp_path / "inventory.json").write_text(json.dumps(inventory))
    found = said("--fleet", str(tmp_path / "inventory.json"))
    assert found["a", "address"] == ("10.0.0.9", "ansible_host of the host")
    assert found["a", "user"] == ("deploy", "ansible_user of group web")
    assert found["a", "labels.rack"] == ("4", "rack of the host")
    assert found["a", "port"] == ("22", "built in")
    assert (
        "ansible_host of the host"
        in shell.run("hosts", "--fleet", str(tmp_path / "inventory.json")).stdout
    )
