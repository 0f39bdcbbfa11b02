from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collectors import updates
from collectors.errors import NotApplicable
from collectors.updates import kernel
from tests.collectors.probes import ASK, applets, asked, printed

FIXTURES = Path(__file__).parent.parent / "fixtures" / "updates"


def note_of(case: str) -> str:
    return updates.parse((FIXTURES / f"{case}.txt").read_text(), ASK).note


@pytest.mark.skipif(not shutil.which("apt-get"), reason="no apt-get here")
def test_this_machine_is_asked_and_nothing_is_written() -> None:
    written = [Path("/var/cache/apt"), Path("/var/lib/apt/lists"), Path("/var/log/apt")]
    before = [sorted(p.stat().st_mtime_ns for p in folder.glob("*")) for folder in written]
    (row,) = asked(updates, ("sh",))
    assert row["manager"] == "apt"
    assert (row["pending"] is None) == (row["lists_at"] is None)
    assert before == [sorted(p.stat().st_mtime_ns for p in folder.glob("*")) for folder in written]


def test_busybox_alone(tmp_path: Path) -> None:
    with pytest.raises(NotApplicable, match="no package manager that is understood"):
        updates.parse(printed(updates, ("sh",), applets(tmp_path)), ASK)


@pytest.mark.parametrize(
    ("case", "note"),
    [
        ("debian-12-chroot", "trial-held, trial-phased kept back"),
        ("debian-13-phased", "trial-held kept back; trial-phased phased in"),
        ("debian-13-interrupted", "dpkg was interrupted: dpkg --configure -a mends it"),
        (
            "ubuntu-24.04",
            "linux-firmware kept back; snapd, python3-distupgrade phased in;"
            " security updates not to be installed: snapd",
        ),
        ("raspbian-12", "no security archive is among the package sources"),
        ("debian-10", "the package lists are of 2024-06-10: a count from them is worth little"),
        (
            "debian-12-container",
            "a container has its host's kernel: no word on a restart",
        ),
        (
            "centos-7",
            "the package lists are of 2024-06-21: a count from them is worth little; 3 pending"
            " from repositories without advisories (updates): whether they are security updates"
            " is not known",
        ),
        (
            "tumbleweed",
            "the package lists are of 2026-11-13: a count from them is worth little;"
            " no repository here has advisories",
        ),
        (
            "zypper-1.14",
            "no kernel is installed here that could be compared with the running one",
        ),
        ("rhel-9", ""),
    ],
)
def test_what_else_is_to_be_known(case: str, note: str) -> None:
    assert note_of(case) == note


@pytest.mark.parametrize(
    ("running", "installed", "newest"),
    [
        ("6.1.0-9-amd64", ["6.1.0-9-amd64", "6.1.0-18-amd64"], "6.1.0-18-amd64"),
        ("6.1.0-18-amd64", ["6.1.0-18-amd64", "6.1.0-25-cloud-amd64"], "6.1.0-18-amd64"),
        ("6.1.0-18-amd64", ["6.12.43+deb13-amd64"], "6.12.43+deb13-amd64"),
        ("6.1.0-18-amd64", ["6.12.43+deb13-rt-amd64"], None),
        ("5.10.0-34-amd64", ["6.1.0-0.deb11.25-amd64"], "6.1.0-0.deb11.25-amd64"),
        ("5.10.0-34-686-pae", ["5.10.0-35-686"], None),
        ("6.8.0-85-generic", ["6.8.0-1018-aws", "6.8.0-85-generic"], "6.8.0-85-generic"),
        ("5.14.0-70.el9.x86_64", ["5.14.0-427.13.1.el9_4.x86_64"], "5.14.0-427.13.1.el9_4.x86_64"),
        ("5.14.0-427.el9.x86_64", ["5.14.0-503.el9.x86_64+debug"], None),
        ("4.18.0-553.el8_10.x86_64", ["5.15.0-200.131.27.el8uek.x86_64"], None),
        ("6.8.9-300.fc40.x86_64", ["6.9.1-100.fc39.x86_64"], "6.9.1-100.fc39.x86_64"),
        ("5.14.21-150500.55.59-default", ["6.4.0-150600.23-default"], "6.4.0-150600.23-default"),
        ("6.17.7-arch1-1", ["6.17.7-arch1-2", "6.18.1-zen1-1-zen"], "6.17.7-arch1-2"),
        ("6.6.51+rpt-rpi-v7", ["6.6.51+rpt-rpi-v7", "6.6.74+rpt-rpi-v8"], "6.6.51+rpt-rpi-v7"),
        ("6.8.4-2-pve", ["6.8.12-1-pve", "6.8.4-3-pve"], "6.8.12-1-pve"),
        ("6.1.90-99.173.amzn2023.x86_64", ["6.1.9-1.amzn2023.x86_64"], "6.1.9-1.amzn2023.x86_64"),
        ("custom", ["custom", "6.1.0-18-amd64"], None),
        ("6.1.0-18-amd64", [], None),
    ],
)
def test_kernels_are_compared_within_their_flavour(
    running: str, installed: list[str], newest: str | None
) -> None:
    assert kernel.newest(running, installed) == newest


def test_a_container_without_a_mark_is_known_by_its_start() -> None:
    text = (FIXTURES / "rhel-9.txt").read_text()
    (row,) = updates.parse(text.replace(" 0 3 171000000 ", " 0 900000 171000000 "), ASK).rows
    assert row.get("reboot_required") is None
