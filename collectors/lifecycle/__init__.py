"""How long the operating system is supported, after a table that comes with this program.

    uname|Linux 6.1.0-18-amd64
    os|ID=debian                                       /etc/os-release, see os-release(5)
    os|VERSION_ID="12"
    release|/etc/redhat-release CentOS release 6.10 (Final)   where there is no os-release
    proxmox|8.2.4                                      the version of pve-manager
    freebsd|14.3-RELEASE-p2                            freebsd-version -u
    macos|15.1                                         sw_vers -productVersion

One row. The table (`end_of_life.csv`; its head says how it is renewed) holds the vendors'
dates; nobody is asked. `extended` is what the vendor still sells or gives beyond standard
support: whether this host has it is not looked at. A minor release that ends before its
major one (RHEL's without EUS) is not told apart. A system that the table does not know is
`unknown` with the cause, and the outcome is partial. Where a vendor names no days (Apple),
`unknown` is all that can be known, and the outcome is ok.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from collectors import hosts
from collectors import text as probe
from collectors.base import TEXT, TIME, Ask, Column, Parsed, Row
from collectors.errors import ParseError
from collectors.lifecycle import table

NAME = "lifecycle"
SECONDS = 10
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("os_id", TEXT, "", "debian, ubuntu, rhel, centos-stream, sles, freebsd …"),
    Column("os_name", TEXT, "", "the operating system's name, without its version"),
    Column("os_version", TEXT, "", "its version; NA where it has none"),
    Column("state", TEXT, "", "supported, extended, ended, rolling or unknown"),
    Column("ends_at", TIME, "UTC", "the end of standard support; NA: none, or none announced"),
    Column("extended_ends_at", TIME, "UTC", "the end of what is to be had beyond it"),
    Column("extension", TEXT, "", "what that is: LTS, ESM, ELS, LTSS …"),
    Column("source", TEXT, "", "who says so"),
    Column("table_at", TIME, "UTC", "the day up to which that is known to hold"),
    Column("cause", TEXT, "", "why the state is unknown"),
)

SCRIPT = r"""
files() { for f; do [ -s "$f" ] && printf '%s %s\n' "$f" "$(head -n 1 "$f")"; done; :; }
say uname uname -sr
if [ -r /etc/os-release ]; then say os cat /etc/os-release
elif [ -r /usr/lib/os-release ]; then say os cat /usr/lib/os-release; fi
say release files /etc/oracle-release /etc/centos-release /etc/redhat-release \
  /etc/SuSE-release /etc/alpine-release /etc/arch-release /etc/gentoo-release /etc/debian_version
[ -e /usr/bin/pveversion ] && say proxmox dpkg-query -W -f '${Version}\n' pve-manager
command -v freebsd-version >/dev/null 2>&1 && say freebsd freebsd-version -u
command -v sw_vers >/dev/null 2>&1 && say macos sw_vers -productVersion
:
"""

RELEASE_IDS = {"oracle": "ol", "redhat": "rhel", "SuSE": "sles"}
IDS = {"sles_sap": "sles"}
OLD = timedelta(days=366)
LONGEST = 100


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row. Raises ParseError when there is not even a kernel's name."""
    found = probe.sections(text)
    if not re.fullmatch(r"\S+ \S+.*", found.value("uname")):
        raise ParseError("uname says no system and release", found.value("uname"))
    os_id, name, version = (word and word[:LONGEST] for word in _system(found))
    row = Row(os_id=os_id, os_name=name, os_version=version)
    line = table.find(os_id or "", version)
    if line is None:
        what = " ".join(word for word in (name, version) if word) or "this system"
        cause = f"{what} is not in the table of ends of life"
        return Parsed([Row(row, state="unknown", cause=cause)], cause)
    today = ask.to_at.date()
    row |= Row(state=_state(line, today), source=line.source, table_at=table.end_of(line.as_of))
    if isinstance(line.ends_on, date):
        row["ends_at"] = table.end_of(line.ends_on)
    if line.extended_ends_on:
        row |= Row(extended_ends_at=table.end_of(line.extended_ends_on), extension=line.extension)
    if row["state"] == "unknown":
        row["cause"] = "its vendor announces no ends of support"
    lasting = row["state"] in ("ended", "rolling")
    old = not lasting and table.end_of(line.as_of) + OLD < ask.to_at
    note = f"the end of support was looked up on {line.as_of}, more than a year ago" if old else ""
    return Parsed([row], "", note)


def _state(line: table.Line, today: date) -> str:
    if not isinstance(line.ends_on, date):
        return table.WORDS[line.ends_on]
    if today <= line.ends_on:
        return "supported"
    return "extended" if line.extended_ends_on and today <= line.extended_ends_on else "ended"


def _system(found: probe.Sections) -> tuple[str | None, str | None, str | None]:
    """Return the system's id in the table, its name and its version."""
    if proxmox := found.value("proxmox"):
        return "proxmox-ve", "Proxmox VE", proxmox
    system, _, release = found.value("uname").partition(" ")
    if system == "FreeBSD":
        return "freebsd", system, _freebsd(found.value("freebsd") or release)
    if system == "Darwin":
        return "darwin", "macOS", found.value("macos") or None
    says = hosts.os_release(list(found.good("os")))
    if says.get("ID"):
        name = says.get("NAME") or says["ID"]
        stream = says["ID"] == "centos" and "Stream" in name
        os_id = "centos-stream" if stream else IDS.get(says["ID"], says["ID"])
        return os_id, name, says.get("VERSION_ID") or None
    for line in found.good("release"):
        path, _, said = line.partition(" ")
        kind = re.split("[-_]", path.removeprefix("/etc/"))[0]
        version = re.search(r"\d{1,9}(\.\d{1,9})*", said)
        name = re.split(r"\s+release|\s*\d", said)[0] or kind.capitalize()
        return RELEASE_IDS.get(kind, kind), name, version[0] if version else None
    return None, system, None


def _freebsd(version: str) -> str:
    """Return 14.3 for 14.3-RELEASE-p2, 14-STABLE for 14.3-STABLE, or what it says."""
    hit = re.fullmatch(r"(\d+)(\.\d+)-(RELEASE|STABLE)\b.*", version)
    if not hit:
        return version
    return hit[1] + hit[2] if hit[3] == "RELEASE" else f"{hit[1]}-STABLE"
