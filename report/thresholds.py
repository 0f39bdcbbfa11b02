"""Above, or below, which value something is a finding: `thresholds` in daily.yaml."""

from __future__ import annotations

from pydantic import Field, model_validator

from collectors.config import Strict


class Limit(Strict):
    """A pair of bounds; a value at or above one of them is a finding."""

    warning: float = Field(ge=0)
    critical: float = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Limit:
        if self.critical < self.warning:
            raise ValueError(
                f"critical ({self.critical:g}) is below warning ({self.warning:g}); "
                "it would be the same or higher"
            )
        return self


class DaysLeft(Strict):
    """A pair of bounds in days; what has fewer left is a finding."""

    warning: float = Field(ge=0)
    critical: float = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> DaysLeft:
        if self.critical > self.warning:
            raise ValueError(
                f"critical ({self.critical:g}) is above warning ({self.warning:g}); fewer days "
                "left are worse, so it would be the same or lower"
            )
        return self


class Thresholds(Strict):
    """disks and inodes: % used of a filesystem; failed_logins: in the period, for a host.

    full_in_days: at the pace of the days before. memory: % used. clock_seconds: off a true
    clock. certificate_days: left. end_of_life_days: how long ahead it is told.
    """

    disks: Limit = Limit(warning=85, critical=95)
    inodes: Limit = Limit(warning=85, critical=95)
    full_in_days: DaysLeft = DaysLeft(warning=14, critical=3)
    failed_logins: Limit = Limit(warning=100, critical=1000)
    memory: Limit = Limit(warning=92, critical=98)
    clock_seconds: Limit = Limit(warning=1, critical=30)
    certificate_days: DaysLeft = DaysLeft(warning=21, critical=7)
    end_of_life_days: int = Field(90, ge=0)
