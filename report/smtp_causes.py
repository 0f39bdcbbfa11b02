"""What a mail server said, or failed to say, in words: one short line, never with the password."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl

from report.words import readable

LONGEST = 200


def why(error: Exception, seconds: float, secret: str) -> str:
    """Return what went wrong, and what would mend it. seconds: the time-out that held."""
    if isinstance(error.__context__, TimeoutError):  # smtplib calls it a lost connection
        error = error.__context__
    reason = cleaned(str(getattr(error, "reason", "") or error), secret)
    said = _said(error, secret)
    causes: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
        (
            ssl.SSLCertVerificationError,
            "the server's certificate is not trusted: "
            f"{readable(getattr(error, 'verify_message', ''), any_glyph=True)} "
            "(a private authority's certificate goes into smtp.ca_file)",
        ),
        (
            ssl.SSLError,
            f"no encrypted connection: {reason} "
            "(port 465 wants `security: tls`, 587 and 25 `starttls`)",
        ),
        (TimeoutError, f"no answer within {seconds:g} s"),
        (smtplib.SMTPAuthenticationError, f"user or password refused: {said}"),
        (
            smtplib.SMTPNotSupportedError,
            "the server offers no login, but user and password are set",
        ),
        (smtplib.SMTPResponseException, f"the server said {said}"),
        (socket.gaierror, "its name cannot be resolved"),
        (ConnectionRefusedError, "nothing listens there"),
        (
            (smtplib.SMTPServerDisconnected, ConnectionError),
            "the server broke the connection off",
        ),
        (OSError, getattr(error, "strerror", "") or reason),
    )
    return next((text for kind, text in causes if isinstance(error, kind)), reason)


def cleaned(said: bytes | str, secret: str) -> str:
    """Return a server's words on one line, short and without the password."""
    text = said.decode("utf-8", "backslashreplace") if isinstance(said, bytes) else said
    for form in _forms(secret):
        text = text.replace(form, "[password]")
    return readable(" ".join(text.split()), LONGEST, any_glyph=True)


def _said(error: Exception, secret: str) -> str:
    code, text = getattr(error, "smtp_code", ""), getattr(error, "smtp_error", "")
    return f"{code} {cleaned(text, secret)}".strip()


def _forms(secret: str) -> list[str]:
    if not secret:
        return []
    coded = base64.b64encode(secret.encode()).decode()
    return [secret, coded, coded.rstrip("=")]
