"""Every mounted filesystem: its size, what is left, and its inodes.

    mounts|/dev/sda1 / ext4 rw,relatime,errors=remount-ro 0 0
    mounts|nas:/home /home nfs4 rw,vers=4.2,hard 0 0
    df|Filesystem     1024-blocks     Used Available Capacity Mounted on
    df|/dev/sda1        41152736 22105980  16924052      57% /
    inodes|Filesystem      Inodes  IUsed   IFree IUse% Mounted on
    inodes|/dev/sda1      2621440 312044 2309396   12% /
    df2|=137                                    the mount on line 2 of the table is stuck
    fstab|rw /                                  what fstab says of it (its options stay there)

One row a filesystem: types and options from the table of mounts (`kinds` says which are
left out and why), figures from `df`. Only mount points are named to `df`, so no automount
is woken. What may hang, network and FUSE, is asked apart, each in processes of its own and
under its own limit; a stuck one is a row with its cause. Where there is no /proc/self/mounts
`df` is asked for the local ones and for all. A bind mount is no second row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from collectors import text as probe
from collectors.base import FLAG, TEXT, WHOLE, Ask, Column, Parsed
from collectors.disks import df, mounts
from collectors.disks.probing import LIMIT_SECONDS, SCRIPT
from collectors.disks.rows import row
from collectors.errors import CollectError, NotApplicable, ParseError

NAME = "disks"
SECONDS = 30
PAST = False
COLUMNS: tuple[Column, ...] = (
    Column("mount", TEXT, "", "where it is mounted"),
    Column("device", TEXT, "", "what is mounted"),
    Column("fs_type", TEXT, "", "ext4, xfs, nfs4 …"),
    Column("remote", FLAG, "", "whether it lies on another machine"),
    Column("read_only", FLAG, "", "whether it is mounted read-only"),
    Column("read_only_expected", FLAG, "", "whether /etc/fstab wants that; NA if it is silent"),
    Column("size_bytes", WHOLE, "B", "its size; NA when beyond 8 EiB"),
    Column("used_bytes", WHOLE, "B", "what is used"),
    Column("available_bytes", WHOLE, "B", "what an ordinary user may use; negative in the reserve"),
    Column("used_percent", WHOLE, "%", "used ÷ (used + available), rounded as its df does"),
    Column("inodes", WHOLE, "", "how many files it can hold; NA where it sets no limit"),
    Column("inodes_used", WHOLE, "", "how many it holds"),
    Column("inodes_used_percent", WHOLE, "%", "used ÷ all inodes, rounded as its df does"),
    Column("cause", TEXT, "", "why there are no figures"),
)


def script(ask: Ask) -> str:
    """Return the script; what is asked makes no difference to it."""
    del ask
    return probe.PRELUDE + SCRIPT


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row a filesystem; those without figures have a cause and are named.

    Raises ParseError for tables in a form or language that is not known, NotApplicable
    when nothing mounted can run out of space, CollectError when `df` gave no figure at all.
    """
    del ask
    found = probe.sections(text)
    listed = mounts.table(found)
    known = df.shown(mount.at for mount in listed)
    tables = {name: df.read(found[name], known) for name in found if _is_table(name)}
    if not tables and not listed:
        raise ParseError("neither a table of mounts nor one of df", text)
    figures: dict[str, df.Figures] = {}
    devices: dict[str, str] = {}
    types: dict[str, str] = {}
    for table in tables.values():
        devices, types = devices | table.devices, types | table.types
        for at, more in table.figures.items():
            figures[at] = figures.get(at, {}) | more
    # What df knows and the table of mounts does not is never dropped.
    only_df = [
        mounts.unlisted(devices[at], at, types.get(at, "")) for at in figures if at not in known
    ]
    kept = [m for m in mounts.distinct(listed) if not _named_by_twin(m, listed, figures)]
    kept += [one for one in only_df if figures[one.at].get("size") and one.wanted]
    if not kept:
        raise NotApplicable("no filesystem is mounted that could run out of space")
    missing = {m.at: _why(m, found, tables) for m in kept if "size" not in figures.get(m.at, {})}
    cause = "; ".join(f"{at}: {why}" for at, why in list(missing.items())[:5])
    if len(missing) == len(kept):
        raise CollectError(f"df gave no figures: {cause}")
    more_missing = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    skipped = [line for table in tables.values() for line in table.skipped]
    if skipped:
        more_missing += "; " * bool(cause) + f"no line of df: {skipped[0][:80]!r}"
        more_missing += f" and {len(skipped) - 1} more" if len(skipped) > 1 else ""
    wanted = mounts.expected(found.good("fstab"))
    rows = [
        row(_named(m, devices), figures.get(m.at, {}), missing.get(m.at), wanted.get(m.at))
        for m in kept
    ]
    causes = [cause + more_missing, *_unread(found, tables)]
    return Parsed(rows, "; ".join(one for one in causes if one))


def _unread(found: probe.Sections, tables: Mapping[str, df.Table]) -> Iterator[str]:
    """Yield which whole tables could not be had: their absence shows in no single row."""
    if "mounts" in found and found["mounts"].status != 0:
        yield "the table of mounts could not be read"
    if "inodes" in found and found["inodes"].status != 0 and not tables["inodes"].figures:
        yield f"no inodes: df ended with {found['inodes'].status}"


def _is_table(name: str) -> bool:
    return name.startswith(("df", "inodes"))


def _named(mount: mounts.Mount, devices: Mapping[str, str]) -> mounts.Mount:
    """Return the mount under df's name of the device: /dev/sda1 for /dev/root or by-uuid/…"""
    said = devices.get(mount.at, "")
    clear = said.startswith("/dev/") and "?" not in said
    return replace(mount, device=said) if clear else mount


def _named_by_twin(
    mount: mounts.Mount, listed: list[mounts.Mount], figures: Mapping[str, df.Figures]
) -> bool:
    """Say whether df answered for a bind mount under an earlier mount's name: BusyBox does."""
    return mount.at not in figures and any(
        twin.number < mount.number
        and (twin.device, twin.fs_type, twin.options)
        == (mount.device, mount.fs_type, mount.options)
        and twin.at in figures
        and not mount.apart
        for twin in listed
    )


def _why(mount: mounts.Mount, found: probe.Sections, tables: Mapping[str, df.Table]) -> str:
    """Say why a mount has no figures: df's own words, its silence, or that it is not listed."""
    own = f"df{mount.number}" if "mounts" in found else "df0"
    name = own if mount.apart else "df"
    section = found.get(name)
    for line in tables[name].messages if name in tables else ():
        if said := re.search(rf"[ '`‘]{re.escape(mount.at)}['’]?: (.*)", line):
            return said[1]
    if section is None or section.status in (None, probe.KILLED):
        return f"df did not answer within {LIMIT_SECONDS} s"
    if section.status == 127:
        return "there is no df"
    return "df says nothing of it"
