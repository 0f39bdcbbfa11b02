"""The lists of sockets that Linux and FreeBSD give, line by line; a part of `ports`.

    tcp LISTEN 0 128 127.0.0.53%lo:53 0.0.0.0:* users:(("resolved",pid=7,fd=3)) uid:101 ino:9 …
    udp UNCONN 0 0 *:123 *:* users:(("ntpd",714,16))         ss of iproute2 before 4
    0100007F:0277 0 1456                                     /proc/net/tcp: address, uid, inode
    root  sshd  812  3  tcp46  *:22  *:*                     sockstat -46l

After the sources of iproute2 (misc/ss.c: "uid:" is left out for root), of the kernel
(net/ipv4/tcp_ipv4.c) and of FreeBSD's sockstat. A line that is not understood is handed back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from collectors.text import Sections

HEADING = re.compile(r"(Netid\s+State|USER\s+COMMAND)\b.*")
SS = re.compile(r"(tcp|udp)\s+(\S+)\s+\d+\s+\d+\s+(\S+):(\d{1,5}|\*)\s+\S+(?:\s+(.*))?", re.DOTALL)
# What stands behind a name; a name may hold the same, in the kernel's 15 bytes.
BEHIND = re.compile(r'",pid=(\d{1,10}),fd=\d{1,10}\)(?:,(?=\(")|(\))(?=\s|$))')
OLD_BEHIND = re.compile(r'",(\d{1,10}),\d{1,10}\)(?:,(?=\(")|(\))(?=\s|$))')
LONGEST_NAME = 15
MOST_BREAKS = 60  # more are made to keep us busy
OWNED_BY = re.compile(r"\s*(?:timer:\S+\s+)?(?:uid:(\d{1,10})\s+)?ino:\d+")
HEX = re.compile(r"([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) (\d{1,10}) (\d{1,20})")
OWNER = re.compile(r"(\d{1,20}) (\d{1,10}) ?(.{0,64})")
SOCKSTAT = re.compile(
    r"(\S+)\s+(.*\S)\s+(\d{1,10}|\?)\s+(?:\d+|\?)\s+(tcp|udp)(4|6|46)\s+(\S+):(\d{1,5}|\*)\s+\S+.*"
)


Holders = tuple[tuple[str | None, int | None], ...]
UNSEEN: Holders = ((None, None),)


@dataclass(frozen=True)
class Socket:
    """One socket, and who holds it: (name, pid) each."""

    protocol: str
    address: str
    interface: str | None
    port: int
    user: str | None
    holders: Holders


def ss(found: Sections, name: str, six: str, skipped: list[str]) -> Iterator[Socket]:
    names = _names(found)
    if found[name].status != 0 or not any(HEADING.fullmatch(one) for one in found[name].lines):
        skipped.append(f"{name} ended with {found[name].status}")
    for line in _joined(found[name].lines):
        hit = SS.fullmatch(line.rstrip())
        address = hit and _address(hit[3], six)
        if not hit or not address or hit[4] == "*":
            skipped.append(line)
        elif hit[2] in ("LISTEN", "UNCONN"):
            holders, rest = _holders(hit[5] or "")
            owned = OWNED_BY.match(rest)
            user = names.get(owned[1] or "0", owned[1]) if owned else None
            yield Socket(hit[1] + six, *address, int(hit[4]), user, holders)


def _joined(lines: Sequence[str]) -> list[str]:
    """Return the lines of sockets; the name of a process may break one, where it stands."""
    whole: list[str] = []
    for line in lines:
        if whole and not SS.fullmatch(line.rstrip()) and _is_broken(whole[-1]):
            whole[-1] += f"\n{line}"
        elif line.strip() and not HEADING.fullmatch(line):
            whole.append(line)
    return whole


def _is_broken(line: str) -> bool:
    if line.count("\n") >= MOST_BREAKS:
        return False
    hit = SS.fullmatch(line.rstrip())
    said = (hit and hit[5]) or ""
    return said.startswith("users:(") and _holders(said)[0] == UNSEEN


def _holders(said: str) -> tuple[Holders, str]:
    """Return who holds a socket, and what stands after that; UNSEEN when it is not in order.

    A name ends where all that follows it is in order: where that fails, a later end is tried.
    """
    if not said.startswith('users:(("'):
        return UNSEEN, said
    behind = BEHIND if ",pid=" in said else OLD_BEHIND
    found: list[tuple[str | None, int | None]] = []
    tried = [behind.finditer(said, 9)]
    begins, dead = [9], set[int]()
    while tried:
        hit = next(tried[-1], None)
        if hit is None or hit.start() - begins[-1] > LONGEST_NAME:
            tried.pop()
            dead.add(begins.pop())
            del found[-1:]
        elif hit[2]:
            found.append((said[begins[-1] : hit.start()], int(hit[1])))
            return tuple(found), said[hit.end() :]
        elif hit.end() + 2 not in dead:
            found.append((said[begins[-1] : hit.start()], int(hit[1])))
            begins.append(hit.end() + 2)
            tried.append(behind.finditer(said, begins[-1]))
    return UNSEEN, said


def _address(said: str, six: str) -> tuple[str, str | None] | None:
    """Return address and interface of `*`, `127.0.0.53%lo`, `[fe80::1]%eth0` or `::1`."""
    bare, _, interface = said.replace("[", "").replace("]", "").partition("%")
    if bare == "*" or (bare == "" and six):
        bare = "::" if six else "0.0.0.0"  # noqa: S104  (it is read, not bound)
    try:
        return _shown(ip_address(bare)), interface or None
    except ValueError:
        return None


def proc(found: Sections, skipped: list[str]) -> Iterator[Socket]:
    names = _names(found)
    owners: dict[str, list[tuple[str | None, int | None]]] = {}
    for line in found.good("owner"):
        if owner := OWNER.fullmatch(line):
            owners.setdefault(owner[1], []).append((owner[3] or None, int(owner[2])))
    big = found.value("order").split()[-1:] == ["18688"]  # "I" as the higher byte
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in found[name].lines if name in found else ():
            if hit := HEX.fullmatch(line.strip()):
                holders = tuple(owners.get(hit[4], UNSEEN))
                user = names.get(hit[3], hit[3])
                yield Socket(name, _decoded(hit[1], big), None, int(hit[2], 16), user, holders)
            elif line.strip():
                skipped.append(line)


def _decoded(digits: str, big: bool) -> str:
    """Return an address of /proc/net: words of four bytes, each in the machine's order."""
    words = [bytes.fromhex(digits[at : at + 8]) for at in range(0, len(digits), 8)]
    return _shown(ip_address(b"".join(word if big else word[::-1] for word in words)))


def _shown(address: IPv4Address | IPv6Address) -> str:
    """Return an address as `ss` writes it, whatever Python's own form of a mapped one is."""
    mapped = getattr(address, "ipv4_mapped", None)
    return f"::ffff:{mapped}" if mapped else str(address)


def sockstat(found: Sections, skipped: list[str]) -> Iterator[Socket]:
    for line in found["sockstat"].lines:
        if HEADING.fullmatch(line) or not line.strip():
            continue
        hit = SOCKSTAT.fullmatch(line.strip())
        six = "6" if hit and "6" in hit[5] else ""
        address = hit and _address(hit[6], six)
        if not hit or not address:
            skipped.append(line)
        elif hit[7] != "*":  # not bound yet
            user = None if hit[1] == "?" else hit[1]
            holder = (None, None) if hit[3] == "?" else (hit[2], int(hit[3]))
            yield Socket(hit[4] + six, *address, int(hit[7]), user, (holder,))


def _names(found: Sections) -> Mapping[str, str]:
    """Return names by uid; of several the first, as the system takes it."""
    lines = [line.partition(" ") for line in found.good("name")]
    return {uid: name for uid, _, name in reversed(lines)}
