"""What a server runs on, in the words of systemd-detect-virt(1); a part of `servers`.

`systemd-detect-virt` where it is there. Otherwise what containers leave about
(/run/.containerenv, /.dockerenv, /run/systemd/container, the control groups of PID 1), the
firmware's own words, and the processor's `hypervisor` flag; FreeBSD's kern.vm_guest.
"""

from __future__ import annotations

import re

from collectors.text import Sections

SCRIPT = r"""
command -v systemd-detect-virt >/dev/null 2>&1 && say virt within 5 systemd-detect-virt
[ -r /run/systemd/container ] && say container cat /run/systemd/container
[ -e /run/.containerenv ] && say container echo podman
[ -e /.dockerenv ] && say container echo docker
[ -r /proc/1/cgroup ] && say cgroup cat /proc/1/cgroup
[ -r /sys/class/dmi/id/sys_vendor ] &&
  say firmware cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name
[ -r /sys/hypervisor/type ] && say hypervisor cat /sys/hypervisor/type
[ -r /proc/cpuinfo ] && say flags grep -c -w hypervisor /proc/cpuinfo
[ -r /proc/cpuinfo ] || say guest sysctl -n kern.vm_guest
:
"""

ENGINES = re.compile(r"[/:_-](docker|lxc|podman|kubepods|machine)\b")
ENGINE_NAMES = {"kubepods": "container-other", "machine": "systemd-nspawn", "libpod": "podman"}
# After systemd's src/basic/virt.c; Amazon's and Google's machines are KVM ones there too.
FIRMWARE = {
    "QEMU": "qemu",
    "KVM": "kvm",
    "Amazon EC2": "amazon",
    "Google": "google",
    "VMware": "vmware",
    "VMW": "vmware",
    "innotek GmbH": "oracle",
    "VirtualBox": "oracle",
    "Xen": "xen",
    "Bochs": "bochs",
    "Parallels": "parallels",
    "BHYVE": "bhyve",
    "Hyper-V": "microsoft",
    "Virtual Machine": "microsoft",
}


def of(found: Sections) -> str | None:
    """Return what the host is virtualised by, "none" for hardware, None when not known."""
    # It ends with 1 when the answer is "none", and says why on failure.
    if "virt" in found and re.fullmatch(r"[a-z0-9-]+", found["virt"].first):
        return found["virt"].first
    if container := found.value("container"):
        return container
    if engine := ENGINES.search("\n".join(found.good("cgroup"))):
        return ENGINE_NAMES.get(engine[1], engine[1])
    if "guest" in found:
        return found.value("guest") or None
    return _machine(found)


def _machine(found: Sections) -> str | None:
    if hypervisor := found.value("hypervisor"):
        return hypervisor
    firmware = "\n".join(found.good("firmware"))
    for word, name in FIRMWARE.items():
        if word in firmware:
            return name
    flagged = found["flags"].first if "flags" in found else ""
    if flagged not in ("", "0"):
        return "vm-other"
    # Hardware is claimed only where the firmware was read and names a maker of machines.
    return "none" if firmware.strip() and flagged == "0" else None
