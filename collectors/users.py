"""The local users: of /etc/passwd, with what /etc/shadow says of their passwords.

    kernel|Linux
    id|0                                                  id -u
    limits|UID_MIN 1000                                   /etc/login.defs
    sources|files sss                                     nsswitch.conf
    passwd|ops:x:1000:1000:Olga Peters:/home/ops:/bin/bash
    shadow|ops:set:19700:                                 state, days of last change and expiry
    master|ops:set:1767225600                             BSD: state, expiry in seconds

One row a line of /etc/passwd, a name that stands twice too; users of a directory are not
asked for (it may hold a hundred thousand). Of a password its state alone leaves the server.
The formats are those of shadow-utils (passwd(5), shadow(5)) and of FreeBSD's master.passwd.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from collectors import accounts
from collectors import text as probe
from collectors.base import FLAG, LAST_YEAR, TEXT, TIME, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import ParseError

NAME = "users"
SECONDS = 10
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("name", TEXT, "", "the user's name"),
    Column("uid", WHOLE, "", "user id; 0 is root, under whatever name"),
    Column("gid", WHOLE, "", "id of the primary group"),
    Column("system", FLAG, "", "whether the uid is none of a person's, by /etc/login.defs"),
    Column("comment", TEXT, "", "the person's name and more (GECOS)"),
    Column("home", TEXT, "", "home directory"),
    Column("shell", TEXT, "", "login shell; empty is /bin/sh"),
    Column("may_log_in", FLAG, "", "whether the shell is a shell, and the account not expired"),
    Column("password", TEXT, "", "set, locked (none fits; keys may), empty; NA when not known"),
    Column("password_changed_at", TIME, "UTC", "day of its last change; NA when not known"),
    Column(
        "expires_at", TIME, "UTC", "day on which the account expires; NA when never or not known"
    ),
)

# Passwords: the first characters tell, and nothing of them is printed.
SCRIPT = r"""
STATE='function state(word) {
  if (word == "") return "empty"
  if (word ~ /^[!*]/ || word == "NP") return "locked"
  return "set" }'
passwd() {
  lines /etc/passwd 7 '{ print substr($1, 1, 100) ":" ($2 == "x" ? "x" : state($2)) ":" \
    substr($3, 1, 12) ":" substr($4, 1, 12) ":" substr($5, 1, 300) ":" substr($6, 1, 1000) ":" \
    substr($7, 1, 500) }'"$STATE"
}
shadow() { lines /etc/shadow 8 '{ print $1 ":" state($2) ":" $3 ":" $8 }'"$STATE"; }
master() { lines /etc/master.passwd 10 '{ print $1 ":" state($2) ":" $7 }'"$STATE"; }
say passwd passwd
if [ -r /etc/shadow ]; then say shadow shadow; fi
if [ -r /etc/master.passwd ]; then say master master; fi
[ -r /etc/nsswitch.conf ] && say sources sources passwd; :
"""

NO_SHELLS = {"nologin", "false", "true", "sync", "halt", "shutdown", "poweroff", "reboot"}
STATES = {"set", "locked", "empty"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEEDS_ROOT = "without root, it is not known whether passwords are set and when accounts expire"


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + accounts.SCRIPT + SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row a local user; lines that are not understood are named and make it partial.

    Raises ParseError when there is no user, and what `accounts.lines` raises.
    """
    found = probe.sections(text)
    read = accounts.lines(found, "passwd", 7, "/etc/passwd")
    if not read.records:
        raise ParseError("no user in /etc/passwd", read.cause)
    people = accounts.limits(found, "UID")
    secrets, cause = _secrets(found)
    linux = found.value("kernel") == "Linux"
    rows = []
    for name, password, uid, gid, comment, home, shell in read.records:
        number = accounts.number(uid)
        row = Row(
            name=name,
            uid=number,
            gid=accounts.number(gid),
            system=None if number is None else number not in people,
            comment=comment,
            home=home,
            shell=shell,
            # Elsewhere than on Linux this field says nothing: `*` stands for a shadow, too.
            password=password if linux and password in STATES else None,
        )
        row.update(secrets.get(name, {}))
        row["may_log_in"] = shell.rpartition("/")[2] not in NO_SHELLS and not _expired(row, ask)
        rows.append(row)
    notes = [accounts.elsewhere(found, read.nis, "users")]
    if any(row["password"] is None for row in rows):
        notes.append(NEEDS_ROOT if found.value("id") != "0" else "of some no password is on record")
    causes = (read.cause, cause)
    return Parsed(rows, "; ".join(filter(None, causes)), "; ".join(filter(None, notes)))


def _secrets(found: probe.Sections) -> tuple[dict[str, Row], str]:
    """Return what shadow says by user, in the names of the columns, and what it does not."""
    if "shadow" in found:
        read = accounts.lines(found, "shadow", 4, "/etc/shadow")
        return {
            name: Row(
                password=state,
                # 0 asks for a new one at the next login: when it was changed is not known.
                password_changed_at=_day(changed) if changed != "0" else None,
                expires_at=_day(expires),
            )
            for name, state, changed, expires in reversed(read.records)
        }, read.cause
    if "master" in found:
        read = accounts.lines(found, "master", 3, "/etc/master.passwd")
        return {
            name: Row(password=state, expires_at=_second(expires) if expires != "0" else None)
            for name, state, expires in reversed(read.records)
        }, read.cause
    return {}, ""


def _day(days: str) -> datetime | None:
    return _second(str(int(days) * 86400)) if re.fullmatch(r"\d{1,6}", days) else None


def _second(seconds: str) -> datetime | None:
    if not re.fullmatch(r"\d{1,11}", seconds):
        return None
    at = EPOCH + timedelta(seconds=int(seconds))
    return at if at.year < LAST_YEAR else None


def _expired(row: Row, ask: Ask) -> bool:
    expires = row.get("expires_at")
    return expires is not None and expires <= ask.to_at
