"""The engines that turn one HTML document into PDF pages, and the process that runs one.

`python -m report.engines MEGABYTES DATE ENGINE` is that process: HTML on standard input, the
PDF on standard output. It imports little, so that it is quick to start: `report.pdf` runs it.

PlutoPrint is quick and comes with the project where it has a wheel. WeasyPrint, the extra
[weasyprint], runs wherever Pango does, takes some ten times as long, and tags its pages
(PDF/UA-1), which a screen reader asks for. Both fetch nothing but `data:` and know the
project's fonts alone.
"""

from __future__ import annotations

import io
import os
import re
import resource
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Literal, NoReturn

from report.fonts import FONTS, fonts_css
from report.outline import finished

Engine = Literal["auto", "plutoprint", "weasyprint"]
LABELLED = re.compile(r'(<svg\b[^>]*\saria-label="([^"]*)"[^>]*>)')
# WeasyPrint breaks a line too late where a part of it has padding: blanks in its place. And
# what keeps a head on a page with rows below it would be a head within that head.
HEADS = r"""
.infra .head span { padding: 0 !important }
.infra .head span::before { content: "\a0 \a0 \a0  " }
.infra .flow > .long .head::after { content: none !important }
.infra .flow > .long .head { padding-bottom: 16mm !important; margin-bottom: -15mm !important }
"""
UNAVAILABLE = 69
TOO_WIDE = 70
BASE = "infra:///report"  # hierarchical, or links within the document would be none


class Absent(Exception):
    """The engine cannot be had here; the message says what would give it."""


class TooWide(Exception):
    """Something does not fit a page."""


def pages(engine: str, html: str, made_at: str) -> bytes:
    """Return the PDF. made_at: its date, like 2026-11-23T05:00:00Z, or nothing for none.

    engine: "auto" is PlutoPrint, and WeasyPrint where that is absent. Raises Absent, TooWide.
    """
    missing = []
    for one in ENGINES if engine == "auto" else (engine,):
        try:
            return ENGINES[one](html, made_at)
        except Absent as error:
            missing.append(str(error))
    raise Absent("; ".join(missing))


def _plutoprint(html: str, made_at: str) -> bytes:
    try:
        import plutoprint
    except ImportError:
        raise Absent("PlutoPrint is not installed; it has no wheel for this platform") from None

    class OnlyData(plutoprint.ResourceFetcher):
        """Refuses what reaches it; `data:` addresses never do."""

        def fetch_url(self, url: str) -> NoReturn:
            raise PermissionError(f"refused: {url[:100]}")

    # Before the first Book, and the folder, not the file: otherwise the system's fonts come in.
    plutoprint.plutobook_set_fontconfig_path(str(FONTS))
    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4, plutoprint.PAGE_MARGINS_NONE)
    book.custom_resource_fetcher = OnlyData()
    book.load_html(html, base_url=BASE)
    if made_at:
        book.set_metadata(plutoprint.PDF_METADATA_CREATION_DATE, made_at)
        book.set_metadata(plutoprint.PDF_METADATA_MODIFICATION_DATE, made_at)
    # The engine would shrink every page to make room for one wide thing.
    if book.get_document_width() > book.get_viewport_width() + 1:
        raise TooWide("something on a page is wider than the page")
    pdf = io.BytesIO()
    book.write_to_pdf_stream(pdf)
    return pdf.getvalue()


def _weasyprint(html: str, made_at: str) -> bytes:
    """What is too wide is not refused here: it stands beside the lines, where it is looked for.

    Pango reads no WOFF2, so of the folder it knows no font; the faces come in as a style sheet.
    """
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")  # before the libraries are loaded
    warnings.simplefilter("ignore")
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except ImportError as error:
        missing = (error.name or "weasyprint").partition(".")[0]
        more = "" if missing == "weasyprint" else f" ({error})"
        raise Absent(f"WeasyPrint is not installed; the extra [weasyprint] has it{more}") from None
    except OSError as error:
        why = str(error).splitlines()[0]
        raise Absent(f"WeasyPrint lacks a library of the system, Pango's probably: {why}") from None
    only_data = URLFetcher(allowed_protocols={"data"})
    fonts = FontConfiguration()
    faces = weasyprint.CSS(string=fonts_css() + HEADS, font_config=fonts, url_fetcher=only_data)
    html = LABELLED.sub(r"\1<title>\2</title>", html)  # what a drawing's tag is to say
    document = weasyprint.HTML(string=html, base_url=BASE, url_fetcher=only_data).render(
        font_config=fonts, stylesheets=[faces], pdf_variant="pdf/ua-1"
    )
    document.metadata.created = document.metadata.modified = made_at or None
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


ENGINES: dict[str, Callable[[str, str], bytes]] = {
    "plutoprint": _plutoprint,
    "weasyprint": _weasyprint,
}


def _get_ready(engine: str) -> None:
    """Import what will be needed, while there is nothing to draw yet; what is absent is said then.

    Not WeasyPrint, which is to find the fonts' place set first.
    """
    with suppress(ImportError):
        import pikepdf  # noqa: F401

        if engine != "weasyprint":
            import plutoprint  # noqa: F401


def main(arguments: list[str]) -> int:
    """Turn standard input into a PDF on standard output; the exit status says how it went."""
    megabytes, made_at, engine = int(arguments[0]), arguments[1], arguments[2]
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _get_ready(engine)
    html = sys.stdin.buffer.read().decode()
    if made_at:
        made_at = datetime.fromisoformat(made_at).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        pdf = pages(engine, html, made_at)
    except (Absent, TooWide) as error:
        sys.stderr.write(f"{error}\n")
        return UNAVAILABLE if isinstance(error, Absent) else TOO_WIDE
    sys.stdout.buffer.write(finished(pdf, html))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
