"""Filesystems that fill, are cleaned up, jump, grow in steps, are extended, turn read-only."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

from report.demo import usage
from report.demo.organisation import DOMAIN, Mount, Server
from report.demo.story import Story

SHARE = Mount("/srv/share", f"nas01.{DOMAIN}:/export/share", "nfs4", 8192)

MUCH_KIB = 1 << 30


def plant(story: Story) -> None:
    """Plant what happens to filesystems."""
    _roomy(story)
    _share(story)
    _fills(story, "db", 3, "/var", 93.6, 0.74)
    _fills(story, "app", 4, "/srv/spool", 97.2, 2.6)
    _fills(story, "storage", 4, "/srv/archive", 88.4, 0.31)
    _inodes(story)
    _jump(story)
    _steps(story)
    if (story.last - story.best).days > 30:
        _cleaned(story)
        _extended(story)
    _read_only(story)


def _roomy(story: Story) -> None:
    """Let one filesystem be so large that 91 % of it is no alarm."""
    stores = [s for s in story.servers if s.role == "storage" and s.name not in story.reserved]
    if len(stores) < 5:
        return
    old, at = stores[4], "/srv/media"
    mounts = tuple(replace(m, gib=60 * 1024) if m.at == at else m for m in old.mounts)
    story.servers[story.servers.index(old)] = replace(old, mounts=mounts)
    story.bytes_of[old.name, at] = lambda day: 90.6 + usage.wobble(f"{old.name}{at}", day, 0.1)
    story.plant("disk_roomy", [old.name], at, story.first, used_percent=91, free_tib=5.6)


def _free(
    story: Story, role: str, place: int, at: str, init: str = ""
) -> tuple[Server, Mount] | None:
    """Return a server and a mount of its own on which nothing is planted yet."""
    server = story.pick(
        role,
        place,
        lambda s: (
            not {(s.name, at)} & (story.bytes_of.keys() | story.inodes_of.keys())
            and any(mount.at == at for mount in s.mounts)
            and s.system.init.startswith(init)
        ),
    )
    return (server, next(m for m in server.mounts if m.at == at)) if server else None


def _severity(percent: float) -> str:
    return "critical" if percent >= 95 else "warning" if percent >= 85 else ""


def _since(story: Story, end: float, pace: float) -> date:
    """Return the first day on which a steady course rises: before, it lies on its floor."""
    return max(story.first, story.last - timedelta(days=int((end - usage.FLOOR) / pace)))


def _fills(story: Story, role: str, place: int, at: str, end: float, points: float) -> None:
    if (found := _free(story, role, place, at)) is None:
        return
    server, mount = found
    pace = story.pace(points, end - 82.5)
    story.bytes_of[server.name, at] = usage.steady(f"{server.name}{at}", story.last, end, pace)
    now = story.use(server, mount, story.last)
    quiet = now.available > MUCH_KIB  # however full, so much free is no alarm
    story.plant(
        "disk_fills", [server.name], at, _since(story, end, pace),
        severity="" if quiet else _severity(end),
        used_percent=math.ceil(end), points_per_day=round(pace, 4),
        bytes_per_day=int((now.used + now.available) * 1024 * pace / 100),
        full_on=str(usage.full_on(story.last, end, pace)),
    )  # fmt: skip


def _inodes(story: Story) -> None:
    if (found := _free(story, "cache", 2, "/var")) is None:
        return
    server, mount = found
    end = 96.4
    pace = story.pace(0.9, end - 82.5)
    story.inodes_of[server.name, mount.at] = usage.steady(
        f"{server.name} i", story.last, end, pace, 0.05
    )
    story.plant(
        "inodes_fill", [server.name], mount.at, _since(story, end, pace), severity=_severity(end),
        inodes_used_percent=math.ceil(end), points_per_day=round(pace, 4),
        full_on=str(usage.full_on(story.last, end, pace)),
    )  # fmt: skip


def _jump(story: Story) -> None:
    if (found := _free(story, "app", 5, "/srv/app")) is None:
        return
    server, mount = found
    before = usage.ordinary(story.seed, server, mount)
    points = 91.6 - before(story.last)
    story.bytes_of[server.name, mount.at] = usage.jumping(before, story.last, points)
    story.plant(
        "disk_jumped", [server.name], mount.at, story.last, severity="warning",
        used_percent=92, points=round(points, 1),
    )  # fmt: skip


def _steps(story: Story) -> None:
    if (found := _free(story, "storage", 1, "/srv/backup")) is None:
        return
    server, mount = found
    name = f"{server.name}{mount.at}"
    points = story.pace(0.5, 10.0) * 7 if (story.last - story.best).days < 14 else 3.5
    story.bytes_of[server.name, mount.at] = usage.steps(name, story.last, 81.6, points, 7)
    story.plant(
        "disk_steps", [server.name], mount.at, story.first, used_percent=82,
        points_per_step=round(points, 2), days_per_step=7,
    )  # fmt: skip


def _cleaned(story: Story) -> None:
    if (found := _free(story, "web", 2, "/var/log")) is None:
        return
    server, mount = found
    at, name = story.past(25), f"{server.name}{mount.at}"
    story.bytes_of[server.name, mount.at] = usage.cleaned(name, at, 91.4, 0.8, 37.0)
    story.plant(
        "disk_cleaned", [server.name], mount.at, at, at, peak_percent=91.4, rest_percent=37.0
    )


def _extended(story: Story) -> None:
    """Let a volume be extended by half when it comes near its end."""
    if (found := _free(story, "db", 1, "/var/lib/postgresql")) is None:
        return
    server, mount = found
    at, name = story.past(40), f"{server.name}{mount.at}"
    story.bytes_of[server.name, mount.at] = usage.cleaned(name, at, 82.8, 0.5, 82.8 / 1.5)
    story.extended[server.name, mount.at] = at, 1.5
    story.plant("disk_extended", [server.name], mount.at, at, at, growth=1.5)


def _read_only(story: Story) -> None:
    found = _free(story, "edge", 2, "/var", "systemd") or _free(story, "edge", 1, "/var")
    if found is None:
        return
    server, mount = found
    story.read_only[server.name, mount.at] = story.last
    story.plant("read_only", [server.name], mount.at, story.last, severity="critical")
    story.plant("kernel_filesystem", [server.name], "dm-1", story.last, severity="critical")
    story.plant("kernel_io", [server.name], "sda", story.last, severity="critical", count=18)


def _share(story: Story) -> None:
    """Let web servers share one NFS mount that is nearly full, and one wait for it in vain."""
    hosts = [s for s in story.servers if s.role == "web"]
    pace = story.pace(0.33)
    course = usage.steady("share", story.last, 91.5, pace)
    for server in hosts:
        story.shares[server.name] = SHARE, SHARE.device
        story.bytes_of[server.name, SHARE.at] = course
        story.inodes_of[server.name, SHARE.at] = lambda _: 4.0
    stuck = next((s for s in reversed(hosts) if s.name not in story.added), None)
    if stuck is not None and len(hosts) > 1:
        story.stuck.add((stuck.name, story.last))
        story.plant("nfs_stuck", [stuck.name], SHARE.at, story.last, severity="warning")
    story.plant(
        "disk_shared", [s.name for s in hosts if s is not stuck], SHARE.at, story.first,
        severity="warning", used_percent=92, device=SHARE.device, points_per_day=round(pace, 4),
        full_on=str(usage.full_on(story.last, 91.5, pace)),
    )  # fmt: skip
