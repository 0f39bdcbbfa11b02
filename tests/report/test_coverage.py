"""The pages of coverage and of how the report was made: what was read, by whom, and what not."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from report import pages
from report.markup import Col, table
from report.pdf import make_pdf
from report.store import Day
from tests.report import days
from tests.report.fleets import COLLECTORS, Fleet
from tests.report.printing import page_of

SYSTEM = ("debian", "Debian", "12", "6.1")


def fleet(hosts: int = 6) -> Fleet:
    made = Fleet()
    for n in range(1, hosts + 1):
        name = f"web{n}"
        made.host(name, "web", SYSTEM)
        made.add("servers", name, state="up", system_state="running", failed_units="")
        made.disk(name, "/", 40, 50)
        made.runs(name, 100)
        for collector in COLLECTORS:
            made.outcome(name, collector)
    return made


def down(made: Fleet, name: str) -> None:
    made.host(name, "web", SYSTEM, ok=False)
    made.unread(name, "unreachable", f"no route to {name}: No route to host", "down")


def text(page: object) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", str(page._repr_html_()))).split())  # type: ignore[attr-defined]


def said(day: Day) -> str:
    return text(pages.coverage(day))


def test_only_what_was_not_read_everywhere_has_a_row_and_all_else_is_named() -> None:
    made = fleet()
    down(made, "web7")
    days.fail(made, "web1", "logins", "no_permission", "root alone may read the log")
    days.fail(made, "web2", "uptime", "not_applicable", "a container has none")
    found = said(made.day())
    assert "6 of 7 servers read, 5 in full; not read: web7." in found
    assert "1 of 4 collectors not read everywhere on the 6 servers that answered" in found
    assert (
        "Collector read no permission logins 5 1 Read in full on all 6: servers and disks." in found
    )
    assert "Read wherever there is such a thing: uptime 5." in found
    assert "Unreachable: no route to web7 " in found


def test_where_all_was_read_there_is_no_table() -> None:
    found = said(fleet().day())
    assert (
        "All 6 servers answered, and were read in full. Collectors all 4 read everywhere" in found
    )
    assert "Read in full on all 6: servers, uptime, disks and logins." in found
    alone = said(fleet(1).day())
    assert "Collectors all 4 read Read in full: servers, uptime, disks and logins." in alone


def test_what_one_server_lacks_is_one_row_and_what_mends_it_stands_there_once() -> None:
    made = fleet()
    mended = "add the user to group adm or systemd-journal"
    for host in ("web1", "web2"):
        days.fail(made, host, "disks", "no_permission", f"disks may not be read: {mended}")
        days.fail(made, host, "logins", "no_permission",
                  f"/var/log/auth.log may not be read: {mended}; or let a group read it")  # fmt: skip
        days.fail(made, host, "uptime", "partial", "root alone knows the load")
    found = said(made.day())
    assert (
        "web1 and web2 part of uptime, disks and logins No permission: disks may not be read. "
        f"/var/log/auth.log may not be read: {mended}; or let a group read it. "
        "Partly read: root alone knows the load"
    ) in found
    assert found.count("No permission:") == 1


def test_a_cause_of_many_servers_stays_one_row() -> None:
    made = fleet()
    for n in range(1, 6):
        days.fail(made, f"web{n}", "logins", "no_permission", "root alone may read the log")
    days.fail(made, "web2", "disks", "timed_out", "df did not answer")
    found = said(made.day())
    assert "web1, web2, web3, web4 and web5 logins No permission: root alone may read" in found
    assert "web2 disks Timed out: df did not answer" in found


def test_notes_that_differ_in_a_day_are_one() -> None:
    made = fleet()
    for n, on in ((1, "2025-06-11"), (2, "2025-05-27"), (3, "2025-06-11")):
        days.remark(made, f"web{n}", "disks", f"looked up on {on}, more than a year ago")
    days.remark(made, "web4", "disks", "seen on 2025-01-01 and on 2025-01-02")
    days.remark(made, "web5", "disks", "seen on 2025-01-01 and on 2025-01-03")
    found = said(made.day())
    assert "Noted 3 notes" in found
    assert (
        "web1, web2 and web3 disks Looked up between 2025-05-27 and 2025-06-11, more than a year "
        "ago" in found
    )


def test_an_id_that_cannot_be_silenced_says_so_and_others_do_not() -> None:
    made = fleet()
    for name in ("web7", "web8"):
        down(made, name)
    made.disk("web1", "/srv", 100, 97)
    found = said(made.day())
    assert "web7 server-down and 1 more host, cannot be silenced" in found
    assert found.count("cannot be silenced") == 1
    assert "web1 disk-full /srv" in found


def test_the_last_page_says_what_was_read_and_no_place_of_this_machine(tmp_path: Path) -> None:
    made = fleet()
    down(made, "web7")
    day = made.day()
    moved = Day(tmp_path / "elsewhere" / "output" / "2026-11-23", day.info, day.frames)
    found = text(pages.made(moved))
    assert "6 of 7 servers read within 39 s." in found
    assert "Snapshot output/2026-11-23/data" in found
    assert str(tmp_path) not in found
    assert "a disk with 1 TiB or more free is no finding, however full" in found
    assert found == text(pages.made(day))


@pytest.mark.parametrize("columns", [8, 9, 10, 11])
def test_heads_beside_one_another_leave_a_gap(columns: int) -> None:
    import pypdfium2

    cols = [Col("no permission", 20, "n") for _ in range(columns)]
    made = make_pdf(page_of(table(cols, [[1] * len(cols)])), 60, 2048)
    page = pypdfium2.PdfDocument(made)[0].get_textpage()
    every = page.get_text_range()
    boxes = [page.get_charbox(n) for n in range(page.count_chars())]
    ends = [one.end() - 1 for one in re.finditer("permission", every)]
    follows = [(boxes[end], boxes[one.start()]) for end in ends
               if (one := re.compile("[np]").search(every, end + 1))]  # fmt: skip
    gaps = [after[0] - before[2] for before, after in follows if after[0] > before[2]]
    assert gaps and min(gaps) > 5
