"""The certificates of the demo: of an authority of its own, the same for the same words."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from report.demo.organisation import DOMAIN, NAME

LASTS, RENEWED = timedelta(days=90), 60
EPOCH = date(2026, 1, 1)
# Where they lie, by role.
GLOBS = {"web": "/etc/letsencrypt/live/*/cert.pem", "edge": "/etc/haproxy/certs/*.pem"}


def begins(host: str, day: date) -> date:
    """Return when a host's certificate of that day began: it is renewed long before its end."""
    turn = int.from_bytes(hashlib.sha256(host.encode()).digest()[:2], "big") % RENEWED
    return day - timedelta(days=((day - EPOCH).days + turn) % RENEWED)


@cache
def pem(host: str, first: date) -> str:
    """Return a host's certificate from a day on, in PEM; Ed25519 signs the same each time."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    def key(name: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())

    def name(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, NAME),
                          x509.NameAttribute(NameOID.COMMON_NAME, common)])  # fmt: skip

    begun = datetime.combine(first, time(2, 14), UTC)
    digest = hashlib.sha256(f"{host} {first}".encode()).digest()
    made = (
        x509.CertificateBuilder()
        .subject_name(name(f"{host}.{DOMAIN}"))
        .issuer_name(name("Noordlicht Issuing CA 2"))
        .public_key(key(f"key of {host}").public_key())
        .serial_number(int.from_bytes(digest[:16], "big") >> 1)
        .not_valid_before(begun)
        .not_valid_after(begun + LASTS)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"{host}.{DOMAIN}")]), False)
        .sign(key("the authority of the demo"), None)
    )
    return made.public_bytes(Encoding.PEM).decode()
