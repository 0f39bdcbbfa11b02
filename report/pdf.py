"""HTML → PDF by PlutoPrint, in a process of its own under limits of time and memory.

The process has no network to speak of: its fetcher refuses everything but `data:`, and its
fonts are the project's alone (templates/fonts). `python -m report.pdf` is that process:
HTML on standard input, the PDF on standard output.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from report.errors import DocumentError
from report.outline import finished

FONTS = Path(__file__).parent / "templates" / "fonts"
ENGINE = [sys.executable, "-I", "-m", "report.pdf"]
UNAVAILABLE = 69
TOO_WIDE = 70


def make_pdf(html: str, seconds: float, memory_megabytes: int, made_at: str = "") -> bytes:
    """Return the PDF of one HTML document without remote references.

    made_at: ISO time written as the PDF's date, so that the same day gives the same bytes.
    Raises DocumentError with the cause: no engine here, a crash, a limit, a page too wide.
    """
    command = [*ENGINE, str(memory_megabytes), made_at]
    try:
        done = subprocess.run(
            command,
            input=html.encode("utf-8", "backslashreplace"),
            capture_output=True,
            timeout=seconds,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise DocumentError(f"no PDF: the engine was not done within {seconds:g} s") from None
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise DocumentError(f"no PDF: {_why(done)}")
    return done.stdout


def _why(done: subprocess.CompletedProcess[bytes]) -> str:
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
    if done.returncode < 0:
        return f"the engine was ended by signal {-done.returncode}"
    return said[0] or f"the engine ended with {done.returncode}"


def main(arguments: list[str]) -> int:
    """Turn standard input into a PDF on standard output; the exit status says how it went."""
    megabytes, made_at = int(arguments[0]), arguments[1]
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        import plutoprint
    except ImportError:
        sys.stderr.write("PlutoPrint is not installed; it has no wheel for this platform\n")
        return UNAVAILABLE

    class OnlyData(plutoprint.ResourceFetcher):
        """Refuses what reaches it; `data:` addresses never do."""

        def fetch_url(self, url: str) -> NoReturn:
            raise PermissionError(f"refused: {url[:100]}")

    # Before the first Book, and the folder, not the file: otherwise the system's fonts come in.
    plutoprint.plutobook_set_fontconfig_path(str(FONTS))
    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4, plutoprint.PAGE_MARGINS_NONE)
    book.custom_resource_fetcher = OnlyData()
    html = sys.stdin.buffer.read().decode()
    book.load_html(html, base_url="infra:///report")
    if made_at:
        at = datetime.fromisoformat(made_at).strftime("%Y-%m-%dT%H:%M:%SZ")
        book.set_metadata(plutoprint.PDF_METADATA_CREATION_DATE, at)
        book.set_metadata(plutoprint.PDF_METADATA_MODIFICATION_DATE, at)
    # The engine would shrink every page to make room for one wide thing.
    if book.get_document_width() > book.get_viewport_width() + 1:
        sys.stderr.write("something on a page is wider than the page\n")
        return TOO_WIDE
    pdf = io.BytesIO()
    book.write_to_pdf_stream(pdf)
    sys.stdout.buffer.write(finished(pdf.getvalue(), html))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
