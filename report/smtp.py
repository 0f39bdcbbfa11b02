"""A message to an SMTP server, so that it is known at every moment who may have it."""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from collectors.errors import SettingsError
from report.errors import DeliveryError
from report.settings import Smtp
from report.smtp_causes import cleaned, why

CHUNK = 1 << 16
# RFC 5321 4.5.3.2.6: a server may take ten minutes over a message it has got; who hangs up
# before sends it twice. So the last answer may take this many times the time-out.
PATIENCE = 5
QUIT_SECONDS = 5  # for a goodbye that changes nothing
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Answer:
    """What a server said of a recipient or a message."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        """Whether it was accepted."""
        return 200 <= self.code < 300

    @property
    def final(self) -> bool:
        """Whether asking again is of no use."""
        return self.code >= 500

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


@dataclass
class Sent:
    """What became of a message: the answer for each recipient that was named.

    unknown: why it is not known whether the server has it.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    unknown: str = ""


class _Timed(smtplib.SMTP):
    """Gives a whole answer a time-out: smtplib's begins anew with every byte."""

    patience = 1

    def getreply(self) -> tuple[int, bytes]:
        """Return the server's answer. Raises TimeoutError when it comes in drops."""
        late = threading.Event()
        timer = threading.Timer(self.patience * self.timeout, self._end, [late])
        timer.daemon = True
        timer.start()
        try:
            answer = super().getreply()
        except (OSError, smtplib.SMTPException):
            if not late.is_set():
                raise
        else:
            if not late.is_set():  # a line that was cut short is no answer either
                return answer
        finally:
            timer.cancel()
        self.close()
        raise TimeoutError

    def _end(self, late: threading.Event) -> None:
        late.set()
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class _TimedTls(_Timed, smtplib.SMTP_SSL):
    """The same, encrypted from the start."""


class Session:
    """A connection to the server, encrypted and logged in as the settings say."""

    def __init__(self, server: _Timed, smtp: Smtp, secret: str) -> None:
        self._server = server
        self._smtp = smtp
        self._secret = secret

    def send(
        self,
        sender: str,
        recipients: Sequence[str],
        content: bytes,
        before_data: Callable[[], None],
    ) -> Sent:
        """Hand over a message. before_data is called when the server is about to get it.

        Raises DeliveryError for what happens before the message's end: then nobody has it.
        """
        sent = Sent()
        with self._explained():
            self._check_size(content)
            code, said = self._server.mail(sender, [f"size={len(content)}"] if self._size else [])
            if code != 250:
                answer = self._answer(code, said)
                raise DeliveryError(f"the server refused the sender {sender}: {answer}")
            for recipient in recipients:
                sent.answers[recipient] = self._answer(*self._server.rcpt(recipient))
            taken = [one for one, answer in sent.answers.items() if answer.good]
            if not taken:
                return sent
            before_data()
            self._start_data(content)
        self._end_data(sent, taken)
        return sent

    @property
    def _size(self) -> bool:
        return bool(self._server.has_extn("size"))

    def _check_size(self, content: bytes) -> None:
        most = str(self._server.esmtp_features.get("size", ""))
        if most.isdecimal() and 0 < int(most) < len(content):
            raise DeliveryError(
                f"the message is larger than the server takes ({len(content) / MEGABYTE:.1f} MB "
                f"of {int(most) / MEGABYTE:.1f} MB)"
            )

    def _start_data(self, content: bytes) -> None:
        """Send all but the message's end, in pieces that each have the time-out."""
        code, said = self._server.docmd("DATA")
        if code != 354:
            raise DeliveryError(f"the server refused the message: {self._answer(code, said)}")
        stuffed = re.sub(rb"(?m)^\.", b"..", content)
        for start in range(0, len(stuffed), CHUNK):
            self._server.send(stuffed[start : start + CHUNK])

    def _end_data(self, sent: Sent, taken: Sequence[str]) -> None:
        """Send the message's end; from here until the answer nobody knows who has it."""
        try:
            with self._explained(PATIENCE):
                self._server.patience = PATIENCE
                if self._server.sock is not None:
                    self._server.sock.settimeout(PATIENCE * self._smtp.timeout_seconds)
                self._server.send(b".\r\n")
                answer = self._answer(*self._server.getreply())
        except DeliveryError as error:
            sent.unknown = str(error)
        else:
            sent.answers.update(dict.fromkeys(taken, answer))

    def _answer(self, code: int, said: bytes) -> Answer:
        return Answer(code, cleaned(said, self._secret))

    @contextmanager
    def _explained(self, patience: int = 1) -> Iterator[None]:
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            seconds = patience * self._smtp.timeout_seconds
            raise DeliveryError(why(error, seconds, self._secret)) from None


@contextmanager
def connected(smtp: Smtp, root: Path) -> Iterator[Session]:
    """Connect, encrypt, log in. Raises DeliveryError with the cause in words."""
    secret = _secret(smtp, root)
    server: _Timed | None = None
    try:
        server = _open(smtp, root)
        _greet(server, smtp, root)
        if smtp.user is not None:
            _log_in(server, smtp.user, secret)
        yield Session(server, smtp, secret)
        _leave(server)
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(why(error, smtp.timeout_seconds, secret)) from None
    finally:
        if server is not None:
            server.close()


def _open(smtp: Smtp, root: Path) -> _Timed:
    host, port = smtp.host.strip("[]"), smtp.real_port
    if smtp.security == "tls":
        context = _context(smtp, root)
        return _TimedTls(host, port, timeout=smtp.timeout_seconds, context=context)
    return _Timed(host, port, timeout=smtp.timeout_seconds)


def _greet(server: smtplib.SMTP, smtp: Smtp, root: Path) -> None:
    server.ehlo_or_helo_if_needed()
    if smtp.security == "starttls":
        if not server.has_extn("starttls"):
            raise DeliveryError(
                "the server offers no STARTTLS, and nothing is sent in the clear; "
                "with `security: tls` it would be encrypted from the start (port 465)"
            )
        server.starttls(context=_context(smtp, root))
        server.ehlo_or_helo_if_needed()


def _log_in(server: smtplib.SMTP, user: str, secret: str) -> None:
    if (user + secret).isascii():
        server.login(user, secret)
        return
    # smtplib knows ASCII only; PLAIN is UTF-8 (RFC 4616).
    token = base64.b64encode(f"\0{user}\0{secret}".encode()).decode()
    code, said = server.docmd("AUTH", f"PLAIN {token}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _context(smtp: Smtp, root: Path) -> ssl.SSLContext:
    """Return a context that verifies; with a ca_file by that one alone."""
    path = root / smtp.ca_file.expanduser() if smtp.ca_file else None
    try:
        context = ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError) as error:
        why = "holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise DeliveryError(f"smtp.ca_file {path}: {why}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _secret(smtp: Smtp, root: Path) -> str:
    if smtp.password is None:
        return ""
    try:
        return smtp.password.read("smtp.password", root)
    except SettingsError as error:
        raise DeliveryError(str(error)) from None


def _leave(server: _Timed) -> None:
    with suppress(OSError, smtplib.SMTPException):
        server.timeout, server.patience = QUIT_SECONDS, 1
        if server.sock is not None:
            server.sock.settimeout(QUIT_SECONDS)
        server.quit()
