"""Who logs in on a day: the everyday of people and machines, in its weekly and monthly rhythm.

Everybody comes to the servers that are theirs from one address, in their working hours, and
has been everywhere within the first days: what is new later was planted.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from report.demo.organisation import (
    AUTOMATION,
    BACKUP,
    DEPLOY,
    GONE,
    PEOPLE,
    Person,
    Server,
)
from report.demo.story import Story, at

KNOWN_AFTER = 4  # days
NOISE_USERS = (
    "admin", "test", "ubuntu", "oracle", "postgres", "git", "user", "ftpuser", "pi", "guest",
)  # fmt: skip
SUDO = ("/usr/bin/systemctl reload {0}", "/usr/bin/journalctl -u {0} -n 200", "/usr/bin/ss -tlnp")


@dataclass(frozen=True)
class Event:
    """One connection to sshd: when, who, from where, and how it ended.

    method: what was tried last. tries: how often. minutes: how long the session lasted.
    exists: whether there is such a user. sudo: what was run as root in it.
    """

    at: datetime
    accepted: bool
    user: str
    source: str
    port: int
    method: str = "publickey"
    tries: int = 1
    minutes: float = 1.0
    exists: bool = True
    sudo: str = ""


def _blob(user: str) -> bytes:
    kind, point = b"ssh-ed25519", hashlib.sha256(f"key of {user}".encode()).digest()
    return b"".join(len(part).to_bytes(4, "big") + part for part in (kind, point))


@cache
def public_key(user: str) -> str:
    """Return a user's public key, as authorized_keys has it (of no private key whatsoever)."""
    return f"ssh-ed25519 {b64encode(_blob(user)).decode()}"


@cache
def fingerprint(user: str) -> str:
    """Return the fingerprint of a user's key."""
    return b64encode(hashlib.sha256(_blob(user)).digest()).decode().rstrip("=")


def people(role: str, number: int) -> list[Person]:
    """Return those who come to a server: about every second one of their roles is theirs."""
    found = [p for p in PEOPLE if role in p.roles and (number + p.uid) % 2 == 0]
    return [*found, GONE] if role in GONE.roles else found


def events(story: Story, server: Server, from_at: datetime, to_at: datetime) -> list[Event]:
    """Return all that happened at a server's sshd within a period, in order."""
    found = list(story.logins.get((server.name, to_at.date()), ()))
    for day in sorted({from_at.date(), to_at.date()}):
        found += _everyday(story, server, day)
    inside = [event for event in found if from_at <= event.at < to_at]
    return sorted(inside, key=lambda event: (event.at, event.port))


def _everyday(story: Story, server: Server, day: date) -> list[Event]:
    dice = Random(f"{story.seed} logins {server.name} {day}")  # noqa: S311 - of a made-up fleet
    young = (day - max(story.first, story.added.get(server.name, day))).days < KNOWN_AFTER
    work = day.weekday() < 5
    found = []
    for person in people(server.role, server.number):
        if person is not GONE and (young or dice.random() < (0.55 if work else 0.04)):
            found.append(_working(person, server, day, dice))
    if GONE.roles == (server.role,) and day < story.first + timedelta(days=5):
        found.append(_working(GONE, server, day, dice))
    found += _machines(server, day, dice, young)
    if server.role == "edge":
        found += _noise(day, dice, 26 if work else 34)
    return found


def _port(dice: Random) -> int:
    return dice.randint(32768, 60999)


def _working(person: Person, server: Server, day: date, dice: Random) -> Event:
    hour = (7 + person.shift + dice.randint(0, 8)) % 24
    command = dice.choice(SUDO).format(server.ports[0][1]) if dice.random() < 0.4 else ""
    return Event(
        at(day, hour, dice.randint(0, 59), dice.randint(0, 59)), True, person.user, person.source,
        _port(dice), minutes=dice.uniform(2, 70), sudo=command,
    )  # fmt: skip


def _machines(server: Server, day: date, dice: Random, young: bool) -> list[Event]:
    """Return the runs of automation, twice a day, of deployments and of backups."""
    found = []
    for hour in (6, 18):
        when = at(day, hour, 5) + timedelta(seconds=7 * server.number + dice.randint(0, 5))
        found.append(
            Event(when, True, AUTOMATION.user, AUTOMATION.source, _port(dice), minutes=1.5,
                  sudo="/usr/bin/python3 /home/ansible/.ansible/tmp/setup.py")
        )  # fmt: skip
    deploys = {1: 0.8, 3: 0.8}.get(day.weekday(), 0.1)
    if server.role in DEPLOY.roles and (young or dice.random() < deploys):
        when = at(day, 13, dice.randint(0, 40), dice.randint(0, 59))
        found.append(Event(when, True, DEPLOY.user, DEPLOY.source, _port(dice), minutes=3,
                           sudo=f"/usr/bin/systemctl restart {server.ports[0][1]}"))  # fmt: skip
    if server.role in BACKUP.roles:
        # Full copies at the beginning of a month and on Sundays take longer, in more sessions.
        for number in range(4 if day.day == 1 else 2 if day.weekday() == 6 else 1):
            when = at(day, 0, 15 + 9 * number, dice.randint(0, 59))
            found.append(Event(when, True, BACKUP.user, BACKUP.source, _port(dice), minutes=8))
    return found


def _noise(day: date, dice: Random, often: int) -> list[Event]:
    """Return what the Internet tries at any open port."""
    return [
        failed(
            at(day, dice.randint(0, 23), dice.randint(0, 59), dice.randint(0, 59)),
            dice, f"198.51.100.{dice.randint(100, 250)}",
        )
        for _ in range(dice.randint(often // 2, often))
    ]  # fmt: skip


def failed(when: datetime, dice: Random, source: str, root: float = 0.4) -> Event:
    """Return an attempt that failed, as root or as some user who does not exist."""
    as_root = dice.random() < root
    user = "root" if as_root else dice.choice(NOISE_USERS)
    return Event(when, False, user, source, _port(dice), "password", 1, 0.05, as_root)
