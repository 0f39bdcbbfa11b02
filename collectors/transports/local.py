"""This machine itself: a shell in a process group of its own, ended at the deadline."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from contextlib import suppress

from collectors.errors import Outcome
from collectors.fleet import Host
from collectors.transports import Printed

CHUNK_BYTES = 65536


class Local:
    """Runs scripts on this machine, with this process's own rights."""

    def run(self, host: Host, script: str, seconds: float, cap_bytes: int) -> Printed:
        """See `Transport.run`; `host` only names the row."""
        del host
        ends = time.monotonic() + seconds
        try:
            process = subprocess.Popen(
                ["/bin/sh", "-c", script],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            return Printed(outcome=Outcome.COMMAND_FAILED, cause=f"/bin/sh: {error.strerror}")
        try:
            return _read(process, ends, seconds, cap_bytes)
        finally:
            _kill_group(process)


def _read(process: subprocess.Popen[bytes], ends: float, seconds: float, cap_bytes: int) -> Printed:
    assert process.stdout is not None
    output = bytearray()
    with selectors.DefaultSelector() as selector, process.stdout as pipe:
        selector.register(pipe, selectors.EVENT_READ)
        while (left := ends - time.monotonic()) > 0:
            if not selector.select(left):
                continue
            chunk = os.read(pipe.fileno(), CHUNK_BYTES)
            if not chunk:
                return Printed(bytes(output))
            output += chunk
            if len(output) > cap_bytes:
                cause = f"more than {cap_bytes:,} bytes of output"
                return Printed(bytes(output[:cap_bytes]), Outcome.TRUNCATED, cause)
    return Printed(bytes(output), Outcome.TIMED_OUT, f"no end of output after {seconds:g} s")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End whatever the script left behind, a hanging `df` included, without waiting for it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    try:
        process.wait(0.2)
    except subprocess.TimeoutExpired:  # in uninterruptible sleep: init will reap it
        process.returncode = -signal.SIGKILL
