"""apt: what `apt-get dist-upgrade` would do, simulated (Debian, Ubuntu and their kin).

    apt|Inst libc6 [2.36-9+deb12u9] (2.36-9+deb12u10 Debian-Security:12/stable-security [amd64])
    apt|Inst linux-image-6.1.0-25-amd64 (6.1.106-3 Debian-Security:12/stable-security [amd64])
    apt|kept docker-ce
    apt|phased snapd
    apt|1 upgraded, 1 newly installed, 0 to remove and 2 not upgraded.
    fixes|libc6

Pending is what has an older version in brackets: a new package is no update. `kept` (on
hold, or kept back) and `phased` (Ubuntu's gradual roll-out) are not pending. A security
update is one for which any version newer than the installed one stands in a security
archive, as unattended-upgrades and update-notifier have it: the version from there may have
been overtaken by one that came otherwise, and its hole is open all the same (`fixes`).
Security archives are known by label or name: Debian-Security, *-security (Ubuntu's ESM,
too), */updates of Debian 10 and before.

Simulated (-s), apt takes no lock and asks no network, and any user sees the same. Whoever
may write apt's cache would renew it where it is out of date: then it is told to have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.errors import ParseError
from collectors.text import Sections
from collectors.updates.pending import Pending, silent, words

SCRIPT = r"""
set -- -q -o Debug::NoLocking=1
c=/var/cache/apt/pkgcache.bin
if [ -w /var/cache/apt ] && ! { [ "$c" -nt /var/lib/dpkg/status ] &&
  [ "$c" -nt /var/lib/apt/lists ]; }; then
  set -- "$@" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
fi
# Names of packages stand on indented lines below a heading.
lines() {
  awk '/^Inst / { if (match($0, /\)/)) $0 = substr($0, 1, RSTART); print substr($0, 1, 1000) }
    /^[^ ]/ { kind = "" }
    /^The following packages have been kept back:/ { kind = "kept" }
    / phasing:$/ { kind = "phased" }
    /^ / && kind != "" { for (i = 1; i <= NF; i++) print kind, $i }
    /^E:/ || / newly installed, / { print substr($0, 1, 500) }'
}
shown() { printf '%s\n' "${said%=*}" | lines; return "${said##*=}"; }
# Those of which a security archive has a version newer than the installed one.
fixes() {
  within 15 apt-cache "$@" | awk '/^[^ ]/ { name = $1; sub(/:$/, "", name); newer = 1 }
    /^ \*\*\*/ { newer = 0 }
    newer && ($3 ~ /-security\// || $3 ~ /\/updates\//) { print name }'
}
archives() { ls /var/lib/apt/lists | grep 'security.*Release$'; :; }
say archives archives
say lists ages /var/lib/apt/lists /var/lib/apt/lists/*Release \
  /var/lib/apt/periodic/update-success-stamp /var/lib/apt/periodic/update-stamp
say journal ls /var/lib/dpkg/updates
# Without a planner's log: as root even a simulation would leave one.
said=$(within 25 apt-get "$@" -s -o Dir::Log::Planner=/dev/null \
  -o APT::Get::Show-User-Simulation-Note=0 dist-upgrade 2>&1; echo "=$?")
say apt shown
names=$(shown | awk '/^(Inst [^ ]+ \[|kept|phased)/ && !/-security[ ,)]/ && !/Debian-Security:/ &&
  $2 ~ /^[a-z0-9][a-z0-9+.:-]*$/ { print $2 }')
[ "$names" ] && say fixes fixes "$@" policy $names
"""

INSTALLED = re.compile(r"Inst (\S{1,200})( \[[^\]]*\])? \((\S+) ?([^)]*)\)?")
KEPT = re.compile(r"(kept|phased) (\S+)")
SUMMARY = re.compile(
    r"(\d{1,9}) upgraded, (\d{1,9}) newly installed, (?:(\d{1,9}) downgraded, )?"
    r"(?:\d{1,9} reinstalled, )?\d{1,9} to remove and (\d{1,9}) not upgraded\."
)
SECURITY = re.compile(r"(?:^|, )Debian-Security:|-security(?=[ ,]|$)")


def read(found: Sections) -> Pending:
    """Return what apt says. Raises ParseError where its lines and its own count differ."""
    section = found.get("apt")
    lines = [line for line in section.lines if line.strip()] if section else []
    if section is None or section.status != 0:
        return Pending(cause=silent(section, "apt-get", lines))
    pending, security, kept, phased, counts = _read(lines)
    # A downgrade has an older version in brackets, too.
    if counts is None or (len(pending), len(kept) + len(phased)) != counts:
        raise ParseError("apt-get lists other packages than it counts", lines[-1] if lines else "")
    unjudged = set(pending + kept + phased) - security
    security |= set(found.good("fixes"))
    said = Pending(pending, [one for one in pending if one in security], len(kept) + len(phased))
    said.notes = list(_notes(found, security, kept, phased))
    fixes = found.get("fixes")
    if not any(found.good("archives")):
        said.security = None
    elif unjudged and (fixes is None or fixes.status != 0):
        said.cause = silent(fixes, "apt-cache", fixes.lines if fixes else ())
        said.security = None
    return said


def _notes(
    found: Sections, security: set[str], kept: list[str], phased: list[str]
) -> Iterator[str]:
    if kept:
        yield f"{words(kept, 10)} kept back"
    if phased:
        yield f"{words(phased, 10)} phased in"
    if late := [name for name in kept + phased if name in security]:
        yield f"security updates not to be installed: {words(late, 10)}"
    if any(re.fullmatch(r"\d+", name) for name in found.good("journal")):
        yield "dpkg was interrupted: dpkg --configure -a mends it"
    if not any(found.good("archives")):
        yield "no security archive is among the package sources"


Lines = tuple[list[str], set[str], list[str], list[str], tuple[int, int] | None]


def _read(lines: list[str]) -> Lines:
    pending: list[str] = []
    security: set[str] = set()
    held: dict[str, list[str]] = {"kept": [], "phased": []}
    counts = None
    for line in lines:
        if hit := INSTALLED.fullmatch(line):
            pending += [hit[1]] if hit[2] else []
            security |= {hit[1]} if SECURITY.search(re.sub(r" \[[^\]]*\]$", "", hit[4])) else set()
        elif hit := KEPT.fullmatch(line):
            held[hit[1]].append(hit[2])
        elif hit := SUMMARY.fullmatch(line):
            counts = (int(hit[1]) + int(hit[3] or 0), int(hit[4]))
        elif not line.startswith("E:"):
            raise ParseError("a line of apt-get is not understood", line)
    return pending, security, held["kept"], held["phased"], counts
