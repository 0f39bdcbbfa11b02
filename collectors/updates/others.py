"""zypper, apk and pacman.

    zypper|update kind="patch" name="SUSE-2026-41" edition="1" … category="security" …
    zypper|update kind="package" name="bash" edition="5.2-9" arch="x86_64" edition-old="5.2-6"
    zypper|/update-list
    apk|busybox-1.36.1-r5                       < 1.36.1-r7
    pacman|openssl 3.3.0-1 -> 3.3.1-1
    pacman|linux 6.9.1.arch1-1 -> 6.9.2.arch1-1 [ignored]

zypper's XML, a tag a line: a security update is a needed patch of that category, a
repository without patches (Tumbleweed) tells of none. ZYPP_READONLY_HACK keeps it from
taking its lock. apk and pacman keep no record of what is a security update.
"""

from __future__ import annotations

import re

from collectors.errors import ParseError
from collectors.text import Section, Sections
from collectors.updates.pending import LONGEST_SAID, Pending, absent, silent, words

SCRIPTS = {
    "zypper": r"""
updates() {
  said=$(ZYPP_READONLY_HACK=1 within 40 zypper --non-interactive --no-refresh --xmlout \
    list-updates -t patch -t package 2>&1; echo "=$?")
  printf '%s\n' "${said%=*}" | tr '\n<' ' \n' | sed -n \
    '/^update kind=/s/>.*//p; /^\/update-list/s/>.*//p; /^message type="error"/p'
  return "${said##*=}"
}
say lists ages /var/cache/zypp/raw /var/cache/zypp/raw/*/repodata/repomd.xml \
  /var/cache/zypp/raw/*/content
say cached ls /var/cache/zypp/solv
say enabled enabled /etc/zypp/repos.d/*.repo
advised() { grep -ls 'type="updateinfo"' /dev/null "$@"; :; }
say advised advised /var/cache/zypp/raw/*/repodata/repomd.xml
# --no-refresh or not, zypper asks the network for a repository that is not in its cache.
missing=$(enabled /etc/zypp/repos.d/*.repo | while IFS= read -r id; do
  [ -e "/var/cache/zypp/solv/$id/solv" ] || echo "$id"; done)
[ "$missing" ] || say zypper updates
""",
    "apk": r"""
say lists ages /var/cache/apk/APKINDEX.*.tar.gz /etc/apk/cache/APKINDEX.*.tar.gz \
  /lib/apk/db/APKINDEX.*.tar.gz
say apk within 25 apk --no-network version -l '<'
""",
    "pacman": r"""
updates() { within 25 pacman -Qu; r=$?; [ "$r" = 1 ] && r=0; return "$r"; }
say lists ages /var/lib/pacman/sync/*.db
say pacman updates
""",
}

ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
APK = re.compile(r"(\S+)-[^-\s]+-r\d+\s*<\s+\S+(?:\s+@\S+)?\s*")
PACMAN = re.compile(r"(\S+) \S+ -> \S+( \[ignored\])?")


def zypper(found: Sections) -> Pending:
    """Return the packages that have newer versions, and the security patches by name."""
    section = found.get("zypper")
    tags = [line for line in section.lines if line.strip()] if section else []
    if section is None and (cause := absent(found, set(found.good("cached")))):
        return Pending(cause=cause)
    if section is None or section.status != 0 or "/update-list" not in tags:
        return Pending(cause=silent(section, "zypper", tags))
    updates = [dict(ATTRIBUTE.findall(tag)) for tag in tags if tag.startswith("update ")]
    if not all(one.get("name") and one.get("kind") in ("package", "patch") for one in updates):
        raise ParseError("an update of zypper's is not understood", "\n".join(tags))
    said = Pending([one["name"] for one in updates if one["kind"] == "package"])
    if any(found.good("advised")):
        said.security = [one["name"] for one in updates if one.get("category") == "security"]
    else:
        said.notes.append("no repository here has advisories")
    return said


def apk(found: Sections) -> Pending:
    """Return the packages that have newer versions in the indexes here."""
    return _plain(found, "apk", APK, re.compile(r"Installed:\s+Available:\s*"))


def pacman(found: Sections) -> Pending:
    """Return the packages that have newer versions, those ignored in its settings apart."""
    return _plain(found, "pacman", PACMAN, re.compile(r"(?!)"))


def _plain(found: Sections, name: str, row: re.Pattern[str], aside: re.Pattern[str]) -> Pending:
    section: Section | None = found.get(name)
    if section is None or section.status != 0:
        return Pending(cause=silent(section, name, section.lines if section else ()))
    names: list[str] = []
    ignored: list[str] = []
    strange: list[str] = []
    for line in section.lines:
        if hit := row.fullmatch(line):
            (ignored if name == "pacman" and hit[2] else names).append(hit[1])
        elif line.strip() and not aside.fullmatch(line):
            strange.append(line[:LONGEST_SAID])
    said = Pending(names, None, len(ignored) if name == "pacman" else None)
    said.notes = [f"{words(ignored, 10)} kept back"] if ignored else []
    said.cause = f"{name} says: {strange[0]}" if strange else ""
    return said
