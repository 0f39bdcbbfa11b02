"""One server on one day: what a printer needs to know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from report.demo.organisation import Server
from report.demo.story import Boot, Story


@dataclass(frozen=True)
class Visit:
    """One server on one day. from_at, to_at: the report's period; now: the server's clock."""

    story: Story
    server: Server
    day: date
    from_at: datetime
    to_at: datetime
    now: datetime

    @cached_property
    def boot(self) -> Boot:
        """Its last start."""
        return self.story.started(self.server, self.now)[0]

    @cached_property
    def kernel(self) -> str:
        """The kernel that runs: the newest there was at its last start."""
        return self.server.system.kernel(self.boot.at.date())

    @property
    def installed(self) -> str:
        """The newest kernel that is installed: it waits for a restart, or it is running."""
        since = self.story.restarts.get(self.server.name)
        waits = since is not None and since <= self.day
        return self.server.system.kernel(self.day) if waits else self.kernel

    @property
    def uptime(self) -> float:
        """Seconds since its last start."""
        return (self.now - self.boot.at).total_seconds()

    @property
    def root(self) -> bool:
        """Whether it is read as root; otherwise as a user of few rights."""
        since = self.story.denied.get(self.server.name)
        return since is None or since > self.day

    @cached_property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.server.zone)

    def dice(self, topic: str) -> Random:
        """Return dice that fall the same for this server, day and topic."""
        name = f"{self.story.seed} {topic} {self.server.name} {self.day}"
        return Random(name)  # noqa: S311 - of a made-up fleet


def section(name: str, lines: str | Iterable[str], status: int = 0) -> str:
    """Return one command's output as the probes print it (`collectors.text`)."""
    listed: Sequence[str] = [lines] if isinstance(lines, str) else list(lines)
    said = "".join(f"{name}|{line}\n" for line in listed)
    return f"{said}{name}|\n{name}|={status}\n"
