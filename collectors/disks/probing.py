"""The script of `disks`: the table of mounts, then `df` about each, none waiting for another.

Local mounts are named to one `df`. Each that may hang (network, FUSE) has its own, numbered
after its line in the table. `sed` reads each df's pipe and is all that is waited for: a df
that not even SIGKILL ends, because its FUSE server hangs, then holds nothing that is ours.
(`wait` waits for all of a pipeline, that df included: the alarm is what gets us out of it.
And `exec 2>&1`, because dash keeps a copy of what a redirection of the group replaces.)
"""

from __future__ import annotations

from collectors.disks import kinds

LIMIT_SECONDS = 5
# How many mounts are asked at once: each takes a handful of processes for a moment.
AT_ONCE = 32

SCRIPT = r"""
ask() {
  n=$1; shift
  { exec 2>&1; within LIMIT df "$@"; printf '\n=%s\n' "$?"; } | sed "s/^/$n|/" &
  seds="$seds $!"
}
finish() {
  [ "$seds" ] || return 0
  (trap 'kill -9 "$!"; exit' TERM; sleep "$((LIMIT + 2))" & wait "$!"; kill -ALRM $$
  ) >/dev/null 2>&1 & w=$!
  wait $seds; kill "$w" 2>/dev/null; seds=; asked=0
}
trap 'kill -9 $seds 2>/dev/null' ALRM
# Only what it is about: cifs options may hold a password.
fstab() {
  while read -r device at _ options _ || [ "$device" ]; do
    case $device in '' | '#'*) continue ;; esac
    case ",$options," in *,ro,*) printf 'ro %s\n' "$at" ;; *) printf 'rw %s\n' "$at" ;; esac
  done
}
name() { at=$(printf '%b.' "${1#* }"); at=${at%.}; }
seds=; asked=0; lines=0; set -f; set --; old=$IFS; newline='
'
[ -r /etc/fstab ] && say fstab fstab </etc/fstab
table=/proc/self/mounts; [ -r $table ] || table=/proc/mounts
if [ -r $table ] && read -r _ <$table; then
  say mounts sed 's/,[a-z]*dir=[^, ]*//g' $table
  # "type mount-point", with \040 made \0040 for printf.
  table=$(sed 's/^[^ ]* \([^ ]*\) \([^ ]*\) .*/\2 \1/; s/\\/\\0/g' $table)
  IFS=$newline
  for line in $table; do
    case ${line%% *} in LEFT_OUT | APART) ;; *) name "$line"; set -- "$@" "$at" ;; esac
  done
  [ $# -gt 0 ] && { ask df -kP -- "$@"; ask inodes -iP -- "$@"; }
  for line in $table; do
    IFS=$old lines=$((lines + 1))
    case ${line%% *} in LEFT_OUT) ;; APART)
      name "$line"; ask "df$lines" -kP -- "$at"; ask "inodes$lines" -iP -- "$at"
      asked=$((asked + 1)); [ "$asked" -ge AT_ONCE ] && finish ;;
    esac
  done
  IFS=$old
else
  [ -r /etc/mnttab ] && say mnttab cat /etc/mnttab
  say mount mount
  case $(uname -s) in
    SunOS) ask df -kl; ask df0 -k ;;
    AIX) ask df -kP; ask inodes -k ;;
    *) ask df -kPl; ask df0 -kP; ask inodes -kil ;;
  esac
fi
finish; :
"""
for _word, _meaning in {
    "LIMIT": str(LIMIT_SECONDS),
    "AT_ONCE": str(AT_ONCE),
    "APART": "|".join([*sorted(kinds.REMOTE), "fuse*"]),
    "LEFT_OUT": "|".join(sorted(kinds.PSEUDO | kinds.IMAGES)),
}.items():
    SCRIPT = SCRIPT.replace(_word, _meaning)
