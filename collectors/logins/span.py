"""How far one log reaches, and what looks wrong about its times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from collectors.logins.sections import Log

# A clock that is set right goes back by less.
JUMP = timedelta(hours=2)


class Span:
    """From when on one log reaches, and what looks wrong about its times."""

    def __init__(self, log: Log, odd: list[str]) -> None:
        self._log, self._odd = log, odd
        self._earliest: datetime | None = None
        self._latest: datetime | None = None
        self._jumped = False

    def see(self, at: datetime, *, in_order: bool = True) -> None:
        """Take in the time of a line; say it, once a log, where time went backwards."""
        if self._earliest is None or at < self._earliest:
            self._earliest = at
        if self._latest is None or at >= self._latest:
            self._latest = at
        elif in_order and self._latest - at > JUMP and not self._jumped:
            self._jumped = True
            self._odd.append(
                f"in {self._log.path} the clock goes back from {self._latest:%Y-%m-%d %H:%M} to"
                f" {at:%Y-%m-%d %H:%M} UTC"
            )

    def pass_over(self, first: str) -> None:
        """Take in a line without a time: `first` if it is the log's first, else ""."""
        if first and self._log.rank == 1:
            self._odd.append(f"{self._log.path} begins in the middle of a line")

    def begins(self) -> datetime | None:
        """Return how far back the log reaches."""
        if self._log.oldest is not None:
            return datetime.fromtimestamp(self._log.oldest, UTC)
        if self._earliest is None and self._log.status == 0 and not self._log.has_entries:
            # It was emptied, or made, when it was last written to.
            return datetime.fromtimestamp(self._log.mtime, UTC)
        return self._earliest
