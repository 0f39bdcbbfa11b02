"""ports: who listens where, as `ss` lists it for either family."""

from __future__ import annotations

from functools import lru_cache

from report.demo.printing import accounts
from report.demo.visit import Visit, section

HEADING = "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process"


def printed(visit: Visit) -> str:
    """Return what the probe of `ports` prints."""
    server = visit.server
    opened = visit.story.state(server.name, "port", visit.day)
    listed = _usual(server.ports, server.system.packages == "apt", visit.root)
    four, six = listed
    if opened:
        port, program, uid = opened
        four = (*four, _line("tcp", f"0.0.0.0:{port}", program, 918_201, uid, visit.root))
    known = [f"{uid} {name}" for name, uid in accounts.uids(server).items()]
    return (
        section("id", "0" if visit.root else "990")
        + section("range", "32768\t60999")
        + section("ss4", (HEADING, *four))
        + section("ss6", (HEADING, *six))
        + section("name", known)
    )


@lru_cache(maxsize=64)
def _usual(
    ports: tuple[tuple[int, str], ...], debian: bool, root: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    four = [
        _line("udp", "127.0.0.1:323", "chronyd", 701, 0, root),
        _line("tcp", "0.0.0.0:22", "sshd", 812, 0, root),
        _line("tcp", "0.0.0.0:9100", "node_exporter", 930, 0, root),
    ]
    six = [_line("tcp", "[::]:22", "sshd", 812, 0, root)]
    if debian:
        four.append(_line("tcp", "127.0.0.53%lo:53", "systemd-resolve", 640, 0, root))
    for number, (port, program) in enumerate(ports):
        four.append(_line("tcp", f"0.0.0.0:{port}", program, 1200 + number, 0, root))
        six.append(_line("tcp", f"[::]:{port}", program, 1200 + number, 0, root))
    return tuple(four), tuple(six)


def _line(kind: str, at: str, program: str, pid: int, uid: int, root: bool) -> str:
    state = "LISTEN" if kind == "tcp" else "UNCONN"
    holder = f'users:(("{program[:15]}",pid={pid},fd=6)) ' if root else ""
    owner = f"uid:{uid} " * bool(uid)
    anybody = "[::]:*" if at.startswith("[") else "0.0.0.0:*"
    return (
        f"{kind}   {state} 0      128 {at:>20} {anybody:>12} {holder}{owner}ino:{pid * 31} sk:1 <->"
    )
