"""A line of an authorized_keys file, read as sshd reads it; a part of `keys`.

    [options] type base64 [comment]       options end at the first blank outside of quotes
    [options] bits exponent modulus [comment]     protocol 1, which no sshd takes any more

sshd tries the line as a key first, and then what stands behind the options. It refuses a key
whose own bytes name another type than the line, or have anything behind them. RFC 4253 (6.6),
RFC 5656, PROTOCOL.u2f and PROTOCOL.certkeys of OpenSSH.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

from collectors.base import Row

KEY = re.compile(r"(\S+)[ \t]+(AAAA[A-Za-z0-9+/]*+=*)(?:[ \t]+(.*))?", re.DOTALL)
OLD = re.compile(r"(\d{1,6})[ \t]+\d+[ \t]+\d+(?:[ \t]+(.*))?", re.DOTALL)
CERT_AUTHORITY = re.compile(r"(?:^|,)cert-authority(?:,|$)", re.IGNORECASE)
LONGEST = 500


def read(line: str) -> Row:
    """Return a key's columns; without `fingerprint` when the line holds no valid key."""
    bare = line.strip(" \t")
    options, hit = "", _key(bare)
    if not hit:
        options, rest = _options(bare)
        hit = _key(rest)
    row = Row(options=_short(options), cert_authority=_is_authority(options))
    if hit is None:
        return row | Row(type="unknown", comment="")
    if hit.re is OLD:
        return row | Row(type="ssh1", bits=int(hit[1]), comment=_short(hit[2] or ""))
    row["comment"] = _short(hit[3] or "")
    strings = _strings(hit)
    if not strings:
        return row | Row(type=hit[1][:80])
    digest = hashlib.sha256(base64.b64decode(hit[2])).digest()
    row["fingerprint"] = "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
    return row | Row(type=hit[1], bits=_bits(hit[1], strings))


def _key(text: str) -> re.Match[str] | None:
    return KEY.fullmatch(text) or OLD.fullmatch(text)


def _options(line: str) -> tuple[str, str]:
    """Cut a line at the first blank outside of quotes; \\" is no end of a quote."""
    quoted, at = False, 0
    while at < len(line) and (quoted or line[at] not in " \t"):
        if line.startswith('\\"', at):
            at += 1
        elif line[at] == '"':
            quoted = not quoted
        at += 1
    return line[:at], line[at:].lstrip(" \t")


def _is_authority(options: str) -> bool:
    return CERT_AUTHORITY.search(re.sub(r'"(?:\\"|[^"])*+"?', '""', options)) is not None


def _strings(hit: re.Match[str]) -> list[bytes]:
    """Return the strings a key is made of; [] when it is none that sshd takes."""
    try:
        blob = base64.b64decode(hit[2], validate=True)
    except binascii.Error:
        return []
    found = list(_cut(blob))
    if len(found) < 2 or found[0] != hit[1].encode("utf-8", "replace"):
        return []
    # Nothing may stand behind a key; a certificate is made of more than strings.
    whole = sum(len(one) + 4 for one in found) == len(blob) or b"-cert-" in found[0]
    return found if whole else []


def _cut(blob: bytes) -> Iterator[bytes]:
    at = 0
    while at + 4 <= len(blob):
        length = int.from_bytes(blob[at : at + 4], "big")
        if at + 4 + length > len(blob):
            return
        yield blob[at + 4 : at + 4 + length]
        at += 4 + length


def _bits(kind: str, strings: list[bytes]) -> int | None:
    if kind == "ssh-rsa" and len(strings) == 3:
        return int.from_bytes(strings[2], "big").bit_length()
    if kind == "ssh-dss" and len(strings) == 5:
        return int.from_bytes(strings[1], "big").bit_length()
    if kind in ("ssh-ed25519", "sk-ssh-ed25519@openssh.com"):
        return 256
    if hit := re.fullmatch(r"(?:sk-)?ecdsa-sha2-nistp(\d{3})(?:@openssh\.com)?", kind):
        return int(hit[1])
    return None


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
