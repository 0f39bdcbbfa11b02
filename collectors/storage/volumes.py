"""LVM's groups and volumes, and multipath's maps; a part of `storage`.

    vgs|  vg0|3|1                                        vgs: physical volumes, how many missing
    lvs|  vg0|pool|twi-aotzM-||98.20|12.10               lvs: lv_attr, copy, data, metadata
    paths|mpatha sdb active running ready                multipathd show paths

A row a volume group and a map; of volumes those that are more than linear (raid, mirror,
thin pool, snapshot, cache) or not in order. The letters of lv_attr are those of lvs(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.base import Row
from collectors.errors import ParseError
from collectors.text import Sections

GROUP = re.compile(r"\s*(\S+)\|(\d{1,5})\|(\d{0,5})")
VOLUME = re.compile(
    r"\s*(\S+)\|(\S+)\|([A-Za-z-]{6,10})\|(\d{0,3}\.?\d*)\|(\d{0,3}\.?\d*)\|(\d{0,3}\.?\d*)"
)
WARNING = re.compile(
    r"\s*(WARNING:|File descriptor|/dev/|Couldn't find device|Reading |There are ).*"
)
TYPES = {
    "C": "cache", "m": "mirror", "M": "mirror", "r": "raid", "R": "raid", "s": "snapshot",
    "S": "snapshot", "t": "thin pool", "d": "VDO pool",
}  # fmt: skip
HEALTH = {
    "p": ("degraded", "a physical volume is missing"),
    "r": ("degraded", "refresh needed"),
    "m": ("degraded", "mismatches exist"),
    "F": ("failed", "failed"),
    "D": ("failed", "out of data space"),
    "M": ("degraded", "metadata is read-only"),
    "E": ("degraded", "the cache has errors"),
    "X": ("unknown", "its health is not known"),
}
PATH = re.compile(r"(\S+) +(\S+) +(\S+) +(\S+) +(\S+) *")


def lvm(found: Sections) -> Iterator[Row]:
    """Yield the rows of LVM. Raises ParseError for a line in another form."""
    for line in found.good("vgs"):
        if hit := GROUP.fullmatch(line):
            missing = int(hit[3] or 0)
            words = f"{missing} of {hit[2]} physical volumes missing"
            yield Row(
                kind="lvm",
                name=hit[1],
                state="degraded" if missing else "ok",
                detail=words if missing else f"{hit[2]} physical volumes",
            )
        elif line.strip() and not WARNING.fullmatch(line):
            raise ParseError("not a line of vgs", line)
    for line in found.good("lvs"):
        if hit := VOLUME.fullmatch(line):
            yield from _volume(hit)
        elif line.strip() and not WARNING.fullmatch(line):
            raise ParseError("not a line of lvs", line)


def _volume(hit: re.Match[str]) -> Iterator[Row]:
    what = TYPES.get(hit[3][0], "")
    state, health = HEALTH.get(hit[3].ljust(10, "-")[8], ("ok", ""))
    if hit[3][0] not in "rRmM" and health == HEALTH["p"][1]:
        state = "failed"  # nothing takes the missing one's place
    if hit[3][4] in "IS":
        state, health = "failed", "the snapshot is invalid"
    copied = float(hit[4]) if hit[4] and what in ("raid", "mirror") else None
    if copied is not None and copied < 100 and state == "ok":
        state, health = "rebuilding", "synchronising"
    if state == "ok" and not what:
        return
    metadata = f"metadata {hit[6]} % used" if hit[6] and what == "thin pool" else ""
    yield Row(
        kind="lvm",
        name=f"{hit[1]}/{hit[2]}",
        state=state,
        detail=": ".join(
            part for part in (what, ", ".join(filter(None, (health, metadata)))) if part
        ),
        progress_percent=copied if copied is not None and copied < 100 else None,
        used_percent=round(float(hit[5])) if hit[5] else None,
    )


def multipath(found: Sections) -> Iterator[Row]:
    """Yield a row a map: its paths, and those that do not work."""
    maps: dict[str, list[tuple[str, str]]] = {}
    for line in found.good("paths"):
        hit = PATH.fullmatch(line.strip() + " ")
        if not hit:
            if line.strip() and line.strip() != "ok":
                raise ParseError("not a path of multipathd", line)
            continue
        name, device, mapped, _, checked = hit.groups()
        if name != "multipath" and not name.startswith("["):
            good = mapped == "active" and checked in ("ready", "ghost")
            maps.setdefault(name, []).append((device, "" if good else f"{mapped}/{checked}"))
    for name, paths in maps.items():
        bad = [f"{device} {why}" for device, why in paths if why]
        state = "ok" if not bad else "failed" if len(bad) == len(paths) else "degraded"
        words = f"{len(bad)} of {len(paths)} paths failed: {', '.join(bad[:8])}"
        yield Row(
            kind="multipath",
            name=name,
            state=state,
            detail=words if bad else f"{len(paths)} paths",
        )
