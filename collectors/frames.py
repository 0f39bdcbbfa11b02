"""The snapshot's frames by name, with their columns: those of the hosts, of what came of each
attempt, and one a collector.
"""

from __future__ import annotations

from collectors import COLLECTORS
from collectors import hosts as facts
from collectors.base import HOST, NUMBER, TEXT, TIME, WHOLE, Column
from collectors.errors import Outcome

HOST_COLUMNS: tuple[Column, ...] = (
    HOST,
    Column("address", TEXT, "", "where it is reached, if not under its name"),
    Column("groups", TEXT, "", "its groups, separated by commas"),
    Column("labels", TEXT, "", "its labels, a JSON object"),
    *facts.COLUMNS,
    Column("collected_at", TIME, "UTC", "when its answers were complete"),
)
OUTCOME_COLUMNS: tuple[Column, ...] = (
    HOST,
    Column("collector", TEXT, "", "which collector"),
    Column("outcome", TEXT, "", f"one of {', '.join(Outcome)}"),
    Column("cause", TEXT, "", "why it is not ok, in words"),
    Column("note", TEXT, "", "what else is to be known, though nothing is amiss"),
    Column("seconds", NUMBER, "s", "how long the probe ran on the host"),
    Column("bytes", WHOLE, "B", "how much it printed"),
    Column("from_at", TIME, "UTC", "the beginning of the time asked for"),
    Column("to_at", TIME, "UTC", "its end"),
    Column("evidence_from_at", TIME, "UTC", "how far back the evidence reaches"),
)


FRAMES: dict[str, tuple[Column, ...]] = {
    "hosts": HOST_COLUMNS,
    "outcomes": OUTCOME_COLUMNS,
    **{collector.NAME: (HOST, *collector.COLUMNS) for collector in COLLECTORS},
}
