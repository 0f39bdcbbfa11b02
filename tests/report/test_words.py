"""Numbers, sizes and foreign text, as people read them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from report import glyphs, words
from tests.report.days import HOSTILE

FONTS = Path(words.__file__).parent / "templates" / "fonts"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("root", "root"),
        ("José Ångström", "José Ångström"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("a\x00b\n\r\tc", r"a\x00b\x0a\x0d\x09c"),
        ("evil\u202egnp.exe", r"evil\u202egnp.exe"),
        ("zero\u200bwidth\u2066\ufeff", r"zero\u200bwidth\u2066\ufeff"),
        ("byte\udcff", r"byte\xff"),
        ("half\ud83d", r"half\ud83d"),
        ("\U0001f600", r"\U0001f600"),
        ("用户", r"\u7528\u6237"),
        ("a\xa0b\x9b", r"a\xa0b\x9b"),
        ("<b>&</b>", "<b>&</b>"),
        (None, "–"),
        (pd.NA, "–"),
    ],
)
def test_text_from_servers_shows_what_it_holds(raw: object, shown: str) -> None:
    assert words.readable(raw) == shown


def test_any_glyph_keeps_letters_but_never_what_is_hidden() -> None:
    assert words.readable("用户\u202e\x1b", any_glyph=True) == r"用户\u202e\x1b"


@pytest.mark.parametrize("raw", HOSTILE)
def test_readable_text_is_printable_and_short(raw: str) -> None:
    shown = words.readable(raw, 64)
    assert shown.isprintable()
    assert len(shown) <= 64
    assert all(ord(one) in glyphs.GLYPHS for one in shown)


def test_long_text_keeps_its_ends() -> None:
    shown = words.shortened("a" * 100 + "z" * 100, 30)
    assert len(shown) == 30
    assert (shown[0], shown[-1]) == ("a", "z")
    assert "…" in shown


def test_a_sentence_is_shortened_at_words_ends() -> None:
    packages = "libssl3, krb5-locales, curl, " * 9 + "perl5.36."
    shown = words.shortened(packages, 60)
    assert len(shown) <= 60
    head, tail = shown.split(" … ")
    assert packages.startswith(f"{head},") and packages.endswith(f" {tail}")
    assert words.shortened("x" * 50 + " y" * 50, 60).count("…") == 1


def test_glyphs_are_those_that_every_shipped_font_has() -> None:
    font_tools = pytest.importorskip("fontTools.ttLib")
    fonts = [set(font_tools.TTFont(path).getBestCmap()) for path in FONTS.glob("*.ttf")]
    assert len(fonts) == 2
    assert set.intersection(*fonts) >= glyphs.GLYPHS


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(43312, 0, "43,312"), (-3, 0, "−3"), (-0.01, 1, "0.0"), (None, 0, "–"), (math.nan, 1, "–")],
)
def test_numbers(value: object, decimals: int, shown: str) -> None:
    assert words.number(value, decimals) == shown


def test_percentages_are_never_rounded_up_to_a_limit() -> None:
    assert words.percent(94.97) == "94"
    assert words.percent(99.99, 1) == "99.9"
    assert words.percent(93.3, 1) == "93.3"
    assert words.percent(100) == "100"
    assert words.percent(pd.NA) == "–"


def test_sizes() -> None:
    gib = 1 << 30
    assert words.size(500 * gib) == "500 GiB"
    assert words.size(4.4 * 1024 * gib) == "4.4 TiB"
    assert words.share(12 * gib, 500 * gib) == "12 of 500 GiB"
    assert words.share(1 << 20, 500 * gib) == "1 MiB of 500 GiB"
    assert words.share(pd.NA, 500 * gib) == "– of 500 GiB"


def test_singular_and_plural() -> None:
    assert words.plural(1, "server") == "1 server"
    assert words.plural(1200, "server") == "1,200 servers"
    assert words.plural(2, "address", "addresses") == "2 addresses"
    assert [words.verb(n, "is") for n in (0, 1, 2)] == ["are", "is", "are"]
    assert words.verb(2, "stands") == "stand"


def test_lists() -> None:
    assert words.listing([]) == ""
    assert words.listing(["a", "b", "c"]) == "a, b and c"
    assert words.listing(list("abcdef"), 3) == "a, b and 4 more"


def test_times_alone_lie_in_the_period() -> None:
    end = datetime(2026, 11, 23, 5, tzinfo=UTC)
    start, zone = end - timedelta(days=1), ZoneInfo("Europe/Amsterdam")
    assert words.moment(end, zone, start, end) == "06:00"
    assert words.moment(start - timedelta(days=3), zone, start, end) == "19 Nov"
    assert words.moment(start - timedelta(days=400), zone, start, end) == "18 Oct 2025"
    assert words.moment(pd.NaT, zone, start, end) == "–"
    assert words.period(start, end, zone, "Europe/Amsterdam") == (
        "Sun 22 Nov 06:00 to Mon 23 Nov 06:00, Europe/Amsterdam"
    )


def test_web2_comes_before_web10() -> None:
    assert sorted(["web10", "web2", "db1"], key=words.natural) == ["db1", "web2", "web10"]
