"""Pure: whether page 1 says what the snapshot has: its figures and its findings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from report.contract import KeyFigure, Summary
from report.sections.fitting import shares
from report.selfcheck.figures import bare, changed, differing, lost, opening, short, worth
from report.statement import statement
from report.together import LONGEST, Told, apart
from report.words import number, readable

FOR = 50  # letters between a finding's subject and its sentence: what the server is for


def faults(text: str, summary: Summary) -> list[str]:
    """Return what is not on page 1 as the snapshot has it, a sentence each.

    Headline and lead; the number of critical findings, and what it is made of; each figure with
    its note and how it changed; and the findings that there is room for, behind their subjects.
    """
    inside, (critical, kinds, then) = bare(text), statement(summary)
    made_of = " ".join(f"{name} {number(count)}" for name, count in kinds)
    told = [*opening(summary), ("what is critical", made_of), ("what was critical", then)]
    found = lost(inside, told)
    for one in (critical, *summary.figures):
        said = ", ".join(filter(None, (worth(one), one.note, changed(one))))
        order = (one.label, one.value + one.unit, one.note, changed(one))
        found += differing(text, one, [order], said)
    for title, every, shown in shares(summary):
        count = KeyFigure(title, number(len(apart(every))), "", "", "")
        found += differing(text, count, [(title, count.value)], worth(count)) if every else []
        found += _told(inside, shown)
    return found


def _told(inside: str, shown: Sequence[Told]) -> Iterator[str]:
    """Yield the findings that are not behind their subject."""
    for row in shown:
        sentences = [readable(said, LONGEST) for _, said in row.fitting]
        said = " ".join([*sentences, f"And {row.more} more." if row.more else ""])
        subject = readable(row.first.subject, 64)
        pattern = f"{re.escape(bare(subject))}.{{0,{FOR}}}?{re.escape(bare(said))}"
        if not re.search(pattern, inside):
            yield f"a finding is missing: {short(f'{subject}: {said}')}"
