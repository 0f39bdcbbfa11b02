"""Servers that never do what they should, each on a port of its own on loopback.

with evil_server("never_answers_exec") as server:
    Access(known_hosts=(server.known_hosts(tmp_path),)); server.host()
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import paramiko

from collectors.fleet import Host

PIECE = b"x" * 32768


@dataclass(frozen=True)
class EvilServer:
    port: int
    key: paramiko.PKey

    def known_hosts(self, folder: Path) -> Path:
        path = folder / f"known_hosts_{self.port}"
        key = f"{self.key.get_name()} {self.key.get_base64()}"
        path.write_text(f"[127.0.0.1]:{self.port} {key}\n")
        return path

    def host(self, key_file: Path) -> Host:
        return Host("evil", "127.0.0.1", self.port, "somebody", key_file)


@contextmanager
def evil_server(evil: str) -> Iterator[EvilServer]:
    """Run the server that does the evil thing (a key of RAW or SSH) while the block lasts."""
    over = threading.Event()
    key = paramiko.ECDSAKey.generate()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        listener.settimeout(0.05)
        arguments = (listener, evil, key, over)
        thread = threading.Thread(target=_accept, args=arguments, daemon=True)
        thread.start()
        try:
            yield EvilServer(listener.getsockname()[1], key)
        finally:
            over.set()
            thread.join(5)


def _accept(listener: socket.socket, evil: str, key: paramiko.PKey, over: threading.Event) -> None:
    serving: list[threading.Thread] = []
    while not over.is_set():
        with suppress(TimeoutError):
            sock, _ = listener.accept()
            thread = threading.Thread(target=_serve, args=(sock, evil, key, over), daemon=True)
            thread.start()
            serving.append(thread)
    for thread in serving:
        thread.join(3)


def _serve(sock: socket.socket, evil: str, key: paramiko.PKey, over: threading.Event) -> None:
    with sock, suppress(OSError, EOFError, paramiko.SSHException):
        if evil in RAW:
            RAW[evil](sock, over)
        else:
            _serve_ssh(sock, evil, key, over)


def _silent(sock: socket.socket, over: threading.Event) -> None:
    over.wait()


def _closing(sock: socket.socket, over: threading.Event) -> None:
    sock.recv(100)


def _dripping_greeting(sock: socket.socket, over: threading.Event) -> None:
    while not over.wait(0.2):
        sock.sendall(b"S")


def _endless_greeting(sock: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        sock.sendall(PIECE)


def _endless_lines(sock: socket.socket, over: threading.Event) -> None:
    while not over.wait(0.2):
        sock.sendall(b"a line before the greeting\r\n")


def _hanging_in_kex(sock: socket.socket, over: threading.Event) -> None:
    sock.sendall(b"SSH-2.0-evil\r\n")
    over.wait()


def _huge_packet(sock: socket.socket, over: threading.Event) -> None:
    sock.sendall(b"SSH-2.0-evil\r\n\x7f\xff\xff\xec\x04\x14")
    while not over.is_set():
        sock.sendall(PIECE)


def _garbage(sock: socket.socket, over: threading.Event) -> None:
    """Send a packet that is all padding, and more than all."""
    sock.sendall(b"SSH-2.0-evil\r\n\x00\x00\x00\x0c\xff" + bytes(11))
    over.wait()


RAW: dict[str, Callable[[socket.socket, threading.Event], None]] = {
    "silent": _silent,
    "closing": _closing,
    "dripping_greeting": _dripping_greeting,
    "endless_greeting": _endless_greeting,
    "endless_lines": _endless_lines,
    "hanging_in_kex": _hanging_in_kex,
    "huge_packet": _huge_packet,
    "garbage": _garbage,
}


def _never_answers_exec(channel: paramiko.Channel, over: threading.Event) -> None:
    """`_Server` itself keeps silent, before it comes to this."""


def _silent_command(channel: paramiko.Channel, over: threading.Event) -> None:
    over.wait()


def _dripping(channel: paramiko.Channel, over: threading.Event) -> None:
    while not over.wait(0.1):
        channel.sendall(b".")


def _endless(channel: paramiko.Channel, over: threading.Event) -> None:
    while not over.is_set():
        channel.sendall(PIECE)


def _endless_errors(channel: paramiko.Channel, over: threading.Event) -> None:
    while not over.is_set():
        channel.sendall_stderr(PIECE)


def _no_status(channel: paramiko.Channel, over: threading.Event) -> None:
    channel.sendall(b"all of it\n")
    channel.shutdown_write()
    over.wait()


def _vanishing(channel: paramiko.Channel, over: threading.Event) -> None:
    channel.sendall(b"half of it\n")
    over.wait(0.2)
    channel.get_transport().close()


SSH: dict[str, Callable[[paramiko.Channel, threading.Event], None]] = {
    "never_answers_auth": _never_answers_exec,
    "never_opens_channel": _never_answers_exec,
    "never_answers_exec": _never_answers_exec,
    "silent_command": _silent_command,
    "dripping": _dripping,
    "endless": _endless,
    "endless_errors": _endless_errors,
    "no_status": _no_status,
    "vanishing": _vanishing,
    "refusing_exec": _never_answers_exec,
}


class _Server(paramiko.ServerInterface):
    """Lets everybody in, and waits for ever at the point that `evil` names."""

    def __init__(self, evil: str, over: threading.Event) -> None:
        self.asked = threading.Event()
        self.channel: paramiko.Channel | None = None
        self._evil = evil
        self._over = over

    def _hang_at(self, point: str) -> None:
        if self._evil == point:
            self._over.wait()

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self._hang_at("never_answers_auth")
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        self._hang_at("never_opens_channel")
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self._hang_at("never_answers_exec")
        self.channel = channel
        self.asked.set()
        return self._evil != "refusing_exec"


def _serve_ssh(sock: socket.socket, evil: str, key: paramiko.PKey, over: threading.Event) -> None:
    transport = paramiko.Transport(sock)
    transport.add_server_key(key)
    server = _Server(evil, over)
    try:
        transport.start_server(server=server)
        while transport.is_active() and not over.is_set():
            if server.asked.wait(0.05):
                assert server.channel is not None
                SSH[evil](server.channel, over)
                over.wait(0.2)
    finally:
        transport.close()
        transport.join(3)
