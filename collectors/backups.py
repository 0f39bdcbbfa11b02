"""Are there backups, of late, and as big as they should be? By the age and size of files.

    now|1795564800                                    date +%s
    set1|{"name": "db", "path": "/srv/backup/db-*.dump", "max_age_hours": 26, …}
    out1|newest 1795523405 48213377                   mtime and bytes, by stat
    out1|name /srv/backup/db-20261124.dump            a line break in it as \n
    out1|files 14 674980412                           how many, and bytes in all
    out1|=0
    end1|0 0 10                                       see `apart`

One row a set of the settings. Its path is a glob; of directories all that lies below counts.
Ages are by the server's own clock. What is not looked at in time, may not be read or is
dated in the future is `unknown` with its cause, and the outcome is partial: never `ok`.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from collectors import apart, globs
from collectors import text as probe
from collectors.base import (
    FIRST_YEAR,
    LAST_YEAR,
    NUMBER,
    TEXT,
    TIME,
    WHOLE,
    Ask,
    Column,
    Parsed,
    Row,
)
from collectors.config import Strict
from collectors.errors import NotApplicable, ParseError

NAME = "backups"
SECONDS = 35
BUDGET, LIMIT = 30, 10
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("name", TEXT, "", "its name in the settings"),
    Column("path", TEXT, "", "where it lies, as in the settings"),
    Column("state", TEXT, "", "ok, too_old, too_small, too_few, missing or unknown"),
    Column("newest_path", TEXT, "", "the file that was changed last"),
    Column("newest_at", TIME, "UTC", "when that was"),
    Column("age_seconds", WHOLE, "s", "how long ago, by the server's own clock"),
    Column("size_bytes", WHOLE, "B", "the size of that file"),
    Column("files", WHOLE, "", "how many files there are"),
    Column("total_bytes", WHOLE, "B", "the size of all of them"),
    Column("max_age_hours", NUMBER, "h", "older is too_old"),
    Column("min_bytes", WHOLE, "B", "a smaller newest file is too_small"),
    Column("min_files", WHOLE, "", "fewer are too_few"),
    Column("cause", TEXT, "", "why its state is not known"),
)


class Set(Strict):
    """path: a glob from the root on, for files or for directories of them."""

    path: Annotated[str, Field(max_length=1000), AfterValidator(globs.absolute)]
    max_age_hours: float = Field(26, gt=0, le=1_000_000)
    min_bytes: int = Field(1, ge=0, le=2**62)
    min_files: int = Field(1, ge=1, le=2**62)


class OPTIONS(Strict):
    """sets: what is to be there, by name."""

    sets: dict[Annotated[str, StringConstraints(min_length=1, max_length=100)], Set] = {}


# "/./" stands in front of each file's path and can stand nowhere within one: so no name can
# begin a record. $1: the glob; then the directories on the way.
LOOK = (
    globs.SCRIPT
    + r"""
exec 5>&1; path=$1; shift
for p; do gone_through "$p"; done
set -- /.$path
[ -e "$1" ] || [ -L "$1" ] || { echo 'files 0 0'; exit; }
look() {
  o=-c f='%Y %s %n'
  stat -c %Y / >/dev/null 2>&1 || o=-f f='%m %z %N'
  find -H "$@" -name lost+found -prune -o -type f -exec stat -L "$o" "$f" {} +
}
{ look "$@" 2>&1 >&4 4>&- 5>&- | sed -n '/No such file/d; s/^/error /p' | sed -n 1,3p >&5; } 4>&1 |
  awk '
    /^-?[0-9]+ [0-9]+ \/\.\// {
      n++; sum += $2; taken = n == 1 || $1 + 0 > newest + 0
      if (taken) { newest = $1; size = $2; name = substr($0, index($0, "/./") + 2) }
      next
    }
    taken && length(name) < 2000 { name = name "\\n" $0 }
    END {
      if (n) printf "newest %s %s\nname %s\n", newest, size, substr(name, 1, 2000)
      printf "files %d %.0f\n", n, sum
    }'
"""
)
AHEAD_SECONDS = 3600
FOUND = re.compile(r"newest (-?\d{1,15}) (\d{1,18})|files (\d{1,15}) (\d{1,18})|name (/.*)")


def script(ask: Ask) -> str:
    """Return the script. What is asked for is printed first."""
    asked, calls = [], []
    for n, (name, given) in enumerate((ask.options.get("sets") or {}).items(), start=1):
        one = Set(**given)
        words = json.dumps({"name": name, **one.model_dump()})
        asked.append(f"printf '%s\\n' {shlex.quote(f'set{n}|{words}')}")
        arguments = " ".join(shlex.quote(word) for word in (one.path, *globs.way(one.path)))
        calls.append(f'apart {n} {LIMIT} 7000 "$look" {arguments}')
    parts = [probe.PRELUDE, apart.script(BUDGET), "say now date +%s", *asked]
    return "\n".join([*parts, f"look={shlex.quote(LOOK)}", *calls, ":", ""])


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row a set.

    Raises NotApplicable when no backup is named in the settings, ParseError for output that
    is not the script's.
    """
    del ask
    found = probe.sections(text)
    clock = found.value("now")
    if not re.fullmatch(r"\d{1,11}", clock):
        raise ParseError("the server's clock is not understood", clock)
    asked = [name for name in found if re.fullmatch(r"set\d+", name)]
    if not asked:
        raise NotApplicable("no backup is named in the settings")
    rows = [
        _row(found[name].first, apart.answer(found, int(name[3:])), int(clock)) for name in asked
    ]
    lost: dict[str, list[str]] = {}
    for row in rows:
        if row["cause"]:
            lost.setdefault(row["cause"], []).append(row["name"])
    return Parsed(rows, "; ".join(f"{', '.join(names)}: {why}" for why, names in lost.items()))


def _row(line: str, said: apart.Answer, now: int) -> Row:
    try:
        words = json.loads(line)
        name, bounds = str(words.pop("name")), Set(**words)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, ValidationError):
        raise ParseError("the name of a backup is not understood", line) from None
    row = Row(name=name, **bounds.model_dump())
    causes = [said.cause] if said.cause else []
    for one in said.lines:
        if matched := FOUND.fullmatch(one):
            row.update(_figures(matched, now))
        elif one.strip():
            causes.append(_why(one))
    if not causes and said.status:
        causes.append(f"looking for it ended with {said.status}")
    if not causes and row.get("files") is None:
        raise ParseError("nothing is said of a backup", "\n".join(said.lines))
    if row.get("files") and not causes and row.get("age_seconds") is None:
        causes.append(f"its newest file is dated outside of {FIRST_YEAR} to {LAST_YEAR}")
    if not causes and (row.get("age_seconds") or 0) < -AHEAD_SECONDS:
        causes.append("its newest file is dated in the future")
    if causes and not row.get("files"):  # none were seen: that says nothing
        row |= {"files": None, "total_bytes": None}
    row["cause"] = causes[0] if causes else None
    row["state"] = "unknown" if causes else _state(row, bounds)
    return row


def _why(line: str) -> str:
    if line.startswith("denied "):
        return f"{line[7:300]} {globs.RIGHT}"
    line = line.removeprefix("error ").replace("/./", "/")[:300]
    if "Argument list too long" in line:
        return "more files than find can be told of: name their directory"
    if named := re.search(r"[‘'\"]?(/.*?)['’\"]?: Permission denied", line):
        return f"{named[1]} {globs.RIGHT}"
    return line


def _figures(matched: re.Match[str], now: int) -> Mapping[str, Any]:
    if matched[5]:
        return {"newest_path": matched[5]}
    if matched[3]:
        return {"files": int(matched[3]), "total_bytes": int(matched[4])}
    seconds = int(matched[1])
    known = 0 <= seconds < datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp()
    return {
        "size_bytes": int(matched[2]),
        "newest_at": datetime.fromtimestamp(seconds, UTC) if known else None,
        "age_seconds": now - seconds if known else None,
    }


def _state(row: Row, bounds: Set) -> str:
    if not row["files"]:
        return "missing"
    if row["age_seconds"] > bounds.max_age_hours * 3600:
        return "too_old"
    if row["size_bytes"] < bounds.min_bytes:
        return "too_small"
    return "too_few" if row["files"] < bounds.min_files else "ok"
