"""Pure: the day in two sentences, for those who stop there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from report.causes import brief, clause
from report.contract import Finding, Summary
from report.gaps import common_gap
from report.reading import View
from report.rules import findings
from report.rules.intruders import intruded
from report.words import (
    capital,
    count_word,
    listing,
    natural,
    number,
    percent,
    plural,
    verb,
)

# What is said of hosts, by the question that is answered so.
HAVE = {
    "Ways in": "new ways in",
    "Backups": "a backup that is not as it should be",
    "Checks": "a check that fails",
    "Logins": "many failed logins",
    "Memory": "little memory left",
    "Kernel": "faults that the kernel reported",
    "Expiring": "something that ran out or soon will",
    "Clock": "a clock that is off",
    "Timers": "timers that did not run",
    "Updates": "updates to see to",
    "Unusual": "values that are unusual",
}
HAS = re.compile(r"^(?:it|((?!it ).+?)) ha(?:s|ve) ")
LONGEST = 130
TWO_LINES = 105
CLAUSES = 4
# What is said of who came in.
FIRST, ROOT, GUESSED = "Got in", "root-by-password", "guessed"


def headline(view: View, found: Sequence[Finding]) -> str:
    """Return what is broken, in one sentence; that nothing is, only as far as was read."""
    listed, read = len(view.hosts), len(view.answered)
    if not listed:
        return "No server is listed."
    if not read:
        gap = common_gap(view)
        why = f": {clause(gap.outcome, gap.cause, listed)}" if gap else ""
        one = view.hosts[0] if listed == 1 else f"None of {number(listed)} servers"
        return f"{one} could {'not be read' if listed == 1 else 'be read'}{why}."
    critical = _clauses([one for one in found if one.severity == "critical"], found, view)
    warnings = _clauses([one for one in found if one.severity == "warning"], found, view)
    if critical:
        said = _sentence(critical)
        return f"{view.hosts[0]}: {said}" if listed == 1 else capital_of(view, said)
    good = f"Nothing is broken{_as_far_as(view)}"
    return f"{good}; {_sentence(warnings)}" if warnings else f"{good}."


def _as_far_as(view: View) -> str:
    """Return how far a "nothing" looked, if not everywhere and at everything."""
    listed, read, part = len(view.hosts), len(view.answered), len(view.incomplete)
    where = f" on {view.hosts[0]}" if listed == 1 else ""
    if read < listed:
        some = f", {number(part)} of them in part" if part else ""
        return f" on the {number(read)} servers read{some}" if read > 1 else (
            f" on the one server read{', in part' if part else ''}"
        )  # fmt: skip
    return f"{where}, as far as could be read" if part else where


def not_read(summary: Summary) -> str:
    """Return how much could not be read: "4 servers not at all, 5 in part"."""
    blind, part = summary.hosts - summary.hosts_read, summary.hosts_partial
    if summary.hosts == 1:
        return "the server as a whole" if blind else "part of the server"
    said = [f"{plural(blind, 'server')} not at all"] if blind else []
    said += [f"{number(part) if blind else plural(part, 'server')} in part"] if part else []
    return ", ".join(said)


def lead(
    view: View, found: Sequence[Finding], silenced: int = 0, planned: int = 0, ended: int = 0
) -> str:
    """Return how many findings there are, and how far the report looked.

    silenced, planned: how many more there are that are no findings for that. ended: how many of
    the findings were silenced until lately.
    """
    critical = sum(one.severity == "critical" for one in found)
    warnings = len(found) - critical
    parts = [
        f"{number(critical)} critical" if critical else "Nothing critical",
        plural(warnings, "warning") if warnings else "no warning",
    ]
    listed, read, part = len(view.hosts), len(view.answered), len(view.incomplete)
    only = f" Groups: {listing(view.groups)} only." if view.groups else ""
    if not read:
        return f"Nothing below is known, neither good nor bad.{only}"
    aside = [f"{number(silenced)} silenced"] if silenced else []
    aside += [f"{number(planned)} planned"] if planned else []
    aside += [f"{plural(ended, 'silence')} ended"] if ended else []
    more = f", {listing(aside)}" if aside else ""
    return f"{' and '.join(parts)}{more}. {_reach(listed, read, part)}{only}"


def _reach(listed: int, read: int, part: int) -> str:
    if listed == 1:
        return "The server was read in full." if not part else "The server was read in part."
    if read == listed and not part:
        return f"All {number(listed)} servers were read in full."
    if read == listed:
        return f"All {number(listed)} servers answered, {number(part)} of them only in part."
    more = f", {number(part)} more only in part" if part else ""
    return f"{number(listed - read)} of {number(listed)} servers not read{more}."


def capital_of(view: View, sentence: str) -> str:
    """Return a sentence with a capital, unless a host's name begins it."""
    return sentence if sentence.startswith(tuple(view.hosts)) else capital(sentence)


def clauses(view: View, found: Sequence[Finding]) -> tuple[str, int]:
    """Return what a section's findings come to, and how many are told with it.

    What has no room is left out as a whole: a reader can count the rest.
    """
    by_question: dict[str, list[Finding]] = {}
    for one in found:
        by_question.setdefault(one.question, []).append(one)
    kept: list[str] = []
    told = 0
    for every in by_question.values():
        said = _clauses(every, findings(view), view)
        if kept and HAS.search(kept[0]):  # it is said once: "web01 has …, web02 …"
            said = [
                HAS.sub(lambda hit: f"{hit[1]} " if hit[1] else "", one, count=1) for one in said
            ]
        if kept and len(", ".join([*kept, *said])) > LONGEST:
            break
        kept += said
        told += len(every)
    return listing(kept), told


def _sentence(clauses: Sequence[str]) -> str:
    kept = list(clauses[:CLAUSES])
    while len(kept) > 1 and len(", ".join(kept)) > TWO_LINES:
        kept.pop()
    # A clause that has an "and" of its own would run into the one before it.
    last = ", and " if len(kept) > 1 and any(" and " in one for one in kept) else " and "
    return f"{', '.join(kept[:-1])}{last if kept[1:] else ''}{kept[-1]}." if kept else ""


def _clauses(some: Sequence[Finding], found: Sequence[Finding], view: View) -> list[str]:
    """Return what some of the findings come to, question by question, in a few words."""
    questions = {one.question: [f for f in some if f.question == one.question] for one in some}
    parts, had = [], [question for question in questions if question in HAVE]
    for question, every in questions.items():
        if question == "Broken":
            parts += _broken(every, view)
        elif question == FIRST:
            parts += _came_in(every, found, view)
        elif question in had and len(view.hosts) == 1:
            # Of one server it is said once that it has all of this.
            if question == had[0]:
                parts.append(f"it has {listing([HAVE[one] for one in had])}")
        else:
            parts.append(_clause(question, every, view))
    return parts


def _broken(found: Sequence[Finding], view: View) -> list[str]:
    hosts: dict[str, list[str]] = {}
    for one in found:
        kept = hosts.setdefault(one.kind, [])
        kept += [host for host in one.hosts if host not in kept]
    parts = []
    if down := hosts.get("server-down"):
        parts.append(f"{_who(down, view)} {verb(len(down), 'is')} down")
    if unread := hosts.get("server-unread"):
        said = {brief(gap.outcome, gap.cause) for host in unread if (gap := view.blind.get(host))}
        why = f" ({next(iter(said))})" if len(said) == 1 else ""
        parts.append(f"{_who(unread, view)} could not be read{why}")
    if read_only := hosts.get("read-only"):
        has = verb(len(set(read_only)), "has")
        parts.append(f"{_who(read_only, view)} {has} a filesystem that fell read-only")
    if storage := sorted(set(hosts.get("storage", []))):
        parts.append(f"{_who(storage, view)} {verb(len(storage), 'has')} storage that fails")
    if degraded := hosts.get("server-degraded"):
        parts.append(f"{_who(degraded, view)} {verb(len(degraded), 'is')} degraded")
    if unclear := hosts.get("server-unknown"):
        alone = len(view.hosts) == 1
        whose = "its state" if alone else f"the state of {_who(unclear, view)}"
        parts.append(f"{whose} is not known")
    return parts


def _clause(question: str, found: Sequence[Finding], view: View) -> str:
    hosts = sorted({host for one in found for host in one.hosts})
    alone = len(view.hosts) == 1
    if question == "Restarted":
        return f"{'the server' if alone else _who(hosts, view)} rebooted"
    if question in HAVE:
        return f"{_who(hosts, view)} {verb(len(hosts), 'has')} {HAVE[question]}"
    return _filling(found, alone)


def _came_in(inside: Sequence[Finding], found: Sequence[Finding], view: View) -> list[str]:
    """Return who came in; an intruder where something new lets people in, too."""
    alone = len(view.hosts) == 1

    def on(hosts: Iterable[str]) -> str:
        return "" if alone else f" on {_who(sorted(set(hosts), key=natural), view)}"

    took = intruded(found)
    said = [f"an intruder may be{on(took) or ' on it'}"] if took else []
    left = [one for one in inside if one.hosts[0] not in took]
    roots = [one.hosts[0] for one in left if one.kind == ROOT]
    guessed = [one.hosts[0] for one in left if one.kind == GUESSED]
    said += [f"root came in by password{on(roots)}"] if roots else []
    how = "after many failures" if roots else "came in after many failed logins"
    said += [f"somebody {how}{on(guessed)}"] if guessed else []
    return said or [f"somebody came in who should be looked at{on(one.hosts[0] for one in left)}"]


def _filling(found: Sequence[Finding], alone: bool) -> str:
    if len(found) == 1:
        said = full(found[0], alone)
        return said if len(said) <= LONGEST // 2 else "a filesystem fills"
    soon = sum(one.kind == "disk-filling" for one in found)
    over = len(found) - soon
    if not over:
        return f"{count_word(soon)} filesystems will be full soon"
    return f"{count_word(over)} {'filesystem is' if over == 1 else 'filesystems are'} above " + (
        "its limit" if over == 1 else "their limit"
    )


def full(one: Finding, alone: bool = False) -> str:
    """Return which filesystem is how full; without its host in a report of that host alone."""
    mount = one.sentence.partition(" ")[0]
    who = mount if alone else f"{one.subject} {mount}"
    if one.kind == "disk-filling":
        return f"{who} will be full soon"
    if one.kind == "inodes-full":
        return f"{who} has {percent(one.value)} % of its inodes used"
    return f"{who} is {percent(one.value)} % full"


def _who(hosts: Sequence[str], view: View) -> str:
    if len(view.hosts) == 1:
        return "it"
    return listing(hosts) if len(hosts) <= 2 else f"{count_word(len(hosts))} servers"
