"""Pure: how far a day's data reach: which hosts were read, by which collector, and if not, why.

Whatever says "none" in the report asks here first how many servers it speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from report import derived
from report.causes import nameless
from report.frames import frame_of, plain, rows_of, split
from report.gaps import EVERYTHING, PART, Gap
from report.planned import asked_within
from report.scopes import Scope
from report.store import Day
from report.thresholds import Thresholds
from report.trail import Past
from report.words import is_missing, moment, natural, plural

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DISKS_BEFORE", "GOOD", "GOOD_BACKUPS", "PAST", "READ", "View", "frame_of", "once", "plain",
    "rows_of", "split", "view",
]  # fmt: skip

GOOD = frozenset({"ok", "not_applicable"})
READ = frozenset({"ok", "partial"})
NO_GROUP = "no group"
Made = TypeVar("Made")
AN_HOUR = timedelta(hours=1)
# Among a View's frames: findings, key figures, who came in, and good backups, of the days before;
# and how full disks were the day before.
PAST = BEFORE, FIGURES_BEFORE, SEEN_BEFORE, GOOD_BACKUPS, DISKS_BEFORE = (
    "before", "figures_before", "seen_before", "good_backups", "disks_before",
)  # fmt: skip


@dataclass(frozen=True)
class View(Day):
    """A day as a report shows it: narrowed to some groups of hosts, if any are named.

    left_out: what hosts' names are shown without, ".example.org" say. names: by the name
    shown the full one, where they differ.
    """

    groups: tuple[str, ...] = ()
    left_out: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def shown(self) -> View:
        """The same with hosts under their first label, where that tells them apart."""
        short = {host: host.partition(".")[0] for host in self.hosts}
        domains = {host.removeprefix(label) for host, label in short.items()} - {""}
        numeric = any(label.isdecimal() for label in short.values())
        if not domains or numeric or len(set(short.values())) < len(short):
            return self
        frames = {}
        for name, one in self.frames.items():
            frames[name] = one.assign(host=one["host"].astype("string").map(short))
        # A cause may hold the full name: it stands in for the address that is not set.
        address = frames["hosts"]["address"].fillna(self.frames["hosts"]["host"])
        frames["hosts"] = frames["hosts"].assign(address=address)
        left_out = domains.pop() if len(domains) == 1 else "their domains"
        names = {label: host for host, label in short.items()}
        return View(self.folder, self.info, frames, self.groups, left_out, names)

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """By the full name the one shown, where they differ."""
        return {full: shown for shown, full in self.names.items()}

    @cached_property
    def scope(self) -> Scope:
        """The thresholds and windows of the hosts; of a host, by its full name."""
        frame = frame_of(self, "hosts")
        pairs = zip(frame["host"], frame["groups"], strict=True)
        groups = {self.names.get(str(host), str(host)): split(own) for host, own in pairs}
        return Scope(self.info.thresholds, self.info.scopes, self.info.zone, groups)

    def limits(self, host: str) -> Thresholds:
        """Return the thresholds of a host."""
        return self.scope.limits(self.names.get(host, host))

    @cached_property
    def filesystems(self) -> pd.DataFrame:
        """The filesystems that can fill, each once."""
        from report import tables

        return tables.writable(tables.filesystems(frame_of(self, "disks")))

    @cached_property
    def logins(self) -> pd.DataFrame:
        """The logins without sudo and its like."""
        from report import tables

        return tables.sessions(frame_of(self, "logins"))

    @cached_property
    def worked_out(self) -> dict[Callable[[View], Any], Any]:
        """What was worked out of this view; see `once`."""
        return {}

    @cached_property
    def past(self) -> Past:
        """The findings of the days before."""
        return Past(self.frames[BEFORE]) if BEFORE in self.frames else Past.none()

    @cached_property
    def hosts(self) -> list[str]:
        """The hosts listed, web2 before web10."""
        return sorted((str(one) for one in frame_of(self, "hosts")["host"]), key=natural)

    @cached_property
    def outcomes(self) -> dict[str, dict[str, str]]:
        """Host → collector → outcome."""
        found: dict[str, dict[str, str]] = {host: {} for host in self.hosts}
        frame = frame_of(self, "outcomes")
        for host, collector, outcome in zip(
            frame["host"], frame["collector"], frame["outcome"], strict=True
        ):
            found.setdefault(host, {})[collector] = outcome
        return found

    def read(self, collector: str) -> int:
        """How many hosts this collector was read on, in full or in part."""
        return sum(one.get(collector) in READ for one in self.outcomes.values())

    def whole(self, collector: str) -> bool:
        """Whether this collector read every host, each for the whole period."""
        every = all(one.get(collector) in GOOD for one in self.outcomes.values())
        return every and not any(name == collector for _, name in self.late)

    def reach(self, collector: str) -> str:
        """How far it looked: "52 servers read", or that and ", 3 of them in part"."""
        late = {host for host, name in self.late if name == collector}
        part = {host for host, one in self.outcomes.items() if one.get(collector) == "partial"}
        read, some = self.read(collector), len(late | part)
        few = f", {some:,} of them in part" if read > 1 else " in part"
        return f"{plural(read, 'server')} read{few if some else ''}"

    @cached_property
    def late(self) -> dict[tuple[str, str], datetime]:
        """Host and collector → since when there is evidence, if well after the period began."""
        frame = frame_of(self, "outcomes")
        here = (frame["outcome"] == "ok") & (frame["evidence_from_at"] > frame["from_at"] + AN_HOUR)
        rows = frame[here.fillna(False).astype(bool)]
        pairs = zip(rows["host"].astype(str), rows["collector"].astype(str), strict=True)
        return dict(zip(pairs, rows["evidence_from_at"], strict=True))

    @cached_property
    def answered(self) -> frozenset[str]:
        """Hosts with at least one ok outcome."""
        every = self.outcomes.items()
        return frozenset(host for host, one in every if "ok" in one.values())

    @cached_property
    def incomplete(self) -> frozenset[str]:
        """Hosts that answered, but not in everything."""
        late = {host for host, _ in self.late}
        bad = {h for h in self.answered if set(self.outcomes[h].values()) - GOOD}
        return frozenset(bad | (late & self.answered))

    @cached_property
    def gaps(self) -> list[Gap]:
        """What could not be read, host by host."""
        frame = frame_of(self, "outcomes")
        bad = frame[~frame["outcome"].isin(list(GOOD))]
        causes: dict[str, dict[tuple[str, str], list[str]]] = {}
        for host, collector, outcome, cause in zip(
            bad["host"], bad["collector"], bad["outcome"], bad["cause"], strict=True
        ):
            why = (outcome, "" if is_missing(cause) else str(cause).strip().rstrip("."))
            causes.setdefault(host, {}).setdefault(why, []).append(collector)
        never = [host for host in self.hosts if not self.outcomes[host]]
        gaps = [gap for host in causes for gap in self._gaps(host, causes[host])]
        gaps += [
            Gap(host, f"{PART}{name}", "partial", f"its log begins at {self.at(at)}", at)
            for (host, name), at in self.late.items()
        ]
        gaps += [Gap(host, EVERYTHING, "cancelled", "never asked") for host in never]
        within = asked_within(self)
        return [replace(gap, planned=within.get(gap.host, "")) for gap in gaps]

    def at(self, at: datetime) -> str:
        """Return a time as the report says it."""
        return moment(at, self.info.zone, self.info.from_at, self.info.to_at)

    def _gaps(self, host: str, causes: dict[tuple[str, str], list[str]]) -> list[Gap]:
        if not READ & set(self.outcomes[host].values()):
            (outcome, cause), _ = max(causes.items(), key=lambda one: len(one[1]))
            return [Gap(host, EVERYTHING, outcome, cause)]
        return [
            Gap(
                host,
                (PART if outcome == "partial" else "") + ", ".join(names),
                outcome,
                cause,
            )
            for (outcome, cause), names in causes.items()
        ]

    @cached_property
    def blind(self) -> dict[str, Gap]:
        """The hosts of which nothing at all was read."""
        return {gap.host: gap for gap in self.gaps if gap.what == EVERYTHING}

    @cached_property
    def main_group(self) -> dict[str, str]:
        """Host → the first of its groups, so that totals count no host twice."""
        frame = frame_of(self, "hosts")
        found = {}
        for host, groups in zip(frame["host"], frame["groups"], strict=True):
            own = split(groups)
            shown = [group for group in own if not self.groups or group in self.groups]
            found[str(host)] = (shown or own or [NO_GROUP])[0]
        return found

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Host → address, where that is another than the name."""
        frame = frame_of(self, "hosts")
        pairs = zip(frame["host"], frame["address"], strict=True)
        return {str(host): str(address) for host, address in pairs if not is_missing(address)}

    def without_host(self, host: str, cause: str) -> str:
        """Return a cause in which hosts that share it do not differ."""
        return nameless(cause, {self.addresses.get(host, host), host})


def once(made: Callable[[View], Made]) -> Callable[[View], Made]:
    """Work out what a function makes of a view, which never changes, the first time only."""

    @wraps(made)
    def kept(view: View) -> Made:
        if kept not in view.worked_out:
            view.worked_out[kept] = made(view)
        found: Made = view.worked_out[kept]
        return found

    return kept


def view(day: Day, scored: bool = True) -> View:
    """Return the day with what is known of its reach; see `derived.frames`."""
    if isinstance(day, View):
        return day
    more = derived.frames(day, scored)
    past = (
        derived.before(day), derived.figures_before(day), derived.seen_before(day),
        derived.good_backups(day),
    )  # fmt: skip
    frames = {**day.frames, **more, **dict(zip(PAST, past, strict=False))}
    made = View(day.folder, day.info, frames)
    limits = [one for limit in made.scope.every() for one in (limit.disks, limit.inodes)]
    lowest = min(one.warning - one.hysteresis for one in limits)
    frames[DISKS_BEFORE] = derived.disks_before(day, more["forecasts"], lowest)
    return made
