"""Pure: a day and its summary into the message: no clock, no network."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from collectors.errors import Fault, SettingsError
from report.contract import Summary
from report.errors import DocumentError, in_template
from report.settings import Mail, Settings
from report.store import Day
from report.words import readable

TEMPLATES = Path(__file__).resolve().parent / "templates"
NOBODY = "infra-report@localhost"  # a message that is only kept needs a sender too
KINDS = {
    ".pdf": ("application", "pdf"),
    ".html": ("text", "html"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
# 7 bit: servers without 8BITMIME or SMTPUTF8 must be able to hand it on as it is.
POLICY = SMTP.clone(cte_type="7bit", max_line_length=76)


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
    from report import mailbody

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
    said = mailbody.said(day, summary, attachments, without_pdf, groups)
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


def _rendered(template: str, said: dict[str, Any], own: Path | None) -> str:
    from report import mailbody

    environment = Environment(
        loader=FileSystemLoader([*([own] if own else []), TEMPLATES]), undefined=StrictUndefined,
        autoescape=template.endswith(".html.j2"), trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(marks=mailbody.MARKS, meant=mailbody.MEANING, width=mailbody.WIDTH)
    environment.filters.update(text=mailbody.text, wrapped=mailbody.wrapped, kept=mailbody.kept)
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
