"""What a finding is made of: its rows, its place in the workbook, and the file they came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from collectors.base import frame
from report import derived
from report.contract import Finding
from report.evidence import FRAMES, Places, rows
from report.findings import summarise
from report.grids import frame_grid
from report.reading import View, view
from report.store import Day
from report.workbook import write_workbook
from tests.report import days

CHANGES = [
    ("port", "tcp 4444 on 0.0.0.0 (nc)", "added"), ("key", "eve: ssh-ed25519 SHA256:x", "added"),
    ("user", "eve (uid 0)", "added"), ("group", "sudo (gid 27)", "changed"),
    ("sudo rule", "eve ALL=(ALL) NOPASSWD: ALL (/etc/sudoers.d/x)", "added"),
]  # fmt: skip


def intruded() -> View:
    """Return a day on which much is broken, and much lets people in that did not before."""
    day = view(days.DAYS["worn"]())
    host = str(day.frames["hosts"]["host"].iloc[2])
    other = str(day.frames["hosts"]["host"].iloc[1])
    made = [{"host": one, "what": "port", "object": "tcp 22 on 0.0.0.0", "change": "removed"}
            for one in (host, other)]  # fmt: skip
    made += [{"host": host, "what": what, "object": said, "change": change}
             for what, said, change in CHANGES]  # fmt: skip
    changes = frame(derived.FRAMES["changes"], made)
    logins = [
        {"host": host, "at": days.FROM, "result": "accepted", "user": "ansible", "count": 1,
         "source_ip": "10.0.0.9", "method": "publickey", "service": "sshd"},
        *({"host": host, "at": days.FROM + pd.Timedelta(minutes=n), "result": "failed", "count": 3,
           "user": "ann", "source_ip": "203.0.113.9", "method": "password", "service": "sshd"}
          for n in range(4)),
        {"host": host, "at": days.FROM + pd.Timedelta(hours=1), "result": "accepted", "count": 1,
         "user": "ann", "source_ip": "203.0.113.9", "method": "password", "service": "sshd"},
        {"host": host, "at": days.FROM + pd.Timedelta(hours=2), "result": "accepted", "count": 1,
         "user": "root", "source_ip": "10.0.0.9", "method": "password", "service": "sshd"},
    ]  # fmt: skip
    more = {"changes": changes, "logins": days.typed("logins", logins)}
    return View(day.folder, day.info, {**day.frames, **more})


def links(book: Any) -> Iterator[tuple[str, tuple[Any, ...], str, int]]:
    """Yield each link: the sheet, the values of its row, and sheet and row that it leads to."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink:
                    assert cell.hyperlink.target is None
                    hit = re.fullmatch(r"'(.+)'!A(\d+)", cell.hyperlink.location)
                    assert hit
                    yield sheet.title, tuple(one.value for one in row), hit[1], int(hit[2])


@pytest.mark.parametrize("made", [days.worst, days.DAYS["worn"], intruded])
def test_every_link_leads_to_a_row_that_its_finding_is_made_of(
    made: Callable[[], Day], tmp_path: Path
) -> None:
    day = view(made())
    held = write_workbook(day, tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    summary = summarise(day)
    first = {
        (one.subject, one.severity, one.question, one.sentence): one for one in summary.findings
    }
    by_id = {name: one for one in summary.findings for name in one.ids}
    seen: dict[str, list[Finding]] = {"Summary": [], "Findings": []}
    for sheet, row, target, nth in links(book):
        one = first[row[:4]] if sheet == "Summary" else by_id[row[13]]
        evidence = rows(day, one)
        here = evidence if sheet == "Summary" else evidence[evidence["host"] == row[4]]
        assert target == FRAMES.get(one.kind, one.source)
        assert day.frames[target].index[nth - 2] == here.index[0], one
        values = [cell.value for cell in book[target][nth]]
        assert values[0] == here["host"].iloc[0]
        assert held.tables[f"t_{target}"][1].rows[nth - 2][0] == values[0]
        seen[sheet].append(one)
    assert seen["Summary"] == list(summary.findings)
    shown = max(len(str(cell.value)) for cell in book["Findings"]["O"])
    assert book["Findings"].column_dimensions["O"].width <= shown + 6
    assert len(seen["Findings"]) == sum(len(one.hosts) for one in summary.findings)


def test_the_rows_are_those_that_are_told_and_no_others() -> None:
    day = intruded()
    kinds = set()
    for one in summarise(day).findings:
        made = rows(day, one)
        kinds.add(one.kind)
        if one.kind == "new-way-in":
            assert [f"{row.what} {row.object}" for row in made.itertuples()] == [one.object]
        elif one.kind == "storage":
            assert [
                f"{row.kind} {row.name}" for row in made[["kind", "name"]].itertuples(index=False)
            ] == [one.object]
        elif one.kind.startswith("kernel-"):
            assert set(made["kind"]) == {one.kind.removeprefix("kernel-")}
        elif one.kind == "root-by-password":
            assert made[["user", "result", "method"]].to_numpy().tolist() == [
                ["root", "accepted", "password"]
            ]
        elif one.kind == "guessed":
            assert made["result"].tolist() == ["accepted", *["failed"] * 4]
            assert set(made["source_ip"]) == {"203.0.113.9"}
        elif one.kind.startswith("server-") and one.kind != "server-degraded":
            assert not made["outcome"].isin(["ok", "not_applicable"]).any()
    assert {"new-way-in", "storage", "kernel-io", "root-by-password", "guessed"} <= kinds


def test_where_rows_stand_is_said_in_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    logins = [
        {"host": "web01", "at": days.FROM, "result": one, "user": user, "count": 500,
         "source_ip": "203.0.113.9", "method": "password", "service": "sshd"}
        for one, user in (("failed", "a"), ("failed", "a"), ("accepted", "b"), ("failed", "a"),
                          ("failed", "a"))
    ]  # fmt: skip
    day = view(days.good())
    day = View(day.folder, day.info, {**day.frames, "logins": days.typed("logins", logins)})

    def said(kind: str, user: str = "") -> str:
        one = Finding(
            kind, "critical", "Logins", "web01", ("web01", "web02"), "", "logins", object=user
        )
        places = Places(day, [frame_grid(day, "logins")]).of(one)
        assert set(places) == {"web01"}
        return f"{places['web01'].row}: {places['web01'].said}"

    assert said("failed-logins") == "2: logins, rows 2, 3 and 2 more"
    assert said("returned", "b") == "4: logins, row 4"
    assert said("my-own") == "2: logins, rows 2 to 6"
    monkeypatch.setattr("report.grids.MOST", 3)  # accepted ones stay, then the first
    assert said("failed-logins") == "3: 4 rows in tables/logins.parquet"
    assert said("returned", "b") == "5: logins, row 5"


def test_a_finding_of_no_frame_or_row_has_no_place() -> None:
    day = view(days.good())
    grids = [frame_grid(day, "logins")]
    for kind, section in (("mine", "health"), ("returned", "logins")):
        one = Finding(kind, "critical", "Mine", "web01", ("web01",), "", section, object="nobody")
        assert Places(day, grids).of(one) == {}
        assert rows(day, one).empty


def test_the_file_that_holds_what_a_server_printed_is_named_where_it_is_kept(
    tmp_path: Path,
) -> None:
    saved = days.save_day(tmp_path, "worst")
    (saved.folder / "raw" / "web01.txt.gz").write_bytes(b"")
    places = Places(view(saved).shown, [])
    assert places.raw("web01") == "raw/web01.txt.gz"
    assert places.raw("edge06") is None
    assert Places(view(days.worst()), []).raw("web01") is None
