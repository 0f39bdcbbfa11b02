"""Users, groups, sudoers and keys: their scripts over a made /etc, in the shells of this machine."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import groups, keys, sudoers, users
from collectors.base import Collector, Parsed
from collectors.keys import lines
from collectors.sudoers import rules
from tests.collectors.probes import ASK, BUSYBOX, SHELLS, applets, printed

HASH = "$6$saltsalt$NeverToBeSeen"
ALL_SHELLS = [*SHELLS, pytest.param(None, id="busybox-only")]


class Made:
    """A made root folder, in whose /etc a collector's script reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "etc").mkdir()

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def printed(self, collector: Any, shell: Sequence[str] | None, tmp_path: Path) -> str:
        """Return what the script prints; without a shell, BusyBox with its applets alone."""
        path = None
        if shell is None:
            (tmp_path / "applets").mkdir()
            path, shell = applets(tmp_path / "applets"), (BUSYBOX or "", "sh")
        script = collector.script(ASK).replace("/etc/", f"{self.folder}/etc/")
        script = script.replace("/proc/self/mounts", f"{self.folder}/etc/mounts")
        there: Any = SimpleNamespace(
            NAME=collector.NAME, SECONDS=collector.SECONDS, script=lambda ask: script
        )
        return printed(there, shell, path)

    def parsed(self, collector: Collector, shell: Sequence[str] | None, tmp_path: Path) -> Parsed:
        return collector.parse(self.printed(collector, shell, tmp_path), ASK)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    (tmp_path / "root").mkdir()
    return Made(tmp_path / "root")


@pytest.mark.parametrize("shell", ALL_SHELLS)
@pytest.mark.parametrize("collector", [users, groups], ids=lambda one: one.NAME)
def test_no_hash_leaves_the_server(
    made: Made, collector: Collector, shell: Sequence[str] | None, tmp_path: Path
) -> None:
    """Wherever it stands: in its field, in passwd or group as of old, in a damaged line."""
    made.write(
        "/etc/passwd",
        f"root:x:0:0::/root:/bin/sh\nold:{HASH}:5:5::/:/bin/sh\nbad:{HASH}\n{HASH}\n",
    )
    made.write("/etc/group", f"root:{HASH}:0:\nbad:{HASH}\n{HASH}\n")
    made.write("/etc/shadow", f"root:{HASH}:19700:0:99999:7:::\nbad:{HASH}\n{HASH}\n\n# x\n")
    text = made.printed(collector, shell, tmp_path)
    assert "Never" not in text and "salt" not in text
    parsed = collector.parse(text, ASK)
    assert {row["name"] for row in parsed.rows} <= {"root", "old"}
    assert "2 more" in parsed.cause or "1 more" in parsed.cause


@pytest.mark.parametrize("shell", ALL_SHELLS)
def test_an_empty_password_and_a_second_root_are_seen(
    made: Made, shell: Sequence[str] | None, tmp_path: Path
) -> None:
    made.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:\nx::7:7::/:/bin/sh")
    shadow = "root::19700:0:99999:7:::\ntoor:!$6$a$b:19700:0:99999:7:::\nroot:x:1:::::\n"
    made.write("/etc/shadow", shadow)  # of two lines the first counts
    rows = made.parsed(users, shell, tmp_path).rows
    found = [(row["name"], row["uid"], row["password"], row["may_log_in"]) for row in rows]
    assert found == [
        ("root", 0, "empty", True),
        ("toor", 0, "locked", True),
        ("x", 7, "empty", True),
    ]


@pytest.mark.parametrize("shell", ALL_SHELLS)
def test_includes_are_followed_as_sudo_follows_them(
    made: Made, shell: Sequence[str] | None, tmp_path: Path
) -> None:
    at = f"{made.folder}/etc"
    main = f'a ALL=ALL\n#includedir {at}/sudoers.d\n@include "extra one"\n#include {at}/sudoers\n'
    made.write("/etc/sudoers", main + "# include nothing\n#1000 ALL=ALL")
    made.write("/etc/sudoers.d/b", f"b ALL=ALL\n@include {at}/sudoers\n@includedir {at}/none\n")
    for name in ("c.bak", "d~", ".e"):
        made.write(f"/etc/sudoers.d/{name}", "passed over ALL=ALL\n")
    made.write("/etc/extra one", "f ALL=(x) \\\n NOPASSWD: /bin/a\n@include gone\n")
    parsed = made.parsed(sudoers, shell, tmp_path)
    rows = [(row["file"].removeprefix(f"{at}/"), row["line"], row["who"]) for row in parsed.rows]
    assert rows == [
        ("sudoers", 1, "a"),
        ("sudoers", 6, "#1000"),
        ("sudoers.d/b", 1, "b"),
        ("extra one", 1, "f"),
    ]
    assert parsed.note == f"{at}/gone is included, and is not there"
    assert not parsed.cause


def test_no_rule_is_dropped_whatever_it_is() -> None:
    odd = ["%", "=", "a b c = d", "a ALL=", "ALL=(ALL) ALL", '"a', "a = b : c", "(((", ")=(", "\\"]
    text = "file1|/etc/sudoers\n" + "".join(f"text1|{line}\n" for line in odd)
    parsed = sudoers.parse(f"{text}text1|=0\nid|0\nid|=0\n", ASK)
    kept = {row["line"] for row in parsed.rows}
    assert kept == set(range(1, len(odd)))  # the last one is a backslash: an empty rule
    assert all(row["kind"] == "unknown" for row in parsed.rows)


@pytest.mark.parametrize(
    ("sources", "elsewhere"),
    [
        ("files systemd", ""),
        ("compat [NOTFOUND=return] files", ""),
        ("files [!UNAVAIL=return] sss", "only local users are listed, not those of sss"),
        ("files ldap winbind", "only local users are listed, not those of ldap, winbind"),
    ],
)
def test_users_of_elsewhere_are_named(sources: str, elsewhere: str) -> None:
    text = f"kernel|Linux\nkernel|=0\npasswd|a:empty:1:1::/:\npasswd|=0\nsources|{sources}\n"
    assert users.parse(f"{text}sources|=0\n", ASK).note == elsewhere


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["a ALL=ALL # no \\", "b ALL=ALL"], [(1, "a ALL=ALL"), (2, "b ALL=ALL")]),
        (["a ALL=/x \\\\", "b ALL=ALL"], [(1, "a ALL=/x \\\\"), (2, "b ALL=ALL")]),
        (["a ALL=\\", "", "b ALL=ALL"], [(1, "a ALL="), (3, "b ALL=ALL")]),
        (["", "a ALL=\\", " /x, \\", "  /y"], [(2, "a ALL= /x, /y")]),
        (['a ALL=/x "#1" \\# #2 # 3'], [(1, 'a ALL=/x "#1" \\# #2')]),
    ],
)
def test_lines_of_sudoers_are_joined_and_cut(
    given: list[str], found: list[tuple[int, str]]
) -> None:
    assert list(rules.logical(given)) == found


BLOB = b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(range(32))
KEY = f"ssh-ed25519 {base64.b64encode(BLOB).decode()}"


@pytest.mark.parametrize("shell", ALL_SHELLS)
def test_files_in_homes_tell_their_keys_alone(
    made: Made, shell: Sequence[str] | None, tmp_path: Path
) -> None:
    """A link tells nothing else of its target, a FIFO makes nobody wait, a long file is cut."""
    home = made.folder / "home"
    users_here = ["ann", "ben", "cat", "dan", "eve"]
    made.write("/etc/passwd", "".join(
        f"{name}:x:{n}:9::{home}/{name}:/bin/sh\n" for n, name in enumerate(users_here, 1000)
    ) + f"+nis\n# none:x:1:1::{home}/ann:\nlast:x:1:1::/nowhere:/bin/sh")  # fmt: skip
    made.write("/etc/shadow", f"root:{HASH}:1::::::\nTOKEN=Bearer AAAAqq/{HASH}\n")
    made.write("/home/ann/.ssh/authorized_keys", f"# old\n{KEY} ann@a b\n{HASH}\n\t{KEY}")
    (home / "ben/.ssh").mkdir(parents=True)
    (home / "ben/.ssh/authorized_keys").symlink_to(made.folder / "etc/shadow")
    (home / "cat/.ssh").mkdir(parents=True)
    os.mkfifo(home / "cat/.ssh/authorized_keys")
    (home / "dan/.ssh/authorized_keys2").mkdir(parents=True)
    made.write("/home/eve/.ssh/authorized_keys", f"{KEY} " + "x" * 9000 + f"\n{KEY} e\n" * 6000)
    text = made.printed(keys, shell, tmp_path)
    assert "Never" not in text and "TOKEN" not in text
    parsed = keys.parse(text, ASK)
    assert [row["line"] for row in parsed.rows if row["user"] == "ann"] == [2, 4]
    assert {row["user"] for row in parsed.rows} == {"ann", "eve"}
    assert parsed.cause == "1 files are too long to be read whole"
    assert parsed.note == "4 lines are no keys; 2 are no regular files, which sshd refuses"


@pytest.mark.parametrize("shell", ALL_SHELLS)
def test_where_sshd_looks_besides(made: Made, shell: Sequence[str] | None, tmp_path: Path) -> None:
    made.write("/etc/passwd", f"ann:x:7:9::{made.folder}/ann:/bin/sh\nben:x:8:9::/h/ben:/bin/sh\n")
    made.write("/etc/mounts", "auto.h /h autofs rw 0 0\nx /ho autofs rw 0 0\n/dev/a / ext4 rw\n")
    made.write("/etc/ssh/sshd_config", "include conf.d/*.conf\n#AuthorizedKeysFile /x\n")
    made.write(
        "/etc/ssh/conf.d/a.conf", 'Match user x\n authorizedkeysfile="%h/k%%/%u-%U" none # y'
    )
    made.write("/etc/ssh/conf.d/b.conf", f"TrustedUserCAKeys {made.folder}/etc/ca\r\n")
    made.write("/ann/k%/ann-7", f"{KEY}\n")
    made.write("/etc/ca", f"{KEY} ca\n")
    parsed = made.parsed(keys, shell, tmp_path)
    assert [(row["user"], row["cert_authority"]) for row in parsed.rows] == [
        ("*", True), ("ann", False)
    ]  # fmt: skip
    assert parsed.cause == "the homes of 1 user lie on mounts that do not answer or are not mounted"


OPTION = st.one_of(
    st.sampled_from(["restrict", "no-pty", "cert-authority"]),
    st.text(st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters="\\"), max_size=30)
    .map(lambda text: 'command="' + text.replace('"', '\\"') + '"'),
)  # fmt: skip
COMMENT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), max_size=20)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(OPTION, max_size=4), COMMENT)
def test_a_line_of_keys_is_read_back(options: list[str], comment: str) -> None:
    text = ",".join(options)
    row = lines.read(f"{text} {KEY} {comment}" if text else f"{KEY} {comment}")
    assert row["options"] == text
    assert row["comment"] == comment
    assert row["bits"] == 256
    assert row["fingerprint"] == "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA"
    assert row["cert_authority"] == ("cert-authority" in options)
