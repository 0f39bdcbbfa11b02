from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from collectors import hosts
from tests.collectors.probes import ASK, SHELLS, applets, asked


@pytest.mark.parametrize("shell", SHELLS)
def test_this_machine(shell: Sequence[str]) -> None:
    (row,) = asked(hosts, shell)
    says = platform.freedesktop_os_release()
    assert row["kernel"] == platform.release()
    assert row["os_name"] == says["NAME"]
    assert row["os_version"] == says.get("VERSION_ID")
    assert row["time_zone"]


def test_busybox_alone(tmp_path: Path) -> None:
    assert asked(hosts, ("sh",), applets(tmp_path)) == asked(hosts, ("sh",))


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('NAME="Red Hat"', "Red Hat"),
        ("NAME='single $quoted'", "single $quoted"),
        ("NAME=bare", "bare"),
        (r'NAME="a \"b\" \$c \\ \`"', 'a "b" $c \\ `'),
        (r"NAME=a\ b", "a b"),
        ("NAME=\"two\"'parts'", "twoparts"),
        ("NAME=", ""),
        ('  NAME="indented"  ', "indented"),
    ],
)
def test_os_release_quotes(line: str, value: str) -> None:
    assert hosts.os_release(["# comment", "", line, "garbage"]) == {"NAME": value}


@pytest.mark.parametrize(
    ("identity", "family"),
    [
        ("ID=rocky\nos|ID_LIKE='rhel centos fedora'", "rhel"),
        ("ID=sles\nos|ID_LIKE=suse", "suse"),
        ("ID=opensuse-leap\nos|ID_LIKE='suse opensuse'", "suse"),
        ("ID=linuxmint\nos|ID_LIKE='ubuntu debian'", "debian"),
        ("ID=manjaro\nos|ID_LIKE=arch", "arch"),
        ("ID=amzn\nos|ID_LIKE=fedora", "rhel"),
        ("ID=nixos", "nixos"),
        ("ID=sles_sap", "suse"),
        ("ID=archlinux", "arch"),
        ("ID=Deepin", "debian"),
        ("ID=openEuler", "openeuler"),
        ("ID=\nos|NAME=Made\nos|ID_LIKE=debian", "debian"),
        ("NAME=Nameless", None),
    ],
)
def test_families(identity: str, family: str | None) -> None:
    text = f"uname|Linux 6.1\nuname|=0\nos|{identity}\nos|=0\n"
    (row,) = hosts.parse(text, ASK).rows
    assert row["os_family"] == family


def test_families_without_a_like() -> None:
    for family, names in {
        "debian": "debian ubuntu raspbian devuan deepin linuxmint",
        "rhel": "rhel fedora centos rocky almalinux ol amzn",
        "suse": "suse sles sled sles_sap opensuse opensuse-leap opensuse-tumbleweed",
        "arch": "arch archlinux", "alpine": "alpine", "gentoo": "gentoo",
    }.items():  # fmt: skip
        for name in names.split():
            text = f"uname|Linux 6.1\nuname|=0\nos|ID={name}\nos|=0\n"
            (row,) = hosts.parse(text, ASK).rows
            assert (row["os_family"], row["os_name"]) == (family, name)


def test_aix_by_its_own_level() -> None:
    (row,) = hosts.parse("uname|AIX 2\nuname|=0\naix|7200-05-03-2148\naix|=0\n", ASK).rows
    assert (row["os_family"], row["os_name"], row["os_version"]) == (
        "aix",
        "AIX",
        "7200-05-03-2148",
    )


@pytest.mark.parametrize(
    ("lines", "system"),
    [
        ("release|/etc/oracle-release Oracle Linux Server release 6.10", "rhel Oracle Linux Server 6.10"),
        ("release|/etc/system-release Amazon Linux AMI release 2014.03", "rhel Amazon Linux AMI 2014.03"),
        ("release|/etc/redhat-release Red Hat Enterprise Linux Server release 6.10(Santiago)",
         "rhel Red Hat Enterprise Linux Server 6.10"),
        ("release|/etc/SuSE-release SUSE Linux Enterprise Server 11 (x86_64)\npatch_level|3\npatch_level|=0",
         "suse SUSE Linux Enterprise Server 11.3"),
        ("release|/etc/SuSE-release SUSE Linux Enterprise Server 11 (x86_64)\npatch_level|0\npatch_level|=0",
         "suse SUSE Linux Enterprise Server 11"),
        ("release|/etc/SuSE-release openSUSE 13.2 (x86_64)", "suse openSUSE 13.2"),
        ("release|/etc/debian_version 6.0.10", "debian Debian 6.0.10"),
        ("release|/etc/debian_version squeeze/sid", "debian Debian None"),
        ("release|/etc/debian_version squeeze/sid\nlsb|DISTRIB_ID=Ubuntu\nlsb|DISTRIB_RELEASE=10.04\nlsb|=0",
         "debian Ubuntu 10.04"),
        ("release|/etc/redhat-release CentOS release 6.10 (Final)\nlsb|LSB_VERSION=base-4.0\nlsb|=0",
         "rhel CentOS 6.10"),
        ("release|/etc/arch-release Arch Linux release", "arch Arch Linux None"),
        ("release|", "None Linux None"),
    ],
)  # fmt: skip
def test_before_os_release(lines: str, system: str) -> None:
    text = f"uname|Linux 2.6.32\nuname|=0\n{lines}\nrelease|=0\n"
    (row,) = hosts.parse(text, ASK).rows
    assert f"{row['os_family']} {row['os_name']} {row['os_version']}" == system


@pytest.mark.parametrize(
    ("lines", "system"),
    [
        ("release|/etc/release                             Oracle Solaris 11.3 X86", "Oracle Solaris 11.3"),
        ("release|/etc/release  Oracle Solaris 10 1/13 s10x_u11wos_24a X86", "Oracle Solaris 10"),
        ("release|/etc/release   OmniOS v11 r151012", "OmniOS r151012"),
        ("release|/etc/release  OpenIndiana Development oi_151.1.9 X86 (powered by illumos)",
         "OpenIndiana Development 151.1.9"),
        ("release|/etc/release    SmartOS x86_64", "SmartOS None"),
        ("os|NAME=OmniOS\nos|VERSION=r151050\nos|=0\nrelease|/etc/release x 1", "OmniOS r151050"),
        ("release|", "SunOS 5.11"),
    ],
)  # fmt: skip
def test_solaris_and_illumos(lines: str, system: str) -> None:
    (row,) = hosts.parse(f"uname|SunOS 5.11\nuname|=0\n{lines}\nrelease|=0\n", ASK).rows
    assert (row["os_family"], f"{row['os_name']} {row['os_version']}") == ("solaris", system)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_first_line_that_is_not_blank_is_read_of_a_file(
    shell: Sequence[str], tmp_path: Path
) -> None:
    (tmp_path / "release").write_text("\n   \n   SmartOS 2016  x\nCopyright\n")
    function = hosts.SCRIPT[hosts.SCRIPT.index("files()") : hosts.SCRIPT.index("links()")]
    script = f"{function}files {tmp_path}/none {tmp_path}/release"
    done = subprocess.run([*shell, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"{tmp_path}/release    SmartOS 2016  x\n"
