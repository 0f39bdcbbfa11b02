"""The strip of figures: the one that matters and where it comes from, then those beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from report.contract import Finding, KeyFigure, Summary
from report.marks import mark, spark
from report.markup import bold, columns, joined
from report.reading import BEFORE, View
from report.trail import FIGURE_DAYS
from report.words import UNKNOWN, day_month, number, plural, verb

LABEL = "Critical findings"


def strip(view: View, summary: Summary) -> Markup:
    """Return how many findings are critical, of which kinds, and since when; then the rest."""
    cells = [
        (
            1,
            Markup(
                '<p class="kl">{}</p><p class="kn">{}<span>{}</span></p><p class="kd">{}</p>'
                '<p class="kd past">{}</p>'
            ).format(one.label, one.value, one.unit, one.note, _past(one)),
        )
        for one in summary.figures
    ]
    return Markup('<div class="strip">{}{}</div>').format(
        _statement(view, summary), columns(*cells)
    )


def _statement(view: View, summary: Summary) -> Markup:
    """Return the one number that matters, what it was, and what it is made of."""
    critical = [one for one in summary.findings if one.severity == "critical"]
    read = bool(view.answered)
    value = number(len(critical)) if read or critical else UNKNOWN
    before = critical_before(view)
    one = KeyFigure(LABEL, value, "", "", "", before if read else ())
    kind = "critical" if critical else "unread" if summary.unread or not read else "good"
    left = Markup(
        '<p class="kl">{}{}</p><p class="kn one">{}<span>{}</span></p>'
    ).format(mark(kind, 6), LABEL, value, _past(one))  # fmt: skip
    counts = Counter(one.question for one in critical)
    made_of = joined(
        (Markup("<span>{} {}</span>").format(name, bold(number(n))) for name, n in counts.items()),
        " ",
    )
    said = _then(view, critical, before) if read else ""
    right = Markup('<p class="made">{}</p><p class="kd">{}</p>').format(made_of, said)
    return Markup('<div class="statement">{}</div>').format(columns((2, left), (4, right)))


def _then(view: View, critical: Sequence[Finding], before: Sequence[float]) -> str:
    """Return what today's number is held against."""
    if not before:
        return "The first report: nothing to compare with."
    new = sum(one.state == "new" for one in critical)
    if critical:
        return f"{number(before[-1])} yesterday; {number(new)} of today’s {verb(new, 'is')} new."
    bad = [(day, n) for day, n in zip(_days(view), before, strict=True) if n]
    if not bad:
        return f"None in the {plural(len(before), 'day')} before." if len(before) > 1 else ""
    day, count = bad[-1]
    return f"The last: {number(count)} on {day_month(date.fromordinal(day))}."


def _days(view: View) -> list[int]:
    return sorted({int(day) for day in view.frames[BEFORE]["day"]})[-FIGURE_DAYS:]


def critical_before(view: View) -> tuple[float, ...]:
    """Return how many critical findings were told on each of the days before, oldest first."""
    rows, days = view.frames[BEFORE], _days(view)
    here = rows[rows["host"].notna() & rows["severity"].eq("critical") & rows["aside"].isna()]
    once = here.drop_duplicates(["day", "kind", "question", "sentence"])
    counts = once.groupby("day").size()
    return tuple(float(counts.get(day, 0)) for day in days)


def _past(one: KeyFigure) -> Markup:
    """Return how a figure came to what it is: a line of the last days, and the change."""
    if one.amount is None or one.change is None:
        return Markup()
    days = len(one.before)
    said = "as yesterday" if not one.change else f"{_signed(one.change)} since yesterday"
    line = spark([*one.before, one.amount], f"{one.label} on the last {days + 1} days")
    short = "±0" if not one.change else _signed(one.change)
    return Markup('{}<span title="{}">{}</span>').format(line, said, short)


def _signed(change: float) -> str:
    decimals = 0 if change == int(change) else 1
    return f"{'+' if change > 0 else '−'}{number(abs(change), decimals)}"
