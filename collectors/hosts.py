"""The facts of a host: which operating system and kernel it runs, and its time zone.

    uname|Linux 6.1.0-18-amd64
    os|PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"      /etc/os-release, see os-release(5)
    os|VERSION_ID="12"
    os|ID=debian
    release|/etc/debian_version 12.5                     where there is no os-release
    zone|/usr/share/zoneinfo/Europe/Berlin               where /etc/localtime points to
    offset|+0100                                         date +%z

One row. Linux says what it is in os-release, before that (RHEL 6, Debian 6, SLES 11) in files
of each family's own; Solaris and illumos there or in /etc/release, macOS in `sw_vers`, AIX in
`oslevel`, the BSDs in `uname`.
"""

from __future__ import annotations

import re

from collectors import text as probe
from collectors.base import TEXT, Ask, Column, Parsed, Row
from collectors.errors import ParseError

NAME = "hosts"
SECONDS = 15
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("os_family", TEXT, "", "debian, rhel, suse, alpine, arch, freebsd, darwin …"),
    Column("os_name", TEXT, "", "the operating system's name, without its version"),
    Column("os_version", TEXT, "", "its version; NA for a rolling release"),
    Column("kernel", TEXT, "", "the kernel's release"),
    Column("time_zone", TEXT, "", "the IANA name of its time zone, else a TZ rule or an offset"),
)

SCRIPT = r"""
files() { for f; do [ -s "$f" ] && printf '%s %s\n' "$f" "$(sed '/[^ ]/!d;q' "$f")"; done; :; }
links() { readlink /etc/localtime; readlink -f /etc/localtime; }
say uname uname -sr
if [ -r /etc/os-release ]; then say os cat /etc/os-release
elif [ -r /usr/lib/os-release ]; then say os cat /usr/lib/os-release
elif [ -r /etc/lsb-release ]; then say lsb cat /etc/lsb-release; fi
say release files /etc/oracle-release /etc/centos-release /etc/redhat-release \
  /etc/system-release /etc/SuSE-release /etc/alpine-release /etc/arch-release \
  /etc/gentoo-release /etc/slackware-version /etc/openwrt_version /etc/debian_version /etc/release
[ -r /etc/SuSE-release ] && say patch_level sed -n 's/^PATCHLEVEL *= *//p' /etc/SuSE-release
command -v sw_vers >/dev/null 2>&1 && say macos sw_vers
command -v oslevel >/dev/null 2>&1 && say aix oslevel -s
say zone links
say zone_file files /etc/timezone /etc/TZ
[ -r /etc/sysconfig/clock ] && say zone_clock sed -n 's/^ZONE=//p' /etc/sysconfig/clock
[ -d /run/systemd/system ] && say zone_systemd within 5 timedatectl show -p Timezone --value
say zone_variable printf '%s\n' "${TZ:-}"
say offset date +%z
"""

# What os-release calls itself (ID, then the words of ID_LIKE), in small letters → the family.
FAMILIES = {
    **dict.fromkeys(("debian", "ubuntu", "raspbian", "devuan", "deepin", "linuxmint"), "debian"),
    **dict.fromkeys(("rhel", "fedora", "centos", "rocky", "almalinux", "ol", "amzn"), "rhel"),
    **dict.fromkeys(("suse", "sles", "sled", "sles_sap", "opensuse", "opensuse-leap"), "suse"),
    "opensuse-tumbleweed": "suse",
    "archlinux": "arch",
}
RELEASE_FAMILIES = {
    **dict.fromkeys(("oracle", "centos", "redhat", "system"), "rhel"),
    "SuSE": "suse",
}
KERNELS = {"SunOS": ("solaris", "SunOS"), "AIX": ("aix", "AIX"), "Darwin": ("darwin", "macOS")}
ASSIGNED = re.compile(r"\s*([A-Z][A-Z0-9_]*)=(.*)")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|\\(.)|([^"\'\\\s]+)')


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row. Raises ParseError when there is not even a kernel's name."""
    del ask
    found = probe.sections(text)
    system, _, kernel = found.value("uname").partition(" ")
    if not system or not kernel:
        raise ParseError("uname says no system and release", found.value("uname"))
    family, name, version = _linux(found) if system == "Linux" else _unix(found, system, kernel)
    row = {"os_family": family, "os_name": name, "os_version": version, "kernel": kernel}
    return Parsed([Row(row, time_zone=_time_zone(found))])


def os_release(lines: list[str]) -> dict[str, str]:
    """Return os-release's assignments, unquoted as a shell would; other lines are comments."""
    pairs = (ASSIGNED.fullmatch(line) for line in lines)
    return {pair[1]: _unquoted(pair[2].strip()) for pair in pairs if pair}


def _unquoted(word: str) -> str:
    parts = QUOTED.findall(word)
    return "".join(re.sub(r'\\(["$`\\])', r"\1", part[0]) + "".join(part[1:]) for part in parts)


def _linux(found: probe.Sections) -> tuple[str | None, str, str | None]:
    says = os_release(list(found.good("os")))
    likes = f"{says.get('ID', '')} {says.get('ID_LIKE', '')}".lower().split()
    if not likes and not says.get("NAME"):
        return _released(found)
    known = [FAMILIES[like] for like in likes if like in FAMILIES]
    name = says.get("NAME") or says["ID"]
    return next(iter(known + likes[::-1]), None), name, says.get("VERSION_ID") or None


def _released(found: probe.Sections) -> tuple[str | None, str, str | None]:
    """Return what the files of the time before os-release say."""
    line = found.value("release")
    path, _, said = line.partition(" ")
    kind = re.split("[-_]", path.removeprefix("/etc/"))[0]
    lsb = os_release(list(found.good("lsb")))
    if lsb.get("DISTRIB_ID") and kind in ("debian", ""):  # Ubuntu before 12.04
        like = lsb["DISTRIB_ID"].lower()
        return FAMILIES.get(like, like), lsb["DISTRIB_ID"], lsb.get("DISTRIB_RELEASE") or None
    if not line:
        return None, "Linux", None
    version = re.search(r"\d+(\.\d+)*", said)
    name = "Debian" if kind == "debian" else re.split(r"\s+release|\s*\d", said)[0]
    level = found.value("patch_level").strip("0")
    full = version[0] + (f".{level}" if level and kind == "SuSE" else "") if version else None
    return RELEASE_FAMILIES.get(kind, kind), name or kind.capitalize(), full


def _unix(found: probe.Sections, system: str, kernel: str) -> tuple[str, str, str | None]:
    family, name = KERNELS.get(system, (system.lower(), system))
    if system == "SunOS" and (says := os_release(list(found.good("os")))).get("NAME"):
        return family, says["NAME"], says.get("VERSION_ID") or says.get("VERSION") or None
    if system == "SunOS" and (said := found.value("release").partition(" ")[2].strip()):
        version = re.search(r"(?<!\S)(r\d{6}\w*)", said) or re.search(
            r"(?<!\S)(?:oi_)?(\d[\d.]*)", said
        )
        return family, re.split(r"\s+\S*\d", said)[0], version[1] if version else None
    macos = dict(re.findall(r"(\w+):\s*(.*)", "\n".join(found.good("macos"))))
    version_said = macos.get("ProductVersion") or found.value("aix") or kernel
    return family, name, version_said


def _time_zone(found: probe.Sections) -> str | None:
    """Return the zone that the C library takes, by the first source that knows it."""
    for line in found.get("zone", probe.Section((), 0)).lines:
        if pointed := re.search(r"/zoneinfo[^/]*/(?:posix/|right/)?(.+)", line.strip()):
            return pointed[1]
    files = [line.partition(" ")[2].strip() for line in found.good("zone_file")]
    clock = _unquoted(found.value("zone_clock"))
    named = [*files, clock, found.value("zone_systemd"), found.value("zone_variable").lstrip(":")]
    offset = re.fullmatch(r"([+-]\d\d)(\d\d)", found.value("offset"))
    by_offset = f"{offset[1]}:{offset[2]}" if offset else None
    return next((name for name in named if name), "UTC" if by_offset == "+00:00" else by_offset)
