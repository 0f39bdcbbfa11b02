"""known_hosts as OpenSSH reads it; the files are made and checked with ssh-keygen."""

from __future__ import annotations

import subprocess
from pathlib import Path

import paramiko
import pytest

from collectors.transports.known_hosts import KnownHosts, accept, fingerprint, kind, name_of
from tests.ssh_fixtures import find_sshd, make_key

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHzO5cOyhuHqFZ8HSOZCl1DdTjlUOX/ZtT5FHpgnLPvC"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


def key_of(text: str) -> paramiko.PKey:
    from base64 import b64decode

    key_type, blob = text.split()[:2]
    return paramiko.PKey.from_type_string(key_type, b64decode(blob))


def read(tmp_path: Path, text: str) -> KnownHosts:
    path = tmp_path / "known_hosts"
    path.write_text(text)
    return KnownHosts.read([path])


@pytest.mark.parametrize(
    ("names", "asked", "found"),
    [
        ("db1", "db1", True),
        ("db1", "DB1", True),
        ("db1", "db10", False),
        ("db1,10.0.0.7", "10.0.0.7", True),
        ("[db1]:2222", "[db1]:2222", True),
        ("[db1]:2222", "db1", False),
        ("[db?]:2222", "[db1]:2222", True),
        ("*.example.org", "db1.example.org", True),
        ("*.example.org,!old.example.org", "old.example.org", False),
        ("!old.example.org,*.example.org", "old.example.org", False),
        ("d[ab]1", "da1", False),
    ],
)
def test_names_match_as_in_openssh(tmp_path: Path, names: str, asked: str, found: bool) -> None:
    known = read(tmp_path, f"# ours\n\n{names} {ED25519} a comment\n")
    assert known.keys([asked]) == ((key_of(ED25519),) if found else ())
    assert known.warnings == []


def test_the_first_name_that_has_a_key_decides(tmp_path: Path) -> None:
    known = read(tmp_path, f"[db1]:2222 {ED25519}\ndb1 {OTHER}\n")
    assert known.keys(["[db1]:2222", "db1"]) == (key_of(ED25519),)
    assert known.keys(["[db1]:2223", "db1"]) == (key_of(OTHER),)


def test_keys_of_several_files_count_once_each(tmp_path: Path) -> None:
    paths = [tmp_path / "ours", tmp_path / "users", tmp_path / "absent"]
    paths[0].write_text(f"db1 {ED25519}\n")
    paths[1].write_text(f"db1 {ED25519}\ndb1 {OTHER}\n")
    assert KnownHosts.read(paths).keys(["db1"]) == (key_of(ED25519), key_of(OTHER))


def test_revoked_and_authority_lines(tmp_path: Path) -> None:
    known = read(tmp_path, f"@revoked * {OTHER}\n@cert-authority * {ED25519}\ndb1 {ED25519}\n")
    assert known.keys(["db1"]) == (key_of(ED25519),)
    assert known.keys(["db2"]) == ()
    assert known.is_revoked(["db1"], key_of(OTHER))
    assert not known.is_revoked(["db1"], key_of(ED25519))


def test_lines_that_are_not_understood_are_named(tmp_path: Path) -> None:
    known = read(tmp_path, f"db1 ssh-ed25519\n@what db1 {ED25519}\ndb1 ssh-ed25519 ***\n")
    assert known.keys(["db1"]) == ()
    assert [warning.split(": ")[1] for warning in known.warnings] == ["line 1", "line 2", "line 3"]


def test_keys_of_unknown_types_are_passed_over(tmp_path: Path) -> None:
    sk = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAA"
    assert read(tmp_path, f"db1 {sk}\ndb1 ssh-ed25519 AAAA\n").keys(["db1"]) == ()


def test_hashed_by_ssh_keygen(tmp_path: Path) -> None:
    find_sshd()
    path = tmp_path / "known_hosts"
    path.write_text(f"db1 {ED25519}\n[db2]:2222 {OTHER}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(path)], check=True, capture_output=True)
    assert path.read_text().count("|1|") == 2
    known = KnownHosts.read([path])
    assert known.keys(["db1"]) == (key_of(ED25519),)
    assert known.keys(["[db2]:2222"]) == (key_of(OTHER),)
    assert known.keys(["db2"]) == ()


@pytest.mark.parametrize("which", ["ed25519", "ecdsa", "rsa"])
def test_fingerprint_is_ssh_keygens(tmp_path: Path, which: str) -> None:
    find_sshd()
    path = make_key(tmp_path / "key", which)
    said = subprocess.check_output(["ssh-keygen", "-lf", str(path)], text=True).split()
    key = key_of(path.with_suffix(".pub").read_text())
    assert fingerprint(key) == said[1]
    assert f"({kind(key)})" == said[-1]


def test_names_by_port() -> None:
    assert name_of("DB1", 22) == "db1"
    assert name_of("db1", 2222) == "[db1]:2222"
    assert name_of("2001:db8::7", 2222) == "[2001:db8::7]:2222"


def test_accept_begins_a_file(tmp_path: Path) -> None:
    path = tmp_path / "params" / "known_hosts"
    accept(path, "[db1]:2222", key_of(ED25519))
    assert path.read_text() == f"[db1]:2222 {ED25519}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["known_hosts"]


def test_accept_replaces_that_name_and_type_only(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    kept = f"# by hand\n\ndb2 {ED25519}\n@revoked db1 {ED25519}\nnot understood\ndb1 ssh-rsa AAAA\n"
    path.write_text(f"{kept}db1 {ED25519}\n10.0.0.7,db1 {ED25519} both\n")
    accept(path, "db1", key_of(OTHER))
    assert path.read_text() == f"{kept}10.0.0.7 {ED25519} both\ndb1 {OTHER}\n"
    accept(path, "db1", key_of(OTHER))
    assert path.read_text() == f"{kept}10.0.0.7 {ED25519} both\ndb1 {OTHER}\n"


def test_accept_replaces_a_hashed_line(tmp_path: Path) -> None:
    find_sshd()
    path = tmp_path / "known_hosts"
    path.write_text(f"db1 {ED25519}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(path)], check=True, capture_output=True)
    accept(path, "db1", key_of(OTHER))
    assert path.read_text() == f"db1 {OTHER}\n"


def test_accept_follows_a_link(tmp_path: Path) -> None:
    real, path = tmp_path / "dotfiles", tmp_path / "known_hosts"
    real.write_text("# mine\n")
    path.symlink_to(real)
    accept(path, "db1", key_of(ED25519))
    assert path.is_symlink()
    assert real.read_text() == f"# mine\ndb1 {ED25519}\n"
