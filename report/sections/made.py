"""How the report was made, so that it can be made again."""

from __future__ import annotations

from markupsafe import Markup

from report.markup import Col, Page, block, facts, halves, section, table
from report.reading import View, rows_of
from report.sections import NAMES, flows, nth
from report.thresholds import DaysLeft, Limit
from report.words import listing, number, period, plural, readable, span

WORDS = (
    ("Up", "answered, and nothing it runs has failed."),
    ("Degraded", "answered, and something has."),
    ("Down", "nobody answers there."),
    ("Unknown", "it could not be asked, or refused: neither good nor bad."),
    ("Read", "at least one collector came back whole; “in part” when another did not."),
    ("–", "not known. It never stands for 0."),
)


def page(view: View) -> Page:
    """Return the section."""
    info = view.info
    again = f"infra-report daily --date {info.report_date} --no-send"
    command = Markup(
        '<p class="cmd"><code>{}</code> makes these pages again, with the same figures.</p>'
    ).format(again)
    parts = [
        halves(_from(view) + command, _limits(view) + _words()),
        _score(view),
        Markup('<footer class="screen quiet">{}</footer>').format(readable(info.foot)),
    ]
    seconds = (info.finished_at - info.started_at).total_seconds()
    said = f"{plural(len(view.hosts), 'server')}, asked within {span(seconds)}."
    return section("made", nth(view, "made"), NAMES["made"], said, parts, flows(view, "made"))


def _from(view: View) -> Markup:
    info = view.info
    start, end = (at.astimezone(info.zone) for at in (info.started_at, info.finished_at))
    rows = [
        ("Program", f"infra-report {info.version}, schema {info.schema_version}"),
        ("Period", period(info.from_at, info.to_at, info.zone, info.time_zone)),
        ("In UTC", f"{info.from_at:%Y-%m-%d %H:%M}Z to {info.to_at:%Y-%m-%d %H:%M}Z"),
        ("Collected", f"{start:%H:%M:%S} to {end:%H:%M:%S}"),
        ("Servers from", _path(info.fleet)),
        *([("Names", f"without {readable(view.left_out, 60)}")] if view.left_out else []),
        ("Groups", listing(view.groups) if view.groups else "all"),
        ("Sections", ", ".join(info.sections)),
        ("Snapshot", _path(f"{view.folder}/data")),
    ]  # fmt: skip
    return block("Made from", "", facts(rows))


def _path(path: str) -> Markup:
    return Markup('<span class="path">{}</span>').format(readable(path, 90))


def _limits(view: View) -> Markup:
    limits = view.info.thresholds
    failed = limits.failed_logins
    rows = [
        ("Disk used, %", number(limits.disks.warning), number(limits.disks.critical)),
        ("Inodes used, %", number(limits.inodes.warning), number(limits.inodes.critical)),
        ("Failed logins of a host", number(failed.warning), number(failed.critical)),
        ("Memory used, %", number(limits.memory.warning), number(limits.memory.critical)),
        ("Clock off, s", *(number(one) for one in _pair(limits.clock_seconds))),
        ("Days until full", *(number(one) for one in _pair(limits.full_in_days))),
        ("Days of a certificate", *(number(one) for one in _pair(limits.certificate_days))),
        ("Servers read, at least %", number(view.info.coverage_minimum_percent), "–"),
    ]  # fmt: skip
    cols = (Col("", 48), Col("Warning", 18, "n"), Col("Critical", 18, "n"))
    return block("Limits in force", "at or above", table(cols, rows))


def _pair(limit: Limit | DaysLeft) -> tuple[float, float]:
    return limit.warning, limit.critical


def _score(view: View) -> Markup:
    """Return how far the forecasts of earlier days can be trusted."""
    rows = list(rows_of(view, "score"))
    if not rows:
        return Markup()
    cols = (
        Col("Days ahead", 24, "n"), Col("Judged", 22, "n"), Col("Came true, %", 26, "n"),
        Col("Off, %", 20, "n"), Col("A line, %", 22, "n"), Col("As then, %", 24, "n"),
    )  # fmt: skip
    cells = [
        (row.days_ahead, row.forecasts, number(row.held_percent), number(row.off_percent, 2),
         number(row.line_off_percent, 2), number(row.same_off_percent, 2))
        for row in rows
    ]  # fmt: skip
    said = "80 % are meant to come true within their range; medians, of a disk's size"
    return block("Forecasts of earlier days", said, table(cols, cells))


def _words() -> Markup:
    said = Markup(" ").join(
        Markup("<b>{}</b>: {}").format(word, meaning) for word, meaning in WORDS
    )
    return block("Words", "", Markup('<p class="note">{}</p>').format(said))
