"""The PDF's outline, language and places, as a reader's program finds them."""

from __future__ import annotations

import io

import pikepdf

from report.outline import Sections, finished, places_of, with_chart_places
from report.pdf import make_pdf

HTML = """<!DOCTYPE html><html lang="en"><head><title>T</title>
<style>.next { break-before: page } nav { display: none }</style></head><body><main>
<nav><a href="#one"><b>1</b> Ones &amp; all</a><a href="#two"><b>2</b> Twos</a><a href="#no">–</a></nav>
<section id="one"><a href="#two">On</a><p>First</p><p class="next">Its second page</p></section>
<section id="two" class="next"><p>Second</p><img class="chart" alt="c" width="90" height="30"
src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"></section>
</main></body></html>"""


def pdf_of(html: str) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(make_pdf(html, 60, 2048)))


def test_the_outline_names_the_sections_and_leads_to_where_each_begins() -> None:
    with pdf_of(with_chart_places(HTML)) as pdf:
        with pdf.open_outline() as outline:
            said = [(item.title, str(item.destination)) for item in outline.root]
        places = places_of(pdf)
        pages = {name: pikepdf.Page(place[0]).index for name, place in places.items()}
        assert said == [("1 Ones & all", "one"), ("2 Twos", "two")]
        assert pages == {"one": 0, "two": 2, "chart-1": 2}
        assert all(float(place[3]) < 842 for place in places.values())


def test_it_says_its_title_and_language() -> None:
    with pdf_of(HTML) as pdf:
        assert (str(pdf.Root.Lang), str(pdf.docinfo.Title)) == ("en", "T")
        assert pdf.Root.ViewerPreferences.DisplayDocTitle


def test_a_document_without_links_gets_no_outline_and_no_fault() -> None:
    with pdf_of("<html><body><p>Plain</p></body></html>") as pdf, pdf.open_outline() as outline:
        assert not outline.root
        assert "/Lang" not in pdf.Root


def test_finishing_gives_the_same_bytes_again() -> None:
    once = make_pdf(HTML, 60, 2048, "2026-11-23T05:00:00+00:00")
    assert once == make_pdf(HTML, 60, 2048, "2026-11-23T05:00:00+00:00")
    assert finished(once, HTML) == finished(once, HTML)


def test_only_a_nav_names_sections_and_only_charts_get_places() -> None:
    assert Sections('<a href="#x">x</a><nav><a href="/y">y</a></nav>').found == []
    other = '<main><svg class="mark"/><img class="charter"><p class="chart"></p></main>'
    assert 'id="' not in with_chart_places(other)
    both = with_chart_places(
        '<main><img alt="a" class="big chart"><svg class="chart"></svg></main>'
    )
    assert both.index('id="chart-1"') < both.index('id="chart-2"') < both.index('href="#chart-1"')
