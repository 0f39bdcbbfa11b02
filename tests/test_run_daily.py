"""run_daily.sh as cron and a new user start it: real environments, a bare shell environment.

`first_run` makes the whole environment once. What concerns only how environments are made
is tried with a lock of the build backend alone, which takes seconds.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYTHON = Path(sys.executable).resolve()  # not the tests' environment: what it was made with
PATH = f"{PYTHON.parent}:/usr/bin:/bin"
# Where packages come from, which is the machine's business, not the shell's.
NETWORK = re.compile(r"(PIP_.*|SSL_CERT_(FILE|DIR)|(https?|all|no)_proxy)", re.IGNORECASE)
BARE = {name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)}
BARE["PATH"] = PATH
NO_PACKAGES = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell script")


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def run(*command: str | Path, cwd: Path | None = None, **variables: str) -> Ended:
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        cwd=cwd or "/",
        env=BARE | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def copy_project(to: Path) -> Path:
    names = ".git", ".venv*", "output", "__pycache__", ".*_cache", "known_hosts"
    shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(*names))
    for own in (to / "params").glob("*.yaml"):
        if not own.name.endswith(".example.yaml"):
            own.unlink()
    return to


def environments(root: Path) -> list[str]:
    return sorted(path.name for path in (root / ".venvs").glob("daily-*"))


# The whole, once


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Ended]]:
    """A fresh copy in a folder with a space in its name; no HOME, as PATH little else."""
    root = copy_project(tmp_path_factory.mktemp("first") / "a fresh copy")
    yield root, run(root / "run_daily.sh", cwd=root)
    shutil.rmtree(root / ".venvs")  # 800 MB, which pytest would keep for three runs


@pytest.fixture
def project(first_run: tuple[Path, Ended]) -> Path:
    return first_run[0]


def test_the_first_run_makes_the_report_without_editing_anything(
    first_run: tuple[Path, Ended],
) -> None:
    root, ended = first_run
    assert ended.code == 0, ended
    assert "Making the environment .venv" in ended.err
    [day] = (root / "output").glob("????-??-??")
    written = {path.name for path in day.iterdir() if path.stat().st_size}
    assert {"report.pdf", "report.html", "report.xlsx", "report.ipynb", "mail.eml"} <= written
    assert (day / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert {path.name for path in (root / "params").glob("*.yaml")} >= {
        "fleet.yaml", "daily.yaml", "mail.yaml",
    }  # fmt: skip
    assert day.stat().st_mode & 0o077 == 0


def test_a_second_setup_finds_everything_in_place(project: Path) -> None:
    before = environments(project)
    ended = run(project / "run_daily.sh", "--setup")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[-1].endswith(f"Next: {project.resolve()}/run_daily.sh")
    assert environments(project) == before
    assert run(project / "run_daily.sh", "-q", "--setup") == (0, "", "")


def test_called_again_it_starts_no_python_but_the_reports_own(
    project: Path, tmp_path: Path
) -> None:
    """What it adds to the real work is two file reads; benchmarks/daily.py has the seconds."""
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14", "pip"):
        shim = tmp_path / name
        shim.write_text(f"#!/bin/sh\necho {name} >>{tmp_path}/started\nexit 1\n")
        shim.chmod(0o755)
    ended = run(project / "run_daily.sh", "--version", PATH=f"{tmp_path}:{PATH}")
    assert (ended.code, ended.err) == (0, "")
    assert not (tmp_path / "started").exists()


def test_it_runs_through_symlinks_from_any_directory(project: Path, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "direct").symlink_to(project)
    (tmp_path / "far/relative").symlink_to("../direct/run_daily.sh")
    (tmp_path / "report").symlink_to(tmp_path / "far/relative")
    (tmp_path / "report.py").write_text("raise SystemExit('the wrong report')")
    for link in ("report", "./report", "far/relative", "direct/run_daily.sh"):
        ended = run("/bin/sh", link, "--version", cwd=tmp_path)
        assert (ended.code, ended.err) == (0, ""), link
    found_in_path = run("report", "--version", PATH=f"{tmp_path}:{PATH}")
    assert (found_in_path.code, found_in_path.err) == (0, "")


@pytest.mark.parametrize("home", ["/", os.devnull, "/does/not/exist"])
def test_no_home_is_needed(project: Path, home: str) -> None:
    ended = run(project / "run_daily.sh", "--version", HOME=home, PATH="/usr/bin:/bin")
    assert (ended.code, ended.err) == (0, "")


def test_the_exit_code_is_that_of_the_report(project: Path) -> None:
    ended = run(project / "run_daily.sh", "-q", "--date", "1999-12-31")
    assert ended.code == 6, ended
    assert "Traceback" not in ended.err


def test_what_the_callers_shell_says_about_python_is_kept_out(
    project: Path, tmp_path: Path
) -> None:
    (tmp_path / "argparse.py").write_text("raise SystemExit('the wrong argparse')")
    ended = run(
        project / "run_daily.sh", "--version", cwd=tmp_path,
        PYTHONPATH=str(tmp_path), PYTHONHOME=str(tmp_path),
    )  # fmt: skip
    assert (ended.code, ended.err) == (0, "")


def test_with_a_changed_lock_that_cannot_be_had_it_goes_on_with_the_old(project: Path) -> None:
    lock = project / "requirements.lock"
    before, made = lock.read_text(), environments(project)
    lock.write_text(before + "# changed\n")
    try:
        ended = run(project / "run_daily.sh", "-q", "--version", **NO_PACKAGES)
        setup = run(project / "run_daily.sh", "--setup", **NO_PACKAGES)
    finally:
        lock.write_text(before)
    assert (ended.code, ended.out) == run(project / "run_daily.sh", "--version")[:2]
    assert "ERROR: No matching distribution" in ended.err
    assert "going on with the environment made before" in ended.err
    assert setup.code == 69
    assert environments(project) == made


# How environments are made


def names_for_building() -> set[str]:
    """The build backend and what it needs."""
    names, todo = set(), ["hatchling", "editables"]
    while todo:
        name = canonicalize_name(todo.pop())
        names.add(name)
        wanted = map(Requirement, requires(name) or [])
        todo += [r.name for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    return names


def copy_small(to: Path) -> Path:
    root = copy_project(to)
    blocks = re.split(r"(?m)^(?=\S)", (root / "requirements.lock").read_text())
    wanted = names_for_building()
    kept = [block for block in blocks if block.partition("==")[0] in wanted]
    (root / "requirements.lock").write_text("".join(kept))
    return root


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    root = copy_small(tmp_path / "small")
    yield root
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = copy_small(tmp_path_factory.mktemp("made") / "small")
    yield root
    shutil.rmtree(root)


@pytest.fixture
def made(made_once: Path) -> Path:
    """With its environment in place, whatever the test before has left of it."""
    set_up(made_once)
    return made_once


def current(root: Path) -> Path:
    """Return the environment that is in use."""
    return (root / ".venv").resolve()


def set_up(root: Path, **variables: str) -> Ended:
    ended = run(root / "run_daily.sh", "--setup", **variables)
    assert ended.code == 0, ended
    return ended


def start(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [root / "run_daily.sh", "--setup"],
        env=BARE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_without_an_environment_it_ends_69_and_says_why(small: Path) -> None:
    ended = run(small / "run_daily.sh", "-q", **NO_PACKAGES)
    assert (ended.code, ended.out) == (69, "")
    assert "pip install of requirements.lock failed" in ended.err
    assert "ERROR: No matching distribution" in ended.err
    log = small.resolve() / ".venvs/daily.log"
    assert str(log) in ended.err
    assert log.exists()
    assert environments(small) == []
    assert not (small / ".venv").exists()


def test_of_several_starts_one_builds_and_the_others_wait(small: Path) -> None:
    said = []
    for process in [start(small) for _ in range(3)]:
        said.append(process.communicate(timeout=120)[1])
        assert process.returncode == 0
    assert sorted(text.split()[0] for text in said) == ["Making", "Waiting", "Waiting"]
    assert len(environments(small)) == 1


def test_a_killed_builder_is_no_obstacle(small: Path) -> None:
    with start(small) as killed:
        deadline = time.monotonic() + 60
        while not list((small / ".venvs").glob("daily-*/bin/pip")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(killed.pid, signal.SIGKILL)
    left = environments(small)
    assert len(left) == 1
    assert not (small / ".venv").exists()
    set_up(small)
    assert not set(left) & set(environments(small))


def test_a_changed_list_makes_a_new_one_and_keeps_the_one_before(made: Path) -> None:
    seen = [current(made).name]
    for change in ("1", "2"):
        with (made / "requirements.lock").open("a") as lock:
            lock.write(f"# change {change}\n")
        set_up(made)
        seen.append(current(made).name)
    assert len(set(seen)) == 3
    assert environments(made) == sorted(seen[1:])
    settings = made / "pyproject.toml"
    settings.write_text(settings.read_text().replace("line-length = 100", "line-length = 99"))
    assert set_up(made).err == "", "a tool's settings are no reason"


@pytest.mark.parametrize("broken", ["stamp", "python", "file"])
def test_a_broken_environment_is_made_anew(made: Path, broken: str) -> None:
    environment = current(made)
    if broken == "stamp":
        (environment / "recipe").unlink()
    elif broken == "python":  # the system's was upgraded away
        for link in (environment / "bin").glob("python*"):
            if link.readlink().is_absolute():
                link.unlink()
                link.symlink_to("/usr/bin/python3.10-gone")
    else:
        next(environment.glob("lib/*/site-packages/pluggy/_hooks.py")).unlink()
    assert "Making the environment" in set_up(made).err
    assert current(made) != environment


def test_a_moved_checkout_gets_an_environment_of_its_own(made: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(made, moved, symlinks=True)
    alone = run(moved / "run_daily.sh", "--version", **NO_PACKAGES)
    assert alone.code == 69, "never the code of the checkout that it was copied from"
    set_up(moved)
    where = run(moved / ".venv/bin/python", "-c", "import report; print(report.__file__)")
    assert where.out.strip() == str(moved.resolve() / "report/__init__.py")


def test_a_folder_in_its_place_is_moved_aside(small: Path) -> None:
    (small / ".venv").mkdir()
    (small / ".venv/mine").touch()
    set_up(small)
    [aside] = small.glob(".venv.aside-*")
    assert (aside / "mine").exists()


def test_without_a_network_it_installs_from_a_folder(small: Path, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    pip = [sys.executable, "-m", "pip", "-q", "download", "--require-hashes"]
    lock = small / "requirements.lock"
    assert run(*pip, "--only-binary", ":all:", "-r", lock, "-d", wheels).code == 0
    nowhere = "http://127.0.0.1:9"
    set_up(small, **NO_PACKAGES | {"PIP_FIND_LINKS": str(wheels)}, https_proxy=nowhere)


# Which Python


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with what the scripts call and no Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("cat", "date", "dirname", "id", "mkdir", "pwd", "readlink", "rm", "sed", "tail"):
        found = shutil.which(name, path="/usr/bin:/bin")
        if found:
            (folder / name).symlink_to(found)
    return folder


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_without_a_python_it_says_what_gives_one(small: Path, tools: Path) -> None:
    ended = run(small / "run_daily.sh", PATH=str(tools))
    assert ended.code == 69
    assert "needs Python 3.11 or later with its venv module; none in PATH" in ended.err
    for remedy in ("apt install python3-venv", "dnf install python3.11", "conda", "PYTHON="):
        assert remedy in ended.err
    assert not (small / ".venvs").exists()


def test_a_python_too_old_is_named(small: Path, tools: Path) -> None:
    old = "import sys; sys.version_info = (3, 9, 18); exec(sys.argv.pop(1))"
    body = f'#!/bin/sh\nexec {PYTHON} -I -c "{old}" "$3"\n'  # called as: python3 -I -c CODE
    script(tools / "python3", body)
    ended = run(small / "run_daily.sh", PATH=str(tools))
    assert ended.code == 69
    assert "; python3 is Python 3.9." in ended.err


def test_a_python_without_its_venv_module_is_named(small: Path, tmp_path: Path) -> None:
    """As Debian's without python3-venv, which lacks ensurepip."""
    run(PYTHON, "-m", "venv", "--without-pip", tmp_path / "lacking")
    [packages] = (tmp_path / "lacking").glob("lib/python*/site-packages")
    (packages / "no_ensurepip.pth").write_text("import sys; sys.modules['ensurepip'] = None\n")
    ended = run(small / "run_daily.sh", PYTHON=str(tmp_path / "lacking/bin/python"))
    assert ended.code == 69
    assert "has no module ensurepip" in ended.err
    assert "apt install python3-venv" in ended.err
