"""The workbook's template: ours, one of one's own, and one that is unfit."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from matplotlib import pyplot
from openpyxl.drawing.image import Image
from openpyxl.styles import Font, PatternFill

from report.beside import write_beside
from report.branding import Branding
from report.errors import DocumentError
from report.files import sha256_of
from report.grids import frame_grid
from report.looks import STYLES
from report.own import TEMPLATES, find
from report.rendering import _write_manifest
from report.workbook import write_workbook
from tests.report import days
from tests.report.test_branding import png, render

OURS = TEMPLATES / "report.xlsx"
DAY = "2026-11-23"


def template(path: Path, change: Callable[[Any], None]) -> Path:
    """Write our template with a change to it."""
    book: Any = openpyxl.load_workbook(OURS)
    change(book)
    book.save(path)
    return path


def restyle(book: Any, name: str, **changes: Any) -> None:
    style = book._named_styles[name]
    for key, value in changes.items():
        setattr(style, key, value)
    style.bind(book)


def made(folder: Path, like: Path, name: str = "worst", **info: Any) -> Any:
    """A day's workbook, made by the program."""
    day = days.save_day(folder / "output", name, **info)
    write_workbook(day, folder / "made.xlsx", like)
    return openpyxl.load_workbook(folder / "made.xlsx")


def large_png(folder: Path) -> Path:
    """A picture that has to be made smaller."""
    path = folder / "logo.png"
    pyplot.imsave(path, [[[0.1, 0.2, 0.5]] * 200] * 200)
    return path


def pixels(emu: int) -> int:
    return emu // 9525


def by_text(sheet: Any, text: str) -> Any:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)


def shown_colours(book: Any) -> dict[str, tuple[str, ...]]:
    """The colours of some cells: of their text and, of a head, of the rule below it."""
    cover = book["Summary"]
    head, section = by_text(cover, "Figure"), by_text(cover, "Key figures")
    return {
        "head": (head.font.color.rgb, head.border.bottom.color.rgb),
        "section": (section.font.color.rgb,),
        "lead": (cover["A3"].font.color.rgb,),
        "cut": (book._named_styles["Report cut"].font.color.rgb,),
    }


def test_the_colours_of_branding_are_those_of_heads_and_headings(tmp_path: Path) -> None:
    own = Branding.model_validate({"colours": {"accent": "#0b3d91", "text": "#222244"}})
    colours = shown_colours(made(tmp_path, OURS, "one", branding=own.shown(tmp_path)))
    assert colours == {
        "head": ("FF0b3d91", "FF0b3d91"), "section": ("FF0b3d91",), "lead": ("FF222244",),
        "cut": ("FFA81E0B",),
    }  # fmt: skip
    plain = shown_colours(made(tmp_path, OURS, "one"))
    assert plain == {
        "head": ("FF1A1A1A", "FF1A1A1A"), "section": ("FF1A1A1A",), "lead": ("FF1A1A1A",),
        "cut": ("FFA81E0B",),
    }  # fmt: skip


def test_a_template_s_own_colours_stay_and_nothing_becomes_unreadable(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        restyle(book, "Report section", font=Font(color="FF005544"))
        restyle(book, "Report head", fill=PatternFill("solid", fgColor="FF5577AA"))

    own = Branding.model_validate({"colours": {"accent": "#0b3d91"}}).shown(tmp_path)
    like = template(tmp_path / "own.xlsx", change)
    colours = shown_colours(made(tmp_path, like, "one", branding=own))
    assert colours["section"] == ("FF005544",)
    assert colours["head"] == ("FF1A1A1A", "FF1A1A1A")


def teal(book: Any) -> None:
    """Another house's look."""
    ink = Font(name="Georgia", size=14, bold=True, color="FF005544")
    restyle(book, "Report headline", font=ink)
    restyle(book, "Report section", font=ink)
    restyle(book, "Report head", font=ink, fill=PatternFill("solid", fgColor="FFDDEEEE"))
    restyle(book, "Report warning", fill=PatternFill("solid", fgColor="FFFFDD00"))
    restyle(book, "Report bar", fill=PatternFill("solid", fgColor="FF99CCCC"))
    restyle(book, "Normal", font=Font(name="Georgia", size=10))
    book._fonts[0] = Font(name="Georgia", size=10)
    book["Summary"].column_dimensions["D"].width = 60
    book["Table"].page_setup.orientation, book["Table"].page_setup.paperSize = "portrait", "8"
    book["Table"].oddFooter.center.text = "{foot} & Sons, {date}".replace("&", "&&")


def test_ours_has_every_style_and_no_other_of_its_name() -> None:
    names = [one for one in openpyxl.load_workbook(OURS).named_styles if one.startswith("Report ")]
    assert sorted(names) == sorted(STYLES)


def test_another_look_shows_in_every_place(tmp_path: Path) -> None:
    book = made(tmp_path, template(tmp_path / "own.xlsx", teal), classification="R&D")
    cover, disks = book["Summary"], book["disks"]
    heading, head = by_text(cover, "Key figures"), disks["A1"]
    assert (heading.font.name, heading.font.size, heading.font.color.rgb) == (
        "Georgia", 14, "FF005544",
    )  # fmt: skip
    assert heading.style == "Report section" and head.style == "Report head"
    assert head.fill.fgColor.rgb == "FFDDEEEE" and head.font.name == "Georgia"
    assert disks["A2"].font.name == "Georgia" and disks["A2"].font.size == 10
    assert cover["A2"].font.name == "Georgia" and cover.column_dimensions["D"].width == 60
    assert (disks.page_setup.orientation, str(disks.page_setup.paperSize)) == ("portrait", "8")
    assert cover.page_setup.orientation == "landscape"
    assert disks.oddFooter.center.text == f"R&&D && Sons, {DAY}"
    rules = [rule for one in book["Disk usage"].conditional_formatting for rule in one.rules]
    assert {rule.dxf.fill.bgColor.rgb for rule in rules if rule.dxf and rule.dxf.fill} >= {
        "FFFFDD00"
    }
    assert {rule.dataBar.color.rgb for rule in rules if rule.dataBar} == {"FF99CCCC"}


def test_ours_looks_as_it_is_drawn(tmp_path: Path) -> None:
    book = made(tmp_path, OURS)
    cover = book["Summary"]
    assert [cover.column_dimensions[one].width for one in "ABCDE"] == [32, 20, 18, 80, 12]
    assert by_text(cover, "Key figures").font.size == 13
    assert "{" not in str(cover.oddHeader.left.text) and DAY in cover.oddHeader.left.text
    assert cover.oddFooter.right.text == "&P / &N" and cover.oddFooter.left.text == "Internal"


def test_the_same_day_and_template_give_the_same_bytes(tmp_path: Path) -> None:
    own = template(tmp_path / "own.xlsx", teal)
    logo = Branding(logo=png(tmp_path)).shown(tmp_path)
    made(tmp_path, own, branding=logo)
    first = (tmp_path / "made.xlsx").read_bytes()
    made(tmp_path, own, branding=logo)
    assert (tmp_path / "made.xlsx").read_bytes() == first


def test_the_logo_stands_on_the_first_sheet_unless_the_template_has_a_picture(
    tmp_path: Path,
) -> None:
    def pictured(book: Any) -> None:
        book["Summary"].add_image(Image(BytesIO(png(tmp_path).read_bytes())), "B2")

    logo = Branding(logo=png(tmp_path)).shown(tmp_path)
    (tmp_path / "high").mkdir()
    large = Branding(logo=large_png(tmp_path / "high")).shown(tmp_path)
    cover = made(tmp_path, OURS, branding=large)["Summary"]
    sizes = [one.anchor.ext for one in cover._images]
    assert [(pixels(one.width), pixels(one.height)) for one in sizes] == [(44, 44)]
    assert cover.row_dimensions[1].height == 36  # it covers no text of the next row
    where = [
        [(one.anchor._from.col, one.anchor._from.row) for one in sheet._images]
        for like in (OURS, template(tmp_path / "own.xlsx", pictured))
        for sheet in made(tmp_path, like, branding=logo).worksheets[:2]
    ]
    assert where == [[(4, 0)], [], [(1, 1)], []]


def test_a_logo_that_is_damaged_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    logo = Branding(logo=tmp_path / "logo.png").shown(tmp_path)
    assert not made(tmp_path, OURS, branding=logo)["Summary"]._images


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def no_styles(path: Path) -> None:
    openpyxl.Workbook().save(path)


def no_table(path: Path) -> None:
    template(path, lambda book: book.remove(book["Table"]))


def cut_off(path: Path) -> None:
    path.write_bytes(OURS.read_bytes()[:3000])


def other_zip(path: Path) -> None:
    with ZipFile(path, "w") as archive:
        archive.writestr("hello", "there")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (nothing, "cannot be read: BadZipFile: File is not a zip file"),
        (cut_off, "cannot be read: BadZipFile"),
        (other_zip, "cannot be read: KeyError"),
        (no_styles, "has no sheet 'Summary', no sheet 'Table', no style 'Report day'"),
        (no_table, "has no sheet 'Table'\n"),
        (lambda path: None, "cannot be read: FileNotFoundError"),
    ],
)
def test_an_unfit_one_is_named_in_one_sentence(
    write: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    day = days.save_day(tmp_path / "output", "one")
    write(tmp_path / "own.xlsx")
    target = tmp_path / "made.xlsx"
    with pytest.raises(DocumentError) as error:
        write_workbook(day, target, tmp_path / "own.xlsx")
    assert f"the template {tmp_path}/own.xlsx {said}" in f"{error.value}\n"
    assert "\n" not in str(error.value) and not target.exists()


def test_a_file_of_ones_own_is_found_before_ours(tmp_path: Path) -> None:
    assert find("report.xlsx", None) == find("report.xlsx", tmp_path) == OURS
    (tmp_path / "report.xlsx").touch()
    assert find("report.xlsx", tmp_path) == tmp_path / "report.xlsx"


class TestARun:
    def test_takes_the_folder_of_ones_own(self, tmp_path: Path) -> None:
        own = tmp_path / "own"
        own.mkdir()
        template(own / "report.xlsx", teal)
        folder = days.save_day(tmp_path / "output", "one").folder
        render(tmp_path, {"templates": str(own)})
        book = openpyxl.load_workbook(folder / "report.xlsx")
        assert book["disks"]["A2"].font.name == "Georgia"
        hashes = json.loads((folder / "manifest.json").read_text())["sha256"]
        assert hashes["report.xlsx"] == sha256_of(folder / "report.xlsx")
        assert not [name for name in hashes if name.startswith("tables/")]

    def test_says_that_one_is_unfit_and_makes_the_rest(self, tmp_path: Path) -> None:
        own = tmp_path / "own"
        own.mkdir()
        no_styles(own / "report.xlsx")
        folder = days.save_day(tmp_path / "output", "one").folder
        (folder / "tables").mkdir()
        (folder / "tables/disks.csv").write_text("of an earlier run")
        said = render(tmp_path, {"templates": str(own)}, code=4)
        assert f"no workbook: the template {own}/report.xlsx has no sheet 'Summary'" in said
        assert (folder / "report.pdf").exists() and (folder / "mail.eml").exists()
        assert not (folder / "report.xlsx").exists() and not (folder / "tables").exists()


def test_what_lies_beside_the_workbook_stands_in_the_manifest(tmp_path: Path) -> None:
    day = days.save_day(tmp_path / "output", "one")
    write_beside(day.folder, [replace(frame_grid(day, "disks"), beside=day.frames["disks"])])
    _write_manifest(day, {}, day.folder, [])
    hashes = json.loads((day.folder / "manifest.json").read_text())["sha256"]
    for name in ("tables/disks.csv", "tables/disks.parquet"):
        assert hashes[name] == sha256_of(day.folder / name)


@pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice")
def test_one_that_libreoffice_saved_is_fit(tmp_path: Path) -> None:
    own = template(tmp_path / "own.xlsx", teal)
    (tmp_path / "saved").mkdir()
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(own)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    book = made(tmp_path, tmp_path / "saved/own.xlsx")
    assert by_text(book["Summary"], "Key figures").font.name == "Georgia"
    assert book["disks"]["A1"].fill.fgColor.rgb == "FFDDEEEE"
    assert "{" not in str(book["disks"].oddFooter.center.text)
