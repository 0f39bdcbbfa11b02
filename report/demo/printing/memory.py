"""memory: /proc/meminfo, what was killed for want of memory, and how long tasks waited for it."""

from __future__ import annotations

from report.demo.visit import Visit, section

USED = {"web": 42, "app": 58, "db": 71, "cache": 66, "storage": 37, "edge": 31, "ops": 49}


def printed(visit: Visit) -> str:
    """Return what the probe of `memory` prints."""
    server, dice = visit.server, visit.dice("memory")
    leak = visit.story.memory.get(server.name)
    used = leak(visit.day) if leak else USED[server.role] + dice.uniform(-4, 4)
    short = max(0.0, used - 88)  # beyond that the kernel swaps, and tasks wait
    total = server.gib * 1032192
    available = int(total * (1 - used / 100))
    cached = int(available * 0.72)
    swap = 0 if server.role in ("db", "cache", "edge") else 4194300
    swapped = int(swap * min(0.96, 0.02 + short * 0.09))
    figures = {
        "MemTotal": total,
        "MemFree": max(available - cached, 40000),
        "MemAvailable": available,
        "Buffers": cached // 20,
        "Cached": cached,
        "SwapCached": swapped // 10,
        "Active": total // 3,
        "Inactive": total // 4,
        "SwapTotal": swap,
        "SwapFree": swap - swapped,
        "Dirty": dice.randint(40, 9000),
        "AnonPages": int(total * used / 125),
        "Slab": total // 40,
    }
    lines = [f"{name + ':':<15} {value:>8} kB" for name, value in figures.items()]
    lines += ["HugePages_Total:       0", "HugePages_Free:        0", "Hugepagesize:       2048 kB"]
    stalled = f"some avg10={short:.2f} avg60={short:.2f} avg300={short * 1.9:.2f} total=81733"
    return (
        section("meminfo", lines)
        + section("oom", f"oom_kill {int(short > 6) * 3}")
        + section("pressure", [stalled, "full avg10=0.00 avg60=0.00 avg300=0.00 total=20114"])
        + section("group", [])
    )
