"""The chapters of the story: each plants what belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from report.demo.chapters import absences, disks, intruders, states
from report.demo.organisation import Server
from report.demo.story import Story, plant_waves, start_servers


def tell(seed: int, servers: Sequence[Server], days: int, until: date) -> Story:
    """Return the story of so many days that end on a day."""
    story = Story(seed, servers, until - timedelta(days=days - 1), until)
    start_servers(story)
    absences.plant(story)
    disks.plant(story)
    states.plant(story)
    intruders.plant(story)
    plant_waves(story)
    return story
