"""The exceptions of the reporting half; those of the collecting half are in `collectors.errors`.

Exit codes, the first that applies: 75 another run holds the lock, 2 settings or usage,
6 no snapshot for that day, 1 our fault, 4 a document could not be made, 5 not delivered,
3 coverage below the minimum, 0.
"""

from __future__ import annotations

from collectors.errors import InfraReportError

EXIT_OK = 0
EXIT_COVERAGE = 3
EXIT_DOCUMENT = 4
EXIT_NOT_DELIVERED = 5


class LockHeld(InfraReportError):
    """Another run works on the same output directory."""

    exit_code = 75


class NoSnapshot(InfraReportError):
    """There is no snapshot for the day that was asked for; the message names those there are."""

    exit_code = 6


class DamagedSnapshot(NoSnapshot):
    """There is a snapshot, and it cannot be read."""


class OutputError(InfraReportError):
    """The output directory cannot be used: full, read-only, not ours."""

    exit_code = 1


class DocumentError(InfraReportError):
    """The notebook, the PDF or the workbook could not be made."""

    exit_code = EXIT_DOCUMENT


class DeliveryError(InfraReportError):
    """The mail was not delivered, or not to everybody.

    server_gone: the server itself could not be used, so that no other mail would go either.
    """

    exit_code = EXIT_NOT_DELIVERED

    def __init__(self, why: str, server_gone: bool = False) -> None:
        super().__init__(why)
        self.server_gone = server_gone


def in_template(error: Exception, name: str) -> str:
    """Return a template's error in a sentence: which one, in which line, and what."""
    where = getattr(error, "name", None) or name
    line = getattr(error, "lineno", None)
    return f"the template {where}{f', line {line},' if line else ''} is faulty: {error}"
