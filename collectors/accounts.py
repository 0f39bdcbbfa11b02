"""The local files of accounts: what `users` and `groups` share.

Their lines are cut on the server, by awk, to what may be told: a password's hash is looked
at there and never printed. A line with too few fields is told by its number alone, for a
hash may stand anywhere in it. passwd(5), group(5), shadow(5), nsswitch.conf(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from collectors.errors import CollectError, NotApplicable
from collectors.text import Sections

# lines FILE FIELDS PROGRAM: comments are passed over; `+` and `-` stand for accounts of NIS,
# so that no record begins with `+`, which marks what is ours.
SCRIPT = r"""
lines() {
  awk -F: '/^[ \t]*(#|$)/ { next } /^[+-]/ { print "+nis"; next }
    NF < '"$2"' { print "+odd " NR; next } '"$3" "$1"
}
limits() { awk '$1 ~ /^[UG]ID_(MIN|MAX)$/ { print $1, substr($2, 1, 12) }' /etc/login.defs; }
sources() { sed -n "s/^$1:[[:space:]]*//p" /etc/nsswitch.conf; }
say kernel uname -s
say id id -u
[ -r /etc/login.defs ] && say limits limits
"""

# What nsswitch.conf may name and the files here cover, or what makes accounts for services.
LOCAL = {"files", "compat", "db", "cache", "systemd", "usrfiles", "myhostname"}


@dataclass
class Lines:
    """The records of one file, field by field; what was not understood, and what is elsewhere."""

    records: list[Sequence[str]] = field(default_factory=list)
    cause: str = ""
    nis: bool = False


def lines(found: Sections, name: str, fields: int, file: str) -> Lines:
    """Return what `lines` printed of a file.

    Raises NotApplicable on macOS, whose files are not where its accounts are, and
    CollectError when the file cannot be read.
    """
    if found.value("kernel") == "Darwin":
        raise NotApplicable("accounts of macOS stand in its directory service, not in files")
    if name not in found or found[name].status != 0:
        said = found[name].first if name in found else "it is not there"
        raise CollectError(f"{file} could not be read: {said[:200]}")
    read, odd = Lines(), []
    for line in found[name].lines:
        record = line.split(":")
        if line == "+nis":
            read.nis = True
        elif len(record) == fields and record[0]:
            read.records.append(record)
        else:
            told = line.startswith("+odd ")
            odd.append(f"line {line[5:]}" if told else repr(line[:80]))
    if odd:
        more = f" and {len(odd) - 1} more" if len(odd) > 1 else ""
        read.cause = f"{odd[0]}{more} of {file} not understood"
    return read


def elsewhere(found: Sections, nis: bool, what: str) -> str:
    """Return the note on accounts that are not in files, or ""."""
    words = re.sub(r"\[[^\]]*\]", " ", found.value("sources")).split()
    named = [word[:30] for word in words if word not in LOCAL] + ["NIS"] * nis
    return f"only local {what} are listed, not those of {', '.join(named)}" if named else ""


def limits(found: Sections, kind: str) -> range:
    """Return which ids are those of people (kind `UID`) or their groups (`GID`)."""
    said = dict(_pairs(found))
    return range(said.get(f"{kind}_MIN", 1000), said.get(f"{kind}_MAX", 60000) + 1)


def _pairs(found: Sections) -> Iterator[tuple[str, int]]:
    for line in found.good("limits"):
        key, _, value = line.partition(" ")
        if re.fullmatch(r"\d{1,10}", value):
            yield key, int(value)


def number(word: str) -> int | None:
    """Return an id; None for what is none."""
    return int(word) if re.fullmatch(r"\d{1,10}", word) else None
