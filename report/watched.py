"""Pure: the things of a host whose changes are told, and what of their rows counts.

Left out: UDP ports that the system gives out by itself (clients' sockets come and go with
every query), keys that sshd refuses, process ids, lines' numbers, and users' comments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from collectors.base import Row

LONGEST = 500
Values = frozenset[str] | None  # None is not known
Identity = tuple[str, ...]


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

    columns: those that count. read: a row of them to (identity, name, values by label), or
    None for what is not compared. none: whether `not_applicable` means that there are none.
    """

    what: str
    collector: str
    columns: tuple[str, ...]
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
    values = {label: _one(row[label]) for label in ("process", "user", "scope")}
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


_PORT = ("protocol", "address", "port", "ephemeral", "process", "user", "scope")
_USER = ("name", "uid", "gid", "home", "shell", "password", "password_changed_at", "expires_at")
_KEY = ("user", "type", "fingerprint", "comment", "options", "file", "cert_authority")
WATCHED = (
    Watched("port", "ports", _PORT, _port),
    Watched("user", "users", _USER, _user),
    Watched("group", "groups", ("name", "gid", "members", "primary_members"), _group),
    Watched("sudo rule", "sudoers", ("file", "text"), _rule, none=True),
    Watched("key", "keys", _KEY, _key),
)
