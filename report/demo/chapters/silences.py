"""What people of the firm silenced: a silence that holds, and one that has ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from report.demo.story import Plant, Story


def plant(story: Story) -> None:
    """Plant silences; last of all, for they are about what is planted already."""
    for one in story.plants[:]:
        if one.kind == "end_of_life" and one.severity == "warning":
            _silence(story, one, "silence", "end-of-life", 21, "s.okafor",
                     "moving to new servers in December")  # fmt: skip
        elif one.kind == "disk_fills" and one.object == "/var":
            _silence(story, one, "silence_ended", "disk-full", -3, "a.bakker",
                     "old write-ahead logs are being moved")  # fmt: skip


def _silence(
    story: Story, one: Plant, kind: str, about: str, days: int, author: str, reason: str
) -> None:
    """Silence a finding until so many days after the last."""
    until, host = story.last + timedelta(days=days), one.hosts[0]
    said: dict[str, Any] = {"host": host, "kind": about}
    said |= {"object": one.object} if about == "disk-full" else {}
    said |= {"author": author, "reason": reason, "until": until}
    story.silences.append(said)
    story.plant(kind, [host], about, story.last, author=author, until=str(until))
