"""The page on a screen: in the dark, and on a telephone."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from report import branding, lines, marks, pages
from tests.report import days
from tests.report.printing import document

LIGHT, DARK = pages.CSS.read_text().split("@media screen and (prefers-color-scheme: dark)")
PAPER = re.findall(r"body\.report \{ background: (#\w+)", DARK)[0]
WIDE = 390
# Asks the page how wide it is within a frame of a telephone's width; tables may move by themselves.
FRAME = """<iframe id="f" src="page.html" width="{wide}" height="900" style="border:0"></iframe>
<pre id="o"></pre><script>f.onload = () => {{
  const root = f.contentDocument.documentElement, over = [...root.querySelectorAll("*")].filter(
    (e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".scroll"));
  o.textContent = "wide " + (root.scrollWidth - root.clientWidth) + " " +
    over.map((e) => e.tagName + "." + e.className).join(" ") + " end";
}}</script>"""


def in_the_dark(colour: str) -> str:
    found = re.findall(rf'svg \[fill="{colour}"\] {{ fill: (#\w+) }}', DARK)
    return str(found[0]) if found else colour


def against(one: str, other: str) -> float:
    pair = sorted(branding.contrast(colour) for colour in (one, other))
    return pair[1] / pair[0]


def test_each_colour_of_a_drawing_can_be_seen_in_the_dark() -> None:
    for colour in (marks.INK, marks.GREY, marks.RED):
        assert against(in_the_dark(colour), PAPER) >= 4.5, colour
    assert against(in_the_dark(marks.MID), PAPER) >= 3
    for colour in (marks.HAIR, lines.ROSE, marks.TINT):
        assert in_the_dark(colour) != colour
        assert against(in_the_dark(marks.INK), in_the_dark(colour)) >= 4.5


def test_each_colour_of_a_text_has_one_for_the_dark() -> None:
    texts = set(re.findall(r"(?<!-)color: (#\w+)", DARK))
    assert texts
    for colour in texts - {PAPER}:
        assert against(colour, PAPER) >= 4.5, colour
    drawn = set(re.findall(r"(?<!-)color: (#\w+)", LIGHT.partition("@media")[0]))
    assert drawn <= {"#1a1a1a", "#595959", "#a81e0b", "#fff"}, "one more to be told in the dark"


@pytest.mark.parametrize("name", ["worst", "hostile", "local", "foreign"])
def test_on_a_telephone_nothing_is_wider_than_the_page(name: str, tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("needs chromium")
    (tmp_path / "page.html").write_text(document(days.DAYS[name]()))
    (tmp_path / "frame.html").write_text(FRAME.format(wide=WIDE))
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-sync", "--no-first-run", "--allow-file-access-from-files",
         "--virtual-time-budget=8000", f"--user-data-dir={tmp_path}/profile", "--dump-dom",
         f"file://{tmp_path}/frame.html"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert re.findall(r"<pre id=.o.>(.*?)</pre>", done.stdout, re.S) == ["wide 0  end"]
