"""Whether a day's files are those that were saved: what is lost must never pass for "none there".

A frame was saved for every collector that `outcomes` names, an empty one where it found nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from report.errors import DamagedSnapshot

if TYPE_CHECKING:
    import pandas as pd

Model = TypeVar("Model", bound=BaseModel)
ALWAYS = ("hosts", "outcomes")
END = b"PAR1"  # of every whole Parquet file


def circumstances(model: type[Model], path: Path) -> Model:
    """Return what snapshot.json holds. Raises DamagedSnapshot, which says what is wrong with it."""
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise DamagedSnapshot(f"{path.name} is missing") from None
    except ValidationError as error:
        torn = any(one["type"] == "json_invalid" for one in error.errors(include_input=False))
        why = "it is torn" if torn else "it is of another version of infra-report"
        raise DamagedSnapshot(f"{path.name} cannot be read: {why}") from None
    except OSError as error:
        raise _unreadable(path, error) from None


def frames(data: Path) -> dict[str, pd.DataFrame]:
    """Return a day's frames by name. Raises DamagedSnapshot for one that is lost or torn."""
    import pandas as pd

    found = {}
    for path in sorted(data.glob("*.parquet")):
        try:
            found[path.stem] = pd.read_parquet(path)
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from None
    _complete(found, ALWAYS)
    _complete(found, found["outcomes"]["collector"].dropna().unique())
    return found


def check(data: Path) -> None:
    """Raise DamagedSnapshot where a frame is lost or torn; of most only the end is looked at."""
    import pyarrow.parquet as pq

    found = {path.stem for path in data.glob("*.parquet")}
    _complete(found, ALWAYS)
    path = data / "outcomes.parquet"
    try:
        with pq.ParquetFile(path) as file:
            asked = file.read(["collector"], use_threads=False).column(0).unique().to_pylist()
        _complete(found, sorted(filter(None, asked)))
        for path in sorted(data.glob("*.parquet")):
            with path.open("rb") as ended:
                ended.seek(max(0, path.stat().st_size - len(END)))
                if ended.read() != END:
                    raise ValueError
    except (OSError, ValueError, KeyError) as error:
        raise _unreadable(path, error) from None


def _complete(found: Iterable[str], names: Iterable[str]) -> None:
    for name in names:
        if name not in found:
            raise DamagedSnapshot(f"{name}.parquet is missing")


def _unreadable(path: Path, error: Exception) -> DamagedSnapshot:
    why = getattr(error, "strerror", None) or "it is not what was written"
    return DamagedSnapshot(f"{path.name} cannot be read: {why}")
