"""paramiko's transport, with limits to what a server may send.

What it leaves open is closed here: a greeting without end, packets of any size, tracebacks
in the log, errors of any type, and a timer thread for each handshake.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from paramiko import Transport
from paramiko.packet import Packetizer
from paramiko.ssh_exception import SSHException

GREETING_BYTES = 16 * 1024
# RFC 4253 asks for 35,000; OpenSSH takes 256 KiB.
PACKET_BYTES = 256 * 1024

# Without a handler of its own paramiko prints tracebacks on stderr for what servers do.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class LimitedPacketizer(Packetizer):
    """Reads no more than the protocol allows, and leaves timing to the deadline."""

    _greeting_bytes = 0

    def start_handshake(self, timeout: float) -> None:
        """Start no timer: its thread would outlive the connection and delay the exit."""

    def close(self) -> None:
        """Close the socket; behind a jump host that is gone there is nobody left to tell."""
        with suppress(EOFError, OSError, SSHException):
            super().close()

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        """See Packetizer; raises SSHException for a packet that is too large."""
        if not 0 <= n <= PACKET_BYTES:
            raise SSHException(f"a packet of {n:,} bytes")
        return super().read_all(n, check_rekey)

    def _read_timeout(self, timeout: float) -> bytes:
        data: bytes = super()._read_timeout(timeout)  # type: ignore[misc]
        self._greeting_bytes += len(data)
        if self._greeting_bytes > GREETING_BYTES:
            raise SSHException("a greeting without end")
        return data


class LimitedTransport(Transport):
    """Fails with an SSHException, whatever a broken packet has made paramiko raise."""

    def get_exception(self) -> Exception | None:
        """Return what went wrong; whatever a broken packet raised is an SSHException."""
        error = super().get_exception()
        if error is None or isinstance(error, (SSHException, OSError, EOFError)):
            return error
        return SSHException(f"the server breaks the protocol: {type(error).__name__}: {error}")
