"""Which country an address belongs to, by a MaxMind DB file (MMDB) that `geoip` names.

The format is that of MaxMind's specification, version 2.0: a binary tree over the bits of an
address, whose leaves point into a section of typed values. Files of GeoLite2, DB-IP and IPinfo
are such. Read here, for it takes less than a library to be installed, kept and checked.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MARKER = b"\xab\xcd\xefMaxMind.com"
SEPARATOR = 16  # zero bytes between the tree and the values
POINTERS = (0, 2048, 526336, 0)
LONGER = {29: 29, 30: 285, 31: 65821}
DEEPEST = 32
TEXT, DOUBLE, BYTES, MAP, INT, ARRAY, FLAG, FLOAT = 2, 3, 4, 7, 8, 11, 14, 15
LARGEST = 1 << 30


class Countries:
    """A file of countries by address. Raises ValueError when it is none."""

    def __init__(self, data: bytes) -> None:
        at = data.rfind(MARKER)
        if at < 0:
            raise ValueError("is no MaxMind DB file")
        self._data, self._values = data, at + len(MARKER)
        try:
            about, _ = self._value(self._values)
            self._nodes, self._bits = int(about["node_count"]), int(about["record_size"])
            self._v6 = about["ip_version"] == 6
            if self._bits not in (24, 28, 32):
                raise ValueError("has records of an unknown size")
            self._values = self._nodes * self._bits // 4 + SEPARATOR
        except (LookupError, TypeError, struct.error, UnicodeDecodeError):
            raise ValueError("is a damaged MaxMind DB file") from None

    def of(self, address: str) -> str | None:
        """Return the name of an address's country, in English; None where it is not known."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return None
        if ip.version == 6 and not self._v6:
            return None
        wide = 128 if self._v6 else 32
        node, number = 0, int(ip)
        try:
            for bit in range(wide - 1, -1, -1):
                node = self._record(node, number >> bit & 1)
                if node >= self._nodes:
                    break
            if node <= self._nodes:
                return None
            return _named(self._value(self._values + node - self._nodes - SEPARATOR)[0])
        except (LookupError, TypeError, ValueError, struct.error):
            raise ValueError("is a damaged MaxMind DB file") from None

    def _record(self, node: int, right: int) -> int:
        size = self._bits // 4
        both = self._data[node * size : node * size + size]
        if len(both) < size:
            raise IndexError
        if self._bits == 28:
            half = both[4:] if right else both[:3]
            nibble = both[3] & 15 if right else both[3] >> 4
            return nibble << 24 | int.from_bytes(half, "big")
        half = both[size // 2 :] if right else both[: size // 2]
        return int.from_bytes(half, "big")

    def _value(self, at: int, depth: int = 0) -> tuple[Any, int]:
        """Return the value at a place, and where the next one begins."""
        if depth > DEEPEST:
            raise ValueError("nested too deep")
        data, control = self._data, self._data[at]
        kind, size, at = control >> 5, control & 31, at + 1
        if kind == 1:
            more = (size >> 3) + 1
            top = 0 if more == 4 else (size & 7) << 8 * more
            target = top + int.from_bytes(data[at : at + more], "big") + POINTERS[more - 1]
            return self._value(self._values + target, depth + 1)[0], at + more
        if kind == 0:
            kind, at = data[at] + 7, at + 1
        if size in LONGER:
            more = size - 28
            size, at = LONGER[size] + int.from_bytes(data[at : at + more], "big"), at + more
        if kind in (MAP, ARRAY):
            return self._many(kind, size, at, depth)
        if kind == FLAG:
            return bool(size), at
        return _plain(kind, data[at : at + size]), at + size

    def _many(self, kind: int, size: int, at: int, depth: int) -> tuple[Any, int]:
        found: list[Any] = []
        for _ in range(size * (2 if kind == MAP else 1)):
            value, at = self._value(at, depth + 1)
            found.append(value)
        return (dict(zip(found[::2], found[1::2], strict=True)) if kind == MAP else found), at


def _plain(kind: int, data: bytes) -> Any:
    if kind == TEXT:
        return data.decode()
    if kind in (DOUBLE, FLOAT):
        return struct.unpack(">d" if kind == DOUBLE else ">f", data)[0]
    return data if kind == BYTES else int.from_bytes(data, "big", signed=kind == INT)


def _named(value: Any) -> str | None:
    """Return the country of an entry: GeoLite2's and DB-IP's, or IPinfo's plain texts."""
    if not isinstance(value, dict):
        return None
    country = value.get("country") or value.get("registered_country")
    if isinstance(country, dict):
        names = country.get("names") or {}
        return str(names.get("en") or country.get("iso_code") or "") or None
    return str(value.get("country_name") or country or "") or None


def opened(path: Path) -> Countries:
    """Return the file. Raises ValueError with what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("is larger than any file of countries")
        return Countries(path.read_bytes())
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None


def countries(path: Path, sources: Iterable[str]) -> dict[str, str]:
    """Return the country of each source that has one. Raises ValueError."""
    file = opened(path)
    return {source: name for source in sources if (name := file.of(source))}
