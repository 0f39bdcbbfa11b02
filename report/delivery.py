"""A day's message to its recipients, once, however often it is tried.

    output/2026-11-23/mail.eml         the message, byte by byte as every attempt sends it
    output/2026-11-23/delivery.json    the ledger (`report.ledger`)

SMTP leaves one window, between the server's acceptance and our record of it: `sending` with
the message's id is on disk before DATA, and whoever finds it there sends the same bytes again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path

from collectors.errors import SettingsError
from report import ledger
from report.editions import places
from report.errors import DeliveryError, NoSnapshot
from report.files import write_whole
from report.ledger import Ledger, Recipient, named
from report.mail import bare, readdressed, recipients
from report.settings import Settings, Smtp
from report.smtp import Answer, Sent, connected
from report.store import day_folders
from report.words import listing

MESSAGE = "mail.eml"
MOST_NAMED = 8


@dataclass(frozen=True)
class Delivery:
    """What a delivery did, in lines to be said."""

    state: str
    lines: tuple[str, ...]


def write_message(folder: Path, message: EmailMessage) -> bool:
    """Put the day's message in its place; False when one that went out already stays."""
    known = ledger.read(folder)
    if known and known.fixed:
        return False
    write_whole(folder / MESSAGE, _lines_ended(message.as_bytes()))
    return True


def withdraw(folder: Path) -> None:
    """Take a message away that was made of other documents, unless it waits or went out.

    What waits was right when it was made; it stays as its recipients are to get it.
    """
    if state(folder) in ("", "due"):
        (folder / MESSAGE).unlink(missing_ok=True)


def prepare(folder: Path, settings: Settings) -> None:
    """Note the day's message as waiting for the settings' recipients.

    A message that somebody has, or may have, is left as it is.
    """
    known = ledger.read(folder)
    if known and known.fixed:
        return
    content = _message(folder)
    ledger.write(
        folder,
        Ledger(
            state="waiting",
            message_id=_message_id(content),
            sha256=hashlib.sha256(content).hexdigest(),
            recipients={address: Recipient() for address in recipients(settings.mail)},
            attempts=known.attempts if known else [],
        ),
    )


def note_due(folder: Path) -> None:
    """Note, before anything else, that a day's report is to be sent."""
    if ledger.read(folder) is None:
        ledger.write(folder, Ledger())


def forget(folder: Path) -> None:
    """Take back `note_due`: there will be no report of that day."""
    ledger.remove(folder)


def state(folder: Path) -> str:
    """Return "due", "waiting", "sending" or "delivered"; "" for a day that is not to be sent."""
    known = ledger.read(folder)
    return known.state if known else ""


def waits(folder: Path) -> bool:
    """Return whether a day, or an edition, is still to be delivered; a ledger that cannot
    be read counts as that.
    """
    try:
        return state(folder) not in ("", "delivered")
    except DeliveryError:
        return True


def pending(output: Path) -> list[Path]:
    """Return the folders that are still to be delivered, oldest first, editions behind theirs."""
    return [folder for folder in places(day_folders(output)) if waits(folder)]


def keeps(folder: Path) -> bool:
    """Return whether anything of a day is still to be delivered, so that retention keeps it."""
    return any(waits(one) for one in places([folder]))


def deliver(
    folder: Path,
    settings: Settings,
    now: datetime,
    *,
    resend: bool = False,
    only_to: str = "",
) -> Delivery:
    """Send the day's message to those who have not got it yet.

    resend: to all again. only_to: to that address alone, and nothing is noted. Raises
    DeliveryError with every cause when somebody did not get it; what others got stays noted.
    """
    smtp, day = settings.mail.smtp, named(folder)
    if only_to:
        return _send_apart(folder, settings, only_to)
    if smtp is None:
        return Delivery("", (f"No mail server is set: the message stays in {folder / MESSAGE}.",))
    known = ledger.read(folder)
    if known is None or known.state == "due":
        raise DeliveryError(f"the report of {day} is not ready to be sent")
    if known.state == "delivered" and not resend:
        said = f"The report of {day} is already delivered (--resend sends it again)."
        return Delivery("delivered", (said,))
    again = known
    if resend and known.state == "delivered":
        fresh = {address: Recipient() for address in known.recipients}
        again = known.model_copy(update={"state": "waiting", "recipients": fresh})
    if not known.recipients:
        raise DeliveryError(f"the report of {day} has no recipients: name them in mail.yaml")
    return _send(folder, settings, smtp, again, now, fallback=known)


def check(settings: Settings) -> list[str]:
    """Return what would hinder a delivery, up to the login; nothing is sent."""
    smtp = settings.mail.smtp
    if smtp is None:
        return []
    try:
        recipients(settings.mail)
        bare(settings.mail.sender)
        with connected(smtp, settings.root):
            return []
    except (DeliveryError, SettingsError) as error:
        return [str(error)]


def _send(
    folder: Path, settings: Settings, smtp: Smtp, known: Ledger, now: datetime, fallback: Ledger
) -> Delivery:
    """Send to those still open; `fallback` is what stays noted when nobody got anything.

    A day that was delivered stays so when sending it again fails.
    """
    content, server = _message(folder), f"{smtp.host}:{smtp.real_port}"
    wanted, again = known.open, known.state == "sending"
    known = known.model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})

    def before_data() -> None:
        marked = {one: Recipient(status="sending", at=now) for one in wanted}
        ledger.write(folder, known.with_answers(marked))

    reached = False
    try:
        with connected(smtp, settings.root) as session:
            reached = True
            sent = session.send(bare(settings.mail.sender), wanted, content, before_data)
            known = _noted(known, sent, now)
            kept = known if known.fixed or not fallback.fixed else fallback
            # Before the goodbye, which a server may take its time over.
            ledger.write(folder, kept.with_attempt(now, server, _summed_up(sent)))
    except DeliveryError as error:
        ledger.write(folder, fallback.with_attempt(now, server, str(error)))
        said = f"the report of {named(folder)} was not sent to {server}: {error}"
        said = f"{said.rstrip('.')}; the next run tries again"
        raise DeliveryError(said, server_gone=not reached) from None
    return _told(named(folder), server, known, sent, again)


def _send_apart(folder: Path, settings: Settings, address: str) -> Delivery:
    """Send the message to one address that the ledger knows nothing of."""
    smtp = settings.mail.smtp
    if smtp is None:
        raise DeliveryError("no mail server is set: name one in mail.yaml, under `smtp`")
    content = readdressed(_message(folder), address)
    server = f"{smtp.host}:{smtp.real_port}"
    try:
        with connected(smtp, settings.root) as session:
            sent = session.send(
                bare(settings.mail.sender), [bare(address)], content, before_data=_nothing
            )
    except DeliveryError as error:
        raise DeliveryError(f"nothing was sent to {address} by {server}: {error}") from None
    answer = sent.answers[bare(address)]
    if sent.unknown:
        raise DeliveryError(f"{address} may have it or not: {sent.unknown}")
    if not answer.good:
        raise DeliveryError(f"{address} was refused by {server}: {answer}")
    return Delivery("", (f"Sent the report of {named(folder)} to {address} alone; noted nothing.",))


def _nothing() -> None:
    """Note nothing."""


def _noted(known: Ledger, sent: Sent, now: datetime) -> Ledger:
    """Return the ledger with what the server answered; without an answer it stays `sending`."""

    def status(answer: Answer) -> Recipient:
        if answer.good:
            kind = "sending" if sent.unknown else "accepted"
        else:
            kind = "refused" if answer.final else "deferred"
        said = sent.unknown if kind == "sending" else str(answer)
        return Recipient.model_validate({"status": kind, "answer": said, "at": now})

    return known.with_answers({one: status(answer) for one, answer in sent.answers.items()})


def _told(day: str, server: str, known: Ledger, sent: Sent, again: bool) -> Delivery:
    """Say who got it. Raises DeliveryError when somebody did not, or nobody knows."""
    by = {kind: [one for one in sent.answers if known.recipients[one].status == kind]
          for kind in ("accepted", "deferred", "refused")}  # fmt: skip
    lines = []
    if again:
        lines.append(
            f"An earlier run was cut off while it sent the report of {day}; the same message "
            "went out again under the same id, so that it may have arrived twice."
        )
    if by["accepted"]:
        lines.append(f"Sent the report of {day} to {listing(by['accepted'], MOST_NAMED)}.")
    if sent.unknown:
        raise DeliveryError(
            f"{server} got the report of {day}, but gave no answer: {sent.unknown}. It may have "
            "been delivered; the next run sends the same message again under the same id"
        )
    missed = [f"{one} was refused: {known.recipients[one].answer}" for one in by["refused"]]
    missed += [
        f"{one} was put off, the next run tries again: {known.recipients[one].answer}"
        for one in by["deferred"]
    ]
    if missed:
        raise DeliveryError(" ".join(lines + [f"{one}." for one in missed]).rstrip("."))
    return Delivery(known.state, tuple(lines))


def _summed_up(sent: Sent) -> str:
    return sent.unknown or "; ".join(f"{one}: {answer}" for one, answer in sent.answers.items())


def _message(folder: Path) -> bytes:
    try:
        return (folder / MESSAGE).read_bytes()
    except FileNotFoundError:
        raise NoSnapshot(f"no message has been made of {named(folder)}") from None


def _message_id(content: bytes) -> str:
    return str(BytesHeaderParser(policy=default).parsebytes(content)["Message-ID"] or "").strip()


def _lines_ended(content: bytes) -> bytes:
    """Return the message with CRLF at the end of every line, the last one too."""
    content = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"
