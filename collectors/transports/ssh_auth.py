"""Who we are to a server: key files, the agent, and ~/.ssh/id_*, in Fabric's order.

paramiko's own way through them may read from the terminal (a second factor), raises for a
key file that is not there, and forgets which keys it tried. This one never asks anybody.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from paramiko import Agent, ECDSAKey, Ed25519Key, PKey, RSAKey, Transport
from paramiko.auth_strategy import AuthSource, AuthStrategy
from paramiko.ssh_exception import (
    AuthenticationException,
    BadAuthenticationType,
    PasswordRequiredException,
    SSHException,
)

from collectors.errors import CollectError, Outcome

KEY_CLASSES = (Ed25519Key, ECDSAKey, RSAKey)
DEFAULT_KEYS = ("id_rsa", "id_ecdsa", "id_ed25519")


class KeyRing:
    """Private keys from files, each read once in a process. Signing with them is pure."""

    def __init__(self) -> None:
        self._loaded: dict[Path, PKey | str] = {}
        self._lock = threading.Lock()

    def load(self, path: Path) -> PKey | str:
        """Return the key, with its certificate if there is one, or why there is none."""
        with self._lock:
            if path not in self._loaded:
                self._loaded[path] = _load(path)
            return self._loaded[path]


class PublicKeys(AuthStrategy):
    """Public-key authentication, and nothing that would ask a person."""

    def __init__(self, user: str, key_files: Sequence[Path], ring: KeyRing) -> None:
        super().__init__(ssh_config=None)  # type: ignore[arg-type]
        self._user = user
        self._key_files = key_files
        self._ring = ring
        self._tried: list[str] = []

    def authenticate(self, transport: Transport) -> None:  # type: ignore[override]
        """Log in. Raises CollectError (auth_failed) with what was tried."""
        agent: list[Agent] = []
        try:
            for name, key in self._offers(agent):
                self._tried.append(name)
                if self._accepted(transport, key):
                    return
        finally:
            for each in agent:
                each.close()
        raise self._refused(self._methods(transport))

    def get_sources(self) -> Iterator[AuthSource]:
        """Yield nothing: `authenticate` goes through the keys itself."""
        yield from ()

    def _accepted(self, transport: Transport, key: PKey) -> bool:
        try:
            more = transport.auth_publickey(self._user, key)
        except BadAuthenticationType as error:
            raise self._refused(error.allowed_types) from error
        except AuthenticationException as error:
            if not transport.is_active():
                raise self._refused(()) from error
            return False
        if more:
            cause = f"a key of {self._user} was accepted, but the server also asks for "
            raise CollectError(cause + " or ".join(more), Outcome.AUTH_FAILED)
        return True

    def _offers(self, opened: list[Agent]) -> Iterator[tuple[str, PKey]]:
        """Yield each key once. `opened` takes the agent, whose keys live as long as it does."""
        seen: set[bytes] = set()
        for name, key in self._candidates(opened):
            if isinstance(key, str):
                self._tried.append(f"{name} ({key})")
            elif key.asbytes() not in seen:
                seen.add(key.asbytes())
                yield name, key

    def _candidates(self, opened: list[Agent]) -> Iterator[tuple[str, PKey | str]]:
        for path in self._key_files:
            yield str(path), self._ring.load(path)
        yield from _agent_keys(opened)
        for path in _default_keys():
            if path not in self._key_files:
                yield str(path), self._ring.load(path)

    def _methods(self, transport: Transport) -> Sequence[str]:
        try:
            transport.auth_none(self._user)
        except BadAuthenticationType as error:
            return error.allowed_types
        except (SSHException, EOFError, OSError):
            pass
        return ()

    def _refused(self, methods: Sequence[str]) -> CollectError:
        tried = ", ".join(self._tried) or "no key: none is configured, in ~/.ssh or in an agent"
        takes = f"; the server takes {', '.join(methods)}" if methods else ""
        cause = f"user {self._user} was not let in; tried {tried}{takes}"
        return CollectError(cause, Outcome.AUTH_FAILED)


def _load(path: Path) -> PKey | str:
    for key_class in KEY_CLASSES:
        try:
            key = key_class.from_private_key_file(str(path))
            certificate = path.with_name(path.name + "-cert.pub")
            if certificate.is_file():
                key.load_certificate(str(certificate))
            return key
        except PasswordRequiredException:
            return "encrypted: an agent would have to hold it"
        except OSError as error:
            return error.strerror or str(error)
        except (SSHException, ValueError, IndexError):
            continue
    return "not a private key that paramiko can read"


def _agent_keys(opened: list[Agent]) -> Iterator[tuple[str, PKey | str]]:
    if not _agent_listens():
        return
    try:
        agent = Agent()
    except (SSHException, OSError) as error:
        yield "the agent", str(error)
        return
    opened.append(agent)
    for key in agent.get_keys():
        name = f"agent key {key.comment or key.get_name()}"
        # A hardware key waits for a finger.
        yield name, "needs a touch" if key.get_name().startswith("sk-") else key


def _agent_listens() -> bool:
    """Ask before paramiko does: it leaves its socket open where nobody listens."""
    path = os.environ.get("SSH_AUTH_SOCK", "")
    if not path:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        try:
            sock.connect(path)
        except OSError:
            return False
    return True


def _default_keys() -> list[Path]:
    try:
        folder = Path.home() / ".ssh"
        return [path for name in DEFAULT_KEYS if (path := folder / name).is_file()]
    except (RuntimeError, OSError):  # no home, or none that may be read
        return []
