"""Every collector against its golden files: what servers printed, and the rows in it.

`tests/fixtures/NAME/CASE.txt` is the output of a probe, `CASE.json` what `parse` makes of
it: a list of rows, or {"rows", "cause", "note", "evidence_from_at"}, or {"error": outcome, "cause"}.
`CASE.ask.json` may hold {"from_at", "to_at", "options"} of the question. With
INFRA_GOLDEN=write in the environment the golden files are written anew: read them before
they are committed.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors import COLLECTORS, hosts
from collectors.base import Ask, Collector, frame
from collectors.errors import CollectError, ParseError

FIXTURES = Path(__file__).parent / "fixtures"
WRITE = os.environ.get("INFRA_GOLDEN") == "write"
ASK = Ask(datetime(2026, 11, 22, 4, 0, tzinfo=UTC), datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
ALL: tuple[Collector, ...] = (hosts, *COLLECTORS)
CASES = [
    pytest.param(collector, path, id=f"{collector.NAME}-{path.stem}")
    for collector in ALL
    for path in sorted((FIXTURES / collector.NAME).glob("*.txt"))
]
FOREIGN = {
    "empty": "",
    "blank": "\n \n",
    "html": "<html>502 Bad Gateway</html>\n",
    "no-command": "sh: 1: foo: command not found\n",
    "greeting": "Welcome to Ubuntu 24.04 LTS\n\n * Documentation:  https://help.ubuntu.com\n",
    "binary": "\x00\x7fELF\udcff\udcfe\x00",
}


def asked(path: Path) -> Ask:
    """Return what CASE.ask.json asks, or the usual day."""
    file = path.with_suffix(".ask.json")
    if not file.exists():
        return ASK
    words = json.loads(file.read_text(encoding="utf-8"))
    times = {key: datetime.fromisoformat(words[key]) for key in ("from_at", "to_at")}
    return Ask(**times, options=words.get("options", {}))


def plain(value: Any) -> Any:
    """Return a value as it stands in JSON: times as ISO 8601 with Z."""
    if isinstance(value, datetime):
        assert value.utcoffset() is not None, "a time without a zone"
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def outcome_of(collector: Collector, path: Path) -> Any:
    """Return what `parse` makes of a case, in the form of its golden file."""
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    try:
        parsed = collector.parse(text, asked(path))
    except CollectError as error:
        return {"error": str(error.outcome), "cause": error.cause}
    frame(collector.COLUMNS, parsed.rows)
    rows = [{k: plain(v) for k, v in row.items() if v is not None} for row in parsed.rows]
    more = {"note": parsed.note, "evidence_from_at": plain(parsed.evidence_from_at)}
    told = {name: value for name, value in more.items() if value}
    if not parsed.cause and not told:
        return rows
    return {"cause": parsed.cause, "rows": rows} | told


@pytest.mark.parametrize(("collector", "path"), CASES)
def test_golden(collector: Collector, path: Path) -> None:
    golden = path.with_suffix(".json")
    found = outcome_of(collector, path)
    if WRITE:
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))


@pytest.mark.parametrize("collector", ALL, ids=lambda collector: collector.NAME)
def test_at_least_two_systems(collector: Collector) -> None:
    assert len(list((FIXTURES / collector.NAME).glob("*.txt"))) >= 2


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("collector", ALL, ids=lambda collector: collector.NAME)
def test_foreign_output_is_refused(collector: Collector, text: str) -> None:
    with pytest.raises(ParseError):
        collector.parse(text, ASK)


@pytest.mark.parametrize("collector", ALL, ids=lambda collector: collector.NAME)
def test_shape(collector: Collector) -> None:
    names = [column.name for column in collector.COLUMNS]
    assert "host" not in names
    assert len(set(names)) == len(names)
    assert all(column.meaning for column in collector.COLUMNS)
    assert 0 < collector.SECONDS <= 60
    assert isinstance(collector.PAST, bool)
