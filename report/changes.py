"""Pure: what changed between two snapshots in ports, users, groups, sudo rules and keys.

Compared is a host's collector whose outcome was `ok` both times: where part of the rows
was missing, an absent row proves nothing. All others are told apart, with the reason, so
that "nothing changed" is never said of what was not looked at. A value that is not known
on one side (the name of a process, a password's state, without root) is no change.
`watched` says what counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collectors.base import HOST, TEXT, Column, Row, frame
from report.watched import WATCHED, Identity, Item, Watched

if TYPE_CHECKING:
    import pandas as pd

CHANGES: tuple[Column, ...] = (
    HOST,
    Column("what", TEXT, "", "port, user, group, sudo rule or key"),
    Column("object", TEXT, "", "which one, in the words of a person"),
    Column("change", TEXT, "", "added, removed or changed"),
    Column("before", TEXT, "", "what it was; of a change only what differs; NA when added"),
    Column("after", TEXT, "", "what it is, in the same way; NA when removed"),
    Column("since", TEXT, "", "the day of the snapshot that it is compared with"),
)
COMPARED: tuple[Column, ...] = (
    HOST,
    Column("what", TEXT, "", "port, user, group, sudo rule or key"),
    Column("state", TEXT, "", "compared, not_applicable (no such thing there) or no_comparison"),
    Column("cause", TEXT, "", "why there is no comparison"),
    Column("since", TEXT, "", "the day of the snapshot that it is compared with"),
)
OK, NOT_APPLICABLE = "ok", "not_applicable"
Cells = tuple[Any, ...]


@dataclass(frozen=True)
class Changes:
    """What changed, and which hosts could be compared; frames of CHANGES and COMPARED."""

    rows: pd.DataFrame
    compared: pd.DataFrame


def changes(before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]) -> Changes:
    """Return what changed from one snapshot's frames to another's, by name.

    before: as `earlier.previous` gives it, or a day's own frames; its `outcomes` may hold
    `day`. Hosts are those of `after`. Rows: CHANGES, one a thing that was added, removed or
    changed; and COMPARED, one a host × what that was asked for.
    """
    rows: list[Row] = []
    compared: list[Row] = []
    days = (before, after)
    for watched in WATCHED:
        then, now = (_outcomes(one, watched.collector) for one in days)
        both = []
        for host in sorted(now):
            state, cause = _state(then.get(host), now[host], watched)
            since = then[host].get("day") if state == "compared" else None
            head = Row(host=host, what=watched.what)
            compared.append(head | Row(state=state, cause=cause, since=since))
            both += [(head, since)] if state == "compared" else []
        if both:
            old, new = (_cells(one.get(watched.collector), watched.columns) for one in days)
            for head, since in both:
                was, now_is = old.get(head["host"], []), new.get(head["host"], [])
                if was != now_is:  # most hosts are as they were
                    found = _differences(_items(was, watched), _items(now_is, watched))
                    rows += [head | row | Row(since=since) for row in found]
    return Changes(frame(CHANGES, rows), frame(COMPARED, compared))


def _outcomes(frames: Mapping[str, pd.DataFrame], collector: str) -> dict[str, Row]:
    """Return how a collector ended by host; where its frame is lost, `ok` proves nothing."""
    listed = frames.get("outcomes")
    asked = listed if listed is None else listed[listed["collector"] == collector]
    columns = ("outcome", "cause", "day")
    rows = {
        host: dict(zip(columns, cells[-1], strict=True))
        for host, cells in _cells(asked, columns).items()
    }
    if collector not in frames:
        for row in rows.values():
            row["outcome"] = "lost" if row["outcome"] == OK else row["outcome"]
    return rows


def _state(then: Row | None, now: Row, watched: Watched) -> tuple[str, str | None]:
    good = (OK, NOT_APPLICABLE) if watched.none else (OK,)
    were_some = watched.none and then is not None and then["outcome"] == OK
    if now["outcome"] == NOT_APPLICABLE and not were_some:
        return NOT_APPLICABLE, now["cause"]
    if now["outcome"] not in good:
        return "no_comparison", f"not read whole: {now['outcome']}"
    if then is None:
        return "no_comparison", "no earlier snapshot holds it"
    if then["outcome"] not in good:
        return "no_comparison", f"not read whole before: {then['outcome']}"
    return "compared", None


def _items(cells: Sequence[Cells], watched: Watched) -> dict[Identity, Item]:
    items: dict[Identity, Item] = {}
    for one in cells:
        if read := watched.read(dict(zip(watched.columns, one, strict=True))):
            identity, name, values = read
            items.setdefault(identity, Item(name)).add(values)
    return items


def _differences(old: Mapping[Identity, Item], new: Mapping[Identity, Item]) -> Iterator[Row]:
    for identity in sorted({*old, *new}):
        was, now = old.get(identity), new.get(identity)
        if was is None and now is not None:
            yield Row(object=now.title, change="added", after=now.said())
        elif now is None and was is not None:
            yield Row(object=was.title, change="removed", before=was.said())
        elif was is not None and now is not None:
            pairs = [(label, was.known.get(label), value) for label, value in now.known.items()]
            known = [(label, a, b) for label, a, b in pairs if a is not None and b is not None]
            if any(a != b for _, a, b in known):
                gone = was.said({label: a - b for label, a, b in known})
                come = now.said({label: b - a for label, a, b in known})
                yield Row(object=now.title, change="changed", before=gone, after=come)


def _cells(held: pd.DataFrame | None, columns: Sequence[str]) -> dict[str, list[Cells]]:
    """Return rows by host; None stands for NA, and for a column that an older frame lacks."""
    hosts: dict[str, list[Cells]] = {}
    if held is None:
        return hosts
    values = [_plain(held[name]) if name in held else [None] * len(held) for name in columns]
    for host, *cells in zip(held["host"], *values, strict=True):
        hosts.setdefault(host, []).append(tuple(cells))
    return hosts


def _plain(column: pd.Series) -> list[Any]:
    return column.astype(object).where(column.notna(), None).tolist()
