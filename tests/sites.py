"""A folder with settings and output, and the command line on it as a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import yaml

from collectors import COLLECTORS
from report import store
from tests.smtp_server import USER, MailServer, Received

# What package managers are asked costs seconds of a processor at each run, many times what
# all the rest does. `Site.ask_everything` is for the tests that mean to.
QUICK = {"without": ["updates"]}
FOUR = ("servers", "uptime", "disks", "logins")
OTHERS = [one.NAME for one in COLLECTORS if one.NAME not in FOUR]


class Site:
    """A folder with settings and output, and the command line on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.params = folder / "params"
        self.output = folder / "output"
        self.params.mkdir(parents=True)
        self.environment = {**os.environ, "HOME": str(folder)}
        self.write("daily", {})

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        if name == "daily":
            content = {"collect": QUICK} | dict(content)
        (self.params / f"{name}.yaml").write_text(yaml.safe_dump(content))

    def ask_everything(self) -> None:
        """Leave daily.yaml to the example, as a first run finds it."""
        (self.params / "daily.yaml").unlink()

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "report", *words,
                "--params", str(self.params), "--output", str(self.output)]  # fmt: skip

    def run(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            self.command(*words), capture_output=True, text=True, env=self.environment, timeout=120
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def begin_with(self, other: Site) -> None:
        """Take a copy of what another's runs have left."""
        shutil.copytree(other.output, self.output)

    @property
    def day(self) -> Path:
        return store.day_folder(self.output, store.days(self.output)[-1])


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


def mail_settings(box: MailServer) -> dict[str, Any]:
    assert box.authority is not None
    return {
        "smtp": {"host": "localhost", "port": box.port, "security": "starttls",
                 "ca_file": str(box.authority.ca_file), "user": USER, "password": {"env": "MAIL_WORD"}},
        "sender": "Report <report@example.org>",
        "to": ["ops@example.org"],
    }  # fmt: skip


def header(message: Received, name: str) -> str:
    return str(message_from_bytes(message.content, policy=default)[name])


def text_of(pdf: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (poppler-utils)")
    return subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
