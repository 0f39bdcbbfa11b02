"""What is silenced: no finding, but never out of sight; and by what id a finding would be."""

from __future__ import annotations

from markupsafe import Markup

from report.contract import Finding, Summary
from report.marks import mark
from report.markup import Col, block, bold, columns, prose, quiet, table
from report.reading import View
from report.sections import ROWS, cut
from report.sections.fitting import shares
from report.trail import BLIND
from report.words import day_month, foreign, number, readable

TAKES = "to silence one until a day, put its id into silences.yaml"
NEVER = "cannot be silenced"
MOST_IDS = 48  # findings


def silenced(summary: Summary) -> Markup:
    """Return a line for each silenced finding: by whom, why, until when; what ended comes first."""
    every = [(one, "ended ") for one in summary.ended] + [(one, "") for one in summary.silenced]
    if not every:
        return Markup()
    rows = [
        (bold(one.finding.subject), prose(one.finding.sentence, 160), foreign(one.author, 60),
         prose(one.reason, 200), f"{over}{day_month(one.until, with_year=True)}")
        for one, over in every[:ROWS]
    ]  # fmt: skip
    cols = (
        Col("Server", 28), Col("What", 58, "wide"), Col("By", 18), Col("Why", 40, "wide"),
        Col("Until", 30, "n"),
    )  # fmt: skip
    return block("Silenced", cut(len(rows), len(every), "finding"), table(cols, rows, "stack"))


def ids(view: View, summary: Summary) -> Markup:
    """Return the ids of all findings, told or not, each a link to its row on page 1 if there.

    Of a finding about many hosts the first id stands for all. Hosts have their full names, as
    silences.yaml takes them.
    """
    every = [
        *((one, one.severity, "") for one in summary.findings),
        *((one.finding, one.finding.severity, "silenced") for one in summary.silenced),
        *((one, "planned", "planned") for one in summary.planned),
    ]
    if not every:
        return Markup()
    first = {
        one.anchor for _, _, shown in shares(summary) for row in shown for one, _ in row.fitting
    }
    rows = [
        (mark(kind, 5), _id(view, one, one.anchor in first, aside))
        for one, kind, aside in every[:MOST_IDS]
    ]
    half = -(-len(rows) // 2)
    cols = (Col("", 4, "m"), Col("", 80, "path"))
    two = columns(*((3, table(cols, part, "ids")) for part in (rows[:half], rows[half:]) if part))
    said = cut(len(rows), len(every), "finding", "the rest on the workbook’s sheet Findings")
    return block("Ids of findings", f"{said}; {TAKES}", two)


def _id(view: View, one: Finding, linked: bool, aside: str) -> Markup:
    host = view.names.get(one.hosts[0], one.hosts[0])
    said = readable(" ".join(filter(None, (host, one.kind, one.object))), 200)
    code = Markup("<code>{}</code>").format(said)
    rest = len(one.hosts) - 1
    never = NEVER if one.kind in BLIND else ""
    more_hosts = f"and {number(rest)} more {'host' if rest == 1 else 'hosts'}" if rest else ""
    words = ", ".join(filter(None, (more_hosts, aside, never)))
    more = Markup(" ") + quiet(words) if words else Markup()
    return (Markup('<a href="#{}">{}</a>').format(one.anchor, code) if linked else code) + more
