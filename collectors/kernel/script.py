"""What runs on the server for `kernel`: the journal, or else the logs, or else the ring buffer.

Alike lines of an hour, figures apart, are folded there: `37 LINE` is the first of 37. Above
MOST different ones the rest is only counted (`lost N`).
"""

from __future__ import annotations

import shlex

from collectors import rights
from collectors import text as probe
from collectors.base import Ask
from collectors.kernel.kinds import WANTED

MOST = 400
LONGEST = 4000

# mode: journal lines are "microseconds priority message", ring lines "<level>[seconds] message".
FOLD = r"""
function hour(s) {
  if (mode == "journal") return int($1 / 3600000000) " " $2
  if (mode == "ring") { match(s, /[0-9]+\./); return int(substr(s, RSTART) / 3600) }
  return s ~ /^(<[0-9]+>)?[12][0-9][0-9][0-9]-/ ? substr(s, 1, 13) : substr(s, 1, 9)
}
{
  line = substr($0, 1, LONGEST); key = line
  if (mode == "journal") sub(/^[0-9]+ [0-9] /, "", key)
  gsub(/0x[0-9a-f]+|[0-9]+/, "#", key)
  key = hour(line) " " key
  if (!(key in count)) {
    if (kinds >= MOST) { lost++; next }
    first[++kinds] = line; name[kinds] = key
  }
  count[key]++
}
END { for (i = 1; i <= kinds; i++) print count[name[i]], first[i]; if (lost) print "lost " lost }
""".replace("MOST", str(MOST)).replace("LONGEST", str(LONGEST))

# With and without blanks about the colon: systemd 219 prints them. A message may be an array.
SHAPE = r"""
function field(name, form, n) {
  if (!match($0, "\"" name "\" ?: ?" form)) return ""
  n = substr($0, RSTART, RLENGTH); sub("^\"" name "\" ?: ?", "", n); return n
}
{
  at = field("__REALTIME_TIMESTAMP", "\"[0-9]+\""); level = field("PRIORITY", "\"[0-7]\"")
  gsub(/"/, "", at); gsub(/"/, "", level)
  message = field("MESSAGE", "\"([^\"\\\\]|\\\\.)*\"")
  if (message == "") message = field("MESSAGE", "\\[[0-9, ]*\\]")
  if (at != "" && message != "") print at, (level == "" ? 6 : level), message
}
"""

_SHELL = r"""
have() { command -v "$1" >/dev/null 2>&1; }
fold() { awk -v mode="$1" "$FOLD"; }
# Facility 0 is the kernel; what programs write to /dev/kmsg (systemd does) has another.
journal() {
  set -- --since "@$F" --until "@$T" _TRANSPORT=kernel SYSLOG_FACILITY=0 "$@"
  within 8 journalctl -q --no-pager -o json "$@"
  r=$?; [ "$r" = 0 ] || printf '!%s\n' "$r" >&3
}
errors() { journal PRIORITY=0 PRIORITY=1 PRIORITY=2 PRIORITY=3 | awk "$SHAPE" | fold journal; } 3>&1
others() {
  journal PRIORITY=4 PRIORITY=5 PRIORITY=6 | grep -aE "$W" | awk "$SHAPE" | fold journal
} 3>&1
oldest() {
  within 5 journalctl -q --no-pager -o short-unix _TRANSPORT=kernel 2>/dev/null |
    head -n 1 | cut -d' ' -f1
}
mtime() { stat -c %Y "$1" 2>/dev/null || date -r "$1" +%s; }
logs() {
  set +f
  for f in "$@"; do
    [ -f "$f" ] && m=$(mtime "$f") && [ "$m" -ge "$F" ] || continue
    [ -r "$f" ] || { printf '@denied %s\n' "$f"; continue; }
    case $f in *.gz) t='gzip -dc' ;; *.xz) t='xz -dc' ;; *.zst) t='zstd -dcq' ;; *) t=cat ;; esac
    printf '@file %s %s\n' "$m" "$f"
    $t <"$f" | head -n 1 | cut -c1-300 | sed 's/^/^/'
    $t <"$f" | grep -aE ' kernel( -|:) ' | grep -aE "$W" | tr -d '\000' | fold log
  done
}
ring() { dmesg -r | grep -aE "^<[0-3]>|^<[4-6]>.*($W)" | fold ring; }
span() { dmesg -r 2>/dev/null | head -n 1 | cut -c1-60; }
say system uname -s
RIGHTSold=
if have journalctl; then
  say hint sh -c 'journalctl -n 1 -o cat --no-pager 2>&1 >/dev/null | head -n 4'
  old=$(oldest)
  [ "$old" ] && { say oldest echo "$old"; say errors errors; say others others; }
fi
# A journal that is kept in memory alone begins with the machine's start, and the logs before it.
if [ -z "$old" ] || [ "${old%%.*}" -gt "$F" ]; then
  say zone sh -c 'readlink /etc/localtime | sed -n "s|.*/zoneinfo/||p"'
  say offset date +%z
  l=$(logs /var/log/kern.log* 2>&1); [ "$l" ] || l=$(logs /var/log/messages* 2>&1)
  [ "$l" ] || l=$(logs /var/log/syslog* 2>&1)
  [ "$l" ] && say logs printf '%s\n' "$l"
  if [ -z "$old" ] && have dmesg; then
    say boot grep '^btime ' /proc/stat
    say ring ring
    say span span
  fi
fi
say done echo
"""


def script(ask: Ask) -> str:
    """Return the POSIX sh script that prints what `parse` reads."""
    settings = {
        "F": str(int(ask.from_at.timestamp())),
        "T": str(int(ask.to_at.timestamp())),
        "W": WANTED,
        "FOLD": FOLD,
        "SHAPE": SHAPE,
    }
    lines = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
    return "\n".join([probe.PRELUDE, *lines, _SHELL.replace("RIGHTS", rights.SCRIPT)])
