"""Whose report it is: `branding` in daily.yaml.

    branding:
      name: Noordlicht Logistics      # in place of `organisation`
      classification: Confidential    # in place of `classification`
      logo: /etc/infra-report/logo.png
      colours: {text: "#1a1a1a", accent: "#0b3d91"}
      footer: Room 3.14, phone 4711

The accent colours headings and their rules, in the workbook too; red stays what it is, critical
and nothing else.
What a day's report showed is kept in its snapshot, the logo too.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from pydantic import Field, field_validator

from collectors.config import Strict
from report.marks import INK

LEAST_CONTRAST = 4.5  # of text on white: WCAG 2.2, 1.4.3
MOST_LOGO_BYTES = 64_000
KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
HEX = re.compile(r"#[0-9a-fA-F]{6}")


class Colours(Strict):
    """Two colours as #rrggbb, each dark enough to be read on white."""

    text: str = INK
    accent: str = INK

    @field_validator("text", "accent")
    @classmethod
    def _readable(cls, value: str) -> str:
        if not HEX.fullmatch(value):
            raise ValueError(f"is {value!r}; it would be like '#0b3d91'")
        if (found := contrast(value)) < LEAST_CONTRAST:
            raise ValueError(
                f"is {value!r}, which has a contrast of {found:.1f} on white; it would be a "
                f"darker one, of {LEAST_CONTRAST} or more"
            )
        return value.lower()


class Shown(Strict):
    """What a snapshot keeps of it. logo: a data: address, "" for none."""

    colours: Colours = Colours()
    logo: str = ""
    footer: str = ""


class Branding(Strict):
    """`branding` in daily.yaml."""

    name: str = Field("", max_length=100)
    classification: str | None = Field(None, max_length=50)
    logo: Path | None = None
    colours: Colours = Colours()
    footer: str = Field("", max_length=60)

    def shown(self, root: Path) -> Shown:
        """Return what a snapshot keeps. Raises ValueError for a logo that cannot be used."""
        logo = _data_address(root / self.logo.expanduser()) if self.logo else ""
        return Shown(colours=self.colours, logo=logo, footer=self.footer)


def contrast(colour: str, ground: str = "#ffffff") -> float:
    """Return a colour's contrast with a ground, 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted(map(_luminance, (colour, ground)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _data_address(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_LOGO_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    kind = next((kind for start, kind in KINDS.items() if data.startswith(start)), "")
    if not kind:
        raise ValueError(f"{path} is no PNG and no JPEG")
    if len(data) > MOST_LOGO_BYTES:
        raise ValueError(f"{path} is larger than {MOST_LOGO_BYTES:,} bytes")
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
