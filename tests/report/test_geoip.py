"""Countries by address, from files written here after the format's specification."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from report import derived, store
from report.geoip import MARKER, Countries, countries, opened
from report.reading import view
from report.rules.strangers import guessed, out_of_the_ordinary
from tests.report import mmdb
from tests.report.fleets import COLLECTORS, DATE, FROM, TO, Fleet

PLACES: dict[str, Any] = {
    "203.0.113.0/24": {"country": {"iso_code": "BR", "names": {"de": "Brasilien", "en": "Brazil"}}},
    "10.20.0.0/16": {"registered_country": {"iso_code": "NL"}},
    "198.51.100.0/25": {"country": "US", "country_name": "United States"},
    "192.0.2.0/32": {"country": {"names": {"en": "A country with a name of more than 29 letters"}}},
    "2001:db8::/32": {"country": {"iso_code": "FR", "names": {"en": "France"}}, "more": [1, "x"]},
}


@pytest.mark.parametrize("size", [24, 28, 32])
@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("203.0.113.9", "Brazil"),
        ("203.0.114.9", None),
        ("10.20.4.31", "NL"),
        ("198.51.100.23", "United States"),
        ("198.51.100.200", None),
        ("192.0.2.0", "A country with a name of more than 29 letters"),
        ("2001:db8:1::9", "France"),
        ("2002::1", None),
        ("host.example.org", None),
        ("", None),
    ],
)
def test_an_address_has_its_country(size: int, address: str, country: str | None) -> None:
    assert Countries(mmdb.made(PLACES, size)).of(address) == country


def test_a_file_of_ipv4_alone() -> None:
    file = Countries(mmdb.made({"203.0.113.0/24": PLACES["203.0.113.0/24"]}, ip_version=4))
    assert (file.of("203.0.113.9"), file.of("2001:db8::1")) == ("Brazil", None)


def test_what_is_no_such_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        opened(tmp_path / "none.mmdb")
    for data in (b"", b"x" * 500, MARKER, MARKER + b"\xe3", MARKER + mmdb.written({"a": 1})):
        with pytest.raises(ValueError, match="MaxMind DB file"):
            Countries(data)


def test_damage_raises_nothing_else() -> None:
    whole = mmdb.made(PLACES)
    for at in range(0, len(whole), 7):
        for byte in (0, 0x20, 0x3F, 0xFF):
            hurt = whole[:at] + bytes([byte]) + whole[at + 1 :]
            try:
                countries_of = Countries(hurt)
                for address in ("203.0.113.9", "2001:db8:1::9"):
                    countries_of.of(address)
            except ValueError:
                continue


def saved(output: Path, back: int, file: Path, *logins: tuple[str, int, str]) -> store.Day:
    """Save the day so many days ago; logins: user, minutes into the period, and source."""
    made = Fleet()
    made.host("web01", "web", ("debian", "Debian", "12", "6.1"))
    for collector in COLLECTORS:
        made.outcome("web01", collector)
    for user, minutes, source in logins:
        made.login("web01", minutes, "accepted", user, source_ip=source)
    for row in made.rows["logins"]:
        row["at"] -= timedelta(days=back)
    ago = timedelta(days=back)
    day = made.day(report_date=DATE - ago, geoip=str(file), from_at=FROM - ago, to_at=TO - ago)
    folder = store.day_folder(output, day.date)
    store.save(folder, day.info, day.frames, {})
    whole = store.load(output, day.date)
    derived.save(whole)
    return whole


def test_a_login_from_another_country_says_so(tmp_path: Path) -> None:
    file, output = tmp_path / "countries.mmdb", tmp_path / "output"
    file.write_bytes(mmdb.made(PLACES))
    output.mkdir()
    for back in range(16, 0, -1):
        saved(output, back, file, ("ann", 240, "10.20.4.31"), ("ann", 250, "198.51.100.1"))
    today = [("ann", 240, "203.0.113.9"), ("ann", 250, "198.51.100.2")]
    day = saved(output, 0, file, *today)
    (one,) = out_of_the_ordinary(view(day))
    assert one.sentence == ("ann from 203.0.113.9 (Brazil) at 10:00, first time from Brazil.")
    file.unlink()  # what was known that day stays known
    assert out_of_the_ordinary(view(store.load(output, DATE)))[0].sentence == one.sentence


def test_a_file_that_is_gone_costs_the_countries_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    output = tmp_path / "output"
    output.mkdir()
    day = saved(output, 0, tmp_path / "none.mmdb", ("ann", 240, "10.20.4.31"))
    assert "countries are not known" in caplog.text
    assert len(view(day).frames["countries"]) == 0
    assert guessed(view(day)) == []


def test_many_are_looked_up_at_once(tmp_path: Path) -> None:
    (tmp_path / "f.mmdb").write_bytes(mmdb.made(PLACES))
    found = countries(tmp_path / "f.mmdb", ["203.0.113.1", "8.8.8.8", "x"])
    assert found == {"203.0.113.1": "Brazil"}
