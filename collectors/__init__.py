"""Collectors: text from servers in, typed DataFrames out. Knows nothing of reports."""

from __future__ import annotations

from collectors import (
    backups,
    certificates,
    checks,
    disks,
    groups,
    kernel,
    keys,
    lifecycle,
    logins,
    memory,
    ports,
    servers,
    storage,
    sudoers,
    timers,
    timesync,
    updates,
    uptime,
    users,
)
from collectors.base import Collector

# In the order in which a host runs them: what is quick comes first, what may take long last.
COLLECTORS: tuple[Collector, ...] = (
    servers,
    uptime,
    memory,
    timesync,
    timers,
    disks,
    storage,
    lifecycle,
    ports,
    users,
    groups,
    sudoers,
    keys,
    logins,
    kernel,
    certificates,
    backups,
    updates,
    checks,
)
