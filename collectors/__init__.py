"""Collectors: text from servers in, typed DataFrames out. Knows nothing of reports."""

from __future__ import annotations

from collectors import disks, lifecycle, logins, servers, updates, uptime
from collectors.base import Collector

# In the order in which a host runs them: what is quick comes first.
COLLECTORS: tuple[Collector, ...] = (servers, uptime, lifecycle, disks, logins, updates)
