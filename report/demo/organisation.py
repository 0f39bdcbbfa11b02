"""Who exists: sites, servers with their filesystems, and the people who log in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from report.demo import systems
from report.demo.systems import System

NAME = "Noordlicht Logistics"
DOMAIN = "noordlicht.example.net"
ZONE = "Europe/Amsterdam"
FEWEST, MOST = 8, 2000

SITES = {
    "ams": "Europe/Amsterdam",
    "fra": "Europe/Berlin",
    "ewr": "America/New_York",
    "sin": "Asia/Singapore",
}
# The nth server of a role stands in the nth of these, over and over.
WHERE = ("ams", "ams", "fra", "ams", "ewr", "ams", "fra", "sin")


@dataclass(frozen=True)
class Mount:
    """A filesystem as the table of mounts has it. usage: its per cent used, at first about."""

    at: str
    device: str
    fs_type: str
    gib: int
    usage: int = 30
    inodes: int = 6

    @property
    def usable(self) -> float:
        """The share that users may fill: ext4 keeps 5 % back."""
        return 0.95 if self.fs_type == "ext4" else 1.0


@dataclass(frozen=True)
class Role:
    """What servers of one group have in common; `share` of 60 are such."""

    share: int
    systems: Sequence[System]
    mounts: Sequence[tuple[str, int, int]]
    cores: int
    gib: int
    hardware: bool = False
    ports: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True)
class Server:
    """One server of the fleet. number: its place in the role, from 1."""

    name: str
    role: str
    number: int
    site: str
    address: str
    system: System
    mounts: Sequence[Mount]
    cores: int
    gib: int
    hardware: bool
    ports: Sequence[tuple[int, str]]

    @property
    def zone(self) -> str:
        """Its time zone; what stands at the edge, and the tools, keep UTC."""
        return "Etc/UTC" if self.role in ("edge", "ops") else SITES[self.site]

    @property
    def virtual(self) -> str:
        """What systemd-detect-virt says."""
        return "none" if self.hardware else "kvm"


ROLES = {
    "web": Role(
        14, (systems.DEBIAN_13, systems.UBUNTU_24, systems.DEBIAN_13_JOURNAL, systems.UBUNTU_22),
        (("/", 40, 34), ("/var", 60, 41), ("/var/log", 100, 38), ("/srv/www", 200, 52)), 4, 16,
        ports=((80, "nginx"), (443, "nginx")),
    ),
    "app": Role(
        14, (systems.UBUNTU_22, systems.ROCKY_9, systems.UBUNTU_24, systems.DEBIAN_13),
        (("/", 40, 37), ("/var", 80, 44), ("/srv/app", 200, 46), ("/srv/spool", 200, 28)), 8, 32,
        ports=((8080, "java"), (8081, "java")),
    ),
    "db": Role(
        8, (systems.ROCKY_9, systems.UBUNTU_22, systems.ALMA_8),
        (("/", 40, 29), ("/var", 500, 35), ("/var/lib/postgresql", 2048, 48),
         ("/srv/wal", 400, 22)),
        16, 128, hardware=True, ports=((5432, "postgres"),),
    ),
    "cache": Role(
        6, (systems.UBUNTU_24, systems.DEBIAN_13), (("/", 40, 24), ("/var", 100, 19)), 4, 64,
        ports=((6379, "redis-server"),),
    ),
    "storage": Role(
        6, (systems.SLES_15, systems.ROCKY_9),
        (("/", 40, 27), ("/srv/backup", 20480, 61), ("/srv/media", 20480, 55),
         ("/srv/archive", 30720, 66)), 8, 64, hardware=True, ports=((2049, "nfsd"),),
    ),
    "edge": Role(
        7, (systems.ALPINE_22, systems.DEBIAN_13, systems.ALPINE_23),
        (("/", 20, 33), ("/var", 60, 26)), 2, 4, ports=((443, "haproxy"), (8404, "haproxy")),
    ),
    "ops": Role(
        5, (systems.DEBIAN_13, systems.UBUNTU_24),
        (("/", 40, 36), ("/var", 400, 47), ("/srv/metrics", 1024, 50)), 8, 32,
        ports=((3000, "grafana"), (9090, "prometheus")),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody who logs in: on servers of these roles, from this address, always.

    shift: by how many hours their day begins later than in Amsterdam.
    """

    user: str
    uid: int
    source: str
    roles: Sequence[str]
    shift: int = 0


PEOPLE = (
    Person("j.visser", 2001, "10.20.4.31", ("web", "app", "cache")),
    Person("a.bakker", 2002, "10.20.4.17", ("db", "storage")),
    Person("s.okafor", 2003, "10.21.4.12", ("app", "ops", "edge")),
    Person("l.schmidt", 2004, "10.21.4.22", ("db", "app")),
    Person("r.nakamura", 2005, "10.23.4.8", ("web", "edge"), -7),
    Person("p.oconnor", 2006, "10.22.4.40", ("storage", "ops"), 6),
)
GONE = Person("m.dejong", 2007, "10.20.4.55", ("ops",))
AUTOMATION = Person("ansible", 990, "10.30.0.5", tuple(ROLES))
DEPLOY = Person("deploy", 991, "10.30.0.9", ("web", "app"))
BACKUP = Person("backup", 34, "10.30.7.9", ("db", "storage", "app"))
UIDS = {p.user: p.uid for p in (*PEOPLE, GONE, AUTOMATION, DEPLOY, BACKUP)} | {"root": 0}


def servers(count: int) -> list[Server]:
    """Return so many servers, shared out over the roles, one of each at least."""
    return [
        server(role, number)
        for role, size in _sizes(count).items()
        for number in range(1, size + 1)
    ]


def _sizes(count: int) -> dict[str, int]:
    sizes = dict.fromkeys(ROLES, 1)
    while sum(sizes.values()) < count:
        wants = {role: count * ROLES[role].share / 60 - size for role, size in sizes.items()}
        sizes[max(wants, key=lambda role: wants[role])] += 1
    return sizes


def server(role: str, number: int) -> Server:
    """Return the nth server of a role."""
    kind = ROLES[role]
    system = kind.systems[(number - 1) % len(kind.systems)]
    site = WHERE[(number - 1) % len(WHERE)]
    third = 1 + list(ROLES).index(role)
    net = f"10.{20 + list(SITES).index(site)}.{third + 10 * (number // 250)}"
    address = (
        f"192.0.2.{number}" if role == "edge" and number < 250 else f"{net}.{number % 250 + 1}"
    )
    return Server(
        name=f"{role}{number:02d}",
        role=role,
        number=number,
        site=site,
        address=address,
        system=system,
        mounts=tuple(_mounts(kind, system, role, number)),
        cores=kind.cores,
        gib=kind.gib,
        hardware=kind.hardware,
        ports=kind.ports,
    )


def _mounts(kind: Role, system: System, role: str, number: int) -> list[Mount]:
    dice = Random(f"mounts {role} {number}")  # noqa: S311 - of a made-up fleet
    xfs = system.packages in ("dnf", "zypper")
    volume = "/dev/mapper/" + {"dnf": "rl-", "zypper": "system-"}.get(system.packages, "vg0-")
    found = []
    for at, gib, usage in kind.mounts:
        fs = "xfs" if xfs or gib > 10000 else "ext4"
        name = at.strip("/").replace("/", "--") or "root"
        near, nodes = usage + dice.randint(-9, 9), 3 + dice.randint(0, 12)
        found.append(Mount(at, f"{volume}{name}", fs, gib, near, nodes))
    found.insert(1, Mount("/boot", "/dev/sda2", "xfs" if xfs else "ext4", 1, 25, 1))
    return found
