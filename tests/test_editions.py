"""Editions: recipients by group, each with the report of those hosts alone, once."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import openpyxl
import pytest

from report.mail import TEMPLATES
from tests.sites import Site, header, mail_settings, site
from tests.smtp_server import PASSWORD, MailServer, make_authority

__all__ = ["site"]  # a fixture

FLEET = {
    "defaults": {"transport": "local"},
    "groups": {"web": {"hosts": ["web01"]}, "db": {"hosts": ["db01"]}},
}
EDITIONS = [{"groups": ["web"], "to": ["web@example.org"]}]


@pytest.fixture
def box(tmp_path: Path, site: Site) -> Iterator[MailServer]:
    with MailServer(make_authority(tmp_path)) as box:
        site.environment["MAIL_WORD"] = PASSWORD
        site.write("fleet", FLEET)
        site.write("mail", {**mail_settings(box), "editions": EDITIONS})
        yield box


def to(box: MailServer) -> list[tuple[str, ...]]:
    return [message.recipients for message in box.messages]


def test_each_gets_its_own_and_once(site: Site, box: MailServer) -> None:
    said = site.run("daily")
    assert "for web to web@example.org" in said
    assert to(box) == [("ops@example.org",), ("web@example.org",)]
    whole, part = box.messages
    assert header(part, "Subject") == f"{header(whole, 'Subject')} - web"
    assert header(part, "To") == "web@example.org"
    assert header(part, "Message-ID") != header(whole, "Message-ID")
    book = site.day / "editions/web/report.xlsx"
    told = {
        str(cell) for sheet in openpyxl.load_workbook(book) for row in sheet.values for cell in row
    }
    assert "web01" in told and "db01" not in told
    body = message_from_bytes(part.content, policy=default).get_body(("plain",))
    assert body is not None and "db01" not in body.get_content()
    site.run("daily")
    assert "Nothing waits" in site.run("send")
    assert len(box.messages) == 2
    site.run("send", "--resend")
    assert to(box)[2:] == to(box)[:2]
    assert [header(m, "Message-ID") for m in box.messages[2:]] == [
        header(m, "Message-ID") for m in box.messages[:2]
    ]


def test_a_kill_between_the_two_then_again(site: Site, box: MailServer) -> None:
    with subprocess.Popen(site.command("daily"), env=site.environment, stderr=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, text=True) as run:  # fmt: skip
        assert run.stderr is not None
        made = (line for line in run.stderr if "notebook and documents" in line)
        next(made), next(made)  # the second is the edition's
        run.send_signal(signal.SIGKILL)
    assert to(box) == [("ops@example.org",)]
    assert "for web to web@example.org" in site.run("daily")
    assert to(box) == [("ops@example.org",), ("web@example.org",)]


def test_one_that_is_refused_costs_the_other_nothing(site: Site, box: MailServer) -> None:
    box.answers["ops@example.org"] = "550 no such user"
    site.run("daily", code=5)
    assert to(box) == [("web@example.org",)]


def test_a_template_that_changes_a_figure_of_an_edition_stops_that_alone(
    site: Site, box: MailServer
) -> None:
    own = site.folder / "own"
    own.mkdir()
    text = (TEMPLATES / "mail.txt.j2").read_text()
    # The lead of an edition alone names its groups.
    changed = text.replace("(one.value ~", "(('7' if 'Groups' in lead else '') ~ one.value ~")
    assert changed != text
    (own / "mail.txt.j2").write_text(changed)
    site.write("daily", {"templates": str(own)})
    said = site.run("daily", code=4)
    assert "mail.eml is not as the snapshot has it: in its text “Servers up” is 1 of 1" in said
    assert "so no mail is made of the report of 2" in said and "for web" in said
    assert to(box) == [("ops@example.org",)]
    assert not (site.day / "editions/web/mail.eml").exists()
    (own / "mail.txt.j2").unlink()
    site.run("daily")
    assert to(box) == [("ops@example.org",), ("web@example.org",)]


def test_without_sending_there_is_none(site: Site, box: MailServer) -> None:
    site.run("daily", "--no-send")
    assert not (site.day / "editions").exists()


def test_a_past_day_that_is_sent_has_its_editions(site: Site, box: MailServer) -> None:
    site.run("daily", "--no-send")
    again = ("daily", "--date", site.day.name, "--send")
    site.run(*again, "-p", "groups=['db']")  # a narrower look
    assert to(box) == [("ops@example.org",)]
    site.run(*again)
    assert to(box)[1:] == [("web@example.org",)]
    site.run(*again)
    assert len(box.messages) == 2


def test_a_group_that_nobody_is_in_is_refused_before_anything(site: Site, box: MailServer) -> None:
    site.write("mail", {**mail_settings(box),
                        "editions": [{"groups": ["wbe"], "to": ["web@example.org"]}]})  # fmt: skip
    said = site.run("daily", code=2)
    assert "no host is in group 'wbe'" in said
    assert "groups with hosts: db, web" in said
    assert box.messages == []


def test_an_edition_that_is_named_no_more_is_let_go(site: Site, box: MailServer) -> None:
    settings = mail_settings(box)
    site.write("mail", {**settings, "editions": EDITIONS})
    site.run("collect")
    place = site.day / "editions/web"
    place.mkdir(parents=True)
    (place / "delivery.json").write_text('{"state": "due"}')
    site.write("mail", settings)
    assert "let go: mail.yaml names it no more" in site.run("daily")
    assert to(box) == [("ops@example.org",)]
