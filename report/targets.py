"""How often a group's hosts have to be found running: one number, or another for some groups."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from collectors.config import Strict
from collectors.errors import Fault
from collectors.fleet import Fleet

Percent = Annotated[float, Field(ge=0, le=100)]


class Targets(Strict):
    """% of daily looks. In the settings a number alone is the default; groups: of some another."""

    default: Percent = 99.5
    groups: dict[str, Percent] = {}

    @model_validator(mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        one = isinstance(value, int | float) and not isinstance(value, bool)
        return {"default": value} if one else value

    def of(self, group: str) -> float:
        """Return a group's target."""
        return self.groups.get(group, self.default)

    def unknown(self, fleet: Fleet, path: Path) -> list[Fault]:
        """Return a fault for each group that no host is in. path: the settings' file."""
        known = {group: None for host in fleet.hosts for group in host.groups}
        right = f"groups with hosts: {', '.join(known) or 'none'}"
        return [
            Fault(
                str(path), f"availability_target.groups.{group}",
                f"no host is in group {group!r}", right,
            )
            for group in self.groups if group not in known
        ]  # fmt: skip
