"""A secret's whereabouts in the settings, and the secret itself when it is needed.

    password: {file: /etc/infra-report/smtp-password}
    password: {env: SMTP_PASSWORD}
    password: {credential: smtp-password}     # systemd's LoadCredential= folder
    password: {command: [pass, show, smtp]}

The word itself never stands in a file: not in the settings, nor in anything written.
"""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from collectors.config import Strict
from collectors.errors import Fault, SettingsError

SECONDS = 30
_taken: dict[str, str] = {}


class Secret(Strict):
    """Where a secret is: exactly one of a file, a variable, a credential or a command."""

    file: Path | None = None
    env: str | None = Field(None, min_length=1)
    credential: str | None = Field(None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    command: list[str] | None = Field(None, min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _never_the_word_itself(cls, data: Any) -> Any:
        ways = "it would be {file: …}, {env: …}, {credential: …} or {command: [program, …]}"
        if not isinstance(data, dict):
            raise ValueError(f"a secret never stands in the settings themselves; {ways}")
        if sum(value is not None for value in data.values()) != 1:
            raise ValueError(f"names {len(data)} places; {ways}, one of them")
        return data

    def withhold(self) -> None:
        """Take the variable out of the environment, so that no child process is given it."""
        if self.env is not None and self.env in os.environ:
            _taken[self.env] = os.environ.pop(self.env)

    def read(self, key: str, root: Path) -> str:
        """Return the secret, without the line break at its end.

        Raises SettingsError naming `key` and the place, never what was found there.
        """
        try:
            found = self._look(root)
        except (OSError, UnicodeDecodeError, subprocess.SubprocessError, LookupError) as error:
            raise SettingsError(Fault("mail.yaml", key, _why(error))) from None
        if not found:
            raise SettingsError(Fault("mail.yaml", key, "the place is there, but it is empty"))
        return found

    def _look(self, root: Path) -> str:
        if self.env is not None:
            found = os.environ.get(self.env, _taken.get(self.env))
            if found is None:
                raise LookupError(f"the variable {self.env} is not set")
            return found
        if self.command is not None:
            done = subprocess.run(
                self.command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                cwd=root,
            )
            if done.returncode:
                raise LookupError(f"{self.command[0]} ended with {done.returncode}")
            return done.stdout.decode().rstrip("\r\n")
        if self.credential is not None:
            folder = os.environ.get("CREDENTIALS_DIRECTORY")
            if not folder:
                raise LookupError("CREDENTIALS_DIRECTORY is not set: not started by systemd")
            return (Path(folder) / self.credential).read_text().rstrip("\r\n")
        assert self.file is not None
        path = root / self.file.expanduser()
        if path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
            raise LookupError(f"{path} can be read by everybody: chmod 600 {path}")
        return path.read_text().rstrip("\r\n")


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"the command gave no answer within {SECONDS} s"
    if isinstance(error, UnicodeDecodeError):
        return "what is there is no UTF-8 text"
    return str(error)
