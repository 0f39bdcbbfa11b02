"""The exceptions of the collecting half; `report.errors` adds those of the reporting half.

Every exception that is somebody else's fault derives from `InfraReportError`: its text is
for a person, and its `exit_code` is what the command ends with. Anything else that is
raised is our own fault and ends with 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How one attempt, host × collector, ended."""

    OK = "ok"
    PARTIAL = "partial"
    NO_DATA = "no_data"
    NOT_APPLICABLE = "not_applicable"
    NOT_KNOWABLE = "not_knowable"
    UNREACHABLE = "unreachable"
    AUTH_FAILED = "auth_failed"
    HOST_KEY = "host_key"
    TIMED_OUT = "timed_out"
    NO_PERMISSION = "no_permission"
    COMMAND_FAILED = "command_failed"
    PARSE_FAILED = "parse_failed"
    TRUNCATED = "truncated"
    CANCELLED = "cancelled"


class InfraReportError(Exception):
    """Anything that went wrong outside of this program."""

    exit_code = 1


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the settings: where, what, and what would be right."""

    file: str
    key: str
    wrong: str
    right: str = ""

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        return f"{where}: {self.wrong}" + (f"; {self.right}" if self.right else "")


class SettingsError(InfraReportError):
    """Settings or usage that cannot be worked with: every fault at once."""

    exit_code = 2

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class CollectError(InfraReportError):
    """Why a collector has no rows for a host: an outcome, and its cause in words."""

    outcome = Outcome.COMMAND_FAILED

    def __init__(self, cause: str, outcome: Outcome | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        if outcome is not None:
            self.outcome = outcome


class ParseError(CollectError):
    """Output that is not understood. The message quotes the line."""

    outcome = Outcome.PARSE_FAILED

    def __init__(self, what: str, line: str | None = None) -> None:
        quoted = "" if line is None else f": {line[:200]!r}"
        super().__init__(f"{what}{quoted}")


class NoPermission(CollectError):
    """Something may not be read; the message says which group or right mends it."""

    outcome = Outcome.NO_PERMISSION


class NotApplicable(CollectError):
    """There is no such thing on this host."""

    outcome = Outcome.NOT_APPLICABLE


class NoData(CollectError):
    """The source is there and holds nothing that could be evidence."""

    outcome = Outcome.NO_DATA
