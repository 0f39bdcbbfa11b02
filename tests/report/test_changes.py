"""What changed between two days: by a table of cases, and over days on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from collectors.base import Row, frame
from collectors.frames import FRAMES, OUTCOME_COLUMNS
from report.changes import CHANGES, COMPARED, changes
from report.earlier import MOST_DAYS, previous

SSH: Row = {"protocol": "tcp", "address": "0.0.0.0", "port": 22, "process": "sshd", "user": "root"}
ROOT: Row = {"name": "root", "uid": 0, "gid": 0, "home": "/root", "shell": "/bin/sh",
             "password": "set", "password_changed_at": datetime(2026, 1, 2, tzinfo=UTC)}  # fmt: skip
WHEEL: Row = {"name": "wheel", "gid": 10, "members": "amy, bob", "primary_members": ""}
RULE: Row = {"file": "/etc/sudoers", "line": 3, "kind": "rule", "text": "amy ALL=(ALL) ALL"}
KEY: Row = {"user": "amy", "file": "/h/amy/.ssh/authorized_keys", "line": 1, "type": "ssh-rsa",
            "fingerprint": "SHA256:x", "comment": "amy@a", "options": "", "cert_authority": False}  # fmt: skip
EXPIRY = {"expires_at": datetime(2026, 12, 31, tzinfo=UTC)}

# collector, rows before, rows after, what comes out: object, change, before, after.
CASES: dict[str, tuple[str, list[Row], list[Row], list[tuple[str | None, ...]]]] = {
    "nothing": ("ports", [SSH], [SSH], []),
    "a new port": (
        "ports", [SSH], [SSH, SSH | {"port": 4444, "process": "nc", "user": "amy", "scope": "any"}],
        [("tcp 4444 on 0.0.0.0 (nc)", "added", None, "process nc; user amy; scope any")],
    ),
    "a port less": (
        "ports", [SSH], [], [("tcp 22 on 0.0.0.0 (sshd)", "removed", "process sshd; user root", None)],
    ),
    "another address is another port": (
        "ports", [SSH], [SSH | {"address": "::", "protocol": "tcp6"}],
        [("tcp 22 on 0.0.0.0 (sshd)", "removed", "process sshd; user root", None),
         ("tcp6 22 on :: (sshd)", "added", None, "process sshd; user root")],
    ),
    "the same port on another address": (
        "ports", [SSH], [SSH, SSH | {"address": "127.0.0.1"}],
        [("tcp 22 on 127.0.0.1 (sshd)", "added", None, "process sshd; user root")],
    ),
    "another program": (
        "ports", [SSH], [SSH | {"process": "evil"}],
        [("tcp 22 on 0.0.0.0 (evil)", "changed", "process sshd", "process evil")],
    ),
    "a program more": (
        "ports", [SSH], [SSH, SSH | {"process": "evil"}],
        [("tcp 22 on 0.0.0.0 (evil, sshd)", "changed", None, "process evil")],
    ),
    "a program that cannot be seen": ("ports", [SSH], [SSH | {"process": None}], []),
    "one of two that cannot be seen": ("ports", [SSH], [SSH, SSH | {"process": None}], []),
    "another process id": ("ports", [SSH | {"pid": 1}], [SSH | {"pid": 2, "count": 7}], []),
    "a client's socket": (
        "ports", [], [SSH | {"protocol": "udp", "port": 40000, "ephemeral": True}], [],
    ),
    "a service on UDP": (
        "ports", [], [SSH | {"protocol": "udp", "port": 53, "ephemeral": False}],
        [("udp 53 on 0.0.0.0 (sshd)", "added", None, "process sshd; user root")],
    ),
    "a listener on a high port": (
        "ports", [], [SSH | {"port": 40000, "ephemeral": True, "process": None}],
        [("tcp 40000 on 0.0.0.0", "added", None, "user root")],
    ),
    "a second root": (
        "users", [ROOT], [ROOT, ROOT | {"name": "toor", "password": "empty"}],
        [("toor (uid 0)", "added", None, "uid 0; gid 0; home /root; shell /bin/sh; password empty;"
          " password changed 2026-01-02; expires never")],
    ),
    "becomes root": (
        "users", [ROOT | {"name": "amy", "uid": 7}], [ROOT | {"name": "amy"}],
        [("amy (uid 0)", "changed", "uid 7", "uid 0")],
    ),
    "a shell": (
        "users", [ROOT | {"shell": "/usr/sbin/nologin"}], [ROOT],
        [("root (uid 0)", "changed", "shell /usr/sbin/nologin", "shell /bin/sh")],
    ),
    "a password": (
        "users", [ROOT], [ROOT | {"password_changed_at": datetime(2026, 11, 25, tzinfo=UTC)}],
        [("root (uid 0)", "changed", "password changed 2026-01-02", "password changed 2026-11-25")],
    ),
    "an expiry": (
        "users", [ROOT | EXPIRY], [ROOT],
        [("root (uid 0)", "changed", "expires 2026-12-31", "expires never")],
    ),
    "the right to see passwords is lost": (
        "users", [ROOT | EXPIRY], [ROOT | {"password": None, "password_changed_at": None}], [],
    ),
    "a comment": ("users", [ROOT | {"comment": "a"}], [ROOT | {"comment": "b"}], []),
    "a name that stands twice": (
        "users", [ROOT], [ROOT, ROOT | {"uid": 7}],
        [("root (uid 0)", "changed", None, "uid 7")],
    ),
    "a member": (
        "groups", [WHEEL], [WHEEL | {"members": "bob, eve"}],
        [("wheel (gid 10)", "changed", "members amy", "members eve")],
    ),
    "the order of members": ("groups", [WHEEL], [WHEEL | {"members": "bob, amy"}], []),
    "a primary member": (
        "groups", [WHEEL], [WHEEL | {"primary_members": "eve"}],
        [("wheel (gid 10)", "changed", None, "primary members eve")],
    ),
    "the last member": (
        "groups", [WHEEL], [WHEEL | {"members": ""}],
        [("wheel (gid 10)", "changed", "members amy, bob", None)],
    ),
    "a group's id": (
        "groups", [WHEEL], [WHEEL | {"gid": 0}],
        [("wheel (gid 0)", "changed", "gid 10", "gid 0")],
    ),
    "a rule on another line": ("sudoers", [RULE], [RULE | {"line": 4}], []),
    "a rule that gives two rights": ("sudoers", [RULE], [RULE, RULE | {"run_as": "x"}], []),
    "another rule": (
        "sudoers", [RULE], [RULE | {"text": "amy ALL=(ALL) NOPASSWD: ALL"}],
        [("amy ALL=(ALL) ALL (/etc/sudoers)", "removed", None, None),
         ("amy ALL=(ALL) NOPASSWD: ALL (/etc/sudoers)", "added", None, None)],
    ),
    "the same rule in another file": (
        "sudoers", [RULE], [RULE, RULE | {"file": "/etc/sudoers.d/x"}],
        [("amy ALL=(ALL) ALL (/etc/sudoers.d/x)", "added", None, None)],
    ),
    "a key": (
        "keys", [KEY], [KEY, KEY | {"user": "root"}],
        [("root: ssh-rsa SHA256:x (amy@a)", "added", None,
          "file /h/amy/.ssh/authorized_keys; certificate authority no")],
    ),
    "a key's options": (
        "keys", [KEY | {"options": "restrict"}], [KEY],
        [("amy: ssh-rsa SHA256:x (amy@a)", "changed", "options restrict", None)],
    ),
    "a key becomes an authority": (
        "keys", [KEY], [KEY | {"cert_authority": True}],
        [("amy: ssh-rsa SHA256:x (amy@a)", "changed", "certificate authority no",
          "certificate authority yes")],
    ),
    "a key on another line, with another comment": (
        "keys", [KEY], [KEY | {"line": 9, "comment": "b"}], [],
    ),
    "a key that sshd refuses": ("keys", [], [KEY | {"fingerprint": None}], []),
}  # fmt: skip


def day(
    rows: Mapping[str, Sequence[Row]], outcomes: Mapping[tuple[str, str], str] | None = None
) -> dict[str, pd.DataFrame]:
    """Return a day's frames; without outcomes, of a host `a` that gave every collector its rows."""
    frames = {name: frame(FRAMES[name], [{"host": "a"} | row for row in listed])
              for name, listed in rows.items()}  # fmt: skip
    if outcomes is None:
        outcomes = {("a", name): "ok" for name in rows}
    listed = [Row(host=host, collector=name, outcome=outcome)
              for (host, name), outcome in outcomes.items()]  # fmt: skip
    return frames | {"outcomes": frame(OUTCOME_COLUMNS, listed)}


def plain(held: pd.DataFrame, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    values = held[list(columns)].astype(object)
    return [tuple(row) for row in values.where(values.notna(), None).to_numpy().tolist()]


@pytest.mark.parametrize(("name", "before", "after", "expected"), CASES.values(), ids=CASES.keys())
def test_what_changed(
    name: str, before: list[Row], after: list[Row], expected: list[tuple[str | None, ...]]
) -> None:
    found = changes(day({name: before}), day({name: after}))
    assert plain(found.rows, ["object", "change", "before", "after"]) == expected
    assert plain(found.compared, ["host", "state", "cause"]) == [("a", "compared", None)]
    assert list(found.rows.columns) == [column.name for column in CHANGES]
    assert list(found.compared.columns) == [column.name for column in COMPARED]


@pytest.mark.parametrize(
    ("then", "now", "state", "cause"),
    [
        (None, "ok", "no_comparison", "no earlier snapshot holds it"),
        ("partial", "ok", "no_comparison", "not read whole before: partial"),
        ("unreachable", "ok", "no_comparison", "not read whole before: unreachable"),
        ("not_applicable", "ok", "no_comparison", "not read whole before: not_applicable"),
        ("ok", "partial", "no_comparison", "not read whole: partial"),
        ("ok", "no_permission", "no_comparison", "not read whole: no_permission"),
        ("ok", "not_applicable", "not_applicable", None),
        (None, "not_applicable", "not_applicable", None),
        ("ok", "ok", "compared", None),
    ],
)
def test_only_what_was_read_whole_on_both_days_is_compared(
    then: str | None, now: str, state: str, cause: str | None
) -> None:
    before = day({"ports": [SSH]}, {("a", "ports"): then} if then else {("b", "ports"): "ok"})
    after = day({"ports": [SSH | {"port": 4444}]}, {("a", "ports"): now})
    found = changes(before, after)
    assert plain(found.compared, ["state", "cause"]) == [(state, cause)]
    assert len(found.rows) == (2 if state == "compared" else 0)


def test_a_host_without_sudo_is_known_to_have_no_rule() -> None:
    none, some = ({("a", "sudoers"): outcome} for outcome in ("not_applicable", "ok"))
    new = changes(day({"sudoers": []}, none), day({"sudoers": [RULE]}, some))
    old = changes(day({"sudoers": [RULE]}, some), day({"sudoers": []}, none))
    both = changes(day({"sudoers": []}, none), day({"sudoers": []}, none))
    assert [*new.rows["change"], *old.rows["change"]] == ["added", "removed"]
    assert list(both.compared["state"]) == ["not_applicable"]


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_frame_that_is_lost_proves_nothing(lost: str) -> None:
    whole, bare = day({"keys": [KEY]}), day({}, {("a", "keys"): "ok"})
    found = changes(bare, whole) if lost == "before" else changes(whole, bare)
    assert list(found.compared["state"]) == ["no_comparison"]
    assert found.rows.empty


def test_a_frame_of_an_older_version_lacks_a_column() -> None:
    before = day({"keys": [KEY]})
    before["keys"] = before["keys"].drop(columns=["options", "cert_authority"])
    assert changes(before, day({"keys": [KEY | {"options": "restrict"}]})).rows.empty


def test_hosts_are_not_mixed_up_and_a_new_one_is_no_change() -> None:
    outcomes = {("a", "ports"): "ok", ("b", "ports"): "ok"}
    before = day({"ports": [SSH, SSH | {"host": "b"}]}, outcomes)
    after = day({"ports": [SSH, SSH | {"host": "c"}]}, outcomes | {("c", "ports"): "ok"})
    found = changes(before, after)
    assert plain(found.rows, ["host", "change"]) == [("b", "removed")]
    assert list(found.compared["state"]) == ["compared", "compared", "no_comparison"]


def test_without_any_earlier_day_nothing_is_compared() -> None:
    found = changes({}, day({"ports": [SSH], "users": [ROOT]}))
    assert found.rows.empty
    assert list(found.compared["what"]) == ["port", "user"]
    assert set(found.compared["state"]) == {"no_comparison"}


TODAY = date(2026, 11, 25)


class Days:
    """Days on disk, with the files alone that the history reads."""

    def __init__(self, output: Path) -> None:
        self.output = output

    def put(self, number: int, outcome: str, rows: list[Row], host: str = "a") -> Path:
        data = self.output / f"2026-{number // 100}-{number % 100:02}" / "data"
        data.mkdir(parents=True)
        (data / "snapshot.json").write_text("{}")
        listed = [{"host": host} | row for row in rows]
        for name, one in day({"ports": listed}, {(host, "ports"): outcome}).items():
            one.to_parquet(data / f"{name}.parquet", index=False)
        return data

    def since(self) -> list[tuple[Any, ...]]:
        today = day({"ports": [SSH]})
        before = previous(self.output, TODAY, ["ports"], today["outcomes"])
        found = changes(before, today)
        return [*plain(found.rows, ["object", "since"]), *plain(found.compared, ["state", "since"])]


@pytest.fixture
def on_disk(tmp_path: Path) -> Days:
    return Days(tmp_path)


NEW = "tcp 22 on 0.0.0.0 (sshd)"


def test_the_last_day_before_is_compared_with(on_disk: Days) -> None:
    on_disk.put(1122, "ok", [])
    on_disk.put(1123, "ok", [SSH])
    on_disk.put(1125, "ok", [])  # the day itself, and one after it
    on_disk.put(1126, "ok", [])
    assert on_disk.since() == [("compared", "2026-11-23")]


def test_a_day_without_the_host_hides_no_change(on_disk: Days) -> None:
    on_disk.put(1121, "ok", [])
    on_disk.put(1122, "partial", [SSH])
    on_disk.put(1123, "unreachable", [])
    on_disk.put(1124, "ok", [SSH], host="b")
    assert on_disk.since() == [(NEW, "2026-11-21"), ("compared", "2026-11-21")]


def test_rows_of_a_day_that_was_not_whole_for_a_host_are_left_out(on_disk: Days) -> None:
    on_disk.put(1121, "ok", [])
    data = on_disk.put(1122, "partial", [SSH])
    both = {("a", "ports"): "partial", ("b", "ports"): "ok"}
    day({}, both)["outcomes"].to_parquet(data / "outcomes.parquet", index=False)
    today = day({"ports": [SSH]}, dict.fromkeys(both, "ok"))
    before = previous(on_disk.output, TODAY, ["ports"], today["outcomes"])
    found = changes(before, today)
    assert plain(found.rows, ["host", "object"]) == [("a", NEW)]
    assert list(found.compared["since"]) == ["2026-11-21", "2026-11-22"]


@pytest.mark.parametrize("lost", ["ports.parquet", "outcomes.parquet"])
@pytest.mark.parametrize("how", ["absent", "empty", "cut"])
def test_a_damaged_day_counts_as_none(on_disk: Days, lost: str, how: str) -> None:
    on_disk.put(1121, "ok", [])
    file = on_disk.put(1124, "ok", [SSH]) / lost
    if how == "absent":
        file.unlink()
    else:
        file.write_bytes(b"" if how == "empty" else file.read_bytes()[:-20])
    assert on_disk.since() == [(NEW, "2026-11-21"), ("compared", "2026-11-21")]


def test_what_lies_too_far_back_is_not_compared(on_disk: Days) -> None:
    on_disk.put(1024, "ok", [])
    assert (TODAY - date(2026, 10, 24)).days > MOST_DAYS
    assert on_disk.since() == [("no_comparison", None)]


def test_a_host_never_read_says_how_it_ended(on_disk: Days) -> None:
    on_disk.put(1123, "no_permission", [])
    on_disk.put(1124, "unreachable", [])
    today = day({"ports": [SSH]})
    before = previous(on_disk.output, TODAY, ["ports"], today["outcomes"])
    assert plain(changes(before, today).compared, ["cause"]) == [
        ("not read whole before: unreachable",)
    ]


def test_no_history_at_all(tmp_path: Path) -> None:
    today = day({"ports": [SSH]})
    assert previous(tmp_path / "none", TODAY, ["ports"], today["outcomes"])["outcomes"].empty
