"""The lines of sudoers(5), as far as a report needs them; a part of `sudoers`.

    ops, %admin  ALL, !mail = (root : adm) NOPASSWD: /bin/a, (bob) PASSWD: /bin/b : db = ALL
    User_Alias ADMINS = ops, amy
    Defaults:ops !authenticate, timestamp_timeout=0

After the grammar of sudo's plugins/sudoers (toke.l, gram.y): commas, `=` and `:` count
where they are neither escaped, quoted nor in brackets; run-as and tags of one command hold
for those after it. Words that are not known stay with the command that they stand before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collectors.base import Row

CODE = re.compile(r'(?:[^#"\\]|\\.|\\$|"[^"]*"?|#(?=-?\d))*')
INCLUDE = re.compile(r"[#@]include(dir)?\s.*")
ALIAS = re.compile(r"(User|Runas|Host|Cmnd|Cmd)_Alias\s.*=.*")
DEFAULTS = re.compile(r"Defaults(?:([@:>!])\s*(\S+))?\s+(.*)")
SCOPES = {"@": "hosts", ":": "who", ">": "run_as", "!": "commands"}
TAGS = r"((?:NO)?(?:EXEC|PASSWD|SETENV|FOLLOW|INTERCEPT|LOG_INPUT|LOG_OUTPUT|MAIL))"
TAG = re.compile(TAGS + r"\s*:\s*")
# A tag and a digest hold a colon, too.
ENDS_WITH_TAG = re.compile(rf"(?<![\w/])(?:{TAGS}|sha(?:224|256|384|512))\Z")
OPTION = re.compile(r'([A-Z_]+)\s*=\s*("[^"]*"|\S+)\s+')
RUN_AS = re.compile(r"\(([^)]*)\)\s*")


def rows(lines: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of one file: at least one for each line that says anything."""
    for number, text in logical(lines):
        if INCLUDE.fullmatch(text):
            continue
        for row in _rows(text):
            yield Row(line=number, text=text) | row


def logical(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield lines without comments, joined where a backslash ends one, with single blanks."""
    first, parts = 0, list[str]()
    for number, said in enumerate(lines, 1):
        line = said.rstrip("\r")
        first = first if parts else number
        code = line if INCLUDE.fullmatch(line.strip()) else _code(line)
        ends = len(code) - len(code.rstrip("\\"))
        if ends % 2:
            parts.append(code[:-1])
            continue
        text = " ".join(" ".join([*parts, code]).split())
        parts = []
        if text:
            yield first, text
    if text := " ".join(" ".join(parts).split()):
        yield first, text


def _code(line: str) -> str:
    hit = CODE.match(line)
    return hit[0] if hit else line


def _rows(text: str) -> list[Row]:
    if ALIAS.fullmatch(text):
        return [Row(kind="alias")]
    if hit := DEFAULTS.fullmatch(text):
        scope = {SCOPES[hit[1]]: hit[2]} if hit[1] else {}
        return [Row(kind="defaults", options=hit[3]) | scope]
    head, *rest = split(text, "=", 1)
    who, hosts = _who(head)
    found: list[Row] = []
    for on, commands in _specs(rest[0] if rest else "", hosts):
        rights = list(_rights(commands))
        if not who or not on or not rights:
            return [Row(kind="unknown")]
        found += [Row(kind="rule", who=who, hosts=on) | right for right in rights]
    return found


def _specs(rest: str, hosts: str) -> Iterator[tuple[str, str]]:
    """Yield (hosts, commands) of `commands : hosts = commands : hosts = …`."""
    parts = split(rest, ":")
    commands = parts[0]
    for part in parts[1:]:
        head, *more = split(part, "=", 1)
        if more and not ENDS_WITH_TAG.search(commands.rstrip()):
            yield hosts, commands
            hosts, commands = head.strip(), more[0]
        else:
            commands = f"{commands}:{part}"
    yield hosts, commands


def _who(head: str) -> tuple[str, str]:
    """Return users and hosts of `ops, %admin  ALL, !mail`; empty when there are not two."""
    packed = re.sub(r"!\s+", "!", re.sub(r"\s*+,\s*+", ",", head.strip()))
    words = split(packed, " ")
    users, hosts = words if len(words) == 2 else ("", "")
    return ", ".join(split(users, ",")), ", ".join(split(hosts, ","))


def _rights(commands: str) -> Iterator[Row]:
    """Yield what is allowed, one for each run of commands with the same run-as and tags."""
    run_as, tags, run = "root", dict[str, str](), list[str]()
    for item in split(commands, ","):
        before = (run_as, dict(tags))
        rest = item.strip()
        if hit := RUN_AS.match(rest):
            run_as, rest = "".join(hit[1].split()) or "()", rest[hit.end() :]
        while hit := TAG.match(rest) or OPTION.match(rest):
            tag = hit.re is TAG
            tags[hit[1].removeprefix("NO") if tag else hit[1]] = hit[1] if tag else hit[0].strip()
            rest = rest[hit.end() :]
        if not rest:
            return
        if run and before != (run_as, tags):
            yield _right(*before, run)
            run = []
        run.append(rest)
    if run:
        yield _right(run_as, tags, run)


def _right(run_as: str, tags: dict[str, str], run: list[str]) -> Row:
    return Row(run_as=run_as, commands=", ".join(run), options=", ".join(tags.values()))


def split(text: str, mark: str, most: int = -1) -> list[str]:
    """Split at a character where it is neither escaped, quoted nor in round brackets."""
    parts, begin, quoted, depth, at = [], 0, False, 0, 0
    while at < len(text) and most != 0:
        one = text[at]
        if one == "\\":
            at += 1
        elif one == '"':
            quoted = not quoted
        elif not quoted and one in "()":
            depth = max(0, depth + (1 if one == "(" else -1))
        elif one == mark and not quoted and not depth:
            parts.append(text[begin:at])
            begin, most = at + 1, most - 1
        at += 1
    return [*parts, text[begin:]]
