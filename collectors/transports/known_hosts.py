"""Which host keys count: known_hosts files, read as OpenSSH reads them (sshd(8)).

    db1.example.org,10.0.0.7 ssh-ed25519 AAAAC3Nz… comment
    [db1.example.org]:2222 ecdsa-sha2-nistp256 AAAAE2Vj…
    |1|c2FsdA==|aGFzaA== ssh-rsa AAAAB3Nz…
    *.example.org,!old.example.org ssh-ed25519 AAAAC3Nz…
    @revoked * ssh-ed25519 AAAAC3Nz…

`@cert-authority` lines are passed over: paramiko cannot verify a host's certificate, so
such a host needs a line with its own key. So are key types that paramiko does not know
(`sk-…`, DSA).
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import hashlib
import hmac
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from paramiko import PKey
from paramiko.pkey import UnknownKeyType
from paramiko.ssh_exception import SSHException

SSH_PORT = 22
REVOKED = "@revoked"
CERT_AUTHORITY = "@cert-authority"


@dataclass(frozen=True)
class Entry:
    """One line: a marker ("" for none), its name patterns, and the key as it is written."""

    marker: str
    patterns: tuple[str, ...]
    key_type: str
    blob: bytes

    def matches(self, name: str) -> bool:
        """Say whether the line speaks of that name (`host` or `[host]:port`)."""
        if hashed := _hashed(self.patterns[0]):
            salt, digest = hashed
            return hmac.digest(salt, name.encode(), "sha1") == digest
        found = False
        for pattern in self.patterns:
            negated = pattern.startswith("!")
            if _glob(pattern.removeprefix("!"), name):
                if negated:
                    return False
                found = True
        return found


class KnownHosts:
    """The lines of several files, looked up by name.

    `warnings` names the lines that are not understood; a file that is not there has none.
    """

    def __init__(self, entries: Iterable[Entry] = (), warnings: Sequence[str] = ()) -> None:
        self.warnings = list(warnings)
        self._plain: dict[str, list[Entry]] = {}
        self._hashed: list[tuple[bytes, bytes, Entry]] = []
        self._globs: list[Entry] = []
        self._revoked: list[Entry] = []
        for entry in entries:
            if entry.marker == REVOKED:
                self._revoked.append(entry)
            elif hashed := _hashed(entry.patterns[0]):
                self._hashed.append((*hashed, entry))
            elif any(c in pattern for pattern in entry.patterns for c in "*?!"):
                self._globs.append(entry)
            else:
                for pattern in entry.patterns:
                    self._plain.setdefault(pattern, []).append(entry)

    @classmethod
    def read(cls, paths: Iterable[Path]) -> KnownHosts:
        """Read the files that are there, once each."""
        entries: list[Entry] = []
        warnings: list[str] = []
        for path in dict.fromkeys(paths):
            try:
                text = path.read_text("utf-8", "replace")
            except FileNotFoundError:
                continue
            except OSError as error:
                warnings.append(f"{path}: {error.strerror}; its host keys do not count")
                continue
            for number, line in enumerate(text.splitlines(), 1):
                try:
                    entries.extend(_entries(line))
                except ValueError as error:
                    warnings.append(f"{path}: line {number}: {error}; it does not count")
        return cls(entries, warnings)

    def keys(self, names: Sequence[str]) -> tuple[PKey, ...]:
        """Return the keys of the first of the names that has any, as OpenSSH decides it."""
        for name in (name.lower() for name in names):
            found = {entry.blob: entry for entry in self._entries_of(name)}
            if keys := tuple(filter(None, map(_key, found.values()))):
                return keys
        return ()

    def _entries_of(self, name: str) -> Iterator[Entry]:
        yield from self._plain.get(name, ())
        yield from (entry for entry in self._globs if entry.matches(name))
        encoded = name.encode()
        for salt, digest, entry in self._hashed:
            if hmac.digest(salt, encoded, "sha1") == digest:
                yield entry

    def is_revoked(self, names: Sequence[str], key: PKey) -> bool:
        """Say whether a `@revoked` line speaks of one of the names and of this key."""
        blob = key.asbytes()
        return any(
            entry.blob == blob and entry.matches(name.lower())
            for entry in self._revoked
            for name in names
        )


def name_of(host: str, port: int) -> str:
    """Return the name under which known_hosts lists a host: `host`, or `[host]:port`."""
    return host.lower() if port == SSH_PORT else f"[{host.lower()}]:{port}"


def fingerprint(key: PKey) -> str:
    """Return `SHA256:…` as `ssh-keygen -l` prints it."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def kind(key: PKey) -> str:
    """Return the key's type in one word, as OpenSSH shows it: ED25519, ECDSA, RSA."""
    return key.get_name().removeprefix("ssh-").partition("-")[0].upper()


def accept(path: Path, name: str, key: PKey) -> None:
    """Write the key to a known_hosts file in the place of older ones of that name and type.

    All other lines, comments and `@revoked` among them, stay as they are. The file is
    written beside its place (mode 0600) and renamed into it. Raises OSError.
    """
    lines = path.read_text("utf-8", "surrogateescape").splitlines() if path.exists() else []
    kept = [rest for line in lines if (rest := _without(line, name, key)) is not None]
    kept.append(f"{name} {key.get_name()} {key.get_base64()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write("\n".join(kept) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link into somebody's dotfiles stays a link.
        Path(beside).replace(path.resolve())
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _entries(line: str) -> Iterator[Entry]:
    fields = line.split()
    if not fields or fields[0].startswith("#"):
        return
    marker = fields.pop(0) if fields[0].startswith("@") else ""
    if marker not in ("", REVOKED, CERT_AUTHORITY):
        raise ValueError(f"unknown marker {marker!r}")
    if len(fields) < 3:
        raise ValueError("not a line of names, key type and key")
    try:
        blob = base64.b64decode(fields[2], validate=True)
    except binascii.Error:
        raise ValueError("the key is not base64") from None
    if marker != CERT_AUTHORITY:
        names = fields[0] if fields[0].startswith("|1|") else fields[0].lower()
        yield Entry(marker, tuple(names.split(",")), fields[1], blob)


def _key(entry: Entry) -> PKey | None:
    try:
        return PKey.from_type_string(entry.key_type, entry.blob)
    except (UnknownKeyType, SSHException, ValueError):
        return None


def _hashed(pattern: str) -> tuple[bytes, bytes] | None:
    """Return salt and digest of a hashed name; None for any other."""
    parts = pattern.split("|")
    if len(parts) != 4 or parts[:2] != ["", "1"]:
        return None
    try:
        return base64.b64decode(parts[2]), base64.b64decode(parts[3])
    except binascii.Error:
        return None


def _glob(pattern: str, name: str) -> bool:
    """Match `*` and `?` only: the brackets of `[host]:port` are themselves."""
    if "*" not in pattern and "?" not in pattern:
        return pattern == name
    return fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))


def _without(line: str, name: str, key: PKey) -> str | None:
    """Return the line without what it says of that name and key type; None for nothing left."""
    try:
        entry = next(_entries(line), None)
    except ValueError:
        return line
    if entry is None or entry.marker or entry.key_type != key.get_name():
        return line
    if name not in entry.patterns:
        return None if _hashed(entry.patterns[0]) and entry.matches(name) else line
    names, _, rest = line.strip().partition(" ")
    left = [each for each in names.split(",") if each.lower() != name]
    return f"{','.join(left)} {rest}" if left else None
