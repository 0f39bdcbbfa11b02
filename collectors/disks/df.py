"""The tables of `df`: blocks (-kP) or inodes (-iP), each column known by its heading.

    Filesystem     1024-blocks    Used Available Capacity Mounted on         POSIX, GNU, BusyBox
    Filesystem            kbytes    used   avail capacity  Mounted on        Solaris
    Filesystem          kbytes    used   avail %used Mounted on              HP-UX bdf
    Filesystem          Type  kbytes     use     avail  %use Mounted on      IRIX
    Filesystem    1024-blocks      Free %Used    Iused %Iused Mounted on     AIX df -k
    Filesystem  1024-blocks Used Avail Capacity iused ifree %iused Mounted on   FreeBSD df -ki
    Filesystem      Inodes IUsed   IFree IUse% Mounted on                    GNU
    Filesystem     Inodes      Used Available Capacity Mounted on            BusyBox
    Filesystem 1K-blocks Used Avail %Cap iUsed iAvail %iCap Mounted on       NetBSD

A part of `disks`. A record may run over two lines, with a long device name on the first;
a name may hold blanks, and BusyBox prints a line break in a name as it is, GNU as `?`.
A column of types (-T) is understood wherever somebody's alias or wrapper adds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from collectors.errors import ParseError
from collectors.text import Section

# Possessive, and after something that is no blank: linear in a line of blanks, too.
GAP = r"(?<=\S)\s++"
HEADING = ["Filesystem", "Mounted", "on"]
MESSAGE = re.compile(r"(\S*/)?(df|sh|bash|ash|dash|ksh)(\[\d+\])?: .*")
ENDED = re.compile(r"Mounted on\s*$|[\d%-]\s+/|^\S*df: ")
TOTAL = re.compile(r"total\s.*\s-")
SIZE = re.compile(r"(?:(\d+)-blocks|1[Kk]-blocks|[Kk]bytes)")
COLUMNS = {
    "used": "used",
    "use": "used",
    "avail": "available",
    "available": "available",
    "free": "available",
    "capacity": "percent",
    "use%": "percent",
    "%used": "percent",
    "%use": "percent",
    "%cap": "percent",
    "inodes": "inodes",
    "iused": "iused",
    "ifree": "ifree",
    "iuse%": "ipercent",
    "%iused": "ipercent",
    "iavail": "ifree",
    "%icap": "ipercent",
    "type": "type",
}
CELL = r"(-?\d+%?|-)"
Figures = dict[str, int]


@dataclass(frozen=True)
class Table:
    """Figures (size, used and available in bytes), devices and types by mount point.

    messages: what df said of mounts. skipped: lines that are no records.
    """

    figures: dict[str, Figures] = field(default_factory=dict)
    devices: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def shown(names: Iterable[str]) -> dict[str, str]:
    """Return mount points by what `df` prints for them."""
    names = list(names)
    return {re.sub(r"[\0-\x1f\x7f]", "?", name): name for name in names} | dict.fromkeys(names, "")


def read(section: Section, known: Mapping[str, str]) -> Table:
    """Return one table; `known` is what `shown` says of the mount points that there are.

    The second line of a wrapped record begins with a blank, so a line that is no record
    cannot lend its words to the next. Raises ParseError for a heading in another form or
    language, and where no line is a record, unless the command failed or was killed.
    """
    table = Table()
    columns: list[str] = []
    unit, last = 1, ""
    for line in _unwrapped(section.lines):
        if MESSAGE.fullmatch(line):
            table.messages.append(line)
        elif (heading := line.split())[:1] == HEADING[:1] and heading[-2:] == HEADING[1:]:
            columns, unit = _columns(heading[1:-2], line)
        elif not columns:
            if section.status == 0:
                raise ParseError("df printed a heading that is not understood", line)
            table.messages.append(line)
        elif last not in known and f"{last}\n{line}" in known:
            last = _rename(table, last, f"{last}\n{line}")
        elif record := _record(line, columns, known):
            device, cells, at = record
            last = known.get(at) or at
            table.figures[last] = _figures(columns, cells, unit)
            table.devices[last] = device
            if "type" in columns:
                table.types[last] = cells[columns.index("type")]
        elif line.strip() and not TOTAL.fullmatch(line):
            table.skipped.append(line.strip())
    if table.skipped and not table.figures and section.status == 0:
        raise ParseError("not a line of df", table.skipped[0])
    return table


def _unwrapped(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines, with one that begins with a blank, or is none, joined to a name alone before."""
    whole = ""
    for line in lines:
        if whole and not line[:1].strip() and not ENDED.search(whole):
            whole = f"{whole} {line.strip()}".rstrip()
            continue
        if whole:
            yield whole
        whole = line
    if whole:
        yield whole


def _columns(words: list[str], line: str) -> tuple[list[str], int]:
    unit, columns = 1, []
    for word in words:
        if size := SIZE.fullmatch(word):
            unit = int(size[1] or 1024)
            columns.append("size")
        elif word.lower() in COLUMNS:
            columns.append(COLUMNS[word.lower()])
        else:
            raise ParseError(f"df has a column {word!r} that is not known", line)
    if "inodes" in columns and "size" not in columns:  # BusyBox heads them as if of blocks
        rename = {"used": "iused", "available": "ifree", "percent": "ipercent"}
        columns = [rename.get(column, column) for column in columns]
    return columns, unit


def _record(
    text: str, columns: list[str], known: Mapping[str, str]
) -> tuple[str, tuple[str, ...], str] | None:
    """Split a record at its run of figures; names may hold blanks and figures themselves.

    Of several runs the first counts, unless the last leads to a mount point that there is.
    """
    cells = r"\s++".join(r"(\S+)" if column == "type" else CELL for column in columns)
    splits = []
    for device in (r"(.*?)", r"(.*)"):
        found = re.fullmatch(rf"{device}{GAP}{cells}\s++(/.*)", text, re.DOTALL)
        if found is None:
            return None
        splits.append((found[1].strip(), found.groups()[1:-1], found[len(columns) + 2]))
    first, last = splits
    return last if last[2] in known and first[2] not in known else first


def _rename(table: Table, old: str, new: str) -> str:
    table.figures[new] = table.figures.pop(old)
    table.devices[new] = table.devices.pop(old)
    return new


def _figures(columns: list[str], cells: tuple[str, ...], unit: int) -> Figures:
    pairs = zip(columns, cells, strict=True)
    # Only what is available may fall below zero: then the reserve is in use.
    figures = {
        name: int(cell.rstrip("%"))
        for name, cell in pairs
        if cell != "-" and name != "type" and (name == "available" or not cell.startswith("-"))
    }
    for name in ("size", "used", "available"):
        if name in figures:
            figures[name] *= unit
    if "used" not in figures and {"size", "available"} <= figures.keys():
        figures["used"] = figures["size"] - figures["available"]
    if "inodes" not in figures and {"iused", "ifree"} <= figures.keys():
        figures["inodes"] = figures["iused"] + figures["ifree"]
    return figures
