"""What is no finding although it is there: planned by a window, or silenced by a person."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from collectors.errors import SettingsError
from report import derived, store
from report.contract import Summary
from report.findings import summarise
from report.loading import load_settings
from report.maintenance import Window
from report.pages import coverage, servers, today
from report.reading import view
from report.scopes import Told
from report.sections import quiet
from report.sections.quiet import MOST_IDS
from report.silences import Silence
from report.store import Day
from tests.report import days
from tests.report.fleets import DATE, TO, Fleet

SYSTEM = ("debian", "Debian", "12", "6.1")
AMS = ZoneInfo("Europe/Amsterdam")


def at(text: str) -> datetime:
    """Return a moment in Amsterdam."""
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=AMS)


@pytest.mark.parametrize(
    ("said", "moment", "end"),
    [
        ({"weekly": "mon 05:00-07:00"}, "23 06:00", "23 07:00"),  # a Monday
        ({"weekly": "mon 05:00-07:00"}, "23 07:00", None),
        ({"weekly": "mon 05:00-07:00"}, "24 06:00", None),
        ({"weekly": "sun 22:00-04:00"}, "23 03:59", "23 04:00"),
        ({"weekly": "sun 22:00-04:00"}, "22 03:59", None),
        ({"weekly": "tue,mon 5:00-7:00"}, "24 06:00", "24 07:00"),
        ({"weekly": "daily 05:00-07:00"}, "26 06:00", "26 07:00"),
        ({"weekly": "mon 00:00-02:00", "zone": "America/New_York"}, "23 06:30", "23 08:00"),
        ({"from": "2026-11-22 20:00", "until": "2026-11-23 06:30"}, "23 06:00", "23 06:30"),
        ({"from": date(2026, 11, 22), "until": date(2026, 11, 23)}, "23 23:59", "24 00:00"),
        ({"from": datetime.fromisoformat("2026-11-22 20:00"), "until": "2026-11-23"}, "24 00:00", None),
        ({"from": "2026-11-23T05:00Z", "until": "2026-11-23T05:30Z"}, "23 06:10", "23 06:30"),
    ],
)  # fmt: skip
def test_windows(said: dict[str, Any], moment: str, end: str | None) -> None:
    found = Window.model_validate({"reason": "patches", **said}).end(at(moment), AMS)
    assert found == (at(end) if end else None)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"weekly": "saturday 22:00-04:00"}, "is not understood; it would be like `sat"),
        ({"weekly": "sat 25:00-26:00"}, "is not understood"),
        ({"weekly": "day 22:00-23:00"}, "is not understood"),
        ({}, "is no window"),
        ({"weekly": "sat 22:00-04:00", "from": "2026-11-23"}, "is no window"),
        ({"from": "2026-11-23"}, "has one end only"),
        ({"from": "2026-11-24", "until": "2026-11-23"}, "ends before it begins"),
        ({"from": "2026-11-24 06:00", "until": "2026-11-24 06:00"}, "ends before it begins"),
        ({"from": "2026-11-24 06:00", "until": "2026-11-24 05:00+02:00"}, "ends before it begins"),
        ({"from": "tomorrow", "until": "2026-11-23"}, "'tomorrow' is no time"),
        ({"weekly": "sat 22:00-04:00", "zone": "Mars"}, "it would be a name like"),
        ({"weekly": "sat 22:00-04:00", "reason": ""}, "at least 1 character"),
    ],
)  # fmt: skip
def test_what_is_no_window_is_said(said: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        Window.model_validate({"reason": "patches", **said})


def scopes(**places: Any) -> dict[str, Told]:
    window = {"from": "2026-11-23 02:00", "until": "2026-11-23 07:00", "reason": "new switch"}
    return {
        place.replace("__", "."): Told.model_validate({"maintenance": [window | more]})
        for place, more in places.items()
    }


def fleet() -> Fleet:
    made = Fleet()
    days.ordinary(made, {"web": ["web01", "web02", "web03"], "db": ["db01"]}, {"db01", "web03"})
    for host in ("db01", "web03"):
        why = days.no_answer if host == "db01" else days.no_route
        made.unread(host, "unreachable", why(host), "down")
    return made


def test_a_server_that_is_down_in_its_window_is_planned_and_still_not_read() -> None:
    day = fleet().day(scopes=scopes(groups__db={}))
    summary = summarise(day)
    assert [one.subject for one in summary.findings] == ["web03"]
    (one,) = summary.planned
    assert one.subject == "db01"
    assert one.sentence == (
        "Down: in maintenance until 07:00: new switch; timed out, waiting for a TCP "
        "connection to db01."
    )
    assert (summary.hosts, summary.hosts_read) == (4, 2)
    assert "1 planned" in summary.lead
    planned = [gap for gap in summary.unread if gap.planned]
    assert [gap.hosts for gap in planned] == [("db01",)]
    assert "in maintenance until" in planned[0].cause
    up = summary.figures[0]
    assert (up.value, up.note) == ("2", "1 down, 1 not up")  # as much as fits


def test_planned_is_an_open_diamond_on_the_page() -> None:
    day = fleet().day(scopes=scopes(groups__db={}))
    # Planned, not read, and among the signs that are explained.
    assert today(day).html.count('aria-label="planned"') == 3
    assert "In maintenance" in servers(day).html
    assert "Planned" in today(day).html
    assert "Planned" not in today(fleet().day()).html


def test_a_window_that_is_over_plans_nothing() -> None:
    over = scopes(groups__db={"until": "2026-11-23 05:00"})
    assert len(summarise(fleet().day(scopes=over)).findings) == 2


def test_a_start_and_a_failed_unit_in_a_window_are_planned() -> None:
    made = fleet()
    days.change(made, "uptime", "web01", booted_at=TO - timedelta(hours=2))
    days.change(made, "uptime", "web02", booted_at=TO - timedelta(hours=8))
    days.change(made, "servers", "web01", state="degraded", failed_units="a.service")
    summary = summarise(made.day(scopes=scopes(groups__web={}, hosts__db01={})))
    assert [(one.kind, one.subject) for one in summary.findings] == [("rebooted", "web02")]
    assert [(one.kind, one.subject) for one in summary.planned] == [
        ("server-down", "db01"), ("server-down", "web03"), ("server-degraded", "web01"),
        ("rebooted", "web01"),
    ]  # fmt: skip


def saved(output: Path, on: date, **info: Any) -> Day:
    """Save the fleet's day as that of a date."""
    day = fleet().day(report_date=on, **info)
    folder = store.day_folder(output, on)
    output.mkdir(exist_ok=True)
    store.save(folder, day.info, day.frames, {})
    made = store.load(output, on)
    derived.save(made)
    return made


def test_what_outlasts_its_window_is_new_the_day_after(tmp_path: Path) -> None:
    saved(tmp_path, DATE - timedelta(days=2))
    saved(tmp_path, DATE - timedelta(days=1), scopes=scopes(groups__db={}))
    summary = summarise(saved(tmp_path, DATE))
    states = {one.subject: one.state for one in summary.findings}
    assert states == {"web03": "ongoing", "db01": "new"}


def silence(**said: Any) -> Silence:
    whole = {"author": "anna", "reason": "ordered", "until": date(2026, 12, 1)}
    return Silence.model_validate(whole | said)


def full(*silences: Silence, **info: Any) -> Summary:
    made = Fleet()
    days.ordinary(made, {"web": ["web01"], "db": ["db01", "db02"]}, set())
    for host in ("web01", "db01", "db02"):
        made.disk(host, "/srv/data", 100, 91)
        days.change(made, "uptime", host, booted_at=TO - timedelta(hours=8))
    made.rows["uptime"][2]["last_stop"] = "crashed"
    return summarise(made.day(silences=list(silences), **info))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"host": "db*", "kind": "disk-full"}, ["web01"]),
        ({"host": "db", "object": "/srv/*", "kind": "disk*"}, ["web01"]),  # the group's name
        ({"finding": "db01 disk-full /srv/data"}, ["db02", "web01"]),
        ({"finding": "db01 disk-full /srv"}, ["db01", "db02", "web01"]),
        ({"kind": "disk-full"}, []),
        ({"kind": "disk-full", "until": date(2026, 11, 23)}, []),  # to the end of that day
        ({"object": "/var"}, ["db01", "db02", "web01"]),
    ],
)
def test_a_silence_covers_what_it_names(said: dict[str, Any], left: list[str]) -> None:
    summary = full(silence(**said))
    told = [one for one in summary.findings if one.kind == "disk-full"]
    assert sorted(one.subject for one in told) == left
    assert len(summary.silenced) == 3 - len(left)
    above = next(one for one in summary.figures if one.label == "Disks above limit")
    assert above.value == "3"  # counted all the same
    assert ("silenced" in summary.lead) == (len(left) < 3)


def test_a_silence_that_ended_says_so_and_an_old_one_does_not() -> None:
    ended = full(silence(host="db01", kind="disk-full", until=date(2026, 11, 20)))
    (one,) = [f for f in ended.findings if f.kind == "disk-full" and f.subject == "db01"]
    assert one.sentence.endswith("; the silence of anna ended on 20 Nov 2026.")
    assert not ended.silenced
    assert [(each.finding, each.author) for each in ended.ended] == [(one, "anna")]
    assert "1 silence ended." in ended.lead
    said = re.sub(r"<[^>]*>", " ", str(quiet.silenced(ended)))
    assert "ended 20 Nov 2026" in said and "anna" in said
    old = full(silence(host="db01", kind="disk-full", until=date(2026, 10, 20)))
    assert not any("silence of" in one.sentence for one in old.findings)
    assert not old.ended and "ended" not in old.lead


def test_of_a_finding_about_many_the_others_are_told() -> None:
    made = Fleet()
    days.ordinary(made, {"web": [f"web{n}" for n in range(1, 7)]}, set())
    for n in range(1, 7):
        made.add("updates", f"web{n}", security=3, packages="openssl")
    quiet = [silence(host="web[12]", kind="updates")]
    summary = summarise(made.day(silences=quiet, sections=["upkeep"]))
    (one,) = summary.findings
    assert (one.subject, one.hosts) == ("4 hosts", ("web3", "web4", "web5", "web6"))
    assert one.sentence.endswith("; silenced on web1 and web2.")
    assert summary.silenced[0].finding.hosts == ("web1", "web2")


def test_a_server_that_was_not_read_is_never_silenced() -> None:
    day = fleet().day(silences=[silence(host="*")])
    assert {one.subject for one in summarise(day).findings} == {"db01", "web03"}
    with pytest.raises(ValidationError, match="is never silenced"):
        silence(kind="server-down")


def test_a_silenced_finding_stands_on_the_page_with_who_why_and_until() -> None:
    made = fleet()
    made.disk("web01", "/srv/data", 100, 91)
    day = made.day(silences=[silence(host="web01", kind="disk-full", author="<b>ben</b>")])
    html = coverage(day).html
    for text in ("Silenced", "&lt;b&gt;ben&lt;/b&gt;", "ordered", "1 Dec 2026", "/srv/data"):
        assert text in html


def test_a_silenced_finding_that_goes_is_not_resolved_and_one_that_comes_back_is_old(
    tmp_path: Path,
) -> None:
    made = saved(tmp_path, DATE - timedelta(days=1))
    again = summarise(saved(tmp_path, DATE))
    assert {one.state for one in again.findings} == {"ongoing"}
    assert made.info.silences == []


def write(tmp_path: Path, text: str) -> None:
    (tmp_path / "fleet.yaml").write_text("hosts: [db01]\n")
    (tmp_path / "silences.yaml").write_text(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("silences: [{host: a, author: b, reason: c}]", "silences.0.until: is missing"),
        ("silences: [{author: b, reason: c, until: 2026-12-01}]",
         "silences.0: does not say what is silenced; it would be `finding`, or some of `host`, "
         "`kind` and `object`"),
        ("silences: [{finding: db01, author: b, reason: c, until: 2026-12-01}]",
         "silences.0: 'db01' is no id; it would be like db03 disk-full /var"),
        ("silences: [{host: a, author: b, reason: c, until: 1 December}]", "silences.0.until: is "),
        ("silence: []", "silence: unknown key; did you mean `silences`?"),
    ],
)  # fmt: skip
def test_a_wrong_silence_is_named(tmp_path: Path, text: str, fault: str) -> None:
    write(tmp_path, text)
    with pytest.raises(SettingsError) as error:
        load_settings(tmp_path, tmp_path / "output")
    assert fault in str(error.value)


def test_silences_are_read_and_none_need_be_there(tmp_path: Path) -> None:
    write(tmp_path, "silences: [{host: a, author: b, reason: c, until: 2026-12-01}]")
    (one,) = load_settings(tmp_path, tmp_path / "output").silences
    assert one.until == date(2026, 12, 1)
    (tmp_path / "silences.yaml").unlink()
    assert load_settings(tmp_path, tmp_path / "output").silences == ()


IDS = re.compile(r"<code>(\S+ [a-z-]+(?: .*?)?)</code>")


def test_the_ids_on_the_page_are_those_that_a_silence_takes() -> None:
    made = Fleet()
    days.ordinary(made, {"web": ["web01.example.org", "db01.example.org"]}, set())
    made.disk("web01.example.org", "/srv/my data", 100, 91)
    made.disk("db01.example.org", "/srv/data", 100, 99)
    day = made.day()
    said = [unescape(one) for one in IDS.findall(coverage(day).html)]
    assert said == [
        "db01.example.org disk-full /srv/data", "web01.example.org disk-full /srv/my data",
    ]  # fmt: skip
    assert not summarise(made.day(silences=[silence(finding=one) for one in said])).findings


def test_all_ids_stand_there_each_leading_to_its_row_on_page_1() -> None:
    first, last = today(days.worst()).html, coverage(days.worst()).html
    links = re.findall(r'href="#(f-[0-9a-f]{10})"', last)
    assert len(links) > 5 and all(first.count(f'id="{one}"') == 1 for one in links)
    found = summarise(view(days.worst())).findings
    said = [unescape(one) for one in IDS.findall(last.partition("Ids of findings")[2])]
    assert len(said) == len(found) and {one.split()[1] for one in said} == {f.kind for f in found}
    many = coverage(days.DAYS["big"]()).html
    assert "the rest on the workbook’s sheet Findings" in many
    assert len(IDS.findall(many)) == MOST_IDS


def test_ids_of_what_is_silenced_or_planned_stand_there_too() -> None:
    made = fleet()
    made.disk("web01", "/srv", 100, 91)
    quiet = silence(finding="web01 disk-full /srv")
    last = coverage(made.day(silences=[quiet], scopes=scopes(groups__db={}))).html
    assert "silenced" in last and "planned" in last
    assert {"web01 disk-full /srv", "db01 server-down"} <= set(IDS.findall(last))
