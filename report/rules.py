"""Pure: what makes a finding, rule by rule, and the sentence it is told with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from report import tables
from report.contract import Finding, Severity
from report.reading import EVERYTHING, View, frame_of, gathered
from report.settings import Limit
from report.states import states
from report.words import (
    capital,
    foreign,
    is_missing,
    listing,
    moment,
    natural,
    number,
    percent,
    plural,
    share,
)

if TYPE_CHECKING:
    import pandas as pd

NAMED = 3  # so many hosts are named in a sentence; more are counted


def findings(view: View) -> list[Finding]:
    """Return what a person must act on, worst first."""
    found: list[Finding] = []
    for section, rules in RULES.items():
        if section in view.info.sections:
            found += [one for rule in rules for one in rule(view)]
    order = ("Broken", "Got in", "Logins", "Filling", "Restarted")
    if "servers" not in view.info.sections:
        found += not_read(view)
    return sorted(
        found,
        key=lambda one: (
            one.severity != "critical", order.index(one.question), -(one.value or 0),
            -len(one.hosts), natural(one.hosts[0]),
        ),
    )  # fmt: skip


def not_up(view: View) -> list[Finding]:
    """Servers that are down, degraded, or of which nothing is known."""
    found = []
    for state, why, hosts in states(view):
        if state not in ("down", "degraded", "unknown"):
            continue
        blind = any(host in view.blind for host in hosts)
        severity: Severity = "critical" if state == "down" or blind else "warning"
        said = {"down": "Down", "unknown": "Not read" if blind else "State not known"}
        sentence = _state_sentence(said.get(state, ""), why, hosts)
        found.append(Finding(severity, "Broken", _subject(hosts), hosts, sentence, "servers"))
    return found


def _state_sentence(said: str, why: str, hosts: Sequence[str]) -> str:
    names = f"{listing(hosts, NAMED)}: " if len(hosts) > 1 else ""
    reason = foreign(why, 160) if why else "no reason known"
    if said == "Not read" and not names and reason.startswith("host key"):
        said = ""  # it says so itself
    if not said:
        return f"{names}{capital(reason) if reason.startswith('host key') else reason}."
    return f"{said}: {reason}." if not names else f"{said}: {names.removesuffix(': ')}; {reason}."


def not_read(view: View) -> list[Finding]:
    """Hosts of which nothing was read, for a report that has no page about servers."""
    return [
        Finding(
            "critical", "Broken", _subject(hosts), hosts,
            _state_sentence("Not read", gap.cause, hosts), "coverage",
        )
        for hosts, gap in gathered(view, brief=True) if gap.what == EVERYTHING
    ]  # fmt: skip


def root_by_password(view: View) -> list[Finding]:
    """Hosts where root came in by a password."""
    found = []
    for host, rows in roots(view).groupby("host", sort=True):
        times, sources = int(rows["count"].sum()), rows["source_ip"].dropna().unique()
        last = rows["at"].max()
        zone, info = view.info.zone, view.info
        when = f"at {moment(last, zone, info.from_at, info.to_at)}"
        origin = ""
        if len(sources) > 1:
            origin = f"from {plural(len(sources), 'address', 'addresses')}"
        elif len(sources):
            origin = f"from {foreign(sources[0], 45)}"
        often = [f"{plural(times, 'time')} {origin}".strip(), f"last {when}"]
        how = ", ".join(often) if times > 1 else f"{origin} {when}".strip()
        sentence = f"root, by password, {how}."
        found.append(
            Finding("critical", "Got in", str(host), (str(host),), sentence, "logins", float(times))
        )
    return found


def roots(view: View) -> pd.DataFrame:
    """Return the rows of root's logins by password."""
    logins = tables.sessions(frame_of(view, "logins"))
    here = (
        (logins["result"] == "accepted")
        & (logins["user"] == "root")
        & (logins["method"] == "password")
    )
    return logins[here.fillna(False).astype(bool)]


def failed_logins(view: View) -> list[Finding]:
    """Hosts with more failed logins than the limit; those of one wave are one finding."""
    limit = view.info.thresholds.failed_logins
    logins = tables.sessions(frame_of(view, "logins"))
    failed = logins[logins["result"] == "failed"]
    counts = failed.groupby("host", sort=True)["count"].sum()
    over = counts[counts >= limit.warning]
    got_in = set(logins.loc[logins["result"] == "accepted", "source_ip"].dropna())
    read = view.reach("logins") if len(view.hosts) > 1 else ""
    found = []
    for hosts in _waves(failed, list(map(str, over.index))):
        rows, most = failed[failed["host"].isin(hosts)], over[list(hosts)]
        severity: Severity = "critical" if most.max() >= limit.critical else "warning"
        sentence = _failed_sentence(rows, most, got_in, read)
        bound = limit.critical if severity == "critical" else limit.warning
        value = float(most.max())
        who = _subject(hosts)
        found.append(Finding(severity, "Logins", who, hosts, sentence, "logins", value, bound))
    return found


def _waves(failed: pd.DataFrame, hosts: Sequence[str]) -> list[tuple[str, ...]]:
    """Return hosts that share a source together; all of them, if they are many all the same."""
    every = failed.groupby("host")["source_ip"]
    sources = {str(host): set(own.dropna()) for host, own in every}
    waves: list[tuple[set[str], list[str]]] = []
    for host in hosts:
        own, together = sources[host], [host]
        for wave in [one for one in waves if one[0] & own]:
            waves.remove(wave)
            own, together = own | wave[0], [*wave[1], *together]
        waves.append((own, together))
    if len(waves) > NAMED:
        return [tuple(sorted(hosts, key=natural))]
    return [tuple(sorted(together, key=natural)) for _, together in waves]


def _failed_sentence(rows: pd.DataFrame, counts: pd.Series, got_in: set[str], read: str) -> str:
    sources = set(rows["source_ip"].dropna())
    inside = len(sources & got_in)
    most = f", {number(counts.max())} of them on {counts.idxmax()}" if len(counts) > 1 else ""
    said = f"{number(counts.sum())} failed logins{most}"
    if not sources:
        return f"{said}."
    origin = f"{said}, from {plural(len(sources), 'source')}"
    if inside:
        return f"{origin}; {number(inside)} of them also got in."
    return f"{origin}; none got in{f' on {read}' if read else ''}."


def not_writable(view: View) -> list[Finding]:
    """Filesystems mounted read-only although fstab says otherwise: a kernel's word for damage."""
    disks = frame_of(view, "disks")
    if "read_only_expected" not in disks:  # a snapshot of an earlier version
        return []
    wanted = disks["read_only_expected"].eq(False).fillna(False)
    here = disks[disks["read_only"].fillna(False).astype(bool) & wanted.astype(bool)]
    found = []
    for host, rows in here.groupby("host", sort=True):
        name = str(host)
        mounts = listing([foreign(at, 48).replace(" ", "\\x20") for at in rows["mount"]], NAMED)
        verb = "is" if len(rows) == 1 else "are"
        said = f"{mounts} {verb} mounted read-only, although fstab says otherwise."
        found.append(Finding("critical", "Broken", name, (name,), said, "disks"))
    return found


def filling(view: View) -> list[Finding]:
    """Filesystems above a limit, by bytes or by inodes; a remote one once for all its hosts."""
    once = tables.writable(tables.filesystems(frame_of(view, "disks")))
    limits = view.info.thresholds
    over = once[
        (once["used_percent"] >= limits.disks.warning).fillna(False)
        | (once["inodes_used_percent"] >= limits.inodes.warning).fillna(False)
    ]
    return [_full(row, limits.disks, limits.inodes) for row in over.itertuples(index=False)]


def _full(row: Any, disks: Limit, inodes: Limit) -> Finding:
    bytes_, nodes = _severity(row.used_percent, disks), _severity(row.inodes_used_percent, inodes)
    rank = ("", "warning", "critical")
    by_inodes = rank.index(nodes) > rank.index(bytes_)
    severity, limit = (nodes, inodes) if by_inodes else (bytes_, disks)
    mount = foreign(row.mount, 48).replace(" ", "\\x20")
    used = f"{percent(row.used_percent)} %"
    if by_inodes:
        said = f"{mount} has {percent(row.inodes_used_percent)} % of its inodes used"
        said += f", though {used} of its bytes" if not is_missing(row.used_percent) else ""
    else:
        said = f"{mount} {used} full, {share(row.available_bytes, row.size_bytes)} free"
        said += f"; {percent(row.inodes_used_percent)} % of its inodes" if nodes else ""
    said += f"; mounted on {row.host_count} hosts" if row.host_count > 1 else ""
    value = float(row.inodes_used_percent if by_inodes else row.used_percent)
    bound = limit.critical if severity == "critical" else limit.warning
    host = str(row.host)
    return Finding(
        "critical" if severity == "critical" else "warning",
        "Filling", host, (host,), f"{said}.", "disks", value, bound,
    )  # fmt: skip


def restarted(view: View) -> list[Finding]:
    """Hosts that booted within the period."""
    info = view.info
    rows = tables.rebooted(frame_of(view, "uptime"), info.from_at, info.to_at)
    found = []
    for hosts in _each_or_all(sorted(map(str, rows["host"]), key=natural)):
        at = rows.loc[rows["host"].isin(hosts), "booted_at"]
        first, last = (moment(t, info.zone, info.from_at, info.to_at) for t in (at.min(), at.max()))
        when = f"at {first}" if first == last else f"between {first} and {last}"
        names = f" {listing(hosts, NAMED)}," if len(hosts) > 1 else ""
        said = f"Rebooted{':' if names else ''}{names} {when}."
        found.append(Finding("warning", "Restarted", _subject(hosts), hosts, said, "uptime"))
    return found


def _severity(value: Any, limit: Limit) -> str:
    if is_missing(value) or value < limit.warning:
        return ""
    return "critical" if value >= limit.critical else "warning"


def _each_or_all(hosts: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Return a few hosts one by one, many together: they have one cause, as a rule."""
    if len(hosts) <= NAMED:
        return [(host,) for host in hosts]
    return [tuple(hosts)]


def _subject(hosts: Sequence[str]) -> str:
    return hosts[0] if len(hosts) == 1 else plural(len(hosts), "host")


RULES: dict[str, tuple[Callable[[View], list[Finding]], ...]] = {
    "servers": (not_up,),
    "logins": (root_by_password, failed_logins),
    "disks": (not_writable, filling),
    "uptime": (restarted,),
}
