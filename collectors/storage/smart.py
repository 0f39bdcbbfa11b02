"""What disks say of themselves, in the words of smartctl(8); a part of `storage`.

    smart|@disk sda
    smart|SMART overall-health self-assessment test result: PASSED
    smart|  5 Reallocated_Sector_Ct   0x0033   100   100   010    Pre-fail  Always       -       24
    smart|@disk nvme0
    smart|Critical Warning:                   0x00
    smart|Percentage Used:                    3%

The printed form (smartmontools 5 to 7: ataprint.cpp, scsiprint.cpp, nvmeprint.cpp) is read,
as JSON came with 7.0 only. Failed is what the disk calls failed. Degraded is an attribute
below its threshold now, a sector that waits to be reallocated or could not be read, an
NVMe warning or media error, and endurance that is used up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from collectors.base import Row
from collectors.text import Sections

ATTRIBUTE = re.compile(
    r" *(\d{1,3}) (\S+) +0x[0-9a-f]{4} +(\d{3}) +(?:\d{3}|---) +(?:\d{3}|---) +\S+ +\S+"
    r" +(\S+) +(\d{1,20})(?!\d).*"
)
LINE = re.compile(r"([A-Z][\w .,()/-]{1,70}?)(?: *:|  +is:)\s*(.*)|(SMART support is): +(.*)")
COUNT = re.compile(r"[\d,]{1,20}")
# The normalised value of these is what is left of a solid state disk's life, in percent.
LEFT = re.compile(
    r"Wear_Leveling_Count|SSD_Life_Left|Media_Wearout_Indicator|Percent_Lifetime_Remain"
    r"|Remaining_Lifetime_Perc"
)
VIRTUAL = re.compile(r"QEMU|VBOX|VMware|Virtual|Msft|Amazon Elastic|Google|nvme_card|DRBD|LIO-ORG")
NEEDS_ROOT = "smartctl needs root"
UNAVAILABLE = "lacks SMART capability"


def rows(found: Sections) -> Iterator[Row]:
    """Yield a row a disk that has SMART, or of which it cannot be said."""
    listed = [line.split(" ", 1) for line in found.good("disks") if line.strip()]
    real = [name for name, model in ((one[0], "".join(one[1:])) for one in listed)
            if not VIRTUAL.search(model)]  # fmt: skip
    if "smart" not in found:
        why = NEEDS_ROOT if "tool" in found else "smartctl is not installed"
        yield from (Row(kind="smart", name=name, state="unknown", detail=why) for name in real)
        return
    asked, lines = list[str](), list[str]()
    for line in [*found["smart"].lines, "@disk "]:
        if line.startswith("@disk "):
            if asked and (row := _disk(asked[-1], lines)):
                yield row
            asked, lines = [*asked, line.removeprefix("@disk ").strip()], []
        elif line.startswith("@skipped "):
            asked.insert(0, line.removeprefix("@skipped ").rpartition("/")[2])
            yield Row(kind="smart", name=asked[0], state="unknown", detail="no time left to ask it")
        else:
            lines.append(line)
    # Where one kept smartctl waiting for ever, those after it were not come to.
    left = [name for name in real if name not in asked and name.rpartition("n")[0] not in asked]
    if found["smart"].status is None:
        for name in left:
            yield Row(kind="smart", name=name, state="unknown", detail="no time left to ask it")


def _disk(name: str, lines: Sequence[str]) -> Row | None:
    text = "\n".join(lines)
    if UNAVAILABLE in text or VIRTUAL.search(text):
        return None
    hits = [hit for line in lines if (hit := LINE.fullmatch(line))]
    said = {hit[1] or hit[3]: hit[2] or hit[4] or "" for hit in hits}
    attributes = {hit[1]: hit for line in lines if (hit := ATTRIBUTE.fullmatch(line))}
    health = said.get("SMART overall-health self-assessment test result") or said.get(
        "SMART Health Status"
    )
    row = Row(kind="smart", name=name, **_figures(said, attributes))
    if health is None or health.startswith("UNKNOWN"):
        return Row(row, state="unknown", detail=_silence(text) if health is None else health)
    bad = _bad(said, attributes)
    if health not in ("PASSED", "OK"):
        bad.insert(0, f"it says {health}")
        warned = "[asc=b," in health  # a warning, SPC's "impending failure" is asc=5d
        return Row(row, state="degraded" if warned else "failed", detail="; ".join(bad)[:300])
    reallocated = f"{row['reallocated']} reallocated" if row.get("reallocated") else health
    return Row(row, state="degraded" if bad else "ok", detail="; ".join(bad)[:300] or reallocated)


def _silence(text: str) -> str:
    if "STANDBY" in text or "SLEEP" in text:
        return "it sleeps and was not woken"
    if "MegaRAID" in text or "-d megaraid" in text or "-d cciss" in text:
        return "behind a RAID controller: its own tool tells"
    if "SMART support is: Disabled" in text or "SMART Disabled" in text:
        return "SMART is switched off"
    lines = [line.strip() for line in text.splitlines() if line.strip(" =")]
    first = next((line for line in lines if not line.startswith("=== ")), "")
    return f"smartctl: {first[:200]}" if first else "smartctl did not answer within 6 s"


def _bad(said: dict[str, str], attributes: dict[str, re.Match[str]]) -> list[str]:
    bad = [f"{hit[2]} below its threshold" for hit in attributes.values() if "NOW" in hit[4]]
    bad += [f"{attributes[number][2]} {attributes[number][5]}" for number in ("197", "198")
            if number in attributes and int(attributes[number][5])]  # fmt: skip
    warning = said.get("Critical Warning", "0x00")
    bad += [f"critical warning {warning}"] if warning not in ("0x00", "") else []
    if errors := _count(said.get("Media and Data Integrity Errors", "")):
        bad.append(f"{errors} media errors")
    if (worn := _figures(said, attributes).get("wear_percent")) is not None and worn >= 100:
        bad.append("its endurance is used up")
    return bad


def _figures(said: dict[str, str], attributes: dict[str, re.Match[str]]) -> dict[str, Any]:
    raw = {number: int(hit[5]) for number, hit in attributes.items()}
    left = next((int(hit[3]) for hit in attributes.values() if LEFT.match(hit[2])), None)
    used = _count(
        said.get("Percentage Used", "") or said.get("Percentage used endurance indicator", "")
    )
    hours = raw.get("9", _count(said.get("Power On Hours", "")))
    if hours is None:
        hours = _count(said.get("Accumulated power on time, hours", "").partition("minutes ")[2])
    heat = said.get("Temperature", "") or said.get("Current Drive Temperature", "")
    figures = {
        "temperature_celsius": raw.get("194", raw.get("190", _count(heat))),
        "wear_percent": used if left is None else max(100 - left, 0),
        "reallocated": raw.get("5", _count(said.get("Elements in grown defect list", ""))),
        "power_on_hours": hours,
    }
    most = {"temperature_celsius": 200, "wear_percent": 255, "power_on_hours": 1_000_000}
    return {name: value for name, value in figures.items()
            if value is not None and value <= most.get(name, 10**9)}  # fmt: skip


def _count(text: str) -> int | None:
    hit = COUNT.match(text.strip())
    digits = hit[0].replace(",", "") if hit else ""
    return int(digits) if digits else None
