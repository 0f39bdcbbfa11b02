"""The operating systems of the demo: what each says of itself, its kernels, how it logs.

Kernels stand with the day from which they can be installed; a server boots the newest there
is. Distributions name no support dates here: those are the collectors' own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

# How a log's lines begin: RFC 3339 with microseconds, RFC 3164, BusyBox's, systemd's JSON.
Style = Literal["iso", "rfc3164", "busybox", "journal"]


@dataclass(frozen=True)
class System:
    """One operating system. sshd: the program that logs a connection (since 9.8 not `sshd`).

    wtmp: whether last(1) tells starts and shutdowns. pam: whether its sshd speaks through PAM.
    """

    key: str
    release: Sequence[str]
    release_file: str
    kernels: Sequence[tuple[date, str]]
    log: str
    style: Style
    sshd: str = "sshd"
    init: str = "systemd"
    wtmp: bool = True
    pam: bool = True
    packages: Literal["apt", "dnf", "zypper", "apk"] = "apt"

    def kernel(self, day: date) -> str:
        """Return the newest kernel that a start on that day finds installed."""
        known = [release for since, release in self.kernels if since <= day]
        return known[-1] if known else self.kernels[0][1]


def _kernels(pattern: str, *known: tuple[int, int, int, str]) -> tuple[tuple[date, str], ...]:
    return tuple((date(y, m, d), pattern.format(number)) for y, m, d, number in known)


DEBIAN_12 = System(
    key="debian-12",
    release=(
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', 'NAME="Debian GNU/Linux"',
        'VERSION_ID="12"', 'VERSION="12 (bookworm)"', "VERSION_CODENAME=bookworm", "ID=debian",
        'HOME_URL="https://www.debian.org/"',
    ),
    release_file="/etc/debian_version 12.13",
    kernels=_kernels(
        "6.1.0-{}-amd64", (2023, 10, 7, "13"), (2026, 6, 20, "50"), (2026, 7, 11, "51"),
        (2026, 8, 3, "52"), (2026, 8, 29, "53"), (2026, 9, 21, "54"), (2026, 10, 17, "55"),
        (2026, 11, 12, "56"),
    ),
    log="/var/log/auth.log",
    style="iso",
)  # fmt: skip
# No longer supported in the demo's time: what came with a firm that was bought.
DEBIAN_11 = System(
    key="debian-11",
    release=(
        'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"', 'NAME="Debian GNU/Linux"',
        'VERSION_ID="11"', 'VERSION="11 (bullseye)"', "VERSION_CODENAME=bullseye", "ID=debian",
        'HOME_URL="https://www.debian.org/"',
    ),
    release_file="/etc/debian_version 11.11",
    kernels=_kernels("5.10.0-{}-amd64", (2026, 5, 2, "40"), (2026, 8, 19, "42")),
    log="/var/log/auth.log",
    style="rfc3164",
)  # fmt: skip
DEBIAN_13 = System(
    key="debian-13",
    release=(
        'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"', 'NAME="Debian GNU/Linux"',
        'VERSION_ID="13"', 'VERSION="13 (trixie)"', "VERSION_CODENAME=trixie", "ID=debian",
        'HOME_URL="https://www.debian.org/"',
    ),
    release_file="/etc/debian_version 13.3",
    kernels=_kernels(
        "6.12.{}+deb13-amd64", (2026, 6, 28, "100"), (2026, 7, 9, "101"), (2026, 8, 1, "105"),
        (2026, 8, 24, "107"), (2026, 9, 12, "111"), (2026, 9, 30, "113"), (2026, 10, 16, "115"),
        (2026, 11, 2, "117"), (2026, 11, 18, "118"),
    ),
    log="/var/log/auth.log",
    style="iso",
    sshd="sshd-session",
    wtmp=False,  # `last` reads wtmpdb there
)  # fmt: skip
# The same without rsyslog, as Debian installs it.
DEBIAN_13_JOURNAL = replace(DEBIAN_13, key="debian-13-journal", log="", style="journal")
UBUNTU_22 = System(
    key="ubuntu-22.04",
    release=(
        'PRETTY_NAME="Ubuntu 22.04.5 LTS"', 'NAME="Ubuntu"', 'VERSION_ID="22.04"',
        'VERSION="22.04.5 LTS (Jammy Jellyfish)"', "VERSION_CODENAME=jammy", "ID=ubuntu",
        "ID_LIKE=debian", "UBUNTU_CODENAME=jammy",
    ),
    release_file="/etc/debian_version bookworm/sid",
    kernels=_kernels(
        "5.15.0-{}-generic", (2023, 10, 5, "86"), (2026, 7, 6, "179"), (2026, 8, 3, "181"),
        (2026, 9, 7, "183"), (2026, 10, 5, "185"), (2026, 11, 2, "187"),
    ),
    log="/var/log/auth.log",
    style="rfc3164",
)  # fmt: skip
UBUNTU_24 = System(
    key="ubuntu-24.04",
    release=(
        'PRETTY_NAME="Ubuntu 24.04.4 LTS"', 'NAME="Ubuntu"', 'VERSION_ID="24.04"',
        'VERSION="24.04.4 LTS (Noble Numbat)"', "VERSION_CODENAME=noble", "ID=ubuntu",
        "ID_LIKE=debian", "UBUNTU_CODENAME=noble",
    ),
    release_file="/etc/debian_version trixie/sid",
    kernels=_kernels(
        "6.8.0-{}-generic", (2024, 4, 20, "31"), (2026, 7, 6, "113"), (2026, 8, 3, "115"),
        (2026, 9, 7, "117"), (2026, 10, 5, "119"), (2026, 11, 2, "121"),
    ),
    log="/var/log/auth.log",
    style="iso",
)  # fmt: skip
ROCKY_9 = System(
    key="rocky-9",
    release=(
        'NAME="Rocky Linux"', 'VERSION="9.7 (Blue Onyx)"', 'ID="rocky"',
        'ID_LIKE="rhel centos fedora"', 'VERSION_ID="9.7"', 'PLATFORM_ID="platform:el9"',
        'PRETTY_NAME="Rocky Linux 9.7 (Blue Onyx)"', 'CPE_NAME="cpe:/o:rocky:rocky:9::baseos"',
    ),
    release_file="/etc/redhat-release Rocky Linux release 9.7 (Blue Onyx)",
    kernels=_kernels(
        "5.14.0-611.{}.1.el9_7.x86_64", (2025, 11, 26, "8"), (2026, 7, 14, "49"),
        (2026, 8, 11, "54"), (2026, 9, 8, "58"), (2026, 10, 13, "63"), (2026, 11, 10, "66"),
    ),
    log="/var/log/secure",
    style="rfc3164",
    packages="dnf",
)  # fmt: skip
ALMA_8 = System(
    key="almalinux-8",
    release=(
        'NAME="AlmaLinux"', 'VERSION="8.10 (Cerulean Leopard)"', 'ID="almalinux"',
        'ID_LIKE="rhel centos fedora"', 'VERSION_ID="8.10"', 'PLATFORM_ID="platform:el8"',
        'PRETTY_NAME="AlmaLinux 8.10 (Cerulean Leopard)"',
        'CPE_NAME="cpe:/o:almalinux:almalinux:8::baseos"',
    ),
    release_file="/etc/redhat-release AlmaLinux release 8.10 (Cerulean Leopard)",
    kernels=_kernels(
        "4.18.0-553.{}.1.el8_10.x86_64", (2024, 5, 28, "5"), (2026, 7, 20, "107"),
        (2026, 8, 17, "111"), (2026, 9, 21, "115"), (2026, 10, 26, "119"),
    ),
    log="/var/log/secure",
    style="rfc3164",
    packages="dnf",
)  # fmt: skip
SLES_15 = System(
    key="sles-15",
    release=(
        'NAME="SLES"', 'VERSION="15-SP7"', 'VERSION_ID="15.7"',
        'PRETTY_NAME="SUSE Linux Enterprise Server 15 SP7"', 'ID="sles"', 'ID_LIKE="suse"',
        'CPE_NAME="cpe:/o:suse:sles:15:sp7"',
    ),
    release_file="",
    kernels=_kernels(
        "6.4.0-150700.53.{}-default", (2025, 6, 17, "3"), (2026, 7, 14, "46"),
        (2026, 8, 18, "50"), (2026, 9, 15, "53"), (2026, 10, 20, "57"), (2026, 11, 17, "60"),
    ),
    log="/var/log/messages",
    style="iso",
    packages="zypper",
)  # fmt: skip


def _alpine(version: str, kernel: str, *kernels: tuple[int, int, int, str]) -> System:
    minor = version.rpartition(".")[0]
    return System(
        key=f"alpine-{minor}",
        release=(
            'NAME="Alpine Linux"', "ID=alpine", f"VERSION_ID={version}",
            f'PRETTY_NAME="Alpine Linux v{minor}"', 'HOME_URL="https://alpinelinux.org/"',
        ),
        release_file=f"/etc/alpine-release {version}",
        kernels=_kernels(kernel, *kernels),
        log="/var/log/messages",
        style="busybox",
        sshd="sshd-session",
        init="init",
        wtmp=False,
        pam=False,
        packages="apk",
    )  # fmt: skip


ALPINE_22 = _alpine(
    "3.22.3", "6.12.{}-0-virt", (2025, 11, 3, "57"), (2026, 7, 20, "95"), (2026, 9, 28, "109"),
    (2026, 11, 9, "116"),
)  # fmt: skip
ALPINE_23 = _alpine(
    "3.23.2", "6.18.{}-0-virt", (2025, 12, 3, "1"), (2026, 7, 27, "28"), (2026, 10, 5, "37"),
)  # fmt: skip
