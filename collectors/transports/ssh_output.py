"""What a command prints, read from its channel as it comes, and never more than a cap."""

from __future__ import annotations

import threading

from paramiko import Channel

from collectors.errors import CollectError, Outcome
from collectors.transports.ssh_wire import Wire

# All that is there at once: a buffer that is left half full grows behind our back.
CHUNK_BYTES = 1 << 30
ERROR_BYTES = 4096


def read(wire: Wire, channel: Channel, output: Output) -> None:
    """Read to the end of the output. Raises CollectError (truncated, timed out)."""
    bell = _Bell()
    channel.in_buffer.set_event(bell)
    channel.in_stderr_buffer.set_event(bell)
    ended = False
    while not ended:
        if not bell.wait(wire.left()):
            raise wire.timed_out()
        bell.silence()
        # Asked first: whatever came before the end is then in the buffers.
        ended = bool(channel.eof_received or channel.closed)
        output.take(channel)


class _Bell(threading.Event):
    """An event that two buffers ring; each of them would silence it for the other."""

    def clear(self) -> None:
        """Leave it ringing; `silence` is for the reader."""

    def silence(self) -> None:
        """Stop ringing."""
        super().clear()


class Output:
    """What has come of standard output, up to a cap, and the beginning of standard error."""

    def __init__(self, cap_bytes: int) -> None:
        self.errors = bytearray()
        self._cap_bytes = cap_bytes
        self._output = bytearray()
        self._error_bytes = 0

    def printed(self) -> bytes:
        """Return the output, up to the cap."""
        return bytes(self._output[: self._cap_bytes])

    def take(self, channel: Channel) -> None:
        """Take what is there. Raises CollectError (truncated) beyond the cap."""
        while channel.recv_ready():
            left = self._cap_bytes + 1 - len(self._output)
            self._output += channel.recv(CHUNK_BYTES)[:left]
            self._check(len(self._output), "output")
        while channel.recv_stderr_ready():
            data = channel.recv_stderr(CHUNK_BYTES)
            self.errors += data[: ERROR_BYTES - len(self.errors)]
            self._error_bytes += len(data)
            self._check(self._error_bytes, "error output")

    def _check(self, size_bytes: int, what: str) -> None:
        if size_bytes > self._cap_bytes:
            cause = f"more than {self._cap_bytes:,} bytes of {what}"
            raise CollectError(cause, Outcome.TRUNCATED)
