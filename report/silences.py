"""What somebody knows of and need not be told every day: params/silences.yaml.

    silences:
      - {host: "web*", kind: disk-full, object: "/srv/*", author: anna, reason: new disks are
         ordered, until: 2026-12-01}
      - {finding: "db03 disk-full /var", author: ben, reason: being moved, until: 2026-11-30}

`host` is a pattern of names of hosts or groups, `kind` and `object` of what a finding is about;
what is left out fits everything. `finding` is the id of one, as the report shows it. A silence
holds to the end of the day `until`. What is silenced is counted and listed, but is no finding.
That a server could not be read is never silenced: a window of maintenance can plan it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fnmatch import fnmatchcase

from pydantic import Field, field_validator, model_validator

from collectors.config import Strict
from report.contract import Finding, Silenced
from report.trail import BLIND, Atom
from report.words import day_month, listing, plural, readable

RECENTLY = timedelta(days=14)  # so long a finding says that its silence has ended


class Silence(Strict):
    """One entry. `covers` says whether it is about an atom."""

    author: str = Field(min_length=1, max_length=60)
    reason: str = Field(min_length=1, max_length=200)
    until: date
    host: str = ""
    kind: str = ""
    object: str = ""
    finding: str = ""

    @field_validator("kind")
    @classmethod
    def _may_be(cls, value: str) -> str:
        if value in BLIND:
            raise ValueError(
                f"{value} is never silenced, for nothing is known of such a server; "
                "`maintenance` in fleet.yaml shows it as planned"
            )
        return value

    @model_validator(mode="after")
    def _something(self) -> Silence:
        patterns = self.host or self.kind or self.object
        if bool(patterns) == bool(self.finding):
            raise ValueError(
                "does not say what is silenced; it would be `finding`, or some of `host`, `kind` "
                "and `object`"
            )
        if self.finding and len(self.finding.split(" ", 2)) < 2:
            raise ValueError(f"{self.finding!r} is no id; it would be like db03 disk-full /var")
        return self

    def covers(self, atom: Atom, groups: Sequence[str]) -> bool:
        """Whether it is about an atom. groups: those of its host."""
        if atom[1] in BLIND:
            return False
        if self.finding:
            return self.finding.split(" ", 2) == " ".join(atom).rstrip().split(" ", 2)
        names = (atom[0], *groups)
        return (
            any(fnmatchcase(name, self.host or "*") for name in names)
            and fnmatchcase(atom[1], self.kind or "*")
            and fnmatchcase(atom[2], self.object or "*")
        )


class SilencesFile(Strict):
    """silences.yaml."""

    silences: list[Silence] = []


def divided(
    found: Iterable[Finding],
    silences: Sequence[Silence],
    on: date,
    groups: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
) -> tuple[list[Finding], list[Silenced], list[Silenced]]:
    """Return the findings that are told, those silenced on that day, and whose silence ended.

    Of a finding about many hosts some may be silenced: it is told of the others alone, and
    says so. groups: by full name; names: by the name shown the full one, where they differ.
    """
    told: list[Finding] = []
    silenced: list[Silenced] = []
    over: list[Silenced] = []
    for one in found:
        left, ended = list(one.hosts), None
        for silence in silences:
            atoms = {host: (names.get(host, host), one.kind, one.object) for host in left}
            hosts = [h for h, a in atoms.items() if silence.covers(a, groups.get(a[0], ()))]
            if not hosts:
                continue
            if silence.until < on:
                ended = silence if on - silence.until <= RECENTLY else ended
                continue
            now = set(hosts)
            left = [host for host in left if host not in now]
            silenced.append(
                Silenced(_of(one, hosts), silence.author, silence.reason, silence.until)
            )
        if left:
            told.append(_said(_of(one, left), one, ended))
        if left and ended:
            over.append(Silenced(told[-1], ended.author, ended.reason, ended.until))
    return told, silenced, over


def _of(one: Finding, hosts: Sequence[str]) -> Finding:
    if len(hosts) == len(one.hosts):
        return one
    subject = hosts[0] if len(hosts) == 1 else plural(len(hosts), "host")
    return replace(one, hosts=tuple(hosts), subject=subject)


def _said(one: Finding, whole: Finding, ended: Silence | None) -> Finding:
    """Return a finding that tells what of it is silenced, or that it was."""
    told = set(one.hosts)
    quiet = [host for host in whole.hosts if host not in told]
    said = whole.sentence.rstrip(".")
    if quiet:
        said += f"; silenced on {listing(quiet, 3)}"
    if ended:
        when = day_month(ended.until, with_year=True)
        said += f"; the silence of {readable(ended.author, 60)} ended on {when}"
    return replace(one, sentence=f"{said}.") if quiet or ended else one
