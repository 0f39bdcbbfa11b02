"""What a person can set: daily.yaml and mail.yaml, typed; `report.loading` reads them."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from email.utils import parseaddr
from pathlib import Path
from string import Formatter
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from collectors import COLLECTORS
from collectors.base import Collector
from collectors.config import Strict
from collectors.credentials import Secret
from collectors.fleet import Fleet
from collectors.options import CollectorOptions
from report.branding import Branding
from report.engines import Engine
from report.scopes import Told
from report.silences import Silence
from report.targets import Targets
from report.thresholds import Thresholds

ROOT = Path(__file__).resolve().parent.parent
SUBJECT_WORDS = ("title", "date", "organisation")
Section = Literal["servers", "disks", "logins", "uptime", "health", "upkeep", "access", "trends"]
SECTIONS: tuple[Section, ...] = get_args(Section)


class Coverage(Strict):
    """minimum_percent: hosts with at least one ok outcome ÷ hosts listed, below it exit 3."""

    minimum_percent: float = Field(50, ge=0, le=100)


class Retention(Strict):
    """How many days the day folders, and in them the raw outputs, are kept."""

    days: int = Field(400, ge=1)
    raw_days: int = Field(7, ge=0)


class Collect(Strict):
    """concurrency: hosts at once. output_cap_megabytes: for one host.

    without: collectors that are not run at all.
    """

    without: list[str] = []
    concurrency: int = Field(50, ge=1, le=500)
    output_cap_megabytes: float = Field(32, gt=0, le=1024)

    @field_validator("without")
    @classmethod
    def _known_collectors(cls, value: list[str]) -> list[str]:
        names = [one.NAME for one in COLLECTORS]
        if unknown := [name for name in value if name not in names]:
            raise ValueError(f"no collector {unknown[0]!r}; there are {', '.join(names)}")
        if set(names) <= set(value):
            raise ValueError("leaves no collector; at least one has to be run")
        return value

    @property
    def collectors(self) -> tuple[Collector, ...]:
        """The collectors that are run."""
        return tuple(one for one in COLLECTORS if one.NAME not in self.without)


class Output(Strict):
    """group: a group that may read the output (0750 in place of 0700)."""

    group: str = ""


class Pdf(Strict):
    """What makes the PDF (auto: PlutoPrint, or else WeasyPrint), and its process's limits."""

    engine: Engine = "auto"
    seconds: float = Field(120, gt=0)
    memory_megabytes: int = Field(2048, ge=256)


class Daily(Strict):
    """daily.yaml. geoip: a MaxMind DB file, for the countries of logins.

    templates: a folder of one's own, whose files take the place of ours of the same name.
    availability_target: % of looks at a group's hosts that find them running, also by group.
    """

    title: str = Field("Daily Infrastructure Report", min_length=1, max_length=100)
    organisation: str = Field("", max_length=100)
    classification: str = Field("Internal", max_length=50)
    time_zone: str = ""
    sections: list[Section] = list(SECTIONS)
    thresholds: Thresholds = Thresholds()
    availability_target: Targets = Targets()
    coverage: Coverage = Coverage()
    retention: Retention = Retention()
    collect: Collect = Collect()
    collectors: CollectorOptions = CollectorOptions()
    geoip: Path | None = None
    branding: Branding = Branding()
    templates: Path | None = None
    output: Output = Output()
    pdf: Pdf = Pdf()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key if value else ""
        except (OSError, ValueError, LookupError):
            raise ValueError(
                f"is {value!r}; it would be a name like Europe/Amsterdam, or nothing "
                "for this machine's zone"
            ) from None

    @property
    def name(self) -> str:
        """Whose report it is."""
        return self.branding.name or self.organisation

    @property
    def line(self) -> str:
        """The classification, which stands at the foot of every page."""
        own = self.branding.classification
        return self.classification if own is None else own

    @property
    def zone(self) -> tzinfo:
        """The report's time zone."""
        return ZoneInfo(self.zone_name)

    @property
    def zone_name(self) -> str:
        """The report's time zone by its name; without a setting, this machine's."""
        return self.time_zone or local_zone_name()


class Smtp(Strict):
    """The server that takes the mail. port: by default what fits `security`."""

    host: str = Field(min_length=1)
    port: int | None = Field(None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    allow_insecure: bool = False
    user: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None
    timeout_seconds: float = Field(60, gt=0, le=600)

    @property
    def real_port(self) -> int:
        """The port to connect to."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.security]

    @model_validator(mode="after")
    def _safe(self) -> Smtp:
        if self.security == "none" and not (self.allow_insecure or _is_loopback(self.host)):
            raise ValueError(
                "`security: none` sends the report readable over the network; it would be "
                "starttls or tls, or `allow_insecure: true` if that is meant"
            )
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together; give both or none")
        return self


class MailEdition(Strict):
    """Recipients by group: what they get is the report of these groups' hosts alone."""

    groups: list[str] = Field(min_length=1)
    to: list[str] = Field(min_length=1)

    @field_validator("to")
    @classmethod
    def _addresses(cls, value: list[str]) -> list[str]:
        return [check_address(text) for text in value]


class Mail(Strict):
    """mail.yaml. Without `smtp` nothing is sent: the day's folder holds mail.eml."""

    smtp: Smtp | None = None
    sender: str = ""
    to: list[str] = []
    cc: list[str] = []
    bcc: list[str] = []
    reply_to: str = ""
    subject: str = Field("{title} - {date}", min_length=1, max_length=200)
    editions: list[MailEdition] = []

    def of_edition(self, edition: MailEdition) -> Mail:
        """Return the same with an edition's recipients alone."""
        own = {"to": edition.to, "cc": [], "bcc": [], "editions": []}
        return self.model_copy(update=own)

    @field_validator("sender", "reply_to", "to", "cc", "bcc")
    @classmethod
    def _addresses(cls, value: str | list[str]) -> str | list[str]:
        for text in [value] if isinstance(value, str) else value:
            if text:
                check_address(text)
        return value

    @field_validator("subject")
    @classmethod
    def _known_words(cls, value: str) -> str:
        try:
            fields = [part[1:] for part in Formatter().parse(value) if part[1] is not None]
        except ValueError:
            fields = [("", "", None)]
        if any(name not in SUBJECT_WORDS or spec or how for name, spec, how in fields):
            words = ", ".join(f"{{{word}}}" for word in SUBJECT_WORDS)
            raise ValueError(f"is {value!r}; what it may hold in braces is {words}")
        if not value.isprintable():
            raise ValueError("holds a control character; it would be one line of text")
        return value

    @model_validator(mode="after")
    def _somebody(self) -> Mail:
        if self.smtp and not (self.to or self.cc or self.bcc):
            raise ValueError("a server is set but no recipient; give `to`, `cc` or `bcc`")
        if self.smtp and not self.sender:
            raise ValueError("a server is set but no `sender`; it would be an address")
        groups = [frozenset(one.groups) for one in self.editions]
        if len(set(groups)) < len(groups):
            raise ValueError("`editions` names the same groups twice; put their `to` together")
        return self


@dataclass(frozen=True)
class Settings:
    """Everything a run is told. `fleet` is None where the command needs no hosts.

    scopes: what fleet.yaml says to the report, by place.
    """

    root: Path
    params: Path
    output: Path
    daily: Daily
    mail: Mail
    fleet: Fleet | None = None
    scopes: Mapping[str, Told] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()

    @property
    def templates(self) -> Path | None:
        """The folder of one's own templates, if there is one."""
        own = self.daily.templates
        return self.root / own.expanduser() if own else None


def check_address(text: str) -> str:
    """Return a mail address as it was given. Raises ValueError when it is none."""
    address = parseaddr(text)[1]
    local, _, domain = address.rpartition("@")
    if not (local and domain and text.isprintable() and " " not in address):
        raise ValueError(f"{text!r} is no mail address; it would be like ops@example.org")
    return text


def local_zone_name() -> str:
    """Return this machine's time zone by name, UTC where it cannot be told."""
    link = os.path.realpath("/etc/localtime")
    timezone = Path("/etc/timezone")
    written = timezone.read_text().strip() if timezone.is_file() else ""
    for name in (os.environ.get("TZ", "").lstrip(":"), link.partition("zoneinfo/")[2], written):
        try:
            if name:
                return ZoneInfo(name).key
        except (OSError, ValueError, LookupError):
            continue
    return "UTC"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
