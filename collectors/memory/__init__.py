"""Memory and swap: how much there is, how much of it can still be had.

    meminfo|MemTotal:       16316412 kB                  /proc/meminfo, proc_meminfo(5)
    meminfo|MemAvailable:   11803244 kB
    oom|oom_kill 2                                       /proc/vmstat
    pressure|some avg10=0.00 avg60=0.12 avg300=0.40 total=81733    /proc/pressure/memory
    group|/docker/4f1c 536870912 301989888 88080384      limit, usage, inactive_file

One row. Before Linux 3.14 there is no MemAvailable: it is worked out as the kernel does
since, and a note says so. A container has the machine's figures (or, under lxcfs, its own)
and the limit of its control group: the tightest on the way from PID 1's group up, version 1
or 2. What is used of it is without the file pages that the kernel would give back first, as
kubelet counts. Other systems are in `elsewhere`. The kB of /proc are 1,024 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from collectors import text as probe
from collectors.base import NUMBER, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import ParseError
from collectors.memory import elsewhere

NAME = "memory"
SECONDS = 10
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("total_bytes", WHOLE, "B", "memory, as the host sees it"),
    Column("available_bytes", WHOLE, "B", "what programs can still have without swapping"),
    Column("used_bytes", WHOLE, "B", "total less available"),
    Column("used_percent", WHOLE, "%", "used ÷ total"),
    Column("swap_total_bytes", WHOLE, "B", "swap space; 0 where there is none"),
    Column("swap_used_bytes", WHOLE, "B", "what is used of it"),
    Column("swap_used_percent", WHOLE, "%", "used ÷ total; NA where there is none"),
    Column("limit_bytes", WHOLE, "B", "a container's limit; NA if none is below the total"),
    Column("limit_used_bytes", WHOLE, "B", "used of that limit"),
    Column("limit_used_percent", WHOLE, "%", "used ÷ limit"),
    Column(
        "pressure_percent", NUMBER, "%", "of the last 5 min that a task waited for memory (PSI)"
    ),
    Column("oom_kills", WHOLE, "", "processes killed for want of memory since the start"),
    Column("huge_pages_bytes", WHOLE, "B", "set aside for huge pages, used or not"),
    Column("corrupted_bytes", WHOLE, "B", "given up because the hardware reported it broken"),
)

# A group's files are named otherwise in version 2; the true root has no limit in either.
SCRIPT = r"""
group() {
  at=$(sed -n "s/^[0-9]*:$2://p" /proc/1/cgroup)
  case $at in /*) ;; *) at=/ ;; esac
  while :; do
    d=$1${at%/}
    if [ -r "$d/$3" ] && read -r limit <"$d/$3" && read -r used <"$d/$4"; then
      printf '%s %s %s %s\n' "$at" "$limit" "$used" "$(sed -n "s/^$5 //p" "$d/memory.stat")"
    fi
    [ "${at%/}" ] || break
    at=${at%/*}; at=${at:-/}
  done
}
if [ -r /proc/meminfo ] && grep -q '^MemTotal:' /proc/meminfo; then
  say meminfo cat /proc/meminfo
  grep -q '^MemAvailable:' /proc/meminfo || say low cat /proc/sys/vm/min_free_kbytes
  say oom grep '^oom_kill ' /proc/vmstat
  say pressure cat /proc/pressure/memory
  g=/sys/fs/cgroup
  if [ -d $g/memory ]; then
    say group group $g/memory memory memory.limit_in_bytes memory.usage_in_bytes total_inactive_file
  elif [ -r $g/cgroup.controllers ]; then
    say group group $g '' memory.max memory.current inactive_file
  fi
else
ELSEWHERE
fi
"""

LINE = re.compile(r"(\w[\w()]*):\s+(\d{1,18})( kB)?")
# The low watermark is a quarter above what vm.min_free_kbytes keeps (mm/page_alloc.c).
LOW = 1.25


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT.replace("ELSEWHERE", elsewhere.SCRIPT)


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row. Raises ParseError where a figure that must be there is not understood."""
    del ask
    found = probe.sections(text)
    note = ""
    if "meminfo" in found:
        known = _meminfo(found)
        if "MemAvailable" not in known:
            note = "available_bytes is an estimate: the kernel tells it since 3.14 only"
        row = _linux(known, found)
    else:
        row = elsewhere.row(found)
    return Parsed([row | shares(row)], note=note)


def shares(row: Row) -> Row:
    """Return what follows from the figures: what is used, and the percentages."""
    row = Row(row)
    row["used_bytes"] = row["total_bytes"] - row["available_bytes"]
    for name, whole in (("used", "total"), ("swap_used", "swap_total"), ("limit_used", "limit")):
        used, size = row.get(f"{name}_bytes"), row.get(f"{whole}_bytes")
        if used is not None and size:
            row[f"{name}_percent"] = min(round(100 * used / size), 100)
    return row


def _meminfo(found: probe.Sections) -> dict[str, int]:
    """Return /proc/meminfo in bytes (pages where it counts those)."""
    known = {}
    for line in found.good("meminfo"):
        if hit := LINE.fullmatch(line.strip()):
            known[hit[1]] = int(hit[2]) * (1024 if hit[3] else 1)
        elif ":" not in line:
            raise ParseError("not a line of /proc/meminfo", line)
    return known


def _linux(known: Mapping[str, int], found: probe.Sections) -> Row:
    for name in ("MemTotal", "MemFree", "SwapTotal", "SwapFree"):
        if name not in known:
            raise ParseError(f"no {name} in /proc/meminfo")
    available = known.get("MemAvailable", _available(known, found.value("low")))
    oom = re.fullmatch(r"oom_kill (\d{1,18})", found.value("oom"))
    stalled = re.match(r"some .*\bavg300=(\d{1,3}\.\d{1,2}) ", found.value("pressure"))
    return Row(
        total_bytes=known["MemTotal"],
        available_bytes=min(available, known["MemTotal"]),
        swap_total_bytes=known["SwapTotal"],
        swap_used_bytes=max(known["SwapTotal"] - known["SwapFree"], 0),
        pressure_percent=float(stalled[1]) if stalled else None,
        oom_kills=int(oom[1]) if oom else None,
        huge_pages_bytes=known.get(
            "Hugetlb", known.get("HugePages_Total", 0) * known.get("Hugepagesize", 0)
        ),
        corrupted_bytes=known.get("HardwareCorrupted"),
        **_limit(found, known["MemTotal"]),
    )


def _available(known: Mapping[str, int], low: str) -> int:
    """Estimate it as si_mem_available() does: what is free, and half of the caches at least."""
    kept = int(int(low) * 1024 * LOW) if re.fullmatch(r"\d{1,12}", low) else 0
    available = known["MemFree"] - kept
    for cache in (
        known.get("Active(file)", 0) + known.get("Inactive(file)", 0),
        known.get("SReclaimable", 0),
    ):
        available += cache - min(cache // 2, kept)
    return max(available, 0)


def _limit(found: probe.Sections, total: int) -> Row:
    tightest = Row()
    for line in found.good("group"):
        hit = re.fullmatch(r"/.* (\d{1,20}|max) (\d{1,20}) (\d{0,20})", line)
        if not hit and line.strip():
            raise ParseError("not the limit of a control group", line)
        limit = int(hit[1]) if hit and hit[1] != "max" else total
        if hit and limit < tightest.get("limit_bytes", total):
            used = max(int(hit[2]) - int(hit[3] or 0), 0)
            tightest = Row(limit_bytes=limit, limit_used_bytes=used)
    return tightest
