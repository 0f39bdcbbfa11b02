"""The chapters of the story: each plants what belongs together."""

from __future__ import annotations

from datetime import date, timedelta

from report.demo import organisation
from report.demo.chapters import absences, changes, disks, intruders, silences, software, states
from report.demo.story import Story, plant_waves, start_servers


def tell(seed: int, hosts: int, days: int, until: date) -> Story:
    """Return the story of so many days that end on a day, with so many hosts on that."""
    story = Story(seed, organisation.servers(hosts), until - timedelta(days=days - 1), until)
    absences.plant(story)
    start_servers(story)
    disks.plant(story)
    states.plant(story)
    intruders.plant(story)
    changes.plant(story)
    software.plant(story)
    plant_waves(story)
    silences.plant(story)
    return story
