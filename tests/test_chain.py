"""The whole chain on real servers: sshd, hosts that fail in four ways, documents, a real mail.

What is read back: the snapshot, the notebook's figures, the PDF's text, the workbook, the mail.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import nbformat
import openpyxl
import pytest

from report import store
from report.findings import summarise
from tests.evil_servers import evil_server
from tests.sites import FOUR, OTHERS, Site, header, mail_settings, site, text_of
from tests.smtp_server import PASSWORD, MailServer, make_authority
from tests.ssh_fixtures import RunningSshd, free_port, start_sshd

__all__ = ["site"]  # a fixture

DEADLINE = 4


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSshd]:
    running = start_sshd(tmp_path_factory.mktemp("sshd"))
    yield running
    running.stop()


def reached(sshd: RunningSshd, **more: object) -> dict[str, object]:
    return {"address": "127.0.0.1", "port": sshd.port, "user": sshd.user,
            "key_file": str(sshd.user_key), **more}  # fmt: skip


def test_one_day_of_a_fleet_in_which_everything_goes_wrong(site: Site, sshd: RunningSshd) -> None:
    """Two hosts answer; one is down, one has another key, one hangs, one prints without end."""
    other_key = start_sshd(site.folder, name="impostor")
    with evil_server("never_answers_exec") as hanging, evil_server("endless") as endless:
        known = sshd.known_hosts_line() + sshd.known_hosts_line(
            name=f"[127.0.0.1]:{other_key.port}"
        )
        for evil in (hanging, endless):
            known += evil.known_hosts(site.folder).read_text()
        (site.params / "known_hosts").write_text(known)
        evils = {
            name: {"address": "127.0.0.1", "port": evil.port, "user": "x",
                   "key_file": str(sshd.user_key)}
            for name, evil in (("hanging", hanging), ("endless", endless))
        }  # fmt: skip
        site.write("fleet", {
            "defaults": {"timeout_seconds": DEADLINE},
            "groups": {"good": {"hosts": ["web01", "web02"]}},
            "hosts": {
                "web01": reached(sshd), "web02": reached(sshd),
                "down": reached(sshd, port=free_port()),
                "impostor": reached(other_key), **evils,
            },
        })  # fmt: skip
        # Package managers take seconds of a processor: too long for hosts with this deadline.
        site.write("daily", {"coverage": {"minimum_percent": 0},
                             "collect": {"output_cap_megabytes": 1, "without": OTHERS}})  # fmt: skip
        begun = time.monotonic()
        said = site.run("daily")
        assert time.monotonic() - begun < DEADLINE + 20
    other_key.stop()

    day = store.load(site.output)
    outcomes = day.frames["outcomes"]
    found = {
        host: set(rows["outcome"]) for host, rows in outcomes[outcomes["collector"] != "logins"].groupby("host")
    }  # fmt: skip
    assert found == {
        "web01": {"ok"}, "web02": {"ok"}, "down": {"unreachable"}, "impostor": {"host_key"},
        "hanging": {"timed_out"}, "endless": {"truncated"},
    }  # fmt: skip
    assert len(outcomes) == 6 * len(FOUR)
    states = dict(zip(day.frames["servers"]["host"], day.frames["servers"]["state"], strict=True))
    assert states["down"] == "unknown"  # it refuses, so it is there
    assert states["impostor"] == "unknown"
    for host, frame in (("web01", "disks"), ("web02", "uptime")):
        assert host in set(day.frames[frame]["host"])
    assert (day.folder / "raw" / "web01.txt.gz").exists()
    pages = text_of(day.folder / "report.pdf")
    html = (day.folder / "report.html").read_text()
    mail = message_from_bytes((day.folder / "mail.eml").read_bytes(), policy=default)
    body = mail.get_body(("plain",))
    assert body is not None
    for name in ("down", "impostor", "hanging", "endless"):
        for where in (said, pages, html, body.get_content()):
            assert name in where
    for cause in ("refused", "infra-report trust impostor", f"{DEADLINE} s"):
        assert cause in " ".join(pages.split())
    book = openpyxl.load_workbook(day.folder / "report.xlsx")
    sheet = next(s for s in book if s.title.lower() == "outcomes")
    assert sheet.max_row >= 25


def test_the_figures_are_those_of_the_frames_and_stay_the_same(site: Site) -> None:
    site.ask_everything()
    site.run("daily")
    day = store.load(site.output)
    summary = summarise(day)
    first = text_of(site.day / "report.pdf")
    for figure in summary.figures:
        assert figure.value in first
    notebook = nbformat.read(site.day / "report.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    assert all(
        c.metadata.papermill.status == "completed" for c in notebook.cells if c.cell_type == "code"
    )
    manifest = json.loads((site.day / "manifest.json").read_text())
    pdf = (site.day / "report.pdf").read_bytes()
    site.run("render")  # and no server is asked
    assert text_of(site.day / "report.pdf") == first
    assert (site.day / "report.pdf").read_bytes() == pdf
    assert json.loads((site.day / "manifest.json").read_text()) == {**manifest, "sha256": {
        **manifest["sha256"],
        **{n: json.loads((site.day / "manifest.json").read_text())["sha256"][n]
           for n in ("report.ipynb",)},
    }}  # fmt: skip


def test_a_past_day_is_rendered_without_hosts_and_with_its_own_thresholds(site: Site) -> None:
    site.run("collect", "--set", "daily.thresholds.disks.warning=1")
    old = site.output / "2026-01-05"
    site.day.rename(old)
    info = json.loads((old / "data" / "snapshot.json").read_text())
    (old / "data" / "snapshot.json").write_text(json.dumps({**info, "report_date": "2026-01-05"}))
    before = store.load(site.output).frames["disks"]
    (site.params / "fleet.yaml").write_text("hosts: [nowhere.invalid]\n")
    said = site.run("daily", "--date", "2026-01-05")
    assert "2026-01-05" in said
    after = store.load(site.output)
    assert after.frames["disks"].equals(before)
    assert after.info.thresholds.disks.warning == 1
    assert [p.name for p in site.output.glob("20*")] == ["2026-01-05"]


@pytest.mark.parametrize("engine", ["crash", "absent"])
def test_without_a_pdf_the_html_is_attached_and_said(site: Site, engine: str) -> None:
    # Stands in for a crash of the engine, which no page known makes happen, and for a platform
    # without a wheel.
    code = "import os; os.abort()" if engine == "crash" else "import sys; sys.exit('not installed')"
    script = (
        "import sys, report.pdf, report.__main__ as m\n"
        f"report.pdf.ENGINE = [sys.executable, '-c', {code!r}]\n"
        "sys.exit(m.main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *site.command("daily")[3:]],
        capture_output=True, text=True, env=site.environment, timeout=120,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    assert "no PDF" in done.stderr
    mail = message_from_bytes((site.day / "mail.eml").read_bytes(), policy=default)
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert [name.rpartition(".")[2] for name in names] == ["html", "xlsx"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "PDF" in body.get_content()
    assert not (site.day / "report.pdf").exists()


class TestTrust:
    @pytest.fixture
    def unknown(self, site: Site, sshd: RunningSshd) -> Site:
        site.write("fleet", {"hosts": {"web01": reached(sshd)}})
        return site

    def test_an_unknown_key_is_refused_until_its_fingerprint_is_given(
        self, unknown: Site, sshd: RunningSshd
    ) -> None:
        said = unknown.run("show", "web01", "uptime", code=1)
        assert "host key" in said
        assert "infra-report trust web01" in said
        assert sshd.fingerprint() in said
        said = unknown.run("trust", "web01", "--fingerprint", "SHA256:" + "A" * 43, code=2)
        assert f"it shows ED25519 {sshd.fingerprint()}" in said
        assert not (unknown.params / "known_hosts").exists()
        said = unknown.run("trust", "web01", code=2)
        assert "nobody to ask" in said
        unknown.run("trust", "web01", "--fingerprint", sshd.fingerprint())
        assert (unknown.params / "known_hosts").stat().st_mode & 0o777 == 0o600
        rows = json.loads(unknown.run("show", "web01", "uptime", "--format", "json"))
        assert rows[0]["host"] == "web01"

    @pytest.mark.parametrize(("answer", "accepted"), [("yes", True), ("no", False), ("", False)])
    def test_it_asks_a_person(
        self, unknown: Site, sshd: RunningSshd, answer: str, accepted: bool
    ) -> None:
        mine, theirs = os.openpty()
        with subprocess.Popen(
            unknown.command("trust", "web01"), stdin=theirs, stdout=subprocess.PIPE,
            env=unknown.environment, text=True,
        ) as asking:  # fmt: skip
            os.write(mine, f"{answer}\n".encode())
            said = asking.communicate(timeout=60)[0]
        os.close(mine)
        os.close(theirs)
        assert sshd.fingerprint() in said
        assert (asking.returncode == 0) is accepted
        assert (unknown.params / "known_hosts").exists() is accepted

    def test_a_changed_key_is_refused_and_replaced_only_by_trust(
        self, unknown: Site, sshd: RunningSshd
    ) -> None:
        other = start_sshd(unknown.folder, name="other")
        name = f"[127.0.0.1]:{sshd.port}"
        (unknown.params / "known_hosts").write_text("# mine\n" + other.known_hosts_line(name=name))
        other.stop()
        said = unknown.run("show", "web01", "uptime", code=1)
        assert "host key" in said
        assert "changed" in said
        unknown.run("trust", "web01", "--fingerprint", sshd.fingerprint())
        unknown.run("show", "web01", "uptime")
        assert (unknown.params / "known_hosts").read_text().startswith("# mine\n")


class TestMail:
    @pytest.fixture
    def box(self, tmp_path: Path, site: Site) -> Iterator[MailServer]:
        with MailServer(make_authority(tmp_path)) as box:
            site.environment["MAIL_WORD"] = PASSWORD
            site.write("mail", mail_settings(box))
            yield box

    def test_one_report_one_mail(self, site: Site, box: MailServer) -> None:
        said = site.run("daily")
        assert "ops@example.org" in said
        assert "already delivered" in site.run("daily")
        assert len(box.messages) == 1
        site.run("daily", "--resend")
        assert len(box.messages) == 2
        site.run("daily", "--to", "me@example.org")
        assert box.messages[-1].recipients == ("me@example.org",)
        assert "Nothing waits" in site.run("send")
        word = PASSWORD.encode()
        for path in site.folder.rglob("*"):
            if path.is_file():
                assert word not in path.read_bytes(), path

    def test_an_outage_is_made_up_for_by_the_next_run(self, site: Site, box: MailServer) -> None:
        down = {**mail_settings(box)}
        down["smtp"] = {**down["smtp"], "port": free_port()}  # type: ignore[dict-item]
        site.write("mail", down)
        site.run("daily", code=5)
        yesterday = site.output / "2026-01-05"
        site.day.rename(yesterday)
        site.write("mail", mail_settings(box))
        site.run("daily")
        assert len(box.messages) == 2

    def test_to_one_address_alone_leaves_the_day_to_be_sent(
        self, site: Site, box: MailServer
    ) -> None:
        site.run("daily", "--to", "me@example.org")
        assert [m.recipients for m in box.messages] == [("me@example.org",)]
        site.run("daily")
        assert [m.recipients for m in box.messages][1:] == [("ops@example.org",)]

    def test_no_send_sends_nothing_and_notes_nothing(self, site: Site, box: MailServer) -> None:
        site.run("daily", "--no-send")
        assert box.messages == []
        assert not (site.day / "delivery.json").exists()

    @pytest.mark.parametrize(
        "stage", ["reading", "snapshot saved", "notebook", "documents made", "sending"]
    )
    def test_a_kill_after_each_stage_then_again(
        self, site: Site, box: MailServer, stage: str
    ) -> None:
        """SIGKILL as soon as the log says the stage; the next run makes one report, one mail."""
        with subprocess.Popen(site.command("daily"), env=site.environment, stderr=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, text=True) as run:  # fmt: skip
            assert run.stderr is not None
            for line in run.stderr:
                if stage in line:
                    run.send_signal(signal.SIGKILL)
                    break
            else:
                pytest.fail(f"the run never said {stage!r}")
        before = len(box.messages)
        site.run("daily")
        ids = {header(message, "Message-ID") for message in box.messages}
        assert len(ids) == 1
        assert len(box.messages) - before <= 1
        assert len(box.messages) == 1 or (stage == "sending" and len(box.messages) == 2)
        assert sorted(p.name for p in site.day.iterdir()) == [
            "data", "delivery.json", "derived", "mail.eml", "manifest.json", "raw", "report.html",
            "report.ipynb", "report.pdf", "report.xlsx", "run.log",
        ]  # fmt: skip
        assert "already delivered" in site.run("daily")

    def test_a_day_killed_and_left_is_finished_by_the_next_day(
        self, site: Site, box: MailServer
    ) -> None:
        with subprocess.Popen(site.command("daily"), env=site.environment, stderr=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, text=True) as run:  # fmt: skip
            assert run.stderr is not None
            next(line for line in run.stderr if "snapshot saved" in line)
            run.send_signal(signal.SIGKILL)
        old = site.output / "2026-01-05"
        site.day.rename(old)
        info = json.loads((old / "data" / "snapshot.json").read_text())
        (old / "data" / "snapshot.json").write_text(
            json.dumps({**info, "report_date": "2026-01-05"})
        )
        said = site.run("daily")
        assert "2026-01-05 was collected and not finished" in said
        assert [header(m, "Subject")[-10:] for m in box.messages] == [
            site.day.name,
            "2026-01-05",
        ]

    def test_two_runs_at_once(self, site: Site, box: MailServer) -> None:
        both = [
            subprocess.Popen(site.command("daily", "-q"), env=site.environment,
                             stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]  # fmt: skip
        errors = [run.communicate(timeout=120)[1] for run in both]
        assert sorted(run.returncode for run in both) in ([0, 75], [0, 0])
        if 75 in [run.returncode for run in both]:
            assert any("another run holds" in error for error in errors)
        assert len(box.messages) == 1


def test_quiet_prints_nothing_unless_it_fails(site: Site) -> None:
    assert site.run("daily", "-q") == ""
    site.write("daily", {"coverage": {"minimum_percent": 100}})
    site.write("fleet", {"hosts": {"gone": {"address": "127.0.0.1", "port": free_port()}}})
    said = site.run("daily", "-q", code=3)
    assert said.startswith("infra-report: only 0 of 1 servers were read")


def test_a_read_only_output_is_a_sentence(site: Site) -> None:
    site.output.write_text("a file, not a folder")
    assert "could not be written" in site.run("daily", code=1)
