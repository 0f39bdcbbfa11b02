"""What is pending, as a package manager's own module reads it from its output."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from collectors.text import KILLED, Section, Sections

MOST_NAMES = 40
LONGEST_SAID = 200

# The time of the newest of the files named, or one that is there and may not be read.
SCRIPT = r"""
ages() {
  for f; do
    if [ ! -r "$f" ]; then [ -e "$f" ] && echo "closed $f"
    elif [ -f "$f" ]; then stat -c %Y "$f"; fi
  done | sort -n | sed -n '/^closed/{p;q;}; $p'
}
# The repositories that files of yum's form enable.
enabled() {
  cat "$@" 2>/dev/null | awk '
    /^[ \t]*\[/ { if (on) print id; id = $0; sub(/^[^[]*\[/, "", id); sub(/\].*/, "", id)
      on = id != "main" && id != "" }
    /^[ \t]*enabled[ \t]*=[ \t]*(0|[Ff]alse|[Nn]o)/ { on = 0 } END { if (on) print id }'
}
"""


@dataclass
class Pending:
    """What one manager says. names and security are None where it is not known.

    held: newer versions that would not be installed. cause: why something could not be had.
    """

    names: Sequence[str] | None = None
    security: Sequence[str] | None = None
    held: int | None = None
    notes: list[str] = field(default_factory=list)
    cause: str = ""

    @property
    def listed(self) -> str | None:
        """Return the packages' names, those of security updates first, at most 40 of them."""
        if self.names is None:
            return None
        first = sorted(set(self.security or ()))
        return words([*first, *sorted(set(self.names) - set(first))])


def words(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Return names separated by commas, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def silent(section: Section | None, command: str, lines: Iterable[str]) -> str:
    """Return why a command gave no answer, in its own words where it has some."""
    if section is None or section.status in (None, KILLED):
        return f"{command} did not answer in time"
    said = next((line.strip() for line in lines if line.strip()), "")
    return f"{command} ended with {section.status}: {said[:LONGEST_SAID]}"


def absent(found: Sections, cached: set[str]) -> str:
    """Return which enabled repositories are not in the cache, in words: nobody else says so."""
    names = {name for name in found.good("enabled") if name.strip() and "$" not in name} - cached
    return f"no package lists of {words(sorted(names), 10)}" if names else ""


def closed(found: Sections) -> str:
    """Return which of the package lists may not be read, or ""."""
    line = next((one for one in found.good("lists") if one.startswith("closed ")), "")
    return line.removeprefix("closed ")
