"""Times as servers write them: zones that are no names, the repeated hour, the missing year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collectors.logins import clock

NOON = datetime(2026, 1, 15, 12, 0)  # noqa: DTZ001  a local time, which has no zone yet


@pytest.mark.parametrize(
    ("name", "offset", "hours"),
    [
        ("Europe/Berlin", "-0330", 1),
        ("", "+0100", 1),
        ("", "+0545", 5.75),
        ("", "-0330", -3.5),
        ("No/Such", "-0000", 0),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "", 1),
        ("<+0330>-3:30", "", 3.5),
        ("<-03>3", "", -3),
        ("EST5EDT,M3.2.0,M11.1.0", "", -5),
    ],
)
def test_zones(name: str, offset: str, hours: float) -> None:
    assert clock.zone(name, offset).utcoffset(NOON) == timedelta(hours=hours)


@pytest.mark.parametrize("offset", ["", "0100", "+01:00", "+01", "+0a00", "*0100"])
def test_what_is_no_zone(offset: str) -> None:
    with pytest.raises(ValueError, match="neither a time zone nor an offset"):
        clock.zone("No/Such", offset)


def stamped(where: str, day: tuple[int, int], *times: str) -> list[tuple[str, bool]]:
    """Return lines of 2026 in UTC, with a star where the hour is the repeated one."""
    one = clock.Clock(clock.zone(where, ""))
    one.begin()
    found = [one.utc(clock.Stamp(None, *day, f"{time}:07"), 2026) for time in times]
    return [(at.strftime("%H:%M:%S"), twice) for at, twice in filter(None, found)]


def test_the_repeated_hour_begins_anew_where_the_clock_jumps_back() -> None:
    lines = ("01:59", "02:00", "02:14", "02:15", "02:59", "02:00", "02:44", "02:59", "03:00")
    assert stamped("Europe/Berlin", (10, 25), *lines) == [
        ("23:59:07", False), ("00:00:07", True), ("00:14:07", True), ("00:15:07", True),
        ("00:59:07", True), ("01:00:07", True), ("01:44:07", True), ("01:59:07", True),
        ("02:00:07", False),
    ]  # fmt: skip


def test_lines_a_little_out_of_order_are_no_jump() -> None:
    times = ("02:30", "02:16", "02:31", "02:16", "02:40", "02:25")
    found = stamped("Europe/Berlin", (10, 25), *times)
    assert [at for at, _ in found] == [
        "00:30:07", "00:16:07", "00:31:07", "01:16:07", "01:40:07", "01:25:07",
    ]  # fmt: skip


def test_half_an_hour_that_is_repeated() -> None:
    times = ("01:29", "01:30", "01:59", "01:30", "01:59", "02:00")
    assert stamped("Australia/Lord_Howe", (4, 5), *times) == [
        ("14:29:07", False), ("14:30:07", True), ("14:59:07", True), ("15:00:07", True),
        ("15:29:07", True), ("15:30:07", False),
    ]  # fmt: skip


def test_an_hour_that_is_left_out_is_not_ambiguous() -> None:
    assert stamped("Europe/Berlin", (3, 29), "01:59", "02:30", "03:00") == [
        ("00:59:07", False), ("01:30:07", False), ("01:00:07", False),
    ]  # fmt: skip


def years(written: str, *days: tuple[int, int] | None) -> list[int]:
    """Return the year of each day of a file last written to at that time; None is New Year."""
    one = clock.Clock(UTC)
    stamps = [
        clock.NEW_YEAR if day is None else clock.Stamp(None, *day, "12:00:00") for day in days
    ]
    return one.years(stamps, datetime.fromisoformat(f"{written}+00:00").timestamp())


def test_the_year_is_found_backwards_from_the_file() -> None:
    assert years("2026-01-02 09:00", (12, 30), (12, 31), (1, 1)) == [2025, 2025, 2026]
    assert years("2026-03-02 09:00", (2, 28), (3, 2)) == [2026, 2026]
    # Up to a day after the file was written is a clock that is ahead; beyond, another year.
    assert years("2026-06-10 12:00", (6, 11)) == [2026]
    assert years("2026-06-10 11:59", (6, 11)) == [2025]
    assert years("2026-06-10 12:00", (2, 29)) == [2024]
    assert years("2104-02-01 12:00", (2, 29)) == [2096]


def test_where_the_months_begin_anew_a_year_ends() -> None:
    found = years("2026-06-10 12:00", (5, 1), None, (3, 1), (12, 31), None, (5, 1))
    assert [found[index] for index in (0, 2, 3, 5)] == [2024, 2025, 2025, 2026]
