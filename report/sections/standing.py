"""How a row of a table stands: as the finding about it does, told, planned or silenced."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from report.findings import summarise
from report.marks import mark
from report.reading import View, once
from report.words import day_month


class Stands(NamedTuple):
    """The finding behind a row: critical, warning, planned, silenced, or "" for none."""

    kind: str = ""
    until: date | None = None

    @property
    def mark(self) -> Markup:
        """The mark before the row; what is silenced has none."""
        return mark(self.kind)

    @property
    def known(self) -> str:
        """What is said of one that is silenced."""
        return f"silenced until {day_month(self.until, with_year=True)}" if self.until else ""


NOTHING = Stands()
Told = dict[tuple[str, str, str], Stands]


@once
def told(view: View) -> Told:
    """Return how each finding stands, by its ids: host, kind and object."""
    summary = summarise(view)
    found = {
        atom: Stands("silenced", one.until)
        for one in summary.silenced for atom in one.finding.atoms
    }  # fmt: skip
    found |= {atom: Stands("planned") for one in summary.planned for atom in one.atoms}
    return found | {atom: Stands(one.severity) for one in summary.findings for atom in one.atoms}


def stands(view: View, host: object, kind: str, about: object = "") -> Stands:
    """Return how the finding about a thing of a host stands; NOTHING where there is none."""
    return told(view).get((str(host), kind, str(about)), NOTHING)


def critical(view: View) -> frozenset[str]:
    """Return the hosts of which something critical is told.

    That many tried to log in says nothing of the server that they tried.
    """
    found = summarise(view).findings
    mine = [one for one in found if one.severity == "critical" and one.question != "Logins"]
    return frozenset(host for one in mine for host in one.hosts)
