"""The lock files and environment.yml say what pyproject.toml says. `./run_tests.sh --lock`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "requirements.lock": PROJECT["dependencies"] + EXTRAS["build"],
    "requirements-dev.lock": PROJECT["dependencies"] + EXTRAS["build"] + EXTRAS["dev"],
}
GENERATED = [*LOCKS, "environment.yml"]
PIN = re.compile(r"==(\S+)")
HASH_OR_COMMENT = re.compile(r" +--hash=sha256:[0-9a-f]{64}( \\)?$| +#")
ENTRY = re.compile(r"^(?P<requirement>[^\s#-][^\\\n]*)\\\n(?P<hashes>(?: +--hash=.*\n)+)", re.M)


def read_lock(name: str) -> dict[str, list[Requirement]]:
    """Each package's pins: several where they differ by Python version."""
    pins: dict[str, list[Requirement]] = {}
    for entry in ENTRY.finditer((ROOT / name).read_text()):
        pin = Requirement(entry["requirement"].strip())
        pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    return pins


def version_of(pin: Requirement) -> Version:
    found = PIN.fullmatch(str(pin.specifier))
    assert found, f"{pin} is not pinned to one version"
    return Version(found[1])


def comparable(pins: list[Requirement]) -> set[tuple[Version, str]]:
    """Versions, and where several are locked, which is for whom."""
    several = len(pins) > 1  # a marker of the only one says how wide it is asked for
    return {(version_of(pin), str(pin.marker or "") if several else "") for pin in pins}


@pytest.mark.parametrize(
    ("lock", "wanted"), [(lock, wanted) for lock, all_ in LOCKS.items() for wanted in all_]
)
def test_a_dependency_is_locked_within_its_bounds(lock: str, wanted: str) -> None:
    requirement = Requirement(wanted)
    pins = read_lock(lock).get(canonicalize_name(requirement.name), [])
    assert pins, f"{lock} lacks {requirement.name}: ./run_tests.sh --lock"
    for pin in pins:
        assert version_of(pin) in requirement.specifier, f"{lock}: {pin} is not {requirement}"
    if requirement.marker is None:
        assert None in [pin.marker for pin in pins] or len(pins) > 1, f"{lock}: {pins} only"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_in_a_lock_has_hashes(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    packages = [line for line in lines if line and line[0] not in " #"]
    hashed = sum(len(pins) for pins in read_lock(lock).values())
    assert len(packages) == hashed > 50
    others = [line for line in lines if line.startswith(" ") and not HASH_OR_COMMENT.match(line)]
    assert not others


def test_the_tests_run_with_the_versions_that_users_run() -> None:
    used, tested = read_lock("requirements.lock"), read_lock("requirements-dev.lock")
    differing = {
        name: (pins, tested.get(name))
        for name, pins in used.items()
        if comparable(pins) != comparable(tested.get(name, []))
    }
    assert not differing


@pytest.mark.parametrize("name", GENERATED)
def test_no_file_names_an_index_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"://|--index|index-url|find-links|trusted-host|(^| )@ ", text, re.M)


def test_the_conda_environment_comes_from_the_same_list() -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert conda["name"] == PROJECT["name"]
    python, pip, from_pip = conda["dependencies"]
    assert python == "python" + PROJECT["requires-python"]
    assert pip == "pip"
    assert from_pip == {"pip": ["--require-hashes", "--only-binary :all:", "-r requirements.lock"]}


def test_the_build_backend_is_in_the_lock() -> None:
    assert PYPROJECT["build-system"]["requires"] == EXTRAS["build"]


def test_the_scripts_ask_for_the_same_python() -> None:
    minimum = PROJECT["requires-python"].removeprefix(">=")
    shell = (ROOT / "setup_environment.sh").read_text()
    assert f"version_info < ({minimum.replace('.', ', ')})" in shell
    assert f"Python {minimum} or later" in shell
    assert f"--python-version {minimum} " in (ROOT / "run_tests.sh").read_text()
