"""A day narrowed to the hosts of some groups."""

from __future__ import annotations

from collections.abc import Iterable

from report.formerly import figures_of
from report.reading import BEFORE, FIGURES_BEFORE, SEEN_BEFORE, View, frame_of, split, view
from report.store import Day
from report.words import natural


def narrowed(day: Day, groups: Iterable[str]) -> View:
    """Return the day with the hosts in these groups only; with all, when none are named.

    Raises ValueError for a group that no host is in, naming those there are.
    """
    wanted = tuple(dict.fromkeys(groups))
    hosts = frame_of(day, "hosts")
    own = [split(text) for text in hosts["groups"]]
    known = sorted({group for one in own for group in one}, key=natural)
    unknown = [group for group in wanted if group not in known]
    if unknown:
        there = f"there are {', '.join(known)}" if known else "no host is in any group"
        raise ValueError(f"no group {', '.join(map(repr, unknown))}; {there}")
    if not wanted:
        return view(day)
    kept = [host for host, one in zip(hosts["host"], own, strict=True) if set(one) & set(wanted)]
    whole = view(day)
    frames = {
        name: frame[frame["host"].isin(kept) | frame["host"].isna()]
        for name, frame in whole.frames.items()
    }
    # A day with findings of others alone was a day all the same, and who is known is known.
    past, seen = (whole.frames[name] for name in (BEFORE, SEEN_BEFORE))
    frames[BEFORE] = past.assign(host=past["host"].astype(object).where(past["host"].isin(kept)))
    frames[SEEN_BEFORE] = seen
    frames[FIGURES_BEFORE] = figures_of(day, kept, frames[BEFORE])  # the others' are of all hosts
    return View(day.folder, day.info, frames, wanted)
