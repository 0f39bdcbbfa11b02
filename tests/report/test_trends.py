"""The page of 7, 30 and 90 days: what the past says, host by host."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from report import derived, history, lines, pages, store, tables
from report.branding import contrast
from report.marks import INK
from report.narrowing import narrowed
from report.reading import view
from report.sections.trends import _calendar, _means, _rounded, _said
from report.tally import TALLY, tallies, tally
from report.targets import Targets
from report.trend import Values, figures_by_day, rows_of_hosts
from tests.report import days


def past(output: Path, count: int = 3, name: str = "worst") -> store.Day:
    """Save a day, and `count` of the same before it; return it as it is read back."""
    day = days.DAYS[name]()
    sections = [*day.info.sections, "trends"]
    for back in range(count, -1, -1):
        on = day.date - timedelta(days=back)
        info = day.info.model_copy(
            update={
                "report_date": on,
                "sections": sections,
                "from_at": day.info.from_at - timedelta(days=back),
                "to_at": day.info.to_at - timedelta(days=back),
            }
        )
        store.save(store.day_folder(output, on), info, day.frames, {})
    return store.load(output)


def text(page: object) -> str:
    return re.sub(r"<[^>]+>", " ", page._repr_html_())  # type: ignore[attr-defined]


def test_what_was_not_read_is_not_known() -> None:
    day = days.DAYS["nobody"]()
    rows = tally(day.frames, day.info)
    assert list(rows) == [column.name for column in TALLY]
    assert len(rows) == len(day.frames["hosts"])
    assert not rows["answered"].any()
    assert rows[["failed", "accepted", "rebooted"]].isna().all(axis=None)


def test_a_tally_counts_each_host_of_the_day() -> None:
    day = days.DAYS["worst"]()
    rows = tally(day.frames, day.info)
    assert rows["host"].tolist() == day.frames["hosts"]["host"].tolist()
    assert int(rows["answered"].sum()) == len(view(day).answered)
    logins = tables.sessions(day.frames["logins"])
    assert int(rows["failed"].sum()) == tables.total(logins, "failed") > 0


def test_a_past_day_without_a_tally_is_made_of_its_snapshot(tmp_path: Path) -> None:
    day = past(tmp_path, 2)
    before = day.date - timedelta(days=1)
    made = tallies(tmp_path, before)
    assert made["day"].nunique() == 2
    derived.save(day)
    saved = pd.read_parquet(day.folder / "derived" / "tally.parquet")
    columns = ["host", "answered", "state", "failed", "accepted"]
    last = made[made["day"] == before.toordinal()][columns].astype("object")
    assert last.values.tolist() == saved[columns].astype("object").values.tolist()


def test_a_damaged_day_is_not_known(tmp_path: Path) -> None:
    day = past(tmp_path, 3)
    gone = day.date - timedelta(days=2)
    (store.day_folder(tmp_path, gone) / "data" / "outcomes.parquet").write_bytes(b"no")
    known = view(day)
    every = figures_by_day(known, rows_of_hosts(known), day.date.toordinal() - 3)
    assert every["Servers answering"][1] is None
    assert all(len(one) == 4 for one in every.values())
    # The findings of none of the days before were kept.
    assert "3 days not known" in text(pages.trends(day))


def test_the_first_day_is_a_line(tmp_path: Path) -> None:
    day = past(tmp_path, 0)
    page = pages.trends(day)
    assert "First report: nothing to compare with." in text(page)
    assert "<svg" not in page._repr_html_()


def test_an_edition_counts_its_own_hosts_alone(tmp_path: Path) -> None:
    day = past(tmp_path)
    web = narrowed(day, ["web"])
    rows = rows_of_hosts(web)
    assert set(rows["host"]) == set(web.hosts)
    every = figures_by_day(web, rows, day.date.toordinal() - 3)
    assert max(one or 0 for one in every["Servers answering"]) <= len(web.hosts)
    said = text(pages.trends(web))
    assert "db" not in re.findall(r"\b\w+\b", said)
    assert "web" in said


def test_availability_is_looks_that_found_hosts_running(tmp_path: Path) -> None:
    day = past(tmp_path)
    rows = rows_of_hosts(view(day))
    app = rows[rows["groups"].str.startswith("app") & (rows["state"] != "maintenance")]
    up = app["answered"].astype(bool) & app["state"].isin(["up", "degraded"])
    share = 100 * up.mean()
    assert 0 < share < 99
    assert f" {share:.1f} " in text(pages.trends(day))
    target = day.info.model_copy(update={"availability_target": Targets(default=0)})
    assert "every group met" in text(pages.trends(replace(day, info=target)))


def test_each_group_is_held_against_its_own_target(tmp_path: Path) -> None:
    day = past(tmp_path)
    low = Targets(default=0, groups={"app": 100})
    said = text(pages.trends(replace(day, info=day.info.model_copy(update={
        "availability_target": low
    }))))  # fmt: skip
    assert "app missed the target this week" in said
    assert "Target, %" in said
    assert "target 0 %" not in said
    old = type(day.info).model_validate(
        {**day.info.model_dump(mode="json"), "availability_target": 97.5}
    )
    assert old.availability_target == Targets(default=97.5)


@pytest.mark.parametrize(
    ("share", "target", "shown"),
    [
        (100 * 94 / 98, 99.5, "95.9"), (100 * 54 / 56, 99.5, "96.4"), (100 * 48 / 49, 99.5, "98.0"),
        (99.96, 99.5, "99.9"), (99.46, 99.5, "99.4"), (99.5, 99.5, "99.5"), (100.0, 99.5, "100.0"),
        (99.996, 99.95, "99.99"), (99.946, 99.95, "99.94"), (99.951, 99.95, "99.95"),
        (97.96, 98, "97.9"), (0.0, 99.5, "0.0"),
    ],
)  # fmt: skip
def test_a_share_is_rounded_but_never_to_all_nor_to_a_target_it_missed(
    share: float, target: float, shown: str
) -> None:
    assert _rounded(share, target) == shown


@pytest.mark.parametrize(
    ("values", "said", "means"),
    [
        ([2.0] * 89 + [5.0], "Highest in 90 days; usually 2", "Mean 7 d 2.4 · 30 d 2.1 · 90 d 2.0"),
        ([2.0, None, 3.0, 1.0], "Lowest in 3 days; usually 2.5", "Mean 4 d 2.0"),
        ([4.0, 9.0], "Highest in 2 days; 4 before", "Mean 2 d 6.5"),
        ([2.0] * 8 + [None], "Not known today", "Mean 7 d 2.0 · 9 d 2.0"),
        ([400.0, 1_900_000.0, 2.0], "Lowest in 3 days; usually 950,200", "Mean 3 d 633 k"),
        ([None, 1.0], "No day before is known", ""),
    ],
)
def test_a_line_says_what_is_usual_and_its_means(values: Values, said: str, means: str) -> None:
    assert (_said(values), _means(values)) == (said, means)


def test_a_caption_stays_in_its_column(tmp_path: Path) -> None:
    for value in (9_999.4, 12_345.0, 999_499.0, 1_234_567.0):
        assert len(_means([value] * 90)) <= 41
    day = past(tmp_path, 1)
    # The findings of the day before were not kept: the median of one day is none.
    said = text(pages.trends(day))
    assert "6 critical findings today; of no day before is that known; edge, db and app" in said


def test_the_worst_day_of_a_calendar_is_named() -> None:
    day = view(days.worst())
    assert _calendar(day, [0, 14, None, 1, 3]) == "3 days of 5; most on 20 Nov, 14"
    assert _calendar(day, [1, 0, 20]) == "2 days of 3; most today, 20"
    assert _calendar(day, [1, 0, 1]) == "2 days of 3; never more than 1"
    assert _calendar(day, [0, 0, None]) == "0 days of 3"


def test_more_is_darker_on_a_calendar_in_black_and_white_too() -> None:
    counts = [1, 2, 4, 8, 11, 20]
    for red, colours in ((True, lines.REDS), (False, lines.GREYS)):
        drawn = str(lines.calendar(counts, date(2026, 11, 25), red, "x"))
        fills = re.findall(r'<rect [^>]*fill="(#\w+)"', drawn)
        greys = [_grey(one) for one in fills]
        assert fills[0] != fills[-1]
        assert greys == sorted(greys, reverse=True)
        assert len(set(fills)) == 5
        # What is written on it can be read, also in the dark.
        for nth, colour in enumerate(colours, 1):
            ink = "#ffffff" if nth > lines.LIGHT else INK
            assert contrast(ink, colour) >= 4.5
            assert contrast(*(_in_the_dark(one) for one in (ink, colour))) >= 4.5
    few = str(lines.calendar([0, 1], date(2026, 11, 25), True, "x"))
    assert lines.REDS[-1] not in few


def _in_the_dark(colour: str) -> str:
    found = re.search(rf'svg \[fill="{colour}"\] {{ fill: (#\w+) }}', pages.CSS.read_text())
    assert found, colour
    return found[1]


def _grey(colour: str) -> float:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_the_three_spans_of_a_group_have_a_shape_each() -> None:
    drawn = str(lines.band([99.0, 98.0, 97.0], 99.5, 95, "x"))
    shapes = re.findall(r'cx="([\d.]+)" cy="5" r="([\d.]+)" fill="([^"]+)"', drawn)
    assert len({one[1:] for one in shapes}) == 3
    assert [one[0] for one in sorted(shapes, reverse=True)] == ["78.2", "59.4", "40.6"]


def test_the_past_counts_filesystems_above_a_limit_and_not_what_will_be_full() -> None:
    import report.trend as trend

    columns = ["host", "kind", "object", "severity", "question", "sentence", "aside"]
    rows = [
        ("a", "disk-full", "/srv", "warning", "Filling", "/srv 90 % full.", None),
        ("b", "disk-full", "/srv", "warning", "Filling", "/srv 90 % full.", None),
        ("c", "disk-filling", "/srv", "critical", "Filling", "/srv 70 % full.", None),
        ("d", "inodes-full", "/srv", "critical", "Filling", "/srv.", "silenced"),
        ("e", "disk-full", "/srv", "critical", "Filling", "/srv.", "planned"),
        ("a", "server-down", "", "critical", "Broken", "Down.", None),
        ("b", "server-down", "", "critical", "Broken", "Down.", None),
    ]
    frame = pd.DataFrame(rows, columns=columns).assign(day=7)
    frame = pd.concat([frame, frame.iloc[:1].assign(day=8)])
    said = {label: of(frame).to_dict() for label, of in trend.COUNTS.items()}
    assert said == {
        "Filesystems above limit": {7: 3, 8: 1}, "Critical findings": {7: 2},
        "Warnings": {7: 1, 8: 1},
    }  # fmt: skip


def test_a_calendar_shows_every_day_and_what_is_not_known() -> None:
    drawn = str(lines.calendar([0, None, 2, 5], date(2026, 11, 25), True, "x"))
    assert drawn.count("<rect") == 4
    assert re.findall(r">([–\d]+)</text>", drawn) == ["–", "2", "5"]
    assert drawn.count('fill="#a81e0b"') == 1


def test_a_line_breaks_where_a_day_is_not_known() -> None:
    drawn = str(lines.trend([1.0, 2.0, None, 4.0, 3.0], 'a "b" <c>'))
    assert "a &#34;b&#34; &lt;c&gt;" in drawn
    line = re.search(r'd="(M[^"]+)" fill="none"', drawn)
    assert line
    assert line[1].count("M") == 2


@pytest.mark.parametrize(("value", "top"), [(0, 1), (1, 1), (57, 60), (14068, 20000), (100, 100)])
def test_a_scale_ends_at_a_round_number(value: float, top: float) -> None:
    assert lines.top_of(value) == top


def test_a_forecast_is_a_wedge_that_ends_at_full() -> None:
    def drawn(wedge: lines.Wedge | None) -> str:
        values = [80.0, None, 90.0]
        return str(lines.filling(values, 14, 85, wedge, True, 50, "x", date(2026, 11, 23)))

    assert lines.ROSE not in drawn(None)
    shape = re.search(rf'd="M([^"]+)Z" fill="{lines.ROSE}"', drawn(lines.Wedge(5, 40)))
    assert shape
    corners = [tuple(map(float, one.split())) for one in shape[1].split("L")]
    assert len(corners) == 4
    assert min(y for _, y in corners) == lines.TOP


def test_the_fullest_stand_in_panels_with_their_past(tmp_path: Path) -> None:
    day = past(tmp_path, 9)
    page = pages.disks(day)._repr_html_()
    assert "to look at" in page
    assert 1 <= page.count('class="lines"') <= 6
    edition = narrowed(day, ["web"])
    said = re.findall(r'aria-label="([^"]+)"', pages.disks(edition)._repr_html_())
    hosts = {one.partition(" ")[0] for one in said if ": " in one and " /" in one}
    assert hosts <= set(edition.hosts)


def test_the_past_of_some_hosts_is_read_alone(tmp_path: Path) -> None:
    day = past(tmp_path, 2)
    rows = history.rows(tmp_path, "disks", ("host", "mount"), day.date, 3, hosts=["db03", "none"])
    assert set(rows["host"]) == {"db03"}
    assert rows["day"].nunique() == 3


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (99_999, "99,999"), (100_000, "100 k"), (999_499, "999 k"), (999_500, "1.00 M"),
     (1_236_000, "1.24 M"), (43_000_000, "43 M")],
)  # fmt: skip
def test_a_count_fits_the_margin_of_its_chart(value: float, said: str) -> None:
    assert lines.brief(value) == said
