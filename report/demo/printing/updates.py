"""updates: what each package manager says is pending, and whether a restart is due.

Security updates are installed every night; others wait for the monthly maintenance. Which
wait in spite of that was planted.
"""

from __future__ import annotations

from collections.abc import Sequence

from report.demo.printing import servers
from report.demo.printing.uptime import pid_1
from report.demo.visit import Visit, section

# Of each: what may wait, and what was held back from the nightly run.
ORDINARY = {
    "apt": ("tzdata", "curl", "libcurl4", "base-files", "vim-common", "rsync", "logrotate", "less"),
    "dnf": ("tzdata", "curl", "libcurl", "sos", "vim-minimal", "rsync", "lsof", "chrony"),
    "zypper": ("timezone", "curl", "libcurl4", "vim", "rsync", "less", "lsof", "supportutils"),
    "apk": ("tzdata", "curl", "libcurl", "busybox", "ssl_client", "haproxy", "chrony", "rsync"),
}
SECURITY = (
    "openssl", "libssl3", "openssh-server", "openssh-client", "sudo", "libexpat1", "bind9-libs",
    "linux-libc-dev", "perl-base", "libxml2", "python3-urllib3",
)  # fmt: skip


def printed(visit: Visit) -> str:
    """Return what the probe of `updates` prints."""
    system, manager = visit.server.system, visit.server.system.packages
    said = section("manager", manager)
    lists = section("lists", f"{visit.now.timestamp() - 17_400:.0f}")
    count = (visit.day.day * 7 // 31) if visit.day.day > 12 else visit.day.day // 4
    names = ORDINARY[manager][: max(0, count - visit.server.number % 3)]
    waiting = visit.story.state(visit.server.name, "security", visit.day) or 0
    security = SECURITY[:waiting]
    if manager == "apt":
        said += _apt(visit, lists, names, security)
    elif manager == "dnf":
        said += _dnf(lists, names)
    elif manager == "zypper":
        said += _zypper(lists, names)
    else:
        said += lists + section("apk", _apk(names))
    modules = dict.fromkeys((visit.kernel, visit.installed))
    said += section("release", visit.kernel) + section("now", f"{visit.now.timestamp():.0f}")
    said += section("init", pid_1(visit)) + section("ticks", "100") + section("modules", modules)
    said += section("btime", f"btime {visit.boot.at.timestamp():.0f}")
    said += section("renewed", []) if manager != "apk" else ""
    if system.init != "systemd":
        return said + servers.firmware(visit.server.hardware)
    return said + section("virt", visit.server.virtual, int(visit.server.hardware))


def _apt(visit: Visit, lists: str, names: Sequence[str], security: Sequence[str]) -> str:
    system = visit.server.system
    word = system.release[4].partition("=")[2]
    debian = system.key.startswith("debian")
    archive = f"security.{'debian.org_debian-security' if debian else 'ubuntu.com_ubuntu'}"
    maker = "Debian-Security" if debian else "Ubuntu"
    main = f"{'Debian' if debian else 'Ubuntu'}:{word}"
    lines = [f"Inst {name} [1.2-1] (1.2-2 {main}-updates [amd64])" for name in names]
    lines += [
        f"Inst {name} [3.0-1] (3.0-2 {maker}:{word}/{word}-security [amd64])" for name in security
    ]
    many = len(lines)
    lines.append(f"{many} upgraded, 0 newly installed, 0 to remove and 0 not upgraded.")
    said = section("archives", f"{archive}_dists_{word}-security_InRelease") + lists
    said += section("journal", []) + section("apt", lines)
    return said + (section("fixes", []) if names else "")


def _dnf(lists: str, names: Sequence[str]) -> str:
    paths = [f"/var/cache/dnf/{one}-ff43b380c60d8706/repodata/repomd.xml" for one in
             ("baseos", "appstream")]  # fmt: skip
    said = lists + section("cached", paths) + section("enabled", ["baseos", "appstream"])
    said += section("advised", paths)
    lines = [f"{f'{name}.x86_64':<40}{'2.1-4.el9':<34}baseos" for name in names]
    said += section("dnf", ["", *lines] if lines else [], 100 if lines else 0)
    return said + (section("fixes", []) if lines else "")


def _zypper(lists: str, names: Sequence[str]) -> str:
    tags = [
        f'update kind="package" name="{name}" edition="2.1-150700.4.1" arch="x86_64"'
        f' edition-old="2.1-150700.3.1"'
        for name in names
    ]
    repository = "SLE-Product-SLES15-SP7-Updates"
    advised = f"/var/cache/zypp/raw/{repository}/repodata/repomd.xml"
    said = lists + section("cached", repository) + section("enabled", repository)
    return said + section("advised", advised) + section("zypper", [*tags, "/update-list"])


def _apk(names: Sequence[str]) -> list[str]:
    head = "Installed:                                Available:"
    return [head, *(f"{f'{name}-1.2.3-r0':<41} < 1.2.3-r1 " for name in names)]
