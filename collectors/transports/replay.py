"""What a host printed earlier, from the day's raw/ folder: a run without any network.

Where the folder says how and when that ended (`collectors.keeping`), it ends so again.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from pathlib import Path

from collectors import keeping
from collectors.errors import Outcome
from collectors.fleet import Host
from collectors.transports import Printed


class Replay:
    """Reads `raw/<host>.txt.gz`, or `raw/<host>.txt`."""

    def __init__(self, raw: Path | None) -> None:
        self._raw = raw
        there = raw is not None and (raw / keeping.NAME).exists()
        self._kept = keeping.read(raw)["hosts"] if raw and there else {}

    def run(self, host: Host, script: str, seconds: float, cap_bytes: int) -> Printed:
        """See `Transport.run`; what was printed then is returned, whatever the script."""
        del script, seconds
        printed = self._printed(host, cap_bytes)
        if host.name not in self._kept:
            return printed
        outcome, cause, at = keeping.ending(self._kept[host.name])
        if not printed.stdout:  # then nothing was kept
            return Printed(b"", outcome, cause, at)
        if printed.outcome is Outcome.OK:
            return replace(printed, outcome=outcome, cause=cause, at=at)
        return replace(printed, at=at)

    def _printed(self, host: Host, cap_bytes: int) -> Printed:
        if self._raw is None:
            return Printed(outcome=Outcome.NO_DATA, cause="no folder to replay from")
        try:
            output = _read(self._raw, host.name, cap_bytes + 1)
        except FileNotFoundError:
            cause = f"nothing to replay: no {host.name}.txt.gz in {self._raw}"
            return Printed(outcome=Outcome.NO_DATA, cause=cause)
        except (OSError, EOFError, zlib.error) as error:
            cause = f"{self._raw / host.name}.txt.gz cannot be read: {error}"
            return Printed(outcome=Outcome.NO_DATA, cause=cause)
        if len(output) > cap_bytes:
            cause = f"more than {cap_bytes:,} bytes of output"
            return Printed(output[:cap_bytes], Outcome.TRUNCATED, cause)
        return Printed(output)


def _read(raw: Path, name: str, most: int) -> bytes:
    packed = raw / f"{name}.txt.gz"
    if packed.exists():
        with gzip.open(packed) as file:
            return file.read(most)
    with (raw / f"{name}.txt").open("rb") as plain:
        return plain.read(most)
