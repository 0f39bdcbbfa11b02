"""Collectors: text from servers in, typed DataFrames out. Knows nothing of reports."""

from __future__ import annotations

from collectors import backups, certificates, checks, disks, logins, servers, uptime
from collectors.base import Collector

# In the order in which a host runs them: what is quick comes first.
COLLECTORS: tuple[Collector, ...] = (servers, uptime, disks, logins, certificates, backups, checks)
