"""Pure: which rows a finding is made of, and which raw file these were read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report.contract import Finding
from report.frames import frame_of
from report.reading import View

if TYPE_CHECKING:
    import pandas as pd

# Kinds that are told of one thing of a host: the column in which that stands.
COLUMNS = {
    "disk-full": "mount", "inodes-full": "mount", "disk-filling": "mount", "unusual-rise": "mount",
    "read-only": "mount", "timer-failed": "unit", "timer-overdue": "unit", "timer-inactive": "unit",
    "backup": "name", "check": "check", "certificate": "source", "second-root": "name",
    "empty-password": "name", "guessed": "source_ip", "returned": "user", "new-user": "user",
}  # fmt: skip
OUTCOMES = ("server-down", "server-unread")  # of which there is nothing but that


def rows(view: View, one: Finding) -> pd.DataFrame:
    """Return the rows of the frame that a finding was made of; columns as that frame's."""
    name = "outcomes" if one.kind in OUTCOMES else one.source
    frame = frame_of(view, name)
    here = frame[frame["host"].isin(one.hosts)]
    column = COLUMNS.get(one.kind, "")
    return here[here[column] == one.object] if column and column in here else here


def raw(view: View, one: Finding) -> list[str]:
    """Return the files, below the day's folder, that hold what its servers printed."""
    return [f"raw/{view.names.get(host, host)}.txt.gz" for host in one.hosts]
