"""Host ranges: `web[01:40].example.org`, `db[a:f]`, `rack[1:3]-node[0:9]`, as Ansible has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

RANGE = re.compile(r"\[([0-9]+|[A-Za-z]):([0-9]+|[A-Za-z])(?::([0-9]+))?\]")
MOST_HOSTS = 20_000


def expand(pattern: str) -> Iterator[str]:
    """Yield the names of a host range: `web[01:03]` is web01, web02, web03.

    Raises ValueError for a range that is none, or too large.
    """
    pieces: list[list[str]] = []
    end = 0
    for found in RANGE.finditer(pattern):
        pieces += [[pattern[end : found.start()]], _span(*found.groups())]
        end = found.end()
    pieces.append([pattern[end:]])
    size = 1
    for piece in pieces:
        size *= len(piece)
    if size > MOST_HOSTS:
        raise ValueError(f"{pattern!r} names {size:,} hosts; at most {MOST_HOSTS:,} are meant")
    return ("".join(parts) for parts in product(*pieces))


def _span(first: str, last: str, step: str | None) -> list[str]:
    by = int(step or 1)
    if first.isdecimal() != last.isdecimal() or by < 1:
        raise ValueError(f"[{first}:{last}] is no range; it would be like [01:40] or [a:f]")
    if first.isdecimal():
        if int(last) - int(first) > MOST_HOSTS:
            raise ValueError(f"[{first}:{last}] is too large; at most {MOST_HOSTS:,} are meant")
        width = len(first) if first.startswith("0") else 0
        names = [f"{n:0{width}d}" for n in range(int(first), int(last) + 1, by)]
    else:
        names = [chr(n) for n in range(ord(first), ord(last) + 1, by)]
    if not names:
        raise ValueError(f"[{first}:{last}] runs backwards; it would be [{last}:{first}]")
    return names
