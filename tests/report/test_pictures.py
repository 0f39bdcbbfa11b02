"""The pages as pictures, against those that somebody looked at and approved.

`INFRA_GOLDEN=write` writes them anew: look at them before they are committed. They are small and
of few greys; what is compared are the means of small squares, so that another version of the
program that draws them, which places a letter a little differently, is no difference.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from report.marks import RED
from report.pdf import make_pdf
from tests.report import days
from tests.report.printing import document

APPROVED = Path(__file__).parents[1] / "fixtures" / "pictures"
DAYS = ("worst", "good", "nobody", "local")
GREYS = 8
SQUARE = 6  # points of a picture, 4 mm of a page
FAR = 20  # of 255: more than a letter a little elsewhere makes of a square
SHARE = 0.001  # of a page's squares that may be far off
MOST_BYTES = 400_000


def drawn(name: str, folder: Path) -> list[Image.Image]:
    """Return the pages of a day in few greys."""
    return pictured(document(days.DAYS[name](), True), folder)


def pictured(html: str, folder: Path) -> list[Image.Image]:
    """Return a document's pages in few greys."""
    (folder / "report.pdf").write_bytes(make_pdf(html, 60, 2048))
    subprocess.run(
        ["pdftoppm", "-r", "40", "-gray", folder / "report.pdf", folder / "page"], check=True
    )
    return [few_greys(Image.open(path)) for path in sorted(folder.glob("page-*.pgm"))]


def few_greys(picture: Image.Image) -> Image.Image:
    """Return a grey picture of as many greys, with a palette of these."""
    step = 255 / (GREYS - 1)
    made = Image.fromarray(np.round(np.asarray(picture) / step).astype(np.uint8), "P")
    made.putpalette([round(n * step) for n in range(GREYS) for _ in range(3)])
    return made


def squares(picture: Image.Image) -> np.ndarray:
    """Return the means of a picture's squares."""
    grey = np.asarray(picture.convert("L"), dtype=float)
    high, wide = (size // SQUARE for size in grey.shape)
    cut = grey[: high * SQUARE, : wide * SQUARE]
    means: np.ndarray = cut.reshape(high, SQUARE, wide, SQUARE).mean(axis=(1, 3))
    return means


def far_off(one: Image.Image, other: Image.Image) -> float:
    """Return which share of two pictures' squares is not alike; 1 where their sizes differ."""
    if one.size != other.size:
        return 1.0
    return float((np.abs(squares(one) - squares(other)) > FAR).mean())


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="no pdftoppm here")
@pytest.mark.parametrize("name", DAYS)
def test_pages_look_as_they_were_approved(name: str, tmp_path: Path) -> None:
    pictures = drawn(name, tmp_path)
    if os.environ.get("INFRA_GOLDEN") == "write":
        APPROVED.mkdir(exist_ok=True)
        for path in APPROVED.glob(f"{name}-*.png"):
            path.unlink()
        for nth, picture in enumerate(pictures, 1):
            picture.save(APPROVED / f"{name}-{nth}.png", optimize=True, bits=3)
    paths = sorted(APPROVED.glob(f"{name}-*.png"))
    assert len(pictures) == len(paths), f"{len(pictures)} pages, approved are {len(paths)}"
    off = {
        path.name: round(share, 4)
        for path, picture in zip(paths, pictures, strict=True)
        if (share := far_off(Image.open(path), picture)) > SHARE
    }
    assert not off, f"unlike what was approved, INFRA_GOLDEN=write draws them anew: {off}"


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="no pdftoppm here")
@pytest.mark.parametrize(
    ("what", "by"),
    [(r'(<p class="kn">)[\d,.]+', r"\g<1>999"), (rf'fill="{RED}"', 'fill="#fff"')],
    ids=["other figures", "marks in white"],
)
def test_what_is_small_is_seen(what: str, by: str, tmp_path: Path) -> None:
    html, changes = re.subn(what, by, document(days.worst(), True))
    assert changes > 4
    assert far_off(Image.open(APPROVED / "worst-1.png"), pictured(html, tmp_path)[0]) > SHARE


def test_a_table_that_moves_a_line_down_is_seen() -> None:
    approved = Image.open(APPROVED / "good-1.png")
    grey = np.asarray(approved).copy()
    grey[200:] = np.roll(grey[200:], 6, axis=0)
    moved = Image.fromarray(grey, "P")
    moved.putpalette(approved.getpalette() or [])
    assert far_off(approved, moved) > SHARE
    assert far_off(approved, approved) == 0


def test_the_approved_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in APPROVED.glob("*.png")) < MOST_BYTES
