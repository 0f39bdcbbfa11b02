"""Which keys may log in as whom: the authorised keys of every local user.

    file|1:ops:/home/ops/.ssh/authorized_keys             number, user, path
    key|1:3:from="10.0.0.0/8",no-pty ssh-ed25519 AAAAC3… olga@laptop     number, line, key
    other|1:2                                             so many lines in it are no keys
    looked|12 3 0 0      users; of them: homes closed to us, no regular file, on a stuck mount

One row a key: in ~/.ssh/authorized_keys and authorized_keys2, where dropbear looks, and in
every file that AuthorizedKeysFile names anywhere in sshd's settings (`%h %u %U %%`, Match
blocks and includes too). The certificate authorities of TrustedUserCAKeys speak for any
user and stand under `*`. sshd(8), sshd_config(5), OpenSSH's sshkey.c and auth2-pubkeyfile.c.

Files in homes are their owners' to fake, and root may read them: only regular files are
read, at most so much of each, and only lines that hold a public key leave the server. So a
link to another file, which sshd would follow too, tells nothing else of it. What is no key
is counted. Automounts are not woken, and a mount that does not answer costs its own homes.
"""

from __future__ import annotations

from collectors import text as probe
from collectors.base import FLAG, TEXT, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import NoPermission, ParseError
from collectors.keys import lines
from collectors.keys.script import SCRIPT

NAME = "keys"
SECONDS = 20
PAST = False
MOST_BYTES = 8_000_000
COLUMNS: tuple[Column, ...] = (
    Column("user", TEXT, "", "who may log in with it; * for any user whom a certificate names"),
    Column("file", TEXT, "", "the file it stands in"),
    Column("line", WHOLE, "", "its line"),
    Column("type", TEXT, "", "ssh-ed25519, ssh-rsa …; ssh1 for those of protocol 1"),
    Column("bits", WHOLE, "", "its length; NA where the type has none that is known"),
    Column("fingerprint", TEXT, "", "SHA256:…, as in the logs; NA when it is no valid key"),
    Column("comment", TEXT, "", "what stands behind it"),
    Column("options", TEXT, "", "restrict, from=, command= …; empty when it may do all"),
    Column("cert_authority", FLAG, "", "whether it may sign certificates that log in"),
)

CLOSED = "only root may look into all homes: the keys of {} are not known"


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row a key, none when there is none; what could not be read makes it partial.

    Raises NoPermission when no home but closed ones were there, ParseError for output that
    is not the probe's.
    """
    del ask
    found = probe.sections(text)
    looked = found.value("looked").split()
    if len(looked) != 4 or not all(word.isdecimal() and len(word) < 10 for word in looked):
        raise ParseError("the probe of keys is incomplete", text)
    closed, odd, away = (int(word) for word in looked[1:])
    files: dict[str, tuple[str, str]] = {}
    for line in _all(found, "file"):
        number, name, path = _three(line)
        files[number] = (name, path)
    rows: list[Row] = []
    for line in _all(found, "key"):
        number, at, said = _three(line)
        if number not in files or not at.isdecimal() or len(at) > 9:
            raise ParseError("a key of no file", line)
        user, path = files[number]
        row = Row(user=user, file=path, line=int(at)) | lines.read(said)
        if user == "*":
            row["cert_authority"] = True
        rows.append(row)
    if closed and not rows:
        raise NoPermission(CLOSED.format(_users(closed)))
    causes = [
        CLOSED.format(_users(closed)) if closed else "",
        f"the homes of {_users(away)} lie on mounts that do not answer or are not mounted"
        if away
        else "",
        f"{len(_all(found, 'cut'))} files are too long to be read whole" if "cut" in found else "",
        f"{found.value('unread')} may be read by root alone: it may name more files"
        if "unread" in found
        else "",
    ]
    return Parsed(rows, "; ".join(filter(None, causes)), "; ".join(_notes(found, rows, odd)))


def _notes(found: probe.Sections, rows: list[Row], odd: int) -> list[str]:
    others = sum(int(count) for line in _all(found, "other")
                 if (count := line.partition(":")[2]).isdecimal() and len(count) < 10)  # fmt: skip
    invalid = sum(row.get("fingerprint") is None and row["type"] != "ssh1" for row in rows)
    notes = [f"{others} lines are no keys"] if others else []
    notes += [f"{invalid} keys are not valid"] if invalid else []
    notes += [f"{odd} are no regular files, which sshd refuses"] if odd else []
    if "command" in found:
        notes.append("keys that sshd's AuthorizedKeysCommand gives are not read")
    return notes


def _users(count: int) -> str:
    return "1 user" if count == 1 else f"{count:,} users"


def _all(found: probe.Sections, name: str) -> list[str]:
    return [line for line in found[name].lines if line] if name in found else []


def _three(line: str) -> tuple[str, str, str]:
    number, _, rest = line.partition(":")
    second, colon, third = rest.partition(":")
    if not colon:
        raise ParseError("not what the probe of keys prints", line)
    return number, second, third
