"""The logins: who came in, who tried, when and from where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from report import hourly, tables
from report.findings import summarise
from report.headline import clauses
from report.markup import Col, Page, block, bold, columns, halves, joined, note, section, table
from report.measures import network
from report.reading import View, frame_of
from report.rules.logins import roots
from report.sections import FEW, NAMES, cut, flows, nth, unknown
from report.sections.newcomers import new
from report.sections.roles import cells, or_not, privilege, root
from report.words import foreign, listing, moment, natural, number, plural, verb

if TYPE_CHECKING:
    import pandas as pd

NETWORKS, PAIRS, HOSTS = 5, 8, 5  # rows, so that the page is one
WIDE = 4  # of hosts, and of users in each of two columns, where root and sudo are a line each
WEEK = 7
BY_COUNT = (Col("Failed", 15, "n"), Col("Accepted", 17, "n"))


def page(view: View) -> Page:
    """Return the section."""
    nth_, flow, read = nth(view, "logins"), flows(view, "logins"), view.read("logins")
    if not read:
        said = unknown(view, "logins", "logins")
        return section("logins", nth_, NAMES["logins"], said, [], flow)
    every = frame_of(view, "logins")
    seen = view.logins
    if every.empty:
        said = f"Nobody came in, and nobody tried, on {view.reach('logins')}."
        return section("logins", nth_, NAMES["logins"], said, [], flow)
    parts = [new(view), _by_hour(view, seen), _networks(view, seen)]
    told = [root(view, seen), privilege(every)]
    hosts = _hosts(view, seen, HOSTS) if len(view.hosts) > FEW else Markup()
    if hosts and not any("<table" in one for one in told):  # in two lines: there is room below
        hosts = _hosts(view, seen, WIDE)
        parts += [halves(_accepted(seen), joined([*told, hosts])), _tried(seen, True)]
    else:
        parts += [halves(_accepted(seen), joined(told)), halves(_tried(seen), hosts)]
    return section("logins", nth_, NAMES["logins"], _finding(view, seen), parts, flow)


def _finding(view: View, seen: pd.DataFrame) -> str:
    failed, accepted = tables.total(seen, "failed"), tables.total(seen, "accepted")
    said = f"{number(accepted)} accepted, {number(failed)} failed"
    worst = [
        one for one in summarise(view).findings
        if one.question == "Got in" and one.severity == "critical"
    ]  # fmt: skip
    if worst:
        return f"{said}; {clauses(view, worst)[0]}."
    where = f" on {view.reach('logins')}" if len(view.hosts) > 1 else ""
    if len(view.hosts) == 1 and not view.whole("logins"):
        where = " in the part of its log that could be read"
    known = "root came in by password, which is silenced" if len(roots(view)) else (
        "root never by password")  # fmt: skip
    return f"{said}{where}; {known}."


def _at(view: View, at: Any) -> str:
    return moment(at, view.info.zone, view.info.from_at, view.info.to_at)


def _by_hour(view: View, seen: pd.DataFrame) -> Markup:
    info, read = view.info, view.read("logins")
    hours = tables.by_hour(seen, info.from_at, info.to_at, info.zone)
    failed, accepted = int(hours["failed"].sum()), int(hours["accepted"].sum())
    if not failed + accepted:
        return Markup()
    peak = "none failed"
    if failed:
        nth_ = int(hours["failed"].to_numpy().argmax())
        most = number(int(hours["failed"].iloc[nth_]))
        peak = f"most failed at {hours['hour'].iloc[nth_]:%H:%M}, {most} in an hour"
    alt = f"Logins by hour: {number(failed)} failed and {number(accepted)} accepted; {peak}."
    before = [hourly.earlier(view, hours["hour"], days) for days in (1, WEEK)]
    lines = [one.failed for one in before]
    log = "Logarithmic scale above 0; " if hourly.logarithmic(list(hours["failed"]), lines) else ""
    chart = Markup('<div class="scroll">{}</div>').format(hourly.chart(hours, lines, alt))
    every = plural(len(view.hosts), "server")
    whole = every if read == len(view.hosts) else f"{number(read)} of {every}"
    caption = f"{log}{whole} read{_compared(read, before)}"
    return block("By hour", caption, columns((5, chart), (1, _came_from(seen))))


def _compared(read: int, before: Sequence[hourly.Earlier]) -> str:
    """Return of how many servers the days before speak, where that is another number."""
    days = zip(("yesterday", "a week ago"), before, strict=True)
    said = [f"{name} {number(one.read)}" for name, one in days if one.read not in (0, read)]
    return f" ({', '.join(said)})" if said else ""


def _came_from(seen: pd.DataFrame) -> Markup:
    sources = set(seen.loc[seen["result"] == "failed", "source_ip"].dropna())
    both = sources & set(seen.loc[seen["result"] == "accepted", "source_ip"].dropna())
    noun = "address" if len(sources) == 1 else "addresses"
    facts = _fact(number(len(sources)), f"{noun} failed to log in.")
    return facts + _fact(number(len(both)), "of them also got in.")


def _fact(value: str, said: str) -> Markup:
    return Markup('<p class="big">{}</p><p class="cap">{}</p>').format(value, said)


def _networks(view: View, seen: pd.DataFrame) -> Markup:
    """Return the networks that failed most, a /24 or /64 each; one address stands by itself.

    All but "Accepted" is of what failed.
    """
    known = seen[seen["source_ip"].notna()]
    names = {one: network(one) for one in known["source_ip"].unique()}
    known = known.assign(network=known["source_ip"].map(names))
    failed = known[known["result"] == "failed"]
    every = tables.ranked(failed, ["network"], "failed")
    if every.empty:
        return Markup()
    inside = known[known["result"] == "accepted"]
    came_in = inside.groupby("network")["count"].sum()
    single = dict(zip(failed["network"], failed["source_ip"], strict=True))
    cols = (Col("Network", 46), *BY_COUNT, Col("Addresses", 18, "n"), Col("Hosts", 13, "n"),
            Col("Users tried", 19, "n"), Col("First", 23, "n"), Col("Last", 23, "n"))  # fmt: skip
    rows = [
        (single[name] if sources == 1 and not _others(inside, name, single[name]) else name,
         failed, int(came_in.get(name, 0)), sources, hosts, users, _at(view, first),
         _at(view, last))
        for name, failed, sources, hosts, users, first, last in cells(
            every.head(NETWORKS), "network", "failed", "sources", "hosts", "users", "first_at",
            "last_at",
        )
    ]  # fmt: skip
    whole, share = tables.total(seen, "failed"), int(every.head(NETWORKS)["failed"].sum())
    said = f"{cut(len(rows), len(every), 'network')}"
    if len(rows) < len(every):
        many = plural(len(every), "network")
        said = f"{number(len(rows))} of {many} made {number(share)} of {number(whole)} tries"
    elsewhere = inside[inside["network"].isin(set(every["network"]))]
    return block("Failed by network", said, table(cols, rows), _never_failed(elsewhere, failed))


def _others(inside: pd.DataFrame, name: str, source: str) -> bool:
    """Return whether somebody came in from another address of a network."""
    return bool(((inside["network"] == name) & (inside["source_ip"] != source)).any())


def _never_failed(inside: pd.DataFrame, failed: pd.DataFrame) -> Markup:
    """Return who came in from such a network without a failure: no address that "also got in"."""
    clean = inside[~inside["source_ip"].isin(set(failed["source_ip"]))]
    sources = sorted(map(str, clean["source_ip"].unique()), key=natural)
    if not sources:
        return Markup()
    named = listing([foreign(one, 45) for one in sources], 3)
    return note(f"{named} got in without a failure, from a network in which others failed.")


def _accepted(seen: pd.DataFrame) -> Markup:
    every = tables.ranked(seen[seen["result"] == "accepted"], ["user", "source_ip"])
    title = "Accepted by user, source"
    if every.empty:
        return block(title, "None on the servers read.", Markup())
    cols = (Col("User", 26), Col("Source", 30), Col("Accepted", 16, "n"), Col("Hosts", 12, "n"))
    rows = [
        (or_not(user), or_not(source), count, hosts)
        for user, source, count, hosts in cells(
            every.head(PAIRS), "user", "source_ip", "accepted", "hosts"
        )
    ]  # fmt: skip
    return block(title, cut(len(rows), len(every), "pair", "").rstrip("; "), table(cols, rows))


def _tried(seen: pd.DataFrame, wide: bool = False) -> Markup:
    """Return the users that were tried most; wide: over the whole page, in two columns."""
    every = tables.ranked(seen[seen["result"] == "failed"], ["user"], "failed")
    if every.empty:
        return block("Failed by user", "None on the servers read.", Markup())
    cols = (Col("User", 36), Col("Failed", 18, "n"), Col("Hosts", 14, "n"), Col("Sources", 16, "n"))
    top = every.head(2 * WIDE if wide else HOSTS)
    rows = [
        (or_not(user), count, hosts, sources)
        for user, count, hosts, sources in cells(top, "user", "failed", "hosts", "sources")
    ]
    said = cut(len(rows), len(every), "user", "all in the workbook")
    half = -(-len(rows) // 2) if wide else len(rows)
    parts = [table(cols, some) if some else Markup() for some in (rows[:half], rows[half:])]
    return block("Failed by user", said, halves(*parts))


def _hosts(view: View, seen: pd.DataFrame, most: int) -> Markup:
    every = tables.ranked(seen, ["host"], "failed")
    over = every[every["failed"] >= view.info.thresholds.failed_logins.warning]
    cols = (Col("Host", 36), *BY_COUNT, Col("Sources", 16, "n"))
    rows = [
        (bold(host) if host in set(over["host"]) else host, failed, accepted, sources)
        for host, failed, accepted, sources in cells(
            every.head(most), "host", "failed", "accepted", "sources"
        )
    ]
    limit = number(view.info.thresholds.failed_logins.warning)
    many = f"{plural(len(over), 'host')} {verb(len(over), 'has')}" if len(over) else "None has"
    said = f"{many} {limit} failed or more"
    return block("By host", said, table(cols, rows))
