"""The three promises where a review found them broken once: each case is a test."""

from __future__ import annotations

import grp
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from report import delivery, store
from report.lock import run_lock
from tests.sites import Site, header, mail_settings
from tests.smtp_server import PASSWORD, MailServer, make_authority
from tests.ssh_fixtures import free_port

LOCAL = {"transport": "local"}
Due = Callable[[int], Path]
TWO = {"hosts": {"aaa": LOCAL, "bbb": LOCAL}}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A day that was collected, and no more: to be copied, never to be run on."""
    site = Site(tmp_path_factory.mktemp("collected") / "site")
    site.write("fleet", TWO)
    site.run("collect")
    return site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site")
    site.write("fleet", TWO)
    return site


@pytest.fixture
def box(tmp_path: Path, site: Site) -> Iterator[MailServer]:
    with MailServer(make_authority(tmp_path)) as box:
        site.environment["MAIL_WORD"] = PASSWORD
        site.write("mail", mail_settings(box))
        yield box


def aged(site: Site, days: int) -> Path:
    """Make the site's only day one that lies so many days back; return its folder."""
    info = store.Info.model_validate_json((site.day / "data" / "snapshot.json").read_bytes())
    back = timedelta(days=days)
    older = info.model_copy(update={
        "report_date": info.report_date - back, "from_at": info.from_at - back,
        "to_at": info.to_at - back,
    })  # fmt: skip
    folder = store.day_folder(site.output, older.report_date)
    site.day.rename(folder)
    (folder / "data" / "snapshot.json").write_text(older.model_dump_json())
    return folder


def outcomes(folder: Path) -> dict[tuple[str, str], str]:
    frame = pd.read_parquet(folder / "data" / "outcomes.parquet")
    pairs = zip(frame["host"], frame["collector"], strict=True)
    return dict(zip(pairs, frame["outcome"], strict=True))


class TestMissingIsNeverGreen:
    def test_a_limited_run_names_whom_it_left_out_and_is_not_the_days_mail(
        self, site: Site, box: MailServer
    ) -> None:
        said = site.run("daily", "--limit", "aaa")
        assert "left out by --limit aaa" in said
        assert box.messages == []
        known = outcomes(site.day)
        assert known["bbb", "disks"] == "cancelled"
        assert known["aaa", "disks"] == "ok"
        site.run("daily")
        assert outcomes(site.day)["bbb", "disks"] == "ok"
        assert len(box.messages) == 1

    def test_a_limited_collect_is_added_to_the_days_snapshot(
        self, site: Site, collected: Site
    ) -> None:
        site.begin_with(collected)
        site.run("collect", "--limit", "aaa")
        known = outcomes(site.day)
        assert {known[host, "disks"] for host in ("aaa", "bbb")} == {"ok"}
        assert sorted(p.name for p in (site.day / "raw").glob("*.gz")) == [
            "aaa.txt.gz",
            "bbb.txt.gz",
        ]

    def test_a_past_day_is_only_added_to(self, site: Site) -> None:
        site.write(
            "fleet",
            {"hosts": {"aaa": LOCAL, "gone": {"address": "127.0.0.1", "port": free_port()}}},
        )
        site.run("collect")
        folder = aged(site, 3)
        path = folder / "data" / "outcomes.parquet"
        frame = pd.read_parquet(path)
        frame.loc[(frame["host"] == "aaa") & (frame["collector"] == "disks"), "outcome"] = "partial"
        frame.to_parquet(path, index=False)
        before = {p.stem: pd.read_parquet(p) for p in (folder / "data").glob("*.parquet")}
        site.run("collect", "--date", folder.name)
        for name in ("servers", "disks", "uptime"):
            pd.testing.assert_frame_equal(
                pd.read_parquet(folder / "data" / f"{name}.parquet"), before[name]
            )
        known = outcomes(folder)
        assert known["aaa", "disks"] == "partial"
        assert known["gone", "servers"] == "unreachable"
        assert (folder / "raw" / "aaa.txt.gz").exists()

    def test_a_snapshot_that_cannot_be_read_is_not_replaced_by_less(
        self, site: Site, collected: Site
    ) -> None:
        site.begin_with(collected)
        folder = aged(site, 3)
        (folder / "data" / "disks.parquet").write_bytes(b"PAR1 damaged")
        assert "cannot be read" in site.run("collect", "--date", folder.name, code=6)
        assert (folder / "data" / "disks.parquet").read_bytes() == b"PAR1 damaged"


class TestNothingLostNothingTwice:
    @pytest.fixture
    def due(self, site: Site, collected: Site) -> Due:
        """Return what leaves a day of so many days ago that was to be sent, and not finished."""

        def leave(days: int) -> Path:
            shutil.copytree(collected.day, site.output / collected.day.name)
            folder = aged(site, days)
            delivery.note_due(folder)
            return folder

        site.output.mkdir(mode=0o700)
        return leave

    def test_a_due_day_that_is_damaged_is_named_and_costs_no_other(
        self, site: Site, box: MailServer, due: Due
    ) -> None:
        damaged = due(2)
        (damaged / "data" / "disks.parquet").write_bytes(b"PAR1 damaged")
        good = due(1)
        said = site.run("daily", code=5)
        assert f"the report of {damaged.name} waits" in said
        assert delivery.state(damaged) == "due"
        assert delivery.state(good) == "delivered"
        assert [header(m, "Subject")[-10:] for m in box.messages] == [site.day.name, good.name]

    def test_a_damaged_ledger_costs_no_other_day(
        self, site: Site, box: MailServer, due: Due
    ) -> None:
        damaged = due(2)
        (damaged / "delivery.json").write_text("{")
        good = due(1)
        said = site.run("daily", code=5)
        assert damaged.name in said
        assert delivery.state(good) == "delivered"

    def test_a_kill_between_the_renames_is_mended_and_delivered(
        self, site: Site, box: MailServer, due: Due
    ) -> None:
        folder = due(1)
        (folder / "data").rename(folder / "data.old")
        (folder / ".report.pdf.4711.part").write_bytes(b"half")
        site.run("daily")
        assert delivery.state(folder) == "delivered"
        assert not (folder / ".report.pdf.4711.part").exists()

    def test_a_day_killed_before_it_read_anything_is_said_and_let_go(
        self, site: Site, box: MailServer
    ) -> None:
        folder = site.output / "2026-01-05"
        site.output.mkdir(mode=0o700)
        delivery.note_due(folder)
        assert "ended before it had read anything" in site.run("daily")
        assert delivery.state(folder) == ""

    def test_a_refused_recipient_does_not_keep_older_days_waiting(
        self, site: Site, box: MailServer, due: Due
    ) -> None:
        older = due(1)
        box.answers["nobody@example.org"] = "550 no such user"
        site.write("mail", {**mail_settings(box), "cc": ["nobody@example.org"]})
        site.run("daily", code=5)
        assert delivery.state(older) == "delivered"
        assert delivery.state(site.day) == "delivered"

    def test_a_failed_resend_leaves_the_day_delivered(self, site: Site, box: MailServer) -> None:
        site.run("daily")
        before = (site.day / "mail.eml").read_bytes()
        down = mail_settings(box)
        down["smtp"] = {**down["smtp"], "port": free_port()}  # type: ignore[dict-item]
        site.write("mail", down)
        site.run("daily", "--resend", code=5)
        site.write("mail", mail_settings(box))
        assert "already delivered" in site.run("daily")
        assert (site.day / "mail.eml").read_bytes() == before
        assert len(box.messages) == 1

    def test_no_send_sends_nothing_whatever_the_state(self, site: Site, box: MailServer) -> None:
        site.run("daily", "--no-send")
        ledger = {"state": "sending", "recipients": {"ops@example.org": {"status": "sending"}}}
        (site.day / "delivery.json").write_text(json.dumps(ledger))
        assert "stays as it is" in site.run("daily", "--no-send")
        for extra in (["--resend"], ["--to", "x@example.org"]):
            assert "does not go with" in site.run("daily", "--no-send", *extra, code=2)
        assert box.messages == []

    def test_a_narrower_look_leaves_the_waiting_mail_alone(
        self, site: Site, box: MailServer
    ) -> None:
        site.write(
            "fleet", {"groups": {"web": {"hosts": ["aaa"]}}, "hosts": {"aaa": LOCAL, "bbb": LOCAL}}
        )
        down = mail_settings(box)
        down["smtp"] = {**down["smtp"], "port": free_port()}  # type: ignore[dict-item]
        site.write("mail", down)
        assert "the next run tries again" in site.run("daily", code=5)
        waiting = (site.day / "mail.eml").read_bytes()
        site.run("render", "-p", "groups=[web]")
        site.run("daily", "--date", site.day.name, "--no-send", "-p", "groups=[web]")
        assert (site.day / "mail.eml").read_bytes() == waiting

    def test_the_command_that_a_report_prints_works_on_its_own_day(self, site: Site) -> None:
        site.run("daily")
        command = json.loads((site.day / "manifest.json").read_text())["again"]
        before = (site.day / "report.pdf").read_bytes()
        (site.params / "fleet.yaml").write_text("hosts: [nowhere.invalid]\n")
        site.run(*command.split()[1:])
        assert (site.day / "report.pdf").read_bytes() == before

    def test_a_terminal_of_few_letters_and_a_closed_one_end_no_run(
        self, site: Site, box: MailServer
    ) -> None:
        site.environment["PYTHONIOENCODING"] = "ascii"
        site.run("daily", "--set", "daily.thresholds.disks={warning: 0, critical: 0}")
        assert len(box.messages) == 1
        shutil.rmtree(site.output)
        command = " ".join(f"'{word}'" for word in site.command("daily"))
        subprocess.run(
            ["sh", "-c", f"{command} >&- 2>&-"], env=site.environment, check=True, timeout=120
        )
        assert len(box.messages) == 2


class TestNobodyGetsIn:
    def test_no_child_is_given_a_secret_of_the_environment(
        self, site: Site, box: MailServer
    ) -> None:
        # What the host runs is a child of ours; on this transport it could read our environment.
        probe = site.folder / "seen"
        shim = site.folder / "bin"
        shim.mkdir()
        (shim / "uname").write_text(f'#!/bin/sh\nenv >>{probe}\nexec /usr/bin/uname "$@"\n')
        (shim / "uname").chmod(0o755)
        site.environment["PATH"] = f"{shim}:{site.environment['PATH']}"
        site.run("daily")
        assert "PATH=" in probe.read_text()
        assert PASSWORD not in probe.read_text()
        assert len(box.messages) == 1

    @pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give files to a group")
    def test_only_the_owner_reads_the_output_or_the_group_that_is_named(self, site: Site) -> None:
        site.run("daily")
        for path in [site.output, *site.output.rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, path
        site.run("daily", "--set", "daily.output.group=daemon")
        gid = grp.getgrnam("daemon").gr_gid
        for path in (site.output, site.day / "report.pdf", site.day / "data" / "disks.parquet"):
            assert path.stat().st_mode & 0o007 == 0
        assert site.output.stat().st_gid == gid
        shutil.rmtree(site.day)
        site.run("daily", "--set", "daily.output.group=daemon")
        for path in (site.day, site.day / "data", site.day / "report.pdf"):
            assert path.stat().st_gid == gid
            assert path.stat().st_mode & 0o040
            assert path.stat().st_mode & 0o007 == 0


def test_a_held_lock_is_said_before_faulty_settings(site: Site) -> None:
    site.output.mkdir(mode=0o700)
    (site.params / "daily.yaml").write_text("colour: red\n")
    with run_lock(site.output, "daily"):
        site.run("daily", code=75)
    site.run("daily", code=2)


def test_debug_keeps_the_exit_code(site: Site) -> None:
    done = subprocess.run(site.command("render", "--date", "2020-01-01", "--debug"),
                          capture_output=True, text=True, env=site.environment)  # fmt: skip
    assert done.returncode == 6
    assert "Traceback" in done.stderr
