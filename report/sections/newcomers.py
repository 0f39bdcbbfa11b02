"""Who came in as nobody did before: what needs explaining, and users and networks seen first."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from report.marks import mark
from report.markup import Col, block, bold, note, prose, table
from report.reading import SEEN_BEFORE, View
from report.rules import findings
from report.rules.acquainted import KNOWN_DAYS, network
from report.sections import cut
from report.words import foreign, listing, natural, number, plural

MOST, NAMED = 5, 4


def new(view: View) -> Markup:
    """Return the logins to explain, the worst first, and who came for the first time."""
    found = [one for one in findings(view) if one.question == "Got in"]
    cols = (Col("", 5, "m"), Col("Host", 30), Col("Who, and what is new", 139))
    rows = [(mark(one.severity), bold(one.subject), prose(one.sentence)) for one in found[:MOST]]
    said = cut(len(rows), len(found), "login", "the rest is on page 1 and in the workbook")
    below = note(_first_seen(view))
    if found:
        return block("To explain", said, table(cols, rows), below)
    return block("To explain", f"Nothing on {view.reach('logins')}.", below)


def _first_seen(view: View) -> str:
    """Return the users and networks that came in today and on no day before."""
    before = view.frames[SEEN_BEFORE]
    days = before["day"].nunique()
    if days < KNOWN_DAYS:
        return f"Who is new is said after {KNOWN_DAYS} days; {number(days)} are known."
    logins = view.logins
    here = logins[logins["result"] == "accepted"]
    parts = []
    users = set(map(str, here["user"].dropna().unique())) - set(
        map(str, before["user"].dropna().unique())
    )
    if users:
        parts.append(f"{plural(len(users), 'user')} ({_named(users)})")
    known = {network(one) for one in before["source_ip"].dropna().unique()}
    places = {network(one) for one in here["source_ip"].dropna().unique()} - known
    if places:
        parts.append(f"{plural(len(places), 'network')} ({_named(places)})")
    if not parts:
        return f"No user and no network came in for the first time in {number(days)} days."
    return f"For the first time in {number(days)} days: {listing(parts)}."


def _named(names: Iterable[str]) -> str:
    every = sorted(names, key=natural)
    shown = ", ".join(foreign(one, 45) for one in every[:NAMED])
    return f"{shown} and {number(len(every) - NAMED)} more" if len(every) > NAMED else shown
