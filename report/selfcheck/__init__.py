"""The report reads itself before it is sent: its documents are opened again and compared.

What it can see. Headline, lead and key figures, as the snapshot gives them, in PDF, HTML,
workbook and both bodies of the mail. The number of critical findings, how each figure changed
and every finding for which there is room, on page 1 of PDF and HTML and, as far as they are
there, in both bodies. Every row and sentence of the HTML in the PDF, all its pages, text beside the
lines or over other text, boxes in place of characters, charts without a stroke. Every sheet, row,
cell and link of the workbook, and what its formulas come to. What it cannot: text that a style
clips or draws in white, whether a chart's strokes are right, and the numbers and tables behind
page 1, which PDF and HTML could have wrong alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import pikepdf
import pypdfium2

from report.cells import Held
from report.contract import Summary
from report.markup import LONGEST_PROSE
from report.selfcheck import book, letter, paper, screen
from report.words import readable

MOST = 5


class Rereading:
    """A day's documents, each opened again as soon as it is made and held against the snapshot.

    What differs is a sentence each; a document that cannot be opened is a difference.
    """

    def __init__(self, summary: Summary, on_pages: Summary | None = None) -> None:
        """on_pages: of the day as pages show it, under the hosts' short names."""
        self._summary = summary
        self._paged = _as_paged(on_pages or summary)
        self._screen: screen.Screen | None = None

    def html(self, path: Path) -> list[str]:
        """Return what in report.html is not as it should be."""

        def look() -> list[str]:
            self._screen = screen.read(path)
            return screen.faults(self._screen, self._paged)

        return _of(path, look)

    def pdf(self, path: Path) -> list[str]:
        """Return what in report.pdf is not as it should be, and as the HTML, which comes first."""
        known = self._screen
        return _of(path, lambda: paper.faults(path, known, self._paged)) if known else []

    def workbook(self, path: Path, held: Held) -> list[str]:
        """Return what in report.xlsx is not as it should be. held: what it was to hold."""
        return _of(path, lambda: book.faults(path, self._summary, held))


def differences_of_mail(message: EmailMessage, summary: Summary) -> list[str]:
    """Return what in a message's bodies is not as the snapshot has it, a sentence each."""
    return _told("mail.eml", letter.faults(message, summary))


def _as_paged(summary: Summary) -> Summary:
    headline, lead = (readable(one, LONGEST_PROSE) for one in (summary.headline, summary.lead))
    return replace(summary, headline=headline, lead=lead)


def _of(path: Path, look: Callable[[], Sequence[str]]) -> list[str]:
    damaged = (pikepdf.PdfError, pypdfium2.PdfiumError, BadZipFile, ParseError)
    try:
        faults = look()
    except (OSError, ValueError, LookupError, TypeError, *damaged) as error:
        faults = [f"it could not be read again ({type(error).__name__}: {error})"]
    return _told(path.name, faults)


def _told(name: str, faults: Sequence[str]) -> list[str]:
    said = [f"{name} is not as the snapshot has it: {fault}" for fault in faults[:MOST]]
    if len(faults) > MOST:
        said.append(f"{name}: and {len(faults) - MOST} differences more")
    return said
