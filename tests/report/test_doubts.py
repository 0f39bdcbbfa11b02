"""What settings say and nothing comes of is said; what can never be is refused, with its line."""

from __future__ import annotations

from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from collectors.errors import SettingsError
from report import checks, rules
from report.__main__ import main
from report.console import Console
from report.doubts import doubts
from report.loading import load_settings
from report.steps import view_of
from tests.report.days import DATE, save_day

TODAY = date(2026, 11, 23)


@pytest.fixture
def params(tmp_path: Path) -> Path:
    folder = tmp_path / "params"
    folder.mkdir()
    (folder / "fleet.yaml").write_text("groups: {db: {hosts: [db01, db02]}}\n")
    return folder


@pytest.mark.parametrize(
    ("file", "text", "wrong"),
    [
        ("silences", "silences:\n- {host: db01, author: a, reason: b, until: 2026-13-14}",
         "line 2, column 45: '2026-13-14' is no date; it would be like 2026-11-23"),
        ("fleet", "hosts: {a: {maintenance: [{from: 2026-02-30, until: 2026-03-01, reason: x}]}}",
         "line 1, column 34: '2026-02-30' is no date"),
        ("daily", "title: 2026-11-23 25:00:00", "line 1, column 8: '2026-11-23 25:00:00' is no date"),
        ("daily", "title: 0x_", "line 1, column 8: '0x_' is no number; in quotes it would be a text"),
        ("daily", "title: " + "9" * 5000, "line 1, column 8: '9999"),
        ("daily", "title: !!timestamp soon", "line 1, column 8: 'soon' is no date"),
        ("daily", "title: !!bool perhaps", "line 1, column 8: 'perhaps' is no value"),
        ("mail", "subject: 2026-00-01", "line 1, column 10: '2026-00-01' is no date"),
        ("mail", "to: " + "[" * 5000, "is nested too deeply"),
        ("fleet", "hosts: {a: {maintenance: [{from: 2026-03-02, until: 2026-03-01, reason: x}]}}",
         "hosts.a.maintenance.0: ends before it begins: from 2026-03-02 until 2026-03-01"),
    ],
)  # fmt: skip
def test_what_can_never_be_is_refused(params: Path, file: str, text: str, wrong: str) -> None:
    path = params / f"{file}.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as said:
        load_settings(params, params.parent / "output")
    assert said.value.exit_code == 2
    assert str(said.value).startswith(f"{path}: {wrong}")


@pytest.mark.parametrize(
    ("silence", "said"),
    [
        ("host: db01", ""),
        ("host: db", ""),
        ('host: "d*2", kind: "disk-*"', ""),
        ("finding: db01 disk-full /var", ""),
        ("host: dbx*", "no host and no group is named dbx*, so it silences nothing"),
        ("kind: diskfull", "of the kind diskfull, so it silences nothing; did you mean disk-full?"),
        ("kind: zzz", "of the kind zzz, so it silences nothing; kinds: server-down, "),
        ("finding: db03 disk-full /var", "no host and no group is named db03"),
        ("finding: db01 disk_full /var", "did you mean disk-full?"),
    ],
)
def test_a_silence_that_fits_nothing_is_said(params: Path, silence: str, said: str) -> None:
    text = f"silences: [{{{silence}, author: anna, reason: known, until: 2026-12-01}}]"
    (params / "silences.yaml").write_text(text)
    settings = load_settings(params, params.parent / "output")
    found = doubts(settings, TODAY)
    assert [said in one and "silences.yaml: silences.0: " in one for one in found] == [True] * bool(
        said
    )
    assert doubts(settings, date(2026, 12, 2)) == []  # it has ended


def test_a_template_that_nothing_reads_is_said(params: Path) -> None:
    own = params.parent / "own"
    own.mkdir()
    (own / "mail.txt.j2").write_text("{% include 'head.txt' %}")
    (own / "index.html.j2").write_text("{% include 'part.j2' %}")
    (own / "part.j2").write_text("{% include 'deeper.j2' %}")
    for name in ("head.txt", "deeper.j2", "report.ccs", "Report.xlsx", ".gitignore"):
        (own / name).write_text("")
    (params / "daily.yaml").write_text(f"templates: {own}\n")
    settings = load_settings(params, params.parent / "output")
    said = doubts(settings, TODAY)
    assert [one.removeprefix(f"{own}/") for one in said] == [
        "Report.xlsx is not used; did you mean report.xlsx?",
        "report.ccs is not used; did you mean report.css?",
    ]
    seen = list(islice(checks._all(settings, Console(True, False)), len(said)))
    assert [(one.seen, one.well) for one in seen] == [(one, True) for one in said]


def test_every_kind_is_known() -> None:
    from tests.report.test_kinds import CASES, ELSEWHERE

    assert {case[0] for case in CASES} | set(ELSEWHERE) <= set(rules.KINDS)


@pytest.mark.parametrize("groups", ["web", ["web", 1], {"web": 1}, 7])
def test_groups_that_are_no_list_are_not_read_letter_by_letter(
    tmp_path: Path, groups: object
) -> None:
    day = save_day(tmp_path, "good")
    with pytest.raises(SettingsError, match=r"is no list of names; it would be a list, like -p"):
        view_of(day, {"groups": groups})


def test_a_limit_does_not_go_with_a_day_that_is_rendered(
    tmp_path: Path, params: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_day(tmp_path / "output", "good")
    words = ["daily", "--date", str(DATE), "--limit", "nosuch", "--params", str(params)]
    assert main([*words, "--output", str(tmp_path / "output")]) == 2
    assert "--limit: does not go with a day that was read" in capsys.readouterr().err
