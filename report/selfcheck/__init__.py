"""The report reads itself before it is sent: its documents are opened again and compared.

What it can see. Key figures, headline and lead, as the snapshot gives them, in PDF, HTML,
workbook and both bodies of the mail. Every row and sentence of the HTML in the PDF, all its
pages, text beside the lines or over other text, boxes in place of characters, charts without
a stroke. What it cannot: text that a style clips or draws in white, whether a chart's strokes
are right, and what a formula in the workbook comes to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from report.contract import Summary
from report.markup import LONGEST_PROSE
from report.selfcheck import book, letter, paper, screen
from report.words import readable

MOST = 5


def differences(
    documents: Iterable[Path], summary: Summary, on_pages: Summary | None = None
) -> list[str]:
    """Return what in these documents is not as the snapshot has it, a sentence each.

    documents: report.html, report.pdf and report.xlsx, or those of them that were made; the
    PDF is held against the HTML. on_pages: of the day as pages show it, under the hosts' short
    names, where it differs. A document that cannot be opened is a difference.
    """
    paged = _as_paged(on_pages or summary)
    by_name = {path.name: path for path in documents}
    html = by_name.get("report.html")
    found: list[str] = []
    if html:
        found += _of(html, lambda: screen.faults(screen.read(html), paged))
    if html and (pdf := by_name.get("report.pdf")):
        found += _of(pdf, lambda: paper.faults(pdf, screen.read(html), paged))
    if workbook := by_name.get("report.xlsx"):
        found += _of(workbook, lambda: book.faults(workbook, summary))
    return found


def differences_of_mail(message: EmailMessage, summary: Summary) -> list[str]:
    """Return what in a message's bodies is not as the snapshot has it, a sentence each."""
    return _told("mail.eml", letter.faults(message, summary))


def _as_paged(summary: Summary) -> Summary:
    headline, lead = (readable(one, LONGEST_PROSE) for one in (summary.headline, summary.lead))
    return replace(summary, headline=headline, lead=lead)


def _of(path: Path, look: Callable[[], Sequence[str]]) -> list[str]:
    import pikepdf
    import pypdfium2

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
