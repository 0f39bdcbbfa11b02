"""What the pages say of rows and findings: the same day, the same mark, the whole of a line."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from report import lines, pages
from report.findings import summarise
from report.grids import frame_grid
from report.marks import MID
from report.markup import Col, quoted, table
from report.reading import View, view
from report.rules.certificates import running_out
from report.sections import standing
from report.sections.disks import page as disks_page
from report.silences import Silence
from report.store import Day
from report.thresholds import Thresholds
from report.words import beginning, days_until, last_day
from tests.report import days
from tests.report.fleets import DATE, GIB, TO, Fleet
from tests.report.test_pages import read

LONG = "EXT4-fs error (device dm-1): ext4_journal_check_start:84: comm rsyslogd: Detected aborted"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MORE = ("kernel", "memory", "certificates", "lifecycle", "updates", "timers", "checks", "backups")


def fleet(*hosts: str) -> Fleet:
    made = Fleet()
    for host in hosts:
        made.host(host, host.rstrip("0123456789"), days.DEBIAN)
        made.add("servers", host, state="up", system_state="running", failed_units="")
        made.disk(host, "/", 40, 30)
        made.runs(host, 40)
        for collector in (*days.COLLECTORS, *MORE):
            made.outcome(host, collector)
    return made


def many() -> Fleet:
    return fleet(*(f"web{n:02}" for n in range(1, 8)))


def day_of(made: Fleet, **info: object) -> Day:
    return made.day(sections=["servers", "disks", "logins", "uptime", "health", "upkeep"], **info)


def html(name: str, day: Day) -> str:
    return str(getattr(pages, name)(view(day))._repr_html_())


def said(name: str, day: Day) -> str:
    return read(html(name, day)).text


def row(page: str, begins: str) -> str:
    """Return the row of a table in which something stands."""
    return next(one for one in re.findall(r"<tr>.*?</tr>", page, re.S) if begins in one)


def test_what_a_server_said_is_whole_or_its_beginning() -> None:
    made = fleet("web01")
    made.add("kernel", "web01", at=TO - timedelta(hours=3), kind="io", subject="sda", count=1,
             message=LONG)  # fmt: skip
    made.add("kernel", "web01", at=TO - timedelta(hours=2), kind="oom", subject="java", count=1,
             message=f"begins {'and goes on ' * 40}ends")  # fmt: skip
    told = said("health", day_of(made))
    assert LONG in told
    assert "begins and goes on" in told
    assert "on ends" not in told


def test_a_text_is_cut_at_its_end_between_words() -> None:
    assert beginning("one two three", 13) == "one two three"
    assert beginning("one two three, four", 15) == "one two three …"
    assert len(beginning("x" * 99, 20)) <= 21
    assert beginning(None, 9) == "–"
    assert "\u202e" not in beginning("a\u202eb" * 9, 12)
    drawn = str(table([Col("", 1)], [(quoted("<b>" + "w " * 60),)]))
    assert "…" not in drawn
    assert "&lt;b&gt;" in drawn


@pytest.mark.parametrize(
    ("at", "left"),
    [
        (datetime(2026, 11, 22, 1, 14, tzinfo=UTC), -1),
        (datetime(2026, 11, 23, 4, 0, tzinfo=UTC), 0),
        (datetime(2026, 11, 23, 22, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 23, 23, 1, tzinfo=UTC), 1),  # it is the 24th there
        (datetime(2026, 11, 28, 1, 14, tzinfo=UTC), 5),
    ],
)
def test_days_are_those_of_a_calendar(at: datetime, left: int) -> None:
    assert days_until(at, TO, AMSTERDAM) == left


def test_the_days_of_a_certificate_are_the_same_in_its_row_and_its_finding() -> None:
    made = fleet("web01", "web02", "web03")
    for host, at in (("web01", datetime(2026, 11, 22, 1, 14, tzinfo=UTC)),
                     ("web02", datetime(2026, 11, 28, 1, 14, tzinfo=UTC)),
                     ("web03", datetime(2026, 12, 24, 1, 14, tzinfo=UTC))):  # fmt: skip
        made.add("certificates", host, source=f"/etc/{host}.pem", position=1, not_after_at=at,
                 subject=f"CN=shop.example.org,O={host}")  # fmt: skip
    made.add("timers", "web01", unit="certbot.timer", state="overdue",
             last_at=datetime(2026, 11, 8, 0, 0, tzinfo=UTC))  # fmt: skip
    day = day_of(made)
    assert [one.sentence for one in running_out(view(day))] == [
        "Certificate /etc/web01.pem (CN=shop.example.org,O=web01) ran out on 22 Nov 2026.",
        "Certificate /etc/web02.pem (CN=shop.example.org,O=web02) runs out in 5 days, on 28 Nov "
        "2026.",
    ]
    told = said("upkeep", day)
    assert "web01/etc/web01.pem, for shop.example.org22 Novexpired" in told
    assert "web02/etc/web02.pem, for shop.example.org28 Nov5" in told
    assert "2 certificates; 1 more is good for 31 days or longer" in told
    assert "web01: certbot.timer is overdue, last run 8 Nov." in told


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_support_ends_on_the_same_day_everywhere(zone: str) -> None:
    made = fleet("web01", "web02")
    ends = datetime(2026, 7, 11, 23, 59, 59, tzinfo=UTC)
    assert last_day(ends) == date(2026, 7, 11)
    later = datetime(2032, 5, 31, 23, 59, 59, tzinfo=UTC)
    made.add("lifecycle", "web01", os_name="Debian", os_version="12", state="extended",
             ends_at=ends, extended_ends_at=datetime(2028, 6, 30, 23, 59, 59, tzinfo=UTC))  # fmt: skip
    made.add(
        "lifecycle", "web02", os_name="Rocky", os_version="9", state="supported", ends_at=later
    )
    day = day_of(made, time_zone=zone)
    told = said("upkeep", day)
    assert "Debian 12111 Jul 202630 Jun 2028web01" in told
    assert "1 more is supported, Rocky 9 until 31 May 2032" in told
    (found,) = [one for one in summarise(view(day)).findings if one.kind == "end-of-life"]
    assert "11 Jul 2026" in found.sentence
    assert "30 Jun 2028" in found.sentence


def test_a_mark_is_that_of_the_finding() -> None:
    made = fleet("app01", "app02", "db01")
    for host, used in (("app01", 98), ("app02", 93), ("db01", 75)):
        made.add("memory", host, total_bytes=32 * GIB, available_bytes=GIB, used_percent=used)
    page = html("health", day_of(made))
    assert 'aria-label="critical"' in row(page, "app01")
    assert 'aria-label="warning"' in row(page, "app02")
    assert "2 of 3 servers; then db01, 75 %" in read(page).text
    assert "<b>db01</b>" not in page


def test_what_is_silenced_has_no_mark_is_not_counted_and_says_until_when() -> None:
    made = fleet("web01", "web02")
    for host, name in (("web01", "wiki"), ("web02", "shop")):
        made.add("backups", host, name=name, state="missing", files=0)
    quiet = Silence(host="web01", kind="backup", object="wiki", author="ana", reason="moves",
                    until=DATE + timedelta(days=21))  # fmt: skip
    page = html("upkeep", day_of(made, silences=[quiet]))
    assert "aria-label" not in row(page, "wiki")
    assert "silenced until 14 Dec 2026" in row(page, "wiki")
    assert 'aria-label="critical"' in row(page, "shop")
    assert "web02 has a backup that is not as it should be, and one silenced." in read(page).text


def test_headlines_name_who_has_what_and_counts_add_up() -> None:
    made = fleet("web01", "web02", "web03")
    made.add("memory", "web01", total_bytes=GIB, available_bytes=1, used_percent=99)
    made.add("checks", "web02", check="http", state="critical", text="503")
    for host in ("web02", "web03"):
        made.add("checks", host, check="queue", state="warning", text="slow")
    day = day_of(made)
    told = said("health", day)
    assert "web02 has a check that fails and web01 little memory left; two more to see to." in (
        told
    )  # fmt: skip
    assert len([one for one in summarise(view(day)).findings if one.section == "health"]) == 4
    assert "Nothing to see to." in said("upkeep", day)


def test_restarts_stand_by_reason_and_name_every_host() -> None:
    made = many()
    for n in range(1, 8):
        why = "kernel 6.12.117+deb13-amd64 runs, 6.12.118+deb13-amd64 is installed"
        made.add("updates", f"web{n:02}", pending=5, security=0, reboot_required=n > 1,
                 reboot_reason=why if n > 1 else None)  # fmt: skip
    told = said("upkeep", day_of(made))
    assert "Restart due on 6 hosts" in told
    assert "web02, web03, web04, web05, web06 and web07kernel 6.12.117+deb13-amd64 runs, " in told
    assert "6.12.118+deb13-amd64 is installed" in told
    assert "No security update pending on 7 servers read; 7 servers have others pending" in told


def test_updates_of_which_it_is_not_known_what_they_are_are_not_called_harmless() -> None:
    made = fleet("web01", "web02", "web03", "web04")
    for host, pending, security in (("web01", 4, 0), ("web02", 5, None), ("web03", None, None),
                                    ("web04", 0, 0)):  # fmt: skip
        made.add("updates", host, pending=pending, security=security)
    page = html("upkeep", day_of(made))
    told = read(page).text
    assert "1 of 4 servers; 2 servers have others pending, at most 5; on 1 not known if for" in told
    assert 'aria-label="unread"' in row(page, "web03")


def test_a_server_that_is_up_with_a_critical_finding_is_marked_so() -> None:
    made = many()
    made.disk("web02", "/srv", 100, 99)
    for _ in range(3):
        made.login("web03", 60, "failed", "root", source_ip="203.0.113.9", count=900)
    page = html("servers", day_of(made))
    assert 'class="cell up critical" title="web02, up, with a critical finding"' in page
    assert 'class="cell up" title="web03, up"' in page  # who tries says nothing of the server
    assert re.search(r"<b>6</b> up<.*<b>1</b> up, with a critical finding", page)


def test_failed_units_are_told_once_with_what_they_said() -> None:
    day = days.worst()
    page = html("servers", day)
    assert "Failed units" not in page
    assert len(re.findall(r"<b>app12</b>", page)) == 1
    assert "logrotate.service" in page
    assert "snapd.service" in page  # more than the three that page 1 names


def test_systems_name_their_kernels() -> None:
    made = many()
    for one, kernel in zip(made.rows["hosts"], ["6.1.0-9", "6.1.0-9", "6.1.0-8"], strict=False):
        one["kernel"] = kernel
    told = said("servers", day_of(made))
    assert "1 system, on 7 servers; 1 with more than one kernel" in told
    assert "Debian 1276.1.0-28-amd64 (4), 6.1.0-9 (2), 6.1.0-8 (1)" in told


def test_networks_count_what_failed_and_who_never_did_is_named() -> None:
    made = many()
    for n in range(4):
        made.login("web01", 60 + n, "failed", f"user{n}", source_ip=f"198.51.100.{n}", count=9)
    made.login("web02", 900, "accepted", "ana", source_ip="198.51.100.23")
    made.login("web01", 950, "accepted", "ben", source_ip="198.51.100.2")
    told = said("logins", day_of(made))
    assert "198.51.100.0/2436241407:0007:03" in told
    assert "4addresses failed to log in.1of them also got in." in told
    assert "198.51.100.23 got in without a failure, from a network in which others failed." in told


def test_logins_to_explain_say_by_what_and_the_headline_names_each_critical_one() -> None:
    made = many()
    made.login("web01", 10, "failed", "ana", source_ip="203.0.113.7", count=14)
    made.login("web01", 20, "accepted", "ana", source_ip="203.0.113.7", method="publickey")
    made.login("web02", 30, "accepted", "root", source_ip="10.0.0.9", method="password")
    page = html("logins", day_of(made))
    assert "root came in by password on web02 and somebody after many failures on web01." in page
    assert re.search(r"after 14 failed logins from there\.</td><td[^>]*>key</td>", page)
    assert "Came in once: by password, from 10.0.0.9." in read(page).text


def test_a_crash_is_said_first() -> None:
    made = many()
    for n, host in enumerate(("web01", "web02", "web03", "web04")):
        days.change(made, "uptime", host, booted_at=TO - timedelta(hours=n + 1),
                    uptime_seconds=3600 * (n + 1), last_stop="crashed" if n == 2 else None)  # fmt: skip
    told = said("uptime", day_of(made))
    assert "web03 crashed and restarted at 03:00; 3 more rebooted." in told
    assert "not known" in told
    assert "None at 1 per core or above; web01 has most, 0.20 in 15 minutes." in told


def test_without_a_reboot_the_longest_is_said_by_its_day() -> None:
    made = many()
    days.change(made, "uptime", "web05", booted_at=TO - timedelta(days=1094.87),
                uptime_seconds=int(1094.87 * 86400))  # fmt: skip
    told = said("uptime", day_of(made))
    assert "No reboot in the period on 7 servers read; web05 has run since 24 Nov 2023." in told
    assert "Shortest and longest" in told


def test_filesystems_above_their_limit_are_counted_once() -> None:
    limits = Thresholds.model_validate({"mounts": {"/calm": {"disks": {"free_gib": 10}}}})
    made = many()
    for n in range(1, 8):
        made.disk(f"web{n:02}", "/var", 40, 40)
    made.disk("web01", "/srv", 100, 91)
    made.disk("web02", "/calm", 200, 90)  # 20 GiB are free
    made.disk("web03", "/mail", 100, 20, 97)
    made.disk("web04", "/big", 9000, 86)
    day = day_of(made, thresholds=limits)
    told = read(str(disks_page(view(day)).html)).text
    found = [one for one in summarise(view(day)).findings if one.question == "Filling"]
    assert len(found) == 2
    assert "2 are above their limit: 1 of the 3 at 85 % and 1 by inodes" in told
    assert (
        "web02 /calm is 90 % full. No alarm: 20 of 200 GiB are free, and 10 GiB would do." in told
    )
    assert "; 1 more is above its limit." in told


def test_how_findings_stand_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    known: View = view(day_of(many()))
    calls: list[int] = []

    def counted(one: View) -> object:
        calls.append(1)
        return summarise(one)

    monkeypatch.setattr(standing, "summarise", counted)
    assert standing.stands(known, "web01", "memory") == standing.NOTHING
    standing.stands(known, "web02", "memory")
    assert len(calls) == 1


def test_a_caption_shows_text_from_servers_as_a_cell_does() -> None:
    made = many()
    made.login("web01", 30, "accepted", "root", source_ip="10.0.0.9", method="用户\u202e")
    made.login("web01", 40, "accepted", "用户", service="sudo", target_user="root", method=None)
    page = html("logins", day_of(made))
    assert "\\u7528\\u6237\\u202e" in page
    assert "用" not in page


def test_on_the_sheet_support_ends_on_that_day_too() -> None:
    made = fleet("web01")
    made.add("lifecycle", "web01", os_name="Debian", os_version="12", state="extended",
             ends_at=datetime(2026, 7, 11, 23, 59, 59, tzinfo=UTC))  # fmt: skip
    sheet = frame_grid(day_of(made), "lifecycle")
    at = [one.head for one in sheet.columns].index("ends_at")
    assert sheet.columns[at].kind == "day"
    assert sheet.rows[0][at] == date(2026, 7, 11)
    assert sheet.rows[0][at + 1] is None


def test_of_one_server_it_is_said_once_that_it_has_all_of_this() -> None:
    made = fleet("web01")
    made.add("memory", "web01", total_bytes=GIB, available_bytes=1, used_percent=99)
    made.add("checks", "web01", check="http", state="critical", text="503")
    told = said("health", day_of(made))
    assert "It has a check that fails and little memory left." in told


def test_a_panel_shows_when_it_is_full_though_the_wedge_is_thin() -> None:
    def drawn(wedge: lines.Wedge | None) -> str:
        return str(lines.filling([90.0, 96.0, 98.0], 14, 85, wedge, False, 0, "alt", DATE))

    bars = [drawn(one).count(f'fill="{MID}"') for one in
            (None, lines.Wedge(2, 8), lines.Wedge(9, 9), lines.Wedge(20, 30))]  # fmt: skip
    assert bars == [0, 1, 1, 0]  # beyond what is drawn there is no day to show
