"""Pure: a frame in, a matplotlib Figure out; and a Figure as an `<img>` for a page.

No pyplot: it keeps figures alive and looks for a display. Text becomes outlines in the
report's own font, because an SVG in an `<img>` sees no font of the document.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from markupsafe import Markup
from matplotlib import font_manager
from matplotlib.figure import Figure

from report.marks import GREY, INK, MID, RED
from report.words import number, plural

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

FONTS = Path(__file__).parent / "templates" / "fonts"
MM = 1 / 25.4
STYLE: dict[Any, Any] = {
    "font.family": "IBM Plex Sans",
    "font.size": 7.5,
    "svg.fonttype": "path",
    "svg.hashsalt": "infra-report",
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "text.color": INK,
}

for _font in sorted(FONTS.glob("*.ttf")):
    font_manager.fontManager.addfont(_font)


def used_over_fleet(percents: pd.Series, warning: float, critical: float) -> Figure:
    """Return how many filesystems are how full: bars of 5 %, those above a limit darker.

    percents: used % of each filesystem; the bars above `critical` are red.
    """
    counts = [0] * 20
    for value in percents.dropna():
        counts[min(int(value // 5), 19)] += 1
    over = int((percents >= warning).sum())
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(84 * MM, 30 * MM))
        axes = figure.subplots()
        figure.subplots_adjust(left=0.002, right=0.998, top=0.79, bottom=0.17)
        places = [5 * n + 2.5 for n in range(20)]
        steps = [(5 * n >= critical, 5 * n >= warning) for n in range(20)]
        colours = [RED if red else INK if dark else MID for red, dark in steps]
        axes.bar(places, counts, width=4.5, color=colours, linewidth=0)
        _bare(axes)
        axes.set_xlim(0, 100)
        axes.set_ylim(0, max(counts) * 1.03 or 1)
        axes.set_yticks([])
        axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 % used"])
        axes.get_xticklabels()[0].set_horizontalalignment("left")
        axes.get_xticklabels()[-1].set_horizontalalignment("right")
        axes.tick_params(length=0, pad=3)
        axes.axvline(warning, color=MID, linewidth=0.6, dashes=(3, 2), ymax=1.12, clip_on=False)
        above, top = max(counts) * 1.06, counts.index(max(counts))
        said = f"{number(over)} at {warning:g} % or more"
        axes.text(warning - 1.2, above, said, ha="right", weight=600)
        if top < 9:
            place = 5 * top if top < 3 else 5 * top + 2.5
            said = plural(max(counts), "filesystem")
            axes.text(place, above, said, ha="left" if top < 3 else "center", color=GREY)
    return figure


def _bare(axes: Axes) -> None:
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)


def image(figure: Figure, alt: str) -> Markup:
    """Return a figure as an image that needs no other file; `alt` says what it shows."""
    svg = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(
            svg, format="svg", metadata={"Date": None, "Creator": None}, transparent=True
        )
    data = base64.b64encode(svg.getvalue().encode()).decode()
    width, height = (size / MM for size in figure.get_size_inches())
    return Markup(
        '<img class="chart" alt="{}" style="width:{:.0f}mm" width="{:.0f}" height="{:.0f}" '
        'src="data:image/svg+xml;base64,{}">'
    ).format(alt, width, width * 3.78, height * 3.78, data)
