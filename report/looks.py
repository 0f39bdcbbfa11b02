"""How the workbook looks: templates/report.xlsx, or the file of that name among one's own.

Taken from it: its named styles (below), the font of cells that have none, page set-up, margins,
header and footer of the sheets "Summary" and "Table" (the latter for all others), and of
"Summary" the widths of the columns, the height of row 1 and the pictures. Its cells are
samples and stay there. Where a style has the ink of ours, the two colours of `branding` take its
place, if they can be read on the style's own fill.
In a header or footer {title}, {date} and {foot} stand for those of the day.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import copy, deepcopy
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter

from report.branding import LEAST_CONTRAST, contrast
from report.errors import DocumentError
from report.marks import INK
from report.store import Info
from report.words import readable

COVER, TABLE = "Summary", "Table"
STYLES = tuple(
    f"Report {name}"
    for name in (
        "day", "headline", "lead", "section", "head", "cut", "link",
        "critical", "warning", "unread", "quiet", "bar",
    )
)  # fmt: skip
ACCENTED, INKED = ("headline", "section", "head"), ("lead", "link")
SETUP = ("orientation", "paperSize", "scale", "fitToWidth", "fitToHeight")
LONGEST = 80  # characters of ours in a part of a header: Excel takes 255 in all
LOGO_WIDE, LOGO_HIGH = 170, 44  # pixels
POINTS = 0.75  # a pixel of a spreadsheet
USUAL_WIDTH = 13.0


class Looks:
    """An empty workbook in the looks of a template."""

    def __init__(self, template: Path, info: Info) -> None:
        """Raises DocumentError for a template that is unfit."""
        self._info = info
        try:
            self.book, self._template = _opened(template)
        except Exception as error:  # openpyxl raises whatever a damaged part leads it to
            why = f"cannot be read: {type(error).__name__}: {error}"
            raise DocumentError(f"the template {template} {why}") from error
        sheets, styles = self._template.sheetnames, self.book._named_styles.names
        lacking = [f"sheet {one!r}" for one in (COVER, TABLE) if one not in sheets]
        lacking += [f"style {one!r}" for one in STYLES if one not in styles]
        if lacking:
            raise DocumentError(f"the template {template} has no {', no '.join(lacking)}")
        for names, colour in (
            (ACCENTED, info.branding.colours.accent),
            (INKED, info.branding.colours.text),
        ):
            for name in names if colour != INK else ():
                _tint(self.book._named_styles[f"Report {name}"], colour)

    @property
    def size(self) -> float:
        """The size of a plain cell's font, in points."""
        return float(self.book._fonts[0].size or 11)

    def font(self, style: str) -> Font:
        """Return the font of a named style."""
        font: Font = self.book._named_styles[style].font
        return font

    def rule(self, name: str) -> tuple[Font, PatternFill | None]:
        """Return what a rule lays over a cell: colours and weight; the cell's font remains."""
        font, fill = self.font(f"Report {name}"), self.fill(name)
        over = Font(color=font.color, b=font.b, i=font.i, u=font.u, strike=font.strike)
        return over, PatternFill("solid", bgColor=fill) if fill else None

    def fill(self, name: str) -> Any:
        """Return the colour that fills cells of a named style, None where none does."""
        fill = self.book._named_styles[f"Report {name}"].fill
        return fill.fgColor if getattr(fill, "fill_type", None) == "solid" else None

    def widths(self, columns: int) -> list[float]:
        """Return the widths of the first sheet's columns."""
        known: dict[str, float] = {}
        for one in self._template[COVER].column_dimensions.values():
            for index in range(one.min, min(one.max, columns) + 1):
                known[get_column_letter(index)] = one.width
        return [known.get(get_column_letter(n), USUAL_WIDTH) for n in range(1, columns + 1)]

    def lay_out(self, sheet: Any) -> None:
        """Give a new sheet its page: the first one that of "Summary", the others of "Table"."""
        like = self._template[COVER if sheet.title == COVER else TABLE]
        for name in SETUP:
            setattr(sheet.page_setup, name, getattr(like.page_setup, name))
        sheet.sheet_properties.pageSetUpPr.fitToPage = bool(
            getattr(like.sheet_properties.pageSetUpPr, "fitToPage", False)
        )
        sheet.page_margins, sheet.print_options = copy(like.page_margins), copy(like.print_options)
        sheet.HeaderFooter = deepcopy(like.HeaderFooter)
        for part in _parts(sheet.HeaderFooter):
            part.text = _filled(part.text, self._info)

    def illustrate(self, sheet: Any, column: int) -> None:
        """Put the template's pictures on the first sheet; without any, the branding's logo.

        The logo stands in a column of the first row, which is as high as it needs.
        """
        like = self._template[COVER]
        pictures, height = list(like._images), like.row_dimensions[1].height
        if not pictures:
            with suppress(OSError):  # a picture that Pillow cannot read is left out
                pictures = _logo(self._info, f"{get_column_letter(column)}1")
            height = pictures[0].height * POINTS + 3 if pictures else height
        sheet.row_dimensions[1].height = height
        for picture in pictures:
            sheet.add_image(picture)


def _tint(style: Any, colour: str) -> None:
    """Give a named style another colour where it has our ink, if that can be read on its fill."""
    ground = style.fill.fgColor.rgb if style.fill.fill_type == "solid" else "FFFFFFFF"
    if not isinstance(ground, str) or contrast(colour, f"#{ground[-6:]}") < LEAST_CONTRAST:
        return
    if _is_ink(style.font.color):
        font = copy(style.font)
        font.color = f"FF{colour[1:]}"
        style.font = font
    if style.border.bottom and _is_ink(style.border.bottom.color):
        rule = Side(style.border.bottom.style, f"FF{colour[1:]}")
        style.border = Border(bottom=rule)


def _is_ink(colour: Any) -> bool:
    return bool(colour) and colour.rgb == f"FF{INK[1:].upper()}"


def _opened(template: Path) -> tuple[Any, Any]:
    """Return an empty workbook with a template's styles and theme, and the template."""
    book, known = Workbook(write_only=True), load_workbook(template)
    with ZipFile(template) as archive:
        apply_stylesheet(archive, book)
    book.loaded_theme = known.loaded_theme
    return book, known


def _parts(both: Any) -> Iterator[Any]:
    for pages, end, side in product(
        ("odd", "even", "first"), ("Header", "Footer"), ("left", "center", "right")
    ):
        part = getattr(getattr(both, pages + end), side)
        if part is not None and part.text:
            yield part


def _filled(text: str, info: Info) -> str:
    said: Mapping[str, Any] = {"title": info.title, "date": info.report_date, "foot": info.foot}
    for word, value in said.items():
        text = text.replace(f"{{{word}}}", readable(value, LONGEST).replace("&", "&&"))
    return text


def _logo(info: Info, anchor: str) -> list[Image]:
    if not info.branding.logo:
        return []
    image = Image(BytesIO(base64.b64decode(info.branding.logo.partition(",")[2])))
    smaller = min(1.0, LOGO_WIDE / image.width, LOGO_HIGH / image.height)
    image.width, image.height = int(image.width * smaller), int(image.height * smaller)
    image.anchor = anchor
    return [image]
