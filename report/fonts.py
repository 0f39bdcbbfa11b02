"""The fonts that the project brings along: no page is drawn with any other."""

from __future__ import annotations

import base64
from pathlib import Path

FONTS = Path(__file__).parent / "templates" / "fonts"
FACES = (
    ("IBM Plex Sans", 400, "IBMPlexSans-Regular.woff2"),
    ("IBM Plex Sans", 600, "IBMPlexSans-SemiBold.woff2"),
    ("IBM Plex Mono", 400, "IBMPlexMono-Regular.woff2"),
)


def fonts_css() -> str:
    """Return the @font-face rules with the fonts in them."""
    return "\n".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: '
        f"url(data:font/woff2;base64,{base64.b64encode((FONTS / name).read_bytes()).decode()}) }}"
        for family, weight, name in FACES
    )
