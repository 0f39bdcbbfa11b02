"""What makes a report again, and what it was made of: a command, and a hash of the snapshot."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping
from typing import Any

from report.files import sha256_of
from report.store import Day, data_folder


def command(day: Day, parameters: Mapping[str, Any]) -> str:
    """Return the command that makes the same documents again."""
    extra = [
        word for name, value in parameters.items() for word in ("-p", f"{name}={json.dumps(value)}")
    ]
    return shlex.join(
        ["infra-report", "daily", "--date", day.date.isoformat(), "--no-send", *extra]
    )


def fingerprint(day: Day) -> str:
    """Return the SHA-256 of `sha256sum *` in the snapshot's folder; "" where there is none.

    The folder's files in the order of their names, each as "hash, two blanks, name, newline".
    """
    folder = data_folder(day.folder)
    if not folder.is_dir():
        return ""
    lines = "".join(f"{sha256_of(path)}  {path.name}\n" for path in sorted(folder.iterdir()))
    return hashlib.sha256(lines.encode()).hexdigest()
