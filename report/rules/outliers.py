"""Values that are unlike the host's own past, or unlike those of its group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from report.contract import Finding
from report.reading import View, rows_of
from report.rules.disks import filling
from report.rules.logins import failed_logins
from report.rules.memory import short_of_memory
from report.rules.wording import subject
from report.words import foreign, is_missing, natural, number, percent, plural

MANY = 4  # hosts of one group, at least half of it, have one cause


def load(view: View) -> list[Finding]:
    """Servers that are busier than they ever were."""
    return _unusual(view, "load", "uptime", "uptime", lambda v: f"{number(v, 1)} per core", "Load")


def memory(view: View) -> list[Finding]:
    """Servers that use more memory than they ever did, though less than the limit."""
    told = {one.subject for one in short_of_memory(view)}
    return _unusual(view, "memory", "health", "memory", lambda v: f"{percent(v)} %",
                    "Memory used:", told)  # fmt: skip


def logins(view: View) -> list[Finding]:
    """Servers with more failed logins than ever, though fewer than the limit."""
    told = {host for one in failed_logins(view) for host in one.hosts}
    return _unusual(view, "failed logins", "logins", "logins", number, "Failed logins:", told)


def disks(view: View) -> list[Finding]:
    """Filesystems that are much fuller than yesterday, though not above their limit."""
    told = {(one.subject, one.object) for one in filling(view)}
    found = []
    for row in rows_of(view, "unusual"):
        host, mount = str(row.host), str(row.object)
        if row.measure != "rise" or (host, mount) in told:
            continue
        said = (
            f"{foreign(mount, 48)} rose by {number(row.value, 0)} points since yesterday; before, "
            f"by {number(max(row.most, 0), 1)} a day at most in {plural(row.known_days, 'day')}."
        )
        found.append(
            Finding("unusual-rise", "warning", "Unusual", host, (host,), said, "disks",
                    float(row.value), float(row.most), mount)
        )  # fmt: skip
    return found


def _unusual(
    view: View, measure: str, section: str, collector: str, shown: Callable[[Any], str],
    name: str, told: set[str] | None = None,
) -> list[Finding]:  # fmt: skip
    rows = [
        row for row in rows_of(view, "unusual")
        if row.measure == measure and str(row.host) not in (told or ())
    ]  # fmt: skip
    kind = f"unusual-{measure.replace(' ', '-')}"
    groups, own = view.main_group, Counter(view.main_group.values())
    here = Counter(groups.get(str(row.host), "") for row in rows)
    many = {group for group, n in here.items() if n >= max(MANY, own[group] / 2)}
    found = []
    for row in rows:
        if groups.get(str(row.host), "") in many:
            continue
        host = str(row.host)
        bound = None if is_missing(row.most) else float(row.most)
        said = f"{name} {shown(row.value)}, usually {shown(row.usual)} and never above "
        said += f"{shown(bound)} in {plural(row.known_days, 'day')}."
        if bound is None:
            said = f"{name} {shown(row.value)}; the others of {groups[host]} have "
            said += f"{shown(row.usual)}."
        found.append(
            Finding(kind, "warning", "Unusual", host, (host,), said, section, float(row.value),
                    bound, collector=collector)
        )  # fmt: skip
    return [*found, *_together(many, rows, groups, (kind, section, collector, name), shown)]


def _together(
    many: set[str], rows: list[Any], groups: dict[str, str], what: tuple[str, str, str, str],
    shown: Callable[[Any], str],
) -> Iterator[Finding]:  # fmt: skip
    """Yield one finding for most of a group: it has one cause."""
    kind, section, collector, name = what
    for group in sorted(many, key=natural):
        here = [row for row in rows if groups.get(str(row.host)) == group]
        hosts = tuple(sorted((str(row.host) for row in here), key=natural))
        worst = max(here, key=lambda row: float(row.value))
        said = f"{name} higher than ever on {len(hosts)} servers of {group}; most on {worst.host}, "
        yield Finding(kind, "warning", "Unusual", subject(hosts), hosts,
                      f"{said}{shown(worst.value)}, usually {shown(worst.usual)}.", section,
                      float(worst.value), collector=collector)  # fmt: skip
