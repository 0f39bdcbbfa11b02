"""Above, or below, which value something is a finding: `thresholds` in daily.yaml and fleet.yaml.

    thresholds:
      disks: {warning: 85, critical: 95, hysteresis: 2, free_gib: 1024}
      mounts:
        "/srv/*": {disks: {warning: 92}}

What is not written stays as it is by default. daily.yaml counts everywhere; over it come
fleet.yaml's defaults, groups in the file's order, and the host; over all of them the mounts
whose pattern fits, the later one in the file first. `report.scopes` puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, Field, field_validator, model_validator

from collectors.config import Strict, validate
from collectors.errors import SettingsError
from collectors.options import merged


class Limit(Strict):
    """A pair of bounds; a value at or above one of them is a finding.

    hysteresis: how far below the bound it has to fall before a finding is none any more.
    """

    warning: float = Field(ge=0)
    critical: float = Field(ge=0)
    hysteresis: float = Field(0, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Limit:
        if self.critical < self.warning:
            raise ValueError(
                f"critical ({self.critical:g}) is below warning ({self.warning:g}); "
                "it would be the same or higher"
            )
        return self


class DiskLimit(Limit):
    """The same for a filesystem. free_gib: with so much free it is no finding, however full."""

    hysteresis: float = Field(2, ge=0)
    free_gib: float | None = Field(1024, gt=0)


class DaysLeft(Strict):
    """A pair of bounds in days; what has fewer left is a finding."""

    warning: float = Field(ge=0)
    critical: float = Field(ge=0)
    hysteresis: float = Field(0, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> DaysLeft:
        if self.critical > self.warning:
            raise ValueError(
                f"critical ({self.critical:g}) is above warning ({self.warning:g}); fewer days "
                "left are worse, so it would be the same or lower"
            )
        return self


class _OverDefaults(Strict):
    """Settings of which a part can be given: the rest is as by default."""

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, data: Any) -> Any:
        return merged(_defaults(cls), data) if isinstance(data, Mapping) else data


@lru_cache
def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    fields = {name: one.default for name, one in model.model_fields.items()}
    return {k: v.model_dump() for k, v in fields.items() if isinstance(v, BaseModel)}


class OfMount(_OverDefaults):
    """disks and inodes: % used of a filesystem; full_in_days: at the pace of the days before."""

    disks: DiskLimit = DiskLimit(warning=85, critical=95)
    inodes: Limit = Limit(warning=85, critical=95, hysteresis=2)
    full_in_days: DaysLeft = DaysLeft(warning=14, critical=3, hysteresis=3)


class Thresholds(OfMount):
    """failed_logins: in the period, for a host, or from a network on all hosts together.

    memory: % used. clock_seconds: off a true clock. certificate_days: left.
    end_of_life_days: how long ahead it is told. mounts: by pattern, over disks, inodes and
    full_in_days.
    """

    failed_logins: Limit = Limit(warning=100, critical=1000)
    memory: Limit = Limit(warning=92, critical=98, hysteresis=2)
    clock_seconds: Limit = Limit(warning=1, critical=30)
    certificate_days: DaysLeft = DaysLeft(warning=21, critical=7)
    end_of_life_days: int = Field(90, ge=0)
    mounts: dict[str, dict[str, Any]] = {}

    @field_validator("mounts")
    @classmethod
    def _known(cls, value: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for pattern, told in value.items():
            try:
                validate(OfMount, told, "")
            except SettingsError as error:
                fault = error.faults[0]
                wrong = f"{pattern}: {fault.key} {fault.wrong}".replace(":  ", ": ")
                raise ValueError(f"{wrong}; {fault.right}" if fault.right else wrong) from None
        return value

    def at(self, mount: str) -> OfMount:
        """Return the limits of a filesystem by where it is mounted."""
        fitting = [told for pattern, told in self.mounts.items() if fnmatchcase(mount, pattern)]
        if not fitting:
            return self
        whole: dict[str, Any] = {name: getattr(self, name).model_dump() for name in _MOUNT}
        for told in fitting:
            whole = merged(whole, told)
        return OfMount.model_validate(whole)


_MOUNT = tuple(OfMount.model_fields)
