"""Where the server listens: TCP sockets that accept and UDP sockets that are bound.

    id|0                                                              id -u
    range|32768  60999                                                ip_local_port_range
    ss4|tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=7,fd=3)) ino:9 sk:1 <->
    ss6|tcp LISTEN 0 128 *:80 *:* users:(("nginx",7,6),("nginx",8,6)) ino:10 sk:2 v6only:0 <->
    tcp6|00000000000000000000000000000000:0016 0 1456                 /proc/net/tcp6
    owner|1456 812 sshd                                               whose /proc/PID/fd it is
    name|0 root                                                       /etc/passwd
    sockstat|root  sshd  812  3  tcp6  *:22  *:*                      FreeBSD

One row a protocol × address × port × name of a process; several processes of one name are
one row. `ss` (iproute2, old and new) is asked for each family apart, for `*` means another
thing in each; where it is not, /proc/net is decoded. A UDP socket with a peer (`ss` calls it
ESTAB) is a client's and no row. One without that lies in the range of ports which the system
gives out by itself may be a client's, too: `ephemeral` says so. The names of processes come
from the server's users: they are read from their ends, and forge no row.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from collectors import text as probe
from collectors.base import FLAG, TEXT, WHOLE, Ask, Column, Parsed, Row
from collectors.errors import NotApplicable, ParseError
from collectors.ports import sockets
from collectors.ports.sockets import Socket

NAME = "ports"
SECONDS = 15
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("protocol", TEXT, "", "tcp, tcp6, udp or udp6; the last with 6 often serve IPv4, too"),
    Column("address", TEXT, "", "where it listens; 0.0.0.0 and :: are all addresses"),
    Column("interface", TEXT, "", "the only interface it listens on; NA when on any, or not known"),
    Column("port", WHOLE, "", "the port"),
    Column("scope", TEXT, "", "loopback (this host alone), any (all addresses) or address"),
    Column("ephemeral", FLAG, "", "whether the port is in the range that the system gives out"),
    Column("process", TEXT, "", "the program; NA when that cannot be seen"),
    Column("pid", WHOLE, "", "its lowest process id"),
    Column("count", WHOLE, "", "how many processes of that name hold it; NA when not seen"),
    Column("user", TEXT, "", "whose socket it is; its uid where that has no name here"),
)

SCRIPT = r"""
# Without its words of a cgroup2 that is not mounted, which new ones say on old systems.
listed() { within 6 ss -lntupe "$1" 2>/dev/null; }
again() { printf '%s\n' "$listed"; return "$1"; }
# Sockets that listen (0A) or are bound without a peer (07), as: address, uid, inode.
bound() { awk -v want="$1" 'FNR > 1 && $4 == want { print $2, $8, $10 }' "$2"; }
# Which process holds which socket, for those inodes alone.
owners() {
  ls -l /proc/[0-9]*/fd /proc/self/fd 2>/dev/null | awk -v inodes="$inodes" '
    BEGIN { n = split(inodes, all, " "); for (i = 1; i <= n; i++) wanted[all[i]] = 1 }
    /^\/proc\/[0-9]+\/fd:$/ { split($0, part, "/"); pid = part[3]; next }
    $NF ~ /^socket:\[[0-9]+\]$/ {
      inode = substr($NF, 9); sub(/\]/, "", inode)
      if (!(inode in wanted) || (inode, pid) in seen) next
      seen[inode, pid] = 1; name = ""; file = "/proc/" pid "/comm"
      getline name < file; close(file)
      print inode, pid, name
    }'
}
say id id -u
if [ -r /proc/net/tcp ]; then
  say range cat /proc/sys/net/ipv4/ip_local_port_range
  listed=$(listed -4); ended=$?
  case $listed in Netid*)
    say ss4 again "$ended"; listed=$(listed -6); say ss6 again "$?" ;;
  *)
    say order sh -c "printf 'I\0' | od -d"
    for kind in tcp tcp6 udp udp6; do
      state=0A; case $kind in udp*) state=07 ;; esac
      [ -r "/proc/net/$kind" ] && say "$kind" bound "$state" "/proc/net/$kind"
    done
    inodes=$(for kind in tcp tcp6 udp udp6; do
      case $kind in udp*) state=07 ;; *) state=0A ;; esac
      bound "$state" "/proc/net/$kind" 2>/dev/null; done | awk '{ printf "%s ", $3 }')
    say owner owners ;;
  esac
  say name awk -F: '/^[^#+-]/ && $3 ~ /^[0-9]+$/ { print $3, substr($1, 1, 99) }' /etc/passwd
elif command -v sockstat >/dev/null 2>&1; then
  say sockstat within 10 sockstat -46l
else say none uname -s; fi
"""

NEEDS_ROOT = "without root, other users' programs are shown without a name"


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row a protocol × address × port × program; none when nothing listens.

    Lines that are not understood make it partial. Raises ParseError when none is, and
    NotApplicable for systems other than Linux and FreeBSD.
    """
    del ask
    found = probe.sections(text)
    if found.value("none"):
        raise NotApplicable("listening ports are read on Linux and FreeBSD only")
    skipped: list[str] = []
    if "ss4" in found and "ss6" in found:
        listed = [*sockets.ss(found, "ss4", "", skipped), *sockets.ss(found, "ss6", "6", skipped)]
    elif "tcp" in found:
        listed = list(sockets.proc(found, skipped))
    elif "sockstat" in found and found["sockstat"].status == 0:
        listed = list(sockets.sockstat(found, skipped))
    else:
        raise ParseError("no list of sockets", text)
    if skipped and not listed:
        raise ParseError("not a line of a list of sockets", skipped[0])
    more = f" and {len(skipped) - 1} more" if len(skipped) > 1 else ""
    cause = f"sockets may be missing: not understood {skipped[0][:100]!r}{more}" if skipped else ""
    rows = _rows(listed, found.value("range"))
    unseen = any(row["process"] is None for row in rows) and found.value("id") != "0"
    return Parsed(rows, cause, NEEDS_ROOT if unseen else "")


def _rows(listed: list[Socket], span: str) -> list[Row]:
    first, last = (int(word) for word in span.split()) if _is_span(span) else (None, None)
    rows: dict[tuple[object, ...], Row] = {}
    pids: dict[tuple[object, ...], set[int]] = {}
    for one in listed:
        for process, pid in one.holders:
            key: tuple[object, ...] = (
                one.protocol,
                one.address,
                one.interface,
                one.port,
                process,
                one.user,
            )
            rows[key] = Row(
                protocol=one.protocol,
                address=one.address,
                interface=one.interface,
                port=one.port,
                scope=_scope(one),
                ephemeral=None if first is None or last is None else first <= one.port <= last,
                process=process,
                user=one.user,
            )
            pids.setdefault(key, set()).update([] if pid is None else [pid])
    for row_key, row in rows.items():
        row.update(pid=min(pids[row_key], default=None), count=len(pids[row_key]) or None)
    return sorted(rows.values(), key=lambda row: (row["port"], row["protocol"], row["address"]))


def _is_span(span: str) -> bool:
    return re.fullmatch(r"\d{1,5}\s+\d{1,5}", span) is not None


def _scope(one: Socket) -> str:
    address = ip_address(one.address)
    mapped = getattr(address, "ipv4_mapped", None)
    if (mapped or address).is_loopback or one.interface in ("lo", "lo0"):
        return "loopback"
    return "any" if address.is_unspecified and not one.interface else "address"
