"""What is silenced: no finding, but never out of sight."""

from __future__ import annotations

from markupsafe import Markup

from report.contract import Silenced
from report.markup import Col, block, bold, prose, table
from report.sections import ROWS, cut
from report.words import day_month, foreign


def silenced(every: tuple[Silenced, ...]) -> Markup:
    """Return a block with a line for each finding that is silenced: by whom, why, until when."""
    if not every:
        return Markup()
    rows = [
        (bold(one.finding.subject), prose(one.finding.sentence, 160), foreign(one.author, 60),
         prose(one.reason, 200), day_month(one.until, with_year=True))
        for one in every[:ROWS]
    ]  # fmt: skip
    cols = (
        Col("Host", 30), Col("What", 60, "wide"), Col("By", 18), Col("Why", 44, "wide"),
        Col("Until", 22, "n"),
    )  # fmt: skip
    return block("Silenced", cut(len(rows), len(every), "finding"), table(cols, rows, "stack"))
