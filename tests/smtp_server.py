"""A real SMTP server for tests: aiosmtpd with STARTTLS or TLS and AUTH, on a port of its own.

authority = make_authority(tmp_path)
with MailServer(authority, security="starttls") as server:
    …
    server.messages[0].recipients
"""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "infra-report", "s3cret-Pässword"
START = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
END = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Authority:
    """A self-made certificate authority's file, and a server certificate signed by it."""

    ca_file: Path
    certificate: Path

    @property
    def context(self) -> ssl.SSLContext:
        """The server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context


def make_authority(folder: Path, names: Sequence[str] = ("localhost", "127.0.0.1")) -> Authority:
    """Make an authority and a certificate for these names and addresses."""
    folder.mkdir(parents=True, exist_ok=True)
    key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    ca = (
        _builder(issuer, issuer, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        _builder(subject, issuer, server_key)
        .add_extension(x509.SubjectAlternativeName([_name(one) for one in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    ca_file, chain = folder / "ca.pem", folder / "server.pem"
    ca_file.write_bytes(ca.public_bytes(pem))
    private = server_key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + certificate.public_bytes(pem))
    return Authority(ca_file, chain)


def _builder(subject: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(END)
    )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


@dataclass(frozen=True)
class Received:
    """A message that the server accepted."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str


@dataclass
class MailServer:
    """The server, while the `with` lasts.

    security: "starttls", "tls" or "none". answers: what it says to RCPT, by recipient.
    data_answer: what it says to a message; "close" breaks the connection off, "hang" says
    nothing. size_limit: in bytes. login: whether it wants USER and PASSWORD.
    """

    authority: Authority | None = None
    security: str = "starttls"
    login: bool = True
    size_limit: int = 33_554_432
    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    data_answer: str = ""
    messages: list[Received] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    got_data: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> MailServer:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> None:
        context = self.authority.context if self.authority else None
        self._server = await self._loop.create_server(
            self._protocol, "127.0.0.1", self.port, ssl=context if self.security == "tls" else None
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def _protocol(self) -> SMTP:
        starttls = self.security == "starttls" and self.authority is not None
        return SMTP(
            _Handler(self), hostname="mail.test", loop=self._loop, data_size_limit=self.size_limit,
            tls_context=self.authority.context if starttls and self.authority else None,
            require_starttls=starttls, authenticator=_authenticate if self.login else None,
            auth_require_tls=self.security == "starttls",
        )  # fmt: skip

    async def _stop(self) -> None:
        self._server.close()
        tasks = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # transports close in the loop's next rounds


def _authenticate(_s: Any, _session: Any, _e: Any, _mechanism: str, data: Any) -> AuthResult:
    good = (
        isinstance(data, LoginPassword)
        and data.login.decode() == USER
        and data.password.decode() == PASSWORD
    )
    return AuthResult(success=good, handled=False, auth_data=data)


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self._of = server

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._of.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        self._of.asked.append(address)
        answer = self._of.answers.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        of = self._of
        user = session.auth_data.login.decode() if session.auth_data else ""
        if not of.data_answer or of.data_answer in ("close", "hang"):
            of.messages.append(
                Received(
                    envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content,
                    session.ssl is not None or of.security == "tls", user,
                )
            )  # fmt: skip
        of.got_data.set()
        if of.data_answer == "close":
            server.transport.abort()
        if of.data_answer in ("close", "hang"):
            await asyncio.Event().wait()
        return of.data_answer or "250 2.0.0 queued"


class Scripted:
    """A server that says and does exactly this, for one connection, in a thread."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Scripted:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(20)
        self._listener.close()

    def _run(self) -> None:
        connection, _ = self._listener.accept()
        with connection, suppress(OSError):
            self._talk(connection)


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
