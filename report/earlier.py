"""What earlier snapshots hold of each host: the last that was read whole, day by day back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from report.changes import NOT_APPLICABLE, OK
from report.store import data_folder, day_folder, days

if TYPE_CHECKING:
    import pandas as pd

# A host that was not read for longer is new to us.
MOST_DAYS = 31


def previous(
    output: Path, day: date, names: Iterable[str], today: pd.DataFrame
) -> Mapping[str, pd.DataFrame]:
    """Return, before a day, what `changes` compares with: frames by name, and `outcomes`.

    For each host × collector of `today` (the day's outcomes) it is the latest earlier
    snapshot in which that was `ok` or `not_applicable`, so that a day on which a host was
    not read hides no change from the next. Where there is none within MOST_DAYS, `outcomes`
    tells how it ended last, or nothing. `outcomes` has a column more, `day`. Only the files
    needed are read; a damaged one counts as a day that is not there.
    """
    import pandas as pd

    wanted = set(names)
    asked = today[today["collector"].isin(wanted)]
    pending = set(zip(asked["host"], asked["collector"], strict=True))
    last: dict[tuple[str, str], tuple[str, str]] = {}
    parts: dict[str, list[pd.DataFrame]] = {}
    for earlier, outcomes in _earlier(output, day):
        ended = {
            (host, name): outcome
            for host, name, outcome in zip(
                outcomes["host"], outcomes["collector"], outcomes["outcome"], strict=True
            )
            if (host, name) in pending
        }
        for name in sorted({name for (_, name), outcome in ended.items() if outcome == OK}):
            held = _read(output, earlier, name)
            if held is None:
                ended = {pair: one for pair, one in ended.items() if pair[1] != name}
                continue
            hosts = [host for (host, one), how in ended.items() if one == name and how == OK]
            parts.setdefault(name, []).append(held[held["host"].isin(hosts)])
        for pair, outcome in ended.items():
            if outcome in (OK, NOT_APPLICABLE) or pair not in last:
                last[pair] = (outcome, earlier.isoformat())
        pending -= {pair for pair, outcome in ended.items() if outcome in (OK, NOT_APPLICABLE)}
        if not pending:
            break
    rows = [(*pair, *ended) for pair, ended in last.items()]
    columns = ["host", "collector", "outcome", "day"]
    frames = {name: pd.concat(held, ignore_index=True) for name, held in parts.items()}
    return {**frames, "outcomes": pd.DataFrame(rows, columns=columns, dtype="string")}


def _earlier(output: Path, day: date) -> Iterator[tuple[date, pd.DataFrame]]:
    """Yield the days before, latest first, with their outcomes; without those not readable."""
    for earlier in reversed(days(output)):
        if earlier < day and (day - earlier).days <= MOST_DAYS:
            outcomes = _read(output, earlier, "outcomes", ["host", "collector", "outcome"])
            if outcomes is not None:
                yield earlier, outcomes


def _read(
    output: Path, day: date, name: str, columns: list[str] | None = None
) -> pd.DataFrame | None:
    import pandas as pd

    path = data_folder(day_folder(output, day)) / f"{name}.parquet"
    try:
        held = pd.read_parquet(path, columns=columns)
    except (OSError, ValueError, KeyError):
        return None
    return held if "host" in held.columns else None
