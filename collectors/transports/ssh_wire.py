"""The wire under SSH: sockets and transports, and a deadline that neither outlasts."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any, TypeVar

from paramiko import PKey, Transport

from collectors.errors import CollectError, Outcome
from collectors.transports.ssh_config import Hop
from collectors.transports.ssh_limits import LimitedPacketizer, LimitedTransport

T = TypeVar("T")

GRACE_SECONDS = 0.5
GCM = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
RSA = ("rsa-sha2-512", "rsa-sha2-256")


class Wire:
    """The sockets of one attempt, its deadline, and what it is waiting for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.ended = False
        self._awaited = self._then = "the start"
        self._ends = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._transports: list[Transport] = []
        self._process: subprocess.Popen[bytes] | None = None

    def left(self) -> float:
        """Return the seconds left; raises CollectError (timed out) when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0 or self.ended:
            raise self.timed_out()
        return left

    def expect(self, what: str, then: str = "") -> None:
        """Note what is awaited from now on, and what once the server has greeted."""
        self._awaited, self._then = what, then or what

    @property
    def awaited(self) -> str:
        """What is awaited now, in words."""
        return self._then if self.greeted else self._awaited

    @property
    def greeted(self) -> bool:
        """Whether the server in question has said that it speaks SSH."""
        return bool(self._transports and self._transports[-1].remote_version)

    def timed_out(self) -> CollectError:
        """Return the error that says what was still awaited."""
        cause = f"timed out after {self.seconds:g} s, waiting for {self.awaited}"
        return CollectError(cause, Outcome.TIMED_OUT)

    def dial(self, hop: Hop) -> socket.socket:
        """Return a socket that leads to the first hop. Raises CollectError."""
        if hop.proxy_command:
            self.expect(f"the proxy command {hop.proxy_command[0]}")
            self._socket, self._process = _spawn(hop.proxy_command)
            return self._socket
        self.expect(f"name resolution of {hop.address}")
        try:
            found = socket.getaddrinfo(hop.address, hop.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise CollectError(
                f"name resolution failed for {hop.address}: {words(error)}", Outcome.UNREACHABLE
            ) from error
        self.expect(f"a TCP connection to {hop}")
        self._socket = self._connect(hop, found)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _connect(self, hop: Hop, found: Sequence[Any]) -> socket.socket:
        error: OSError = OSError("no address")
        for number, (family, kind, protocol, _, address) in enumerate(found):
            # One address that swallows packets leaves time for the next.
            share = self.left() / (len(found) - number)
            way = socket.socket(family, kind, protocol)
            way.settimeout(min(share, hop.connect_seconds or share))
            try:
                way.connect(address)
                return way
            except OSError as caught:
                way.close()
                error = caught
        raise _unreachable(hop, error) from error

    def transport(self, sock: Any, known: Sequence[PKey], only: Sequence[str] = ()) -> Transport:
        """Return a transport over the socket (or channel), not yet started.

        Key types of `known` host keys are asked for first, so that a server with several
        keys shows the one that is known; with `only`, no other types are asked for.
        """
        way = LimitedTransport(sock, packetizer_class=LimitedPacketizer)
        # The deadline rules, not paramiko's own ideas of time.
        way.banner_timeout = way.auth_timeout = way.channel_timeout = self.seconds + 60
        options = way.get_security_options()
        options.ciphers = _first(GCM, options.ciphers)
        wanted = [algorithm for key in known for algorithm in algorithms(key.get_name())]
        options.key_types = tuple(only) or _first(wanted, options.key_types)
        self._transports.append(way)
        if self.ended:
            raise self.timed_out()
        return way

    def end(self) -> None:
        """Wake everything that waits on this attempt. Safe from another thread."""
        self.ended = True
        # First, so that no channel in a jump host's transport says farewell to a dead socket.
        for way in self._transports:
            way.active = False  # type: ignore[attr-defined]  # the stubs lack it
        # Only shut down here: closing would free the descriptor while it is being read.
        if self._socket is not None:
            _shutdown(self._socket)

    def close(self) -> None:
        """Release all of it: sockets, transport threads, the proxy command."""
        self.end()
        for way in reversed(self._transports):
            if way.is_alive():
                way.join(GRACE_SECONDS)
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            _stop(self._process)


def under_deadline(wire: Wire, work: Callable[[], T]) -> T:
    """Run the work in a thread of its own, and be back in time whatever it does.

    Some of it cannot be interrupted (name resolution, a hanging agent, a key file on a dead
    network drive): then the thread is left to itself. Raises what the work raises, and
    CollectError (timed out).
    """
    future: Future[T] = Future()

    def attempt() -> None:
        try:
            result = work()
        except BaseException as error:  # handed over: `result()` raises it in the caller
            wire.close()
            future.set_exception(error)
        else:
            wire.close()
            future.set_result(result)

    threading.Thread(target=attempt, name="ssh", daemon=True).start()
    if wait([future], wire.seconds).done:
        return future.result()
    late = wire.timed_out()
    wire.end()
    wait([future], GRACE_SECONDS)
    raise late


def algorithms(key_type: str) -> tuple[str, ...]:
    """Return the signature algorithms that a host key of that type goes with."""
    return RSA if key_type == "ssh-rsa" else (key_type,)


def _first(wanted: Sequence[str], offered: Sequence[str]) -> tuple[str, ...]:
    head = [name for name in dict.fromkeys(wanted) if name in offered]
    return (*head, *(name for name in offered if name not in head))


def _unreachable(hop: Hop, error: OSError) -> CollectError:
    if isinstance(error, ConnectionRefusedError):
        cause = f"connection refused by {hop}: no SSH server listens there"
    elif isinstance(error, TimeoutError):
        return CollectError(f"timed out, waiting for a TCP connection to {hop}", Outcome.TIMED_OUT)
    elif error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        cause = f"no route to {hop}: {words(error)}"
    else:
        cause = f"no connection to {hop}: {words(error)}"
    return CollectError(cause, Outcome.UNREACHABLE)


def words(error: BaseException) -> str:
    """Return what an error says, on one line that can be printed."""
    if isinstance(error, EOFError):
        return "the other side closed it"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return "".join(c if c.isprintable() else " " for c in text).strip()[:300]


def _spawn(command: Sequence[str]) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            # A group of its own, so that what it started ends with it.
            return ours, subprocess.Popen(
                list(command),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            cause = f"the proxy command {command[0]}: {words(error)}"
            raise CollectError(cause, Outcome.UNREACHABLE) from error


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _shutdown(sock: socket.socket) -> None:
    with suppress(OSError):  # the other side may have been faster
        sock.shutdown(socket.SHUT_RDWR)
