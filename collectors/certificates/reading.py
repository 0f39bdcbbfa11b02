"""One certificate (RFC 5280) into a row. An odd one loses what is odd about it, not the rest."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from collectors.base import FIRST_YEAR, LAST_YEAR, Row

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, Name, SubjectAlternativeName

Value = TypeVar("Value")
BROKEN = "a certificate that is not understood"
LONGEST = 1000


def row(der: bytes) -> Row:
    """Return what a certificate says; `cause` where it is none, or a date is beyond belief."""
    from cryptography import x509

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of serial numbers below 0, country codes too long …
        certificate = _tried(lambda: x509.load_der_x509_certificate(der))
        return Row(cause=BROKEN) if certificate is None else _row(certificate)


def _tried(read: Callable[[], Value]) -> Value | None:
    try:
        return read()
    except Exception:  # around a part of a certificate: it may raise anything, and names itself
        return None


def _row(one: Certificate) -> Row:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509 import SubjectAlternativeName as Names

    begins = _tried(lambda: one.not_valid_before_utc)
    ends = _tried(lambda: one.not_valid_after_utc)
    names = _tried(lambda: _names(one.extensions.get_extension_for_class(Names).value))
    serial = _tried(lambda: one.serial_number)
    return Row(
        subject=_short(_tried(lambda: _shown(one.subject))),
        issuer=_short(_tried(lambda: _shown(one.issuer))),
        names=_short(names),
        serial=None if serial is None else f"{serial:X}",
        fingerprint=one.fingerprint(SHA256()).hex(":").upper(),
        not_before_at=_kept(begins),
        not_after_at=_kept(ends),
        self_signed=_self_signed(one),
        cause=None if _kept(ends) else _beyond(ends),
    )


def _shown(name: Name) -> str:
    return name.rfc4514_string()


def _names(value: SubjectAlternativeName) -> str:
    from cryptography.x509 import DirectoryName, OtherName

    shown = [
        _shown(one.value) if isinstance(one, DirectoryName) else str(one.value)
        for one in value
        if not isinstance(one, OtherName)
    ]
    return ", ".join(shown)


def _self_signed(one: Certificate) -> bool | None:
    """Whether its own key signed it; None where the kind of signature is not known here."""
    from cryptography.exceptions import InvalidSignature

    if _tried(lambda: one.issuer == one.subject) is not True:
        return _tried(lambda: one.issuer == one.subject)
    try:
        one.verify_directly_issued_by(one)
    except InvalidSignature:
        return False
    except Exception:  # see above
        return None
    return True


def _kept(at: datetime | None) -> datetime | None:
    return at if at and FIRST_YEAR <= at.year <= LAST_YEAR else None


def _beyond(ends: datetime | None) -> str:
    if ends is None:
        return "its end is not understood"
    if ends.year > LAST_YEAR:
        return f"it has no end: {ends.year:04}"
    return f"it ended in {ends.year:04}"


def _short(text: str | None) -> str | None:
    return text[:LONGEST] or None if text else None
