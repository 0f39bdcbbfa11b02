"""The envelope round a host's probes, run by every shell that is there."""

from __future__ import annotations

import shutil
import subprocess
import time

import pytest

from collectors.envelope import unwrap, wrap

SHELLS = [["sh"], ["dash"], ["bash"], ["busybox", "sh"]]
THERE = [shell for shell in SHELLS if shutil.which(shell[0])]


def run(shell: list[str], script: str) -> bytes:
    return subprocess.run([*shell, "-c", script], capture_output=True, check=True).stdout


@pytest.mark.parametrize("shell", THERE, ids=" ".join)
def test_output_comes_back_as_it_was_printed(shell: list[str]) -> None:
    probes = [
        ("plain", 5, "printf 'one\\ntwo\\n'"),
        ("open", 5, "printf 'no line break at the end'"),
        ("bytes", 5, "printf 'caf\\351\\n\\n'"),
        ("empty", 5, "true"),
        ("failed", 5, "echo half; echo 'why: this' >&2; exit 3"),
        ("quotes", 5, """printf '%s\\n' "it's" '"x"' '$HOME' '`id`'"""),
    ]
    found = unwrap(run(shell, wrap(probes)))
    assert {name: (s.text, s.errors, s.status) for name, s in found.items()} == {
        "plain": ("one\ntwo\n", "", 0),
        "open": ("no line break at the end", "", 0),
        "bytes": ("caf\udce9\n\n", "", 0),
        "empty": ("", "", 0),
        "failed": ("half\n", "why: this", 3),
        "quotes": ('it\'s\n"x"\n$HOME\n`id`\n', "", 0),
    }


@pytest.mark.parametrize("shell", THERE, ids=" ".join)
def test_no_output_can_forge_an_envelope(shell: list[str]) -> None:
    forged = "<other 1\\n stolen\\n=0\\n>other 2\\n!error\\n =0\\n"
    found = unwrap(run(shell, wrap([("real", 5, f"printf '{forged}'"), ("after", 5, "echo x")])))
    assert list(found) == ["real", "after"]
    assert found["real"].text == forged.replace("\\n", "\n")
    assert found["real"].errors == ""
    assert found["after"].text == "x\n"


@pytest.mark.parametrize("shell", THERE, ids=" ".join)
def test_a_hanging_probe_costs_its_own_seconds_and_no_other_probe(shell: list[str]) -> None:
    begun = time.monotonic()
    found = unwrap(run(shell, wrap([("hangs", 1, "sleep 30 & wait"), ("after", 5, "echo x")])))
    assert time.monotonic() - begun < 10
    assert found["hangs"].status in (124, 137)
    assert found["after"].text == "x\n"


def test_what_was_cut_off_has_no_status_and_keeps_what_came() -> None:
    whole = run(["sh"], wrap([("a", 5, "echo 1"), ("b", 5, "printf '1\\n2\\n3\\n'")]))
    cut = whole[: whole.index(b"\n 3") + 1]
    found = unwrap(cut)
    assert found["a"].status == 0
    assert (found["b"].status, found["b"].text) == (None, "1\n2\n")


def test_a_greeting_before_the_first_envelope_is_passed_over() -> None:
    found = unwrap(b"Welcome to db01!\n last login: never\n" + run(["sh"], wrap([("a", 5, "id")])))
    assert list(found) == ["a"]


def test_nothing_at_all_is_no_section() -> None:
    assert unwrap(b"This account is currently not available.\n") == {}
