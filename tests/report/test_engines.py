"""WeasyPrint in PlutoPrint's place: the same pages, tagged, by its own closed process."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pikepdf
import pypdfium2
import pytest

from report import pages, pdf
from report.errors import DocumentError
from report.exporters import InfraHTMLExporter
from report.findings import summarise
from report.outline import places_of
from report.pdf import make_pdf
from report.selfcheck import differences
from tests.report import days
from tests.report.test_outline import HTML
from tests.report.test_pages import CALLS

AT = "2026-11-23T05:00:00+00:00"
WITHOUT = "import sys; {}; from report.pdf import main; sys.exit(main(sys.argv[1:]))"


def test_the_process_that_draws_does_not_wait_for_the_rest_of_us() -> None:
    code = "import sys, report.engines; print([n for n in ('collectors', 'pandas') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def weasy(html: str) -> bytes:
    try:
        return make_pdf(html, 120, 2048, AT, "weasyprint")
    except DocumentError as error:
        if "library of the system" in str(error):
            pytest.skip(f"needs Pango's libraries: {error}")
        raise


def opened(made: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(made))


def elements(parent: pikepdf.Object) -> Iterator[tuple[str, str]]:
    """Of a PDF's structure, each element's kind and, of a drawing, what is said in its place."""
    yield str(parent.get("/S", "")), str(parent.get("/Alt", ""))
    kids = parent.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            yield from elements(kid)


def test_the_worst_day_is_all_there_and_tagged(tmp_path: Path) -> None:
    day = days.worst()
    notebook = nbformat.v4.new_notebook()
    for call in CALLS:
        data = {"text/html": getattr(pages, call)(day)._repr_html_()}
        cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data)])
        notebook.cells.append(cell)
    exporter = InfraHTMLExporter()
    (tmp_path / "report.html").write_text(exporter.from_notebook_node(notebook)[0])
    exporter.for_pdf = True
    made = weasy(exporter.from_notebook_node(notebook)[0])
    (tmp_path / "report.pdf").write_bytes(made)
    names = ("report.html", "report.pdf")
    assert differences([tmp_path / name for name in names], summarise(day)) == []
    with opened(made) as document:
        assert "WeasyPrint" in str(document.docinfo.Producer)
        assert document.Root.MarkInfo.Marked
        tags = list(elements(document.Root.StructTreeRoot))
        assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Link"} <= {kind for kind, _ in tags}
        drawn = {alt for kind, alt in tags if kind == "/Figure"}
        assert {"critical", "warning", "good", "unread"} <= drawn and "" not in drawn
        assert b"pdfuaid:part" in document.Root.Metadata.read_bytes()
        fonts = {
            str(font.BaseFont).partition("+")[2]
            for page in document.pages
            for font in page.Resources.Font.values()
        }
        assert {font[:8] for font in fonts} == {"IBM-Plex"}


def test_outline_language_dates_and_bytes_are_as_the_other_engine_has_them() -> None:
    made = weasy(HTML)
    assert made == weasy(HTML)
    with opened(made) as document:
        assert (str(document.Root.Lang), str(document.docinfo.Title)) == ("en", "T")
        assert str(document.docinfo.CreationDate) == "D:20261123050000Z"
        places = places_of(document)
        assert [pikepdf.Page(places[name][0]).index for name in ("one", "two")] == [0, 2]
        with document.open_outline() as outline:
            said = [(item.title, str(item.destination)) for item in outline.root]
        assert said == [("1 Ones & all", "one"), ("2 Twos", "two")]


def test_it_fetches_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.css").write_text("p::before { content: 'secret' }")
    (tmp_path / "secret.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='20'>"
        "<text y='9' font-size='9'>secret</text></svg>"
    )
    near = tmp_path.as_uri()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        far = f"http://127.0.0.1:{listener.getsockname()[1]}"
        made = weasy(
            f"""<html><head><title>T</title><link rel="stylesheet" href="{near}/secret.css">
            <link rel="stylesheet" href="{far}/a.css"><link rel="attachment" href="{near}/secret.css">
            <style>@import url({far}/b.css); @font-face {{ font-family: F; src: url({far}/f) }}
            p {{ font-family: F; background: url({near}/secret.svg) }}</style></head>
            <body><p>Only this</p><img src="{far}/i.png"><img src="{near}/secret.svg">
            <img src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9'
            height='9'%3E%3Cimage href='{near}/secret.svg'/%3E%3C/svg%3E"></body></html>"""
        )
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    with opened(made) as document:
        assert not document.attachments
    text = pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
    assert text.split() == ["Only", "this"]


@pytest.mark.parametrize("html", ["<p>No style</p>", "<p>no glyph: 中 \U00013000</p>"])
def test_without_a_style_or_a_glyph_it_does_not_crash(html: str) -> None:
    assert weasy(html).startswith(b"%PDF-")


def test_it_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(DocumentError, match="not done within"):
        make_pdf("<p>x</p>" * 20_000, 2, 2048, engine="weasyprint")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("hinder", "engine", "said"),
    [
        ("sys.modules.update(plutoprint=None, weasyprint=None)", "auto",
         "PlutoPrint is not installed; it has no wheel for this platform; "
         "WeasyPrint is not installed; the extra [weasyprint] has it"),
        ("sys.modules.update(weasyprint=None)", "weasyprint",
         "no PDF: WeasyPrint is not installed; the extra [weasyprint] has it"),
        ("sys.modules.update(plutoprint=None)", "plutoprint", "no PDF: PlutoPrint is not"),
        ("import cffi; cffi.FFI.dlopen = lambda *_: open('libpango-1.0.so.0')", "weasyprint",
         "WeasyPrint lacks a library of the system, Pango's probably: .*libpango-1.0.so.0"),
    ],
    ids=["neither", "no WeasyPrint", "no PlutoPrint", "no library"],
)  # fmt: skip
def test_what_is_absent_is_said(
    hinder: str, engine: pdf.Engine, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "ENGINE", [sys.executable, "-I", "-c", WITHOUT.format(hinder)])
    with pytest.raises(DocumentError, match=said.replace("[", r"\[")):
        make_pdf("<p>x</p>", 60, 2048, engine=engine)


def test_where_plutoprint_is_absent_it_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    weasy("<p>x</p>")
    hinder = "sys.modules.update(plutoprint=None)"
    monkeypatch.setattr(pdf, "ENGINE", [sys.executable, "-I", "-c", WITHOUT.format(hinder)])
    with opened(make_pdf("<p>x</p>", 60, 2048)) as document:
        assert "WeasyPrint" in str(document.docinfo.Producer)
