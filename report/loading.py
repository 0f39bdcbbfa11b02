"""Reading params/*.yaml: every file, every override, every fault at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from collectors.config import override, parse_yaml, read_yaml, validate
from collectors.errors import Fault, SettingsError
from collectors.fleet import Fleet, load_fleet
from report.scopes import checked
from report.settings import ROOT, Daily, Mail, Settings
from report.silences import SilencesFile

FILES = ("fleet", "daily", "mail")


def load_settings(
    params: Path | None = None,
    output: Path | None = None,
    fleet: Path | None = None,
    overrides: Sequence[str] = (),
    limit: str = "",
    with_fleet: bool = True,
) -> Settings:
    """Read the settings; relative paths given here are the caller's, those inside the root's.

    Raises SettingsError with every fault of every file at once.
    """
    params = params_folder(params)
    output = output_folder(output)
    if not params.is_dir():
        right = f"make it, with copies of {ROOT / 'params'}/*.example.yaml"
        raise SettingsError(Fault(str(params), "", "no such folder", right))
    wanted = [_override(text) for text in overrides]
    faults: list[Fault] = []
    loaded: dict[str, Any] = {}
    models: tuple[tuple[str, type[Daily | Mail | SilencesFile]], ...] = (
        ("daily", Daily), ("mail", Mail), ("silences", SilencesFile),
    )  # fmt: skip
    for name, model in models:
        path = params / f"{name}.yaml"
        try:
            data = read_yaml(path) if path.exists() else {}
            for _, key, value in (one for one in wanted if one[0] == name):
                override(data, key, value)
            loaded[name] = validate(model, data, str(path))
        except SettingsError as error:
            faults += error.faults
    hosts, scopes = None, {}
    if with_fleet:
        try:
            own = [(key, value) for file, key, value in wanted if file == "fleet"]
            hosts = load_fleet(fleet or params / "fleet.yaml", ROOT, own)
            faults += _unknown_groups(loaded.get("mail"), hosts, params / "mail.yaml")
            faults += _unknown_targets(loaded.get("daily"), hosts, params / "daily.yaml")
            hosts = hosts.limited(limit) if limit else hosts
            scopes = checked(hosts, loaded["daily"].thresholds) if "daily" in loaded else {}
        except SettingsError as error:
            faults += error.faults
    if "daily" in loaded:
        faults += _looks(loaded["daily"], params / "daily.yaml")
    if faults:
        raise SettingsError(*faults)
    _withhold(loaded["mail"])
    return Settings(ROOT, params, output, loaded["daily"], loaded["mail"], hosts, scopes,
                    tuple(loaded["silences"].silences))  # fmt: skip


def _unknown_groups(mail: Mail | None, fleet: Fleet, path: Path) -> list[Fault]:
    known = {group: None for host in fleet.hosts for group in host.groups}
    right = f"groups with hosts: {', '.join(known) or 'none'}"
    return [
        Fault(str(path), f"editions.{number}.groups", f"no host is in group {group!r}", right)
        for number, one in enumerate(mail.editions if mail else ())
        for group in one.groups
        if group not in known
    ]


def _unknown_targets(daily: Daily | None, fleet: Fleet, path: Path) -> list[Fault]:
    return daily.availability_target.unknown(fleet, path) if daily else []


def _withhold(mail: Mail) -> None:
    if mail.smtp and mail.smtp.password:
        mail.smtp.password.withhold()


def _looks(daily: Daily, path: Path) -> list[Fault]:
    faults = []
    try:
        daily.branding.shown(ROOT)
    except ValueError as error:
        faults.append(Fault(str(path), "branding.logo", str(error)))
    if daily.templates and not (ROOT / daily.templates.expanduser()).is_dir():
        faults.append(Fault(str(path), "templates", f"{daily.templates} is no folder"))
    return faults


def copy_examples(params: Path) -> list[Path]:
    """Put every `*.example.yaml` that has no edited copy in its place; return the new files."""
    made = []
    for name in FILES:
        path = params / f"{name}.yaml"
        example = next(
            (
                p
                for p in (params / f"{name}.example.yaml", ROOT / f"params/{name}.example.yaml")
                if p.exists()
            ),
            None,
        )
        if example and not path.exists():
            part = path.with_suffix(f".{os.getpid()}.part")
            shutil.copyfile(example, part)
            with suppress(FileExistsError):  # another run, or the person, was quicker
                os.link(part, path)
                made.append(path)
            part.unlink()
    return made


def params_folder(params: Path | None) -> Path:
    """Return the folder of the settings: as given, INFRA_REPORT_PARAMS, or the project's."""
    return _folder(params, "INFRA_REPORT_PARAMS", "params")


def output_folder(output: Path | None) -> Path:
    """Return the folder of the days: as given, INFRA_REPORT_OUTPUT, or the project's."""
    return _folder(output, "INFRA_REPORT_OUTPUT", "output")


def _folder(given: Path | None, variable: str, default: str) -> Path:
    if given is None:
        given = Path(os.environ.get(variable) or ROOT / default)
    return given.expanduser().absolute()


def _override(text: str) -> tuple[str, str, Any]:
    target, equals, value = text.partition("=")
    file, dot, key = target.partition(".")
    if not (equals and dot and key and file in FILES):
        right = "it would be like --set daily.thresholds.disks.critical=95"
        raise SettingsError(Fault("--set", "", f"{target!r} is no FILE.KEY=VALUE", right))
    try:
        return file, key, parse_yaml(value)
    except Exception as error:
        why = getattr(error, "problem", None)
        wrong = why if why and "; " in why else "the value is not YAML"
        raise SettingsError(Fault("--set", target, wrong)) from None
