"""Certificates that run out, and systems that come to the end of their support."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from report.marks import mark
from report.markup import Col, bold, joined, note, quiet, quoted
from report.reading import View, plain
from report.rules.timers import BAD
from report.sections.blocks import divided, known, listed
from report.sections.standing import Stands, stands
from report.words import (
    day_month,
    days_until,
    foreign,
    is_missing,
    last_day,
    listing,
    natural,
    number,
    plural,
    verb,
)

RENEWERS = re.compile("certbot|acme|lego|dehydrated|getssl")  # timers that renew certificates
COMMON_NAME = re.compile(r"(?:^|[,/] ?)CN ?= ?([^,/]+)")


def certificates(view: View) -> Markup:
    """Return the certificates that run out, or that could not be read."""
    frame = known(view, "certificates")
    frame = frame[frame["not_after_at"].notna() | frame["cause"].notna()]
    frame = frame.sort_values(["not_after_at", "host"], kind="stable")
    frame = frame.drop_duplicates(["host", "source"])
    told = (
        is_missing(end) or bool(stands(view, host, "certificate", source).kind)
        for host, source, end in zip(
            frame["host"], frame["source"], frame["not_after_at"], strict=True
        )
    )
    bad, good = divided(frame, told)
    cols = (
        Col("", 5, "m"), Col("Host", 26), Col("Certificate", 101, "path wide"),
        Col("Runs out", 24, "n"), Col("Days left", 18, "n"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        if is_missing(row.not_after_at):
            why = Markup("{}: {}").format(quoted(row.source, 100), quoted(row.cause, 100))
            return mark("unread"), row.host, why, "–", "–"
        one = stands(view, row.host, "certificate", row.source)
        return (
            one.mark, host_of(one, row.host), joined(_certificate(row, one), ", "),
            on_day(view, row.not_after_at), _left(view, row.not_after_at),
        )  # fmt: skip

    rest = ""
    if len(good):
        days = days_until(good["not_after_at"].iloc[0], view.info.to_at, view.info.zone)
        rest = good_ones(len(good), len(frame), f"good for {plural(days, 'day')} or longer")
    renewal = _not_renewed(view, list(bad["host"]))
    return listed(
        view, "Certificates", "certificates", bad, cols, cells, "certificate",
        "None runs out soon" if len(frame) else "None", rest,
        note(renewal) if renewal else Markup(),
    )  # fmt: skip


def _left(view: View, at: Any) -> str:
    days = days_until(at, view.info.to_at, view.info.zone)
    return "expired" if at < view.info.to_at else number(days)


def _certificate(row: Any, one: Stands) -> list[Markup]:
    """Return where a certificate is, and for whom where that does not say so."""
    found = None if is_missing(row.subject) else COMMON_NAME.search(str(row.subject))
    name = found[1] if found else "" if is_missing(row.subject) else str(row.subject)
    said = [quoted(row.source, 120)]
    said += [quiet(quoted(f"for {name}", 100))] if name and name not in str(row.source) else []
    return said + ([quoted(one.known)] if one.known else [])


def _not_renewed(view: View, hosts: Sequence[str]) -> str:
    """Return which of these servers' timers that renew certificates did not do their work."""
    frame = known(view, "timers")
    bad = frame[frame["state"].isin(list(BAD)) & frame["host"].isin(list(hosts))]
    said = []
    for row in plain(bad).itertuples(index=False):
        if RENEWERS.search(str(row.unit)):
            last = f", last run {on_day(view, row.last_at)}" if row.last_at is not None else ""
            said.append(f"{row.host}: {foreign(row.unit, 60)} {BAD[str(row.state)]}{last}.")
    return " ".join(said)


def systems(view: View) -> Markup:
    """Return the systems at their end of life, and when the next one comes to it."""
    frame = known(view, "lifecycle")
    groups = [
        {**group.iloc[0].to_dict(), "hosts": sorted(map(str, group["host"]), key=natural)}
        for _, group in frame.groupby(["os_name", "os_version"], dropna=False, sort=True)
    ]
    rows = plain(pd.DataFrame(groups, columns=[*frame.columns, "hosts"]).sort_values(
        "ends_at", kind="stable"))  # fmt: skip
    matter, left = divided(
        rows,
        (
            bool(_ending(view, row).kind) or row.state in ("ended", "extended", "unknown")
            for row in rows.itertuples(index=False)
        ),
    )
    cols = (
        Col("", 5, "m"), Col("System", 46), Col("Hosts", 14, "n"), Col("Supported until", 28, "n"),
        Col("Extended support until", 33, "n"), Col("On", 48, "p wide"),
    )  # fmt: skip

    def cells(row: Any) -> tuple[Any, ...]:
        one, name = _ending(view, row), _system(row)
        sign = mark("unread") if row.state == "unknown" and not one.kind else one.mark
        until = row.state if is_missing(row.ends_at) else _until(row.ends_at)
        on = ", ".join(filter(None, (listing(row.hosts, 3), one.known)))
        return (
            sign, host_of(one, name), len(row.hosts), until, _until(row.extended_ends_at), on
        )  # fmt: skip

    rest = good_ones(len(left), len(rows), "supported")
    ends = left[left["ends_at"].notna()]
    if len(ends):
        first = next(ends.itertuples(index=False))
        rest += f", {_system(first)} until {_until(first.ends_at)}, the others longer"
        rest = rest.removesuffix(", the others longer") if len(left) == 1 else rest
    return listed(
        view, "End of life", "lifecycle", matter, cols, cells, "system",
        "None at its end" if len(rows) else "Nothing known", rest,
    )  # fmt: skip


def _ending(view: View, row: Any) -> Stands:
    every = (stands(view, host, "end-of-life", _system(row)) for host in row.hosts)
    return next((one for one in every if one.kind), Stands())


def _system(row: Any) -> str:
    names = (str(one) for one in (row.os_name, row.os_version) if not is_missing(one))
    return foreign(" ".join(names), 60)


def _until(at: Any) -> str:
    """Return the day with which support ends, always with its year."""
    return "–" if is_missing(at) else day_month(last_day(at), with_year=True)


def host_of(one: Stands, host: Any) -> Any:
    return bold(host) if one.kind else host


def good_ones(count: int, every: int, said: str) -> str:
    """Return what is said of those that have no row: "11 more are good, …"."""
    if not count:
        return ""
    more = "" if count == every else " more"
    return f"{number(count)}{more} {verb(count, 'is')} {said}"


def on_day(view: View, at: Any) -> str:
    """Return a day, with its year where that is another one."""
    if is_missing(at):
        return "–"
    local = at.astimezone(view.info.zone)
    return day_month(local, with_year=local.year != view.info.report_date.year)
