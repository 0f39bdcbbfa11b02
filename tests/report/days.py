"""Synthetic days, the same every time: `worst`, `good`, `big`, `local`, `nobody`, `foreign` ….

Import-light: pandas and the collectors are imported when a day is made. `save_day` puts one
through `report.store.save`, so that the whole chain can be tried without a server.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from report.store import Day, day_folder, save
from tests.report.fleets import COLLECTORS, DATE, FROM, GIB, TO, Fleet, info_of, typed
from tests.report.foreign import foreign, qualified
from tests.report.worn import worn

__all__ = [
    "COLLECTORS", "DATE", "DAYS", "FROM", "GIB", "TO", "Fleet", "info_of", "save_day", "typed",
]  # fmt: skip

DEBIAN = ("debian", "Debian", "12", "6.1.0-28-amd64")
UBUNTU = ("debian", "Ubuntu", "24.04", "6.8.0-49-generic")
RHEL = ("rhel", "Red Hat Enterprise Linux", "9.4", "5.14.0-427.el9")
OLD = ("debian", "Debian", "11", "5.10.0-30-amd64")
GROUPS = {"web": 14, "app": 15, "db": 9, "cache": 6, "storage": 8, "edge": 8}
MOUNTS = {
    "web": (("/", 40), ("/var", 60), ("/var/log", 100), ("/srv/www", 200)),
    "app": (("/", 40), ("/var", 80), ("/srv/app", 200), ("/srv/spool", 200)),
    "db": (("/", 40), ("/var", 500), ("/var/lib/postgresql", 2048), ("/srv/wal", 400)),
    "cache": (("/", 40), ("/var", 100)),
    "storage": (("/", 40), ("/srv/backup", 20480), ("/srv/media", 20480), ("/srv/archive", 30720)),
    "edge": (("/", 20), ("/var", 60)),
}


def ordinary(fleet: Fleet, names: Mapping[str, Sequence[str]], skip: set[str]) -> None:
    """Fill in hosts on which nothing is wrong."""
    dice = fleet.dice
    for group, hosts in names.items():
        for name in hosts:
            system = dice.choices((DEBIAN, UBUNTU, RHEL, OLD), (31, 16, 6, 3))[0]
            fleet.host(name, group, system, ok=name not in skip)
            if name in skip:
                continue
            fleet.add("servers", name, state="up", system_state="running", failed_units="",
                      virtualisation="none" if group in ("storage", "db") else "kvm")  # fmt: skip
            for mount, gib in MOUNTS[group]:
                fleet.disk(name, mount, gib, 6 + 72 * dice.random() ** 1.3, 2 + 30 * dice.random())
            fleet.runs(
                name, 2 + 300 * dice.random() ** 2, dice.random() * 0.8, dice.choice((2, 4, 8))
            )
            for collector in COLLECTORS:
                fleet.outcome(name, collector)
            workday(fleet, name)


def workday(fleet: Fleet, host: str) -> None:
    """Let people and machines log in."""
    dice = fleet.dice
    for user, source, most in (("ansible", "10.30.0.5", 7), ("deploy", "10.30.0.9", 4),
                               ("backup", "10.30.7.9", 2),
                               ("j.visser", "10.20.4.31", 1)):  # fmt: skip
        for _ in range(dice.randint(0, most)):
            fleet.login(host, dice.uniform(0, 1439), "accepted", user, source_ip=source)
    if dice.random() < 0.5:
        fleet.login(host, dice.uniform(120, 600), "accepted", "ansible", target_user="root",
                    service="sudo", count=dice.randint(1, 60), method=None)  # fmt: skip
    for _ in range(dice.randint(2, 12)):
        fleet.login(host, dice.uniform(0, 1439), "failed", dice.choice(("admin", "root", "oracle")),
                    source_ip=f"192.0.2.{dice.randint(1, 250)}",
                    count=dice.randint(1, 4))  # fmt: skip


def numbered(sizes: Mapping[str, int], width: int = 2) -> dict[str, list[str]]:
    """Return host names by group: web01, web02 …"""
    return {group: [f"{group}{n:0{width}d}" for n in range(1, size + 1)]
            for group, size in sizes.items()}  # fmt: skip


# The causes as the transport and the collectors print them.
NO_LOG = (
    "no log of logins found: looked for /var/log/auth.log*, /var/log/secure*, "
    "/var/log/messages*, /var/log/wtmp, /var/log/btmp and the journal"
)


def no_answer(host: str) -> str:
    """Return the cause of a host that is silent."""
    return f"timed out, waiting for a TCP connection to {host}"


def no_route(host: str) -> str:
    """Return the cause of a host to which no way leads."""
    return f"no route to {host}: No route to host"


def key_refused(host: str) -> str:
    """Return the cause of a host that lets nobody in."""
    tried = f"/home/infra/.ssh/{host}.pem, /home/infra/.ssh/id_ed25519"
    return f"user infra was not let in; tried {tried}; the server takes publickey"


def key_changed(host: str) -> str:
    """Return the cause of a host that shows another key than it did."""
    return (
        f"host key {host} shows ED25519 SHA256:{'q' * 43}, but known is ED25519 "
        f"SHA256:{'w' * 43}: it was set up again, or somebody stands in between; once checked, "
        f"`infra-report trust {host}` accepts it"
    )


def key_unknown(host: str) -> str:
    """Return the cause of a host whose key nobody has accepted yet."""
    return (
        f"host key ED25519 SHA256:{'q' * 43} of {host} is not known; once checked, "
        f"`infra-report trust {host}` accepts it"
    )


def good() -> Day:
    """Return a day of 60 hosts on which nothing is wrong but one disk that fills."""
    fleet = Fleet()
    ordinary(fleet, numbered(GROUPS), set())
    fleet.disk("db08", "/srv/export", 500, 87.4)
    return fleet.day()


def worst() -> Day:
    """Return a day of 60 hosts on which everything is wrong that a rule looks for."""
    fleet = Fleet()
    down = {"db05", "edge06", "edge07", "app07"}
    ordinary(fleet, numbered(GROUPS), down)
    fleet.unread("db05", "timed_out", no_answer("db05"), "down")
    for host in ("edge06", "edge07"):
        fleet.unread(host, "unreachable", no_route(host), "down")
    fleet.unread("app07", "host_key", key_changed("app07"))
    change(fleet, "servers", "app12", state="degraded", failed_units="backup.service",
           system_state="degraded", failed_since_at=TO - timedelta(days=2, hours=3),
           failed_last_lines="backup.service: borg: Connection closed by remote host")  # fmt: skip
    change(fleet, "servers", "web09", state="degraded", system_state="degraded",
           failed_units="logrotate.service, man-db.service, fwupd.service, snapd.service",
           )  # fmt: skip
    change(fleet, "servers", "storage08", state="maintenance", state_reason="disk shelf replaced")
    for host in ("web03", "web04", "cache05", "storage02"):
        fail(fleet, host, "logins", "no_permission", "not in group systemd-journal")
    fail(fleet, "storage03", "disks", "partial", "/mnt/nfs did not answer within 3 s")
    fleet.disk("storage03", "/mnt/nfs", 0, 0, 0, device="filer:/export", remote=True,
               fs_type="nfs4", size_bytes=None, used_bytes=None, available_bytes=None,
               used_percent=None, inodes=None, inodes_used=None, inodes_used_percent=None,
               cause="did not answer within 3 s")  # fmt: skip
    for host in ("edge01", "edge02"):
        remark(fleet, host, "logins", "312 connections named no user, from 41 addresses: "
               "203.0.113.9 (120), 203.0.113.14 (88), 203.0.113.77 (31)")  # fmt: skip
    full_disks(fleet)
    attack(fleet, [h for names in numbered(GROUPS).values() for h in names if h not in down])
    fleet.login("app03", 1001, "accepted", "root", method="password", source_ip="10.20.4.17",
                source_port=51022)  # fmt: skip
    for host, hours in (("cache02", 3.2), ("app03", 1.63)):
        change(
            fleet,
            "uptime",
            host,
            uptime_seconds=int(hours * 3600),
            booted_at=TO - timedelta(hours=hours),
            last_stop="crashed" if host == "cache02" else "planned",
        )
    change(
        fleet,
        "uptime",
        "app01",
        uptime_seconds=int(1412.9 * 86400),
        booted_at=TO - timedelta(days=1412.9),
    )
    return fleet.day()


def full_disks(fleet: Fleet) -> None:
    """Fill some disks."""
    change(
        fleet,
        "disks",
        "db03",
        "/var",
        used_percent=98,
        used_bytes=487 * GIB,
        available_bytes=13 * GIB,
    )
    change(
        fleet,
        "disks",
        "web09",
        "/var/log",
        used_percent=88,
        used_bytes=88 * GIB,
        available_bytes=12 * GIB,
    )
    change(fleet, "disks", "db08", "/var/lib/postgresql", used_percent=87, used_bytes=1782 * GIB,
           available_bytes=266 * GIB)  # fmt: skip
    change(fleet, "disks", "app04", "/var", inodes_used_percent=89, used_percent=52)
    for host in ("web01", "web02", "web05"):
        fleet.disk(
            host,
            "/snap/core22/1663",
            0.07,
            100,
            device="/dev/loop3",
            fs_type="squashfs",
            read_only=True,
        )
        fleet.disk(
            host, "/srv/share", 8192, 91.5, device="filer:/share", fs_type="nfs4", remote=True
        )


def attack(fleet: Fleet, hosts: Sequence[str]) -> None:
    """Let a wave of failed logins pass over some hosts in the night."""
    dice = fleet.dice
    for host in hosts[:33]:
        for hour, weight in enumerate((80, 160, 210, 240, 215, 120, 50)):
            for _ in range(6):
                fleet.login(host, 1020 + 60 * hour + dice.uniform(0, 59), "failed",
                            dice.choice(("root", "admin", "test", "oracle", "ubuntu", "git", "pi")),
                            source_ip=f"203.0.113.{dice.randint(1, 40)}",
                            count=max(1, int(weight / 6 * dice.random() * 2)))  # fmt: skip


def change(fleet: Fleet, frame: str, host: str, mount: str = "", **values: Any) -> None:
    """Change a host's row in a frame."""
    for row in fleet.rows[frame]:
        if row["host"] == host and (not mount or row["mount"] == mount):
            row.update(values)


def fail(fleet: Fleet, host: str, collector: str, outcome: str, cause: str) -> None:
    """Let a collector fail on a host; unless in part, its rows go."""
    for row in fleet.rows["outcomes"]:
        if row["host"] == host and row["collector"] == collector:
            row.update(outcome=outcome, cause=cause, evidence_from_at=None)
    if outcome != "partial":
        fleet.rows[collector] = [row for row in fleet.rows[collector] if row["host"] != host]


def remark(fleet: Fleet, host: str, collector: str, note: str) -> None:
    """Let a collector add something to what it read in full."""
    for row in fleet.rows["outcomes"]:
        if row["host"] == host and row["collector"] == collector:
            row["note"] = note


def nobody() -> Day:
    """Return a day of 60 hosts of which none answered."""
    fleet = Fleet()
    for group, names in numbered(GROUPS).items():
        for name in names:
            fleet.host(name, group, DEBIAN, ok=False)
            fleet.unread(
                name,
                "unreachable",
                f"name resolution failed for {name}: Temporary failure in name resolution",
            )
    return fleet.day()


def local() -> Day:
    """Return the first day of a new user: one machine, a container without systemd."""
    fleet = Fleet()
    host = "this-machine"
    fleet.host(host, "", ("debian", "Debian GNU/Linux", "12", "6.1.0-28-amd64"))
    fleet.add("servers", host, state="up", virtualisation="docker", system_state=None,
              state_reason=None)  # fmt: skip
    fleet.disk(host, "/", 99, 41.3, device="overlay", fs_type="overlay")
    fleet.disk(host, "/etc/hosts", 99, 41.3, device="/dev/vda1")
    fleet.disk(host, "/dev/shm", 0.0625, 0, device="shm", fs_type="tmpfs", nodes=0.1)
    fleet.runs(host, 11.4, 0.31, 2)
    for collector in COLLECTORS[:3]:
        fleet.outcome(host, collector)
    fleet.outcome(host, "logins", "no_data", NO_LOG)
    return fleet.day(organisation="", time_zone="UTC")


def one() -> Day:
    """Return a day of one server that has something of everything."""
    fleet = Fleet()
    ordinary(fleet, {"web": ["web01"]}, set())
    change(
        fleet,
        "disks",
        "web01",
        "/var/log",
        used_percent=91,
        used_bytes=91 * GIB,
        available_bytes=9 * GIB,
    )
    change(fleet, "uptime", "web01", uptime_seconds=7200, booted_at=TO - timedelta(hours=2))
    return fleet.day()


def big(hosts: int = 1000, logins: int = 100_000, mounts: int = 0) -> Day:
    """Return a day of so many hosts and rows of logins, with trouble in proportion.

    mounts: how many each host has at least.
    """
    fleet = Fleet()
    each = hosts // len(GROUPS)
    sizes = dict.fromkeys(GROUPS, each) | {"web": hosts - each * (len(GROUPS) - 1)}
    names = numbered(sizes, 3)
    every = [host for one in names.values() for host in one]
    down = set(fleet.dice.sample(every, hosts // 60))
    ordinary(fleet, names, down)
    ends = (
        ("unreachable", no_route, "down"),
        ("timed_out", no_answer, "down"),
        ("auth_failed", key_refused, "unknown"),
    )
    for n, host in enumerate(sorted(down)):
        outcome, cause, state = ends[n % 3]
        fleet.unread(host, outcome, cause(host), state)
    for host in [one for one in every if one not in down]:
        for n in range(len(MOUNTS[host.rstrip("0123456789")]), mounts):
            fleet.disk(host, f"/srv/data{n:02}", 100, 6 + 72 * fleet.dice.random() ** 1.3)
    for row in fleet.rows["disks"][::29]:
        percent = 84.5 + fleet.dice.random() * 14.9
        used = int(row["size_bytes"] * percent / 100)
        row.update(used_percent=math.ceil(percent), used_bytes=used,
                   available_bytes=row["size_bytes"] - used)  # fmt: skip
    for host in [h for h in every if h not in down][::90]:
        change(fleet, "servers", host, state="degraded", failed_units="backup.service")
    day = fleet.day()
    frames = dict(day.frames) | {
        "logins": many_logins(day, logins, [h for h in every if h not in down])
    }
    return Day(day.folder, day.info, frames)


def many_logins(day: Day, rows: int, hosts: Sequence[str]) -> Any:
    """Return the day's logins, filled up to so many rows."""
    import numpy as np
    import pandas as pd

    dice = np.random.default_rng(7)
    more = rows - len(day.frames["logins"])
    at = pd.Timestamp(FROM) + pd.to_timedelta(dice.uniform(0, 86399, more), unit="s")
    users = np.array(["root", "admin", "test", "oracle", "ubuntu", "git", "pi", "postgres"])
    frame = pd.DataFrame({
        "host": dice.choice(np.array(hosts), more), "at": at, "at_ambiguous": False,
        "result": "failed", "user": dice.choice(users, more),
        "source_ip": [f"203.0.113.{n}" for n in dice.integers(1, 250, more)],
        "service": "sshd", "method": "password", "count": dice.integers(1, 5, more),
    }).reindex(columns=day.frames["logins"].columns)  # fmt: skip
    return pd.concat(
        [day.frames["logins"], frame.astype(day.frames["logins"].dtypes)], ignore_index=True
    )


HOSTILE = (
    "<script>alert(1)</script>", "{{7*7}}", "$\\frac{1}{2}$", "**bold** [x](http://evil)",
    "=HYPERLINK(\"http://evil\")", "+1", "-1", "@SUM(1)", "\x1b[31mred\x1b[0m", "[/red][link=x]y",
    "evil\u202egnp.exe", "\U0001f600", "a\x00b", "</style><b>", "用户", "zero\u200bwidth",
    "x" * 400,
)  # fmt: skip


def hostile() -> Day:
    """Return a day in which every text from a server means harm."""
    fleet = Fleet()
    ordinary(fleet, {"web": ["web01", "web02", "web03"]}, {"web03"})
    for n, text in enumerate(HOSTILE):
        fleet.login("web01", n, "failed", text, source_ip=text, count=200)
        fleet.login("web01", 60 + n, "accepted", text, source_ip="192.0.2.1", method=text, key=text)
        fleet.login("web02", n, "accepted", "root", method="password", source_ip=text)
        fleet.login("web02", n, "accepted", text, service="sudo", target_user=text)
        fleet.disk("web02", f"/srv/{text}", 10, 90 + n / 4, device=f"/dev/{text}")
    change(fleet, "servers", "web01", state="degraded", failed_units=", ".join(HOSTILE[:4]))
    change(fleet, "servers", "web02", state="degraded", state_reason=HOSTILE[0] + HOSTILE[10])
    change(fleet, "hosts", "web01", os_name=HOSTILE[0], kernel=HOSTILE[12])
    fleet.unread("web03", "parse_failed", " ".join(HOSTILE[:9]))
    title = 'Report " } </style><script>alert(1)</script> \\ 用'
    return fleet.day(organisation=title, classification=title, title=title[:90])


DAYS: dict[str, Callable[[], Day]] = {
    "good": good, "worst": worst, "nobody": nobody, "local": local, "one": one, "hostile": hostile,
    "big": big, "worn": worn, "foreign": foreign, "qualified": lambda: qualified(worst()),
}  # fmt: skip


def save_day(output: Path, name: str = "worst", **info: Any) -> Day:
    """Save a synthetic day in an output folder, by the store's own way; return it."""
    day = DAYS[name]()
    changed = day.info.model_copy(update=info)
    folder = day_folder(output, changed.report_date)
    output.mkdir(parents=True, exist_ok=True)
    save(folder, changed, day.frames, {})
    return Day(folder, changed, day.frames)
