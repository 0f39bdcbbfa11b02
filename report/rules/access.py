"""Ways in: what is new among users, keys, sudo rules and ports, and what never ought to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from report.contract import Finding
from report.reading import View, rows_of
from report.rules.wording import NAMED, each_or_all, subject
from report.words import foreign, is_missing, listing, natural

EMPTY = "empty"
LOOPBACK = (" on 127.", " on ::1")


def second_roots(view: View) -> list[Finding]:
    """Users beside root that are root, and users that need no password."""
    found = []
    for row in rows_of(view, "users"):
        name, host = foreign(row.name, 40), str(row.host)
        said = ""
        if not is_missing(row.uid) and row.uid == 0 and row.name != "root":
            kind, said = "second-root", f"user {name} has uid 0: it is root by another name."
        elif not is_missing(row.password) and row.password == EMPTY and row.may_log_in is not False:
            kind, said = "empty-password", f"user {name} needs no password."
        if said:
            found.append(
                Finding(kind, "critical", "Ways in", host, (host,), said, "access",
                        object=str(row.name), collector="users")
            )  # fmt: skip
    return found


def new_ways_in(view: View) -> list[Finding]:
    """What was added or changed since the snapshot before; the same on many hosts is one."""
    alike: dict[tuple[str, str], list[str]] = {}
    for host, thing, said in _news(view):
        alike.setdefault((thing, said), []).append(host)
    found = []
    for (thing, said), every in alike.items():
        for hosts in each_or_all(sorted(set(every), key=natural)):
            names = f", on {listing(hosts, NAMED)}" if len(hosts) > 1 else ""
            found.append(
                Finding("new-way-in", "warning", "Ways in", subject(hosts), hosts,
                        f"{said}{names}.", "access", object=thing[:500], collector="ports")
            )  # fmt: skip
    return found


def _news(view: View) -> Iterator[tuple[str, str, str]]:
    """Yield host, which thing is new there, and in words; what is gone is on the page alone."""
    for row in rows_of(view, "changes"):
        what, change = str(row.what), str(row.change)
        local = what == "port" and any(part in str(row.object) for part in LOOPBACK)
        if change == "removed" or local:
            continue
        said = f"{'new ' if change == 'added' else ''}{what} {foreign(row.object, 90)}"
        if change == "changed":
            said += f" changed{_difference(row)}"
        yield str(row.host), f"{what} {row.object}", said


def _difference(row: Any) -> str:
    """Return ": members eve" for what came, or " (gone: members eve)" for what only went."""
    if not is_missing(row.after):
        return f": {foreign(row.after, 60)}"
    return "" if is_missing(row.before) else f" (gone: {foreign(row.before, 60)})"
