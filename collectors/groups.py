"""The local groups, and who is in them.

    kernel|Linux
    limits|GID_MIN 1000                                   /etc/login.defs
    sources|files sss                                     nsswitch.conf
    group|adm:4:                                          /etc/group: name, gid, and a line more
    group|adm:4:ops                                       for each member
    passwd|ops:1000                                       /etc/passwd: name and primary group

One row a group of /etc/group. Who has it as primary group stands apart, for /etc/group does
not list these: a user can be in `sudo` that way, too. A group's password is never printed.
"""

from __future__ import annotations

from collectors import accounts
from collectors import text as probe
from collectors.base import FLAG, TEXT, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import ParseError

NAME = "groups"
SECONDS = 10
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("name", TEXT, "", "the group's name"),
    Column("gid", WHOLE, "", "group id"),
    Column("system", FLAG, "", "whether the gid is none of a person's, by /etc/login.defs"),
    Column("members", TEXT, "", "who is listed in it, separated by commas; empty for nobody"),
    Column("primary_members", TEXT, "", "local users whose primary group it is, in the same way"),
)

SCRIPT = r"""
group() {
  lines /etc/group 3 '{
    head = substr($1, 1, 100) ":" substr($3, 1, 12) ":"; print head
    n = split($4, member, ",")
    for (i = 1; i <= n; i++) if (member[i] ~ /[^ \t]/) print head substr(member[i], 1, 100)
  }'
}
primary() { lines /etc/passwd 4 '{ print substr($1, 1, 100) ":" substr($4, 1, 12) }'; }
say group group
say passwd primary
[ -r /etc/nsswitch.conf ] && say sources sources group; :
"""


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + accounts.SCRIPT + SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row a local group; lines that are not understood make it partial.

    Raises ParseError when there is no group, and what `accounts.lines` raises.
    """
    del ask
    found = probe.sections(text)
    read = accounts.lines(found, "group", 3, "/etc/group")
    users = accounts.lines(found, "passwd", 2, "/etc/passwd")
    if not read.records:
        raise ParseError("no group in /etc/group", read.cause)
    members: dict[tuple[str, str], list[str]] = {}
    for name, gid, member in read.records:
        members.setdefault((name, gid), []).extend([member.strip()] if member else [])
    primary: dict[str, list[str]] = {}
    for user, gid in users.records:
        primary.setdefault(gid, []).append(user)
    people = accounts.limits(found, "GID")
    rows = []
    for (name, gid), listed in members.items():
        number = accounts.number(gid)
        row = Row(name=name, gid=number, system=None if number is None else number not in people)
        row["members"] = ", ".join(dict.fromkeys(listed))
        row["primary_members"] = ", ".join(primary.get(gid, []))
        rows.append(row)
    causes = (read.cause, users.cause)
    note = accounts.elsewhere(found, read.nis, "groups")
    return Parsed(rows, "; ".join(filter(None, causes)), note)
