"""Runs a collector's own script on this machine, through the shells that servers have."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from collectors.base import Ask, Collector, Row
from collectors.envelope import unwrap, wrap

T = TypeVar("T")
ASK = Ask(datetime(2026, 11, 22, 4, 0, tzinfo=UTC), datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
SHELLS = [
    pytest.param((shell,), id=shell) for shell in ("sh", "dash", "bash") if shutil.which(shell)
]
if BUSYBOX := shutil.which("busybox"):
    SHELLS.append(pytest.param((BUSYBOX, "sh"), id="busybox"))


def printed(
    collector: Collector,
    shell: Sequence[str],
    path: str | None = None,
    within: Sequence[str] = (),
    ask: Ask = ASK,
) -> str:
    """Return what the collector's probe prints here, in its envelope, as a host would run it."""
    script = wrap([(collector.NAME, collector.SECONDS, collector.script(ask))])
    env = dict(os.environ) | ({"PATH": path} if path else {})
    done = subprocess.run(
        [*within, *shell, "-c", script],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=env,
        timeout=60,
        check=False,
    )
    section = unwrap(done.stdout)[collector.NAME]
    assert section.status == 0, section.errors
    assert section.errors == ""
    return section.text


@contextmanager
def in_every_shell(look: Callable[[Sequence[str]], T]) -> Iterator[dict[Sequence[str], Future[T]]]:
    """Look in all SHELLS at once, where all that is waited for is time; what came, by shell."""
    with ThreadPoolExecutor(len(SHELLS)) as pool:
        yield {shell: pool.submit(look, shell) for one in SHELLS for shell in one.values}


def asked(collector: Collector, shell: Sequence[str], path: str | None = None) -> list[Row]:
    """Return the rows of this machine."""
    return list(collector.parse(printed(collector, shell, path), ASK).rows)


def applets(folder: Path) -> str:
    """Return a PATH with nothing on it but BusyBox's applets, as on Alpine."""
    if not BUSYBOX:
        pytest.skip("busybox is not installed (apt-get install busybox-static)")
    listed = subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True)
    for applet in listed.stdout.split():
        (folder / applet).symlink_to(BUSYBOX)
    return str(folder)
