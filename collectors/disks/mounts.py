"""The table of mounts, and which of them a report about disks is about; a part of `disks`.

/dev/sda1 / ext4 rw,relatime 0 0                        /proc/self/mounts, fstab(5)
/dev/ada0p2 on / (ufs, local, journaled soft-updates)   mount: FreeBSD, macOS
/dev/sd0a on / type ffs (local)                         mount: OpenBSD, NetBSD
rpool/ROOT on a tab-separated line                      /etc/mnttab: Solaris
/ on rpool/ROOT read/write/setuid/dev=4bd0b7e on Fri Feb  2 16:27:36 2018    mount: Solaris
         /dev/hd4  /  jfs2  Nov 20 06:13 rw,log=/dev/hd8   mount: AIX

`kinds` says which of them are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collectors.disks import kinds
from collectors.errors import ParseError
from collectors.text import Sections

ESCAPE = re.compile(r"\\([0-7]{3})")
AIX = re.compile(r"(\S*)\s+(\S+)\s+(/\S*)\s+(\w+)\s+[A-Z][a-z]{2} +\d+ +\d\d:\d\d\s*(.*)")
SOLARIS = re.compile(r"(/.*?) on (\S+) (read.*) on [A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]?\d .*")


@dataclass(frozen=True)
class Mount:
    """One line of the table; `number` counts lines from 1. fs_type is "" when not told."""

    number: int
    device: str
    at: str
    fs_type: str = ""
    options: Sequence[str] = ()

    @property
    def remote(self) -> bool:
        """Whether what it holds lies on another machine, as far as type and device tell."""
        if self.fs_type and not self.fs_type.startswith("fuse"):
            return self.fs_type in kinds.REMOTE
        return bool(
            kinds.REMOTE_FUSE.fullmatch(self.fs_type) or kinds.ELSEWHERE.fullmatch(self.device)
        )

    @property
    def apart(self) -> bool:
        """Whether asking about it may hang, so that it is asked by itself."""
        return self.fs_type in kinds.REMOTE or self.fs_type.startswith("fuse")

    @property
    def wanted(self) -> bool:
        """Whether it can hold data of which it can run out."""
        transient = self.fs_type in kinds.TRANSIENT and kinds.ENGINES.fullmatch(self.at)
        return self.fs_type not in kinds.PSEUDO | kinds.IMAGES and not transient

    @property
    def identity(self) -> tuple[str, ...]:
        """What bind mounts have in common: device and type; on btrfs the subvolume too."""
        if self.fs_type == "devtmpfs":  # the kernel has but one
            return (self.fs_type,)
        named = self.fs_type == "zfs" or re.search("[/:]", self.device)
        if not named or self.device == "/dev/fuse":
            return (self.at,)
        subvolume = [word for word in self.options if word.startswith("subvol=")]
        return (self.device, self.fs_type, *subvolume)


def table(found: Sections) -> list[Mount]:
    """Return every mount that a probe tells of. Raises ParseError for an unknown line."""
    if "mounts" in found:
        return [_linux(number, line) for number, line in _numbered(found["mounts"].lines)]
    if "mnttab" in found:
        return [_mnttab(number, line) for number, line in _numbered(found["mnttab"].lines)]
    lines = _numbered(found.good("mount"))
    return [_other(n, line) for n, line in lines if not re.match(r"\s*(node\s+mounted|-{5})", line)]


def unlisted(device: str, at: str, fs_type: str) -> Mount:
    """Return a mount that only df tells of: of what type is told by a pseudo device's name."""
    image = "squashfs" if kinds.SNAP.fullmatch(f"{device} {at}") else ""
    return Mount(0, device, at, fs_type or kinds.CALLED.get(device, image))


def expected(lines: Iterable[str]) -> dict[str, bool]:
    """Return by mount point whether fstab wants it read-only, of the probe's `ro /at` lines."""
    pairs = (line.partition(" ") for line in lines if line.strip())
    return {_unescaped(at): word == "ro" for word, _, at in pairs}


def distinct(mounts: Iterable[Mount]) -> list[Mount]:
    """Return the mounts that can be seen and are wanted, each filesystem once.

    Of two at one place the later hides the earlier; of bind mounts the first is kept.
    """
    seen = {mount.at: mount for mount in mounts}
    first: dict[tuple[str, ...], Mount] = {}
    for mount in sorted(seen.values(), key=lambda mount: mount.number):
        if mount.wanted:
            first.setdefault(mount.identity, mount)
    return list(first.values())


def _numbered(lines: Sequence[str]) -> list[tuple[int, str]]:
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _unescaped(word: str) -> str:
    return ESCAPE.sub(lambda byte: chr(int(byte[1], 8)), word)


def _linux(number: int, line: str) -> Mount:
    words = [_unescaped(word) for word in line.split(" ")]
    if len(words) < 4 or not words[1].startswith("/"):
        raise ParseError("not a line of /proc/self/mounts", line)
    return Mount(number, words[0], words[1], words[2], words[3].split(","))


def _mnttab(number: int, line: str) -> Mount:
    words = line.split("\t")
    if len(words) < 4:
        raise ParseError("not a line of /etc/mnttab", line)
    return Mount(number, words[0], words[1], words[2], words[3].split(","))


def _bsd(line: str) -> tuple[str, str, str, str] | None:
    """Return device, mount, type ("" for none) and options.

    Cut at what stands between them: a pattern takes cubic time over a line made for it.
    """
    said, opened, options = line.removesuffix(")").rpartition(" (")
    device, on, mount = said.partition(" on /")
    if not (opened and on and device and line.endswith(")")):
        return None
    head, typed, fs_type = mount.rpartition(" type ")
    if typed and fs_type and " " not in fs_type:
        mount = head
    else:
        fs_type = ""
    return device, f"/{mount}", fs_type, options


def _other(number: int, line: str) -> Mount:
    if bsd := _bsd(line):
        device, mount, fs_type, listed = bsd
        options = [one.strip() for one in listed.split(",")]
        return Mount(number, device, mount, fs_type or options[0], options)
    if aix := AIX.fullmatch(line):
        device = f"{aix[1]}:{aix[2]}" if aix[1] else aix[2]
        return Mount(number, device, aix[3], aix[4], aix[5].split(","))
    if solaris := SOLARIS.fullmatch(line):
        return Mount(number, solaris[2], solaris[1], "", solaris[3].split("/"))
    raise ParseError("not a line of mount", line)
