"""users, groups, sudoers and keys: the local files about who may come, and become whom."""

from __future__ import annotations

from functools import cache

from report.demo import logins
from report.demo.organisation import AUTOMATION, BACKUP, DEPLOY, Server
from report.demo.visit import Visit, section

SYSTEM = {
    "root": 0, "daemon": 1, "bin": 2, "sys": 3, "mail": 8, "www-data": 33, "sshd": 102,
    "nobody": 65534,
}  # fmt: skip
MACHINES = (AUTOMATION, DEPLOY, BACKUP)
LIMITS = ("UID_MIN 1000", "UID_MAX 60000", "GID_MIN 1000", "GID_MAX 60000")
ADMINS = {"apt": "sudo"}
UNREAD = 13


def uids(server: Server) -> dict[str, int]:
    """Return the local users of a server by name, with their ids."""
    return _uids(server.role, server.number)


@cache
def _uids(role: str, number: int) -> dict[str, int]:
    people = logins.people(role, number)
    return SYSTEM | {one.user: one.uid for one in (*MACHINES, *people)}


def users(visit: Visit) -> str:
    """Return what the probe of `users` prints."""
    known = dict(uids(visit.server))
    added = visit.story.state(visit.server.name, "user", visit.day)
    lines = [_passwd(name, uid) for name, uid in known.items()]
    shadow = [f"{name}:{_password(name)}:20454:" for name in known]
    if added:
        lines.append(f"{added}:x:0:0::/home/{added}:/bin/bash")
        shadow.append(f"{added}:set:20780:")
    return _head(visit) + section("passwd", lines) + (
        section("shadow", shadow) if visit.root else ""
    ) + section("sources", "files systemd")  # fmt: skip


def _head(visit: Visit) -> str:
    ids = section("id", "0" if visit.root else "990")
    return section("kernel", "Linux") + ids + section("limits", LIMITS)


def _passwd(name: str, uid: int) -> str:
    person = uid == 0 or uid in (AUTOMATION.uid, DEPLOY.uid) or 1000 <= uid < 60000
    home = "/root" if uid == 0 else f"/home/{name}"
    shell = "/bin/bash" if person else "/bin/sh" if name == "backup" else "/usr/sbin/nologin"
    return f"{name}:x:{uid}:{uid}::{home}:{shell}"


def _password(name: str) -> str:
    return "set" if name in ("root", "deploy") or "." in name else "locked"


def groups(visit: Visit) -> str:
    """Return what the probe of `groups` prints."""
    known = uids(visit.server)
    admins = [name for name in known if "." in name]
    added = visit.story.state(visit.server.name, "user", visit.day)
    admins += [added] if added else []
    admin = ADMINS.get(visit.server.system.packages, "wheel")
    lines = [f"{name}:{uid}:" for name, uid in known.items()]
    lines += [f"adm:4:{name}" for name in ("", "ansible")]
    lines += [f"{admin}:27:{name}" for name in ("", *admins)]
    primary = [f"{name}:{uid}" for name, uid in known.items()]
    primary += [f"{added}:0"] if added else []
    return _head(visit) + section("group", lines) + section("passwd", primary) + section(
        "sources", "files systemd"
    )  # fmt: skip


def sudoers(visit: Visit) -> str:
    """Return what the probe of `sudoers` prints."""
    admin = ADMINS.get(visit.server.system.packages, "wheel")
    files = {
        "/etc/sudoers": [
            "Defaults\tenv_reset", "Defaults\tuse_pty",
            'Defaults\tsecure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"',
            "root\tALL=(ALL:ALL) ALL", f"%{admin}\tALL=(ALL:ALL) ALL", "@includedir /etc/sudoers.d",
        ],
        "/etc/sudoers.d/ansible": ["ansible ALL=(root) NOPASSWD: ALL"],
        "/etc/sudoers.d/deploy": ["deploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart *"],
    }  # fmt: skip
    if rule := visit.story.state(visit.server.name, "sudoers", visit.day):
        files["/etc/sudoers.d/90-local"] = [rule]
    if not visit.root:  # the folder is closed, too
        files = {"/etc/sudoers": []}
    said = ""
    for number, (path, lines) in enumerate(files.items(), 1):
        said += section(f"file{number}", path)
        said += section(f"text{number}", lines, 0 if visit.root else UNREAD)
    return said + section("sources", "files") + section("id", "0" if visit.root else "990")


def keys(visit: Visit) -> str:
    """Return what the probe of `keys` prints."""
    server = visit.server
    known = uids(server)
    if not visit.root:
        return section("looked", f"{len(known)} {len(known)} 0 0")
    owners = [name for name in known if "." in name or name in ("ansible", "deploy", "backup")]
    files, lines = [], []
    for number, name in enumerate(owners, 1):
        files.append(f"{number}:{name}:/home/{name}/.ssh/authorized_keys")
        lines.append(f"{number}:1:{logins.public_key(name)} {name}@{_machine(name)}")
    added = visit.story.state(server.name, "key", visit.day)
    if added and added in owners:
        number = owners.index(added) + 1
        lines.append(f"{number}:2:{logins.public_key(f'{added} stolen')} root@kali")
    return section("file", files) + section("key", lines) + section("looked", f"{len(known)} 0 0 0")


def _machine(name: str) -> str:
    return "laptop" if "." in name else "ops01"
