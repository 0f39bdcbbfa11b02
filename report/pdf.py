"""HTML → PDF by one of two engines, in a process of its own under limits of time and memory.

The process (`report.engines`) has no network to speak of: its fetcher refuses everything but
`data:`, and its fonts are the project's alone (templates/fonts).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

from report.engines import Engine
from report.errors import DocumentError

ENGINE = [sys.executable, "-I", "-m", "report.engines"]


class Drawing:
    """An engine's process: begun before there is anything to draw, it gets ready meanwhile.

    Leaving it ends the process.
    """

    def __init__(
        self, seconds: float, memory_megabytes: int, made_at: str = "", engine: Engine = "auto"
    ) -> None:
        """made_at: ISO time written as the PDF's date, so that the same day gives the same bytes.

        engine: "auto" is PlutoPrint, and WeasyPrint where that is absent.
        """
        self._seconds = seconds
        # WeasyPrint unpacks fonts into temporary files, and would leave them if it were ended.
        self._scratch = tempfile.TemporaryDirectory(prefix="infra-report-")
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [*ENGINE, str(memory_megabytes), made_at, engine],
            stdin=pipe, stdout=pipe, stderr=pipe, env={"TMPDIR": self._scratch.name},
        )  # fmt: skip

    def pdf(self, html: str) -> bytes:
        """Return the PDF of one HTML document without remote references.

        Raises DocumentError with the cause: no engine here, a crash, a limit, a page too wide.
        """
        try:
            made, said = self._process.communicate(
                html.encode("utf-8", "backslashreplace"), self._seconds
            )
        except subprocess.TimeoutExpired:
            why = f"the engine was not done within {self._seconds:g} s"
            raise DocumentError(f"no PDF: {why}") from None
        if self._process.returncode or not made.startswith(b"%PDF-"):
            raise DocumentError(f"no PDF: {_why(self._process.returncode, said)}")
        return made

    def __enter__(self) -> Drawing:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process as process:
            process.kill()
        self._scratch.cleanup()


def make_pdf(
    html: str, seconds: float, memory_megabytes: int, made_at: str = "", engine: Engine = "auto"
) -> bytes:
    """Return the PDF of one HTML document; see Drawing."""
    with Drawing(seconds, memory_megabytes, made_at, engine) as drawing:
        return drawing.pdf(html)


def _why(code: int, said: bytes) -> str:
    last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
    if code < 0:
        return f"the engine was ended by signal {-code}"
    return last[0] or f"the engine ended with {code}"
