"""Draw README's pictures from the real report of a synthetic bad day: python -m docs.make_pictures

Needs pdftoppm (poppler-utils).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests.report.days import save_day

HERE = Path(__file__).resolve().parent
PAGES, DPI, COLOURS = 4, 96, 128


def main() -> None:
    """Render the day and put its first pages beside this file."""
    with tempfile.TemporaryDirectory() as name:
        output = Path(name) / "output"
        day = save_day(output, "worst")
        subprocess.run([sys.executable, "-m", "report", "render", "--output", output], check=True)
        pdf = day.folder / "report.pdf"
        subprocess.run(["pdftoppm", "-r", str(DPI), "-png", pdf, f"{name}/page"], check=True)
        for number, path in enumerate(sorted(Path(name).glob("page-*.png"))[:PAGES], 1):
            page: Image.Image = Image.open(path).convert("RGB")
            page = page.quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE)
            page.save(HERE / f"page-{number}.png", optimize=True)


if __name__ == "__main__":
    main()
