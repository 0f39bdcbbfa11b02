"""Pure: what changed between two snapshots in ports, users, groups, sudo rules and keys.

Compared is a host's collector whose outcome was `ok` both times: where part of the rows
was missing, an absent row proves nothing. All others are told apart, with the reason, so
that "nothing changed" is never said of what was not looked at. A value that is not known
on one side (the name of a process, a password's state, without root) is no change.

Left out: UDP ports that the system gives out by itself (clients' sockets come and go with
every query), keys that sshd refuses, process ids, lines' numbers, and users' comments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from collectors.base import HOST, TEXT, Column, Row, frame

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
LONGEST = 500
Values = frozenset[str] | None  # None is not known
Identity = tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What changed, and which hosts could be compared; frames of CHANGES and COMPARED."""

    rows: pd.DataFrame
    compared: pd.DataFrame


@dataclass
class Item:
    """One thing of a host: how it is called, and what is known of it, by label."""

    name: str
    known: dict[str, Values] = field(default_factory=dict)

    def add(self, values: Mapping[str, Values]) -> None:
        """Take in what another row says of the same thing."""
        for label, more in values.items():
            had = self.known.get(label, frozenset())
            self.known[label] = None if had is None or more is None else had | more

    @property
    def title(self) -> str:
        """Return its name, with the programs that hold a port."""
        programs = f" ({', '.join(sorted(held))})" if (held := self.known.get("process")) else ""
        title = self.name + programs
        return title if len(title) <= LONGEST else f"{title[:LONGEST]}…"

    def said(self, only: Mapping[str, Values] | None = None) -> str | None:
        """Return what is known in words, all of it or only these values; None for nothing."""
        values = self.known if only is None else only
        words = [f"{label} {', '.join(sorted(known))}" for label, known in values.items() if known]
        return "; ".join(words) or None


@dataclass(frozen=True)
class Watched:
    """One kind of thing: its collector, and how a row of it is read.

    read: a row to (identity, name, values by label), or None for what is not compared.
    none: whether `not_applicable` is the knowledge that there are none.
    """

    what: str
    collector: str
    read: Callable[[Row], tuple[Identity, str, dict[str, Values]] | None]
    none: bool = False


def _one(value: Any) -> Values:
    return None if value is None else frozenset([str(value)] if str(value) else [])


def _listed(value: Any) -> Values:
    return None if value is None else frozenset(word for word in str(value).split(", ") if word)


def _port(row: Row) -> tuple[Identity, str, dict[str, Values]] | None:
    if row["ephemeral"] and str(row["protocol"]).startswith("udp"):
        return None
    where = (str(row["protocol"]), str(row["port"]), str(row["address"]))
    values = {"process": _one(row["process"]), "user": _one(row["user"])}
    return where, "{} {} on {}".format(*where), values


def _user(row: Row) -> tuple[Identity, str, dict[str, Values]]:
    # Without an expiry that is known of it never expires, if its password was to be seen.
    expires = row["expires_at"].date() if row["expires_at"] is not None else "never"
    changed = row["password_changed_at"]
    seen = row["password"] is not None
    name = str(row["name"])
    return (name,), f"{name} (uid {row['uid']})" if row["uid"] is not None else name, {
        "uid": _one(row["uid"]),
        "gid": _one(row["gid"]),
        "home": _one(row["home"]),
        "shell": _one(row["shell"]),
        "password": _one(row["password"]),
        "password changed": _one(changed.date() if changed is not None else None),
        "expires": _one(expires) if seen else None,
    }  # fmt: skip


def _group(row: Row) -> tuple[Identity, str, dict[str, Values]]:
    name = str(row["name"])
    return (name,), f"{name} (gid {row['gid']})" if row["gid"] is not None else name, {
        "gid": _one(row["gid"]),
        "members": _listed(row["members"]),
        "primary members": _listed(row["primary_members"]),
    }  # fmt: skip


def _rule(row: Row) -> tuple[Identity, str, dict[str, Values]]:
    file, text = str(row["file"]), str(row["text"])
    return (file, text), f"{text} ({file})", {}


def _key(row: Row) -> tuple[Identity, str, dict[str, Values]] | None:
    if row["fingerprint"] is None:
        return None
    user, key = str(row["user"]), f"{row['type']} {row['fingerprint']}"
    comment = f" ({row['comment']})" if row["comment"] else ""
    return (user, str(row["fingerprint"])), f"{user}: {key}{comment}", {
        "options": _one(row["options"]),
        "file": _one(row["file"]),
        "certificate authority": _one({True: "yes", False: "no"}.get(row["cert_authority"])),
    }  # fmt: skip


WATCHED = (
    Watched("port", "ports", _port),
    Watched("user", "users", _user),
    Watched("group", "groups", _group),
    Watched("sudo rule", "sudoers", _rule, none=True),
    Watched("key", "keys", _key),
)


def changes(before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]) -> Changes:
    """Return what changed from one snapshot's frames to another's, by name.

    before: as `earlier.previous` gives it, or a day's own frames; its `outcomes` may hold
    `day`. Hosts are those of `after`. Rows: CHANGES, one a thing that was added, removed or
    changed; and COMPARED, one a host × what that was asked for.
    """
    rows: list[Row] = []
    compared: list[Row] = []
    for watched in WATCHED:
        then, now = (_outcomes(one, watched.collector) for one in (before, after))
        both = []
        for host in sorted(now):
            state, cause = _state(then.get(host), now[host], watched)
            since = then[host].get("day") if state == "compared" else None
            head = Row(host=host, what=watched.what)
            compared.append(head | Row(state=state, cause=cause, since=since))
            both += [(head, since)] if state == "compared" else []
        if both:
            old, new = (_items(one.get(watched.collector), watched) for one in (before, after))
            for head, since in both:
                found = _differences(old.get(head["host"], {}), new.get(head["host"], {}))
                rows += [head | row | Row(since=since) for row in found]
    return Changes(frame(CHANGES, rows), frame(COMPARED, compared))


def _outcomes(frames: Mapping[str, pd.DataFrame], collector: str) -> dict[str, Row]:
    """Return how a collector ended by host; where its frame is lost, `ok` proves nothing."""
    listed = frames.get("outcomes")
    asked = listed if listed is None else listed[listed["collector"] == collector]
    rows = {row["host"]: row for row in _rows(asked)}
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


def _items(held: pd.DataFrame | None, watched: Watched) -> dict[str, dict[Identity, Item]]:
    hosts: dict[str, dict[Identity, Item]] = {}
    for row in _rows(held):
        if read := watched.read(row):
            identity, name, values = read
            item = hosts.setdefault(row["host"], {}).setdefault(identity, Item(name))
            item.add(values)
    return hosts


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


class _Held(Row):
    """A row of a frame that may be older than this program: what it lacks is not known."""

    def __missing__(self, key: str) -> None:
        return None


def _rows(held: pd.DataFrame | None) -> Iterator[Row]:
    """Yield a frame's rows with None for NA."""
    if held is None:
        return
    names = list(held.columns)
    values = [held[name].astype(object).where(held[name].notna(), None).tolist() for name in names]
    for cells in zip(*values, strict=True):
        yield _Held(zip(names, cells, strict=True))
