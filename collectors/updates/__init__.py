"""Pending updates, the security updates among them, and whether a restart is due.

    manager|apt
    lists|1764030000                    when the newest of the package lists was fetched
    apt|Inst libc6 [2.36-9+deb12u9] (2.36-9+deb12u10 Debian-Security:12/stable-security [amd64])
    release|6.1.0-18-amd64
    modules|6.1.0-25-amd64

One row. Nothing is fetched, locked or changed: the package manager is asked about the lists
that are there (`apt`, `rpm` for dnf, dnf5 and yum, `others` for zypper, apk and pacman). A
count from lists that are old is worth little: `lists_at` says how old, a note when they are
older than a week; without any list nothing is known, and that is what is said. `kernel`
says whether a restart is due.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from collectors import text as probe
from collectors import virtualisation
from collectors.base import FLAG, TEXT, TIME, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import NoData, NotApplicable, ParseError
from collectors.updates import apt, kernel, others, pending, rpm
from collectors.updates.pending import Pending

NAME = "updates"
SECONDS = 60
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("manager", TEXT, "", "apt, dnf, dnf5, yum, zypper, apk or pacman"),
    Column("pending", WHOLE, "", "packages that an upgrade would renew; NA when not known"),
    Column(
        "security", WHOLE, "", "security updates among them (zypper: patches); NA: none can tell"
    ),
    Column("held", WHOLE, "", "packages with newer versions that are on hold or phased in"),
    Column("packages", TEXT, "", "their names, security updates first, and how many more"),
    Column("lists_at", TIME, "UTC", "as of when the package lists are"),
    Column(
        "reboot_required", FLAG, "", "whether a restart is due; NA in a container, or not known"
    ),
    Column("reboot_reason", TEXT, "", "why, in words"),
    Column("kernel_running", TEXT, "", "the running kernel's release"),
    Column("kernel_installed", TEXT, "", "the newest installed one of the same flavour"),
)

STALE = timedelta(days=7)
READ = {
    "apt": apt.read,
    "dnf": rpm.read,
    "dnf5": rpm.read,
    "yum": rpm.read,
    "zypper": others.zypper,
    "apk": others.apk,
    "pacman": others.pacman,
}
FETCH = {
    "apt": "apt-get update",
    "zypper": "zypper refresh",
    "apk": "apk update",
    "pacman": "pacman -Sy",
}
# Which is the system's own: any of them may be installed as a mere tool elsewhere.
CHOICE = r"""
has() { command -v "$1" >/dev/null 2>&1; }
manager=; rpms=
for d in /var/lib/rpm /usr/lib/sysimage/rpm; do
  for f in $d/Packages $d/Packages.db $d/rpmdb.sqlite; do [ -s $f ] && rpms=y; done
done
if [ -s /var/lib/dpkg/status ] && has apt-get; then manager=apt
elif [ "$rpms" ]; then
  for m in zypper dnf5 dnf yum; do has $m && { manager=$m; break; }; done
  : "${manager:=rpm}"
elif [ -e /lib/apk/db/installed ] || [ -e /usr/lib/apk/db/installed ]; then manager=apk
elif [ -d /var/lib/pacman/local ] && has pacman; then manager=pacman
fi
say manager echo "${manager:-none}"
case $manager in
"""


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    cases = {"apt": apt.SCRIPT, "dnf|dnf5|yum": rpm.SCRIPT, **others.SCRIPTS}
    asks = "".join(f"{name}){text};;\n" for name, text in cases.items())
    return (
        probe.PRELUDE + pending.SCRIPT + CHOICE + asks + "esac\n"
        + kernel.SCRIPT + virtualisation.SCRIPT
    )  # fmt: skip


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row; what could not be had of it is the cause.

    Raises NotApplicable where no package manager is, NoData where none of those understood
    is, ParseError for output that is not understood.
    """
    found = probe.sections(text)
    manager = found.value("manager")
    if manager == "none":
        raise NotApplicable(
            "no package manager that is understood (apt, dnf, yum, zypper, apk, pacman)"
        )
    if manager == "rpm":
        raise NoData("rpm is here without dnf, yum or zypper: nothing tells what is pending")
    if manager not in READ or not found.value("release"):
        raise ParseError("the probe of updates is incomplete", text)
    lists_at = _lists_at(found)
    said = _pending(found, manager, lists_at)
    about, note = kernel.row(found, virtualisation.of(found))
    row = Row(
        manager=manager,
        pending=None if said.names is None else len(said.names),
        security=None if said.security is None else len(said.security),
        held=said.held,
        packages=said.listed,
        lists_at=lists_at,
        **about,
    )
    notes = [_stale(lists_at, ask), *said.notes, note]
    return Parsed([row], said.cause, "; ".join(one for one in notes if one))


def _pending(found: probe.Sections, manager: str, lists_at: datetime | None) -> Pending:
    """Return what the manager says, or why nothing that it says is to be believed."""
    if unreadable := pending.closed(found):
        return Pending(cause=f"this user may not read {unreadable}")
    said = READ[manager](found)
    if lists_at is None:
        fetch = FETCH.get(manager, f"{manager} makecache")
        return Pending(cause=said.cause or f"there are no package lists: {fetch} never ran here")
    return said


def _lists_at(found: probe.Sections) -> datetime | None:
    said = found.value("lists")
    return datetime.fromtimestamp(int(said), UTC) if re.fullmatch(r"\d{1,10}", said) else None


def _stale(lists_at: datetime | None, ask: Ask) -> str:
    if lists_at is None or ask.to_at - lists_at <= STALE:
        return ""
    return f"the package lists are of {lists_at:%Y-%m-%d}: a count from them is worth little"
