"""What runs on the server: find the logs of the period, print their lines about logins.

Printed, every line with a mark that no log can put in front of its own:

    @logins 1                      the beginning
    @now 1795564800                the server's clock
    @zone Europe/Berlin            its time zone by name, "" if it has none
    @offset +0100                  and its offset when the period began
    @file 1 1795564801 /var/log/auth.log     a file that was opened: rank, mtime
    ^Nov 23 06:25:01 web01 …       its first lines, whatever they say
    |Nov 23 10:00:00 web01 sshd[812]: …      a line about logins
    *37 Nov 23 10:00:00 web01 …    one that stands for 37 alike
    ~                              here a new year began
    @end 0 412                     the reader's exit status, lines printed
    @denied PATH   @tool zstd PATH   @folded PATH
    @journal 1795000000.123        its oldest entry; then | lines of JSON, then @end
    @hint Hint: You are currently not seeing messages …
    @looked /var/log/secure …      what was looked for
    @done

Only POSIX sh, awk, grep, tr and head are needed; BusyBox is enough. Globs from the
settings are only ever expanded as file names.
"""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta

from collectors.base import Ask
from collectors.logins.awk import AWK

USUAL = (
    ("/var/log/secure", "/var/log/secure[.-]*", "/var/log/auth.log", "/var/log/auth.log[.-]*",
     "/var/log/authlog", "/var/log/authlog.*"),
    ("/var/log/messages", "/var/log/messages[.-]*", "/var/log/syslog", "/var/log/syslog[.-]*"),
)  # fmt: skip

FOLD_BYTES = 4_000_000
JOURNAL_BYTES = 16_000_000
# Below this a file goes through awk alone, which sees new years and repeated lines.
AWK_BYTES = 16_000_000
MOST_DAYS = 45

_SERVERS = "ftpd|webmin|usermin|xrdp-ses|screensharingd|vmware-authd|luci|p(ve|mg|roxm)|php"
_PROGRAMS = "su|su-l|login|doas|pkexec|openssh-server"
WANTED = (
    "sshd|dropbear|sudo|pam_|vsftpd|[fF]ailed|FAILED LOGIN|authentication failure"
    f"|({_SERVERS}).*([Ll]og(in|ged in)|LOGIN|AUTHFAIL|[Aa]uthenti|granted|ful auth|no such user)"
    f"|[^a-z]({_PROGRAMS})([(]pam_[a-z]*[)])?([[][0-9]*[]])?:"
    f'|^(<[0-9]+>)?1 .* ({_PROGRAMS}) ([0-9]+|-) |"({_PROGRAMS})"|LOGIN: Client| -- [^ ]*[[]'
)
# Anchored at the head, so that no user's name can hide a line.
UNWANTED = (
    "^([A-Z][a-z][a-z] +[0-9]+ [0-9:.]+|[0-9TZ:.+-]+) [^ ]+ "
    "(CRON|crond|cron|systemd|kernel|anacron|rsyslogd)([[][0-9]*[]])?:"
)

# In a big log, what says nothing that the lines beside it do not say too. Anchored at the
# head, so that no user's name can hide a line.
NOISE = (
    "^([A-Z][a-z][a-z] [ 0-9][0-9] [0-9:.]+|[0-9T:.+-]+Z?) [^ ]+ sshd(-session|-auth)?"
    "[[][0-9]+[]]: "
    "([(]?pam_unix([(]sshd:auth[)]:|[)]) check pass; user unknown|PAM service[(]sshd[)] ignoring"
    "|reverse mapping checking |Address [^ ]+ maps to "
    "|Received disconnect from [0-9a-f.:]+ port [0-9]+:11: )"
)

# Capitalised months that are not English; the last forms have a letter beyond ASCII.
_FOREIGN_MONTHS = (
    "A[bv]r|Ago|De[sz]|Dic|Ene|Fev|Gen|Giu|Ju[nl]?i|Lug|Ma[gij]|Mei|Mr[tz]|O[kt]t|Out|Set"
    "|[A-Z][a-z]*[^ -~]|[0-9][0-9]?[^ -~]"
)

_SHELL = r"""
exec 4>&1
name() { printf '%s' "$1" | tr '\n\r' '??'; }
mtime() { stat -c %Y "$1" 2>/dev/null || date -r "$1" +%s 2>/dev/null || echo "$now"; }
have() { command -v "$1" >/dev/null 2>&1; }
tool() {
  case $1 in
  *.gz) if have gzip; then t='gzip -dc'; elif have zcat; then t=zcat; else t=; w=gzip; fi ;;
  *.xz) if have xz; then t='xz -dc'; elif have xzcat; then t=xzcat; else t=; w=xz; fi ;;
  *.zst) if have zstd; then t='zstd -dcq'; elif have zstdcat; then t=zstdcat; else t=; w=zstd; fi ;;
  *.bz2) if have bzip2; then t='bzip2 -dc'; elif have bzcat; then t=bzcat; else t=; w=bzip2; fi ;;
  *) t=cat ;;
  esac
}
keep() {
  awk -v wanted="$1" -v unwanted="$U" -v days="$2" -v cap="$C" -v months=$3 -v repeats=$3 "$A"
}
filter() {
  if [ "$1" -le "$Z" ] || grep -q 'last message repeated' "$2" 2>/dev/null; then
    tr -d '\000' | keep "$W" "$D" 1
  else grep -aE "${D:-.}" | grep -aE "$W" | grep -avE "$N" | tr -d '\000' | keep '' '' 0; fi
}
file() {
  [ -f "$1" ] || return 0
  m=$(mtime "$1"); p=$(name "$1")
  case ${1##*/} in
  *.journal) journal --file "$1"; return 0 ;;
  *.[0-9]*|*-[0-9]*|*.gz|*.xz|*.zst|*.bz2|*.old) [ "$m" -ge "$((F - 7200))" ] || return 0 ;;
  esac
  [ -r "$1" ] || { printf '@denied %s %s\n' "$rank" "$p"; return 0; }
  tool "$1"
  [ -n "$t" ] || { printf '@tool %s %s\n' "$w" "$p"; return 0; }
  z=$(wc -c <"$1" 2>/dev/null || echo 0)
  printf '@file %s %s %s\n' "$rank" "$m" "$p"
  IFS=' '; $t <"$1" 2>/dev/null | head -n 3 | tr -d '\000' | cut -c1-2000 | sed 's/^/^/'
  case $t in cat) ;; *) z=$((z * 10)) ;; esac
  r=$({ { $t <"$1"; printf 's%s\n' "$?" >&5; } 2>/dev/null | filter "$z" "$1" 2>&5 5>&- >&4; } 5>&1)
  s=1; n=0
  for x in $(printf '%s' "$r" | tr '\n' ' '); do
    case $x in s[0-9]*) s=${x#s} ;; n[0-9]*) n=${x#n} ;; esac
  done
  kept=$((kept + n))
  printf '\n@end %s %s\n' "$s" "$n"
}
scan() {
  rank=$1; shift
  for g in "$@"; do
    IFS=; for f in $g; do file "$f"; done; IFS=' '
  done
}
entries() {
  journalctl -q --no-pager -o json --since "@$((F - 3600))" --until "@$((T + 3600))" "$@"
}
wanted() {
  grep -vE '"SYSLOG_IDENTIFIER":"(CRON|crond|systemd|systemd-logind|polkitd)"' |
    awk -v cap="$J" '{ b += length($0) } b > cap { c = 1; exit } { print "|" $0 }
      END { if (c) print "\n@capped" }'
}
journal() {
  have journalctl || return 0
  IFS=' '
  h=$(journalctl --no-pager -n 1 -o cat "$@" 2>&1 >/dev/null | head -n 4)
  [ -z "$h" ] || printf '%s\n' "$h" | sed 's/^/@hint /'
  o=$(journalctl -q --no-pager -o short-unix "$@" 2>/dev/null | head -n 1 | cut -d' ' -f1)
  [ -n "$o" ] || return 0
  printf '@journal %s\n' "$o"
  x=MESSAGE,SYSLOG_IDENTIFIER,SYSLOG_PID,_PID,_COMM,_HOSTNAME
  if journalctl -q -n 0 --output-fields=$x >/dev/null 2>&1; then set -- "$@" --output-fields=$x; fi
  set -- "$@" SYSLOG_FACILITY=4 SYSLOG_FACILITY=10 +
  for i in $I; do set -- "$@" "SYSLOG_IDENTIFIER=$i"; done
  set -- "$@" +
  for i in $I; do set -- "$@" "_COMM=$i"; done
  s=$({ { entries "$@"; printf '%s\n' "$?" >&5; } 2>/dev/null | wanted 5>&- >&4; } 5>&1)
  printf '\n@end %s 0\n' "$s"
}
"""

IDENTIFIERS = (
    "sshd sshd-session sshd-auth dropbear login su su-l sudo doas pkexec vsftpd cockpit-session"
    " gdm-password gdm-autologin gdm-session-wor lightdm sddm sddm-helper"
    " proftpd pure-ftpd ftpd webmin usermin xrdp-sesman xrdp-sesexec pvedaemon pveproxy"
    " pmgdaemon pmgproxy proxmox-backup-proxy proxmox-backup-api"
)


def script(ask: Ask) -> str:
    """Return the POSIX sh script that prints what `parse` reads."""
    start, end = int(ask.from_at.timestamp()), int(ask.to_at.timestamp())
    settings = {
        "F": str(start),
        "T": str(end),
        "W": WANTED,
        "U": UNWANTED,
        "N": NOISE,
        "D": days(ask.from_at, ask.to_at),
        "A": AWK,
        "C": str(FOLD_BYTES),
        "Z": str(AWK_BYTES),
        "J": str(JOURNAL_BYTES),
        "I": IDENTIFIERS,
    }
    lines = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
    return "\n".join([*lines, _SHELL, _HEAD, *_places(ask), "printf '@done\\n'", ""])


_HEAD = r"""
now=$(date +%s); kept=0
printf '@logins 1\n@now %s\n' "$now"
zone=${TZ#:}
[ -n "$zone" ] || zone=$(readlink /etc/localtime 2>/dev/null | sed -n 's|.*/zoneinfo/||p')
[ -n "$zone" ] || zone=$(sed -n 1p /etc/timezone 2>/dev/null)
[ -n "$zone" ] || zone=$(sed -n 1p /etc/TZ 2>/dev/null)
[ -n "$zone" ] || zone=$(sed -n 's/^ZONE="\{0,1\}\([^"]*\).*/\1/p' /etc/sysconfig/clock 2>/dev/null)
# A zone file that was copied ends in its rule.
[ -n "$zone" ] || zone=$(tail -n 1 /etc/localtime 2>/dev/null | tr -cd 'A-Za-z0-9,./:<>+-')
printf '@zone %s\n@offset %s\n' "$(name "$zone")" "$(date -d "@$F" +%z 2>/dev/null || date +%z)"
"""


def _places(ask: Ask) -> list[str]:
    paths = ask.options.get("paths") or ()
    if isinstance(paths, str):
        paths = (paths,)
    if paths:
        names = " ".join(map(str, paths)).replace("\n", "?")
        quoted = " ".join(shlex.quote(str(path)) for path in paths)
        return [f"printf '@looked %s\\n' {shlex.quote(names)}", f"scan 1 {quoted}"]
    looked = " ".join(glob for globs in USUAL for glob in globs if "[" not in glob)
    lines = [f"printf '@looked %s\\n' '{looked} and the journal'"]
    lines += ["[ -x /var/log ] || printf '@denied 1 /var/log\\n'"]
    for rank, globs in enumerate(USUAL, start=1):
        quoted = " ".join(shlex.quote(glob) for glob in globs)
        lines.append(f'[ "$kept" -gt 0 ] || scan {rank} {quoted}')
    return [*lines, '[ "$kept" -gt 0 ] || journal']


def days(from_at: datetime, to_at: datetime) -> str:
    """Return a regular expression for the heads of the period's days, "" for a long period.

    A day more on either side, for zones and for what is joined across midnight. A head of
    another form passes.
    """
    span = (to_at - from_at).days + 3
    if span > MOST_DAYS:
        return ""
    first = from_at - timedelta(days=1)
    dates = [first + timedelta(days=number) for number in range(span + 1)]
    short = "|".join(f"{date:%b} +0?{date.day}[^0-9]" for date in dates)
    long = "|".join(f"{date:%Y-%m-%d}" for date in dates)
    return (
        f"^(<[0-9]+>)?(1 )?({short}|{long})|^[^A-Z0-9<]"
        "|^(<[0-9]+>)?(Sun|Mon|Tue|Wed|Thu|Fri|Sat|1 -)|^(<[0-9]+>)?[0-9][0-9][0-9][0-9][^-]"
        "|^(<[0-9]+>)?[A-Z][a-z][a-z] +[0-9]+,? +[0-9][0-9][0-9][0-9]"
        f"|^(<[0-9]+>)?({_FOREIGN_MONTHS})"
    )
