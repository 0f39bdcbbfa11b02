"""Draw README's pictures from the real report of the demo's last day: python -m docs.make_pictures

Takes about a minute; needs pdftoppm and pdftotext (poppler-utils).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
SECTIONS = ("Today", "Servers", "Disks", "Logins")
DPI, COLOURS = 96, 128


def main() -> None:
    """Make the demo, render its last day, and put its first sections beside this file."""
    with tempfile.TemporaryDirectory() as name:
        demo = f"{name}/demo"
        settings = ("--params", f"{demo}/params", "--output", f"{demo}/output")
        for words in (("demo", demo), ("render", *settings)):
            subprocess.run([sys.executable, "-m", "report", *words], check=True)
        pdf = max(Path(demo).glob("output/*/report.pdf"))
        subprocess.run(["pdftoppm", "-r", str(DPI), "-png", pdf, f"{name}/page"], check=True)
        drawn, pages = sorted(Path(name).glob("page-*.png")), _texts(pdf)
        for number, section in enumerate(SECTIONS, 1):
            head = re.compile(rf"^ *{number} +{section}\b", re.MULTILINE)
            path = drawn[next(n for n, text in enumerate(pages) if head.search(text))]
            page: Image.Image = Image.open(path).convert("RGB")
            page = page.quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE)
            page.save(HERE / f"page-{number}.png", optimize=True)


def _texts(pdf: Path) -> list[str]:
    run = ["pdftotext", "-layout", str(pdf), "-"]
    return subprocess.run(run, check=True, capture_output=True, text=True).stdout.split("\f")


if __name__ == "__main__":
    main()
