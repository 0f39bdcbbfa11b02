"""One mount and its figures into a row of `disks`; a part of it."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.base import Row
from collectors.disks.mounts import Mount

LARGEST = 2**63 - 1
# `emergency_ro` is ext4's word, since Linux 6.15, for the state after an error.
READ_ONLY = frozenset(("ro", "read-only", "read only", "emergency_ro"))


def row(mount: Mount, figures: Mapping[str, int], cause: str | None, expected: bool | None) -> Row:
    """Return the row of a mount; `expected` is whether fstab wants it read-only."""
    size, used, available = (figures.get(key) for key in ("size", "used", "available"))
    inodes = figures.get("inodes") or None
    iused = figures.get("iused") if inodes else None
    ifree = inodes - iused if inodes is not None and iused is not None else None
    if size == 0:  # then df's other noughts mean nothing either
        cause, size, used, available = cause or "it reports no size", None, None, None
    elif size is not None and size > LARGEST:
        cause = f"it reports {size / 2**60:,.0f} EiB"
    readable = mount.number and mount.options
    return Row(
        mount=mount.at,
        device=mount.device,
        fs_type=mount.fs_type or None,
        remote=mount.remote,
        read_only=bool(READ_ONLY & set(mount.options)) if readable else None,
        read_only_expected=expected,
        size_bytes=_fitting(size),
        used_bytes=_fitting(used),
        available_bytes=_fitting(available),
        used_percent=_percent(used, available, figures.get("percent")),
        inodes=_fitting(inodes),
        inodes_used=_fitting(iused),
        inodes_used_percent=_percent(iused, ifree, figures.get("ipercent")),
        cause=cause,
    )


def _percent(used: int | None, free: int | None, said: int | None) -> int | None:
    """Return df's own figure, so that both say the same; GNU's where it says none, or nonsense.

    GNU df rounds up, BusyBox and the BSDs to the nearest.
    """
    if used is None or free is None or used + free <= 0:
        return None
    percent = -(-used * 100 // (used + free))
    return said if said is not None and percent - 1 <= said <= percent else percent


def _fitting(size: int | None) -> int | None:
    return size if size is not None and -LARGEST <= size <= LARGEST else None
