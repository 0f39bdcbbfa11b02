"""Pure: what will be full, but not so soon that it is a finding, for page 1 and the mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from report.contract import Finding, Later
from report.reading import View, rows_of
from report.words import between, foreign, number, plural

DAYS = 90  # farther ahead nobody plans by a day's report


def later(view: View, found: Iterable[Finding]) -> tuple[Later, ...]:
    """Return the filesystems that will be full within so many days, soonest first.

    found: the findings, told or not: what fills so soon that it is one is not told twice.
    """
    if "disks" not in view.info.sections:
        return ()
    told = {
        (host, about) for one in found if one.question == "Filling" for host, _, about in one.atoms
    }
    names = view.filesystems[["host", "mount"]]
    left = set(names.itertuples(index=False, name=None)) - told
    return tuple(
        Later(
            str(row.host), str(row.mount), float(row.full_in_days),
            float(row.earliest_days), float(row.latest_days),
        )
        for row in rows_of(view, "forecasts")
        if row.full_in_days <= DAYS and (row.host, row.mount) in left
    )  # fmt: skip


def when(one: Later) -> str:
    """Return "/srv in about 30 days (25 to 38)"."""
    about = plural(int(one.days), "day")
    return f"{foreign(one.mount, 30)} in about {about}{between(one.earliest, one.latest)}"


def sentence(every: Sequence[Later], named: int) -> str:
    """Return the first of them, and how many more there are, in one sentence."""
    said = [f"{one.host} {when(one)}" for one in every[:named]]
    more = len(every) - len(said)
    said += [f"and {number(more)} more within {DAYS} days"] if more else []
    return f"{'; '.join(said)}."
