"""What even root may not do here, to tell a container from a machine; a part of collectors.

    rights|CapBnd:	000001ffffffffff                     /proc/self/status, capabilities(7)
    rights|         0          0 4294967295              /proc/self/uid_map, user_namespaces(7)

Where even root lacks a capability, or root is somebody else outside, the clock and the
kernel are another's.
"""

from __future__ import annotations

import re

from collectors.text import Sections

SCRIPT = "say rights grep -h -e CapBnd -e 4294967295 /proc/self/status /proc/self/uid_map\n"

SET_TIME, READ_KERNEL_LOG = 25, 34
BOUND = re.compile(r"CapBnd:\s+([0-9a-f]{16})")
OWN_IDS = re.compile(r"\s*0\s+0\s+4294967295")


def lacks(found: Sections, capability: int) -> bool:
    """Say whether not even root has it here; False where nothing tells (not Linux)."""
    lines = found.good("rights")
    bounds = [int(hit[1], 16) for line in lines if (hit := BOUND.fullmatch(line))]
    own_ids = any(OWN_IDS.fullmatch(line) for line in lines)
    return bool(bounds) and not (own_ids and bounds[0] >> capability & 1)
