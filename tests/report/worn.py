"""A synthetic day on which what servers stand on fails, and what has to be done is not done."""

from __future__ import annotations

from datetime import timedelta

from report.settings import SECTIONS
from report.store import Day
from tests.report.fleets import COLLECTORS, GIB, TO, Fleet

HOSTS = ("web01", "web02", "db01", "db02", "old01", "backup01", "gone01")
MORE = (
    "memory", "timesync", "timers", "storage", "kernel", "checks", "updates", "lifecycle",
    "certificates", "backups",
)  # fmt: skip
DEBIAN = ("debian", "Debian GNU/Linux", "12", "6.1.0-28-amd64")


def worn() -> Day:
    """Return a day of seven servers with something of every small collector."""
    fleet = Fleet()
    for host in HOSTS[:-1]:
        fleet.host(host, host[:-2], DEBIAN)
        fleet.add("servers", host, state="up", system_state="running", failed_units="")
        fleet.disk(host, "/", 40, 50)
        fleet.runs(host, 100)
        for collector in (*COLLECTORS, *MORE):
            fleet.outcome(host, collector)
        _well(fleet, host)
    fleet.host("gone01", "gone", DEBIAN, ok=False)
    fleet.add("servers", "gone01", state="down", state_reason="no route to gone01")
    for collector in (*COLLECTORS, *MORE):
        fleet.outcome("gone01", collector, "unreachable", "no route to gone01: No route to host")
    _health(fleet)
    _upkeep(fleet)
    return fleet.day(sections=list(SECTIONS))


def _well(fleet: Fleet, host: str) -> None:
    used = 30 + 5 * HOSTS.index(host)
    fleet.add("memory", host, total_bytes=16 * GIB, available_bytes=int(16 * GIB * (1 - used / 100)),
              used_bytes=int(16 * GIB * used / 100), used_percent=used, swap_total_bytes=0,
              swap_used_bytes=0, oom_kills=0)  # fmt: skip
    fleet.add("timesync", host, state="ok", state_reason="", synchronised=True, source="chronyd",
              reference="ntp1.example.org", offset_seconds=0.0004)  # fmt: skip
    fleet.add("timers", host, unit="logrotate.timer", activates="logrotate.service", state="ok",
              state_reason="", last_at=TO - timedelta(hours=5))  # fmt: skip
    fleet.add("storage", host, kind="md", name="md0", state="ok", detail="2 of 2 disks")
    fleet.add("updates", host, manager="apt", pending=0, security=0, reboot_required=False,
              lists_at=TO - timedelta(hours=8))  # fmt: skip
    ends = TO + timedelta(days=564)
    fleet.add("lifecycle", host, os_id="debian", os_name="Debian GNU/Linux", os_version="12",
              state="supported", ends_at=ends, source="debian.org")  # fmt: skip


def _change(fleet: Fleet, frame: str, host: str, **values: object) -> None:
    next(row for row in fleet.rows[frame] if row["host"] == host).update(values)


def _health(fleet: Fleet) -> None:
    _change(fleet, "storage", "db01", state="degraded", detail="1 of 2 disks missing: [U_]")
    fleet.add("storage", "db02", kind="smart", name="sdb", state="failed",
              detail="Reallocated_Sector_Ct 2,104")  # fmt: skip
    fleet.add("kernel", "db02", at=TO - timedelta(hours=3), level="err", kind="io", subject="sdb",
              message="I/O error, dev sdb, sector 2210 op 0x0:(READ)", count=214)  # fmt: skip
    fleet.add("kernel", "web02", at=TO - timedelta(hours=7), level="err", kind="oom", subject="java",
              message="Out of memory: Killed process 812 (java) total-vm:8123456kB", count=3)  # fmt: skip
    fleet.add("kernel", "web01", at=TO - timedelta(hours=2), level="info", kind="segfault",
              subject="php", message="php[99]: segfault at 0 ip 00007f", count=1)  # fmt: skip
    _change(fleet, "memory", "web02", used_percent=96, available_bytes=int(0.64 * GIB),
            swap_total_bytes=2 * GIB, swap_used_percent=88)  # fmt: skip
    _change(fleet, "memory", "web01", limit_bytes=4 * GIB, limit_used_bytes=int(3.96 * GIB),
            limit_used_percent=99)  # fmt: skip
    _change(fleet, "timesync", "old01", state="none", state_reason="no time daemon runs",
            synchronised=False, offset_seconds=None)  # fmt: skip
    _change(fleet, "timesync", "db01", offset_seconds=-2.25)
    _change(fleet, "timers", "web01", unit="certbot.timer", state="failed",
            state_reason="certbot.service ended with exit code 1")  # fmt: skip
    _change(fleet, "timers", "old01", unit="backup.timer", state="overdue", last_at=None,
            state_reason="was due 3 days ago")  # fmt: skip
    for check, state, text in (("replication", "critical", "CRITICAL: 4211 s behind"),
                               ("queue", "ok", "OK: 3 mails"), ("licence", "unknown", "")):  # fmt: skip
        fleet.add("checks", "db01", check=check, state=state, exit_code=2, text=text,
                  cause="no answer within 10 s" if state == "unknown" else None)  # fmt: skip
    fleet.add("checks", "db01", check="queue", label="mails", value=3.0)


def _upkeep(fleet: Fleet) -> None:
    _change(fleet, "updates", "web01", pending=31, security=7,
            packages="openssl, libssl3, curl and 4 more")  # fmt: skip
    _change(fleet, "updates", "old01", pending=212, security=90, reboot_required=True,
            reboot_reason="kernel 5.10.0-30 runs, 5.10.0-33 is installed")  # fmt: skip
    _change(fleet, "updates", "backup01", pending=4, security=None)
    _change(fleet, "lifecycle", "old01", os_version="10", state="ended",
            ends_at=TO - timedelta(days=876), extended_ends_at=TO - timedelta(days=146))  # fmt: skip
    _change(fleet, "lifecycle", "backup01", os_version="11", state="extended",
            ends_at=TO - timedelta(days=831), extended_ends_at=TO + timedelta(days=281))  # fmt: skip
    for host, path, days in (("web01", "/etc/letsencrypt/live/shop.example.org/cert.pem", -2),
                             ("web02", "443", 5), ("db01", "/etc/ssl/db.pem", 400),
                             ("db02", "/etc/ssl/db.pem", 15)):  # fmt: skip
        fleet.add("certificates", host, source=path, position=1, subject="CN=shop.example.org",
                  not_after_at=TO + timedelta(days=days, hours=1))  # fmt: skip
        fleet.add("certificates", host, source=path, position=2, subject="CN=R3",
                  not_after_at=TO + timedelta(days=500))  # fmt: skip
    fleet.add("certificates", "old01", source="/etc/ssl/x.pem", cause="no certificate in it")
    for name, state, hours in (("database", "too_old", 75), ("mail", "missing", 0),
                               ("files", "ok", 6), ("wiki", "too_small", 7)):  # fmt: skip
        there = state != "missing"
        fleet.add("backups", "backup01", name=name, path=f"/srv/backup/{name}-*.gz", state=state,
                  newest_at=TO - timedelta(hours=hours) if there else None,
                  age_seconds=hours * 3600 if there else None, max_age_hours=26.0,
                  size_bytes=120 if state == "too_small" else 12 * GIB if there else None,
                  min_bytes=4096, files=9 if there else 0)  # fmt: skip
