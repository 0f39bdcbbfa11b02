"""fleet.yaml and Ansible inventories into hosts, and every fault in them named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors import logins
from collectors.asking import Plan
from collectors.errors import SettingsError
from collectors.fleet import Fleet, Host, load_fleet
from collectors.options import merged
from collectors.ranges import expand

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def load(tmp_path: Path, text: str, **more: object) -> Fleet:
    path = tmp_path / "fleet.yaml"
    path.write_text(text)
    return load_fleet(path, tmp_path, **more)  # type: ignore[arg-type]


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    return [str(fault).removeprefix(f"{tmp_path}/fleet.yaml: ") for fault in caught.value.faults]


def test_the_innermost_wins(tmp_path: Path) -> None:
    fleet = load(
        tmp_path,
        """
        defaults: {user: report, port: 22, labels: {site: ams, tier: silver}}
        groups:
          web: {port: 2200, labels: {tier: gold}, hosts: ["web[01:02]"]}
          edge: {user: edge, hosts: [web02]}
        hosts:
          web01: {user: special, key_file: keys/web}
          db01: {address: "2001:db8::7", groups: [edge], timeout_seconds: 5}
        """,
    )
    web1, web2, db1 = (
        next(host for host in fleet.hosts if host.name == name)
        for name in ("web01", "web02", "db01")
    )
    assert (web1.user, web1.port, web1.labels) == ("special", 2200, {"site": "ams", "tier": "gold"})
    assert web1.key_file == tmp_path / "keys/web"
    assert (web2.user, web2.groups) == ("edge", ("web", "edge"))
    assert (db1.address, db1.user, db1.port, db1.timeout_seconds) == ("2001:db8::7", "edge", 22, 5)
    assert [host.name for host in fleet.hosts] == ["db01", "web01", "web02"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("web[01:03].example.org", ["web01.example.org", "web02.example.org", "web03.example.org"]),
        ("n[8:11]", ["n8", "n9", "n10", "n11"]),
        ("r[a:c]n[1:2]", ["ran1", "ran2", "rbn1", "rbn2", "rcn1", "rcn2"]),
        ("x[0:10:5]", ["x0", "x5", "x10"]),
        ("x[08:10]", ["x08", "x09", "x10"]),
        ("plain", ["plain"]),
    ],
)
def test_ranges(pattern: str, names: list[str]) -> None:
    assert list(expand(pattern)) == names


def test_every_fault_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        """
        defaults: {usr: x, port: 70000}
        groups: {web: {transport: telnet}}
        hosts: {a: {timeout_seconds: soon}}
        """,
    )
    assert found == [
        "defaults.port: is 70000; it would be 65535 or less",
        "defaults.usr: unknown key; did you mean `user`?",
        "groups.web.transport: is 'telnet'; it would be one of ssh, local, replay",
        "hosts.a.timeout_seconds: is 'soon'; it would be a number",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("hosts: [a, a]", "hosts: two hosts of one name: a; a name stands for one host"),
        ('hosts: ["a[1:3]", a2]', "hosts.a2: two hosts of one name: a2; a name stands for one host"),
        ("hosts: {a: {port: 1}, a: {port: 2}}", "line 1, column 23: 'a' stands twice"),
        ("hosts: []", "hosts: names no host; list at least one"),
        ("", "hosts: names no host; list at least one"),
        (
            "hosts: ['../etc']",
            "hosts.../etc: '../etc' is no host name; letters, digits, dot, dash and underscore; "
            "an address goes to `address`",
        ),
        ("hosts: ['a[3:1]']", "hosts.a[3:1]: [3:1] runs backwards; it would be [1:3]"),
        ("hosts: ['a[0:9999999]']", "hosts.a[0:9999999]: [0:9999999] is too large; at most 20,000 are meant"),
        ("hosts: {a: {groups: [nix]}}", "hosts.a.groups: no group 'nix'; groups here: none"),
        (
            "{groups: {g: {hosts: {a: {port: 1}}}}, hosts: {a: {port: 2}}}",
            "hosts.a: has settings in two places",
        ),
        ("- a", "holds a list; it would be a list of `key: value` lines"),
        ("hosts: [a", "line 1, column 10: expected ',' or ']', but got '<stream end>'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path: Path, text: str, fault: str) -> None:
    assert faults(tmp_path, text) == [fault] or fault in faults(tmp_path, text)[0]


def test_set_overrides_a_host_whose_name_has_dots(tmp_path: Path) -> None:
    fleet = load(
        tmp_path,
        "hosts: {a.example.org: {port: 22}}",
        overrides=[("hosts.a.example.org.port", 2222), ("defaults.user", "me")],
    )
    assert (fleet.hosts[0].port, fleet.hosts[0].user) == (2222, "me")


def test_limit_takes_hosts_and_groups(tmp_path: Path) -> None:
    fleet = load(tmp_path, "{groups: {db: {hosts: [db1, x]}}, hosts: [web1, web2]}")
    assert [h.name for h in fleet.limited("web*").hosts] == ["web1", "web2"]
    assert [h.name for h in fleet.limited("db, web2").hosts] == ["db1", "web2", "x"]
    with pytest.raises(SettingsError, match="matches no host or group"):
        fleet.limited("mail*")


INVENTORY = {
    "_meta": {
        "hostvars": {
            "web1": {
                "ansible_host": "10.0.0.1",
                "ansible_port": 2222,
                "ansible_user": "deploy",
                "ansible_ssh_private_key_file": "/keys/web",
                "ansible_password": "hunter2",
                "site": "ams",
                "rack": 7,
                "db_password": "hunter3",
                "nested": {"no": "label"},
            },
            "here": {"ansible_connection": "local"},
            "win1": {"ansible_connection": "ansible.builtin.winrm"},
        }
    },
    "all": {"children": ["ungrouped", "prod"]},
    "prod": {"children": ["web"]},
    "web": {"hosts": ["web1"]},
    "ungrouped": {"hosts": ["here", "win1"]},
}


def check_inventory(fleet: Fleet) -> None:
    here, web, win = fleet.hosts
    assert (web.address, web.port, web.user, web.transport) == ("10.0.0.1", 2222, "deploy", "ssh")
    assert (web.key_file, web.groups) == (Path("/keys/web"), ("prod", "web"))
    assert web.labels == {"site": "ams", "rack": "7"}  # and no secret among them
    assert (here.transport, here.groups, win.transport) == ("local", (), "winrm")


def test_an_ansible_inventory_as_json(tmp_path: Path) -> None:
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps(INVENTORY))
    check_inventory(load_fleet(path, tmp_path))


def test_an_executable_inventory(tmp_path: Path) -> None:
    path = tmp_path / "inventory"
    path.write_text(f"#!/bin/sh\n[ \"$1\" = --list ] && cat <<'E'\n{json.dumps(INVENTORY)}\nE\n")
    path.chmod(0o755)
    check_inventory(load_fleet(path, tmp_path))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'no cloud today' >&2; exit 4", "ended with 4: no cloud today"),
        ("echo hello", "printed no JSON"),
        ("echo '{}'", "names no host"),
        ("""echo '{"_meta": {"hostvars": {"a b": {}}}}'""", "is no host name here"),
        ("""echo '{"_meta": {"hostvars": {"a": {"ansible_host": "{{ x }}"}}}}'""", "is a template"),
    ],
)
def test_an_executable_inventory_that_fails(tmp_path: Path, script: str, said: str) -> None:
    path = tmp_path / "inventory"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    with pytest.raises(SettingsError, match=said):
        load_fleet(path, tmp_path)


def test_what_collectors_are_told_is_merged_from_the_outside_in(tmp_path: Path) -> None:
    fleet = load(
        tmp_path,
        """
        defaults: {collectors: {logins: {paths: [/outer]}}}
        groups:
          web: {hosts: [web1, web2], collectors: {logins: {paths: [/group]}}}
        hosts:
          web2: {collectors: {logins: {paths: [/own]}}}
          db1:
        """,
    )
    found = {host.name: host for host in fleet.hosts}
    assert {name: host.collectors["logins"]["paths"] for name, host in found.items()} == {
        "db1": ["/outer"], "web1": ["/group"], "web2": ["/own"],
    }  # fmt: skip
    assert found["web2"].sources["collectors.logins"] == "host"
    plan = Plan((logins,), NOW, NOW, {"logins": {"paths": ["/daily"]}})
    assert plan.ask(found["web2"], logins).options == {"paths": ["/own"]}
    assert plan.ask(Host("x"), logins).options == {"paths": ["/daily"]}


def test_options_are_merged_as_mappings() -> None:
    outer = {"commands": {"a": {"command": "x", "seconds": 5}}, "paths": [1, 2]}
    inner = {"commands": {"a": {"command": "y"}, "b": {"command": "z"}}, "paths": [3]}
    assert merged(outer, inner) == {
        "commands": {"a": {"command": "y", "seconds": 5}, "b": {"command": "z"}},
        "paths": [3],
    }
