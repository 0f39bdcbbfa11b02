"""Properties: what is rendered is read back, and foreign bytes never become rows in silence."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import COLLECTORS, disks, hosts, uptime
from collectors.base import Ask, Collector, frame
from collectors.disks import df, mounts
from collectors.errors import CollectError
from collectors.text import Section

ASK = Ask(datetime(2026, 11, 22, 4, 0, tzinfo=UTC), datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
SETTINGS = settings(derandomize=True, max_examples=100, deadline=None)
# df prints control characters of a name as "?", and nothing tells a name's last blanks apart.
NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)
MOUNTS = NAMES.map(lambda name: f"/{name}".rstrip()).filter(lambda name: "\n" not in name)
DEVICES = NAMES.map(lambda name: f"/dev/{name}".strip())
BLOCKS = st.integers(0, 2**53)
HEADINGS = [
    "Filesystem     1024-blocks      Used Available Capacity Mounted on",
    "Filesystem           1K-blocks      Used Available Use% Mounted on",
    "Filesystem            kbytes    used   avail capacity  Mounted on",
]


@st.composite
def filesystems(draw: st.DrawFn) -> dict[str, tuple[str, int, int, int]]:
    """Return by mount point: device, size, used, available."""
    names = draw(st.lists(MOUNTS, min_size=1, max_size=6, unique=True))
    found = {}
    for name in names:
        used, available, reserved = draw(BLOCKS), draw(st.integers(-1000, 2**53)), draw(BLOCKS)
        found[name] = (draw(DEVICES), used + max(available, 0) + reserved + 1, used, available)
    return found


def ceiling(used: int, available: int) -> int | None:
    return -(-used * 100 // (used + available)) if used + available > 0 else None


def escaped(name: str) -> str:
    return re.sub(r"[ \t\n\\]", lambda hit: f"\\{ord(hit[0]):03o}", name)


@SETTINGS
@given(filesystems(), st.sampled_from(HEADINGS), st.booleans(), st.integers(1, 12))
def test_a_table_of_df_is_read_back(
    rows: dict[str, tuple[str, int, int, int]], heading: str, wrapped: bool, gap: int
) -> None:
    lines = [heading]
    for at, (device, size, used, available) in rows.items():
        percent = ceiling(used, available)
        shown = "-" if percent is None else f"{percent}%"
        cells = f"{size} {used:>{gap}} {available:>{gap}} {shown} {at}"
        lines += [device, f"{'':{gap}}{cells}"] if wrapped else [f"{device} {cells}"]
    table = df.read(Section(lines, 0), df.shown(rows))
    assert table.devices == {at: row[0] for at, row in rows.items()}
    for at, (_, size, used, available) in rows.items():
        found = table.figures[at]
        assert (found["size"], found["used"], found["available"]) == (
            size * 1024, used * 1024, available * 1024,
        )  # fmt: skip


@SETTINGS
@given(filesystems(), st.sampled_from(["rw", "ro", "rw,relatime,errors=remount-ro", "ro,noatime"]))
def test_what_a_linux_host_prints_is_read_back(
    rows: dict[str, tuple[str, int, int, int]], options: str
) -> None:
    devices = {f"/dev/{n}": at for n, at in enumerate(rows)}
    text = "".join(f"mounts|{d} {escaped(at)} ext4 {options} 0 0\n" for d, at in devices.items())
    text += f"mounts|=0\ndf|{HEADINGS[0]}\n"
    for device, at in devices.items():
        _, size, used, available = rows[at]
        text += f"df|{device} {size} {used} {available} {ceiling(used, available) or 0}% {at}\n"
    found = {row["mount"]: row for row in disks.parse(text + "df|=0\n", ASK).rows}
    for device, at in devices.items():
        _, _, used, available = rows[at]
        row = found[at]
        assert (row["device"], row["read_only"]) == (device, options.startswith("ro"))
        assert row["used_bytes"] in (used * 1024, None)
        assert row["used_percent"] == ceiling(used, available)
    frame(disks.COLUMNS, list(found.values()))


@SETTINGS
@given(
    st.lists(st.tuples(DEVICES, MOUNTS, st.sampled_from(["ext4", "xfs", "tmpfs", "nfs4", "zfs"]))),
)
def test_a_table_of_mounts_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    lines = [f"{escaped(d)} {escaped(at)} {kind} rw,relatime 0 0" for d, at, kind in rows]
    found = mounts.table({"mounts": Section(lines, 0)})  # type: ignore[arg-type]
    assert [(one.device, one.at, one.fs_type) for one in found] == rows


def spans(seconds: int) -> dict[str, str]:
    """Return an uptime in whole minutes as each system's uptime prints it."""
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    clock = f"{hours:2}:{minutes:02}" if hours else f"{minutes} min"
    day = f"{days} day{'' if days == 1 else 's'}, " if days else ""
    solaris = f"{days} day(s), " if days else ""
    return {
        "procps": f"{day}{clock}",
        "coreutils": f"{day.replace(',', '')} {hours:2}:{minutes:02}",
        "bsd": day + (f"{hours}:{minutes:02}" if hours and minutes else
                      f"{hours} hr{'s' * (hours > 1)}" if hours else f"{minutes} mins"),
        "solaris": solaris + (f"{hours:2}:{minutes:02}" if hours else f"{minutes} min(s)"),
    }  # fmt: skip


@SETTINGS
@given(
    st.integers(0, 4000 * 1440).map(lambda minutes: minutes * 60),
    st.sampled_from(["procps", "coreutils", "bsd", "solaris"]),
    st.one_of(st.none(), st.integers(0, 500)),
    st.tuples(*[st.integers(0, 99999)] * 3),
    st.sampled_from([", ", " "]),
    st.sampled_from([".", ","]),
)
def test_a_line_of_uptime_is_read_back(
    seconds: int, form: str, users: int | None, load: tuple[int, ...], comma: str, point: str
) -> None:
    said = "" if users is None else f"  {users} user{'' if users == 1 else 's'},"
    words = [f"{value // 100}{point}{value % 100:02}" for value in load]
    line = f" 10:15:02 up {spans(seconds)[form]},{said}  load average: {comma.join(words)}"
    (row,) = uptime.parse(f"line|{line}\nline|=0\n", ASK).rows
    assert row["uptime_seconds"] == seconds
    assert row["users"] == users
    assert [row["load_1"], row["load_5"], row["load_15"]] == [value / 100 for value in load]


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
SNAPSHOT = {
    "servers": "init|systemd\ninit|=0\nsystem|running\nsystem|=0\nfailed|=0\nkernel|Linux 6\nkernel|=0\n",
    "uptime": "uptime|1.0 1.0\nuptime|=0\nloadavg|0.0 0.0 0.0 1/1 1\nloadavg|=0\n",
    "disks": f"mounts|/dev/a / ext4 rw 0 0\nmounts|=0\ndf|{HEADINGS[0]}\ndf|/dev/a 8 4 4 50% /\ndf|=0\n",
    "ports": "ss4|Netid State\nss4|tcp LISTEN 0 5 *:22 *:*\nss4|udp UNCONN 0 0 *:68 *:*\nss4|=0\nss6|Netid State\nss6|=0\n",
    "users": "passwd|root:x:0:0::/root:/bin/sh\npasswd|a:x:1:1::/:\npasswd|=0\nshadow|root:set:1:\nshadow|=0\n",
    "groups": "group|root:0:\ngroup|root:0:a\ngroup|b:1:\ngroup|=0\npasswd|root:0\npasswd|=0\n",
    "sudoers": "file1|/etc/sudoers\ntext1|a ALL=ALL\ntext1|b ALL=ALL\ntext1|=0\nid|0\nid|=0\n",
    "keys": f"file|1:a:/a\nkey|1:1:{KEY} a\nkey|1:2:{KEY} b\nlooked|1 0 0 0\nlooked|=0\n",
    "hosts": "uname|Linux 6\nuname|=0\noffset|+0000\noffset|=0\n",
}
MINE: tuple[Collector, ...] = tuple(one for one in (hosts, *COLLECTORS) if one.NAME in SNAPSHOT)


def rows_of(collector: Collector, text: str) -> list[Any]:
    """Return the rows, [] for a refusal; anything but a CollectError is a fault."""
    try:
        parsed = collector.parse(text, ASK)
    except CollectError:
        return []
    frame(collector.COLUMNS, parsed.rows)
    assert parsed.rows, "neither rows nor a refusal"
    return list(parsed.rows)


@pytest.mark.parametrize("collector", MINE, ids=lambda one: one.NAME)
@SETTINGS
@given(data=st.binary(max_size=400))
def test_random_bytes_are_refused(collector: Collector, data: bytes) -> None:
    assert rows_of(collector, data.decode("utf-8", "surrogateescape")) == []


@pytest.mark.parametrize("collector", MINE, ids=lambda one: one.NAME)
@SETTINGS
@given(data=st.data())
def test_damaged_output_never_breaks_a_parser(collector: Collector, data: st.DataObject) -> None:
    text = SNAPSHOT[collector.NAME]
    assert rows_of(collector, text)
    lines = text.splitlines()
    kind = data.draw(st.sampled_from(["cut", "drop", "swap", "twice", "noise"]))
    at = data.draw(st.integers(0, len(lines) - 1))
    if kind == "cut":
        text = text[: data.draw(st.integers(0, len(text)))]
    elif kind == "drop":
        text = "\n".join(lines[:at] + lines[at + 1 :])
    elif kind == "swap":
        text = "\n".join(data.draw(st.permutations(lines)))
    elif kind == "twice":
        text = "\n".join([*lines[: at + 1], *lines[at:]])
    else:
        section = lines[at].partition("|")[0]
        noise = data.draw(st.text(max_size=60)).replace("\n", " ")
        text = "\n".join([*lines[:at], f"{section}|{noise}", *lines[at:]])
    rows_of(collector, text)
