"""Drop-in checks: commands from the settings, Nagios plug-ins among them, and what they say.

    check1|{"name": "load", "kind": "nagios"}              what was asked
    out1|LOAD OK - total load average: 0.3, 0.4, 0.3|load1=0.300;15.000;30.000;0;
    out1|=0
    end1|0 0 10                                            see `apart`
    now|1795564800                                         all have been asked

Rows: one a check, with its state, exit code and text, `label` NA; then one for each figure
it printed, with `check`, `label`, `value` …, `state` NA: so that as many rows are critical
as checks are. Kinds: `nagios` (0 ok, 1 warning, 2 critical, 3 unknown; text and figures as
in the Monitoring Plugins Development Guidelines), `exit` (0 ok, anything else critical; its
output is text alone). A check that could not be run, did not end or was not reached is
`unknown` with its cause, and the outcome is partial. Figures that are not understood are
counted in the note. Each check has a limit of its own, all of them together BUDGET seconds.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from collectors import apart
from collectors import text as probe
from collectors.base import NUMBER, TEXT, WHOLE, Ask, Column, Parsed, Row
from collectors.checks import figures
from collectors.config import Strict
from collectors.errors import NotApplicable, ParseError

NAME = "checks"
SECONDS = 60
BUDGET = 54
PAST = False
MOST_CHARACTERS = 8000
LONGEST_TEXT = 1000
COLUMNS: tuple[Column, ...] = (
    Column("check", TEXT, "", "its name in the settings"),
    Column("state", TEXT, "", "ok, warning, critical or unknown; NA on the row of a figure"),
    Column("exit_code", WHOLE, "", "what it ended with; NA when it did not end by itself"),
    Column("text", TEXT, "", "the first line of its output, without its figures"),
    Column("long_text", TEXT, "", "further lines of its output, without its figures"),
    Column("cause", TEXT, "", "why its state is not known"),
    Column("label", TEXT, "", "what a figure is of; NA on the check's own row"),
    Column("value", NUMBER, "", "the figure, in `unit`; NA when the check does not know it"),
    Column("unit", TEXT, "", "s, ms, %, B, MiB …; c for a counter; NA for a mere number"),
    Column("warning", TEXT, "", "the range outside of which it warns, as the check wrote it"),
    Column("critical", TEXT, "", "the range outside of which it is critical"),
    Column("minimum", NUMBER, "", "the least it can be, in `unit`"),
    Column("maximum", NUMBER, "", "the most it can be, in `unit`"),
)


def _joined(command: Any) -> Any:
    words = isinstance(command, list) and all(isinstance(word, str) for word in command)
    return shlex.join(command) if words else command


class Check(Strict):
    """command: for sh, or a list of words; seconds: its limit; kind: what its end means."""

    command: Annotated[str, BeforeValidator(_joined), Field(min_length=1, max_length=4000)]
    seconds: int = Field(10, ge=1, le=BUDGET)
    kind: Literal["nagios", "exit"] = "nagios"


class OPTIONS(Strict):
    """commands: the checks, by name."""

    commands: dict[Annotated[str, StringConstraints(min_length=1, max_length=100)], Check] = {}


STATES = ("ok", "warning", "critical", "unknown")
SIGNALLED = 128
UNRUN = {126: "it may not be executed, or is no program", 127: "there is no such command"}


def script(ask: Ask) -> str:
    """Return the script. What is asked is printed first, but for the commands themselves."""
    asked, calls = [], []
    for n, (name, check) in enumerate((ask.options.get("commands") or {}).items(), start=1):
        words = json.dumps({"name": name, "kind": check.get("kind", "nagios")})
        asked.append(f"printf '%s\\n' {shlex.quote(f'check{n}|{words}')}")
        limit = check.get("seconds", 10)
        calls.append(f"apart {n} {limit} {MOST_CHARACTERS} {shlex.quote(check['command'])}")
    parts = [probe.PRELUDE, apart.script(BUDGET), *asked, *calls, "say now date +%s", ""]
    return "\n".join(parts)


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row a check, and one for each of its figures.

    Raises NotApplicable when no check is named in the settings, ParseError for output that
    is not the script's.
    """
    del ask
    found = probe.sections(text)
    asked = [name for name in found if re.fullmatch(r"check\d+", name)]
    if not asked:
        if not found.value("now").isdecimal():
            raise ParseError("not what the probe of checks prints", text)
        raise NotApplicable("no check is named in the settings")
    rows: list[Row] = []
    lost: dict[str, list[str]] = {}
    strange: list[str] = []
    for section in asked:
        name, kind = _asked(found[section].first)
        row, read, odd = _check(name, kind, apart.answer(found, int(section[5:])))
        rows += [row, *read]
        strange += [f"{name}: {one[:80]!r}" for one in odd]
        if row["cause"]:
            lost.setdefault(row["cause"], []).append(name)
    cause = "; ".join(f"{', '.join(names)}: {why}" for why, names in lost.items())
    more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
    return Parsed(rows, cause, f"not understood: {strange[0]}{more}" if strange else "")


def _asked(line: str) -> tuple[str, str]:
    try:
        words = json.loads(line)
        name, kind = words["name"], words["kind"]
    except (ValueError, LookupError, TypeError, RecursionError):
        name = kind = None
    if not isinstance(name, str) or kind not in ("nagios", "exit"):
        raise ParseError("the name of a check is not understood", line)
    return name, kind


def _check(name: str, kind: str, said: apart.Answer) -> tuple[Row, list[Row], list[str]]:
    """Return the row of a check, those of its figures, and what is not understood."""
    lines, printed = list(said.lines), ""
    if kind == "nagios":
        lines, printed = figures.divided(lines)
    read, odd = figures.read(printed, cut=said.cut or said.status is None)
    state, cause = _state(kind, said)
    row = Row(check=name, state=state, exit_code=said.status, cause=cause or None)
    row["text"] = lines[0].strip()[:LONGEST_TEXT] or None if lines else None
    row["long_text"] = "\n".join(lines[1:]).strip()[:LONGEST_TEXT] or None
    odd += [f"more than {MOST_CHARACTERS:,} characters of output"] if said.cut else []
    return row, [Row(check=name, **figure) for figure in read], odd


def _state(kind: str, said: apart.Answer) -> tuple[str, str]:
    if said.status is None:
        return "unknown", said.cause
    if said.status in UNRUN:
        return "unknown", UNRUN[said.status]
    if kind == "exit":
        return ("critical" if said.status else "ok"), ""
    if said.status < len(STATES):
        return STATES[said.status], ""
    if said.status > SIGNALLED:
        return "unknown", f"it was ended by signal {said.status - SIGNALLED}"
    return "unknown", f"its exit code {said.status} has no meaning for a plug-in"
