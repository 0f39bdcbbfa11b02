"""A report that is not as the snapshot has it goes to nobody, and stays due until it is right."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pypdfium2
import pytest

from report import delivery, store
from report.findings import summarise
from report.pages import CSS
from tests.sites import OTHERS, Site, header, mail_settings, site
from tests.smtp_server import PASSWORD, MailServer, make_authority

__all__ = ["site"]  # a fixture


@pytest.fixture
def box(tmp_path: Path, site: Site) -> Iterator[MailServer]:
    with MailServer(make_authority(tmp_path)) as box:
        site.environment["MAIL_WORD"] = PASSWORD
        site.write("mail", mail_settings(box))
        site.write("fleet", {"hosts": {"here": {"transport": "local"}}})
        site.write("daily", {"collect": {"without": OTHERS}, "templates": str(own(site))})
        yield box


def own(site: Site) -> Path:
    return site.folder / "templates"


def damage(site: Site) -> None:
    """Hide the key figures on paper, as a style sheet of one's own may by mistake."""
    own(site).mkdir(exist_ok=True)
    (own(site) / "report.css").write_text(CSS.read_text() + ".infra .kn { display: none }\n")


def mend(site: Site) -> None:
    (own(site) / "report.css").unlink()


def pages_of(content: bytes) -> str:
    message = message_from_bytes(content, policy=default)
    attached = {str(part.get_filename()): part for part in message.iter_attachments()}
    made = next(part for name, part in attached.items() if name.endswith(".pdf"))
    document = pypdfium2.PdfDocument(io.BytesIO(made.get_payload(decode=True)))
    return "".join(page.get_textpage().get_text_range() for page in document)


def test_no_mail_goes_out_until_the_template_is_mended(site: Site, box: MailServer) -> None:
    damage(site)
    said = site.run("daily", code=4)
    assert "report.pdf is not as the snapshot has it: “" in said
    assert f"so no mail is made of the report of {site.day.name}" in said
    assert f"Made in {site.day}: report.ipynb, report.html, report.pdf, report.xlsx\n" in said
    for again in (["daily"], ["daily", "--to", "me@example.org"]):
        assert "so no mail is made" in site.run(*again, code=4)
    assert "is not ready to be sent" in site.run("send", code=5)
    assert box.asked == [] and box.messages == []
    assert not (site.day / "mail.eml").exists()
    assert delivery.state(site.day) == "due"
    mend(site)
    assert "report.xlsx, mail.eml\n" in site.run("daily")
    assert [message.recipients for message in box.messages] == [("ops@example.org",)]
    pages = pages_of(box.messages[0].content)
    assert all(one.value in pages for one in summarise(store.load(site.output)).figures)
    assert "already delivered" in site.run("daily")
    assert len(box.messages) == 1


def test_the_next_day_sends_what_was_stopped_once_it_is_right(site: Site, box: MailServer) -> None:
    damage(site)
    site.run("daily", code=4)
    old = site.output / "2026-01-05"
    site.day.rename(old)
    info = json.loads((old / "data" / "snapshot.json").read_text())
    (old / "data" / "snapshot.json").write_text(json.dumps({**info, "report_date": old.name}))
    said = site.run("daily", code=4)
    assert said.count("so no mail is made of the report of") == 2
    assert box.messages == []
    mend(site)
    site.run("daily")
    assert [header(one, "Subject")[-10:] for one in box.messages] == [site.day.name, old.name]
    site.run("daily")
    assert len(box.messages) == 2
