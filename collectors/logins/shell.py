"""The shell part of the script: what is settled first, the functions, and what comes last.

Variables, beside those that `script` sets: E when to stop reading, B the period's edges in
local time and in UTC, kept the lines printed so far, C and M what is left of the two caps.
"""

from __future__ import annotations

BEGIN = r"""
now=$(date +%s); kept=0; newest=0; E=$((now + H))
t='+%m%d%H:%M:%S'; B=
B=$(date -d "@$F" "$t" 2>/dev/null)$(date -d "@$T" "$t" 2>/dev/null)
B=$B$(date -u -d "@$F" "$t" 2>/dev/null)$(date -u -d "@$T" "$t" 2>/dev/null)
[ "${#B}" = 48 ] || B=
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

FUNCTIONS = r"""
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
  *.lz4) if have lz4; then t='lz4 -dcq'; else t=; w=lz4; fi ;;
  *) t=cat ;;
  esac
}
keep() {
  tr -d '\000' | awk -v wanted="$W" -v unwanted="$U" -v days="$D" -v edges="$B" -v cap="$1" \
    -v most="$2" -v wide="$G" -v until="$E" "$A"
}
drain() {
  r=$({ { "$@"; printf 's%s\n' "$?" >&5; } 2>/dev/null | keep "$C" "$M" 2>&5 5>&- >&4; } 5>&1)
  s=1; n=0; b=0
  for x in $(printf '%s' "$r" | tr '\n' ' '); do
    case $x in s[0-9]*) s=${x#s} ;; n[0-9]*) n=${x#n} ;; b[0-9]*) b=${x#b} ;; esac
  done
  kept=$((kept + n)); M=$((M - b)); C=$((C > b ? C - b : 0))
  [ "$M" -gt 4000000 ] || G=$((G > 800 ? 800 : G))
  printf '\n@end %s %s\n' "$s" "$n"
}
ticks() { read -r u _ </proc/uptime; echo "${u%.*}${u#*.}"; }
# How much of the file's beginning, o bytes, is too much for the time that is left: by a piece of
# its end. That many are only searched, at about 500 MB a second.
size_up() {
  z=$(wc -c <"$1" 2>/dev/null || echo 0); o=0
  [ "$z" -gt "$Z" ] && [ -r /proc/uptime ] || return 0
  l=thin; printf 'x\n' | grep -avE y >/dev/null 2>&1 || l=
  u=$(ticks); tail -c "$Y" "$1" | ${l:-cat} | keep 0 0 >/dev/null 2>&1; u=$(($(ticks) - u + 1))
  u=$((Y * 10 / u * (E - $(date +%s) - z / 500000000) * 7)); [ "$u" -ge 0 ] || u=0
  [ "$z" -le "$u" ] || { o=$((z - u)); o=$((o + $(whole "$1" 2>/dev/null | head -n 1 | wc -c))); }
}
whole() { if [ "$o" -gt 0 ]; then tail -c +"$((o + 1))" "$1"; else $t <"$1"; fi; }
# Whether a record of it takes several lines.
many() {
  case $($t <"$1" 2>/dev/null | tr -d '\000' | sed -n '/^-- /!{p;q;}' | cut -c1-300) in
  '{'|__CURSOR=*|[A-Z][a-z][a-z]\ [0-9]*\ \[s=*) ;;
  [A-Z][a-z][a-z]\ ??\ ??:??:??\ :\ *|[A-Z][a-z][a-z]\ ??\ ??:??:??\ ????\ :\ *) ;;
  *) return 1 ;;
  esac
}
joined() { tr -d '\000' | awk "$K"; }
# Without what the filter makes nothing of: a third of a log under attack. GNU grep is quick at it.
thin() { grep -avE "$N"; [ "$?" -lt 2 ]; }
feed() { if [ -n "$l" ]; then whole "$1" | $l; else whole "$1"; fi; }
# What is never of a failed login, or seldom, in the beginning that is too much.
seek() {
  g='grep -aF'; printf 'x\n' | $g x >/dev/null 2>&1 || g='grep -F'
  head -c "$o" "$1" | $g "$S"; [ "$?" -lt 2 ]
}
part() {
  printf '@file %s %s %s\n' "$rank" "$m" "$p"
  [ "$o" = 0 ] || printf '@%s %s\n' "$2" "$o"
  $1 "$3" 2>/dev/null | head -n 3 | tr -d '\000' | cut -c1-2000 | sed 's/^/^/'
  drain "$1" "$3"
}
file() {
  p=$(name "$1"); m=$(mtime "$1")
  [ -f "$1" ] || { [ ! -c "$1" ] || printf '@nofile %s\n' "$p"; return 0; }
  case ${1##*/} in
  *.journal) journal --file "$1"; return 0 ;;
  *.[0-9]*|*-[0-9]*|*.gz|*.xz|*.zst|*.bz2|*.lz4|*.old) [ "$m" -ge "$((F - 7200))" ] || return 0 ;;
  esac
  [ -r "$1" ] || { printf '@denied %s %s\n' "$rank" "$p"; return 0; }
  tool "$1"
  [ -n "$t" ] || { printf '@tool %s %s\n' "$w" "$p"; return 0; }
  [ "$(date +%s)" -lt "$E" ] || { printf '@unread %s\n' "$p"; return 0; }
  IFS=' '; o=0; l=
  if many "$1"; then l=joined; elif [ "$t" = cat ]; then size_up "$1"; fi
  x=$(feed "$1" 2>/dev/null | dd bs=4096 count=1 2>/dev/null | tr -cd '\000' | wc -c)
  [ "$x" -eq 0 ] || printf '@odd %s begins with a hole\n' "$p"
  [ "$o" = 0 ] || part seek sought "$1"
  part feed skipped "$1"
  [ "$rank" -gt 1 ] || [ "$m" -le "$newest" ] || newest=$m
}
scan() {
  rank=$1; shift
  for g in "$@"; do
    IFS=; for f in $g; do file "$f"; done; IFS=' '
  done
}
entries() {
  journalctl -q --no-pager --since "@$((F - 3600))" --until "@$((T + 3600))" "$@"
}
wanted() {
  grep -vE '"SYSLOG_IDENTIFIER":"(CRON|crond|systemd|systemd-logind|polkitd)"' | sed 's/^/|/'
}
journal() {
  have journalctl || return 0
  IFS=' '
  h=$(journalctl --no-pager -n 1 -o cat "$@" 2>&1 >/dev/null | head -n 4)
  [ -z "$h" ] || printf '%s\n' "$h" | sed 's/^/@hint /'
  o=$(journalctl -q --no-pager -o short-unix "$@" 2>/dev/null | head -n 1 | cut -d' ' -f1)
  [ -n "$o" ] || return 0
  printf '@journal %s\n' "$o"
  set -- "$@" SYSLOG_FACILITY=4 SYSLOG_FACILITY=10 +
  for i in $I; do set -- "$@" "SYSLOG_IDENTIFIER=$i"; done
  set -- "$@" +
  for i in $I; do set -- "$@" "_COMM=$i"; done
  # So many that they are to be added up: as text, which the filter understands.
  if [ "$(entries -o cat "$@" 2>/dev/null | head -n "$J" | wc -l)" -ge "$J" ]; then
    drain entries -o short-iso "$@"; return 0
  fi
  x=MESSAGE,SYSLOG_IDENTIFIER,SYSLOG_PID,_PID,_COMM,_HOSTNAME
  if journalctl -q -n 0 --output-fields=$x >/dev/null 2>&1; then set -- "$@" --output-fields=$x; fi
  s=$({ { entries -o json "$@"; printf '%s\n' "$?" >&5; } 2>/dev/null | wanted 5>&- >&4; } 5>&1)
  printf '\n@end %s 0\n' "$s"
}
"""

# The journal where the files hold nothing, or end long before it does; logread's where neither is.
END = r"""
later() {
  have journalctl && [ "$newest" -gt 0 ] && [ "$((newest + 600))" -lt "$T" ] &&
    [ -n "$(journalctl -q --no-pager -n 1 -o cat --since "@$((newest + 600))" --until "@$T" \
      SYSLOG_FACILITY=4 + SYSLOG_FACILITY=10 2>/dev/null)" ]
}
if [ "$kept" -eq 0 ] || later; then journal; fi
# A ring in memory is all that OpenWrt and BusyBox's `syslogd -C` keep.
if [ "$kept" -eq 0 ] && ! have journalctl && [ -n "$(logread 2>/dev/null | head -n 1)" ]; then
  IFS=' '; printf '@file 1 %s logread\n' "$now"; drain logread
fi
[ ! -s /var/log/wtmp ] || printf '@wtmp %s\n' "$(mtime /var/log/wtmp)"
"""
