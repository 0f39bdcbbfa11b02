"""A whole report of a synthetic day as HTML, without a notebook being executed."""

from __future__ import annotations

import nbformat
from markupsafe import Markup

from report import pages
from report.exporters import InfraHTMLExporter
from report.markup import infra
from report.store import Day

CALLS = (
    "today", "servers", "disks", "logins", "uptime", "health", "upkeep", "access", "trends",
    "coverage", "made",
)  # fmt: skip


def document(day: Day, for_pdf: bool = False) -> str:
    """Return the report of a day, as the file to keep or as the PDF engine's."""
    cells = []
    for call in CALLS:
        data = {"text/html": getattr(pages, call)(day)._repr_html_()}
        output = nbformat.v4.new_output("display_data", data=data)
        cells.append(nbformat.v4.new_code_cell(outputs=[output]))
    exporter = InfraHTMLExporter()
    exporter.for_pdf = for_pdf
    return str(exporter.from_notebook_node(nbformat.v4.new_notebook(cells=cells))[0])


def page_of(inner: Markup) -> str:
    """Return a page for the PDF engine that holds this alone."""
    cell = nbformat.v4.new_code_cell(
        outputs=[nbformat.v4.new_output("display_data", data={"text/html": str(infra(inner))})]
    )
    exporter = InfraHTMLExporter()
    exporter.for_pdf = True
    return str(exporter.from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))[0])
