"""Who may become root, or somebody else: the rules of sudo, and those of doas.

    file1|/etc/sudoers
    text1|%sudo ALL=(ALL:ALL) ALL                         its lines, comments left empty
    text1|@includedir /etc/sudoers.d
    file2|/etc/sudoers.d/backup
    text2|backup ALL=(root) NOPASSWD: /usr/bin/rsync, \
    text2|       /usr/bin/borg
    file3|/etc/sudoers.d/secret
    text3|=13                                             it may not be read

One row a rule, or more where one line gives several rights (`rules`); aliases and Defaults
are rows of their own, for they change what the rules mean. Includes are followed as sudo
does, which passes over names in a folder that hold a dot or end with `~`. A line that is
not understood is a row with its text. sudoers(5), doas.conf(5).
"""

from __future__ import annotations

from itertools import count, takewhile

from collectors import accounts
from collectors import text as probe
from collectors.base import TEXT, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import NoPermission, NotApplicable, ParseError
from collectors.sudoers import doas, rules

NAME = "sudoers"
SECONDS = 10
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("file", TEXT, "", "the file it stands in"),
    Column("line", WHOLE, "", "the line it begins on"),
    Column("kind", TEXT, "", "rule, alias, defaults, or unknown for what is not understood"),
    Column("who", TEXT, "", "whom it allows: users, %groups, aliases; doas: a user or :group"),
    Column("hosts", TEXT, "", "on which hosts; doas knows none"),
    Column("run_as", TEXT, "", "as whom; root where the rule does not say"),
    Column("commands", TEXT, "", "what they may run"),
    Column("options", TEXT, "", "tags, options, or the settings of Defaults: NOPASSWD, persist …"),
    Column("text", TEXT, "", "the whole rule, without comments and with single blanks"),
)

SCRIPT = r"""
MOST_FILES=200
uncommented() {
  awk '/^[ \t]*#/ && !/^[ \t]*#(include|includedir)[ \t]/ && !/^[ \t]*#-?[0-9]/ { print ""; next }
    { print }' "$1"
}
unread() { return 13; }
missing() { return 14; }
tell() {
  files=$((files + 1)); say "file$files" printf '%s\n' "$1"
  if [ -f "$1" ] && [ -r "$1" ]; then say "text$files" uncommented "$1"
  elif [ -e "$1" ]; then say "text$files" unread
  else say "text$files" missing; fi
}
blank='[[:space:]]'
includes() {
  sed -n "s/^$blank*[#@]include\(d*i*r*\)$blank$blank*\"*\([^\"]*[^\"[:space:]]\).*/\1 \2/p" "$1" |
    sed "s/%h/$host/g; s/\\\\ / /g"
} 2>/dev/null
host=$(hostname 2>/dev/null || uname -n); host=${host%%.*}
files=0; seen='|'; newline='
'
set -f; set --
for main in /etc/sudoers /usr/etc/sudoers /usr/local/etc/sudoers /etc/sudoers-rs; do
  [ -e "$main" ] || continue
  case $main in /usr/etc/*) [ -e /etc/sudoers ] && continue ;; esac
  set -- "$@" "$main"
done
while [ $# -gt 0 ] && [ "$files" -lt "$MOST_FILES" ]; do
  file=$1; shift
  case $seen in *"|$file|"*) continue ;; esac
  seen="$seen$file|"; tell "$file"
  old=$IFS; IFS=$newline
  for line in $(includes "$file"); do
    path=${line#* }
    case $path in /*) ;; *) path=${file%/*}/$path ;; esac
    if [ "${line%% *}" ]; then
      [ -d "$path" ] || continue
      if [ ! -r "$path" ] || [ ! -x "$path" ]; then tell "$path"; continue; fi
      set +f
      for one in "$path"/*; do
        case ${one##*/} in *.* | *~) ;; *) [ -f "$one" ] && set -- "$@" "$one" ;; esac
      done
      set -f
    else set -- "$@" "$path"; fi
  done
  IFS=$old
done
[ $# -gt 0 ] && say more printf '%s\n' "$#"
set +f
for one in /etc/doas.conf /etc/doas.d/*.conf /usr/local/etc/doas.conf; do
  [ -e "$one" ] && tell "$one"
done
[ -r /etc/nsswitch.conf ] && say sources sed -n 's/^sudoers:[[:space:]]*//p' /etc/nsswitch.conf
say id id -u
"""

UNREAD, MISSING = 13, 14
NEEDS_ROOT = "may be read by root alone: without that right no rule is known"


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return the rows of all files; those that may not be read are named and make it partial.

    Raises NotApplicable where there is neither sudo's nor doas' file, NoPermission where
    none may be read, ParseError for output that is not the probe's.
    """
    del ask
    found = probe.sections(text)
    if "id" not in found:
        raise ParseError("the probe of sudoers is incomplete", text)
    rows: list[Row] = []
    unread: list[str] = []
    notes = [accounts.elsewhere(found, False, "rules")]
    numbers = list(takewhile(lambda n: f"file{n}" in found, count(1)))
    for number in numbers:
        path, read = found[f"file{number}"].first, found.get(f"text{number}")
        if read is None or not path:
            raise ParseError("the probe of sudoers is incomplete", text)
        if read.status == 0:
            reader = doas.rows if "/doas." in path else rules.rows
            rows += [Row(file=path, **row) for row in reader(read.lines)]
        elif read.status == UNREAD:
            unread.append(path)
        elif read.status == MISSING:
            notes.append(f"{path} is included, and is not there")
        else:
            raise ParseError(f"{path} could not be read", read.first)
    if not numbers:
        raise NotApplicable("neither sudo nor doas is set up here")
    if unread and not rows:
        raise NoPermission(f"{_named(unread)} {NEEDS_ROOT}")
    if odd := [f"{row['file']} line {row['line']}" for row in rows if row["kind"] == "unknown"]:
        notes.append(f"not understood, shown as text: {', '.join(odd[:5])}")
    causes = [f"{_named(unread)} may be read by root alone"] if unread else []
    if "more" in found:
        causes.append(f"{found.value('more')} files more are included than are read")
    return Parsed(rows, "; ".join(causes), "; ".join(filter(None, notes)))


def _named(paths: list[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more
