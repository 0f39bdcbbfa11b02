from __future__ import annotations

import platform
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
    ],
)
def test_families(identity: str, family: str) -> None:
    text = f"uname|Linux 6.1\nuname|=0\nos|{identity}\nos|=0\n"
    (row,) = hosts.parse(text, ASK).rows
    assert row["os_family"] == family
