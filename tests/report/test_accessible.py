"""The HTML in a real browser: what axe finds in it, on a desk, in the dark and on a phone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any

import axe_core_python
import pytest

from report.findings import summarise
from report.mail import compose
from tests.report import days
from tests.report.printing import document
from tests.report.test_mail import bodies, make

AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
BROWSER = shutil.which("chromium")
DARK = "--blink-settings=preferredColorScheme=0"
# What says that a page runs no script would keep axe out as well.
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
ASK = """
const told = (said) => {
    const pre = document.createElement("pre");
    pre.id = "axe-says";
    pre.textContent = JSON.stringify(said);
    parent.document.body.append(pre);
};
const wide = document.documentElement.scrollWidth, width = window.innerWidth;
const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
axe.run(document, {resultTypes: ["violations"]}).then(
    (found) => told({wide, width, dark, violations: found.violations}),
    (error) => told({error: String(error)}),
);
"""
# No window is as narrow as a phone; a frame is.
FRAME = (
    '<!DOCTYPE html><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    '<iframe srcdoc="{}" width="{}" height="900" style="border:0"></iframe>'
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs chromium")


def seen(html: str, folder: Path, width: int = 1200, *options: str) -> dict[str, Any]:
    """Return what axe says of a page, how wide it is, and how wide the window."""
    path = folder / "page.html"
    script = f"<script>{AXE.read_text()}</script><script>{ASK}</script>"
    html, count = re.subn("</body>", lambda _: f"{script}</body>", POLICY.sub("", html))
    assert count == 1
    path.write_text(FRAME.format(escape(html), width))
    assert BROWSER
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-sync", "--no-first-run", f"--user-data-dir={folder}/profile",
         "--window-size=1400,900", "--hide-scrollbars", "--virtual-time-budget=60000",
         *options, "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    (said,) = re.findall('<pre id="axe-says">(.*?)</pre>', done.stdout, re.S)
    found: dict[str, Any] = json.loads(unescape(said))
    assert "error" not in found, found
    assert found["width"] == width
    return found


# Browsers let keys scroll a region by now; the landmarks of a mail are those of its reader.
SCROLLED, MAIL = "scrollable-region-focusable", ("landmark-one-main", "region")


def wrong(found: dict[str, Any], *fine: str) -> list[str]:
    """Return what axe objects to, however little."""
    return [
        f"{one['impact']} {one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in found["violations"]
        if one["id"] not in (SCROLLED, *fine)
        for node in one["nodes"][:5]
    ]


@pytest.mark.parametrize(
    ("name", "width", "options"),
    [("worst", 1200, ()), ("worst", 390, (DARK,)), ("good", 390, ()), ("nobody", 390, ())],
)
def test_axe_finds_nothing_in_the_report(
    name: str, width: int, options: tuple[str, ...], tmp_path: Path
) -> None:
    found = seen(document(days.DAYS[name]()), tmp_path, width, *options)
    assert wrong(found) == [] and found["wide"] <= width
    assert found["dark"] is bool(options)


@pytest.mark.parametrize("options", [(), (DARK,)])
def test_axe_finds_nothing_in_the_mail(options: tuple[str, ...], tmp_path: Path) -> None:
    day = days.worst()
    _, html = bodies(compose(day, summarise(day), make(tmp_path), []))
    found = seen(html, tmp_path, 390, *options)
    assert wrong(found, *MAIL) == [] and found["wide"] <= 390


def test_what_is_wrong_would_be_found(tmp_path: Path) -> None:
    bad = '<p style="color:#ccc;background:#fff">pale</p><img src="x"><div style="width:500px">wide</div>'
    html = f'<!DOCTYPE html><html lang="en"><title>t</title><body>{bad}</body></html>'
    found = seen(html, tmp_path, 390)
    assert found["wide"] >= 500
    assert {"color-contrast", "image-alt"} <= {one["id"] for one in found["violations"]}
