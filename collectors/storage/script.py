"""What runs on the server for `storage`: what all may read first, then what root alone may.

Sections: `mdstat`, `dm` (kinds of device-mapper devices, counted), `disks` (those that are
not virtual), `raid` (controllers that hide disks), `btrfs`, `zpool`, `zstatus`; as root
`stats` (btrfs before Linux 5.14), `vgs`, `lvs`, `paths` (multipath) and `smart`. No sleeping
disk is woken. Disks come last: a dying one may keep smartctl waiting.
"""

from __future__ import annotations

from collectors import text as probe
from collectors.base import Ask

# Controllers that show logical drives only; an HBA's driver (mpt3sas) shows the disks.
CONTROLLERS = "megaraid_sas|aacraid|hpsa|smartpqi|cciss|3w-.*|arcmsr|mpi3mr|ips"
SMART_SECONDS = 25

_SCRIPT = r"""
have() { command -v "$1" >/dev/null 2>&1; }
disks() {
  for d in /sys/block/*; do
    [ -e "$d/device" ] || continue
    n=${d##*/}; v=; m=
    case $n in vd* | xvd* | sr* | fd* | st* | mmcblk* | ram* | nbd* | rbd* | pmem*) continue ;; esac
    [ -r "$d/device/vendor" ] && read -r v <"$d/device/vendor"
    [ -r "$d/device/model" ] && read -r m <"$d/device/model"
    printf '%s %s %s\n' "$n" "$v" "$m"
  done
}
raid() { ls -d /sys/bus/pci/drivers/*/0000:* | sed 's|.*/drivers/||; s|/.*||' |
  grep -xE 'CONTROLLERS' | sort -u; } 2>/dev/null
btrfs_sys() {
  for f in /sys/fs/btrfs/*-*; do
    [ -d "$f/devinfo" ] || continue
    l=; [ -r "$f/label" ] && read -r l <"$f/label"
    set -- "$f"/devices/*; printf '@fs %s %s\n' "${1##*/}" "$l"
    for d in "$f"/devinfo/*; do
      [ -r "$d/error_stats" ] || continue
      printf '%s %s %s\n' "${d##*/}" "$(cat "$d/missing")" "$(tr '\n' ' ' <"$d/error_stats")"
    done
  done
}
btrfs_tool() {
  sed -n 's/^\([^ ]*\) \([^ ]*\) btrfs .*/\1 \2/p' /proc/self/mounts | sort -u -k 1,1 |
  while read -r d at; do
    printf '@fs %s\n' "${d##*/}"; within 5 btrfs device stats "$(printf '%b' "$at")"
  done
}
one() {
  printf '@disk %s\n' "$1"; shift
  within 6 smartctl -n standby -i -H -A "$@" | grep -vE '^(smartctl |Copyright |$)' | cut -c1-200
}
smart() {
  end=$(($(date +%s) + SMART_SECONDS))
  within 5 smartctl --scan | while read -r d _ type _; do
    [ "$(date +%s)" -lt "$end" ] || { printf '@skipped %s\n' "$d"; continue; }
    case $type in
      megaraid* | sat+megaraid* | cciss* | areca* | 3ware* | aacraid*)
        one "$type" -d "$type" "$d" ;;
      *) one "${d##*/}" "$d" ;;
    esac
  done
}
# Not even SIGKILL ends a smartctl that waits for a disk which no longer answers: so its reader
# alone is waited for, and after a while ended. (No sed, which would take what it has read
# with it; and `exec`, because dash keeps a copy of what a redirection of the group replaces.)
marked() { while IFS= read -r line; do printf 'smart|%s\n' "$line"; done; }
patiently() {
  echo 'smart|'
  { exec 2>&1; smart; printf '\n=%s\n' "$?"; } | marked & reader=$!
  trap 'kill -9 "$reader" 2>/dev/null' ALRM
  (trap 'kill -9 "$!"; exit' TERM; sleep $((SMART_SECONDS + 10)) & wait "$!"; kill -ALRM $$
  ) >/dev/null 2>&1 & alarm=$!
  wait "$reader"; kill "$alarm" 2>/dev/null
}
say system uname -s
say user id -u
[ -r /proc/mdstat ] && say mdstat cat /proc/mdstat
say dm sh -c 'cat /sys/block/dm-*/dm/uuid 2>/dev/null | sed "s/-.*//" | sort | uniq -c'
say disks disks
say raid raid
[ -d /sys/fs/btrfs ] && { say btrfs btrfs_sys; say mounts grep -c ' btrfs ' /proc/self/mounts; }
have zpool && { say zpool within 10 zpool list -H -p -o name,health,capacity
  say zstatus within 10 zpool status; }
have smartctl && say tool echo smartctl
if [ "$(id -u)" = 0 ]; then
  grep -q ' btrfs ' /proc/self/mounts 2>/dev/null && have btrfs &&
    ! ls /sys/fs/btrfs/*/devinfo/*/error_stats >/dev/null 2>&1 && say stats btrfs_tool
  if have lvs; then
    say vgs within 10 vgs --noheadings --separator '|' -o vg_name,pv_count,vg_missing_pv_count
    o=vg_name,lv_name,lv_attr,copy_percent,data_percent,metadata_percent
    say lvs within 10 lvs --noheadings --separator '|' -o "$o"
  fi
  have multipathd && [ -d /sys/block ] && grep -qs '^mpath-' /sys/block/dm-*/dm/uuid &&
    say paths within 5 multipathd show paths format '%m %d %t %o %T'
  have smartctl && patiently
fi
say done echo
"""
SCRIPT = _SCRIPT.replace("CONTROLLERS", CONTROLLERS).replace("SMART_SECONDS", str(SMART_SECONDS))


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT
