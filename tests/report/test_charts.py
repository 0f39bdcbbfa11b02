"""Charts: the figure shows the frame, and its image is the same every time."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from typing import Any

import pandas as pd

from report import charts


def heights(axes: Any) -> list[float]:
    return [bar.get_height() for bar in axes.patches]


def svg_of(image: Any) -> str:
    found = re.search(r"base64,([^\"]+)", str(image))
    assert found
    return base64.b64decode(found[1]).decode()


def test_every_filesystem_is_in_a_bar() -> None:
    percents = pd.Series([0, 4, 5, 99, 100, 100, pd.NA], dtype="Int64")
    bars = heights(charts.used_over_fleet(percents, 85, 95).axes[0])
    assert (bars[0], bars[1], bars[19]) == (2, 1, 3)
    assert sum(bars) == 6


def test_images_are_the_same_bytes_and_need_nothing_else() -> None:
    used = pd.Series([1, 50, 97])
    first, second = (
        svg_of(charts.image(charts.used_over_fleet(used, 85, 95), "x")) for _ in range(2)
    )
    assert first == second
    assert "<text" not in first
    assert not re.search(r"(?:href|src)=\"(?!#)", first)
    assert "<dc:date>" not in first


def test_alternative_text_is_escaped() -> None:
    image = charts.image(charts.used_over_fleet(pd.Series([1]), 85, 95), 'a "quoted" <b>')
    assert 'alt="a &#34;quoted&#34; &lt;b&gt;"' in image


def test_no_pyplot() -> None:
    # In a process of its own: another test may have imported it here.
    asked = "import sys, report.charts; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
