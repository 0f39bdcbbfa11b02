"""Failed logins by hour, before those of yesterday and of a week ago; and who is new."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from report import hourly, pages, reading, tables
from report.store import Day, day_folder, load, save
from report.words import number
from tests.report import days
from tests.report.test_pages import read


def moved(day: Day, back: int, count: int = 0, **info: Any) -> Day:
    """Return the same day so many days before; count: of each row of failed logins."""
    gap = timedelta(days=back)
    logins = day.frames["logins"].assign(at=day.frames["logins"]["at"] - gap)
    if count:
        logins.loc[logins["result"] == "failed", "count"] = count
    known = {"report_date": day.date - gap, "from_at": days.FROM - gap, "to_at": days.TO - gap}
    return Day(
        day.folder, day.info.model_copy(update=known | info), {**day.frames, "logins": logins}
    )


def kept(tmp_path: Path, *every: Day) -> reading.View:
    """Save days; return the last of them."""
    tmp_path.mkdir(exist_ok=True)
    for one in every:
        save(day_folder(tmp_path, one.date), one.info, one.frames, {})
    return reading.view(load(tmp_path, every[-1].date)).shown


def hours_of(view: reading.View) -> pd.DataFrame:
    info, seen = view.info, tables.sessions(view.frames["logins"])
    return tables.by_hour(seen, info.from_at, info.to_at, info.zone)


def test_the_day_before_is_counted_in_the_same_hours(tmp_path: Path) -> None:
    day = days.good()
    view = kept(tmp_path, moved(day, 1, count=3), day)
    hours = hours_of(view)
    before = hourly.earlier(view, hours["hour"], 1)
    failed = tables.sessions(day.frames["logins"])
    failed = failed[failed["result"] == "failed"]
    local = failed["at"].dt.tz_convert("Europe/Amsterdam").dt.floor("h")
    wanted = (3 * local.value_counts()).reindex(hours["hour"], fill_value=0)
    assert before.failed == list(wanted)
    assert before.read == 60
    assert hourly.earlier(view, hours["hour"], 7) == ([None] * 24, 0)


def test_what_is_not_known_of_a_day_before_is_no_zero(tmp_path: Path) -> None:
    day = days.good()
    half = moved(day, 1, from_at=days.FROM - timedelta(hours=12))
    unread = day.frames["outcomes"].assign(outcome="timed_out")
    week = moved(day, 7)
    view = kept(
        tmp_path, Day(week.folder, week.info, {**week.frames, "outcomes": unread}), half, day
    )
    hours = hours_of(view)["hour"]
    before = hourly.earlier(view, hours, 1)
    assert before.failed[:12] == [None] * 12
    assert None not in before.failed[12:]
    assert hourly.earlier(view, hours, 7).read == 0


def test_a_report_of_some_groups_is_held_against_these_alone(tmp_path: Path) -> None:
    day = days.good()
    kept(tmp_path, moved(day, 1), day)
    web = pages.open_day(groups=["web"], output_dir=str(tmp_path)).shown
    hours = hours_of(web)
    before = hourly.earlier(web, hours["hour"], 1)
    assert before.read == 14
    assert before.failed == list(hours["failed"])


@pytest.mark.parametrize("most", [0, 1, 7, 99, 12_345])
@pytest.mark.parametrize("count", [1, 24, 168])
def test_a_chart_says_its_most_and_stays_within_its_frame(most: int, count: int) -> None:
    at = pd.date_range("2026-11-22 06:00", periods=count, freq="h", tz="Europe/Amsterdam")
    frame = pd.DataFrame({"hour": at, "failed": 0, "accepted": 0})
    frame.loc[count // 2, ["failed", "accepted"]] = most
    usual: list[float | None] = [1.0] * count
    drawn = str(hourly.chart(frame, [usual, [None] * count], "alt"))
    height = float(re.findall(r'viewBox="0 0 [\d.]+ ([\d.]+)"', drawn)[0])
    assert all(0 <= float(y) <= height for y in re.findall(r' y="(-?[\d.]+)"', drawn))
    assert all(0 <= float(y) <= height for y in re.findall(r"[ML][\d.]+ (-?[\d.]+)", drawn))
    assert (f"{number(most)} at" in drawn) == bool(most)
    assert "yesterday" in drawn
    assert "a week ago" not in drawn


def test_a_wave_is_drawn_on_a_logarithmic_scale_and_that_is_said(tmp_path: Path) -> None:
    day = days.worst()
    view = kept(tmp_path, moved(days.good(), 7), moved(days.good(), 1), day)
    said = read(pages.logins(view)._repr_html_()).text
    assert "Logarithmic scale above 0; 52 of 60 servers read" in said
    assert "yesterday 60, a week ago 60" in said
    assert "a week ago, dotted" in said
    calm = kept(tmp_path / "calm", moved(days.good(), 1), days.good())
    assert "ogarithmic" not in pages.logins(calm)._repr_html_()


def test_failed_logins_are_counted_by_network() -> None:
    said = read(pages.logins(days.worst())._repr_html_()).text
    logins = tables.sessions(days.worst().frames["logins"])
    wave = logins[logins["source_ip"].str.startswith("203.0.113.", na=False)]
    assert f"203.0.113.0/24{number(int(wave['count'].sum()))}0" in said


def test_users_and_networks_of_the_first_time_are_named() -> None:
    view = reading.view(days.good()).shown
    rows = [
        {"day": day, "host": "web01", "user": user, "source_ip": source}
        for day in range(20)
        for user, source in (("ansible", "10.30.0.200"), ("deploy", "10.30.0.9"))
    ]
    frames = {**view.frames, reading.SEEN_BEFORE: pd.DataFrame(rows)}
    said = read(pages.logins(replace(view, frames=frames))._repr_html_()).text
    assert "For the first time in 20 days: 2 users (backup, j.visser) and 2 networks" in said
    assert "(10.20.4.0/24, 10.30.7.0/24)" in said
    young = {**frames, reading.SEEN_BEFORE: pd.DataFrame(rows[:6])}
    said = read(pages.logins(replace(view, frames=young))._repr_html_()).text
    assert "Who is new is said after 14 days; 3 are known." in said


def test_logins_to_explain_are_its_findings() -> None:
    said = read(pages.logins(days.worst())._repr_html_()).text
    assert "app03root, by password, from 10.20.4.17" in said
    assert "rootCame in once" in said
    assert (
        "To explainNothing on 60 servers read."
        in read(pages.logins(days.good())._repr_html_()).text
    )
