"""What listens beyond its own host, by port: new and rare ones each, the others in a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple

from markupsafe import Markup

from report.marks import mark
from report.markup import Col, block, note, table
from report.reading import View, rows_of
from report.sections import FEW, ROWS, cut
from report.sections.blocks import known
from report.sections.ways import by_server
from report.words import foreign, is_missing, listing, natural, number, plural

RARE = 3  # on fewer servers a port is rare
TITLE = "Open to others"
MANY = 24  # so many ports are told in a line


class Port(NamedTuple):
    """A port: the programs seen behind it, by host; and where it is new."""

    number: int
    kind: str
    programs: Mapping[str, set[str]]
    new: tuple[str, ...]

    @property
    def hosts(self) -> list[str]:
        """The hosts that have it open."""
        return sorted(self.programs, key=natural)


def opened(view: View) -> Markup:
    """Return the block; nothing where no ports were read."""
    if not (read := view.read("ports")):
        return Markup()
    ports, one = _ports(view), len(view.hosts) == 1
    where = "" if one else f" on {plural(read, 'server')} read"
    if not ports:
        return block(TITLE, f"Nothing{where}.", Markup())
    few = len(view.hosts) <= FEW
    apart = [few or bool(port.new) or len(port.programs) < RARE for port in ports]
    told = list(compress(ports, apart))
    rest = [port for port, own in zip(ports, apart, strict=True) if not own]
    said = cut(min(len(told), ROWS), len(told), "port") if few else _caption(ports, told, where)
    cols = (
        Col("", 5, "m"), Col("Port", 14, "n"), Col("", 13, "p"), Col("Program", 64),
        *(() if one else (Col("Servers", 16, "n"), Col("On", 62, "p"))),
    )  # fmt: skip
    rows = [_cells(port)[: len(cols)] for port in told[:ROWS]]
    parts = [table(cols, rows, "stack")] if rows else []
    return block(TITLE, said, *parts, _rest(rest))


def _caption(ports: Sequence[Port], told: Sequence[Port], where: str) -> str:
    rare = f"{number(len(told))} new or on fewer than {RARE} of them" if told else "none is rare"
    more = f"; {ROWS} shown, the rest is in the workbook" if len(told) > ROWS else ""
    return f"{plural(len(ports), 'port')}{where}; {rare}{more}"


def _ports(view: View) -> list[Port]:
    """Return the ports that are open to others, new ones first, then the rarest."""
    frame = known(view, "ports")
    frame = frame[(frame["scope"] != "loopback") & ~frame["ephemeral"].fillna(False).astype(bool)]
    found: dict[tuple[str, int], dict[str, set[str]]] = {}
    names = ("protocol", "port", "host", "process")
    for protocol, port, host, program in zip(*(frame[name] for name in names), strict=True):
        programs = found.setdefault((_kind(protocol), int(port)), {}).setdefault(str(host), set())
        programs |= set() if is_missing(program) or not program else {foreign(program, 60)}
    new = _new(view)
    every = [
        Port(port, kind, held, new.get((kind, port), ())) for (kind, port), held in found.items()
    ]
    return sorted(every, key=lambda one: (not one.new, len(one.programs), one.number, one.kind))


def _kind(protocol: Any) -> str:
    return str(protocol).removesuffix("6")


def _new(view: View) -> dict[tuple[str, int], tuple[str, ...]]:
    """Return the ports that a finding calls new, and on which hosts."""
    marked = {host for own in by_server(view) for one in own if one.severity for host in one.hosts}
    found: dict[tuple[str, int], set[str]] = {}
    for row in rows_of(view, "changes"):
        if (row.what, row.change) == ("port", "added") and str(row.host) in marked:
            protocol, port, *_ = f"{row.object} ".split(" ")
            found.setdefault((_kind(protocol), int(port)), set()).add(str(row.host))
    return {key: tuple(sorted(hosts, key=natural)) for key, hosts in found.items()}


def _cells(port: Port) -> tuple[Any, ...]:
    new = (
        ""
        if not port.new
        else "; new"
        if len(port.hosts) == 1
        else f"; new on {listing(port.new, 3)}"
    )
    return (
        mark("warning" if port.new else ""), str(port.number), port.kind, _programs(port),
        len(port.hosts), listing(port.hosts, 3) + new,
    )  # fmt: skip


def _programs(port: Port) -> str:
    seen = sorted({name for own in port.programs.values() for name in own})
    unseen = sorted((host for host, own in port.programs.items() if not own), key=natural)
    if not seen:
        return "not seen"
    return listing(seen, 3) + (f"; not seen on {listing(unseen, 2)}" if unseen else "")


def _rest(ports: Sequence[Port]) -> Markup:
    """Return the others in a line: port, and on how many servers."""
    if not ports:
        return Markup()
    order = sorted(ports, key=lambda one: (-len(one.programs), one.number))
    said = [
        f"{one.number}{'' if one.kind == 'tcp' else f' {one.kind}'} on {number(len(one.programs))}"
        for one in order
    ]
    return note(f"On more servers: {listing(said, MANY)}.")
