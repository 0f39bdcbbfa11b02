"""Who came in that should not, and who tries too often."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from report.contract import Finding, Severity
from report.reading import SEEN_BEFORE, View, once
from report.rules.acquainted import KNOWN_DAYS
from report.rules.strangers import typed
from report.rules.wording import NAMED, bound_of, subject
from report.words import foreign, listing, moment, natural, number, plural, verb

if TYPE_CHECKING:
    import pandas as pd


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
        others = _others_from(view, sources[0]) if len(sources) == 1 else ""
        sentence = f"root, {_by(set(rows['method']))}, {how}{others}."
        found.append(
            Finding(
                "root-by-password",
                "critical",
                "Got in",
                str(host),
                (str(host),),
                sentence,
                "logins",
                float(times),
            )
        )
    return found


def _by(methods: Set[str]) -> str:
    """Return "by password over PAM", as sshd's "keyboard-interactive/pam" says it."""
    if methods == {"none"}:
        return "without a password"
    devices = {one.partition("/")[2] for one in methods}
    device = devices.pop() if len(devices) == 1 else ""
    return "by password" + (f" over {device.upper()}" if device else "")


def _others_from(view: View, source: object) -> str:
    """Return who else came in from there, today or before: often that is who it was."""
    before, logins = view.frames[SEEN_BEFORE], view.logins
    today = logins[(logins["result"] == "accepted") & (logins["source_ip"] == source)]
    earlier = before[before["source_ip"] == source]
    names = {str(one) for rows in (earlier, today) for one in rows["user"].dropna().unique()}
    names.discard("root")
    if not names:
        return "; nobody else comes from there" if before["day"].nunique() >= KNOWN_DAYS else ""
    said = listing((foreign(one, 30) for one in sorted(names, key=natural)), 2)
    return f"; {said} {verb(len(names), 'comes')} from there, too"


def roots(view: View) -> pd.DataFrame:
    """Return the rows of root's logins by a password that was typed, in whatever way."""
    logins = view.logins
    here = (logins["result"] == "accepted") & (logins["user"] == "root")
    rows = logins[here.fillna(False).astype(bool)]
    return rows[typed(rows["method"])]


@once
def failed_logins(view: View) -> list[Finding]:
    """Hosts with more failed logins than the limit; those of one wave are one finding."""
    logins = view.logins
    failed = logins[logins["result"] == "failed"]
    counts = failed.groupby("host", sort=True)["count"].sum()
    limits = {str(host): view.limits(str(host)).failed_logins for host in counts.index}
    over = counts[[counts[host] >= limit.warning for host, limit in limits.items()]]
    got_in = set(logins.loc[logins["result"] == "accepted", "source_ip"].dropna().unique())
    read = view.reach("logins") if len(view.hosts) > 1 else ""
    found = []
    for hosts in _waves(failed, list(map(str, over.index))):
        rows, most = failed[failed["host"].isin(hosts)], over[list(hosts)]
        limit = limits[str(most.idxmax())]
        severity: Severity = (
            "critical" if any(most[h] >= limits[h].critical for h in hosts) else "warning"
        )
        sentence = _failed_sentence(rows, most, got_in, read)
        value = float(most.max())
        who = subject(hosts)
        found.append(
            Finding(
                "failed-logins",
                severity,
                "Logins",
                who,
                hosts,
                sentence,
                "logins",
                value,
                bound_of(severity, limit),
            )
        )
    return found


def _waves(failed: pd.DataFrame, hosts: Sequence[str]) -> list[tuple[str, ...]]:
    """Return hosts that share a source together; all of them, if they are many all the same."""
    import numpy as np

    pairs = failed.loc[failed["host"].isin(hosts), ["host", "source_ip"]].dropna()
    here, source = (pairs[name].astype("category").cat for name in pairs)
    places = {host: nth for nth, host in enumerate(hosts)}
    host = here.categories.map(places).to_numpy(int)[here.codes]
    first = np.arange(len(hosts))  # of each host's wave, as far as it is known
    while True:
        lowest = np.full(len(source.categories), len(hosts))
        np.minimum.at(lowest, source.codes, first[host])
        closer = first.copy()
        np.minimum.at(closer, host, lowest[source.codes])
        closer = closer[closer]
        if (closer == first).all():
            break
        first = closer
    waves: dict[int, list[str]] = {}
    for name, wave in zip(hosts, first.tolist(), strict=True):
        waves.setdefault(wave, []).append(name)
    if len(waves) > NAMED:
        return [tuple(sorted(hosts, key=natural))]
    return [tuple(sorted(together, key=natural)) for together in waves.values()]


def _failed_sentence(rows: pd.DataFrame, counts: pd.Series, got_in: set[str], read: str) -> str:
    sources = set(rows["source_ip"].dropna().unique())
    inside = len(sources & got_in)
    most = f", {number(counts.max())} of them on {counts.idxmax()}" if len(counts) > 1 else ""
    said = f"{number(counts.sum())} failed logins{most}"
    if not sources:
        return f"{said}."
    origin = f"{said}, from {plural(len(sources), 'source')}"
    if inside:
        return f"{origin}; {number(inside)} of them also got in."
    return f"{origin}; none of these got in{f' on {read}' if read else ''}."
