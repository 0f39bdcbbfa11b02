"""delivery.json: what became of a day's message, and who got it, when, with which answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from pydantic import ValidationError

from collectors.config import Strict
from report.errors import DeliveryError
from report.files import sync_folder, write_whole, writing

# due: collected in order to be sent, no message yet. sending: on disk before the server gets
# the message and until its answer is known; found by a later run, nobody knows who has it.
State = Literal["due", "waiting", "sending", "delivered"]
Status = Literal["waiting", "sending", "accepted", "deferred", "refused"]
NAME = "delivery.json"
EDITIONS = "editions"
MOST_ATTEMPTS = 100


class Recipient(Strict):
    """One recipient: deferred ones are tried again, refused ones are not."""

    status: Status = "waiting"
    answer: str = ""
    at: datetime | None = None


class Attempt(Strict):
    """One try at the server, in words."""

    at: datetime
    server: str
    result: str


class Ledger(Strict):
    """What a day's delivery.json holds. sha256: of the message as it was sent."""

    schema_version: int = 1
    state: State = "due"
    message_id: str = ""
    sha256: str = ""
    recipients: dict[str, Recipient] = {}
    attempts: list[Attempt] = []

    @property
    def fixed(self) -> bool:
        """Whether somebody has this message, or may have it: it stays as it is."""
        got_it = any(one.status == "accepted" for one in self.recipients.values())
        return got_it or self.state in ("sending", "delivered")

    @property
    def open(self) -> list[str]:
        """Who is still to get it; when nobody got it, those refused are asked again."""
        every = self.recipients.items()
        left = [address for address, one in every if one.status not in ("accepted", "refused")]
        if not left and all(one.status == "refused" for _, one in every):
            return list(self.recipients)
        return left

    def with_answers(self, answers: dict[str, Recipient]) -> Ledger:
        """Return the ledger with some recipients' new status, and the state that follows."""
        changed = self.model_copy(update={"recipients": {**self.recipients, **answers}})
        state = "waiting" if changed.open else "delivered"
        if any(one.status == "sending" for one in changed.recipients.values()):
            state = "sending"
        return changed.model_copy(update={"state": state})

    def with_attempt(self, at: datetime, server: str, result: str) -> Ledger:
        """Return the ledger with one more attempt."""
        attempt = Attempt(at=at, server=server, result=result)
        return self.model_copy(update={"attempts": [*self.attempts, attempt][-MOST_ATTEMPTS:]})


def named(folder: Path) -> str:
    """Return a day, or a day's edition, by its folder: "2026-11-23", "2026-11-23 for web"."""
    if folder.parent.name == EDITIONS:
        return f"{folder.parent.parent.name} for {unquote(folder.name)}"
    return folder.name


def read(folder: Path) -> Ledger | None:
    """Return a day's ledger; None when there is none. Raises DeliveryError when it is damaged."""
    path = folder / NAME
    try:
        return Ledger.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not what was written"
        raise DeliveryError(
            f"{path} cannot be read ({why}), so it is not known who has the report of "
            f"{named(folder)}; without that file it counts as not sent"
        ) from None


def write(folder: Path, ledger: Ledger) -> None:
    """Put a day's ledger on disk, whole, before anything else happens."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / NAME, ledger.model_dump_json(indent=1) + "\n")


def remove(folder: Path) -> None:
    """Take a day's ledger away."""
    with writing(folder):
        (folder / NAME).unlink(missing_ok=True)
        sync_folder(folder)
