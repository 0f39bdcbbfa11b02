"""How each planted kind of truth.json shows in the frames: `SEEN` has a check by kind.

A check takes the days' snapshots by date, and a plant; it says whether the plant is there on
every host that it names.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd

from report.planned import planned
from report.reading import view
from report.store import Day

Snapshots = Mapping[date, Day]
Plant = Mapping[str, Any]
Check = Callable[[Snapshots, Plant], bool]


def rows(days: Snapshots, plant: Plant, frame: str, which: str = "last") -> pd.DataFrame:
    """Return a frame's rows about the plant's hosts on its first or last day."""
    found = days[date.fromisoformat(plant[which])].frames[frame]
    return found[found["host"].isin(plant["hosts"])]


def series(days: Snapshots, plant: Plant, column: str) -> list[Any]:
    """Return a column of disks over the plant's days, for its host and mount."""
    found = []
    for day in sorted(days):
        if str(day) < plant["first"]:
            continue
        disks = days[day].frames["disks"]
        here = disks[(disks["host"] == plant["hosts"][0]) & (disks["mount"] == plant["object"])]
        found += [int(value) for value in here[column].dropna()]
    return found


def on_all(plant: Plant, found: pd.DataFrame) -> bool:
    """Whether every host of the plant has a row."""
    return set(found["host"]) == set(plant["hosts"])


def mount(days: Snapshots, plant: Plant, which: str = "last") -> pd.DataFrame:
    disks = rows(days, plant, "disks", which)
    return disks[disks["mount"] == plant["object"]]


def fills(column: str) -> Check:
    def check(days: Snapshots, plant: Plant) -> bool:
        known, end = series(days, plant, column), plant["values"][column]
        pace = plant["values"]["points_per_day"]
        grown = known[-1] - known[0] if known else 0
        return known[-1:] == [end] and abs(grown - pace * (len(known) - 1)) < 3

    return check


def shared(days: Snapshots, plant: Plant) -> bool:
    found = mount(days, plant)
    found = found[found["device"] == plant["values"]["device"]]
    same = found["used_percent"] == plant["values"]["used_percent"]
    return on_all(plant, found[same]) and found["used_bytes"].nunique() == 1


def stuck(days: Snapshots, plant: Plant) -> bool:
    found = mount(days, plant)
    return on_all(plant, found[found["cause"].fillna("").str.contains("did not answer")])


def jumped(days: Snapshots, plant: Plant) -> bool:
    before = date.fromisoformat(plant["first"]) - timedelta(days=1)
    known = series(days, {**plant, "first": str(before)}, "used_percent")
    return len(known) > 1 and known[-1] - known[-2] > plant["values"]["points"] - 3


def stepped(days: Snapshots, plant: Plant) -> bool:
    known = series(days, plant, "used_percent")
    jumps = [after - before for before, after in pairwise(known)]
    return (
        bool(jumps)
        and known[-1] == plant["values"]["used_percent"]
        and max(jumps) > plant["values"]["points_per_step"] - 2
    )


def read_only(days: Snapshots, plant: Plant) -> bool:
    found = mount(days, plant)
    return on_all(plant, found[found["read_only"] & ~found["read_only_expected"]])


def cleaned(days: Snapshots, plant: Plant) -> bool:
    before = date.fromisoformat(plant["first"]) - timedelta(days=1)
    peak, rest = mount(days, {**plant, "last": str(before)}), mount(days, plant)
    return bool(peak["used_percent"].max() >= 91) and bool(rest["used_percent"].max() < 40)


def extended(days: Snapshots, plant: Plant) -> bool:
    before = date.fromisoformat(plant["first"]) - timedelta(days=1)
    small, large = mount(days, {**plant, "last": str(before)}), mount(days, plant)
    return bool(abs(large["size_bytes"].max() / small["size_bytes"].max() - 1.5) < 0.01)


def booted(days: Snapshots, plant: Plant) -> pd.DataFrame:
    info = days[date.fromisoformat(plant["last"])].info
    found = rows(days, plant, "uptime")
    return found[(found["booted_at"] >= info.from_at) & (found["booted_at"] < info.to_at)]


def reboots(days: Snapshots, plant: Plant) -> bool:
    found = booted(days, plant)
    return on_all(plant, found) and "crashed" not in set(found["last_stop"].dropna())


def crash(days: Snapshots, plant: Plant) -> bool:
    found = booted(days, plant)
    return on_all(plant, found[found["last_stop"] == "crashed"])


def long_uptime(days: Snapshots, plant: Plant) -> bool:
    found = rows(days, plant, "uptime")
    return on_all(plant, found[found["booted_at"] == pd.Timestamp(plant["values"]["booted_at"])])


def failed_unit(days: Snapshots, plant: Plant) -> bool:
    found = rows(days, plant, "servers")
    named = found["failed_units"].fillna("").str.contains(plant["object"], regex=False)
    return on_all(plant, found[named & found["failed_last_lines"].notna()])


def flaps(days: Snapshots, plant: Plant) -> bool:
    failing = [
        str(day)
        for day, one in days.items()
        if failed_unit({day: one}, {**plant, "last": str(day)})
    ]
    return bool(failing) and failing == [
        d for d in plant["values"]["days"] if date.fromisoformat(d) in days
    ]


def unreachable(days: Snapshots, plant: Plant) -> bool:
    outcomes = rows(days, plant, "outcomes")
    here = days[date.fromisoformat(plant["last"])].frames["disks"]
    silent = not set(plant["hosts"]) & set(here["host"])
    return silent and set(outcomes["outcome"]) <= {plant["object"], plant["values"].get("outcome")}


def unreadable(days: Snapshots, plant: Plant) -> bool:
    found = rows(days, plant, "outcomes")
    found = found[found["collector"] == plant["object"]]
    return on_all(plant, found[found["outcome"] == plant["values"]["outcome"]])


def added(days: Snapshots, plant: Plant) -> bool:
    before = date.fromisoformat(plant["first"]) - timedelta(days=1)
    return not len(rows(days, {**plant, "last": str(before)}, "hosts")) and on_all(
        plant, rows(days, plant, "hosts", "first")
    )


def retired(days: Snapshots, plant: Plant) -> bool:
    seen = rows(days, {**plant, "last": plant["values"]["last_seen"]}, "hosts")
    return on_all(plant, seen) and not len(rows(days, plant, "hosts", "first"))


def attack(days: Snapshots, plant: Plant) -> bool:
    logins = rows(days, plant, "logins")
    network = ipaddress.ip_network(plant["object"])
    inside = logins["source_ip"].map(lambda ip: ip is not None and _within(ip, network))
    failed = logins[inside & (logins["result"] == "failed") & (logins["user"] != "deploy")]
    return on_all(plant, failed) and int(failed["count"].sum()) == plant["values"]["attempts"]


def _within(ip: Any, network: Any) -> bool:
    return isinstance(ip, str) and ipaddress.ip_address(ip) in network


def accepted(days: Snapshots, plant: Plant) -> pd.DataFrame:
    """Return the logins that were let in at the planted moment."""
    logins = rows(days, plant, "logins")
    at = pd.Timestamp(plant["values"]["at"])
    near = (logins["at"] - at).abs() < pd.Timedelta(seconds=1)
    return logins[near & (logins["result"] == "accepted") & (logins["user"] == plant["object"])]


def guessed(days: Snapshots, plant: Plant) -> bool:
    logins = rows(days, plant, "logins")
    same = logins["source_ip"] == plant["values"]["source_ip"]
    failed = logins[same & (logins["result"] == "failed") & (logins["user"] == plant["object"])]
    return int(failed["count"].sum()) == plant["values"]["failed"] and on_all(
        plant, accepted(days, plant)
    )


def root(days: Snapshots, plant: Plant) -> bool:
    found = accepted(days, plant)
    return on_all(plant, found[found["method"] == "password"])


def new_source(days: Snapshots, plant: Plant) -> bool:
    source = plant["values"]["source_ip"]
    found = accepted(days, plant)
    return on_all(plant, found[found["source_ip"] == source]) and not any(
        (one.frames["logins"]["source_ip"] == source).fillna(False).any()
        for day, one in days.items()
        if str(day) < plant["first"]
    )


def returned(days: Snapshots, plant: Plant) -> bool:
    last_seen = plant["values"]["last_seen"]
    return on_all(plant, accepted(days, plant)) and not any(
        (one.frames["logins"]["user"] == plant["object"]).fillna(False).any()
        for day, one in days.items()
        if last_seen < str(day - timedelta(days=1)) and str(day) < plant["first"]
    )


def memory_fills(days: Snapshots, plant: Plant) -> bool:
    first, last = rows(days, plant, "memory", "first"), rows(days, plant, "memory")
    full = last[(last["used_percent"] - plant["values"]["used_percent"]).abs() <= 1]
    grown = bool(last["used_percent"].max() > first["used_percent"].max() + 5)
    return grown and on_all(plant, full[full["oom_kills"] == plant["values"]["oom_kills"]])


def clock_lost(days: Snapshots, plant: Plant) -> bool:
    found = rows(days, plant, "timesync")
    return on_all(plant, found[found["state"] == "unsynchronised"])


def timer_overdue(days: Snapshots, plant: Plant) -> bool:
    found = rows(days, plant, "timers")
    stopped = found["last_at"] == pd.Timestamp(plant["values"]["last_at"])
    here = found[stopped & (found["unit"] == plant["object"])]
    return on_all(plant, here[here["state"] == "overdue"])


def new_row(frame: str, column: str, values: Mapping[str, str]) -> Check:
    """Return a check for a row that is there on the plant's first day and not the day before.

    column: where the plant's object stands. values: by column, the plant's value in it.
    """

    def find(days: Snapshots, plant: Plant, which: str) -> pd.DataFrame:
        found = rows(days, plant, frame, which)
        found = found[found[column].astype("string") == plant["object"].partition("/tcp")[0]]
        for name, value in values.items():
            found = found[found[name] == plant["values"][value]]
        return found

    def check(days: Snapshots, plant: Plant) -> bool:
        before = date.fromisoformat(plant["first"]) - timedelta(days=1)
        was = find(days, {**plant, "last": str(before)}, "last")
        return was.empty and on_all(plant, find(days, plant, "first"))

    return check


def in_state(frame: str, column: str, state: str, about: str = "") -> Check:
    """Return a check for rows in a state; about: the column that has the plant's object."""

    def check(days: Snapshots, plant: Plant) -> bool:
        found = rows(days, plant, frame)
        if about:
            found = found[found[about] == plant["object"]]
        return on_all(plant, found[(found[column] == state).fillna(False)])

    return check


def kernel(kind: str) -> Check:
    """Return a check for a message of the kernel's, on the plant's first and last day."""

    def check(days: Snapshots, plant: Plant) -> bool:
        for which in ("first", "last"):
            found = rows(days, plant, "kernel", which)
            found = found[(found["kind"] == kind) & (found["subject"] == plant["object"])]
            if not on_all(plant, found):
                return False
        return True

    return check


def certificate(days: Snapshots, plant: Plant) -> bool:
    for which in ("first", "last"):
        found = rows(days, plant, "certificates", which)
        found = found[found["source"] == plant["object"]]
        ends = found["not_after_at"].dt.strftime("%Y-%m-%d") == plant["values"]["not_after"]
        if not on_all(plant, found[ends.fillna(False).astype(bool)]):
            return False
    return True


def end_of_life(days: Snapshots, plant: Plant) -> bool:
    found = rows(days, plant, "lifecycle", "first")
    state = "ended" if plant["severity"] == "critical" else "extended"
    return on_all(plant, found[found["state"] == state])


def security_updates(days: Snapshots, plant: Plant) -> bool:
    found = rows(days, plant, "updates").set_index("host")
    counts = plant["values"]["counts"]
    return all(host in counts and found["security"].get(host) == counts[host]
               for host in plant["hosts"])  # fmt: skip


def restart_due(days: Snapshots, plant: Plant) -> bool:
    found = rows(days, plant, "updates")
    due = found[found["reboot_required"].fillna(False).astype(bool)]
    return on_all(plant, due[due["kernel_installed"] == plant["object"]])


def roomy(days: Snapshots, plant: Plant) -> bool:
    found = mount(days, plant)
    large = found[found["available_bytes"] > plant["values"]["free_tib"] * 0.9 * 2**40]
    return on_all(plant, large[large["used_percent"] == plant["values"]["used_percent"]])


def silence(days: Snapshots, plant: Plant) -> bool:
    info = days[date.fromisoformat(plant["last"])].info
    held = [s for s in info.silences if (s.kind, s.author) == (plant["object"],
                                                               plant["values"]["author"])]  # fmt: skip
    ended = any(one.until < info.report_date for one in held)
    return [one.host for one in held] == plant["hosts"] and ended == (
        plant["kind"] == "silence_ended"
    )


def window(days: Snapshots, plant: Plant) -> bool:
    day = days[date.fromisoformat(plant["last"])]
    known = view(day)
    return all(
        planned(known, str(row.host), row.booted_at)
        for row in rows(days, plant, "uptime").itertuples()
    )


SEEN: dict[str, Check] = {
    "disk_roomy": roomy,
    "silence": silence,
    "silence_ended": silence,
    "maintenance_window": window,
    "attack": attack,
    "backup_old": in_state("backups", "state", "too_old", "name"),
    "backup_small": in_state("backups", "state", "too_small", "name"),
    "certificate": certificate,
    "check_critical": in_state("checks", "state", "critical", "check"),
    "clock_lost": clock_lost,
    "crash": crash,
    "disk_cleaned": cleaned,
    "disk_extended": extended,
    "disk_fills": fills("used_percent"),
    "disk_jumped": jumped,
    "disk_shared": shared,
    "disk_steps": stepped,
    "disk_failed": in_state("storage", "state", "failed", "name"),
    "disk_unknown": in_state("storage", "state", "unknown", "name"),
    "end_of_life": end_of_life,
    "failed_then_accepted": guessed,
    "host_added": added,
    "host_retired": retired,
    "inodes_fill": fills("inodes_used_percent"),
    "kernel_filesystem": kernel("filesystem"),
    "kernel_io": kernel("io"),
    "kernel_oom": kernel("oom"),
    "key_added": new_row("keys", "user", {"comment": "comment"}),
    "login_new_source": new_source,
    "no_permission": unreadable,
    "long_uptime": long_uptime,
    "memory_fills": memory_fills,
    "nfs_stuck": stuck,
    "port_opened": new_row("ports", "port", {"process": "process"}),
    "raid_degraded": in_state("storage", "state", "degraded", "name"),
    "read_only": read_only,
    "reboots": reboots,
    "restart_due": restart_due,
    "root_password": root,
    "security_updates": security_updates,
    "site_outage": unreachable,
    "sudoers_changed": new_row("sudoers", "file", {"text": "text"}),
    "timer_failed": in_state("timers", "state", "failed", "unit"),
    "timer_overdue": timer_overdue,
    "unit_failed": failed_unit,
    "unit_flaps": flaps,
    "unreachable": unreachable,
    "user_added": new_row("users", "name", {"uid": "uid"}),
    "user_returned": returned,
}
