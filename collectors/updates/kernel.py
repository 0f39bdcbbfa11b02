"""Is a restart due, and why: kernels, the system's own flag, and what was renewed since.

    release|6.1.0-18-amd64                              uname -r
    modules|6.1.0-18-amd64                              /lib/modules/*, those with a kernel's files
    modules|6.1.0-25-amd64
    asked|linux-image-6.1.0-25-amd64                    /run/reboot-required.pkgs
    btime|btime 1732413600                              /proc/stat
    renewed|1764034002 libc6                            when packages that matter were installed

Kernels are compared within their flavour (amd64, cloud-amd64, generic, default, lts, el,
el with uek …), and number by number. Debian's package lists and rpm's database know when a
package was installed; the packages looked at are those of needs-restarting(1), and OpenSSL.
A container has its host's kernel: nothing is said of a restart there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from collectors import starts
from collectors.base import Row
from collectors.text import Sections
from collectors.updates.pending import words

SCRIPT = r"""
modules() {
  for d in /lib/modules/*; do
    [ -d "$d/kernel" ] || [ -e "$d/vmlinuz" ] && printf '%s\n' "${d##*/}"
  done; :
}
asked() {
  echo; for f in /run /var/run; do [ -r $f/reboot-required.pkgs ] && cat $f/reboot-required.pkgs
  done | sort -u | head -n 100
}
renewed() {
  if [ -s /var/lib/dpkg/status ]; then cd /var/lib/dpkg/info && stat -c '%Y %n' libc6.list \
    libc6:*.list libssl[0-9]*.list dbus.list dbus-daemon.list dbus-broker.list systemd.list \
    "linux-image-$(uname -r).list" 2>/dev/null | sed 's/\.list$//; s/:[a-z0-9]*$//'
  else within 10 rpm -q --qf '%{INSTALLTIME} %{NAME}\n' glibc systemd dbus dbus-1 dbus-daemon \
    dbus-broker openssl-libs libopenssl3 libopenssl1_1 linux-firmware microcode_ctl |
    grep '^[0-9]'
  fi; :
}
say release uname -r
say now date +%s
say init cat /proc/1/stat
say ticks getconf CLK_TCK
say modules modules
say btime grep '^btime ' /proc/stat
for f in /run/reboot-required /var/run/reboot-required /run/reboot-needed /var/run/reboot-needed
do [ -e $f ] && { say asked asked; break; }; done
[ -s /var/lib/dpkg/status ] || [ "$rpms" ] && say renewed renewed; :
"""

CONTAINERS = frozenset(
    {"docker", "podman", "lxc", "lxc-libvirt", "systemd-nspawn", "openvz", "container-other"}
    | {"proot", "pouch", "rkt", "wsl"}
)
RELEASE = re.compile(r"(\d+(?:[.-]\d+)*)(.*)")
# Debian's and the rpm families' releases in a kernel's name: of no matter to the flavour.
DISTRIBUTION = re.compile(r"[.+~](?:deb|bpo)\d*(?:u\d+)?(?:[.+-]\d+)*|(?<=el)\d+(?:_\d+)*")
LONGEST = 100
IN_CONTAINER = "a container has its host's kernel: no word on a restart"
NOT_COMPARED = "no kernel is installed here that could be compared with the running one"


def row(found: Sections, virtualised: str | None) -> tuple[Row, str]:
    """Return the columns about kernel and restart, and a note where nothing can be said."""
    running = found.value("release")
    if virtualised in CONTAINERS or starts.container_started_at(found):
        return Row(kernel_running=running), IN_CONTAINER
    latest = newest(running, found.good("modules"))
    reasons = _reasons(found, running, latest)
    known = bool(latest) or bool(reasons)
    about = Row(
        kernel_running=running,
        kernel_installed=latest,
        reboot_required=bool(reasons) if known else None,
        reboot_reason="; ".join(reasons) or None,
    )
    return about, "" if known else NOT_COMPARED


def _reasons(found: Sections, running: str, latest: str | None) -> list[str]:
    reasons = []
    if latest and number(latest) > number(running):
        reasons.append(f"kernel {running} runs, {latest} is installed")
    if "asked" in found:
        names = [line for line in found.good("asked") if line.strip()]
        reasons.append("the system asks for it" + (f": {words(names, 10)}" if names else ""))
    btime = found.value("btime").removeprefix("btime ")
    pairs = (re.fullmatch(r"(\d{1,12}) (\S{1,100})", line) for line in found.good("renewed"))
    if re.fullmatch(r"\d{1,12}", btime):
        late = sorted({hit[2] for hit in pairs if hit and int(hit[1]) > int(btime)})
        reasons += [f"updated since the start: {words(late, 10)}"] if late else []
    return reasons


def newest(running: str, installed: Sequence[str]) -> str | None:
    """Return the newest kernel of the running one's flavour; None where there is none."""
    alike = [one for one in installed if flavour(one) == flavour(running) is not None]
    return max(alike, key=number, default=None)


def flavour(release: str) -> str | None:
    """Return what a kernel's name says beside its numbers; None where it is none."""
    hit = RELEASE.fullmatch(release) if len(release) <= LONGEST else None
    # Numbers are no part of it, but in v7 and v8 of the Raspberry Pi's.
    return re.sub(r"(?<![v\d])\d+", "", DISTRIBUTION.sub("", hit[2])) if hit else None


def number(release: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return a kernel's version, to be compared number by number."""
    hit = RELEASE.fullmatch(release)
    parts = (hit[1], hit[2]) if hit else ("", "")
    first, rest = (tuple(int(word) for word in re.findall(r"\d+", part)) for part in parts)
    return first, rest
