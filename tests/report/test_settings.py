"""params/ into typed settings: defaults, overrides, secrets, and every fault at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from collectors.credentials import Secret
from collectors.errors import SettingsError
from report.loading import copy_examples, load_settings
from report.settings import ROOT, Settings


@pytest.fixture
def params(tmp_path: Path) -> Path:
    folder = tmp_path / "params"
    folder.mkdir()
    copy_examples(folder)
    return folder


def load(params: Path, *overrides: str) -> Settings:
    return load_settings(params, params.parent / "output", overrides=overrides)


def faults(params: Path, *overrides: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(params, *overrides)
    assert caught.value.exit_code == 2
    return [str(fault).replace(f"{params}/", "") for fault in caught.value.faults]


def test_the_examples_need_no_editing(params: Path) -> None:
    settings = load(params)
    assert settings.fleet is not None
    assert [(h.name, h.transport) for h in settings.fleet.hosts] == [("this-machine", "local")]
    assert settings.mail.smtp is None
    assert settings.daily.zone_name


def test_every_line_of_the_example_is_the_default(params: Path) -> None:
    shown = load(params).daily
    (params / "daily.yaml").write_text("")
    assert load(params).daily == shown


def test_the_examples_are_copied_once(params: Path) -> None:
    (params / "mail.yaml").write_text("subject: mine\n")
    assert copy_examples(params) == []
    assert load(params).mail.subject == "mine"


def test_set_overrides_a_setting(params: Path) -> None:
    settings = load(params, "daily.thresholds.disks.critical=99", "mail.to=[a@example.org]")
    assert settings.daily.thresholds.disks.critical == 99
    assert settings.mail.to == ["a@example.org"]


def test_collectors_may_be_left_out(params: Path) -> None:
    daily = load(params, "daily.collect.without=[logins]").daily
    assert "logins" not in [one.NAME for one in daily.collect.collectors]
    with pytest.raises(SettingsError, match="no collector 'login'; there are servers, uptime"):
        load(params, "daily.collect.without=[login]")


def test_what_a_collector_is_told_is_checked_in_both_files(params: Path) -> None:
    (params / "fleet.yaml").write_text("hosts: {a: {collectors: {logins: {path: [/x]}}}}\n")
    (params / "daily.yaml").write_text("collectors: {logins: {paths: /y}}\n")
    assert faults(params) == [
        "daily.yaml: collectors.logins.paths: is '/y'; it would be a list, like [a, b]",
        "fleet.yaml: hosts.a.collectors.logins.path: unknown key; did you mean `paths`?",
    ]


def test_every_fault_of_every_file_at_once(params: Path) -> None:
    (params / "daily.yaml").write_text(
        "tresholds: {}\nthresholds: {disks: {warning: 90, critical: 80}}\ntime_zone: Mars/Olympus\n"
        "retention: {days: a few}\nsections: [disks, weather]\n"
    )
    (params / "mail.yaml").write_text(
        "smtp: {host: smtp.example.org, password: hunter2, security: ssl}\nto: nobody\n"
    )
    (params / "fleet.yaml").write_text("hosts: {a: {prot: 22}}\n")
    found = faults(params)
    for start in (
        "daily.yaml: tresholds: unknown key; did you mean `thresholds`?",
        "daily.yaml: thresholds.disks: critical (80) is below warning (90); it would be",
        "daily.yaml: time_zone: is 'Mars/Olympus'; it would be a name like Europe/Amsterdam",
        "daily.yaml: retention.days: is 'a few'; it would be a whole number",
        "daily.yaml: sections.1: is 'weather'; it would be one of 'servers', 'disks', ",
        "mail.yaml: smtp.password: a secret never stands in the settings themselves; it would be",
        "mail.yaml: smtp.security: is 'ssl'; it would be one of 'starttls', 'tls' or 'none'",
        "mail.yaml: to: is 'nobody'; it would be a list, like [a, b]",
        "fleet.yaml: hosts.a.prot: unknown key; did you mean `port`?",
    ):
        assert any(fault.startswith(start) for fault in found), (start, found)
    assert len(found) == 9
    assert "hunter2" not in "\n".join(found)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("smtp: {host: mx.example.org, security: none}\nto: [a@b.c]\nsender: a@b.c", "over the network"),
        ("smtp: {host: mx.example.org}\nsender: a@b.c", "no recipient"),
        ("smtp: {host: mx.example.org}\nto: [a@b.c]", "no `sender`"),
        ("smtp: {host: mx.example.org, user: u}\nto: [a@b.c]\nsender: a@b.c", "belong together"),
        ('to: ["a@b.c\\nBcc: x@y.z"]', "is no mail address"),
        ('subject: "{date.__class__}"', "what it may hold"),
        ('subject: "a\\nb"', "holds a control character"),
    ],
)  # fmt: skip
def test_mail_that_could_not_work_is_refused(params: Path, text: str, fault: str) -> None:
    (params / "mail.yaml").write_text(text)
    assert fault in faults(params)[0]


@pytest.mark.parametrize("extra", ["host: 127.0.0.1", "host: '::1'", "host: localhost",
                                   "host: mx.example.org, allow_insecure: true"])  # fmt: skip
def test_no_encryption_is_for_this_machine_or_meant(params: Path, extra: str) -> None:
    (params / "mail.yaml").write_text(
        f"smtp: {{security: none, {extra}}}\nto: [a@b.c]\nsender: a@b.c"
    )
    smtp = load(params).mail.smtp
    assert smtp is not None
    assert smtp.real_port == 25


def test_what_is_not_a_setting_is_no_override(params: Path) -> None:
    assert "is no FILE.KEY=VALUE" in faults(params, "disks=3")[0]
    assert "is no FILE.KEY=VALUE" in faults(params, "secrets.key=3")[0]
    assert "unknown key" in faults(params, "daily.colour=red")[0]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such folder"):
        load_settings(tmp_path / "typo", tmp_path)


def test_a_file_that_is_not_yaml_is_named_with_its_line(params: Path) -> None:
    (params / "daily.yaml").write_text("title: x\n\ttitle: y\n")
    assert "line 2, column 1" in faults(params)[0]
    (params / "daily.yaml").write_bytes(b"title: \xff\n")
    assert faults(params) == ["daily.yaml: is not UTF-8 text"]


class TestSecret:
    def test_from_everywhere_it_may_be(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "word").write_text("open sesame\n")
        (tmp_path / "word").chmod(0o600)
        monkeypatch.setenv("SMTP_WORD", "open sesame")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        for secret in (
            Secret(file=Path("word")),
            Secret(env="SMTP_WORD"),
            Secret(credential="word"),
            Secret(command=["printf", "open sesame\n"]),
        ):
            assert secret.read("smtp.password", tmp_path) == "open sesame"

    @pytest.mark.parametrize(
        ("secret", "why"),
        [
            (Secret(file=Path("absent")), "No such file"),
            (Secret(env="SURELY_NOT_SET"), "SURELY_NOT_SET is not set"),
            (Secret(credential="word"), "CREDENTIALS_DIRECTORY is not set"),
            (Secret(command=["false"]), "false ended with 1"),
            (Secret(command=["/no/such/program"]), "No such file"),
            (Secret(command=["true"]), "it is empty"),
        ],
    )
    def test_where_it_is_not(self, tmp_path: Path, secret: Secret, why: str) -> None:
        with pytest.raises(SettingsError, match=why):
            secret.read("smtp.password", tmp_path)

    def test_a_file_that_everybody_reads_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "word").write_text("open sesame")
        (tmp_path / "word").chmod(0o644)
        with pytest.raises(SettingsError, match="chmod 600"):
            Secret(file=Path("word")).read("smtp.password", tmp_path)


def test_the_root_is_where_the_examples_lie() -> None:
    assert (ROOT / "params" / "fleet.example.yaml").is_file()
    assert os.access(ROOT, os.R_OK)


def test_a_target_is_a_number_or_one_by_group(params: Path) -> None:
    (params / "fleet.yaml").write_text("groups: {db: {hosts: [db01]}, web: {hosts: [web01]}}\n")
    assert load(params).daily.availability_target.of("db") == 99.5
    assert load(params, "daily.availability_target=98").daily.availability_target.of("db") == 98
    (params / "daily.yaml").write_text("availability_target: {default: 99, groups: {db: 99.9}}\n")
    target = load(params).daily.availability_target
    assert (target.of("db"), target.of("web")) == (99.9, 99)
    (params / "daily.yaml").write_text("availability_target: {groups: {dbs: 99.9}}\n")
    assert faults(params) == [
        "daily.yaml: availability_target.groups.dbs: no host is in group 'dbs'; "
        "groups with hosts: db, web"
    ]
    (params / "daily.yaml").write_text("availability_target: {groups: {db: 101}}\n")
    assert faults(params)[0].startswith("daily.yaml: availability_target.groups.db: ")
    (params / "daily.yaml").write_text("availability_target: high\n")
    assert faults(params)[0].startswith("daily.yaml: availability_target: ")
