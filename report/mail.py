"""Pure: a day and its summary into the message: no clock, no network."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Sequence
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup, escape

from collectors.errors import Fault, SettingsError
from report.causes import IN_WORDS
from report.contract import Finding, Summary
from report.errors import DocumentError, in_template
from report.headline import not_read
from report.later import when
from report.settings import Mail, Settings
from report.standing import gone, known_of, standing
from report.store import Day
from report.words import listing, period, plural, readable, size

TEMPLATES = Path(__file__).resolve().parent / "templates"
WIDTH = 72
MOST = 8  # rows of a block; the attached report has the rest
MOST_ASIDE = 4  # of what nobody needs to act on
MOST_HOSTS = 6
MARKS = {"critical": "■", "warning": "△", "unread": "–", "planned": "◇", "good": "○"}
CODE = re.compile("`([^`]*)`")
NOBODY = "infra-report@localhost"  # a message that is only kept needs a sender too
KINDS = {
    ".pdf": ("application", "pdf"),
    ".html": ("text", "html"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
# 7 bit: servers without 8BITMIME or SMTPUTF8 must be able to hand it on as it is.
POLICY = SMTP.clone(cte_type="7bit", max_line_length=76)

foreign = partial(readable, longest=400, any_glyph=True)


def compose(
    day: Day,
    summary: Summary,
    settings: Settings,
    attachments: Sequence[Path],
    without_pdf: str = "",
    groups: Sequence[str] = (),
    to: Sequence[str] | None = None,
    at: datetime | None = None,
) -> EmailMessage:
    """Return the day's message; the same day gives the same bytes.

    without_pdf: why the report is attached as HTML. groups: of whose hosts alone it is.
    to: the only recipients, in place of those of the settings. at: the Date, by default the
    end of the collection.
    """
    mail = settings.mail
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(mail.sender or NOBODY)
    _add_recipients(message, mail, to)
    if mail.reply_to:
        message["Reply-To"] = _address(mail.reply_to)
    message["Subject"] = _subject(day, mail, groups)
    message["Date"] = format_datetime((at or day.info.finished_at).astimezone(day.info.zone))
    message["Message-ID"] = message_id(day, mail.sender or NOBODY, (*groups, *(to or ())))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    said = _said(day, summary, attachments, without_pdf)
    own = settings.templates
    message.set_content(_rendered("mail.txt.j2", said, own), cte="quoted-printable")
    html = _rendered("mail.html.j2", said, own)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for path in attachments:
        maintype, subtype = KINDS[path.suffix]
        name = attachment_name(day, path)
        message.add_attachment(path.read_bytes(), maintype=maintype, subtype=subtype, filename=name)
    _fix_boundaries(message)
    return message


def recipients(mail: Mail) -> list[str]:
    """Return the bare addresses of To, Cc and Bcc, each once."""
    found: dict[str, str] = {}
    for one in (*mail.to, *mail.cc, *mail.bcc):
        address = bare(one)
        found.setdefault(address.lower(), address)
    return list(found.values())


def bare(address: str) -> str:
    """Return the address without a name, as the envelope carries it. Raises SettingsError."""
    return _address(address).addr_spec


def message_id(day: Day, sender: str, apart: Sequence[str] = ()) -> str:
    """Return the id of the day's report, the same whenever and however often it is made.

    apart: the groups of an edition, or the recipients of a message to others: each has its
    own, or a server would drop the second.
    """
    parts = (day.date, day.info.title, sender, day.info.fleet, day.folder.parent, *sorted(apart))
    digest = hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()
    domain = bare(sender).rpartition("@")[2]
    return f"<infra-report.{day.date:%Y%m%d}.{digest[:24]}@{domain}>"


def attachment_name(day: Day, path: Path) -> str:
    """Return what an attachment is called."""
    return f"infrastructure-report-{day.date}{path.suffix}"


def _address(given: str) -> Address:
    name, address = parseaddr(given)
    local, _, domain = address.rpartition("@")
    try:
        local.encode("ascii")
        ascii_domain = domain.encode("idna").decode("ascii")
        return Address(name, addr_spec=f"{local}@{ascii_domain}")
    except (ValueError, IndexError):  # UnicodeError is a ValueError
        right = "before the @ letters of ASCII, behind it a domain"
        raise SettingsError(
            Fault("mail.yaml", "", f"{given!r} cannot be mailed to", right)
        ) from None


def _add_recipients(message: EmailMessage, mail: Mail, only: Sequence[str] | None) -> None:
    to = list(mail.to if only is None else only)
    message["To"] = [_address(one) for one in to] or "undisclosed-recipients:;"
    if only is None and mail.cc:
        message["Cc"] = [_address(one) for one in mail.cc]


def _subject(day: Day, mail: Mail, groups: Sequence[str]) -> str:
    info = day.info
    subject = mail.subject.format(title=info.title, date=day.date, organisation=info.organisation)
    subject += f" - {', '.join(groups)}" if groups else ""
    return readable(subject, 250, any_glyph=True).strip()


def _fix_boundaries(message: EmailMessage) -> None:
    """Derive the boundaries from the message, which Python would draw by lot."""
    parts = [part for part in message.walk() if part.is_multipart()]
    for nth, part in enumerate(parts):
        seed = f"{message['Message-ID']}{message['Date']}{nth}".encode()
        part.set_boundary(f"=_{hashlib.sha256(seed).hexdigest()[:40]}")


def _said(
    day: Day, summary: Summary, attachments: Sequence[Path], without_pdf: str
) -> dict[str, Any]:
    """Return what both templates say, every text from data readable."""
    info = day.info
    blocks = [
        _block(name, [one for one in summary.findings if one.severity == severity], day.date)
        for severity, name in (("critical", "Critical"), ("warning", "Warnings"))
    ]
    unread = [
        {"hosts": _hosts(one.hosts), "what": one.what,
         "cause": one.cause or IN_WORDS.get(one.outcome, one.outcome)}
        for one in summary.unread
    ]  # fmt: skip
    return {
        "title": info.title,
        "date": f"{day.date:%A}, {day.date.day} {day.date:%B %Y}",
        "headline": summary.headline,
        "lead": summary.lead,
        "figures": summary.figures,
        "blocks": blocks,
        "nothing": "None." if summary.hosts_read else "Not known: no server could be read.",
        "later": _later(summary),
        "asides": _asides(summary),
        "unread": unread[:MOST],
        "unread_more": sum(len(one.hosts) for one in summary.unread[MOST:]),
        "coverage": _coverage(summary),
        "all_read": "Nothing: the server was read in full."
        if summary.hosts == 1
        else ("Nothing: every server was read in full."),
        "period": period(info.from_at, info.to_at, info.zone, info.time_zone),
        "attached": _attached(day, attachments),
        "without_pdf": without_pdf,
        "foot": ". ".join(filter(None, (info.organisation, info.foot))),
    }


def _coverage(summary: Summary) -> str:
    """Return how far the report looked: what is missing, or that nothing is."""
    if summary.hosts == 1:
        return not_read(summary) if summary.unread else "the server was read"
    part = summary.hosts_partial
    some = f", {part} of them in part" if part else ""
    return f"{summary.hosts_read} of {plural(summary.hosts, 'server')} read{some}"


def _block(name: str, findings: Sequence[Finding], today: date) -> dict[str, Any]:
    rows = [
        {"mark": MARKS[one.severity], "question": one.question, "subject": one.subject,
         "sentence": one.sentence, "standing": standing(one, today)}
        for one in findings[:MOST]
    ]  # fmt: skip
    return {"name": name, "count": len(findings), "rows": rows, "more": len(findings) - len(rows)}


def _later(summary: Summary) -> list[dict[str, Any]]:
    rows = [
        {"mark": "", "subject": one.host, "sentence": f"{when(one)}.", "since": ""}
        for one in summary.later
    ]
    return _aside("Will be full", rows)


def _asides(summary: Summary) -> list[dict[str, Any]]:
    """Return what nobody needs to act on: planned, silenced, resolved; only what there is."""
    planned = [{"mark": MARKS["planned"], **known_of(one)} for one in summary.planned]
    silenced = [{"mark": MARKS[one.finding.severity], **known_of(one)} for one in summary.silenced]
    resolved = [{"mark": MARKS["good"], **gone(one)} for one in summary.resolved]
    return [
        *_aside("Planned", planned),
        *_aside("Silenced", silenced),
        *_aside("Resolved since yesterday", resolved, MOST),
    ]


def _aside(
    name: str, rows: Sequence[dict[str, str]], most: int = MOST_ASIDE
) -> list[dict[str, Any]]:
    """Return a block with a line for each, or none where there is none."""
    more = max(0, len(rows) - most)
    return [{"name": name, "count": len(rows), "rows": rows[:most], "more": more}] if rows else []


def _hosts(hosts: Sequence[str]) -> str:
    return listing(hosts, MOST_HOSTS)


def _attached(day: Day, attachments: Sequence[Path]) -> str:
    """Return what is attached: "infrastructure-report-2026-11-23.pdf (84 KiB) and .xlsx (…)"."""
    names = [f"{path.suffix} ({size(path.stat().st_size)})" for path in attachments]
    return f"infrastructure-report-{day.date}{listing(names)}" if names else ""


def _rendered(template: str, said: dict[str, Any], own: Path | None) -> str:
    environment = Environment(
        loader=FileSystemLoader([*([own] if own else []), TEMPLATES]), undefined=StrictUndefined,
        autoescape=template.endswith(".html.j2"), trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(marks=MARKS, width=WIDTH)
    environment.filters.update(text=text, wrapped=wrapped, kept=_kept)
    try:
        return environment.get_template(template).render(said)
    except TemplateError as error:
        raise DocumentError(in_template(error, template)) from error


def readdressed(content: bytes, to: str) -> bytes:
    """Return a stored message for one other recipient alone, with an id of its own."""
    message = BytesParser(EmailMessage, policy=POLICY).parsebytes(content)
    for name in ("To", "Cc"):
        del message[name]
    message["To"] = [_address(to)]
    known, _, domain = str(message["Message-ID"]).strip("<>").partition("@")
    digest = hashlib.sha256(f"{known}\0{bare(to)}".encode()).hexdigest()
    del message["Message-ID"]
    message["Message-ID"] = f"<{known}.{digest[:12]}@{domain}>"
    return message.as_bytes()


def text(said: Any, longest: int = 400) -> str:
    """Return text that a person can read, without the marks of code."""
    return CODE.sub(r"\1", foreign(said, longest=longest))


def wrapped(said: str, first: str = "", rest: str = "") -> str:
    """Return text in lines of at most 72 columns; `first` and `rest` stand before the lines."""
    return textwrap.fill(
        said, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def _kept(said: Any) -> Markup:
    """Return text for HTML: a figure and its % stay together, a command is code."""
    kept = str(escape(foreign(said))).replace(" %", "&nbsp;%")
    return Markup(CODE.sub(r"<code>\1</code>", kept))  # noqa: S704 - escaped before
