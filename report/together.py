"""Pure: findings of one severity on the same servers, in one row: often they have one cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from report.contract import Finding
from report.rules.intruders import NEW, WAYS
from report.words import shortened

LONGEST = 200  # letters of a sentence
ROOM = 140  # letters behind which no other sentence begins or ends: two lines


@dataclass(frozen=True)
class Told:
    """A row: findings of the same hosts and severity, the worst first."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The worst of them."""
        return self.findings[0]

    @property
    def fitting(self) -> tuple[tuple[Finding, str], ...]:
        """Those that there is room for, and what is said of them: the first, and briefly others."""
        said = [shortened(self.first.sentence, LONGEST)]
        for one in self.findings[1:]:
            brief = one.sentence.partition("; ")[0].removesuffix(".") + "."
            if len(" ".join([*said, brief])) > ROOM:
                break
            said.append(brief)
        return tuple(zip(self.findings, said, strict=False))

    @property
    def more(self) -> int:
        """How many findings there is no room for, and that the first does not tell of."""
        left = self.findings[len(self.fitting) :]
        with_it = NEW in self.first.sentence
        return sum(not (with_it and one.kind in WAYS) for one in left)

    @property
    def new(self) -> int:
        """How many of them are new."""
        return sum(one.state == "new" for one in self.findings)

    @property
    def said(self) -> str:
        """All that the row says, as one text."""
        said = " ".join(sentence for _, sentence in self.fitting)
        return f"{said} And {self.more} more." if self.more else said


def together(found: Iterable[Finding]) -> list[Told]:
    """Return the rows, in the order of the first of each."""
    rows: dict[tuple[str, tuple[str, ...]], list[Finding]] = {}
    for one in found:
        rows.setdefault((one.severity, one.hosts), []).append(one)
    return [Told(tuple(every)) for every in rows.values()]


def apart(rows: Sequence[Told]) -> list[Finding]:
    """Return the findings of rows."""
    return [one for row in rows for one in row.findings]
