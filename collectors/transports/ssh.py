"""Servers over SSH: Fabric's connection, one command, and its channel read directly.

Fabric finds the user, the port and the keys; what it leaves open is set here. It accepts
every host key: here only those in known_hosts count. It may wait for ever: here everything
runs under a deadline (`ssh_wire`). It may ask at the terminal: here nobody is asked
(`ssh_auth`). Its `run` polls with threads: here the channel is read directly, up to a cap.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from itertools import pairwise
from string import ascii_letters, digits
from typing import Any, NoReturn

from fabric import Config, Connection
from paramiko import PKey, SSHClient, SSHConfig
from paramiko.client import RejectPolicy
from paramiko.ssh_exception import ChannelException, IncompatiblePeer, SSHException

from collectors.errors import CollectError, Outcome
from collectors.fleet import Host
from collectors.transports import Access, Printed
from collectors.transports.known_hosts import KnownHosts, fingerprint, kind
from collectors.transports.ssh_auth import KeyRing, PublicKeys
from collectors.transports.ssh_config import Hop, SshConfig
from collectors.transports.ssh_output import Output, read
from collectors.transports.ssh_wire import Wire, under_deadline, words

SAFE = frozenset((ascii_letters + digits + ' \t"#$%&()*+,-./:;<=>?@[]^_`{|}~').encode())
NO_STATUS = -1


class Ssh:
    """Runs scripts on servers. `warnings` says once what is wrong with the files read."""

    def __init__(self, access: Access) -> None:
        self._config = SshConfig.read(access.ssh_config)
        self._known = KnownHosts.read(access.known_hosts)
        self._keys = KeyRing()
        self.warnings = [*self._config.warnings, *self._known.warnings]

    def run(self, host: Host, script: str, seconds: float, cap_bytes: int) -> Printed:
        """See `Transport.run`: every failure is an outcome, with what had come until then."""
        wire, output = Wire(seconds), Output(cap_bytes)
        try:
            return under_deadline(wire, lambda: self._run(wire, host, script, output))
        except CollectError as error:
            return Printed(output.printed(), error.outcome, error.cause)

    def _run(self, wire: Wire, host: Host, script: str, output: Output) -> Printed:
        route = self.route(wire, host)
        connection = self._open(wire, route[-1], self.reach(wire, route))
        wire.expect("a session on the server")
        try:
            channel = connection.transport.open_session(timeout=wire.left())
            wire.expect("the answer to the request to run a command")
            channel.exec_command(command_of(script))
            channel.shutdown_write()
            wire.expect("the end of the output")
            read(wire, channel, output)
            wire.expect("the exit status, after the end of the output")
            if not channel.status_event.wait(wire.left()):
                raise wire.timed_out()
        except (SSHException, OSError, EOFError) as error:
            raise _lost(wire, connection, error) from error
        return _printed(connection, channel.exit_status, output)

    def route(self, wire: Wire, host: Host) -> tuple[Hop, ...]:
        """Return the servers on the way to the host. Raises CollectError."""
        wire.expect("the settings in ~/.ssh/config")
        return self._config.route(host)

    def reach(self, wire: Wire, route: Sequence[Hop]) -> Any:
        """Return a socket, or a channel like one, to the last server. Raises CollectError."""
        sock: Any = wire.dial(route[0])
        for hop, following in pairwise(route):
            connection = self._open(wire, hop, sock)
            wire.expect(f"{hop}, which leads to {following}")
            to = (following.address, following.port)
            try:
                sock = connection.transport.open_channel(
                    "direct-tcpip", to, ("", 0), timeout=wire.left()
                )
            except ChannelException as error:
                cause = f"{following} is not reached from {hop}: {words(SSHException(error.text))}"
                raise CollectError(cause, Outcome.UNREACHABLE) from error
            except (SSHException, OSError, EOFError) as error:
                raise _lost(wire, connection, error) from error
        return sock

    def _open(self, wire: Wire, hop: Hop, sock: Any) -> Connection:
        """Return a verified, authenticated connection over the socket. Raises CollectError."""
        known = self._known.keys(hop.key_names)
        user = hop.user or _local_user()
        connection = Connection(
            hop.address,
            user=user,
            port=hop.port,
            gateway=False,
            forward_agent=False,
            # One for each: Fabric changes it in place. Lazy, and without files: what counts
            # of ~/.ssh/config stands in the hop, and ~/.fabric.yaml is somebody else's.
            config=Config(lazy=True, ssh_config=SSHConfig()),
            connect_kwargs={
                "sock": sock,
                "transport_factory": lambda sock, **_: wire.transport(sock, known),
                "auth_strategy": PublicKeys(user, hop.key_files, self._keys),
            },
        )
        policy = _OnlyKnown(wire, hop, known, self._known)
        connection.client.set_missing_host_key_policy(policy)
        wire.expect(f"the SSH greeting of {hop}", f"the key exchange with {hop}")
        try:
            connection.open()
        except (SSHException, OSError, EOFError) as error:
            raise broken(wire, hop, error) from error
        return connection


class _OnlyKnown(RejectPolicy):
    """Takes a host key that is known and not revoked, and refuses any other.

    paramiko asks the policy for every key, since it is given no known_hosts of its own: its
    look-up takes one key a type, no patterns, and no revocations.
    """

    def __init__(self, wire: Wire, hop: Hop, known: Sequence[PKey], all_known: KnownHosts) -> None:
        self._wire = wire
        self._hop = hop
        self._known = known
        self._all_known = all_known

    def missing_host_key(  # type: ignore[override]
        self, client: SSHClient, hostname: str, key: PKey
    ) -> None:
        """Return for a known key; raises CollectError (host_key) for any other."""
        del client, hostname
        if self._all_known.is_revoked(self._hop.key_names, key):
            self._refuse(f"{_named(key)} of {self._hop} is revoked in known_hosts")
        if key in self._known:
            self._wire.expect(f"authentication by {self._hop}")
            return
        accept = f"`infra-report trust {self._hop.trust}` accepts it"
        if not self._known:
            self._refuse(f"{_named(key)} of {self._hop} is not known; once checked, {accept}")
        was = ", ".join(_named(each) for each in self._known)
        self._refuse(
            f"{self._hop} shows {_named(key)}, but known is {was}: it was set up again, or "
            f"somebody stands in between; once checked, {accept}"
        )

    def _refuse(self, cause: str) -> NoReturn:
        raise CollectError(f"host key {cause}", Outcome.HOST_KEY)


def command_of(script: str) -> str:
    """Return a command that runs the script in sh, whatever the login shell is.

    bash, dash, zsh, fish and csh agree on little: a single-quoted word on one line, without
    backslash pairs, `'` and `!`. All else travels as octal escapes, for printf to undo.
    """
    escaped = "".join(
        chr(byte) if byte in SAFE else f"\\0{byte:03o}"
        for byte in script.encode("utf-8", "surrogateescape")
    )
    return f"""exec sh -c 'eval "$(printf %b "$0")"' '{escaped}'"""


def _printed(connection: Connection, status: int, output: Output) -> Printed:
    stdout = output.printed()
    if status == NO_STATUS:
        if not connection.transport.is_active():
            return Printed(stdout, Outcome.UNREACHABLE, "the connection was lost before the end")
        return Printed(stdout, Outcome.COMMAND_FAILED, "killed on the server: no exit status")
    if status and not stdout:
        first = bytes(output.errors).decode("utf-8", "replace").strip().partition("\n")[0]
        said = words(SSHException(first)) if first else "nothing printed"
        return Printed(stdout, Outcome.COMMAND_FAILED, f"exit status {status}: {said}")
    return Printed(stdout)


def broken(wire: Wire, hop: Hop, error: Exception) -> CollectError:
    """Return the error for a connection that came to nothing before anybody logged in."""
    if wire.ended:
        return wire.timed_out()
    if not wire.greeted:
        cause = f"no SSH greeting from {hop}: it is too busy, or no SSH server ({words(error)})"
    elif isinstance(error, IncompatiblePeer):
        cause = f"{hop} has no algorithm in common with us: {words(error)}"
    else:
        cause = f"the connection broke, waiting for {wire.awaited}: {words(error)}"
    return CollectError(cause, Outcome.UNREACHABLE)


def _local_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container's user without a name
        cause = "no user name: none is configured, and this account has none"
        raise CollectError(cause, Outcome.AUTH_FAILED) from error


def _lost(wire: Wire, connection: Connection, error: Exception) -> CollectError:
    if wire.ended:
        return wire.timed_out()
    if connection.transport.is_active():
        cause = f"the server refused, asked for {wire.awaited}: {words(error)}"
        return CollectError(cause, Outcome.COMMAND_FAILED)
    cause = f"the connection was lost, waiting for {wire.awaited}: {words(error)}"
    return CollectError(cause, Outcome.UNREACHABLE)


def _named(key: PKey) -> str:
    return f"{kind(key)} {fingerprint(key)}"
