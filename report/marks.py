"""The marks and bars, as inline SVG: their shape alone tells the state, also in black and white."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

INK, GREY, MID, HAIR, TINT = "#1a1a1a", "#595959", "#8a8a8a", "#cfcdc8", "#f3f1ec"
RED = "#a81e0b"

# Drawn in a box of 8 × 8. currentColor would do on the screen; PlutoPrint wants the colour.
SHAPES = {
    "critical": Markup('<path d="M.6 .6h6.8v6.8H.6z" fill="#a81e0b"/>'),
    "warning": Markup(
        '<path d="M4 .9L7.5 7.1H.5z" fill="none" stroke="#1a1a1a" stroke-width="1.1"/>'
    ),
    "unread": Markup('<path d="M.4 3.1h7.2v1.8H.4z" fill="#1a1a1a"/>'),
    "planned": Markup('<path d="M4 .5L7.5 4L4 7.5L.5 4z" fill="none" stroke="#1a1a1a"/>'),
    "good": Markup(
        '<circle cx="4" cy="4" r="2.9" fill="none" stroke="#595959" stroke-width=".9"/>'
    ),
}
OF_STATE = {
    "down": "critical",
    "degraded": "warning",
    "maintenance": "planned",
    "unknown": "unread",
    "up": "good",
}


def mark(kind: str, size: float = 7, alt: str = "") -> Markup:
    """Return the mark of a severity or a state; nothing for an unknown one or none."""
    kind = OF_STATE.get(kind, kind)
    if kind not in SHAPES:
        return Markup()
    return Markup(
        '<svg class="mark" width="{s}pt" height="{s}pt" viewBox="0 0 8 8" role="img" '
        'aria-label="{alt}">{inner}</svg>'
    ).format(s=size, alt=alt or kind, inner=SHAPES[kind])


def state(name: str) -> Markup:
    """Return a state's mark with its word behind it."""
    return mark(name) + Markup(" {}").format(name)


def spark(values: Sequence[float | None], alt: str) -> Markup:
    """Return a line of the last days with a dot on today; nothing of fewer than three."""
    known = [(x, value) for x, value in enumerate(values) if value is not None]
    if len(known) < 3 or known[-1][0] != len(values) - 1:
        return Markup()
    low, high = min(v for _, v in known), max(v for _, v in known)
    span = (high - low) or 1.0
    at = [(60 * x / (len(values) - 1), 10 - 8 * (v - low) / span if high > low else 6)
          for x, v in known]  # fmt: skip
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
    x, y = at[-1]
    return Markup(
        '<svg class="spark" width="46pt" height="9pt" viewBox="-1 0 64 12" role="img" '
        'aria-label="{}"><path d="M{}" fill="none" stroke="{}" stroke-width="1"/>'
        '<circle cx="{:.1f}" cy="{:.1f}" r="1.6" fill="{}"/></svg>'
    ).format(alt, path, MID, x, y, INK)


def bar(percent: float | None, limit: float | None = None, kind: str = "") -> Markup:
    """Return a bar from 0 to 100 %, with a tick at its limit; nothing without a percentage."""
    if percent is None:
        return Markup()
    width = max(0.0, min(100.0, float(percent)))
    colour = RED if kind == "critical" else MID
    tick = Markup('<path d="M{:.1f} 0v9" stroke="{}"/>').format(limit, INK) if limit else Markup()
    return Markup(
        '<svg class="bar" viewBox="0 0 100 9" preserveAspectRatio="none" role="img" '
        'aria-label="{:.0f} %"><path d="M0 2h100v5H0z" fill="{}"/>'
        '<path d="M0 2h{:.1f}v5H0z" fill="{}"/>{}</svg>'
    ).format(width, TINT, width, colour, tick)
