"""Small frames for reading out."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from report import tables
from tests.report import days

ZONE = ZoneInfo("Europe/Amsterdam")


def test_each_filesystem_once() -> None:
    made = days.Fleet()
    made.disk("a", "/", 40, 10, device="/dev/vda1")
    made.disk("a", "/etc/hosts", 40, 10, device="/dev/vda1")
    made.disk("b", "/", 40, 10, device="/dev/vda1")
    made.disk("a", "/run", 1, 10, device="tmpfs", fs_type="tmpfs")
    made.disk("a", "/tmp", 1, 10, device="tmpfs", fs_type="tmpfs")
    made.disk("a", "/var/lib/docker/x", 40, 10, device="overlay", fs_type="overlay")
    for host in ("a", "b"):
        made.disk(host, "/srv", 100, 10, device="nas:/srv", fs_type="nfs4", remote=True)
    once = tables.filesystems(made.day().frames["disks"])
    assert sorted(zip(once["host"], once["mount"], once["host_count"], strict=True)) == [
        ("a", "/", 1), ("a", "/run", 1), ("a", "/srv", 2), ("a", "/tmp", 1), ("b", "/", 1),
    ]  # fmt: skip


def test_space_by_group_counts_shared_pools_once() -> None:
    made = days.Fleet()
    made.disk("a", "/", 100, 50)
    for mount, used in (("/tank", 10), ("/tank/home", 30)):
        size = 90 + used
        made.disk("a", mount, size, 100 * used / size, device=mount[1:], fs_type="zfs")
    made.disk("b", "/srv", 100, 10, device="nas:/srv", fs_type="nfs4", remote=True)
    once = tables.filesystems(made.day().frames["disks"])
    space = tables.space_by_group(once, {"a": "db", "b": "web"})
    assert list(space["group"]) == ["db", "remote shares"]
    assert float(space["size_bytes"].iloc[0]) / days.GIB == pytest.approx(
        100 + 90 + 10 + 30, abs=0.1
    )
    assert float(space["used_bytes"].iloc[0]) / days.GIB == pytest.approx(50 + 10 + 30, abs=0.1)


def test_the_volumes_of_an_apfs_container_share_its_free_space() -> None:
    """As df of macOS 10.14 and 14 counts them: each volume has the container's size."""
    made = days.Fleet()
    for device, mount, used in (
        ("/dev/disk3s1s1", "/", 10),
        ("/dev/disk3s5", "/System/Volumes/Data", 60),
        ("com.apple.TimeMachine.2026-11-23@/dev/disk3s5", "/Volumes/Backups", 55),
        ("/dev/disk4s1", "/Volumes/Other", 1),
    ):
        size = 100 if "disk3" in device else 20
        free = 30 if "disk3" in device else 19
        made.disk("a", mount, size, 100 * used / size, device=device, fs_type="apfs",
                  available_bytes=free * days.GIB)  # fmt: skip
    made.disk("a", "/all", 120, 50, device="a:b", fs_type="fuse.mergerfs")
    space = tables.space_by_group(tables.filesystems(made.day().frames["disks"]), {"a": "mac"})
    assert list(space["filesystems"]) == [3]
    assert float(space["used_bytes"].iloc[0]) / days.GIB == pytest.approx(71, abs=0.1)
    assert float(space["size_bytes"].iloc[0]) / days.GIB == pytest.approx(100 + 20, abs=0.1)


def test_fullest_looks_at_bytes_and_inodes() -> None:
    made = days.Fleet()
    made.disk("a", "/bytes", 10, 80)
    made.disk("a", "/inodes", 10, 20, 90)
    made.disk("a", "/iso", 10, 100, read_only=True)
    made.disk("a", "/none", 10, 0, used_percent=None, inodes_used_percent=None)
    ranked = tables.fullest(tables.filesystems(made.day().frames["disks"]))
    assert list(ranked["mount"]) == ["/inodes", "/bytes"]


def test_hours_without_a_login_are_there_and_sums_use_count() -> None:
    made = days.Fleet()
    made.login("a", 0, "failed", "root", count=5)
    made.login("a", 59, "failed", "root", count=2)
    made.login("a", 24 * 60, "accepted", "x")
    made.login("a", 60, "aborted", "x")
    day = made.day()
    hours = tables.by_hour(day.frames["logins"], days.FROM, days.TO, ZONE)
    assert len(hours) == 24
    assert [str(hours["hour"].iloc[n])[11:16] for n in (0, -1)] == ["06:00", "05:00"]
    assert int(hours["failed"].iloc[0]) == 7
    assert int(hours["accepted"].iloc[-1]) == 1
    assert int(hours["failed"].sum() + hours["accepted"].sum()) == 8


def test_the_repeated_hour_is_two_hours() -> None:
    made = days.Fleet()
    start = days.FROM.replace(month=10, day=24, hour=22)
    hours = tables.by_hour(made.day().frames["logins"], start, start + timedelta(days=1), ZONE)
    assert len(hours) == 24
    assert [f"{hour:%H}" for hour in hours["hour"]].count("02") == 2


def test_ranked_counts_what_was_folded() -> None:
    made = days.Fleet()
    made.login("a", 1, "failed", "root", source_ip="1.1.1.1", count=10)
    made.login("b", 2, "failed", "admin", source_ip="1.1.1.1")
    made.login("a", 3, "accepted", "root", source_ip="2.2.2.2")
    made.login("a", 3, "accepted", "x", service="sudo", target_user="root", count=4)
    logins = made.day().frames["logins"]
    by_source = tables.ranked(tables.sessions(logins), ["source_ip"], "failed")
    first = by_source.iloc[0]
    assert (first["source_ip"], first["failed"], first["hosts"], first["users"]) == (
        "1.1.1.1", 11, 2, 2,
    )  # fmt: skip
    assert tables.total(logins, "failed") == 11
    assert int(tables.privilege(logins)["accepted"].iloc[0]) == 4


def test_uptimes_and_reboots() -> None:
    made = days.Fleet()
    for host, long in (("a", 0.5), ("b", 5), ("c", 400), ("d", 1)):
        made.runs(host, long)
    uptime = made.day().frames["uptime"]
    assert list(tables.uptimes(uptime)["hosts"]) == [1, 2, 0, 0, 0, 1]
    assert list(tables.rebooted(uptime, days.FROM, days.TO)["host"]) == ["a", "d"]


def test_outcomes_by_collector() -> None:
    frame = tables.outcomes(days.worst().frames["outcomes"]).set_index("collector")
    assert list(frame.index) == ["servers", "uptime", "disks", "logins"]
    assert frame.loc["logins", "no_permission"] == 4
    assert frame.loc["servers", "unreachable"] == 2
    assert frame.drop(columns=["p50", "p95"]).sum(axis=1).eq(60).all()
