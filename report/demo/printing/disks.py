"""disks: the table of mounts, df about what is local, and about each that may hang."""

from __future__ import annotations

import math

from report.demo.organisation import Mount
from report.demo.usage import Use
from report.demo.visit import Visit, section

PSEUDO = (
    "sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0",
    "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0",
    "devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=000 0 0",
)
OPTIONS = {
    "ext4": "rw,relatime,errors=remount-ro",
    "xfs": "rw,relatime,attr2,inode64,logbufs=8,logbsize=32k,noquota",
    "nfs4": "rw,relatime,vers=4.2,rsize=1048576,wsize=1048576,hard,proto=tcp,timeo=600",
}
BLOCKS = "Filesystem     1024-blocks     Used Available Capacity Mounted on"
INODES = "Filesystem      Inodes  IUsed   IFree IUse% Mounted on"


def printed(visit: Visit) -> str:
    """Return what the probe of `disks` prints."""
    server, story = visit.server, visit.story
    tmpfs = f"tmpfs /run tmpfs rw,nosuid,nodev,size={server.gib * 104857}k,mode=755,inode64 0 0"
    table = [*PSEUDO, tmpfs]
    table += [_line(mount, _read_only(visit, mount)) for mount in server.mounts]
    figures = [(mount, story.use(server, mount, visit.day)) for mount in server.mounts]
    memory = _memory(server.gib)
    said = section("fstab", [f"rw {mount.at}" for mount in server.mounts])
    shared = story.shares.get(server.name)
    if shared:
        table.append(_line(shared[0], False))
    said += section("mounts", table)
    said += section("df", [BLOCKS, memory[0], *(_blocks(*pair) for pair in figures)])
    said += section("inodes", [INODES, memory[1], *(_inodes(*pair) for pair in figures)])
    if shared:
        said += _apart(visit, shared[0], len(table))
    return said


def _read_only(visit: Visit, mount: Mount) -> bool:
    since = visit.story.read_only.get((visit.server.name, mount.at))
    return since is not None and since <= visit.day


def _line(mount: Mount, read_only: bool) -> str:
    options = OPTIONS[mount.fs_type]
    if read_only:
        options = f"ro{options.removeprefix('rw')}"
    return f"{mount.device} {mount.at} {mount.fs_type} {options} 0 0"


def _blocks(mount: Mount, use: Use) -> str:
    percent = math.ceil(100 * use.used / (use.used + use.available))
    return f"{mount.device} {use.size} {use.used} {use.available} {percent}% {mount.at}"


def _inodes(mount: Mount, use: Use) -> str:
    percent = math.ceil(100 * use.inodes_used / use.inodes)
    free = use.inodes - use.inodes_used
    return f"{mount.device} {use.inodes} {use.inodes_used} {free} {percent}% {mount.at}"


def _memory(gib: int) -> tuple[str, str]:
    size = gib * 104857
    return (f"tmpfs {size} {1416} {size - 1416} 1% /run",
            f"tmpfs {size // 4} 792 {size // 4 - 792} 1% /run")  # fmt: skip


def _apart(visit: Visit, mount: Mount, number: int) -> str:
    """Return df about a network mount, which is killed where its server does not answer."""
    if (visit.server.name, visit.day) in visit.story.stuck:
        return section(f"df{number}", [], 137) + section(f"inodes{number}", [], 137)
    use = visit.story.use(visit.server, mount, visit.day)
    return section(f"df{number}", [BLOCKS, _blocks(mount, use)]) + section(
        f"inodes{number}", [INODES, _inodes(mount, use)]
    )
