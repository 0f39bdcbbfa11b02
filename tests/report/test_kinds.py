"""Every kind of finding by a case: frames in; kind, severity, sentence and state out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from report import rules
from report.contract import Finding
from report.evidence import rows
from report.findings import summarise
from report.reading import BEFORE, View, view
from report.settings import SECTIONS
from report.trail import COLUMNS
from tests.report import days
from tests.report.fleets import DATE, TO, Fleet
from tests.report.worn import worn

FOLDER = Path(rules.__file__).parent
# These have tables of their own: they need a past, or changes, to be made by hand.
ELSEWHERE = {
    "disk-filling": "test_rules", "new-source": "test_rules", "new-habit": "test_rules",
    "new-user": "test_rules", "returned": "test_rules", "new-way-in": "test_rules",
    "second-root": "test_rules", "empty-password": "test_rules", "unusual-rise": "test_outliers",
    "unusual-load": "test_outliers", "unusual-memory": "test_outliers",
    "unusual-failed-logins": "test_outliers", "login-burst": "test_outliers", "server-unknown": "test_findings",
}  # fmt: skip


def told(day: Any) -> list[Finding]:
    known = view(day)
    found = summarise(day).findings
    for one in found:
        assert len(rows(known, one)), one
        assert set(rows(known, one)["host"]) == set(one.hosts), one
    return list(found)


def host(change: Callable[[Fleet], None]) -> Any:
    made = Fleet()
    days.ordinary(made, {"web": ["web01"]}, set())
    made.rows["logins"].clear()
    change(made)
    return made.day()


def down(made: Fleet) -> None:
    made.rows["servers"].clear()
    made.rows["outcomes"].clear()
    made.unread("web01", "unreachable", days.no_route("web01"), "down")


def unread(made: Fleet) -> None:
    made.rows["servers"].clear()
    made.rows["outcomes"].clear()
    made.unread("web01", "auth_failed", days.key_refused("web01"))


def tried(made: Fleet) -> None:
    made.login("web01", 60, "failed", "ann", source_ip="203.0.113.9", count=6)
    made.login("web01", 61, "accepted", "ann", source_ip="203.0.113.9")


CASES: list[tuple[str, str, str, Callable[[Fleet], None]]] = [
    ("server-down", "critical", "Down: no route to web01.", down),
    ("server-unread", "critical", "Not read: user infra was not let in.", unread),
    ("server-degraded", "warning", "a.service failed.",
     lambda m: days.change(m, "servers", "web01", state="degraded", failed_units="a.service")),
    ("read-only", "critical", "/srv is mounted read-only, although fstab says otherwise.",
     lambda m: m.disk("web01", "/srv", 10, 50, read_only=True, read_only_expected=False)),
    ("disk-full", "warning", "/srv 90 % full, 10 of 100 GiB free.",
     lambda m: m.disk("web01", "/srv", 100, 90)),
    ("disk-full", "critical", "/srv 95 % full, 5 of 100 GiB free.",
     lambda m: m.disk("web01", "/srv", 100, 95)),
    ("inodes-full", "warning", "/srv has 90 % of its inodes used, though 50 % of its bytes.",
     lambda m: m.disk("web01", "/srv", 100, 50, 90)),
    ("failed-logins", "warning", "200 failed logins, from 1 source; none of these got in.",
     lambda m: m.login("web01", 60, "failed", "x", source_ip="203.0.113.9", count=200)),
    ("root-by-password", "critical", "root, by password, from 10.0.0.1 at 07:00.",
     lambda m: m.login("web01", 60, "accepted", "root", method="password", source_ip="10.0.0.1")),
    ("guessed", "critical",
     "ann from 203.0.113.9 at 07:01, after 6 failed logins from there.", tried),
    ("rebooted", "warning", "Rebooted at 05:00.",
     lambda m: days.change(m, "uptime", "web01", booted_at=TO - pd.Timedelta(hours=1))),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "severity", "sentence", "change"), CASES)
def test_a_kind(kind: str, severity: str, sentence: str, change: Callable[[Fleet], None]) -> None:
    (one,) = told(host(change))
    assert (one.kind, one.severity, one.state, one.sentence) == (kind, severity, "", sentence)


@pytest.mark.parametrize(
    ("before", "state"),
    [(None, "new"), (("warning", 90.0), "ongoing"), (("warning", 80.0), "worse"),
     (("critical", 96.0), "better")],
)  # fmt: skip
def test_and_its_state(before: tuple[str, float] | None, state: str) -> None:
    row: dict[str, Any] = {"day": DATE.toordinal() - 1}
    if before:
        row |= {"host": "web01", "kind": "disk-full", "object": "/srv", "severity": before[0],
                "value": before[1]}  # fmt: skip
    day = view(host(lambda made: made.disk("web01", "/srv", 100, 90)))
    past = pd.DataFrame([row], columns=["day", *COLUMNS])
    (one,) = summarise(View(day.folder, day.info, {**day.frames, BEFORE: past})).findings
    assert one.state == state


def test_every_kind_has_a_case() -> None:
    """The rest is those of a worn fleet, whose sentences stand in test_rules."""
    text = "".join(path.read_text() for path in FOLDER.glob("*.py"))
    kinds = r'Finding\(\s*"([a-z-]+)"|(?:kind|kind, said) = "(\w+-[a-z-]+)"'
    named = {first or second for first, second in re.findall(kinds, text)}
    cases = {case[0] for case in CASES} | {one.kind for one in told(worn())} | set(ELSEWHERE)
    assert named and named <= cases, named - cases
    folder = Path(__file__).parent
    for kind, where in ELSEWHERE.items():
        assert (folder / f"{where}.py").exists(), kind


def test_the_example_of_a_rule_is_one() -> None:
    """What CONTRIBUTING shows works, also with a question of its own."""
    text = (FOLDER.parent.parent / "CONTRIBUTING.md").read_text()
    code = re.search(r"```python\n(.*?)```", text, re.S)
    assert code
    space: dict[str, Any] = {}
    exec(code[1], space)
    day = view(host(lambda made: days.change(made, "uptime", "web01", users=30)))
    (one,) = space["crowded"](day)
    assert one.sentence == "30 are logged in."
    assert rules.asked(one) == len(rules.QUESTIONS)
    assert one.section in SECTIONS
