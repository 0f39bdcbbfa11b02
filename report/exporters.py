"""The nbconvert exporters `infra-html` and `infra-pdf`, registered as entry points.

Both use the one template in templates/infra. They derive from TemplateExporter:
HTMLExporter parses its own output once more with BeautifulSoup, which costs half a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mistune
from jinja2 import FileSystemLoader
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets.config import Config

from report.engines import Engine
from report.fonts import fonts_css
from report.outline import with_chart_places
from report.own import TEMPLATES, find
from report.pdf import make_pdf


class InfraHTMLExporter(TemplateExporter):  # type: ignore[misc]
    """An executed report notebook as one HTML file without a single remote reference."""

    export_from_notebook = "Infrastructure report (HTML)"
    output_mimetype = "text/html"
    for_pdf = False

    def __init__(self, own: Path | None = None, **kwargs: Any) -> None:
        """own: a folder whose files take the place of the template's of the same name."""
        self._own = own
        if own:
            kwargs["extra_loaders"] = [FileSystemLoader(own)]
        super().__init__(**kwargs)

    def _file_extension_default(self) -> str:
        return ".html"

    def _template_name_default(self) -> str:
        return "infra"

    def _template_file_default(self) -> str:
        return "index.html.j2"

    def _template_extension_default(self) -> str:
        return ".html.j2"

    @property
    def default_config(self) -> Config:
        """Leave out what is there for the screen alone."""
        config = Config(
            {
                "TemplateExporter": {"extra_template_basedirs": [str(TEMPLATES)]},
                "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": ["screen-only"]},
                "NbConvertBase": {
                    "display_data_priority": ["text/html", "image/svg+xml", "text/plain"]
                },
            }
        )
        config.merge(super().default_config)
        return config

    def default_filters(self) -> Any:
        """Add the one filter that the template needs beside nbconvert's own."""
        yield from super().default_filters()
        yield "markdown2html", mistune.create_markdown(escape=True)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the document and its resources."""
        resources = dict(resources or {})
        resources["css"] = find("report.css", self._own, TEMPLATES / "infra").read_text()
        resources["fonts_css"] = "" if self.for_pdf else fonts_css()
        resources["for_pdf"] = self.for_pdf
        resources["lang"] = "en"
        resources["title"] = title_of(nb)
        html, resources = super().from_notebook_node(nb, resources, **kwargs)
        return with_chart_places(html) if self.for_pdf else html, resources or {}


class InfraPDFExporter(InfraHTMLExporter):
    """The same as PDF by `engine`. `seconds` and `memory_megabytes` limit its process."""

    export_from_notebook = "Infrastructure report (PDF)"
    output_mimetype = "application/pdf"
    for_pdf = True
    seconds = 120.0
    memory_megabytes = 2048
    made_at = ""
    engine: Engine = "auto"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the PDF's bytes and its resources. Raises DocumentError."""
        html, resources = super().from_notebook_node(nb, resources, **kwargs)
        pdf = make_pdf(html, self.seconds, self.memory_megabytes, self.made_at, self.engine)
        resources["output_extension"] = ".pdf"
        return pdf, resources


def title_of(nb: NotebookNode) -> str:
    """Return the document's title: the notebook's own, with the report's date."""
    metadata = nb.metadata
    title = str(metadata.get("title") or "Daily Infrastructure Report")
    date = metadata.get("papermill", {}).get("parameters", {}).get("report_date")
    return f"{title}, {date}" if date else title
