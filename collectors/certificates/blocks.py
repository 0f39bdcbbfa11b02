"""The lines of one answer into the rows of its sources."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from collectors import apart, globs
from collectors.base import Row
from collectors.certificates import reading

BASE64 = re.compile(r"[A-Za-z0-9+/=]+")
TOO_LONG = "more certificates than are looked at"
NONE = "there is no such file"
# What s_client says → why there is no certificate. The first that fits, so in this order.
SAYS = (
    (r"Connection refused|errno=(111|61|146)\b", "connection refused"),
    (r"not known|No address associated|name resolution", "its name cannot be resolved"),
    (r"unreachable|No route", "there is no way to it"),
    (r"timed out|errno=110\b", "no answer"),
    (r"must be one of|nvalid value|[Uu]nknown option", "its openssl has no such STARTTLS"),
    (r"find STARTTLS|STARTTLS not|does not support", "it offers no STARTTLS"),
    (r"unrecognized name|alert number 112\b", "it does not know this name"),
    (r"wrong version number|unknown protocol|packet length|http request", "it speaks no TLS"),
    (r"alert number|alert handshake", "it refused the handshake"),
    (r"unexpected eof|errno=(0|104)\b|reset by peer", "it closed the connection"),
)


@dataclass
class Source:
    """A file or port: its certificates as DER, and what else was said of it.

    named: it was meant itself, and not found by a glob that may match keys too.
    """

    name: str
    named: bool = True
    blocks: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    cause: str = ""

    def end(self, said: apart.Answer) -> None:
        """Take note of an answer that did not end here as it should: of a certificate a part."""
        if said.cause or said.cut:
            self.cause = self.cause or said.cause or TOO_LONG
            if self.blocks and not self.blocks[-1]:
                self.blocks.pop()

    def rows(self) -> Iterator[Row]:
        """Yield one row a certificate, and one for why there are none, or not all."""
        for position, der in enumerate(self.blocks, start=1):
            yield Row(source=self.name, position=position, **reading.row(der))
        if (not self.blocks or self.cause) and not self._is_key():
            yield Row(source=self.name, cause=self.cause or self._why())

    def _is_key(self) -> bool:
        if self.named or self.blocks:
            return False
        if self.cause == globs.RIGHT:
            return "key" in self.name.rpartition("/")[2].lower()
        kinds = [line for line in self.said if line.startswith("kind ")]
        return bool(kinds) and all(line.endswith(("KEY", "PARAMETERS")) for line in kinds)

    def _why(self) -> str:
        for pattern, why in SAYS:
            if any(line.startswith("said ") and re.search(pattern, line) for line in self.said):
                return why
        if "without openssl" in self.said:
            return "there is no openssl on the server, which asks a port"
        kinds = dict.fromkeys(line[5:] for line in self.said if line.startswith("kind "))
        if other := [one for one in self.said if not one.startswith(("kind ", "said "))]:
            return other[0][:200]
        if kinds and not any("KEY" in kind or kind.startswith("a file") for kind in kinds):
            return f"{', '.join(kinds)}: not understood"
        return "no certificate in it" if self.name.startswith("/") else "it showed no certificate"


def of_port(name: str, said: apart.Answer) -> list[Row]:
    """Return the rows of a port."""
    source = Source(name)
    _read(said.lines, [source])
    source.end(said)
    return list(source.rows())


def of_files(said: apart.Answer, usual: Sequence[str]) -> tuple[list[Row], list[str]]:
    """Return the rows of all files, and the globs of the settings that match nothing."""
    rest = Source("files")
    found, unmatched = _read(said.lines, [rest])
    found[-1].end(said)
    closed = list(dict.fromkeys(rest.said))
    rows = [row for source in found[1:] for row in source.rows()]
    for line in closed:
        word, _, path = line.partition(" ")
        if word == "denied":
            rows.append(Row(source=path, cause=globs.RIGHT))
        elif line == "odd":
            rows.append(Row(source="files", cause="the name of a file holds a line break"))
        else:
            rows.append(Row(source="files", cause=line[:200]))
    missing = [path for path in unmatched if path not in usual]
    rows += [Row(source=path, cause=NONE) for path in missing if not globs.WILD.search(path)]
    if rest.cause or (said.cause and len(found) > 1):
        rows.append(Row(source="files", cause=said.cause or rest.cause))
    return rows, [path for path in missing if globs.WILD.search(path)]


def _read(lines: Sequence[str], sources: list[Source]) -> tuple[list[Source], list[str]]:
    """Fill the last of the sources, and add one for each file. Return them, and what is absent."""
    absent: list[str] = []
    block: list[str] | None = None
    digits = ""
    for line in [*lines, ""]:
        now = sources[-1]
        word, _, rest = line.partition(" ")
        if digits and not line.startswith("der"):
            now.blocks.append(_bytes(digits))
            digits = ""
        if block is not None and BASE64.fullmatch(line):
            block.append(line)
            continue
        if block is not None:  # without its end it is broken
            now.blocks.append(_base64(block) if line.startswith("-----END ") else b"")
            block = None
        if line.startswith("-----BEGIN "):
            block = []
        elif line.startswith("der"):
            digits += line[3:]
        elif word in ("file", "match"):
            sources.append(Source(rest, word == "file"))
        elif word == "none":
            absent.append(rest)
        elif word == "denied" and rest == now.name:
            now.cause = globs.RIGHT
        elif word == "cause":
            now.cause = rest
        elif word in ("denied", "odd"):
            sources[0].said.append(line)
        elif line.strip() and not line.startswith("-----END "):
            now.said.append(line)
    return sources, absent


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text) if re.fullmatch(r"(?:[0-9a-f]{2})*", text) else b""


def _base64(lines: Sequence[str]) -> bytes:
    try:
        return binascii.a2b_base64("".join(lines).encode("ascii", "replace"))
    except binascii.Error:
        return b""
