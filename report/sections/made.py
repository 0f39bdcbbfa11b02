"""How the report was made, so that it can be made again."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from report.again import command, fingerprint
from report.markup import Col, Page, block, facts, halves, note, section, table
from report.reading import View, rows_of
from report.sections import NAMES, flows, nth
from report.thresholds import DaysLeft, Limit
from report.words import listing, number, period, readable, size, span

WORDS = (
    ("Up", "answered, and no service has failed; there may be findings all the same."),
    ("Degraded", "answered, but a service has failed."),
    ("Down", "nobody answers there."),
    ("Unknown", "it could not be asked, or refused: neither good nor bad."),
    ("Read", "at least one collector came back whole; “in part” when another did not."),
    ("–", "not known. It never stands for 0."),
)
MEANT, WITHIN = 80, 5  # % of forecasts that come true within their range


def page(view: View) -> Page:
    """Return the section."""
    info = view.info
    again = Markup(
        '<p class="cmd"><code>{}</code> makes these pages again, with the same figures.</p>'
    ).format(command(view, {"groups": list(view.groups)} if view.groups else {}))
    parts = [
        halves(_from(view, again), _limits(view)) + _words(view),
        _score(view),
        Markup('<footer class="screen quiet">{}</footer>').format(readable(info.foot)),
    ]
    seconds = (info.finished_at - info.started_at).total_seconds()
    said = f"{_read(view)} {span(seconds)}."
    return section("made", nth(view, "made"), NAMES["made"], said, parts, flows(view, "made"))


def _read(view: View) -> str:
    """Return how many servers were read, to be followed by how long it took."""
    listed, read = len(view.hosts), len(view.answered)
    if listed < 2 or not read:
        return "Asked within"
    of = f"All {number(read)}" if read == listed else f"{number(read)} of {number(listed)}"
    return f"{of} servers read within"


def _from(view: View, again: Markup) -> Markup:
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
        ("Snapshot", _path(f"{view.folder.parent.name}/{view.folder.name}/data")),
        *([("Its SHA-256", _path(hashed))] if (hashed := fingerprint(view)) else []),
    ]  # fmt: skip
    return block("Made from", "", facts(rows), again)


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
        ("Full, days left", *(number(one) for one in _pair(limits.full_in_days))),
        ("Certificate, days left", *(number(one) for one in _pair(limits.certificate_days))),
        ("End of support, days left", number(limits.end_of_life_days), "over"),
        ("Servers read, at least %", number(view.info.coverage_minimum_percent), "–"),
    ]  # fmt: skip
    cols = (Col("", 48), Col("Warning", 18, "n"), Col("Critical", 18, "n"))
    return block("Limits in force", "at or above; days left: at or below", table(cols, rows))


def _besides(view: View) -> str:
    """Return what the table of limits does not hold."""
    free = view.info.thresholds.disks.free_gib
    said = "" if free is None else (
        f"a disk with {size(free * 1024**3)} or more free is no finding, however full; "
    )  # fmt: skip
    said += (
        "a failed service, a security update or a restart that waits is a warning without a limit. "
        "Load, memory and failed logins are also held against the weeks before."
    )
    told = any(one.thresholds for one in view.info.scopes.values())
    if told or view.info.thresholds.mounts:
        said += " Some servers or mounts have limits of their own."
    return said


def _pair(limit: Limit | DaysLeft) -> tuple[float, float]:
    return limit.warning, limit.critical


def _score(view: View) -> Markup:
    """Return how far the forecasts of earlier days can be trusted."""
    rows = list(rows_of(view, "score"))
    if not rows:
        return Markup()
    cols = (
        Col("Days ahead", 20, "n"), Col("Forecasts", 22, "n"), Col("In their range, %", 30, "n"),
        Col("Forecast off, %", 26, "n"), Col("Straight line off, %", 34, "n"),
        Col("“As it was” off, %", 32, "n"),
    )  # fmt: skip
    cells = [
        (row.days_ahead, row.forecasts, number(row.held_percent),
         *map(_off, (row.off_percent, row.line_off_percent, row.same_off_percent)))
        for row in rows
    ]  # fmt: skip
    held = [float(row.held_percent) for row in rows]
    how = note(
        "Off: the median error in % of a disk’s size, of the forecast, of a straight line through "
        "the week before, and of “as it was”. Disks that hardly ever move are not judged."
    )
    return block("Forecasts of earlier days", _trust(held), table(cols, cells), how)


def _off(share: float | None) -> str:
    """Return a small error so that it does not look like none."""
    return "under 0.01" if share is not None and 0 < share < 0.01 else number(share, 2)


def _trust(held: Sequence[float]) -> str:
    """Return in words whether as many came true as are meant to."""
    if min(held) >= MEANT - WITHIN and max(held) <= MEANT + WITHIN:
        return f"As many came true within their range as are meant to: about {MEANT} %"
    low, high = number(min(held)), number(max(held))
    span = f"{low} %" if low == high else f"{low} to {high} %"
    if min(held) >= MEANT - WITHIN:
        why = "the ranges are wider than need be"
    elif max(held) <= MEANT + WITHIN:
        why = "the ranges are too narrow, do not lean on them"
    else:
        why = "the ranges are uneven"
    return f"{span} came true within their range, {MEANT} % are meant to: {why}"


def _words(view: View) -> Markup:
    every = (("Limits", _besides(view)), *WORDS)
    said = Markup(" ").join(
        Markup("<b>{}</b>: {}").format(word, meaning) for word, meaning in every
    )
    return block("Words", "", Markup('<p class="note">{}</p>').format(said))
