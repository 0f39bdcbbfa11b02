"""What settings say and nothing comes of: right to the letter, and yet most likely not meant.

It hinders no run, for a server may come back, and a file of templates may be there to be read by
people: `infra-report check` and every run say it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from report.own import NAMES, TEXTS
from report.rules import KINDS
from report.settings import Settings


def doubts(settings: Settings, today: date) -> list[str]:
    """Return a sentence for each: silences that fit nothing, templates that nothing reads."""
    found = [*_silences(settings, today)] if settings.fleet else []
    return [*found, *_templates(settings.templates)] if settings.templates else found


def _silences(settings: Settings, today: date) -> Iterator[str]:
    assert settings.fleet is not None
    hosts = [*settings.fleet.hosts, *settings.fleet.left_out]
    names = {host.name for host in hosts} | {group for host in hosts for group in host.groups}
    for number, one in enumerate(settings.silences):
        if one.until < today:
            continue
        host, kind = one.finding.split(" ", 2)[:2] if one.finding else (one.host, one.kind)
        where = f"{settings.params / 'silences.yaml'}: silences.{number}"
        if host and not _fits(names, host):
            yield f"{where}: no host and no group is named {host}, so it silences nothing"
        if kind and not _fits(set(KINDS), kind):
            close = difflib.get_close_matches(kind, KINDS, 1)
            right = f"did you mean {close[0]}?" if close else f"kinds: {', '.join(KINDS)}"
            yield f"{where}: no finding is of the kind {kind}, so it silences nothing; {right}"


def _fits(names: set[str], pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


def _templates(own: Path) -> Iterator[str]:
    names = {
        path.relative_to(own).as_posix(): path
        for path in sorted(own.rglob("*"))
        if path.is_file() and not any(one.startswith(".") for one in path.relative_to(own).parts)
    }
    read = [name for name in names if name in NAMES]
    for name in read:  # which grows, for one may include another
        if name in TEXTS or name not in NAMES:
            text = names[name].read_text(encoding="utf-8", errors="replace")
            read += [other for other in names if other not in read and other in text]
    for name in sorted(names.keys() - set(read)):
        close = difflib.get_close_matches(name, NAMES, 1)
        right = f"did you mean {close[0]}?" if close else f"those that are: {', '.join(NAMES)}"
        yield f"{own / name} is not used; {right}"
