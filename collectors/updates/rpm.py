"""dnf, dnf5 and yum: what `check-update` lists from the cache that is there.

    dnf|bash.x86_64              5.1.8-9.el9                baseos
    dnf|kernel.x86_64            5.14.0-427.13.1.el9_4      baseos
    fixes|bash.x86_64            5.1.8-9.el9                baseos        check-update --security
    cached|/var/cache/dnf/baseos-ff43b380c60d8706/repodata/repomd.xml
    advised|/var/cache/dnf/baseos-ff43b380c60d8706/repodata/repomd.xml   it has an updateinfo
    enabled|baseos                                  in /etc/yum.repos.d

Status 100 means that there is something. A repository without advisories (CentOS has none)
cannot tell a security update: what is pending from there is not judged. Of a repository
that is not in the cache dnf says nothing, so it is looked for. With -C none asks the network;
the system's cache is named, so that a user without rights reads it, too,
and the folder that dnf makes for such a user under /var/tmp is taken away again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.text import Section, Sections
from collectors.updates.pending import LONGEST_SAID, Pending, absent, silent, words

SCRIPT = r"""
case $manager in dnf5) cache=/var/cache/libdnf5 ;; yum) cache=/var/cache/yum ;;
  *) cache=/var/cache/dnf ;; esac
[ -d "$cache" ] || cache=/var/cache/dnf
old=$(echo /var/tmp/dnf-* /var/tmp/yum-*)
check() { within 25 "$manager" -q -C --setopt=cachedir="$cache$inner" check-update "$@"; }
inner=; [ "$manager" = yum ] && inner='/$basearch/$releasever'
set -- "$cache"/*/repodata/repomd.xml "$cache"/*/*/*/repomd.xml
say lists ages "$cache" "$@" "$cache"/*/repodata/*primary* "$cache"/*/*/*/cachecookie
say cached ls -d "$@"
say enabled enabled /etc/yum.repos.d/*.repo /etc/distro.repos.d/*.repo
advised() { grep -ls 'type="updateinfo"' /dev/null "$@"; :; }
say advised advised "$@"
said=$(check 2>&1; echo "=$?")
shown() { printf '%s\n' "${said%=*}" | cut -c 1-500; return "${said##*=}"; }
say dnf shown
[ "${said##*=}" = 100 ] && say fixes check --security
for d in /var/tmp/dnf-* /var/tmp/yum-*; do
  case " $old " in *" $d "*) ;; *) [ -O "$d" ] && [ ! -L "$d" ] && rm -rf "$d" ;; esac
done
"""

LISTED = re.compile(r"([\w.+-]{1,200})\.(\w+)\s+(\S+)\s+(\S+)\s*")
# What dnf, yum and their plug-ins print beside the list.
ASIDE = re.compile(
    r"Security: .*|Loaded plugins: .*|Last metadata expiration check: .*|Available [Uu]pgrades.*"
    r"|Updating and loading repositories:|Repositories loaded\.|Upgrades|.*[Ss]ubscription.*"
    r"|.*\b(?:RHN|entitlement|consumer identity)\b.*|Loading mirror speeds .*| \* \S+: \S+"
    r"|No packages? needed for security.*|\d+ package\(s\) needed .*|Unable to read consumer.*",
)
REPOSITORY = re.compile(r".*/(?:([^/]+)-[0-9a-f]{16}/repodata|(?!repodata/)([^/]+))/repomd\.xml")
UPDATES, NOTHING = 100, 0


def read(found: Sections) -> Pending:
    """Return what is pending; a line that is not understood is named in `cause`."""
    section = found.get("dnf")
    if section is None or section.status not in (UPDATES, NOTHING):
        return Pending(cause=silent(section, "check-update", section.lines if section else ()))
    listed, strange = _listed(section)
    if any(re.match(r"(?i)error\b", line) for line in strange):
        return Pending(cause=silent(section, "check-update", strange))
    said = Pending([name for name, _ in listed])
    said.cause = f"check-update says: {strange[0][:LONGEST_SAID]}" if strange else ""
    _judge(said, found, listed)
    said.cause = said.cause or absent(found, _repositories(found, "cached"))
    return said


def _judge(said: Pending, found: Sections, listed: list[tuple[str, str]]) -> None:
    """Say which of them are security updates, and where nothing tells."""
    fixes = found.get("fixes")
    if listed and (fixes is None or fixes.status not in (UPDATES, NOTHING)):
        lines = fixes.lines if fixes else ()
        said.cause = said.cause or silent(fixes, "check-update --security", lines)
        return
    security = {name for name, _ in _listed(fixes)[0]} if fixes else set()
    advised = _repositories(found, "advised")
    unjudged = [one for one in listed if one[1] not in advised and one[0] not in security]
    said.security = [name for name, _ in listed if name in security]
    if unjudged:
        repositories = words(sorted({repository for _, repository in unjudged}), 10)
        said.notes.append(
            f"{len(unjudged)} pending from repositories without advisories ({repositories}):"
            " whether they are security updates is not known"
        )
        said.security = said.security or None
    if not listed and not advised:
        said.security = None


def _repositories(found: Sections, name: str) -> set[str]:
    """Return the repositories of which a section names the repomd.xml."""
    lines = found[name].lines if name in found else ()  # `ls` ends with 2 if one is not there
    hits = (REPOSITORY.fullmatch(path) for path in lines)
    return {hit[1] or hit[2] for hit in hits if hit}


def _listed(section: Section) -> tuple[list[tuple[str, str]], list[str]]:
    """Return (name, repository) of each line, and the lines that are not understood."""
    listed, strange = [], []
    for line in _joined(section):
        if re.match(r"(?i)obsoleting packages", line):
            break
        if hit := LISTED.fullmatch(line):
            listed.append((hit[1], hit[4]))
        elif not ASIDE.fullmatch(line):
            strange.append(line)
    return list(dict.fromkeys(listed)), strange


def _joined(section: Section) -> Iterator[str]:
    """Yield the lines, with those joined that yum broke because a name was long."""
    whole = ""
    for line in section.lines:
        if whole and line[:1].isspace() and len(whole.split()) < 3:
            whole += line
            continue
        if whole.strip():
            yield whole
        whole = line
    if whole.strip():
        yield whole
