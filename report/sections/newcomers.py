"""Who came in as nobody did before: what needs explaining, and users and networks seen first."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from report.contract import Finding
from report.markup import Col, block, bold, note, prose, table
from report.reading import SEEN_BEFORE, View
from report.rules import findings
from report.rules.acquainted import KNOWN_DAYS, network
from report.sections import cut
from report.sections.standing import stands
from report.words import foreign, listing, natural, number, plural

MOST, NAMED = 5, 4
METHODS = {"publickey": "key", "keyboard-interactive/pam": "password or the like"}
# By which of its columns a finding's logins are told, and what of its object stands there.
WHOSE = {
    "guessed": {"source_ip": "all"},
    "returned": {"user": "all"},
    "new-user": {"user": "all"},
    "new-source": {"user": "user", "source_ip": "source"},
    "new-habit": {"user": "user", "source_ip": "source"},
}


def new(view: View) -> Markup:
    """Return the logins to explain, the worst first, and who came for the first time."""
    found = [one for one in findings(view) if one.question == "Got in"]
    cols = (
        Col("", 5, "m"), Col("Host", 30), Col("Who, and what is new", 116, "wide"),
        Col("By", 23, "p"),
    )  # fmt: skip
    rows = [
        (
            stands(view, one.hosts[0], one.kind, one.object).mark, bold(one.subject),
            prose(one.sentence), _how(view, one),
        )
        for one in found[:MOST]
    ]  # fmt: skip
    said = cut(len(rows), len(found), "login", "the rest is on page 1 and in the workbook")
    below = note(_first_seen(view))
    if found:
        return block("To explain", said, table(cols, rows, "stack"), below)
    return block("To explain", f"Nothing on {view.reach('logins')}.", below)


def _how(view: View, one: Finding) -> str:
    """Return by which means they came in: by that alone it can be taken from them."""
    if one.kind == "root-by-password":
        return "password"
    logins = view.logins
    here = logins[(logins["result"] == "accepted") & logins["host"].isin(one.hosts)]
    user, _, source = one.object.rpartition(" ")
    for column, value in WHOSE.get(one.kind, {}).items():
        said = {"user": user, "source": source, "all": one.object}[value]
        here = here[(here[column] == said).fillna(False).astype(bool)]
    known = sorted(map(str, here["method"].dropna().unique()))
    return ", ".join(METHODS.get(name, foreign(name, 30)) for name in known) or "–"


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
