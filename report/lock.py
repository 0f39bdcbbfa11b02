"""One run at a time for an output directory."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from report.errors import LockHeld
from report.files import writing


@contextmanager
def run_lock(output: Path, command: str) -> Iterator[None]:
    """Hold the output directory. Raises LockHeld saying who holds it, since when.

    The system lets go of the lock when its holder dies, however it dies.
    """
    path = output / ".lock"
    with writing(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockHeld(f"another run holds {output}: {_holder(handle)}") from None
        about = {
            "pid": os.getpid(),
            "machine": socket.gethostname(),
            "since": datetime.now().astimezone().isoformat(timespec="seconds"),
            "command": command,
        }
        with writing(path):
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps(about).encode(), 0)
        yield
    finally:
        os.close(handle)


def check_free(output: Path) -> None:
    """Raise LockHeld if another run holds the output directory; changes nothing."""
    try:
        handle = os.open(output / ".lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LockHeld(f"another run holds {output}: {_holder(handle)}") from None
    finally:
        os.close(handle)


def _holder(handle: int) -> str:
    try:
        about = json.loads(os.pread(handle, 4096, 0))
        return (
            f"process {about['pid']} on {about['machine']}, since {about['since']} "
            f"(infra-report {about['command']})"
        )
    except (ValueError, KeyError, TypeError):
        return "it has only just begun"
