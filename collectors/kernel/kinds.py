"""What a message of Linux's kernel is about; a part of `kernel`.

After the kernel's own texts: mm/oom_kill.c, block/blk-core.c, drivers/ata/libata-eh.c,
drivers/nvme, drivers/md, fs/ext4, fs/xfs, fs/btrfs, fs/jbd2, arch/x86/kernel/cpu/mce,
drivers/edac, drivers/pci/pcie/aer.c, kernel/hung_task.c, kernel/watchdog.c, kernel/rcu,
arch/x86/mm/fault.c, arch/x86/kernel/traps.c, net/netfilter and net/sched.
"""

from __future__ import annotations

import re

# Below the level of an error these alone are rows; grep(1) looks for them on the server.
WANTED = (
    "Killed process|out of memory|segfault at|general protection|traps: .*trap "
    "|Hardware Error|Machine check|EDAC .*[CU]E|AER: |PCIe Bus Error|Memory failure"
    "|emperature above threshold|I/O error|error, dev|failed command|QID [0-9]+.* timeout"
    "|Disk failure|kicking non-fresh|EXT[234]-fs (error|warning)"
    "|EXT4-fs [(].*(emounting|error|fail)|XFS [(].*([Ee]rror|orrupt|hut|ail)"
    "|BTRFS (error|critical|warning)|Aborting journal|not responding|Kernel panic|Oops"
    "|BUG: |kernel BUG|blocked for more than|soft lockup|hard LOCKUP"
    "|detected (expedited )?stall|page allocation failure|table full|table overflow"
    "|SYN flooding|NETDEV WATCHDOG|ink is [Dd]own"
)

# The first that is found counts. What the one group holds is the process or device concerned.
_PATTERNS = (
    ("oom", r"Killed process \d+,?(?: UID \d+,)? \((.{0,16})\)"),
    ("oom", r"page allocation failure|no killable process"),
    ("panic", r"Kernel panic|\bOops\b|kernel BUG at|\bBUG: (?!soft lockup|workqueue)"),
    ("panic", r"[Uu]nable to handle kernel|general protection fault.*\[#"),
    ("hang", r"task (.{1,40}):\d+ blocked for more than \d+ seconds"),
    ("hang", r"(?:soft lockup|hard LOCKUP)(?:.*\[([^\]]{1,16}):\d+\])?"),
    ("hang", r"\bdetected (?:expedited )?stall|\bworkqueue lockup"),
    ("segfault", r"(?:traps: )?(.{1,16})\[\d+\]:? (?:segfault at|general protection|trap )"),
    ("filesystem", r"(?:EXT[234]-fs|BTRFS)(?: error| critical| warning)? \(device ([^\s):]+)"),
    ("filesystem", r"EXT4-fs \(([^\s):]+)\): .*(?:[Rr]emounting|error|fail)"),
    ("filesystem", r"XFS \(([^\s):]+)\): .*(?:[Ee]rror|[Cc]orrupt|[Ss]hut|[Ff]ail)"),
    ("filesystem", r"Aborting journal on device ([^\s.]+)|JBD2: .*[Ee]rror"),
    ("filesystem", r"(?:nfs|CIFS|ceph): .*?(\S+) (?:not responding|has not responded)"),
    ("filesystem", r"(?:FAT|F2FS|GFS2)-fs .*error|SQUASHFS error|OCFS2: .*ERROR"),
    ("hardware", r"\[Hardware Error\]|Machine [Cc]heck|Memory failure:"),
    ("hardware", r"temperature above threshold|NMI: .*(?:PCI|IOCK|memory)"),
    ("hardware", r"EDAC (\S+?): .*\b[CU]E\b"),
    ("hardware", r"(?:pcieport )?(\S+): (?:AER:|PCIe Bus Error)"),
    ("io", r"(?:error, dev|I/O error on dev(?:ice)?) ([^\s,]+)"),
    ("io", r"(ata\d+(?:\.\d+)?): (?:failed command|exception |error|hard resetting)"),
    ("io", r"nvme (nvme\d+): .*(?:timeout|[Aa]bort|[Rr]eset|fail|down|removed)"),
    ("io", r"sd [\d:]+: \[(\w+)\].*(?:FAILED|Error|[Uu]nrecovered|offline)"),
    ("io", r"md/\S+?: Disk failure on ([^\s,]+)|md: kicking non-fresh (\S+)"),
    ("io", r"device-mapper: .*(?:[Ee]rror|[Ff]ail)|offline device|Medium Error|I/O error"),
    ("network", r"table full, dropping|table overflow|SYN flooding on port|TCP: out of memory"),
    ("network", r"NETDEV WATCHDOG: (\S+)|([^\s:]+):? (?:NIC )?[Ll]ink is [Dd]own"),
)
KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
# Rows are for what happened: these tell more of the line before them, or repeat it.
DETAIL = re.compile(
    r"\s|\[? ?<|(?:RIP|RSP|EIP|RAX|RDX|RBP|R\d\d|FS|CS|CR2|Code|Call [Tt]race)\b.*:"
    r"|(?:Modules linked in|CPU|Workqueue|Tainted|Comm|Hardware name|PKRU)\b ?:"
    r"|---\[|\S+\+0x[0-9a-f]+/0x|\S+: (?:(?:status|error|SError): \{|irq_stat |cmd )"
    r"|(?:Out of memory|Memory cgroup out of memory): Kill process \d+ .* or sacrifice child"
    r'|"echo 0 > /proc/sys/kernel/hung_task'
)


def of(message: str) -> tuple[str, str | None]:
    """Return the kind of a message and its subject; kind "" for a detail of the one before."""
    if DETAIL.match(message):
        return "", None
    for kind, pattern in KINDS:
        if hit := pattern.search(message):
            return kind, next((value for value in hit.groups() if value), None)
    return "other", None
