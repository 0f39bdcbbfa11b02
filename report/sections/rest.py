"""What page 1 has no room for, by kind: "9 disks, 3 units and 2 certificates"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from report.contract import Finding
from report.words import listing, number, plural

SAID = 6  # kinds; the others are added up
NAMED = 3  # servers of a kind
# By kind, or by its beginning: one of it, and many where that is not an s more.
NOUNS: dict[str, tuple[str, ...]] = {
    "server-down": ("server down", "servers down"),
    "server-unread": ("server not read", "servers not read"),
    "server-unknown": ("unknown state",),
    "server-degraded": ("failed unit",),
    "read-only": ("read-only filesystem",),
    "storage": ("storage fault",),
    "root-by-password": ("root login by password", "root logins by password"),
    "guessed": ("login after failures", "logins after failures"),
    "new-source": ("unusual login",),
    "new-habit": ("unusual login",),
    "new-user": ("unusual login",),
    "returned": ("unusual login",),
    "new-way-in": ("new way in", "new ways in"),
    "second-root": ("doubtful user",),
    "empty-password": ("doubtful user",),
    "backup": ("backup",),
    "check": ("check",),
    "failed-logins": ("wave of failed logins", "waves of failed logins"),
    "login-burst": ("wave of failed logins", "waves of failed logins"),
    "disk-": ("full filesystem",),
    "inodes-": ("full filesystem",),
    "memory": ("server short of memory", "servers short of memory"),
    "kernel-": ("kernel fault",),
    "certificate": ("certificate",),
    "end-of-life": ("old system",),
    "clock": ("clock",),
    "timer-": ("timer",),
    "updates": ("set of updates", "sets of updates"),
    "restart-due": ("restart due", "restarts due"),
    "unusual-": ("unusual value",),
    "rebooted": ("restart",),
}


def by_kind(found: Sequence[Finding], named: bool = False) -> str:
    """Return how many findings of which kinds there are, the most first.

    named: with whom they are about.
    """
    counts = Counter(_noun(one) for one in found)
    most = counts.most_common()
    said = [
        plural(count, *noun) + (_whose(found, noun) if named else "")
        for noun, count in most[: None if named or len(most) <= SAID + 1 else SAID]
    ]
    more = len(found) - sum(count for _, count in most[: len(said)])
    return listing([*said, *([f"{number(more)} others"] if more else [])])


def _whose(found: Sequence[Finding], noun: tuple[str, ...]) -> str:
    names = dict.fromkeys(one.subject for one in found if _noun(one) == noun)
    return f" ({listing(names, NAMED)})"


def _noun(one: Finding) -> tuple[str, ...]:
    """Return the noun of a kind; of a rule of one's own its question has to do."""
    begun = (
        noun for kind, noun in NOUNS.items() if kind.endswith("-") and one.kind.startswith(kind)
    )
    return NOUNS.get(one.kind) or next(begun, (f"of “{one.question}”",) * 2)
