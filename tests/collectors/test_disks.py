from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

import pytest

from collectors import disks
from collectors.base import Row
from collectors.disks import df, mounts
from collectors.disks.probing import SCRIPT
from collectors.envelope import wrap
from collectors.errors import ParseError
from collectors.text import Section, sections
from tests.collectors.probes import ASK, SHELLS, applets, asked, in_every_shell, printed

# A FUSE file system at argv[1] whose server answers INIT and nothing more: not even SIGKILL
# ends a df that asks it. Runs argv[2:] over it; its end is the end of the mount.
HANGING = """
import ctypes, os, struct, subprocess, sys, threading
libc, at = ctypes.CDLL(None, use_errno=True), sys.argv[1].encode()
fd = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
if libc.mount(b"user@nas:/data", at, b"fuse.sshfs", 6, options):
    sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
def serve():
    length, opcode, unique = struct.unpack_from("<IIQ", os.read(fd, 1 << 17))
    out = struct.pack("<IIIIHHII", 7, 31, 0, 0, 0, 0, 4096, 0) + bytes(36)
    os.write(fd, struct.pack("<IiQ", 16 + len(out), 0, unique) + out)
    while True:
        os.read(fd, 1 << 17)
threading.Thread(target=serve, daemon=True).start()
status = subprocess.run(sys.argv[2:]).returncode
os._exit(status)
"""
OWN_MOUNTS = ("unshare", "-m", "--propagation", "private")


def may_mount() -> bool:
    probe = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return os.geteuid() == 0 and not subprocess.call(probe, stderr=subprocess.DEVNULL)
    except OSError:
        return False


mounting = pytest.mark.skipif(not may_mount(), reason="needs root and a mount namespace")


@pytest.mark.parametrize("shell", SHELLS)
def test_this_machine(shell: Sequence[str]) -> None:
    rows = {row["mount"]: row for row in asked(disks, shell)}
    root, real = rows["/"], os.statvfs("/")
    assert abs(root["size_bytes"] - real.f_blocks * real.f_frsize) < 1024
    assert root["inodes"] == real.f_files
    assert 0 <= root["used_percent"] <= 100
    assert not rows.keys() & {"/proc", "/sys"}


def test_busybox_alone(tmp_path: Path) -> None:
    ours = {row["mount"]: row["size_bytes"] for row in asked(disks, ("sh",), applets(tmp_path))}
    assert ours == {row["mount"]: row["size_bytes"] for row in asked(disks, ("sh",))}


class Waited(NamedTuple):
    at: Path
    text: str
    seconds: float


@pytest.fixture(scope="module")
def beside_a_dead_share(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[Sequence[str], Future[Waited]]]:
    def look(shell: Sequence[str]) -> Waited:
        at, begun = tmp_path_factory.mktemp("dead share"), time.monotonic()
        hanging = [*OWN_MOUNTS, sys.executable, "-c", HANGING, str(at)]
        return Waited(at, printed(disks, shell, within=hanging), time.monotonic() - begun)

    with in_every_shell(look) as looks:
        yield looks


@mounting
@pytest.mark.parametrize("shell", SHELLS)
def test_a_mount_that_never_answers_costs_nobody_else(
    shell: Sequence[str], beside_a_dead_share: dict[Sequence[str], Future[Waited]]
) -> None:
    at, text, seconds = beside_a_dead_share[shell].result()
    parsed = disks.parse(text, ASK)
    assert seconds < 15
    rows = {row["mount"]: row for row in parsed.rows}
    assert rows["/"]["size_bytes"]
    assert rows["/"]["cause"] is None
    assert rows[str(at)]["size_bytes"] is None
    assert rows[str(at)]["remote"]
    assert rows[str(at)]["cause"] == "df did not answer within 5 s"
    assert parsed.cause == f"{at}: df did not answer within 5 s"


@mounting
@pytest.mark.parametrize("busybox", [False, True], ids=["gnu", "busybox"])
def test_names(busybox: bool, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    names = ["a b", "t\tb", "n\nl", "ü 100%", "1 2 3 4% /x", r"back\040", "-k", "a*", "$(id)", "e "]
    each = 'cd "$0"; for d; do [ "$d" = -- ] && break; mkdir -p "./$d"; MOUNT; shift; done; shift'
    each = each.replace("MOUNT", 'mount -t tmpfs -o size=64k "my dev" "./$d"')
    within = [*OWN_MOUNTS, "/bin/sh", "-c", f'{each}; exec "$@"', str(tmp_path), *names, "--"]
    path = applets(tmp_path_factory.mktemp("applets")) if busybox else None
    if path:
        path = f"{path}:/usr/bin:/usr/sbin:/bin:/sbin"
    rows = disks.parse(printed(disks, ("sh",), path, within), ASK).rows
    found = {row["mount"]: row["size_bytes"] for row in rows}
    for name in names:
        assert found[f"{tmp_path}/{name}"] == 65536, name


def test_the_script_leaves_nothing_behind() -> None:
    script = wrap([(disks.NAME, disks.SECONDS, disks.script(ASK))])
    with subprocess.Popen(
        ["sh", "-c", script], stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        process.wait(30)
    time.sleep(0.3)
    command = ["ps", "-eo", "sid=,stat=,args="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    ours = [line.split(None, 2) for line in listed.splitlines()]
    # What has ended and waits for init to take note of it does not count.
    left = [args for sid, stat, args in ours if sid == str(process.pid) and stat[0] != "Z"]
    assert left == []


HEADING = "Filesystem 1024-blocks Used Available Capacity Mounted on"


def read(*lines: str, status: int = 0) -> df.Table:
    known = df.shown(["/", "/mnt/a b", "/mnt/new\nline"])
    return df.read(Section(lines, status), known)


def test_units_of_the_heading() -> None:
    for heading, unit in (("512-blocks", 512), ("1024-blocks", 1024), ("1K-blocks", 1024)):
        table = read(
            f"Filesystem {heading} Used Available Capacity Mounted on", "/dev/a 8 4 4 50% /"
        )
        assert table.figures["/"]["size"] == 8 * unit


@pytest.mark.parametrize(
    "lines",
    [
        ("Sys. de fichiers 1024-blocs Utilisé Disponible Capacité Monté sur", "/dev/a 8 4 4 50% /"),
        ("Dateisystem 1K-Blöcke Benutzt Verfügbar Verw% Eingehängt auf", "/dev/a 8 4 4 50% /"),
        ("S.ficheros bloques de 1K Usados Disponibles Uso% Montado en", "/dev/a 8 4 4 50% /"),
        ("Filesystem blocchi di 1K Usati Disponib. Uso% Montato su", "/dev/a 8 4 4 50% /"),
        ("Sist. Arq. Blocos de 1K Usado Disponível Uso% Montado em", "/dev/a 8 4 4 50% /"),
        ("Файловая система 1K-блоков Использовано Доступно Использовано% Cмонтировано в",
         "/dev/a 8 4 4 50% /"),
        ("ファイルシス 1K-ブロック 使用 使用可 使用% マウント位置", "/dev/a 8 4 4 50% /"),
        ("文件系统 1K-块 已用 可用 已用% 挂载点", "/dev/a 8 4 4 50% /"),
        ("Filesystem 1K-blocks Used Available Use% Eingehängt auf", "/dev/a 8 4 4 50% /"),
        ("Dateisystem 1K-blocks Used Available Use% Mounted on", "/dev/a 8 4 4 50% /"),
        ("Filesystem 1K-blokken Gebruikt Beschikbaar Geb% Mounted on", "/dev/a 8 4 4 50% /"),
        ("Filesystem Size Used Avail Use% Mounted on", "/dev/a 8,0K 4,0K 4,0K 50% /"),
        ("Filesystem 1M-blocks Used Available Capacity Mounted on", "/dev/a 8 4 4 50% /"),
        ("Filesystem 1024-blocks Used Available Capacity Mounted on", "/dev/a 8 4 4 /"),
        ("Filesystem 1024-blocks Used Available Capacity Mounted on", "/dev/a 8,5 4 4 50% /"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(lines: Sequence[str]) -> None:
    with pytest.raises(ParseError):
        read(*lines)


def test_a_line_that_is_no_record_is_told_and_costs_no_other() -> None:
    (row,) = parsed("what is this", "/dev/a 8 4 4 50% /", "total 8 4 4 50% -")
    assert (row["device"], row["size_bytes"]) == ("/dev/a", 8192)
    heading = "Filesystem 1024-blocks Used Available Capacity Mounted on"
    text = f"df|{heading}\ndf|what is this\ndf|/dev/a 8 4 4 50% /\ndf|/dev/b 1 x /b\ndf|=0\n"
    found = disks.parse(text, ASK)
    assert [row["mount"] for row in found.rows] == ["/"]
    assert found.cause == "no line of df: 'what is this' and 1 more"


def test_a_record_may_begin_with_a_blank_and_go_on_on_a_second_line() -> None:
    heading = "Filesystem 1024-blocks Used Available Capacity Mounted on"
    table = df.read(
        Section([heading, "  /dev/a 8 4 4 50% /", "long name", "   9 4 4 50% /x", " y"], 0),
        df.shown(["/", "/x\n y"]),
    )
    assert table.devices == {"/": "/dev/a", "/x\n y": "long name"}
    assert table.skipped == []


def test_blank_lines_do_not_part_a_name_from_its_figures() -> None:
    """As a support report of RHEL 6 has them, between the halves and between the records."""
    table = read(
        "Filesystem Inodes IUsed IFree IUse% Mounted on", "/dev/mapper/vg_a-lv_root", "",
        "             10     4   6    40% /", "", "/dev/b 100 1 99 1% /mnt/a b",
    )  # fmt: skip
    assert {at: figures["iused"] for at, figures in table.figures.items()} == {
        "/": 4,
        "/mnt/a b": 1,
    }
    assert table.devices["/"] == "/dev/mapper/vg_a-lv_root"
    assert table.skipped == []


@pytest.mark.parametrize(
    "message",
    [
        "df: /x: Permission denied",
        "/bin/df: `/x': Stale file handle",
        "bash: line 1: df: command not found",
        "sh[12]: df: not found",
    ],
)
def test_a_message_is_no_record(message: str) -> None:
    for lines in (
        (message, HEADING, "/dev/a 8 4 4 50% /"),
        (HEADING, "/dev/a 8 4 4 50% /", message),
    ):
        table = read(*lines, status=1)
        assert table.messages == [message]
        assert list(table.figures) == ["/"]
        assert table.skipped == []


def parsed(*records: str, options: str = "rw", more: str = "") -> list[Row]:
    heading = "Filesystem 1024-blocks Used Available Capacity Mounted on"
    text = f"mounts|/dev/a / ext4 {options} 0 0\nmounts|=0\n{more}"
    return list(
        disks.parse(
            f"{text}df|{heading}\n" + "".join(f"df|{r}\n" for r in records) + "df|=0\n", ASK
        ).rows
    )


@pytest.mark.parametrize(
    ("used", "available", "said", "percent"),
    [
        (0, 10, "0%", 0),
        (1, 999, "1%", 1),  # GNU rounds up,
        (1, 999, "0%", 0),  # BusyBox and the BSDs to the nearest
        (900, 50, "95%", 95),
        (900, 50, "90%", 95),  # of the size, which counts the reserve
        (900, 50, "-", 95),
        (10, 0, "100%", 100),
        (100, -5, "106%", 106),
    ],
)
def test_used_percent_is_what_df_says_and_never_of_size(
    used: int, available: int, said: str, percent: int
) -> None:
    (row,) = parsed(f"/dev/a 1000 {used} {available} {said} /")
    assert (row["used_bytes"], row["used_percent"]) == (used * 1024, percent)


def test_what_df_says_is_not_reckoned_anew() -> None:
    """Of a whole with a reserve, used + available is less; and reckoned only where it is silent."""
    table = read("Filesystem Inodes IUsed IFree IUse% Mounted on", "/dev/a 100 10 80 12% /")
    assert table.figures["/"]["inodes"] == 100
    table = read(
        "Filesystem 1024-blocks Free %Used Iused %Iused Mounted on", "/dev/a 8 3 63% 5 9% /"
    )
    assert (table.figures["/"]["used"], table.figures["/"].get("inodes")) == (5120, None)


def test_beyond_8_eib_there_is_a_cause_and_no_size() -> None:
    (row,) = parsed(f"/dev/a {2**54} {2**50} {2**54 - 2**50} 7% /")
    assert (row["size_bytes"], row["used_bytes"], row["used_percent"]) == (None, 2**60, 7)
    assert row["cause"] == "it reports 16 EiB"
    inodes = "inodes|Filesystem Inodes IUsed IFree IUse% Mounted on\n"
    inodes += f"inodes|/dev/a {2**64 - 1} 7 {2**64 - 8} 1% /\ninodes|=0\n"
    (row,) = parsed("/dev/a 8 4 4 50% /", more=inodes)
    assert (row["inodes"], row["inodes_used"], row["inodes_used_percent"]) == (None, 7, 1)


def test_8_eib_is_the_first_that_is_too_large() -> None:
    (row,) = parsed(f"/dev/a {2**53} 0 {2**53} 0% /")
    assert (row["size_bytes"], row["available_bytes"], row["cause"]) == (
        None,
        None,
        "it reports 8 EiB",
    )
    (row,) = parsed(f"/dev/a {2**53 - 1} 0 {2**53 - 1} 0% /")
    assert (row["size_bytes"], row["cause"]) == (2**63 - 1024, None)


def test_inodes_of_which_only_the_number_is_known() -> None:
    inodes = "inodes|Filesystem Inodes IUsed IFree IUse% Mounted on\n"
    (row,) = parsed("/dev/a 8 4 4 50% /", more=f"{inodes}inodes|/dev/a 100 - - - /\ninodes|=0\n")
    assert (row["inodes"], row["inodes_used"], row["inodes_used_percent"]) == (100, None, None)


def test_read_only_in_the_words_of_solaris_and_macos() -> None:
    lines = (
        "mount|/ on rpool/s-0 read only/setuid/dev=1 on Fri Feb 12 16:27:36 2018",
        "mount|/dev/disk3s1s1 on /x (apfs, sealed, local, read-only, journaled)",
        "mount|/y on rpool/y read/write/setuid/dev=2 on Fri Feb 12 16:27:36 2018", "mount|=0",
        f"df|{HEADING}", "df|rpool/s-0 8 4 4 50% /", "df|/dev/disk3s1s1 8 4 4 50% /x",
        "df|rpool/y 8 4 4 50% /y", "df|=0",
    )  # fmt: skip
    rows = disks.parse("".join(f"{line}\n" for line in lines), ASK).rows
    assert {row["mount"]: row["read_only"] for row in rows} == {"/": True, "/x": True, "/y": False}


def test_the_device_is_called_as_df_calls_it() -> None:
    (row,) = parsed("/dev/sda1 8 4 4 50% /")
    assert row["device"] == "/dev/sda1"
    for said in ("-", "rootfs", "/dev/?"):
        (row,) = parsed(f"{said} 8 4 4 50% /")
        assert row["device"] == "/dev/a"


def test_what_fstab_wants_stands_beside_what_is() -> None:
    more = "fstab|rw /\nfstab|ro /a\\040b\nfstab|=0\n"
    assert mounts.expected(["rw /", r"ro /a\040b"]) == {"/": False, "/a b": True}
    for options, found in (
        ("rw", False),
        ("ro,errors=remount-ro", True),
        ("rw,emergency_ro", True),
    ):
        (row,) = parsed("/dev/a 8 4 4 50% /", options=options, more=more)
        assert (row["read_only"], row["read_only_expected"]) == (found, False)
    (row,) = parsed("/dev/a 8 4 4 50% /")
    assert row["read_only_expected"] is None


def test_the_probe_tells_nothing_of_fstab_but_ro_and_where(tmp_path: Path) -> None:
    (tmp_path / "fstab").write_text(
        "# /etc/fstab\n\nUUID=1\t/ ext4\tdefaults 0 1\n  /dev/b /a\\040b xfs noatime,ro 0 0\n"
        "//f/s /s cifs user=u,password=hunter2,ro=x 0 0\nLABEL=swap none swap sw\nlast /l ext4 ro"
    )
    function = SCRIPT[SCRIPT.index("fstab() {") : SCRIPT.index("name() {")]
    for shell in ("sh", "bash"):
        done = subprocess.run(
            [shell, "-c", f"{function}fstab <{tmp_path}/fstab"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines() == ["rw /", r"ro /a\040b", "rw /s", "rw none", "ro /l"]


def test_columns_of_other_systems() -> None:
    table = read("Filesystem Type 1024-blocks Used Available Capacity Mounted on", "/dev/a ext3 8 4 4 50% /",
                 "proc proc 0 0 0 - /proc")  # fmt: skip
    assert table.types == {"/": "ext3", "/proc": "proc"}
    assert table.devices == {"/": "/dev/a", "/proc": "proc"}
    table = read("Filesystem 1K-blocks Used Avail %Cap iUsed iAvail %iCap Mounted on",
                 "/dev/wd0a 8 4 4 50% 10 90 10% /")  # fmt: skip
    assert table.figures["/"]["inodes"] == 100
    assert table.figures["/"]["available"] == 4096


@pytest.mark.parametrize(
    ("heading", "record", "figures"),
    [
        ("Filesystem kbytes used avail %used Mounted on", "/dev/vg00/lvol3 8 3 4 43% /",  # HP-UX
         {"size": 8192, "used": 3072, "available": 4096, "percent": 43}),
        ("Filesystem Type kbytes use avail %use Mounted on", "/dev/root xfs 8 3 5 38 /",  # IRIX
         {"size": 8192, "used": 3072, "available": 5120, "percent": 38}),
        ("Filesystem 1k-blocks Used Available Use% Mounted on", "/vmfs/volumes/a 8 3 5 38% /",
         {"size": 8192, "used": 3072, "available": 5120, "percent": 38}),
        ("Filesystem 512-blocks Used Available Capacity iused ifree %iused Mounted on",
         "/dev/disk1s1 8 3 4 43% 1507695 9223372036853268112 0% /",
         {"size": 4096, "used": 1536, "available": 2048, "percent": 43, "iused": 1507695,
          "ifree": 9223372036853268112, "ipercent": 0, "inodes": 9223372036854775807}),
    ],
)  # fmt: skip
def test_headings_of_other_systems(heading: str, record: str, figures: dict[str, int]) -> None:
    assert read(heading, record).figures["/"] == figures


def test_what_only_df_tells_of_is_known_by_its_name() -> None:
    """Where there is no table of mounts, a pseudo filesystem's device is called as its type."""
    heading = "Filesystem 1024-blocks Used Available Capacity Mounted on"
    lines = (
        heading, "/dev/wd0a 8 4 4 50% /", "kernfs 1 1 0 100% /kern", "ptyfs 1 1 0 100% /dev/pts",
        "procfs 4 4 0 100% /proc", "devfs 1 1 0 100% /dev", "map -hosts 0 0 0 100% /net",
        "/dev/loop0 8 8 0 100% /snap/core18/1223", "/dev/loop9 8 4 4 50% /mnt/image",
        "tmpfs 8 0 8 0% /run", "tmpfs 8 0 8 0% /sys/fs/cgroup", "shm 8 0 8 0% /dev/shm",
        "overlay 8 4 4 50% /var/lib/docker/overlay2/a/merged", "udev 8 0 8 0% /dev/udev",
        "none 8 4 4 50% /none",
    )  # fmt: skip
    rows = disks.parse("".join(f"df|{line}\n" for line in (*lines, "=0")), ASK).rows
    assert {row["mount"]: row["fs_type"] for row in rows} == {
        "/": None, "/mnt/image": None, "/none": None,
        "/run": "tmpfs", "/dev/shm": "tmpfs", "/dev/udev": "devtmpfs",
    }  # fmt: skip


def test_of_several_runs_of_figures_the_first_counts_unless_the_mount_is_known() -> None:
    heading = "Filesystem 1024-blocks Used Available Capacity Mounted on"
    table = read(
        heading, "map auto_home   9 5 4 50%   /x 8 4 4 50% /y", "1 2 3 4% /b 8 4 4 50% /mnt/a b"
    )
    assert table.figures["/x 8 4 4 50% /y"]["size"] == 9 * 1024
    assert table.figures["/mnt/a b"]["size"] == 8 * 1024
    assert table.devices == {"/x 8 4 4 50% /y": "map auto_home", "/mnt/a b": "1 2 3 4% /b"}


@pytest.mark.parametrize(
    ("line", "mount"),
    [
        ("/dev/ada0p2 on / (ufs, local, journaled soft-updates)", ("/dev/ada0p2", "/", "ufs")),
        ("MN - example.org (ftp.example.org):/ on /Volumes/MN - x.localized (nfs, asynchronous)",
         ("MN - example.org (ftp.example.org):/", "/Volumes/MN - x.localized", "nfs")),
        ("/dev/disk4s1 on /Volumes/any type of disk (apfs, local)",
         ("/dev/disk4s1", "/Volumes/any type of disk", "apfs")),
        ("/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)", ("/dev/disk3s1s1", "/", "apfs")),
        (".host:/VMware Shared Folders on /Volumes/VMware Shared Folders (vmhgfs)",
         (".host:/VMware Shared Folders", "/Volumes/VMware Shared Folders", "vmhgfs")),
        ("//a b@nas/x on /Volumes/My Share (smbfs, nodev)", ("//a b@nas/x", "/Volumes/My Share", "smbfs")),
        ("/dev/wd0a on / type ffs (local)", ("/dev/wd0a", "/", "ffs")),
        ("/ on rpool/ROOT/s-0 read/write/setuid/dev=4bd0b7e on Fri Feb  2 16:27:36 2018",
         ("rpool/ROOT/s-0", "/", "")),
        ("/mnt on /dev/dsk/c0 read only/setuid/dev=1 on Fri Feb 12 16:27:36 2018",
         ("/dev/dsk/c0", "/mnt", "")),
        ("192.0.2.1 /stage /mnt nfs3   Jul 17 13:24 ro,bg,hard", ("192.0.2.1:/stage", "/mnt", "nfs3")),
        ("         Global    /opt    jfs2   Nov 23 21:03 rw,log=NULL", ("Global", "/opt", "jfs2")),
    ],
)  # fmt: skip
def test_lines_of_mount(line: str, mount: tuple[str, str, str]) -> None:
    (found,) = mounts.table(sections(f"mount|{line}\nmount|=0\n"))
    assert (found.device, found.at, found.fs_type) == mount


def test_later_mount_hides_earlier_and_binds_are_one() -> None:
    listed = [
        mounts.Mount(1, "/dev/a", "/mnt", "ext4"),
        mounts.Mount(2, "/dev/b", "/mnt", "xfs"),
        mounts.Mount(3, "/dev/b", "/bound", "xfs"),
        mounts.Mount(4, "tmpfs", "/run", "tmpfs"),
        mounts.Mount(5, "tmpfs", "/tmp", "tmpfs"),
        mounts.Mount(6, "overlay", "/", "overlay"),
        mounts.Mount(7, "overlay", "/var/lib/docker/overlay2/1/merged", "overlay"),
        mounts.Mount(8, "/dev/loop1", "/snap/core/1", "squashfs"),
        mounts.Mount(9, "nas:/x", "/auto/x", "autofs"),
        mounts.Mount(10, "udev", "/dev", "devtmpfs"),
        mounts.Mount(11, "none", "/srv/chroot/dev", "devtmpfs"),
        mounts.Mount(12, "tank", "/tank", "zfs"),
        mounts.Mount(13, "tank", "/srv/tank", "zfs"),
        mounts.Mount(14, "/dev/fuse", "/one", "fuse"),
        mounts.Mount(15, "/dev/fuse", "/two", "fuse"),
        mounts.Mount(16, "/dev/c", "/c", "btrfs", ["rw", "subvol=/c"]),
        mounts.Mount(17, "/dev/c", "/d", "btrfs", ["rw", "subvol=/d"]),
        mounts.Mount(18, "/dev/c", "/e", "btrfs", ["rw", "noatime", "subvol=/d"]),
    ]
    found = [one.number for one in mounts.distinct(listed)]
    assert found == [2, 4, 5, 6, 10, 12, 14, 15, 16, 17]


@pytest.mark.parametrize(
    ("fs_type", "apart"),
    [("nfs4", True), ("fuse", True), ("fuse.sshfs", True), ("fuseblk", True), ("ext4", False)],
)
def test_what_may_hang_is_asked_by_itself(fs_type: str, apart: bool) -> None:
    assert mounts.Mount(1, "/dev/a", "/x", fs_type).apart is apart


def test_four_words_make_a_mount() -> None:
    for section, line in (
        ("mounts", r"/dev/a /a\040b ext4 rw,x"),
        ("mnttab", "/dev/a\t/a b\tufs\trw,x"),
    ):
        (found,) = mounts.table(sections(f"{section}|{line}\n{section}|=0\n"))
        assert (found.device, found.at, list(found.options)) == ("/dev/a", "/a b", ["rw", "x"])
        with pytest.raises(ParseError):
            mounts.table(sections(f"{section}|{line[:-5]}\n{section}|=0\n"))


@pytest.mark.parametrize(
    ("device", "fs_type", "remote"),
    [
        ("nas:/x", "nfs4", True),
        ("//filer/x", "cifs", True),
        ("me@nas:/x", "fuse.sshfs", True),
        ("s3fs", "fuse.s3fs", True),
        ("/dev/sda1", "fuseblk", False),
        ("a:b", "fuse.mergerfs", False),
        ("tank:x/y", "zfs", False),
        ("10.0.0.1:6789:/", "ceph", True),
        ("[fd00::1]:/x", "", True),
        ("/dev/sda1", "", False),
        (".host:/Shared Folders", "vmhgfs", True),
        ("vmhgfs-fuse", "fuse.vmhgfs-fuse", True),
    ],
)
def test_remote(device: str, fs_type: str, remote: bool) -> None:
    assert mounts.Mount(1, device, "/x", fs_type).remote is remote


@pytest.mark.parametrize(
    ("lost", "status", "cause"),
    [("inodes", 137, "no inodes: df ended with 137"), ("mounts", 1, "the table of mounts")],
)
def test_a_whole_table_that_is_lost_is_named(lost: str, status: int, cause: str) -> None:
    sample = Path(__file__).parent.parent / "fixtures" / "disks" / "ubuntu-24.04.txt"
    kept = [line for line in sample.read_text().splitlines() if not line.startswith(f"{lost}|")]
    text = "\n".join([*kept, f"{lost}|={status}", ""])
    assert cause in disks.parse(text, ASK).cause
