"""Delivery against a real SMTP server: TLS, AUTH, refusals, and the window that SMTP leaves."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any

import pytest

from collectors.credentials import Secret
from report import delivery, ledger
from report.errors import DeliveryError, NoSnapshot
from report.settings import Daily, Mail, Settings, Smtp
from tests.smtp_server import (
    PASSWORD,
    USER,
    Authority,
    MailServer,
    Scripted,
    free_port,
    make_authority,
)

NOW = datetime(2026, 11, 23, 5, 1, tzinfo=UTC)
TO = ["ops@example.org", "Night Watch <night@example.org>", "boss@example.org"]
ADDRESSES = ("ops@example.org", "night@example.org", "boss@example.org")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def make(tmp_path: Path, authority: Authority) -> Callable[..., Settings]:
    (tmp_path / "secret").write_text(PASSWORD + "\n")
    (tmp_path / "secret").chmod(0o600)

    def settings(port: int, **smtp: Any) -> Settings:
        mail = smtp.pop("mail", {"to": TO})
        known = {
            "host": "127.0.0.1", "port": port, "ca_file": authority.ca_file, "timeout_seconds": 5,
            "user": USER, "password": Secret(file=tmp_path / "secret"),
        }  # fmt: skip
        server = Smtp.model_validate({**known, **smtp})
        sender = "Infra Report <infra@example.org>"
        return Settings(
            tmp_path, tmp_path, tmp_path / "output", Daily(),
            Mail.model_validate({"smtp": server, "sender": sender, **mail}),
        )  # fmt: skip

    return settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_day(tmp_path / "output" / "2026-11-23")


def a_day(folder: Path, body: str = "All is well.\n.\n..dots\n.a dot begins this line\n") -> Path:
    folder.mkdir(parents=True)
    message = EmailMessage(policy=POLICY)
    message["From"] = "Infra Report <infra@example.org>"
    message["To"] = ", ".join(TO[:1])
    message["Cc"] = TO[1]
    message["Subject"] = "Daily Infrastructure Report - 2026-11-23"
    message["Message-ID"] = f"<infra-report.{folder.name}@example.org>"
    message.set_content(body)
    assert delivery.write_message(folder, message)
    return folder


def prepared(folder: Path, settings: Settings) -> Path:
    delivery.prepare(folder, settings)
    assert delivery.state(folder) == "waiting"
    return folder


def statuses(folder: Path) -> dict[str, str]:
    known = ledger.read(folder)
    assert known
    return {address: one.status for address, one in known.recipients.items()}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_message_goes_out_once_encrypted_and_byte_by_byte(
    folder: Path, make: Callable[..., Settings], authority: Authority, security: str
) -> None:
    with MailServer(authority, security) as server:
        settings = make(server.port, security=security)
        done = delivery.deliver(prepared(folder, settings), settings, NOW)
        again = delivery.deliver(folder, settings, NOW)
    (got,) = server.messages
    assert got.encrypted and got.user == USER and got.recipients == ADDRESSES
    assert got.sender == "infra@example.org"
    assert got.content == (folder / "mail.eml").read_bytes()
    assert done.state == "delivered" and "boss@example.org" in done.lines[0]
    assert again.lines == (
        "The report of 2026-11-23 is already delivered (--resend sends it again).",
    )
    known = json.loads((folder / "delivery.json").read_text())
    assert known["state"] == "delivered"
    assert known["message_id"] == "<infra-report.2026-11-23@example.org>"
    assert known["recipients"]["ops@example.org"] == {
        "status": "accepted", "answer": "250 2.0.0 queued", "at": "2026-11-23T05:01:00Z",
    }  # fmt: skip
    assert PASSWORD not in (folder / "delivery.json").read_text()


def test_an_ascii_password_goes_by_smtplibs_own_way(
    folder: Path, make: Callable[..., Settings], authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("tests.smtp_server.PASSWORD", "plain-ascii")
    monkeypatch.setenv("SMTP_PASSWORD", "plain-ascii")
    with MailServer(authority) as server:
        settings = make(server.port, password=Secret(env="SMTP_PASSWORD"))
        delivery.deliver(prepared(folder, settings), settings, NOW)
    assert len(server.messages) == 1


@pytest.mark.parametrize("wrong", ["not-the-password", "nicht-das-Paßwort"])
def test_a_wrong_password_is_said_and_never_shown(
    folder: Path, make: Callable[..., Settings], authority: Authority,
    monkeypatch: pytest.MonkeyPatch, wrong: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("SMTP_PASSWORD", wrong)
    with MailServer(authority) as server:
        settings = make(server.port, password=Secret(env="SMTP_PASSWORD"))
        with pytest.raises(DeliveryError, match="user or password refused: 535") as caught:
            delivery.deliver(prepared(folder, settings), settings, NOW)
        assert any("user or password refused" in one for one in delivery.check(settings))
        assert wrong not in str(caught.value) + (folder / "delivery.json").read_text()
        assert caught.value.exit_code == 5
        assert delivery.state(folder) == "waiting" and not server.messages
        delivery.deliver(folder, make(server.port), NOW)
    assert delivery.state(folder) == "delivered"


def test_a_certificate_of_an_unknown_authority_or_another_name_is_refused(
    folder: Path, make: Callable[..., Settings], authority: Authority, tmp_path: Path
) -> None:
    other = make_authority(tmp_path / "other", ["mail.example.org"])
    for security in ("starttls", "tls"):
        with MailServer(authority, security) as server:
            settings = make(server.port, security=security, ca_file=other.ca_file)
            with pytest.raises(DeliveryError, match=r"certificate is not trusted: .*smtp\.ca_file"):
                delivery.deliver(prepared(folder, settings), settings, NOW)
        with MailServer(other, security) as named:
            settings = make(named.port, security=security, ca_file=other.ca_file)
            with pytest.raises(DeliveryError, match=r"certificate is not trusted.*mismatch"):
                delivery.deliver(folder, settings, NOW)
        assert not server.messages + named.messages


def test_without_starttls_nothing_is_sent(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    with MailServer(security="none", login=False) as server:
        settings = make(server.port)
        with pytest.raises(DeliveryError, match="offers no STARTTLS"):
            delivery.deliver(prepared(folder, settings), settings, NOW)
    assert not server.messages and not server.asked
    with MailServer(authority, "tls") as server:
        settings = make(server.port, timeout_seconds=1)
        with pytest.raises(DeliveryError, match=r"no answer within 1 s|broke the connection"):
            delivery.deliver(folder, settings, NOW)


def test_a_relay_on_this_machine_without_encryption(
    folder: Path, make: Callable[..., Settings]
) -> None:
    with MailServer(security="none", login=False) as server:
        settings = make(server.port, security="none", user=None, password=None)
        assert delivery.check(settings) == []
        delivery.deliver(prepared(folder, settings), settings, NOW)
    assert not server.messages[0].encrypted


def test_a_refused_recipient_is_named_and_the_others_get_theirs(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    answers = {"night@example.org": "550 5.1.1 no such\tuser"}
    with MailServer(authority, answers=answers) as server:
        settings = make(server.port)
        with pytest.raises(DeliveryError) as caught:
            delivery.deliver(prepared(folder, settings), settings, NOW)
        done = delivery.deliver(folder, settings, NOW)
    assert str(caught.value) == (
        "Sent the report of 2026-11-23 to ops@example.org and boss@example.org. "
        "night@example.org was refused: 550 5.1.1 no such user"
    )
    assert len(server.messages) == 1 and "already delivered" in done.lines[0]
    assert statuses(folder) == dict(
        zip(ADDRESSES, ("accepted", "refused", "accepted"), strict=True)
    )


def test_a_deferred_recipient_alone_is_tried_again(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    with MailServer(authority, answers={"night@example.org": "450 4.2.0 greylisted"}) as server:
        settings = make(server.port)
        with pytest.raises(DeliveryError, match="put off, the next run tries again: 450"):
            delivery.deliver(prepared(folder, settings), settings, NOW)
        assert delivery.state(folder) == "waiting"
        before = (folder / "mail.eml").read_bytes()
        assert not delivery.write_message(folder, EmailMessage())
        delivery.prepare(folder, settings)  # somebody has it: message and ledger stay
        server.answers.clear()
        delivery.deliver(folder, settings, NOW)
    assert [one.recipients for one in server.messages] == [
        ("ops@example.org", "boss@example.org"), ("night@example.org",),
    ]  # fmt: skip
    assert server.messages[1].content == before
    assert set(statuses(folder).values()) == {"accepted"}


def test_a_report_that_nobody_got_keeps_waiting(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    refused = dict.fromkeys(ADDRESSES, "554 5.7.1 relay access denied")
    with MailServer(authority, answers=refused) as server:
        settings = make(server.port)
        with pytest.raises(DeliveryError, match="relay access denied"):
            delivery.deliver(prepared(folder, settings), settings, NOW)
        assert delivery.state(folder) == "waiting" and delivery.waits(folder)
        server.answers.clear()
        delivery.deliver(folder, settings, NOW)
    assert server.messages[0].recipients == ADDRESSES


@pytest.mark.parametrize(
    ("answer", "status"), [("451 try later", "deferred"), ("554 spam", "refused")]
)
def test_a_message_refused_after_its_end_is_not_delivered(
    folder: Path, make: Callable[..., Settings], authority: Authority, answer: str, status: str
) -> None:
    with MailServer(authority, data_answer=answer) as server:
        settings = make(server.port)
        with pytest.raises(DeliveryError, match=answer):
            delivery.deliver(prepared(folder, settings), settings, NOW)
        assert set(statuses(folder).values()) == {status}
        assert delivery.pending(folder.parent) == [folder]
        server.data_answer = ""
        delivery.deliver(folder, settings, NOW)
    assert len(server.messages) == 1 and delivery.state(folder) == "delivered"


def test_no_answer_after_data_leaves_the_window_open_and_the_id_the_same(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    with MailServer(authority, data_answer="close") as server:
        settings = make(server.port)
        with pytest.raises(DeliveryError, match="It may have been delivered"):
            delivery.deliver(prepared(folder, settings), settings, NOW)
        assert delivery.state(folder) == "sending"
        assert not delivery.write_message(folder, EmailMessage())
        delivery.note_due(folder)
        delivery.prepare(folder, settings)
        assert delivery.state(folder) == "sending" and delivery.waits(folder)
        server.data_answer = ""
        done = delivery.deliver(folder, settings, NOW)
    assert "may have arrived twice" in done.lines[0] and delivery.state(folder) == "delivered"
    assert len(server.messages) == 2 and server.messages[0].content == server.messages[1].content


def test_a_window_stays_open_while_the_server_is_away(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    with MailServer(authority, data_answer="close") as server:
        settings = make(server.port)
        with pytest.raises(DeliveryError):
            delivery.deliver(prepared(folder, settings), settings, NOW)
    with pytest.raises(DeliveryError, match="nothing listens there"):
        delivery.deliver(folder, settings, NOW)
    assert delivery.state(folder) == "sending"


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from collectors.credentials import Secret
from report import delivery
from report.settings import Daily, Mail, Settings, Smtp
root, port, ca = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
smtp = Smtp(host="127.0.0.1", port=port, ca_file=ca, user=sys.argv[4],
            password=Secret(file=root / "secret"))
mail = Mail(smtp=smtp, sender="infra@example.org", to=["ops@example.org"])
settings = Settings(root, root, root / "output", Daily(), mail)
delivery.deliver(root / "output/2026-11-23", settings, datetime(2026, 11, 23, tzinfo=UTC))
"""


def test_killed_while_sending_then_again_is_the_same_message(
    folder: Path, make: Callable[..., Settings], authority: Authority, tmp_path: Path
) -> None:
    with MailServer(authority, data_answer="hang") as server:
        settings = make(server.port)
        prepared(folder, settings)
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), str(server.port),
             str(authority.ca_file), USER],
            cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip
        assert server.got_data.wait(30)
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait(10) == -signal.SIGKILL
        assert delivery.state(folder) == "sending"
        server.data_answer = ""
        done = delivery.deliver(folder, settings, NOW)
    ids = [message_from_bytes(one.content)["Message-ID"] for one in server.messages]
    assert len(ids) == 2 and len(set(ids)) == 1
    assert "may have arrived twice" in done.lines[0]


def test_a_server_that_is_down_gets_it_the_next_time(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    port = free_port()
    settings = make(port)
    with pytest.raises(DeliveryError, match=f"not sent to 127.0.0.1:{port}: nothing listens"):
        delivery.deliver(prepared(folder, settings), settings, NOW)
    assert delivery.pending(folder.parent) == [folder]
    with MailServer(authority, port=port) as server:
        delivery.deliver(folder, settings, NOW)
    assert len(server.messages) == 1 and delivery.pending(folder.parent) == []
    known = ledger.read(folder)
    assert known and [one.result[:15] for one in known.attempts] == [
        "nothing listens", "ops@example.org",
    ]  # fmt: skip


def test_a_message_that_is_too_large_is_not_begun(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    large = a_day(folder.with_name("2026-11-24"), "x" * 70 + "\n" + "many words\n" * 20_000)
    with MailServer(authority, size_limit=100_000) as server:
        settings = make(server.port)
        with pytest.raises(DeliveryError, match=r"larger than the server takes \(0\.2 MB of 0\.1"):
            delivery.deliver(prepared(large, settings), settings, NOW)
    assert not server.asked and delivery.state(large) == "waiting"


def test_to_one_address_alone_leaves_the_ledger_be(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    with MailServer(authority) as server:
        settings = make(server.port)
        done = delivery.deliver(folder, settings, NOW, only_to="Me <me@example.org>")
        assert delivery.state(folder) == "" and "me@example.org" in done.lines[0]
        prepared(folder, settings)
        before = (folder / "delivery.json").read_bytes()
        delivery.deliver(folder, settings, NOW, only_to="me@example.org")
        assert (folder / "delivery.json").read_bytes() == before
        server.answers["me@example.org"] = "550 no"
        with pytest.raises(DeliveryError, match=r"me@example.org was refused by .*: 550 no"):
            delivery.deliver(folder, settings, NOW, only_to="me@example.org")
    got = message_from_bytes(server.messages[0].content)
    assert server.messages[0].recipients == ("me@example.org",)
    assert got["To"] == "Me <me@example.org>" and got["Cc"] is None
    # An id of its own: a server that knows the id would drop the real one as a duplicate.
    assert got["Message-ID"] != "<infra-report.2026-11-23@example.org>"


def test_resend_sends_to_all_again(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    with MailServer(authority) as server:
        settings = make(server.port)
        delivery.deliver(prepared(folder, settings), settings, NOW)
        delivery.deliver(folder, settings, NOW, resend=True)
    assert [one.recipients for one in server.messages] == [ADDRESSES, ADDRESSES]


def test_bcc_is_in_the_envelope(
    folder: Path, make: Callable[..., Settings], authority: Authority
) -> None:
    mail = {"to": ["ops@example.org"], "bcc": ["Secret <secret@example.org>", "OPS@example.org"]}
    with MailServer(authority) as server:
        settings = make(server.port, mail=mail)
        delivery.deliver(prepared(folder, settings), settings, NOW)
    assert server.messages[0].recipients == ("ops@example.org", "secret@example.org")


def test_without_a_server_the_message_stays(folder: Path, make: Callable[..., Settings]) -> None:
    settings = Settings(folder, folder, folder.parent, Daily(), Mail())
    done = delivery.deliver(folder, settings, NOW)
    assert "No mail server is set" in done.lines[0] and delivery.state(folder) == ""
    assert delivery.check(settings) == []
    with pytest.raises(DeliveryError, match="no mail server is set"):
        delivery.deliver(folder, settings, NOW, only_to="me@example.org")


def test_days_that_wait_are_known_oldest_first(folder: Path, make: Callable[..., Settings]) -> None:
    output, settings = folder.parent, make(1)
    assert delivery.pending(output / "none") == [] and delivery.pending(output) == []
    later = output / "2026-11-25"
    delivery.note_due(later)
    assert delivery.state(later) == "due" and delivery.waits(later)
    prepared(folder, settings)
    assert delivery.pending(output) == [folder, later]
    with pytest.raises(DeliveryError, match="not ready"):
        delivery.deliver(later, settings, NOW)
    delivery.forget(later)
    assert delivery.state(later) == "" and delivery.pending(output) == [folder]
    with pytest.raises(NoSnapshot, match="no message"):
        delivery.prepare(later, settings)


def test_a_damaged_ledger_is_neither_sent_nor_thrown_away(
    folder: Path, make: Callable[..., Settings]
) -> None:
    (folder / "delivery.json").write_text("{")
    assert delivery.waits(folder) and delivery.pending(folder.parent) == [folder]
    with pytest.raises(DeliveryError, match="not known who has"):
        delivery.deliver(folder, make(1), NOW)


def said(connection: socket.socket, *lines: bytes) -> None:
    for line in lines:
        connection.sendall(line + b"\r\n")
        connection.recv(4096)


def test_what_a_server_says_is_cleaned_and_never_holds_the_password(
    folder: Path, make: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2-and-more")

    def talk(connection: socket.socket) -> None:
        said(connection, b"220 evil", b"250-evil\r\n250 AUTH PLAIN")
        said(connection, b"535 \x1b[31mno hunter2-and-more \xff" + b"long " * 500)

    with Scripted(talk) as server:
        settings = make(server.port, security="none", password=Secret(env="SMTP_PASSWORD"))
        with pytest.raises(DeliveryError) as caught:
            delivery.deliver(prepared(folder, settings), settings, NOW)
    text = str(caught.value)
    assert "hunter2" not in text + (folder / "delivery.json").read_text()
    assert r"535 \x1b[31mno [password]" in text and text.isprintable() and len(text) < 350


def test_a_server_that_drips_or_is_silent_is_left_in_time(
    folder: Path, make: Callable[..., Settings]
) -> None:
    def drip(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"2")
            time.sleep(0.1)

    def silent(connection: socket.socket) -> None:
        connection.recv(1)

    for talk in (drip, silent):
        with Scripted(talk) as server:
            settings = make(server.port, security="none", timeout_seconds=1)
            started = time.monotonic()
            with pytest.raises(DeliveryError, match="no answer within 1 s"):
                delivery.deliver(prepared(folder, settings), settings, NOW)
            assert time.monotonic() - started < 5


def test_a_connection_lost_before_the_messages_end_leaves_it_waiting(
    folder: Path, make: Callable[..., Settings]
) -> None:
    large = a_day(folder.with_name("2026-11-24"), "many words in a line\n" * 1_000_000)

    def talk(connection: socket.socket) -> None:
        said(connection, b"220 mail", b"250 mail", b"250 ok", b"250 ok")
        connection.sendall(b"354 go on\r\n")
        connection.recv(1000)

    mail = {"to": ["ops@example.org"]}
    with Scripted(talk) as server:
        settings = make(server.port, security="none", user=None, password=None, mail=mail)
        with pytest.raises(DeliveryError, match="broke the connection off"):
            delivery.deliver(prepared(large, settings), settings, NOW)
    assert delivery.state(large) == "waiting"


def test_faults_in_the_settings_are_said_by_check(
    make: Callable[..., Settings], authority: Authority, tmp_path: Path
) -> None:
    with MailServer(authority) as server:
        assert delivery.check(make(server.port)) == []
        assert not server.messages
    assert "nothing listens there" in delivery.check(make(free_port()))[0]
    assert "No such file" in delivery.check(make(1, password=Secret(file=tmp_path / "no")))[0]
    gone = delivery.check(make(server.port, security="tls", ca_file=tmp_path / "no.pem"))
    assert "no.pem: No such file" in gone[0]
    strange = make(1, mail={"to": ["jörg@example.org"]})
    assert "before the @ letters of ASCII" in delivery.check(strange)[0]
