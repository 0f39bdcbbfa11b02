"""Pure: what makes a finding, a file a rule, and the sentence it is told with.

A rule is a function, a View in, findings out. It is asked when its section is among those
of the report. A new one costs a file, its line in RULES, and a test.
"""

from __future__ import annotations

from collections.abc import Callable

from report.contract import Finding
from report.reading import View, once
from report.rules import (
    access,
    backups,
    bursts,
    certificates,
    checks,
    disks,
    intruders,
    kernel,
    lifecycle,
    logins,
    memory,
    outliers,
    servers,
    storage,
    strangers,
    timers,
    timesync,
    updates,
    uptime,
)
from report.trail import COUNTDOWNS
from report.words import natural

Rule = Callable[[View], list[Finding]]

RULES: dict[str, tuple[Rule, ...]] = {
    "servers": (servers.not_up,),
    "logins": (
        logins.root_by_password, logins.failed_logins, strangers.guessed,
        strangers.out_of_the_ordinary, bursts.bursts, outliers.logins,
    ),
    "disks": (disks.not_writable, disks.filling, disks.will_fill, outliers.disks),
    "uptime": (uptime.restarted, outliers.load),
    "health": (
        storage.unhealthy, kernel.reported, memory.short_of_memory, checks.failing,
        timesync.off, timers.not_done, outliers.memory,
    ),
    "upkeep": (
        backups.not_there, certificates.running_out, lifecycle.ending, updates.security,
        updates.restart_due,
    ),
    "access": (access.second_roots, access.new_ways_in),
}  # fmt: skip
# Of every kind of finding that these make; silences.yaml names them.
KINDS = (
    "server-down", "server-unread", "server-unknown", "server-degraded", "read-only", "disk-full",
    "inodes-full", "disk-filling", "storage", "root-by-password", "guessed", "new-source",
    "new-habit", "new-user", "returned", "new-way-in", "second-root", "empty-password", "backup",
    "check", "failed-logins", "login-burst", "memory", "certificate", "end-of-life", "clock",
    "updates", "restart-due", "rebooted", "unusual-rise", "unusual-load", "unusual-memory",
    "unusual-failed-logins", *(f"kernel-{one}" for one in kernel.SEVERITY),
    *(f"timer-{one}" for one in timers.BAD),
)  # fmt: skip
# In the order in which page 1 answers them.
QUESTIONS = (
    "Got in", "Broken", "Ways in", "Backups", "Checks", "Logins", "Filling", "Memory", "Kernel",
    "Expiring", "Clock", "Timers", "Updates", "Unusual", "Restarted",
)  # fmt: skip


@once
def findings(view: View) -> list[Finding]:
    """Return what a person must act on, worst first."""
    found: list[Finding] = []
    for section, rules in RULES.items():
        if section in view.info.sections:
            found += [one for rule in rules for one in rule(view)]
    if "servers" not in view.info.sections:
        found += servers.not_read(view)
    intruded = set(intruders.intruded(found))
    return sorted(
        intruders.traced(found),
        key=lambda one: (
            one.severity != "critical", asked(one),
            one.kind not in intruders.DOUBTFUL or one.hosts[0] not in intruded, *_worst(one),
            -len(one.hosts), natural(one.hosts[0]),
        ),
    )  # fmt: skip


def asked(one: Finding) -> int:
    """Return the place of a finding's question on page 1; one of a rule's own comes last."""
    return QUESTIONS.index(one.question) if one.question in QUESTIONS else len(QUESTIONS)


def _worst(one: Finding) -> tuple[bool, float]:
    """Return what puts the highest value first; of days that are left, the lowest."""
    value = one.value or 0
    return (True, value) if one.kind in COUNTDOWNS and one.value is not None else (False, -value)
