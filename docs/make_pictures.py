"""Draw README's pictures, the pages of the demo's last day: python -m docs.make_pictures [DEMO]

Takes about a minute, or with a folder that `infra-report demo` has made some seconds; needs
pdftoppm (poppler-utils). README shows some of them by their numbers: look at it afterwards.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
DPI, COLOURS = 96, 64


def main() -> None:
    """Make the demo, render its last day, and put its pages beside this file."""
    with tempfile.TemporaryDirectory() as name:
        demo = sys.argv[1] if sys.argv[1:] else f"{name}/demo"
        settings = ("--params", f"{demo}/params", "--output", f"{demo}/output")
        steps = [("render", *settings)] if sys.argv[1:] else [("demo", demo), ("render", *settings)]
        for words in steps:
            subprocess.run([sys.executable, "-m", "report", *words], check=True)
        pdf = max(Path(demo).glob("output/*/report.pdf"))
        subprocess.run(["pdftoppm", "-r", str(DPI), "-png", pdf, f"{name}/page"], check=True)
        for old in HERE.glob("page-*.png"):
            old.unlink()
        for number, drawn in enumerate(sorted(Path(name).glob("page-*.png")), 1):
            page: Image.Image = Image.open(drawn).convert("RGB")
            page = page.quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE)
            page.save(HERE / f"page-{number}.png", optimize=True)


if __name__ == "__main__":
    main()
