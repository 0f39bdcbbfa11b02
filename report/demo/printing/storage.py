"""storage: md and SMART of machines with disks of their own, LVM of virtual ones."""

from __future__ import annotations

from report.demo.visit import Visit, section

MODEL = "ST12000NM001G-2MV103"
HEADING = (
    "ID# ATTRIBUTE_NAME          FLAG     VALUE WORST THRESH TYPE      UPDATED  WHEN_FAILED"
    " RAW_VALUE"
)


def printed(visit: Visit) -> str:
    """Return what the probe of `storage` prints."""
    server = visit.server
    said = section("system", "Linux") + section("user", "0" if visit.root else "990")
    failing = visit.story.state(server.name, "disk", visit.day)
    volumes = len(server.mounts) - 1
    said += section("dm", f"      {volumes} LVM")
    if not server.hardware:
        said += section("disks", []) + section("raid", [], 1) + section("tool", "smartctl")
    else:
        said += section("mdstat", _mdstat(bool(failing)))
        said += section("disks", [f"sd{letter} ATA {MODEL[:16]}" for letter in "ab"])
        said += section("raid", [], 1) + section("tool", "smartctl")
    if visit.root:
        group = server.mounts[0].device.removeprefix("/dev/mapper/").partition("-")[0]
        said += section("vgs", f"  {group}|1|0")
        named = [mount.at.strip("/").replace("/", "-") or "root" for mount in server.mounts]
        said += section(
            "lvs", [f"  {group}|{name}|-wi-ao----|||" for name in named if name != "boot"]
        )
        if server.hardware:
            said += section("smart", [*_smart(visit, "sda", None), *_smart(visit, "sdb", failing)])
    return said + section("done", "done")


def _mdstat(degraded: bool) -> list[str]:
    members = "sdb1[1](F) sda1[0]" if degraded else "sdb1[1] sda1[0]"
    state = "[2/1] [U_]" if degraded else "[2/2] [UU]"
    return [
        "Personalities : [raid1]",
        f"md0 : active raid1 {members}",
        f"      11718752256 blocks super 1.2 {state}",
        "      bitmap: 3/88 pages [12KB], 65536KB chunk",
        "",
        "unused devices: <none>",
    ]


def _smart(visit: Visit, disk: str, failing: int | None) -> list[str]:
    hours = 21_400 + 24 * visit.server.number * 31 + visit.day.toordinal() % 1000 * 24
    verdict = "FAILED!" if failing else "PASSED"
    sectors = failing or 0
    warm = 31 + visit.dice(disk).randint(-2, 4)
    return [
        f"@disk {disk}",
        "=== START OF INFORMATION SECTION ===",
        "Model Family:     Seagate Exos X16",
        f"Device Model:     {MODEL}",
        "User Capacity:    12,000,138,625,024 bytes [12.0 TB]",
        "Rotation Rate:    7200 rpm",
        "SMART support is: Available - device has SMART capability.",
        "SMART support is: Enabled",
        "=== START OF READ SMART DATA SECTION ===",
        f"SMART overall-health self-assessment test result: {verdict}",
        "SMART Attributes Data Structure revision number: 10",
        "Vendor Specific SMART Attributes with Thresholds:",
        HEADING,
        _attribute(5, "Reallocated_Sector_Ct", "Pre-fail", sectors, failed=bool(failing)),
        _attribute(9, "Power_On_Hours", "Old_age", hours),
        _attribute(194, "Temperature_Celsius", "Old_age", warm),
        _attribute(197, "Current_Pending_Sector", "Old_age", sectors // 9),
    ]


def _attribute(number: int, name: str, kind: str, raw: int, failed: bool = False) -> str:
    value, said = ("003", "FAILING_NOW") if failed else ("100", "-")
    return (
        f"{number:>3} {name:<23} 0x0033   {value}   {value}   010    {kind:<8}  Always   "
        f"    {said:<11} {raw}"
    )
