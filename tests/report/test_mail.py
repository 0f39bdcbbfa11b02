"""The message: both its bodies, what it carries, and headers that nothing can break out of."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from collectors.errors import SettingsError
from report.contract import Finding, Later, Resolved, Silenced, State, Summary
from report.findings import summarise
from report.mail import compose, message_id, readdressed, recipients
from report.settings import Daily, Mail, Settings
from report.store import Day
from tests.report import days

NASTY = "a\r\nBcc: evil@example.org\r\n\r\n<script>alert(1)</script>\x00\x1b[31m\u202e\udcff{{7*7}}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make(tmp_path)


def make(folder: Path, **mail: Any) -> Settings:
    known = {"sender": "Infra <infra@example.org>", "to": ["ops@example.org"]}
    return Settings(folder, folder, folder, Daily(), Mail.model_validate(known | mail))


def parsed(message: EmailMessage) -> EmailMessage:
    read = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def bodies(message: EmailMessage) -> tuple[str, str]:
    read = parsed(message)
    found = [read.get_body((kind,)) for kind in ("plain", "html")]
    plain, html = (part.get_content().replace("\r\n", "\n") for part in found if part is not None)
    return plain, html


class Shown(HTMLParser):
    """The text of a page, its elements and the addresses in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags, self.links = "", set[str](), list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [
            value or "" for name, value in attrs if name in ("src", "href", "background")
        ]

    def handle_data(self, data: str) -> None:
        self.text += data


def attachments(tmp_path: Path, *suffixes: str) -> list[Path]:
    made = [tmp_path / f"report{suffix}" for suffix in suffixes]
    for path in made:
        path.write_bytes(b"\x00\xff.\r\n" * 500)
    return made


def apart(one: Finding, count: int) -> tuple[Finding, ...]:
    """Return so many findings that differ in their host alone."""
    names = [f"{one.subject}-{nth}" for nth in range(count)]
    return tuple(replace(one, subject=name, hosts=(name,)) for name in names)


def test_the_message_of_the_worst_day(settings: Settings, tmp_path: Path) -> None:
    day = days.worst()
    files = attachments(tmp_path, ".pdf", ".xlsx")
    message = compose(day, summarise(day), settings, files)
    read = parsed(message)
    assert read["Subject"] == "Daily Infrastructure Report - 2026-11-23"
    assert read["From"] == "Infra <infra@example.org>" and read["To"] == "ops@example.org"
    assert read["Date"] == "Mon, 23 Nov 2026 06:00:39 +0100"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Auto-Response-Suppress"] == "All"
    assert re.fullmatch(r"<infra-report\.20261123\.[0-9a-f]{24}@example\.org>", read["Message-ID"])
    parts = list(read.iter_attachments())
    assert [(part.get_filename(), part.get_content_type()) for part in parts] == [
        ("infrastructure-report-2026-11-23.pdf", "application/pdf"),
        (
            "infrastructure-report-2026-11-23.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ]
    assert all(part.get_content() == files[0].read_bytes() for part in parts)  # type: ignore[attr-defined]


def test_both_bodies_say_the_same_status_first(settings: Settings, tmp_path: Path) -> None:
    day = days.worst()
    summary = summarise(day)
    plain, html = bodies(compose(day, summary, settings, attachments(tmp_path, ".pdf", ".xlsx")))
    assert max(map(len, plain.splitlines())) <= 72
    shown = Shown(html)
    for text in (" ".join(plain.split()), " ".join(shown.text.split())):
        place = 0
        for part in (
            summary.headline, summary.lead, "Critical findings", "Broken", "Servers up",
            summary.findings[0].sentence, "Warnings", "Could not be read", "△ warning", "infrastructure-report-2026-11-23.pdf",
        ):  # fmt: skip
            place = text.lower().index(part.lower(), place)
        for part in ("4 not at all, 5 in part", "not in group systemd-journal", "■", "△",
                     "Sun 22 Nov 06:00 to Mon 23 Nov 06:00, Europe/Amsterdam"):  # fmt: skip
            assert part in text
    assert not shown.links and "http" not in html
    assert len(html.encode()) < 100_000  # Gmail cuts what is longer


def test_long_lists_are_cut_and_say_so(settings: Settings) -> None:
    day = days.good()
    summary = summarise(day)
    finding = Finding(
        "disk-full", "critical", "Filling", "db01", ("db01",), "/var 99 % full.", "disks"
    )
    many = Summary(**{**vars(summary), "findings": apart(finding, 30)})
    for text in bodies(compose(day, many, settings, [])):
        flat = " ".join(text.replace("</b>", "").replace("<b>", "").split())
        assert text.count("/var 99") == 8 and "22 more" in flat and "22 full filesystems" in flat
        assert "In the report: Disks." in flat


@pytest.mark.parametrize("name", ["good", "nobody", "local"])
def test_a_none_says_how_far_it_looked(settings: Settings, name: str) -> None:
    day = days.DAYS[name]()
    summary = summarise(day)
    plain, html = bodies(compose(day, summary, settings, []))
    if name == "nobody":
        assert "Not known: no server could be read." in plain and "\nNone.\n" not in plain
        assert "read in full" not in html
    else:
        none = "None on the 60 servers read." if name == "good" else "None."
        assert f"CRITICAL\n{'-' * 72}\n{none}\n" in plain and none in html
    assert "Attached" not in plain


def test_the_same_day_gives_the_same_bytes(settings: Settings, tmp_path: Path) -> None:
    day, files = days.worst(), attachments(tmp_path, ".pdf", ".xlsx")
    first, second = (compose(day, summarise(day), settings, files).as_bytes() for _ in range(2))
    assert first == second
    assert first.isascii() and max(map(len, first.split(b"\r\n"))) <= 998


def test_the_id_is_that_of_the_day_and_the_report(settings: Settings) -> None:
    day = days.good()
    known = message_id(day, "a@example.org")
    renamed = day.info.model_copy(update={"title": "Another"})
    others = {
        message_id(day, "a@example.com"),
        message_id(day, "a@example.org", ["me@example.org"]),
        message_id(Day(day.folder, renamed, day.frames), "a@example.org"),
    }
    assert known == message_id(day, "a@example.org") and known not in others and len(others) == 3
    later = datetime(2026, 11, 24, 9, tzinfo=UTC)
    message = compose(day, summarise(day), settings, [], at=later)
    assert message["Date"] == "Tue, 24 Nov 2026 10:00:00 +0100"


def test_without_a_pdf_the_html_is_attached_and_the_mail_says_why(
    settings: Settings, tmp_path: Path
) -> None:
    day = days.good()
    message = compose(
        day, summarise(day), settings, attachments(tmp_path, ".html", ".xlsx"), "no <PDF> engine"
    )
    names = [part.get_filename() for part in parsed(message).iter_attachments()]
    assert names[0] == "infrastructure-report-2026-11-23.html"
    plain, html = bodies(message)
    assert "The report is attached as HTML: no <PDF> engine" in plain
    assert "The report is attached as HTML: no &lt;PDF&gt; engine" in html


def test_what_servers_say_breaks_out_of_nothing(tmp_path: Path) -> None:
    day = days.hostile()
    info = day.info.model_copy(
        update={"title": NASTY, "organisation": NASTY, "classification": NASTY}
    )
    day = Day(day.folder, info, day.frames)
    summary = summarise(day)
    finding = Finding("disk-full", "critical", NASTY, NASTY, (NASTY,), NASTY * 100, "disks")
    summary = Summary(**{**vars(summary), "findings": (finding, *summary.findings),
                         "headline": NASTY, "lead": NASTY})  # fmt: skip
    settings = make(tmp_path, subject="{title} {organisation} - {date}", reply_to="r@example.org")
    message = compose(day, summary, settings, [], NASTY)
    read = parsed(message)
    assert read["Bcc"] is None and read["To"] == "ops@example.org"
    assert read["Subject"].startswith(r"a\x0d\x0aBcc: evil@example.org\x0d\x0a\x0d\x0a<script>")
    plain, html = bodies(message)
    assert "script" not in Shown(html).tags and "{{7*7}}" in html
    assert r"\x00\x1b[31m\u202e\xff{{7*7}}" in " ".join(plain.split()).replace(" ", "")
    for text in (plain, html):
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    assert max(map(len, plain.splitlines())) <= 72


def test_names_that_are_not_ascii_and_recipients_that_are_not_shown(tmp_path: Path) -> None:
    mail = {
        "sender": '"Größe, Süd" <infra@bücher.example>', "to": ["Ops Å <ops@example.org>"],
        "cc": ["cc@example.org"], "bcc": ["secret@example.org", "OPS@example.org"],
    }  # fmt: skip
    settings = make(tmp_path, **mail, subject="Rapport für {date} 用户")
    day = days.good()
    message = compose(day, summarise(day), settings, [])
    content = message.as_bytes()
    assert content.isascii() and b"secret" not in content
    read = parsed(message)
    assert read["From"].addresses[0].display_name == "Größe, Süd"
    assert read["From"].addresses[0].addr_spec == "infra@xn--bcher-kva.example"
    assert read["To"].addresses[0].display_name == "Ops Å" and read["Cc"] == "cc@example.org"
    assert read["Subject"] == "Rapport für 2026-11-23 用户"
    assert recipients(settings.mail) == ["ops@example.org", "cc@example.org", "secret@example.org"]
    with pytest.raises(SettingsError, match="before the @ letters of ASCII"):
        recipients(Mail(to=["jörg@example.org"]))


def test_nobody_to_send_to_and_one_alone(tmp_path: Path) -> None:
    day = days.good()
    kept = compose(day, summarise(day), Settings(tmp_path, tmp_path, tmp_path, Daily(), Mail()), [])
    assert parsed(kept)["To"] == "undisclosed-recipients:;"
    settings = make(tmp_path, cc=["cc@example.org"])
    alone = parsed(compose(day, summarise(day), settings, [], to=["me@example.org"]))
    assert alone["To"] == "me@example.org" and alone["Cc"] is None
    stored = compose(day, summarise(day), settings, attachments(tmp_path, ".pdf"))
    again = readdressed(stored.as_bytes(), "me@example.org")
    read = message_from_bytes(again, policy=default)
    assert read["To"] == "me@example.org" and read["Cc"] is None
    assert read["Message-ID"] != stored["Message-ID"]
    assert again.split(b"\r\n\r\n", 1)[1] == stored.as_bytes().split(b"\r\n\r\n", 1)[1]


def test_commands_are_code_in_html_and_plain_in_text(settings: Settings) -> None:
    made = days.Fleet()
    made.host("web01", "web", days.DEBIAN, ok=False)
    made.unread("web01", "host_key", days.key_unknown("web01"))
    day = made.day()
    plain, html = bodies(compose(day, summarise(day), settings, []))
    assert "`" not in plain and "infra-report trust web01" in " ".join(plain.split())
    assert "`" not in html and "<code>infra-report trust web01</code>" in html
    assert "The server as a whole" in plain and "Told above, with the cause" in plain


def test_a_finding_says_how_it_stands_and_what_is_resolved_is_told(settings: Settings) -> None:
    day = days.worst()
    summary = summarise(day)
    states: list[tuple[State, int]] = [("new", 0), ("worse", 1), ("ongoing", 3), ("flapping", 2)]
    told = [
        replace(one, state=state, since=day.date - timedelta(back) if back else None)
        for one, (state, back) in zip(summary.findings, states, strict=False)
    ]
    gone = [
        Resolved(f"db{nth:02}", (f"db{nth:02}",), "Filling", f"/srv{nth} was {NASTY}.", day.date)
        for nth in range(11)
    ]
    changed = replace(summary, findings=tuple(told), resolved=tuple(gone), days_before=9)
    plain, html = bodies(compose(day, changed, settings, []))
    since = day.date - timedelta(3)
    for body in (re.sub(r"\s+", " ", plain), html):
        for said in (
            "new",
            "worse since yesterday",
            f"since {since.day} {since:%b}",
            "flapping",
        ):
            assert said in body
        assert "/srv7 was" in body and "/srv8 was" not in body
        assert "3 more in the report" in body
        assert "ongoing" not in body and "<script>" not in html
    assert "(11)" in plain and max(map(len, plain.splitlines())) <= 72
    assert len(html.encode()) < 100_000


def test_a_first_day_has_no_states_and_nothing_resolved(settings: Settings) -> None:
    plain, html = bodies(compose(days.worst(), summarise(days.worst()), settings, []))
    for body in (plain, Shown(html).text):
        assert "since yesterday" not in body.replace("RESOLVED SINCE YESTERDAY", "").lower()
        assert "new\n" not in body and "The first report: nothing to compare with." in body
        assert "limit 95 %" in body
    assert "today   change" not in plain


def test_page_1_and_the_mail_have_the_same_order_and_words(settings: Settings) -> None:
    day = days.worst()
    summary = replace(summarise(day), critical_before=((day.date - timedelta(1), 4),))
    figures = tuple(replace(one, before=(one.amount,)) for one in summary.figures)
    servers = replace(figures[0], before=((figures[0].amount or 0) + 2,))
    over = Resolved("db07", ("db07",), "Filling", "/srv 91 % full.", day.date - timedelta(9))
    changed = replace(summary, figures=(servers, *figures[1:]), resolved=(over,),
                      later=(Later("db09", "/srv", 20.0, 15.0, 60.0),))  # fmt: skip
    plain, html = bodies(compose(day, changed, settings, []))
    assert re.search(r"Critical findings +6 +\+2\n", plain)
    assert re.search(r"Servers up +53 of 60 +−2 ", plain)
    for body in (plain, Shown(html).text):
        flat = " ".join(body.replace("\xa0", " ").split())
        place = 0
        for said in (
            "Critical findings", "6", "Got in 1, Broken 3, Logins 1", "4 yesterday; 0 of today’s",
            "Servers up", "Critical", "6: 1 got in, 3 broken, 1 log", "Broken", "■ db05", "db",
            "Warnings", "11", "△", "Will be full", "13 Dec", "Could not be read",
            "4 not at all, 5 in part", "– edge06, edge07, app07 and db05", "Told above", "– cache05",
            "Resolved since yesterday", "○ db07", "Was, since 14 Nov: /srv",
            "■ critical", "△ warning", "– not read, not known", "◇ planned", "○ good, or resolved",
        ):  # fmt: skip
            assert said.lower() in flat.lower()[place:], said
            place = flat.lower().index(said.lower(), place)
    # No figure has a mark before it, and none says by its colour what no word says.
    figures_part = html.partition("Servers up")[2].partition("<h2")[0]
    assert not re.search("[■△◇○]", figures_part)
    for mark, word in (("■", "critical"), ("△", "warning"), ("–", "not read, not known")):
        assert f'aria-label="{word}"' in html and f">{mark}</span>" in html


def test_mail_programs_of_any_kind_keep_the_page(settings: Settings) -> None:
    """Word's engine, in Outlook, knows tables and little else; no program loads anything."""
    day = days.worst()
    _, html = bodies(compose(day, summarise(day), settings, []))
    body = html.partition("<body")[2]
    assert "<script" not in html and "<img" not in html and "url(" not in html
    for unknown in ("flex", "grid", "float", "position:", "calc(", "var(", "<svg", "rgba"):
        assert unknown not in body
    assert not re.search(r"<div[^>]*(?:padding|margin)", body)
    for tag in re.findall("<td[^>]*>", body):
        assert "style=" in tag or tag == "<td>" or "align=" in tag, tag
    assert html.count("<!--[if mso]>") == html.count("<![endif]-->") == 2
    assert "1px solid" in html and 'width="640"' in html


def test_what_nobody_needs_to_act_on_is_counted_and_told(settings: Settings) -> None:
    day = days.worst()
    summary = summarise(day)
    one = Finding("disk-full", "critical", "Filling", "db01", ("db01",), "/var 99 % full.", "disks")
    changed = replace(
        summary,
        findings=apart(one, 300),
        later=tuple(Later(f"db{nth}", "/srv", 20.0 + nth, 15.0, 60.0) for nth in range(6)),
        planned=(replace(one, sentence="stopped; in maintenance until 07:00: new disks."),) * 5,
        silenced=(Silenced(one, "anna", f"ordered {NASTY}", date(2026, 12, 1)),),
    )
    plain, html = bodies(compose(day, changed, settings, []))
    assert (
        "WILL BE FULL  (2 more within 90 days; at the pace so far)" in plain
        and "PLANNED  (5)" in plain
        and "SILENCED  (1)" in plain
    )
    for body in (plain, Shown(html).text):
        flat = " ".join(body.split())
        assert "13 Dec" in flat and "8 Dec – 22 Jan" in flat and "17 Dec" not in flat
        assert flat.count("in maintenance until 07:00: new disks.") == 4
        assert "anna, until 1 Dec 2026: ordered a" in flat
        assert "292 more" in flat and "1 more in the report" in flat
        assert flat.index("Will be full".upper() if body is plain else "Will be full") < (
            flat.index("Could not be read".upper() if body is plain else "Could not be read")
        )
    assert "script" not in Shown(html).tags and len(html.encode()) < 100_000
    assert max(map(len, plain.splitlines())) <= 72


@pytest.mark.parametrize("name", ["good", "worst", "nobody"])
def test_what_there_is_none_of_has_no_block(settings: Settings, name: str) -> None:
    day = days.DAYS[name]()
    plain, html = bodies(compose(day, summarise(day), settings, []))
    for block in ("Will be full", "Silenced", "Planned", "Resolved"):
        assert block not in html and block.upper() not in plain
    assert "\n\n\n" not in plain
