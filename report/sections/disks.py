"""The disks: the fullest filesystems, how full the fleet is, and the space of each group."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from markupsafe import Markup

from report import charts, tables
from report.findings import summarise
from report.headline import full
from report.marks import bar, mark
from report.markup import (
    Col,
    Page,
    block,
    bold,
    halves,
    note,
    section,
    table,
)
from report.reading import View, frame_of
from report.rules.disks import filling, judge, over, roomy, tight
from report.sections import FEW, NAMES, ROWS, cut, flows, nth, unknown
from report.sections.growing import growing
from report.sections.panels import panels
from report.words import UNKNOWN, is_missing, listing, number, percent, plural, readable, verb

GIB, TIB = 1 << 30, 1 << 40
FULLEST = 30  # rows that fit the page, for all that stand at a critical limit
QUIET = 2  # that are full, and no alarm
WHY = {"disk-full": "by a limit of its own", "inodes-full": "by inodes"}
CHART_FROM = 15  # fewer filesystems are a list, not a distribution


def page(view: View) -> Page:
    """Return the section."""
    number_, flow = nth(view, "disks"), flows(view, "disks")
    if not view.read("disks"):
        said = unknown(view, "disks", "disks")
        return section("disks", number_, NAMES["disks"], said, [], flow)
    once = tables.filesystems(frame_of(view, "disks"))
    ranked = tables.fullest(once)
    parts = [panels(view, once), _fullest(view, ranked), _no_figures(once)]
    if len(view.hosts) > FEW:
        parts.insert(
            2, halves(_over_fleet(view, ranked) + growing(view, once), _by_group(view, once))
        )
    return section("disks", number_, NAMES["disks"], _finding(view, ranked), parts, flow)


def _finding(view: View, ranked: pd.DataFrame) -> str:
    over = filling(view)
    read = plural(view.read("disks"), "server")
    alone = len(view.hosts) == 1
    if ranked.empty:
        return (
            "Nothing can run out of space." if alone else f"Nothing on {read} can run out of space."
        )
    if not over:
        top = ranked.iloc[0]
        fullest = f"{readable(top['mount'], 40)}, {percent(top['percent'])} %"
        if alone:
            return f"Nothing is above its limit; the fullest is {fullest}."
        return f"Nothing is above its limit on {read} read; the fullest is {top['host']} {fullest}."
    worst = max(over, key=lambda one: (one.severity == "critical", one.value or 0))
    more = len(over) - 1
    said = full(worst)
    return (
        f"{said}; {number(more)} more {verb(more, 'is')} above {verb(more, 'its')} limit."
        if more
        else f"{said}."
    )


def _fullest(view: View, ranked: pd.DataFrame) -> Markup:
    if ranked.empty:
        return Markup()
    cols = (
        Col("", 5, "m"), Col("Host", 30), Col("Mount", 46, "path"), Col("Used %", 13, "n"),
        Col("", 27, "p"), Col("Inodes %", 15, "n"), Col("Size, GiB", 19, "n"),
        Col("Free, GiB", 19, "n"),
    )  # fmt: skip
    critical = int(_is_critical(view, ranked).sum())
    shown = _worst_first(view, ranked).head(min(max(critical, ROWS), FULLEST))
    decimals = 0 if (shown["size_bytes"].min() or 0) >= 10 * GIB else 1
    rows = [_row(view, row, decimals) for row in shown.itertuples(index=False)]
    read = plural(view.read("disks"), "server")
    said = f"{plural(len(rows), 'filesystem')}, on {read} read"
    if len(rows) < len(ranked):
        said = cut(len(rows), len(ranked), "filesystem")
    if critical > len(rows):
        said = f"{number(len(rows))} of {plural(critical, 'filesystem')} at a critical limit"
        said += f"; {number(critical - len(rows))} more in the workbook"
    return block("Fullest", said, table(cols, rows), _roomy(view))


def _roomy(view: View) -> Markup:
    """Return what fell read-only, and why some above their limit are no finding, others are."""
    said = roomy(view)
    more = len(said) - QUIET
    rest = [f"No alarm for {number(more)} more either, for the same reason."] if more > 0 else []
    stuck = [f"{one.subject} {one.sentence}" for one in summarise(view).findings
             if one.kind == "read-only"]  # fmt: skip
    every = [*stuck[:QUIET], *said[:QUIET], *rest, *tight(view)[:QUIET]]
    return note(" ".join(every)) if every else Markup()


def _worst_first(view: View, ranked: pd.DataFrame) -> pd.DataFrame:
    """Return them with those at a critical limit on top: 90 % of bytes may be less than that."""
    critical = _is_critical(view, ranked)
    return ranked.loc[critical.sort_values(ascending=False, kind="stable").index]


def _is_critical(view: View, ranked: pd.DataFrame) -> pd.Series:
    # Those near no limit are not judged one by one: there may be many.
    bad = {(row.host, row.mount) for row in over(view) if "critical" in judge(view, row)[:2]}
    pairs = zip(ranked["host"], ranked["mount"], strict=True)
    return pd.Series([pair in bad for pair in pairs], ranked.index, dtype=bool)


def _row(view: View, row: Any, decimals: int) -> tuple[Any, ...]:
    judged = judge(view, row)
    kinds, limits = [judged.by_bytes, judged.by_inodes], judged.limits
    kind = next((one for one in ("critical", "warning") if one in kinds), "")
    host = readable(row.host, 40)
    mount = readable(row.mount, 60) + (", inodes" if kinds[1] and not kinds[0] else "")
    mount += f", on {number(row.host_count)} hosts" if row.host_count > 1 else ""
    nodes = percent(row.inodes_used_percent)
    used = None if is_missing(row.used_percent) else float(row.used_percent)
    return (
        mark(kind), bold(host) if kind else host, mount,
        bold(percent(row.used_percent)) if kinds[0] else percent(row.used_percent),
        bar(used, limits.disks.warning, kinds[0]), bold(nodes) if kinds[1] else nodes,
        _gib(row.size_bytes, decimals), _gib(row.available_bytes, decimals),
    )  # fmt: skip


def _gib(value: Any, decimals: int) -> str:
    return UNKNOWN if is_missing(value) else number(float(value) / GIB, decimals)


def _over_fleet(view: View, ranked: pd.DataFrame) -> Markup:
    used = ranked["used_percent"].dropna()
    if len(used) < CHART_FROM:
        return Markup()
    limit = view.info.thresholds.disks
    said = f"Half are less than {percent(used.median() + 1)} % full{_above(view, ranked)}"
    over = int((used >= limit.warning).sum())
    every = plural(len(used), "filesystem")
    alt = f"{said}; {number(over)} of {every} at or above {limit.warning:g} %."
    return block(
        "Over the fleet", said,
        charts.image(charts.used_over_fleet(used, limit.warning, limit.critical), alt),
    )  # fmt: skip


def _above(view: View, ranked: pd.DataFrame) -> str:
    """Return how many are above their limit, where the line drawn does not part just these."""
    limit = view.info.thresholds.disks.warning
    drawn = (ranked["used_percent"] >= limit).fillna(False).astype(bool)
    behind = set(zip(ranked.loc[drawn, "host"], ranked.loc[drawn, "mount"], strict=True))
    found = {(one.hosts[0], one.object): one.kind for one in filling(view)}
    if set(found) == behind:
        return ""
    others = Counter(kind for key, kind in found.items() if key not in behind)
    parts = [f"{number(len(behind & set(found)))} of the {number(len(behind))} at {limit:g} %"]
    parts += [f"{number(count)} {WHY[kind]}" for kind, count in sorted(others.items())]
    count = len(found)
    return (
        f"; {number(count)} {verb(count, 'is')} above {verb(count, 'its')} limit: {listing(parts)}"
    )


def _by_group(view: View, once: pd.DataFrame) -> Markup:
    every = tables.space_by_group(once, view.main_group)
    if every.empty:
        return Markup()
    top = every.sort_values("size_bytes", ascending=False).head(ROWS)
    rows = [
        _space(str(name), size, used)
        for name, size, used in zip(top["group"], top["size_bytes"], top["used_bytes"], strict=True)
    ]
    if len(every) > ROWS:
        left = every.drop(top.index)
        rows.append(
            _space(
                f"{number(len(left))} other groups",
                left["size_bytes"].sum(),
                left["used_bytes"].sum(),
            )
        )
    totals = _space("All", every["size_bytes"].sum(), every["used_bytes"].sum())
    rows.append(tuple(bold(value) for value in totals))
    cols = (
        Col("Group", 30),
        Col("Size, TiB", 18, "n"),
        Col("Used, TiB", 18, "n"),
        Col("Used %", 18, "n"),
    )
    said = f"{number(float(every['used_bytes'].sum()) / TIB, 1)} TiB used"
    counted = note("A host counts in the first of its groups; shared pools and remote ones once.")
    return block("By group", said, table(cols, rows, "sum"), counted)


def _space(name: str, size: Any, used: Any) -> tuple[Any, ...]:
    share = percent(100 * float(used) / float(size), 1) if size else UNKNOWN
    return (name, number(float(size) / TIB, 1), number(float(used) / TIB, 1), share)


def _no_figures(once: pd.DataFrame) -> Markup:
    silent = once[once["used_percent"].isna() & once["cause"].notna()]
    if silent.empty:
        return Markup()
    cols = (Col("", 5, "m"), Col("Host", 30), Col("Mount", 60, "path"), Col("Why", 79))
    rows = [
        (mark("unread"), bold(row.host), readable(row.mount, 60), row.cause)
        for row in silent.head(ROWS).itertuples(index=False)
    ]
    return block("Without figures", cut(len(rows), len(silent), "filesystem"), table(cols, rows))
