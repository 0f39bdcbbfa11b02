"""Numbers, times, sizes and foreign text, in words for people."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from report.glyphs import GLYPHS

UNKNOWN = "–"
KIB = 1024
UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
NEVER_SHOWN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\ud800-\uf8ff\U000e0000-\U0010ffff]"
)
IRREGULAR = {"is": "are", "was": "were", "has": "have", "its": "their"}
LONGEST = 120
WORD = 24  # a longer word is cut itself


def readable(text: Any, longest: int = LONGEST, any_glyph: bool = False) -> str:
    r"""Return text from a server so that a person sees what it holds; NA as "–".

    Control characters, bidi controls, what has no width, lone surrogates and (unless
    `any_glyph`) whatever the shipped fonts cannot draw become escapes like `\u202e`; what is
    longer than `longest` is shortened in its middle. The result is text, never markup.
    """
    if is_missing(text):
        return UNKNOWN
    raw = shortened(str(text), longest)
    if raw.isascii() and raw.isprintable():
        return raw
    return shortened("".join(_visible(one, any_glyph) for one in raw), longest)


def foreign(text: Any, longest: int = LONGEST) -> str:
    """Return the same for a sentence: a page's font is no matter of the mail or the terminal."""
    return readable(text, longest, any_glyph=True)


def _visible(one: str, any_glyph: bool) -> str:
    code = ord(one)
    hidden = NEVER_SHOWN.match(one)
    if not hidden and (any_glyph or 0x20 <= code < 0x7F or code in GLYPHS):
        return one
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was no UTF-8, kept by surrogateescape
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shortened(text: str, longest: int) -> str:
    """Return the text, without its middle where it is too long; cut at words' ends, if near."""
    if len(text) <= longest:
        return text
    head = (longest - 1) * 2 // 3
    first, last = text[:head], text[len(text) - (longest - 1 - head) :]
    end, begin = first.rfind(" "), last.find(" ")
    if 0 <= begin <= WORD and head - end <= WORD < end:
        return f"{first[:end].rstrip(' ,;:')} … {last[begin + 1 :]}"
    return f"{first}…{last}"


def beginning(text: Any, longest: int) -> str:
    """Return text from a server as `readable` does, but cut at its end: what a log says first."""
    said = readable(text, 10 * longest)
    if len(said) <= longest:
        return said
    kept = said[: longest - 1]
    end = len(kept) if said[longest - 1] == " " else kept.rfind(" ")
    return kept[: end if longest - end <= WORD else None].rstrip(" ,;:") + " …"


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NA, NaT or NaN."""
    if isinstance(value, float):  # numpy's too
        return math.isnan(value)
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def number(value: Any, decimals: int = 0) -> str:
    """Return 43312 as "43,312", −3 with a real minus, what is missing as "–"."""
    if is_missing(value):
        return UNKNOWN
    text = f"{value:,.{decimals}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("-")


def percent(value: Any, decimals: int = 0) -> str:
    """Return a percentage rounded down: 94.97 stays below a limit of 95, 99.9 is not all."""
    if is_missing(value):
        return UNKNOWN
    scale = 10.0**decimals
    # 93.3 × 10 is 932.999…: what is that near was meant to be whole.
    return f"{math.floor(float(value) * scale + 1e-6) / scale:.{decimals}f}"


def plural(count: int, noun: str, many: str = "") -> str:
    """Return "1 server", "2 servers"."""
    return f"{number(count)} {noun if count == 1 else many or noun + 's'}"


def between(early: float, late: float) -> str:
    """Return " (2 to 8)" of a range in days; nothing of one without a width."""
    return "" if early == late else f" ({early:.0f} to {late:.0f})"


def verb(count: int, singular: str) -> str:
    """Return the verb for so many: "is" or "are"."""
    return singular if count == 1 else IRREGULAR.get(singular, singular.removesuffix("s"))


def size(value: Any) -> str:
    """Return bytes in the unit that fits: "12 GiB", "4.4 TiB"."""
    if is_missing(value):
        return UNKNOWN
    amount, unit = _scaled(float(value))
    return f"{_short(amount)} {UNITS[unit]}"


def part(share: float) -> str:
    """Return a share in % with one decimal; rounded, but what is not all is never 100."""
    return f"{share:.0f}" if share in (0, 100) else f"{min(max(share, 0.1), 99.9):.1f}"


def share(part: Any, whole: Any) -> str:
    """Return "12 of 500 GiB": both in the unit of the whole."""
    if is_missing(part) or is_missing(whole):
        return f"{size(part)} of {size(whole)}"
    _, unit = _scaled(float(whole))
    left = float(part) / KIB**unit
    if part and left < 0.1:
        return f"{size(part)} of {size(whole)}"
    return f"{_short(left)} of {size(whole)}"


def _scaled(amount: float) -> tuple[float, int]:
    unit = 0
    while abs(amount) >= KIB and unit < len(UNITS) - 1:
        amount, unit = amount / KIB, unit + 1
    return amount, unit


def _short(amount: float) -> str:
    text = number(amount, 1 if abs(amount) < 10 else 0)
    return text.removesuffix(".0")


def span(seconds: Any) -> str:
    """Return a length of time in its largest unit: "39 s", "5 hours", "12 days"."""
    if is_missing(seconds):
        return UNKNOWN
    for length, noun in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            return plural(int(seconds // length), noun)
    return f"{seconds:.0f} s"


def moment(at: Any, zone: tzinfo, from_at: datetime, to_at: datetime) -> str:
    """Return a time alone when it lies in the period, otherwise its date."""
    if is_missing(at):
        return UNKNOWN
    local = at.astimezone(zone)
    if from_at <= at <= to_at:
        return f"{local:%H:%M}"
    return day_month(local, with_year=abs((to_at - at).days) > 300)


def day_month(at: date, with_year: bool = False) -> str:
    """Return "22 Nov", or "21 Mar 2025"."""
    return f"{at.day} {at:%b}" + (f" {at.year}" if with_year else "")


def days_until(at: datetime, now: datetime, zone: tzinfo) -> int:
    """Return the days to a time as a calendar counts them: −1 is yesterday, whatever the hour."""
    return (at.astimezone(zone).date() - now.astimezone(zone).date()).days


def last_day(at: datetime) -> date:
    """Return the day with which something ends that is told by the day: 23:59:59 UTC is its end.

    It is that day wherever the report is read.
    """
    return at.astimezone(UTC).date()


def period(from_at: datetime, to_at: datetime, zone: tzinfo, zone_name: str) -> str:
    """Return the period: "Sun 22 Nov 06:00 to Mon 23 Nov 06:00, Europe/Amsterdam"."""
    first, last = from_at.astimezone(zone), to_at.astimezone(zone)
    return (
        f"{first:%a} {day_month(first)} {first:%H:%M} to "
        f"{last:%a} {day_month(last)} {last:%H:%M}, {zone_name}"
    )


def listing(names: Iterable[str], most: int = 0) -> str:
    """Return "a", "a and b", "a, b and c"; beyond `most` "a, b and 7 more"."""
    every = list(names)
    if most and len(every) > most:
        every = [*every[: most - 1], f"{number(len(every) - most + 1)} more"]
    if len(every) < 2:
        return "".join(every)
    return f"{', '.join(every[:-1])} and {every[-1]}"


def count_word(count: int) -> str:
    """Return small numbers as words, as prose has them."""
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[count] if 0 <= count < len(words) else number(count)


def capital(text: str) -> str:
    """Return the text with its first letter as a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def natural(name: str) -> tuple[Sequence[tuple[int, str]], str]:
    """Return the key that sorts web2 before web10."""
    parts = re.findall(r"\d+|\D+", name)
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts], name


def network_of(source: object, wide: Mapping[int, int]) -> str:
    """Return the network of an address; a name as it is. wide: its bits, by the IP's version."""
    try:
        address = ipaddress.ip_address(str(source))
    except ValueError:
        return str(source)
    return str(ipaddress.ip_network((address, wide[address.version]), strict=False))
