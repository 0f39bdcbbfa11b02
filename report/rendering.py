"""The rendering step: a day's snapshot into notebook, HTML, PDF and workbook.

The workbook is written meanwhile, of the same frames, by a thread: the notebook is waited for.
Each document is opened again and held against the snapshot as soon as it is made.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors.errors import InfraReportError
from report import __version__, store
from report.again import command, fingerprint
from report.console import Console
from report.errors import DocumentError
from report.files import sha256_of, write_whole, writing
from report.grids import BESIDE
from report.own import WORKBOOK, find
from report.settings import Settings

if TYPE_CHECKING:
    from report.document import Kernel
    from report.reading import View

log = logging.getLogger(__name__)

DOCUMENTS = ("report.ipynb", "report.html", "report.pdf", "report.xlsx")


@dataclass(frozen=True)
class Documents:
    """What was made.

    problems: what could not be made. differences: what in a document, read again, is not as the
    snapshot has it. A sentence for each.
    """

    made: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @property
    def attachments(self) -> list[Path]:
        """What the mail carries: the PDF (without one, the HTML) and the workbook."""
        by_name = {path.name: path for path in self.made}
        page = by_name.get("report.pdf") or by_name.get("report.html")
        return [path for path in (page, by_name.get("report.xlsx")) if path]

    @property
    def without_pdf(self) -> str:
        """Why there is no PDF; empty when there is one."""
        if any(path.name == "report.pdf" for path in self.made):
            return ""
        return next((text for text in self.problems if "PDF" in text), "no PDF could be made")


def render(
    settings: Settings,
    day: View,
    kernel: Kernel,
    parameters: Mapping[str, Any],
    console: Console,
    folder: Path,
) -> Documents:
    """Make the day's documents, each whole or not there, and read each again.

    day: with the hosts that the parameters ask for. folder: where they are put.
    """
    from report.findings import summarise
    from report.selfcheck import Rereading
    from report.workbook import write_workbook

    template = find(WORKBOOK, settings.templates)

    def make_workbook() -> list[str]:
        held = write_workbook(day, folder / WORKBOOK, template)
        return Rereading(summarise(day)).workbook(folder / WORKBOOK, held)

    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    done = Documents()
    console.stage("notebook and documents")
    # Leaving waits for the threads: nothing of them is at work when this is over.
    with ThreadPoolExecutor(2) as aside:
        workbook = aside.submit(make_workbook)
        _pages(settings, day, kernel, parameters, console, folder, done, aside)
        try:
            done.differences.extend(workbook.result())
            done.made.append(folder / WORKBOOK)
            console.detail("workbook made")
        except InfraReportError as error:
            done.problems.append(f"no workbook: {error}")
        except Exception as error:  # the pages are there all the same
            log.exception("no workbook")
            done.problems.append(f"no workbook: {type(error).__name__}: {error}")
    for name in DOCUMENTS:  # what an earlier run made is not this run's
        if folder / name not in done.made:
            (folder / name).unlink(missing_ok=True)
    if folder / WORKBOOK not in done.made:
        with writing(folder):
            shutil.rmtree(folder / BESIDE, ignore_errors=True)
    _write_manifest(day, parameters, folder, done.made)
    console.detail("documents read again")
    return done


def _pages(
    settings: Settings,
    day: View,
    kernel: Kernel,
    parameters: Mapping[str, Any],
    console: Console,
    folder: Path,
    done: Documents,
    aside: ThreadPoolExecutor,
) -> None:
    import nbformat

    from report.document import execute, html_of
    from report.findings import summarise
    from report.pdf import Drawing
    from report.selfcheck import Rereading

    given = {
        **parameters,
        "report_date": day.date.isoformat(),
        "output_dir": str(settings.output),
    }
    limits = settings.daily.pdf
    notebook_file, html_file, pdf_file = (folder / name for name in DOCUMENTS[:3])
    made_at = day.info.finished_at.isoformat()
    try:
        with Drawing(limits.seconds, limits.memory_megabytes, made_at, limits.engine) as drawing:
            notebook = execute(given, kernel)
            console.detail("notebook executed")
            notebook.metadata["title"] = day.info.title
            screen, paper = html_of(notebook, settings.templates)
            write_whole(notebook_file, nbformat.writes(notebook))
            write_whole(html_file, screen)
            done.made.extend([notebook_file, html_file])
            console.detail("pages written")
            again = Rereading(summarise(day), summarise(day.shown))
            reread = aside.submit(again.html, html_file)
            try:
                pdf = drawing.pdf(paper)
            finally:
                done.differences.extend(reread.result())
        write_whole(pdf_file, pdf)
        done.made.append(pdf_file)
        console.detail("PDF made")
        done.differences.extend(again.pdf(pdf_file))
    except DocumentError as error:
        done.problems.append(str(error))


def _write_manifest(
    day: store.Day, parameters: Mapping[str, Any], folder: Path, made: list[Path]
) -> None:
    info = day.info
    files = [*sorted(store.data_folder(day.folder).iterdir()), *made]
    files += sorted((folder / BESIDE).glob("*"))
    manifest = {
        "schema": info.schema_version,
        "version": __version__,
        "collected_with": info.version,
        "report_date": info.report_date.isoformat(),
        "period": {"from_at": _z(info.from_at), "to_at": _z(info.to_at)},
        "collected": {"started_at": _z(info.started_at), "finished_at": _z(info.finished_at)},
        "time_zone": info.time_zone,
        "fleet": info.fleet,
        "limit": info.limit,
        "thresholds": info.thresholds.model_dump(),
        "parameters": dict(parameters),
        "sha256": {str(path.relative_to(day.folder)): sha256_of(path) for path in files},
        "again": command(day, parameters),
        "fingerprint": fingerprint(day),
    }
    write_whole(folder / "manifest.json", json.dumps(manifest, indent=1) + "\n")


def _z(at: Any) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
