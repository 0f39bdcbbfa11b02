"""The PDF that WeasyPrint makes, as a screen reader meets it: every tag where it belongs."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import pytest

from report.branding import Branding
from report.pdf import make_pdf
from tests.report import days
from tests.report.printing import document
from tests.report.tags import LIMITS, elements, faults
from tests.report.test_branding import png
from tests.report.test_engines import opened, weasy
from tests.report.test_workbook_days import with_a_past


@cache
def made(name: str) -> bytes:
    """Return a day's report: the worst one's with a past, and so with lines of the last days."""
    with TemporaryDirectory() as folder:
        past = name == "worst"
        day = with_a_past(Path(folder), name) if past else days.DAYS[name]()
        return weasy(document(day, True))


@pytest.mark.parametrize("name", ["worst", "worn", "good", "one"])
def test_everything_is_tagged_as_pdf_ua_asks(name: str) -> None:
    with opened(made(name)) as pdf:
        assert Counter(faults(pdf)) == Counter()
        kinds = Counter(one.kind for one in elements(pdf))
        assert kinds["/H1"] == 1 and kinds["/Figure"] and kinds["/Link"] and kinds["/Table"]


def test_a_logo_says_whose_it_is(tmp_path: Path) -> None:
    day = days.DAYS["one"]()
    looks = Branding(logo=png(tmp_path)).shown(tmp_path)
    for organisation, said in (("Noordlicht", "Noordlicht"), ("", day.info.title)):
        info = day.info.model_copy(update={"organisation": organisation, "branding": looks})
        with opened(weasy(document(replace(day, info=info), True))) as pdf:
            assert faults(pdf) == []
            assert str(first(pdf, "/Figure").Alt) == said


def test_what_the_engine_does_not_write_is_still_so() -> None:
    """Once it does, LIMITS is to be shorter."""
    with opened(made("good")) as pdf:
        heads = [one.said for one in elements(pdf) if one.kind == "/TH"]
        assert heads and all("/ID" in one for one in heads)
        missing = {"scope"} if all("/Scope" not in one.get("/A", {}) for one in heads) else set()
        missing |= set() if "/IDTree" in pdf.Root.StructTreeRoot else {"id tree"}
        assert missing == set(LIMITS)


def first(pdf: pikepdf.Pdf, kind: str) -> Any:
    return next(one.said for one in elements(pdf) if one.kind == kind)


def renamed(kind: str, other: str) -> Callable[[pikepdf.Pdf], None]:
    def rename(pdf: pikepdf.Pdf) -> None:
        first(pdf, kind).S = pikepdf.Name(other)

    return rename


def without(kind: str, key: str) -> Callable[[pikepdf.Pdf], None]:
    def remove(pdf: pikepdf.Pdf) -> None:
        del first(pdf, kind)[key]

    return remove


def bare_paint(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.contents_add(b"0 0 9 9 re f", prepend=True)


def narrower(pdf: pikepdf.Pdf) -> None:
    del [one.said for one in elements(pdf) if one.kind == "/TR"][1].K[-1]


def of_root(key: str) -> Callable[[pikepdf.Pdf], None]:
    def remove(pdf: pikepdf.Pdf) -> None:
        del pdf.Root[key]

    return remove


def of_page(key: str) -> Callable[[pikepdf.Pdf], None]:
    def remove(pdf: pikepdf.Pdf) -> None:
        del pdf.pages[0][key]

    return remove


def of_link(key: str) -> Callable[[pikepdf.Pdf], None]:
    def remove(pdf: pikepdf.Pdf) -> None:
        del pdf.pages[0].Annots[0][key]

    return remove


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (of_root("/MarkInfo"), "/MarkInfo does not say /Marked"),
        (of_root("/Lang"), "no language"),
        (of_root("/ViewerPreferences"), "its title is not shown"),
        (of_root("/Metadata"), "it does not say that it is PDF/UA-1"),
        (of_root("/StructTreeRoot"), "it has no tags"),
        (of_page("/Tabs"), "page 1: no tab order by structure"),
        (of_page("/StructParents"), "page 1: its content is in no parent tree"),
        (bare_paint, "page 1: f paints outside tags and artifacts"),
        (of_link("/Contents"), "page 1: a link does not say where it leads"),
        (of_link("/StructParent"), "page 1: a link belongs to no tag"),
        (without("/Span", "/K"), "belongs to no tag"),
        (without("/Figure", "/Alt"), "a Figure has no /Alt"),
        (renamed("/H1", "/H2"), "not one H1, and that first"),
        (renamed("/H2", "/H3"), "/H3 comes right after /H1"),
        (without("/TH", "/ID"), "a TH has neither /Scope nor"),
        (narrower, "the rows of a Table are of"),
        (renamed("/TR", "/P"), "a Table holds more than rows and cells"),
        (without("/Link", "/K"), "a Link has no reference to its annotation"),
    ],
)  # fmt: skip
def test_what_is_missing_is_seen(damage: Callable[[pikepdf.Pdf], None], said: str) -> None:
    with opened(made("good")) as pdf:
        damage(pdf)
        assert said in "\n".join(faults(pdf))


def test_the_other_engine_tags_nothing() -> None:
    """README says so; with tags of its own its pages would need no extra."""
    pdf = make_pdf(document(days.DAYS["good"](), True), 60, 2048)
    with pikepdf.open(io.BytesIO(pdf)) as plain:
        found = faults(plain)
        assert "/MarkInfo does not say /Marked" in found
        assert "it does not say that it is PDF/UA-1" in found
        assert {one.kind for one in elements(plain)} <= {"/Link"}
