"""What a host printed earlier, from the day's raw/ folder: a run without any network."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from collectors.errors import Outcome
from collectors.fleet import Host
from collectors.transports import Printed


class Replay:
    """Reads `raw/<host>.txt.gz`, or `raw/<host>.txt`."""

    def __init__(self, raw: Path | None) -> None:
        self._raw = raw

    def run(self, host: Host, script: str, seconds: float, cap_bytes: int) -> Printed:
        """See `Transport.run`; what was printed then is returned, whatever the script."""
        del script, seconds
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
