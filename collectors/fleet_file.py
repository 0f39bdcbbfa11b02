"""The form of fleet.yaml; `collectors.fleet` makes hosts of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from collectors.config import Strict
from collectors.options import CollectorOptions

TRANSPORTS = ("ssh", "local", "replay")


class Options(Strict):
    """What can be set at each of the places.

    thresholds, maintenance: the reporting half's, which reads them (`Fleet.told`).
    """

    address: str | None = None
    port: int | None = Field(None, ge=1, le=65535)
    user: str | None = None
    key_file: Path | None = None
    transport: str | None = None
    timeout_seconds: float | None = Field(None, gt=0, le=3600)
    labels: dict[str, str | int | float | bool] = {}
    collectors: CollectorOptions | None = None
    thresholds: dict[str, Any] = {}
    maintenance: list[Any] = []

    @field_validator("transport")
    @classmethod
    def _known_transport(cls, value: str | None) -> str | None:
        if value is not None and value not in TRANSPORTS:
            raise ValueError(f"is {value!r}; it would be one of {', '.join(TRANSPORTS)}")
        return value


class Defaults(Options):
    pass


class HostOptions(Options):
    groups: list[str] = []


def by_name(hosts: Any) -> Any:
    """Take a list of names for a mapping of names without options."""
    if not isinstance(hosts, list):
        return hosts
    for name in hosts:
        if not isinstance(name, str):
            raise ValueError(f"{name!r} is no host name; in a list it would be a name in quotes")
        if hosts.count(name) > 1:
            raise ValueError(f"two hosts of one name: {name}; a name stands for one host")
    return dict.fromkeys(hosts)


Hosts = Annotated[dict[str, HostOptions | None], BeforeValidator(by_name)]


class Group(Options):
    hosts: Hosts = {}


class FleetFile(Strict):
    defaults: Defaults = Defaults()
    groups: dict[str, Group | None] = {}
    hosts: Hosts = {}
