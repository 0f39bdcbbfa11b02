"""Files that are whole or not there: written beside their place, then renamed into it."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from report.errors import OutputError

PART = ".part"


def write_whole(path: Path, content: bytes | memoryview | str) -> None:
    """Put a file in its place, on disk before its name is: a kill leaves the old or the new."""
    with whole(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Return a file to write to, which gets its name when all of it is on disk."""
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    with writing(path):
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put a folder's renames on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says of a write into a sentence: OutputError."""
    try:
        yield
    except OSError as error:
        why = {
            errno.ENOSPC: "the disk is full",
            errno.EDQUOT: "the quota is used up",
            errno.EROFS: "the filesystem is read-only",
            errno.EACCES: "no permission to write there",
        }.get(error.errno or 0, error.strerror or str(error))
        raise OutputError(f"{error.filename or path} could not be written: {why}") from error
