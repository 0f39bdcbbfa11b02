"""What a plug-in prints, after the Monitoring Plugins Development Guidelines.

    DISK OK - free space: / 3326 MiB (56%); | /=2643MiB;5948;5958;0;5968
    / 15272 MiB (77%);
    /boot 68 MiB (69%); | /boot=68MiB;88;93;0;98
    'C:\\ used'=12%;80;90

Text, then figures: 'label'=value[unit];[warning];[critical];[minimum];[maximum]. A label with
blanks stands in quotes, a quote in it is doubled; the value may be U, not known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from collectors.base import MOST, Row

LONGEST_LABEL, LONGEST_RANGE = 200, 100
FIGURE = re.compile(r"(?:'((?:[^']|'')+)'|([^\s='\"]+))=(\S*)(?:\s+|$)")
AMOUNT = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)([^\d;,'\"\s.+-][^;,'\"\s]*)?")
BLANK = re.compile(r"\s|$")


def divided(lines: Sequence[str]) -> tuple[list[str], str]:
    """Part text and figures: after | in the first line, and after | in a later one to the end."""
    texts, printed = [], []
    for n, line in enumerate(lines):
        before, bar, after = line.partition("|")
        texts.append(before)
        printed.append(after)
        if bar and n:
            printed += lines[n + 1 :]
            break
    return texts, " ".join(printed)


def read(printed: str, *, cut: bool) -> tuple[list[Row], list[str]]:
    """Return the figures, and the words that are none. Of a cut output the last is no figure."""
    words = list(_words(printed.strip()))
    if cut and words:
        words.pop()
    rows, odd = [], []
    for word, matched in words:
        row = _figure(matched) if matched else None
        if row is None:
            odd.append(word)
        else:
            rows.append(row)
    return rows, odd


def _words(printed: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    at = 0
    while at < len(printed):
        if matched := FIGURE.match(printed, at):
            yield matched[0].strip(), matched
            at = matched.end()
        else:
            end = next(BLANK.finditer(printed, at)).start()
            if end > at:
                yield printed[at:end], None
            at = end + 1


def _figure(matched: re.Match[str]) -> Row | None:
    label = matched[1].replace("''", "'") if matched[1] else matched[2]
    value, *limits = matched[3].split(";")
    warning, critical, least, most = (*limits, "", "", "", "")[:4]
    amount, lowest, highest = _amount(value), _amount(least), _amount(most)
    if not amount or not lowest or not highest or any(limits[4:]) or not value:
        return None
    return Row(
        label=label[:LONGEST_LABEL],
        value=amount[0],
        unit=amount[1],
        warning=warning[:LONGEST_RANGE] or None,
        critical=critical[:LONGEST_RANGE] or None,
        minimum=lowest[0],
        maximum=highest[0],
    )


def _amount(word: str) -> tuple[float | None, str | None] | None:
    """Return number and unit, NA for nothing and for U; None for what is neither."""
    if word in ("", "U"):
        return None, None
    matched = AMOUNT.fullmatch(word)
    if not matched or len(word) > LONGEST_RANGE:
        return None
    number = float(matched[1])
    return (number, matched[2]) if math.isfinite(number) and abs(number) < MOST else None
