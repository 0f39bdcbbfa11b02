"""What PDF/UA-1 asks of a tagged PDF, as far as a walk through its tags can tell.

No validator is at hand. `faults` looks at the document's own entries, at every page's content,
and at the tag tree; what is WeasyPrint's own limit stands in `LIMITS`, and nothing else is let by.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pikepdf

# What WeasyPrint 70 does not write, whatever our HTML says.
LIMITS = {
    "scope": "a TH has no /Scope: cells name their headers by /Headers and /ID",
    "id tree": "/StructTreeRoot has no /IDTree for these /IDs",
}
HEADINGS = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")
GROUPS = ("/THead", "/TBody", "/TFoot")
PAINTS = frozenset(("Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do",
                    "INLINE IMAGE"))  # fmt: skip


class Element(NamedTuple):
    """An element of the tag tree: its kind, its dictionary, and the kinds above it."""

    kind: str
    said: Any
    above: tuple[str, ...]


def faults(document: pikepdf.Pdf) -> list[str]:
    """Return what is missing, a sentence each."""
    found = [*_entries(document)]
    if "/StructTreeRoot" not in document.Root:
        return [*found, "it has no tags"]
    every = list(elements(document))
    found += _pages(document)
    found += _headings([one.kind for one in every if one.kind in HEADINGS])
    for one in every:
        if one.kind == "/Figure" and not str(one.said.get("/Alt", "")).strip():
            found.append("a Figure has no /Alt")
        if one.kind in HEADINGS and set(one.above) & set(HEADINGS):
            found.append(f"{one.kind} stands within {one.above[-1]}")
        if one.kind == "/Table":
            found += _table(one.said)
        if one.kind == "/Link":
            found += _link(one.said)
    return found


def elements(document: pikepdf.Pdf) -> Iterator[Element]:
    """Yield the elements of the tag tree in reading order."""
    for kid in _kids(document.Root.StructTreeRoot):
        yield from _below(kid, ())


def _below(said: Any, above: tuple[str, ...]) -> Iterator[Element]:
    kind = str(said.S)
    yield Element(kind, said, above)
    for kid in _tags(said):
        yield from _below(kid, (*above, kind))


def _kids(said: Any) -> list[Any]:
    kids = said.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _tags(said: Any) -> list[Any]:
    return [kid for kid in _kids(said) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def _entries(document: pikepdf.Pdf) -> Iterator[str]:
    root = document.Root
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "/MarkInfo does not say /Marked"
    if not str(root.get("/Lang", "")):
        yield "no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "its title is not shown"
    said = document.open_metadata(set_pikepdf_as_editor=False)
    if not said.get("dc:title"):
        yield "no title"
    if said.get("{http://www.aiim.org/pdfua/ns/id/}part") != "1":
        yield "it does not say that it is PDF/UA-1"


def _pages(document: pikepdf.Pdf) -> Iterator[str]:
    owners = dict(_numbered(document.Root.StructTreeRoot.get("/ParentTree", {})))
    for nth, page in enumerate(document.pages, 1):
        if page.get("/Tabs") != "/S":
            yield f"page {nth}: no tab order by structure"
        own = owners.get(int(page.get("/StructParents", -1)))
        if own is None:
            yield f"page {nth}: its content is in no parent tree"
            continue
        for number, bare in _content(page):
            if number is None:
                yield f"page {nth}: {bare} paints outside tags and artifacts"
            elif number >= len(own) or number not in _kids(own[number]):
                yield f"page {nth}: content {number} belongs to no tag"
        for one in page.get("/Annots", []):
            if not str(one.get("/Contents", "")).strip():
                yield f"page {nth}: a link does not say where it leads"
            tag = owners.get(int(one.get("/StructParent", -1)))
            if tag is None or not any(
                isinstance(kid, pikepdf.Dictionary) and kid.get("/Obj") == one for kid in _kids(tag)
            ):
                yield f"page {nth}: a link belongs to no tag"


def _numbered(node: Any) -> Iterator[tuple[int, Any]]:
    flat = node.get("/Nums", [])
    for at in range(0, len(flat), 2):
        yield int(flat[at]), flat[at + 1]
    for kid in node.get("/Kids", []):
        yield from _numbered(kid)


def _content(page: Any) -> Iterator[tuple[int | None, str]]:
    """Yield the number of each piece of marked content, and None with what paints outside."""
    marked: list[str] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BMC", "BDC"):
            marked.append(str(operands[0]))
            if name == "BDC" and "/MCID" in operands[1]:
                yield int(operands[1].MCID), ""
        elif name == "EMC":
            marked.pop()
        elif name in PAINTS and not marked:
            yield None, name


def _headings(kinds: list[str]) -> Iterator[str]:
    if kinds[:1] != ["/H1"] or kinds.count("/H1") != 1:
        yield "not one H1, and that first"
    for before, kind in pairwise(kinds):
        if HEADINGS.index(kind) > HEADINGS.index(before) + 1:
            yield f"{kind} comes right after {before}"


def _table(said: Any) -> Iterator[str]:
    rows = [row for row in _rows(said) if isinstance(row, pikepdf.Dictionary)]
    cells = [_tags(row) for row in rows]
    kinds = {str(cell.S) for row in cells for cell in row}
    if any(str(row.S) != "/TR" for row in rows) or not kinds <= {"/TH", "/TD"}:
        yield "a Table holds more than rows and cells"
        return
    if "/TH" not in kinds or "/TD" not in kinds:
        yield f"a Table has no {'TH' if '/TH' not in kinds else 'TD'}"
    if len(set(_widths(cells))) > 1:
        yield f"the rows of a Table are of {sorted(set(_widths(cells)))} columns"
    names = {str(c.get("/ID", "")) for row in cells for c in row if str(c.S) == "/TH"} - {""}
    for cell in (c for row in cells for c in row):
        about = cell.get("/A", {})
        if str(cell.S) == "/TH" and "/Scope" not in about and "/ID" not in cell:
            yield "a TH has neither /Scope nor, see LIMITS, an /ID"
        headers = {str(one) for one in about.get("/Headers", [])}
        if str(cell.S) == "/TD" and names and not (headers and headers <= names):
            yield "a TD names no header of its Table"


def _rows(said: Any) -> Iterator[Any]:
    for kid in _tags(said):
        if str(kid.S) in GROUPS:
            yield from _tags(kid)
        else:
            yield kid


def _widths(cells: list[list[Any]]) -> list[int]:
    """Return how many columns each row has, with what reaches into it from above."""
    widths = [0] * len(cells)
    for nth, row in enumerate(cells):
        for cell in row:
            about = cell.get("/A", {})
            for down in range(int(about.get("/RowSpan", 1))):
                if nth + down < len(cells):
                    widths[nth + down] += int(about.get("/ColSpan", 1))
    return widths


def _link(said: Any) -> Iterator[str]:
    refers = [kid for kid in _kids(said)
              if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR"]  # fmt: skip
    if not refers or any(str(one.Obj.get("/Subtype")) != "/Link" for one in refers):
        yield "a Link has no reference to its annotation"
