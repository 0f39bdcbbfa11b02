"""The mail's bodies are read again: what is right passes, and what a template damages is said."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest

from report.contract import Summary
from report.findings import summarise
from report.mail import TEMPLATES, compose
from report.selfcheck import differences_of_mail
from report.settings import Daily, Mail, Settings
from report.store import Day
from tests.report import days

HTML, TEXT = "mail.html.j2", "mail.txt.j2"
LEAD = "{{ lead|kept }}"
SENTENCE = "{{ cell(one.sentence, rule=not one.question) }}"
NUMBER = "{{ statement.value }}"
FIGURES = "{% for one in figures %}"


@cache
def day(name: str) -> Day:
    return days.DAYS[name]()


@cache
def summary_of(name: str) -> Summary:
    return summarise(day(name))


def made(folder: Path, summary: Summary, name: str = "worst", own: Path | None = None) -> str:
    """Return what is said of a day's mail, made by our templates or by those of a folder."""
    mail = Mail(sender="infra@example.org", to=["ops@example.org"])
    settings = Settings(folder, folder, folder, Daily(templates=own), mail)
    message = compose(day(name), summary, settings, [])
    return "\n".join(differences_of_mail(message, summary))


def damaged(folder: Path, template: str, was: str, now: str) -> str:
    """Return what is said of the worst day's mail by a template in which a part is another."""
    text = (TEMPLATES / template).read_text()
    assert was in text
    (folder / template).write_text(text.replace(was, now, 1))
    return made(folder, summary_of("worst"), own=folder)


@pytest.mark.parametrize("name", ["good", "worst", "nobody", "local", "one", "hostile", "worn"])
def test_what_is_right_passes(name: str, tmp_path: Path) -> None:
    assert made(tmp_path, summary_of(name), name) == ""


def test_long_figures_and_sentences_pass(tmp_path: Path) -> None:
    summary = summary_of("worst")
    first = replace(summary.figures[0], value="1,010,000", unit="of 1,010,001")
    long = replace(summary.findings[0], sentence="`ssh` " + "x" * 900)
    summary = replace(
        summary, lead="y " * 500, figures=(first, *summary.figures[1:]),
        findings=(long, *summary.findings[1:]),
    )  # fmt: skip
    assert made(tmp_path, summary) == ""


def test_every_figure_of_the_snapshot_is_looked_for_in_both_bodies(tmp_path: Path) -> None:
    summary = summary_of("worst")
    settings = Settings(tmp_path, tmp_path, tmp_path, Daily(), Mail(sender="a@example.org"))
    message = compose(day("worst"), summary, settings, [])
    for nth, one in enumerate(summary.figures):
        figures = list(summary.figures)
        figures[nth] = replace(one, value="77,777")
        found = "\n".join(differences_of_mail(message, replace(summary, figures=tuple(figures))))
        for body in ("text", "HTML"):
            assert f"snapshot has it: in its {body} “{one.label}” is 77,777" in found


@pytest.mark.parametrize(
    ("template", "was", "now", "said"),
    [
        (HTML, "{{ one.value|text }}</b>", "1{{ one.value|text }}</b>", "HTML “Servers up” is 53"),
        (TEXT, "(one.value ~", "(one.value ~ 1 ~", "text “Servers up” is 53"),
        (HTML, "figures|batch(3)", "figures[1:]|batch(3)", "“Servers up” is 53 of 60, and it does"),
        (TEXT, FIGURES, FIGURES.replace("figures", "figures[:-1]"), "text “Coverage” is 93.3 %"),
        (HTML, "{{ headline|kept }}", "Good morning", "HTML the headline is missing: "),
        (TEXT, "{{ headline|text|wrapped }}", "Good morning", "text the headline is missing: "),
        (HTML, NUMBER, "7", "HTML “Critical findings” is 6, and there stands 7"),
        (TEXT, "{{ figure(statement) }}", "", "text “Critical findings” is 6, and it does not"),
        (HTML, LEAD, "", "HTML the lead is missing: "),
        (HTML, SENTENCE, "", "HTML a critical finding is missing: "),
        (TEXT, "{% for block in blocks %}", "{% for block in [] %}", "text a critical finding is"),
    ],
)  # fmt: skip
def test_what_a_template_damages_is_said(
    template: str, was: str, now: str, said: str, tmp_path: Path
) -> None:
    assert said in damaged(tmp_path, template, was, now)


@pytest.mark.parametrize(
    ("template", "was", "now", "said"),
    [
        (HTML, "{{ one.change }}", "{{ '+1' if one.label == 'Coverage' else one.change }}",
         "in its HTML “Coverage” is 93.3 %, +3.3, and there stands 93.3 %"),
        (TEXT, "one.change,", "'+1' if one.label == 'Coverage' else one.change,",
         "in its text “Coverage” is 93.3 %, +3.3, and there stands 93.3 %"),
        (HTML, SENTENCE, "{{ cell('all is well' if one.subject == 'app12' else one.sentence) }}",
         "in its HTML a warning is missing: backup.service failed."),
        (TEXT, "told(one.sentence, one.mark",
         "told('all is well' if one.subject == 'app12' else one.sentence, one.mark",
         "in its text a warning is missing: backup.service failed."),
    ],
)  # fmt: skip
def test_a_change_and_a_warning_are_looked_for(
    template: str, was: str, now: str, said: str, tmp_path: Path
) -> None:
    summary = summary_of("worst")
    before = tuple(replace(one, before=(90.0,)) for one in summary.figures)
    summary = replace(summary, figures=before)
    assert made(tmp_path, summary) == ""
    text = (TEMPLATES / template).read_text()
    assert was in text
    (tmp_path / template).write_text(text.replace(was, now, 1))
    (found,) = made(tmp_path, summary, own=tmp_path).splitlines()
    assert said in found


@pytest.mark.parametrize(
    ("was", "now"),
    [("{{ one.change }}", ""), ("for block in blocks", "for block in blocks[:1]")],
)
def test_a_template_may_go_without_changes_and_warnings(was: str, now: str, tmp_path: Path) -> None:
    assert damaged(tmp_path, HTML, was, now) == ""


def test_what_only_a_style_hides_is_not_there(tmp_path: Path) -> None:
    shown, hidden = "<h1 ", '<h1 hidden style="display: none">{{ headline }}</h1><p '
    found = damaged(tmp_path, HTML, shown, hidden)
    assert found == ""  # it stands there a second time
    now = hidden.replace("<p ", '<p style="display: none"><p ')
    assert "the headline is missing" in damaged(tmp_path, HTML, shown, now)


def test_a_message_without_a_body_is_said() -> None:
    message = EmailMessage()
    message.set_content("nothing")
    found = "\n".join(differences_of_mail(message, summary_of("good")))
    assert "mail.eml is not as the snapshot has it: in its text the headline is missing" in found
    assert "differences more" in found
    message.set_content("<p>nothing</p>", subtype="html")
    assert "mail.eml is not as the snapshot has it: it has no text" in "\n".join(
        differences_of_mail(message, summary_of("good"))
    )
