"""What a reader's program asks of a PDF beside its pages: an outline, a language, one id a place.

PlutoPrint writes named destinations for ids that something links to, and nothing more. The
sections are those that the document's own `nav` links to.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

CHART = re.compile(r'<(?:img|svg)\b(?=[^>]*\sclass="(?:[^"]* )?chart[ "])')
LANGUAGE = re.compile(r'<html\b[^>]*\blang="([A-Za-z-]+)"')


class Sections(HTMLParser):
    """Reads (id, name) of the sections from the links of a document's `nav`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._inside = self._link = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an entry at a link to an id."""
        self._inside = self._inside or tag == "nav"
        target = dict(attrs).get("href") or ""
        if tag == "a" and self._inside and target.startswith("#"):
            self._link = True
            self.found.append((target[1:], ""))

    def handle_endtag(self, tag: str) -> None:
        """End an entry, or all of them."""
        self._inside = self._inside and tag != "nav"
        self._link = self._link and tag != "a"

    def handle_data(self, data: str) -> None:
        """Add to the entry's name."""
        if self._link:
            target, name = self.found[-1]
            self.found[-1] = (target, name + data)


def with_chart_places(html: str) -> str:
    """Return the document with an id for each chart, "chart-1" …, that something links to.

    So each has its place in the PDF, where the report looks whether something was drawn.
    """
    count = 0

    def numbered(hit: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f'{hit[0]} id="chart-{count}"'

    html = CHART.sub(numbered, html)
    links = "".join(f'<a href="#chart-{n}">{n}</a>' for n in range(1, count + 1))
    return html.replace("</main>", f'<div style="display:none">{links}</div></main>', 1)


def finished(pdf: bytes, html: str) -> bytes:
    """Return the PDF with its outline and language; the same bytes for the same document."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        places = places_of(document)
        flat = [part for name in sorted(places) for part in (pikepdf.String(name), places[name])]
        document.Root.Names = pikepdf.Dictionary(
            Dests=pikepdf.Dictionary(Names=pikepdf.Array(flat))
        )
        if language := LANGUAGE.search(html):
            document.Root.Lang = pikepdf.String(language[1])
        document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        with document.open_outline() as outline:
            outline.root.clear()
            outline.root += [
                pikepdf.OutlineItem(" ".join(name.split()), pikepdf.String(target))
                for target, name in Sections(html).found
                if target in places
            ]
        done = io.BytesIO()
        document.save(done, deterministic_id=True)
    return done.getvalue()


def places_of(document: Any) -> dict[str, Any]:
    """Return the PDF's named destinations: page, kind, x and y.

    What goes on over pages has its name on each of them; that of its beginning alone has a
    place on its page, and so the lowest.
    """
    places: dict[str, Any] = {}
    for name, place in _named(document.Root.get("/Names", {}).get("/Dests", {})):
        if name not in places or place[3] < places[name][3]:
            places[name] = place
    return places


def _named(node: Any) -> Iterator[tuple[str, Any]]:
    for kid in node.get("/Kids", []):
        yield from _named(kid)
    flat = node.get("/Names", [])
    for at in range(0, len(flat), 2):
        yield str(flat[at]), flat[at + 1]
