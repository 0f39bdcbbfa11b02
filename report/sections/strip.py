"""The strip of figures: the one that matters and where it comes from, then those beside it."""

from __future__ import annotations

from markupsafe import Markup

from report.contract import KeyFigure, Summary
from report.marks import mark, spark
from report.markup import bold, columns, joined
from report.statement import signed, statement
from report.words import number


def strip(summary: Summary) -> Markup:
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
    return Markup('<div class="strip">{}{}</div>').format(_statement(summary), columns(*cells))


def _statement(summary: Summary) -> Markup:
    """Return the one number that matters, what it was, and what it is made of."""
    one, kinds, said = statement(summary)
    left = Markup(
        '<p class="kl">{}{}</p><p class="kn one">{}<span>{}</span></p>'
    ).format(mark(one.mark, 6), one.label, one.value, _past(one))  # fmt: skip
    made_of = joined(
        (Markup("<span>{} {}</span>").format(name, bold(number(n))) for name, n in kinds), " "
    )
    right = Markup('<p class="made">{}</p><p class="kd">{}</p>').format(made_of, said)
    return Markup('<div class="statement">{}</div>').format(columns((2, left), (4, right)))


def _past(one: KeyFigure) -> Markup:
    """Return how a figure came to what it is: a line of the last days, and the change."""
    if one.amount is None or one.change is None:
        return Markup()
    said = f"{signed(one.change)} since yesterday" if one.change else "as yesterday"
    line = spark([*one.before, one.amount], f"{one.label} on the last {len(one.before) + 1} days")
    return Markup('{}<span title="{}">{}</span>').format(line, said, signed(one.change))
