"""The lines of doas.conf(5), of OpenBSD and of its ports; a part of `sudoers`.

    permit persist setenv { PATH HOME=/root } :wheel as root
    deny bob cmd /bin/sh args -c ls

The last rule that fits counts there, and without a rule nobody may. `deny` is an option.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collectors.base import Row
from collectors.sudoers.rules import logical

OPTIONS = r"(?: (?:nopass|nolog|persist|keepenv|setenv \{[^}]*\}))*+"
RULE = re.compile(
    rf"(?P<action>permit|deny)(?P<options>{OPTIONS})"
    r" (?P<who>\S+)(?: as (?P<run_as>\S+))?(?: cmd (?P<commands>\S.*))?"
)


def rows(lines: Sequence[str]) -> Iterator[Row]:
    """Yield one row a rule."""
    for number, text in logical(lines):
        spaced = re.sub(r"\s*+([{}])\s*+", r" \1 ", text) if "setenv" in text else text
        hit = RULE.fullmatch(spaced.strip())
        row = Row(line=number, text=text, kind="unknown")
        if hit:
            deny = ["deny"] if hit["action"] == "deny" else []
            row.update(
                kind="rule",
                who=hit["who"],
                run_as=hit["run_as"] or "ALL",
                commands=hit["commands"] or "ALL",
                options=", ".join(deny + re.findall(r"setenv \{[^}]*\}|\S+", hit["options"])),
            )
        yield row
