"""Memory and swap of FreeBSD and macOS; a part of `memory`.

    memsize|17179869184                                  sysctl -n hw.physmem, hw.memsize
    page|4096                                            sysctl -n hw.pagesize
    stats|vm.stats.vm.v_free_count: 80412                sysctl vm.stats.vm (FreeBSD)
    arc|kstat.zfs.misc.arcstats.size: 3411298112         ZFS's cache, and the least it keeps
    swapinfo|/dev/ada0p2  4194304  81260  4113044  2%    swapinfo -k
    vm_stat|Pages free:                   12345.         vm_stat (macOS)
    swapusage|total = 2048.00M  used = 1020.25M  free = 1027.75M  (encrypted)

What can be had is what is free, inactive and (FreeBSD) in the laundry or ZFS's cache.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from collectors import text as probe
from collectors.base import Row
from collectors.errors import NoData, NotApplicable, ParseError

SCRIPT = r"""
  case $(uname -s) in
  FreeBSD | DragonFly)
    say memsize sysctl -n hw.physmem; say page sysctl -n hw.pagesize
    say stats sysctl vm.stats.vm
    say arc sysctl kstat.zfs.misc.arcstats.size kstat.zfs.misc.arcstats.c_min
    say swapinfo swapinfo -k ;;
  Darwin)
    say memsize sysctl -n hw.memsize; say page sysctl -n hw.pagesize
    say vm_stat vm_stat; say swapusage sysctl -n vm.swapusage ;;
  *) say kernel uname -s ;;
  esac
"""

COUNT = re.compile(r"(?:[a-z.]*\.)?([\w ]+):\s+(\d{1,18})\.?")
FREE = {
    "stats": ("v_free_count", "v_inactive_count", "v_laundry_count", "v_cache_count"),
    "vm_stat": ("Pages free", "Pages inactive"),
}
USAGE = re.compile(r"total = (\d{1,9}\.\d\d)M +used = (\d{1,9}\.\d\d)M +free = .*")
DEVICE = re.compile(r"/\S+ +(\d{1,15}) +(\d{1,15}) +\d{1,15} +\d+%")


def row(found: probe.Sections) -> Row:
    """Return the figures. Raises NoData without /proc, NotApplicable for a system unknown here."""
    if "kernel" in found:
        if found.value("kernel") == "Linux":
            raise NoData("there is no /proc/meminfo")
        raise NotApplicable("memory is understood of Linux, FreeBSD and macOS only")
    source = "vm_stat" if "vm_stat" in found else "stats"
    size, page = found.value("memsize"), found.value("page")
    counts = _counts(found.good(source))
    if not re.fullmatch(r"\d{1,18}", size) or not re.fullmatch(r"\d{1,9}", page):
        raise ParseError("no size of the memory", size)
    if FREE[source][0] not in counts or FREE[source][1] not in counts:
        raise ParseError(f"no {FREE[source][0]} in {source}")
    arc = _counts(found.good("arc"))
    cache = max(arc.get("size", 0) - arc.get("c_min", 0), 0)
    free = sum(counts.get(name, 0) for name in FREE[source]) * int(page) + cache
    swap = _swapusage(found) if source == "vm_stat" else _swapinfo(found)
    return Row(total_bytes=int(size), available_bytes=min(free, int(size)), **swap)


def _counts(lines: Sequence[str]) -> dict[str, int]:
    hits = (COUNT.fullmatch(line.strip()) for line in lines)
    return {hit[1]: int(hit[2]) for hit in hits if hit}


def _swapusage(found: probe.Sections) -> Row:
    usage = USAGE.fullmatch(found.value("swapusage"))
    if not usage:
        return Row()
    total, used = (round(float(number) * 1024 * 1024) for number in usage.groups())
    return Row(swap_total_bytes=total, swap_used_bytes=used)


def _swapinfo(found: probe.Sections) -> Row:
    """Add up the devices; the line of the total, where there are several, is not one."""
    if "swapinfo" not in found or found["swapinfo"].status != 0:
        return Row()
    hits = [hit for line in found["swapinfo"].lines if (hit := DEVICE.fullmatch(line.strip()))]
    total, used = (sum(int(hit[number]) * 1024 for hit in hits) for number in (1, 2))
    return Row(swap_total_bytes=total, swap_used_bytes=used)
