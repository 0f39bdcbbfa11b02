"""Pure: a day's frames in, small frames out, ranked and ready to be read. No HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

PRIVILEGE = ("sudo", "su", "pkexec", "doas")
IN_MEMORY = ("tmpfs", "devtmpfs", "ramfs")
# Their files are those of filesystems that have rows of their own.
MIRRORS = ("overlay", "ecryptfs", "fuse.mergerfs", "fuse.unionfs", "fuse.bindfs", "fuse.gocryptfs",
           "fuse.encfs", "fuse.unionfs-fuse")  # fmt: skip
REMOTE = "remote shares"
UPTIME_STEPS = (
    ("under a day", 1),
    ("1 to 7 days", 7),
    ("7 to 30 days", 30),
    ("30 to 90 days", 90),
    ("90 to 365 days", 365),
    ("over a year", float("inf")),
)


def filesystems(disks: pd.DataFrame) -> pd.DataFrame:
    """Return each filesystem once, however often it is mounted.

    Rows: one a filesystem: a local device once for its host, a remote one once for the
    fleet; what mirrors other filesystems (an overlay other than /, mergerfs) is left out.
    Columns: those of `disks`, and host_count, the hosts that mount it.
    """
    called = disks["device"].fillna("").astype(object)
    device = called.str.replace(r"^.*@(?=/dev/)", "", regex=True)  # Time Machine's snapshots
    remote = disks["remote"].fillna(False).astype(bool)
    named = device.str.contains(r"[/:]", regex=True) & ~disks["fs_type"].isin(IN_MEMORY)
    mirror = disks["fs_type"].isin(MIRRORS).fillna(False) & (disks["mount"] != "/").fillna(True)
    frame = disks.assign(
        _host=disks["host"].where(~remote, "").astype(object),
        _device=device.where(named, disks["mount"].astype(object)),
        _length=disks["mount"].str.len(),
    )[~mirror.astype(bool)]
    keys = ["_host", "_device"]
    counts = frame.groupby(keys, sort=False)["host"].nunique().rename("host_count")
    # The figures first, then the shortest mount: / rather than the file mounted from it.
    last = frame["used_percent"].isna() | (called != device)
    order = frame.assign(_last=last).sort_values(["_last", "_length"], kind="stable")
    once = order.drop_duplicates(keys).join(counts, on=keys).sort_index()
    return once.drop(columns=["_host", "_device", "_length", "_last"]).reset_index(drop=True)


def writable(once: pd.DataFrame) -> pd.DataFrame:
    """Return the filesystems that can fill: neither read-only nor without figures."""
    read_only = once["read_only"].fillna(False).astype(bool)
    return once[~read_only & (once["used_percent"].notna() | once["inodes_used_percent"].notna())]


def fullest(once: pd.DataFrame) -> pd.DataFrame:
    """Return the filesystems that can fill, the fullest first, be it by bytes or by inodes.

    Columns: those of `once`, and percent, the larger of the two.
    """
    frame = writable(once)
    percent = frame[["used_percent", "inodes_used_percent"]].max(axis=1)
    return frame.assign(percent=percent).sort_values(
        ["percent", "host", "mount"], ascending=[False, True, True], kind="stable"
    )


def space_by_group(once: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    """Return the space on disks of each group of hosts, shared pools counted once.

    Rows: a group each, in the order of their names; remote filesystems belong to no host's
    group, but are REMOTE. Columns: group, filesystems, size_bytes, used_bytes, used_percent.
    """
    frame = once[once["size_bytes"].notna() & ~once["fs_type"].isin(IN_MEMORY)].copy()
    pool = _pool(frame)
    frame["group"] = frame["host"].astype(object).map(groups)
    frame.loc[frame["remote"].fillna(False).astype(bool), "group"] = REMOTE
    # What shares a pool shares its free space: used adds up, what is free counts once.
    free = (frame["size_bytes"] - frame["used_bytes"]).astype("Float64")
    frame["free"] = free.mask(pool != "", frame["available_bytes"].astype("Float64"))
    twice = (pool != "") & frame.assign(pool=pool).duplicated(["host", "pool"])
    frame.loc[twice, "free"] = 0.0
    total = frame.groupby("group", sort=True).agg(
        filesystems=("mount", "size"), used_bytes=("used_bytes", "sum"), free=("free", "sum")
    )
    total["size_bytes"] = total["used_bytes"] + total["free"]
    total["used_percent"] = (
        100 * total["used_bytes"] / total["size_bytes"].mask(total["size_bytes"] == 0)
    )
    columns = ["group", "filesystems", "size_bytes", "used_bytes", "used_percent"]
    return total.reset_index()[columns]


def _pool(disks: pd.DataFrame) -> pd.Series:
    """Return the pool that each filesystem shares with others: of ZFS or APFS; "" for none."""
    device = disks["device"].fillna("").astype(object)
    zfs, apfs = ((disks["fs_type"] == name).fillna(False).astype(bool) for name in ("zfs", "apfs"))
    pool = device.str.split("/").str[0].where(zfs, "")
    # The volumes disk3s1 and disk3s5 lie in the container disk3.
    return pool.mask(apfs, device.str.extract(r"^(/dev/disk\d+)s\d", expand=False).fillna(""))


def sessions(logins: pd.DataFrame) -> pd.DataFrame:
    """Return the logins without sudo and its like, which nobody comes in by."""
    other = logins["service"].isin(PRIVILEGE)
    return logins[~other] if other.any() else logins


def privilege(logins: pd.DataFrame) -> pd.DataFrame:
    """Return who became whom by sudo and its like.

    Rows: one a user and target, most first. Columns: user, target_user, accepted, failed, hosts.
    """
    return ranked(logins[logins["service"].isin(PRIVILEGE)], ["user", "target_user"])


def ranked(logins: pd.DataFrame, by: list[str], first: str = "accepted") -> pd.DataFrame:
    """Return logins counted by some columns; attempts folded into one row count as many.

    Rows: one a combination, those with most of `first` on top. Columns: `by`, accepted,
    failed, hosts, users, sources, first_at, last_at.
    """
    frame = logins.assign(
        accepted=logins["count"].where(logins["result"] == "accepted", 0),
        failed=logins["count"].where(logins["result"] == "failed", 0),
    )
    groups = frame.groupby(by, sort=True, dropna=False)
    counted = groups.agg(
        accepted=("accepted", "sum"),
        failed=("failed", "sum"),
        hosts=("host", "nunique"),
        users=("user", "nunique"),
        sources=("source_ip", "nunique"),
        first_at=("at", "min"),
        last_at=("at", "max"),
    ).reset_index()
    other = "failed" if first == "accepted" else "accepted"
    return counted.sort_values([first, other], ascending=False, kind="stable")


def total(logins: pd.DataFrame, result: str) -> int:
    """Return how many attempts ended so."""
    return int(logins.loc[logins["result"] == result, "count"].sum())


def by_hour(logins: pd.DataFrame, from_at: datetime, to_at: datetime, zone: tzinfo) -> pd.DataFrame:
    """Return accepted and failed logins by hour.

    Rows: every hour of the period, also those without a login. Columns: hour (its beginning,
    in `zone`), accepted, failed.
    """
    start, end = (pd.Timestamp(at).tz_convert("UTC").floor("h") for at in (from_at, to_at))
    if pd.Timestamp(to_at) == end and end > start:
        end -= pd.Timedelta(hours=1)
    hours = pd.date_range(start, end, freq="h", tz="UTC")
    # The last instant of a period that ends on the hour belongs to its last hour.
    at = logins["at"].dt.tz_convert("UTC").dt.floor("h").clip(upper=end)
    out: dict[str, object] = {"hour": hours.tz_convert(str(zone))}
    for result in ("accepted", "failed"):
        here = logins["result"] == result
        counts = logins.loc[here, "count"].groupby(at[here]).sum()
        out[result] = counts.reindex(hours, fill_value=0).astype("int64").to_numpy()
    return pd.DataFrame(out)


def systems(hosts: pd.DataFrame) -> pd.DataFrame:
    """Return the operating systems. Rows: one a name and version, most hosts first.

    Columns: system, hosts, kernels (how many different ones), on (the kernels and how many
    hosts each has, most first).
    """
    known = hosts[hosts["os_name"].notna()]
    version = known["os_version"].fillna("").astype(object)
    system = (known["os_name"].astype(object) + " " + version).str.strip()
    counted = known.assign(system=system).groupby("system", sort=True)
    frame = counted.agg(hosts=("host", "nunique"), kernels=("kernel", "nunique")).reset_index()
    on = [
        list(rows.groupby("kernel", sort=True)["host"].nunique().astype(int)
             .sort_values(ascending=False, kind="stable").items())
        for _, rows in counted
    ]  # fmt: skip
    frame["on"] = pd.Series(on, frame.index, dtype=object)
    return frame.sort_values("hosts", ascending=False, kind="stable")


def rebooted(uptime: pd.DataFrame, from_at: datetime, to_at: datetime) -> pd.DataFrame:
    """Return the rows of hosts that booted in the period, the latest first."""
    booted = uptime["booted_at"].between(pd.Timestamp(from_at), pd.Timestamp(to_at))
    return uptime[booted.fillna(False).astype(bool)].sort_values(
        ["booted_at", "host"], ascending=[False, True], kind="stable"
    )


def uptimes(uptime: pd.DataFrame) -> pd.DataFrame:
    """Return how long hosts have run. Rows: UPTIME_STEPS. Columns: running, hosts."""
    days = uptime["uptime_seconds"].dropna().astype("float64") / 86400
    below = [int((days < limit).sum()) for _, limit in UPTIME_STEPS]
    hosts = [now - before for now, before in zip(below, [0, *below], strict=False)]
    return pd.DataFrame({"running": [name for name, _ in UPTIME_STEPS], "hosts": hosts})


def busiest(uptime: pd.DataFrame) -> pd.DataFrame:
    """Return hosts by load for each core, the busiest first. Columns: as uptime, per_core."""
    per_core = uptime["load_15"] / uptime["cores"].astype("Float64").mask(uptime["cores"] == 0)
    frame = uptime.assign(per_core=per_core)[per_core.notna()]
    return frame.sort_values(["per_core", "host"], ascending=[False, True], kind="stable")


def outcomes(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how collectors fared. Rows: one a collector, in the order they were run.

    Columns: collector, one for each outcome there is (hosts), p50 and p95 (seconds).
    """
    order = list(dict.fromkeys(frame["collector"]))
    counts = pd.crosstab(frame["collector"].astype(object), frame["outcome"].astype(object))
    seconds = frame.groupby("collector")["seconds"]
    table = counts.reindex(order)
    table["p50"] = seconds.quantile(0.5).reindex(order)
    table["p95"] = seconds.quantile(0.95).reindex(order)
    return table.reset_index(names="collector")
