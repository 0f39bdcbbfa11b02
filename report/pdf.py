"""HTML → PDF by one of two engines, in a process of its own under limits of time and memory.

The process has no network to speak of: its fetcher refuses everything but `data:`, and its
fonts are the project's alone (templates/fonts). `python -m report.pdf` is that process:
HTML on standard input, the PDF on standard output.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from datetime import datetime

# Neither errors nor anything else of the collectors' half: the process that draws would wait for
# its imports longer than it draws.
from report.engines import Absent, Engine, TooWide, pages
from report.outline import finished

ENGINE = [sys.executable, "-I", "-m", "report.pdf"]
UNAVAILABLE = 69
TOO_WIDE = 70


def make_pdf(
    html: str,
    seconds: float,
    memory_megabytes: int,
    made_at: str = "",
    engine: Engine = "auto",
) -> bytes:
    """Return the PDF of one HTML document without remote references.

    made_at: ISO time written as the PDF's date, so that the same day gives the same bytes.
    engine: "auto" is PlutoPrint, and WeasyPrint where that is absent.
    Raises DocumentError with the cause: no engine here, a crash, a limit, a page too wide.
    """
    from report.errors import DocumentError

    command = [*ENGINE, str(memory_megabytes), made_at, engine]
    # WeasyPrint unpacks fonts into temporary files, and would leave them if it were ended.
    with tempfile.TemporaryDirectory(prefix="infra-report-") as scratch:
        try:
            done = subprocess.run(
                command,
                input=html.encode("utf-8", "backslashreplace"),
                capture_output=True,
                timeout=seconds,
                check=False,
                env={"TMPDIR": scratch},
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
    megabytes, made_at, engine = int(arguments[0]), arguments[1], arguments[2]
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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
