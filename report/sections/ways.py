"""What changed among the ways in, and what never ought to be one, server by server."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from report.contract import Finding
from report.findings import summarise
from report.reading import View, once, rows_of
from report.rules.intruders import login
from report.words import (
    capital,
    count_word,
    day_month,
    foreign,
    is_missing,
    listing,
    natural,
    number,
    plural,
    verb,
)

RISKS = {"second-root": "second root account", "empty-password": "account without a password"}
CALLED = {"user": "account"}
RANK = {"risk": 0, "added": 1, "changed": 2, "login": 3, "removed": 4}
MEMBERS = re.compile(r"(primary )?members ([^;]+)")
LONGEST = 240
NAMED = 2  # so many servers, or groups of them, are in the headline

Told = dict[tuple[str, str, str], str]


class Line(NamedTuple):
    """One thing of these hosts. kind: of RANK. noun: what it is, for the headline."""

    hosts: tuple[str, ...]
    severity: str
    kind: str
    said: str
    noun: str = ""


@once
def by_server(view: View) -> list[list[Line]]:
    """Return what there is to tell, the same hosts together, the worst first.

    What never ought to be, changes, and logins there that are to be explained.
    """
    summary = summarise(view)
    severity: Told = {atom: one.severity for one in summary.findings for atom in one.atoms}
    quiet: Told = {atom: f"; silenced until {day_month(one.until, with_year=True)}"
             for one in summary.silenced for atom in one.finding.atoms}  # fmt: skip
    every = [*summary.findings, *(one.finding for one in summary.silenced)]
    risks = [one for one in every if one.kind in RISKS]
    lines = [*_risks(view, risks, severity, quiet), *_changes(view, risks, severity, quiet)]
    marked = {host for one in lines if one.severity for host in one.hosts}
    lines += [
        Line(one.hosts, one.severity, "login", f"Login to explain: {login(one)}")
        for one in summary.findings if one.question == "Got in" and marked.issuperset(one.hosts)
    ]  # fmt: skip
    groups: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        groups.setdefault(line.hosts, []).append(line)
    for own in groups.values():
        own.sort(key=lambda one: (one.severity != "critical", RANK[one.kind], one.said))
    return sorted(groups.values(), key=_worst)


def _worst(own: Sequence[Line]) -> tuple[Any, ...]:
    hosts, marked = own[0].hosts, any(one.severity for one in own)
    return own[0].severity != "critical", not marked, -len(hosts), natural(hosts[0])


def _risks(view: View, risks: Sequence[Finding], severity: Told, quiet: Told) -> Iterator[Line]:
    new = {
        (str(row.host), _name(row.object)) for row in rows_of(view, "changes")
        if (row.what, row.change) == ("user", "added")
    }  # fmt: skip
    for one in risks:
        atom, fresh = one.atoms[0], (one.hosts[0], one.object) in new
        said = (f"new {one.sentence}" if fresh else one.sentence).rstrip(".") + quiet.get(atom, "")
        yield Line(one.hosts, severity.get(atom, ""), "risk", f"{capital(said)}.", RISKS[one.kind])


def _changes(view: View, risks: Sequence[Finding], severity: Told, quiet: Told) -> Iterator[Line]:
    """Yield what changed, the same on several hosts once; a new user that is a risk is told."""
    told = {(one.hosts[0], one.object) for one in risks}
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows_of(view, "changes"):
        what, change, host = str(row.what), str(row.change), str(row.host)
        if (what, change) == ("user", "added") and (host, _name(row.object)) in told:
            continue
        atom = (host, "new-way-in", f"{what} {row.object}"[:500])
        found = "" if change == "removed" else severity.get(atom, "")
        said = _said(row) + ("" if change == "removed" else quiet.get(atom, ""))
        alike.setdefault((found, change, said, what), []).append(host)
    for (found, change, said, what), hosts in alike.items():
        own = tuple(sorted(set(hosts), key=natural))
        noun = f"{'new' if change == 'added' else change} {CALLED.get(what, what)}"
        yield Line(own, found, change, f"{said}.", noun)


def _name(user: Any) -> str:
    return str(user).partition(" (uid ")[0]


def _said(row: Any) -> str:
    """Return a change as a person would say it."""
    thing = f"{row.what} {foreign(row.object, 160)}"
    if row.change != "changed":
        return f"New {thing}" if row.change == "added" else f"Gone: {thing}"
    came, went = (None if is_missing(one) else str(one) for one in (row.after, row.before))
    members = MEMBERS.fullmatch(came or went or "")
    if row.what == "group" and members and not (came and went):
        return f"{_membership(members[2], members[1] or '', bool(came))} of {thing}"
    thing = capital(thing)
    if came and went:
        return f"{thing}: was {foreign(went, 80)}, is {foreign(came, 80)}"
    return f"{thing}: {'now' if came else 'no longer'} {foreign(came or went, 80)}"


def _membership(names: str, primary: str, came: bool) -> str:
    """Return "eve is now a member", "eve, mallory are no longer primary members"."""
    be, member = ("are", f"{primary}members") if "," in names else ("is", f"a {primary}member")
    return f"{foreign(names, 80)} {be} {'now' if came else 'no longer'} {member}"


def headline(view: View) -> str:
    """Return who has what, the worst first; "" where nothing is a finding."""
    groups = [own for own in by_server(view) if any(one.severity and one.noun for one in own)]
    said = _headline(groups, NAMED)
    return said if len(said) <= LONGEST else _headline(groups, 1)


def _headline(groups: Sequence[Sequence[Line]], most: int) -> str:
    said = [
        f"{listing(own[0].hosts, 3)} {verb(len(own[0].hosts), 'has')} {_things(own)}"
        for own in groups[:most]
    ]
    named, rest = (
        {host for own in some for host in own[0].hosts} for some in (groups[:most], groups[most:])
    )
    if left := len(rest - named):
        worst = {host for own in groups[most:] if own[0].severity == "critical"
                 for host in own[0].hosts} - named  # fmt: skip
        critical = f", {number(len(worst))} of them something critical" if worst else ""
        more = f"{plural(left, 'more server')} {verb(left, 'has')} something new{critical}"
        said.append(more)
    return "; ".join(said)


def _things(own: Sequence[Line]) -> str:
    counts = Counter(one.noun for one in own if one.severity and one.noun)
    return listing([_counted(noun, n) for noun, n in counts.items()], 4)


def _counted(noun: str, count: int) -> str:
    if count > 1:
        one = "account" if "account" in noun else noun
        return f"{count_word(count)} {noun.replace(one, f'{one}s')}"
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
