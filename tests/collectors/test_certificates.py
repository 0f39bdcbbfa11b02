"""certificates: no private key leaves a server, and an odd certificate costs itself alone."""

from __future__ import annotations

import base64
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import certificates
from collectors.base import Ask, Parsed, checked
from collectors.certificates import reading
from collectors.config import validate
from collectors.errors import NotApplicable, SettingsError
from collectors.options import CollectorOptions
from tests.collectors.probes import ASK, SHELLS, applets, printed

PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
PLAIN = serialization.NoEncryption()
FORMATS = serialization.PrivateFormat


def made(key: Any, name: str = "www.example.org", days: int = 30) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begins = datetime(2026, 11, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(255)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )


KEY = ec.generate_private_key(ec.SECP256R1())
CERTIFICATE = made(KEY)


def asked(
    options: dict[str, Any], shell: Sequence[str] = ("sh",), path: str | None = None
) -> tuple[Parsed, str]:
    ask = Ask(ASK.from_at, ASK.to_at, {"files": [], **options})
    text = printed(certificates, shell, path, ask=ask)
    return certificates.parse(text, ask), text


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("encoding", [PEM, DER], ids=["pem", "der"])
def test_a_certificate_in_a_file(shell: Sequence[str], encoding: Any, tmp_path: Path) -> None:
    file = tmp_path / "it's a $(file).crt"
    file.write_bytes(CERTIFICATE.public_bytes(encoding))
    found, _ = asked({"files": [str(file)]}, shell)
    (row,) = found.rows
    assert row == {
        "source": str(file), "position": 1, "subject": "CN=www.example.org",
        "issuer": "CN=www.example.org", "names": "www.example.org", "serial": "FF",
        "fingerprint": CERTIFICATE.fingerprint(hashes.SHA256()).hex(":").upper(),
        "not_before_at": datetime(2026, 11, 1, tzinfo=UTC),
        "not_after_at": datetime(2026, 12, 1, tzinfo=UTC), "self_signed": True, "cause": None,
    }  # fmt: skip
    assert found.cause == found.note == ""


KEYS = [KEY, rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()]


def secrets() -> Iterator[tuple[str, bytes]]:
    """Yield private keys in all their forms, and their name."""
    for key in KEYS:
        kind = type(key).__name__.removesuffix("PrivateKey").lower()
        for form in (FORMATS.PKCS8, FORMATS.TraditionalOpenSSL, FORMATS.OpenSSH):
            for encoding in (PEM, DER):
                for lock in (PLAIN, serialization.BestAvailableEncryption(b"secret")):
                    try:
                        data = key.private_bytes(encoding, form, lock)
                    except (ValueError, TypeError):
                        continue
                    yield f"{kind}-{str(form)[-12:]}-{str(encoding)[-3:]}-{len(data)}", data


@pytest.mark.parametrize("shell", SHELLS)
def test_no_private_key_leaves_the_server(shell: Sequence[str], tmp_path: Path) -> None:
    hidden = dict(secrets())
    assert len(hidden) > 12
    for name, data in hidden.items():
        (tmp_path / f"{name}.pem").write_bytes(data)
        both = CERTIFICATE.public_bytes(PEM) + data + CERTIFICATE.public_bytes(PEM)
        (tmp_path / f"{name}.both.pem").write_bytes(both)
        unfinished = CERTIFICATE.public_bytes(PEM)[:200] + b"\n---- BEGIN Odd key ----\n"
        (tmp_path / f"{name}.odd.pem").write_bytes(unfinished + data)
    _, text = asked({"files": [f"{tmp_path}/*"]}, shell)
    shown = "".join(line.partition("|")[2] for line in text.splitlines())
    public = "".join(CERTIFICATE.public_bytes(PEM).decode().splitlines())  # holds the public half
    for name, data in hidden.items():
        bare = b"".join(x for x in data.splitlines() if b"-----" not in x and b":" not in x)
        forms = (
            [bare.decode()] if b"-----" in data else [data.hex(), base64.b64encode(data).decode()]
        )
        for form in forms:
            pieces = [form[at : at + 40] for at in range(0, len(form) - 40, 20)]
            assert not [one for one in pieces if one in shown and one not in public], name
            assert [one for one in pieces if one not in public], name
    assert shown.count("BEGIN CERTIFICATE") >= 2


def test_a_key_beside_its_certificate_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_bytes(CERTIFICATE.public_bytes(PEM))
    (tmp_path / "key.pem").write_bytes(KEY.private_bytes(PEM, FORMATS.PKCS8, PLAIN))
    found, _ = asked({"files": [f"{tmp_path}/*.pem"]})
    assert (len(found.rows), found.cause) == (1, "")
    found, _ = asked({"files": [f"{tmp_path}/key.pem"]})
    assert found.cause == f"{tmp_path}/key.pem: no certificate in it"


def test_busybox_alone_is_enough_for_files(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    path = applets(tmp_path / "bin")
    (tmp_path / "a.pem").write_bytes(CERTIFICATE.public_bytes(PEM))
    (tmp_path / "b.der").write_bytes(CERTIFICATE.public_bytes(DER))
    found, _ = asked({"files": [f"{tmp_path}/?.*"]}, ("sh",), path)
    assert [row["serial"] for row in found.rows] == ["FF", "FF"]


def test_named_and_absent_is_said_and_usual_and_absent_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_bytes(CERTIFICATE.public_bytes(PEM))
    names = [f"{tmp_path}/a.pem", f"{tmp_path}/b.pem", f"{tmp_path}/*.crt"]
    found, _ = asked({"files": [*names, *certificates.USUAL]})
    assert found.cause.endswith(f"{tmp_path}/b.pem: there is no such file")
    assert found.note.endswith(f"nothing matches {tmp_path}/*.crt")
    with pytest.raises(NotApplicable, match="none lies in the usual places"):
        asked({})


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Yield a port that shows the certificate."""
    (tmp_path / "c.pem").write_bytes(CERTIFICATE.public_bytes(PEM))
    (tmp_path / "k.pem").write_bytes(KEY.private_bytes(PEM, FORMATS.PKCS8, PLAIN))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c.pem", tmp_path / "k.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)

        def serve() -> None:
            try:
                with context.wrap_socket(listening.accept()[0], server_side=True) as one:
                    one.recv(1)
            except OSError:
                pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
@pytest.mark.parametrize("shell", SHELLS)
def test_a_port_is_asked(shell: Sequence[str], port: int) -> None:
    found, _ = asked({"ports": [f"www.example.org@127.0.0.1:{port}"]}, shell)
    (row,) = found.rows
    assert (row["source"], row["serial"]) == (f"www.example.org@127.0.0.1:{port}", "FF")
    assert found.cause == ""


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_a_port_that_is_silent_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "PORT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_port = silent.getsockname()[1]
        found, _ = asked({"ports": [f"127.0.0.1:{silent_port}", "127.0.0.1:1", "1/smtp"]})
    assert [row["cause"] for row in found.rows] == [
        "no answer within 1 s", "connection refused", "connection refused"
    ]  # fmt: skip
    assert not subprocess.run(
        ["pgrep", "-f", f"s_client.*{silent_port}"], capture_output=True
    ).stdout


@pytest.mark.parametrize(
    "text",
    ["443", "25/smtp", "mail.example.org:465", "[::1]:443", "localhost:5432/postgres",
     "www.example.org@localhost:8443", "a_b.example:1/ldap"],
)  # fmt: skip
def test_ports_that_are_understood(text: str) -> None:
    options = validate(CollectorOptions, {"certificates": {"ports": [text]}}, "daily.yaml")
    assert options.certificates.ports == [text]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    ["", "0", "65536", "::1:443", "host", "host:443/ssh", "h ost:443", "-connect:1 x", "443\n"],
)
def test_ports_that_are_not(text: str) -> None:
    with pytest.raises(SettingsError, match="is no port; it would be like 443"):
        validate(CollectorOptions, {"certificates": {"ports": [text]}}, "daily.yaml")


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.data())
def test_a_damaged_certificate_never_breaks_the_parser(data: st.DataObject) -> None:
    der = bytearray(CERTIFICATE.public_bytes(DER))
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    row = reading.row(bytes(der[: data.draw(st.integers(0, len(der)))]) or bytes(der))
    checked(certificates.COLUMNS, [row])
    assert row.get("fingerprint") or row["cause"]
