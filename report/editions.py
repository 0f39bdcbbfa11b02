"""Editions: of a day's report, what goes to some groups' own people, of those hosts alone.

    output/2026-11-23/editions/web/    report.pdf, report.xlsx …, mail.eml, delivery.json

An edition is made, sent and noted like the report itself, after it, and apart from it: its
message has an id of its own, and what fails there costs no one else theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from report.ledger import EDITIONS
from report.settings import Settings


@dataclass(frozen=True)
class Edition:
    """groups: whose hosts. settings: the run's, with this edition's recipients."""

    groups: tuple[str, ...]
    settings: Settings

    @property
    def name(self) -> str:
        """What its folder is called, by its groups; no group's name leads out of the day's."""
        return quote("+".join(self.groups), safe="+ ").replace(".", "%2E")


def editions(settings: Settings) -> list[Edition]:
    """Return the editions that mail.yaml names."""
    return [
        Edition(tuple(one.groups), replace(settings, mail=settings.mail.of_edition(one)))
        for one in settings.mail.editions
    ]


def place(day_folder: Path, edition: Edition) -> Path:
    """Return the folder of a day's edition, which need not exist."""
    return day_folder / EDITIONS / edition.name


def at_place(folder: Path, settings: Settings) -> Edition | None:
    """Return the edition whose folder it is, None when mail.yaml names it no more."""
    return next((one for one in editions(settings) if one.name == folder.name), None)


def is_edition(folder: Path) -> bool:
    """Whether it is an edition's folder, and not a day's."""
    return folder.parent.name == EDITIONS


def places(day_folders: Iterable[Path]) -> Iterator[Path]:
    """Yield each day's folder and, behind it, those of its editions."""
    for folder in day_folders:
        yield folder
        if (folder / EDITIONS).is_dir():
            yield from sorted(one for one in (folder / EDITIONS).iterdir() if one.is_dir())
