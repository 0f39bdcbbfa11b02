"""The mail's bodies, read again as a mail program reads them: text, and HTML with its tags off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser

from report import mailbody
from report.contract import Summary
from report.selfcheck.figures import bare, changed, differing, lost, missing, worth
from report.selfcheck.screen import UNSEEN, VOID
from report.statement import statement

BODIES = {"plain": "text", "html": "HTML"}


def faults(message: EmailMessage, summary: Summary) -> list[str]:
    """Return what in a message's bodies is not as the snapshot has it.

    Headline, lead, the number that matters, key figures, and as many critical findings as a
    body has room for: our templates have them, and one of a site's own may change or drop one.
    How figures changed, and the warnings: all or none, for a template may go without them.
    """
    return [fault for kind in BODIES for fault in _body(message, kind, summary)]


def _body(message: EmailMessage, kind: str, summary: Summary) -> Iterator[str]:
    part = message.get_body((kind,))
    if part is None:
        yield f"it has no {BODIES[kind]}"
        return
    said = str(part.get_content())
    shown = _Shown(said).text if kind == "html" else said
    mailed = _as_mailed(summary)
    for fault in (*missing(shown, mailed), *_findings(shown, summary), *_changes(shown, mailed)):
        yield f"in its {BODIES[kind]} {fault}"


def _as_mailed(summary: Summary) -> Summary:
    headline, lead = (mailbody.text(one) for one in (summary.headline, summary.lead))
    figures = (statement(summary).figure, *summary.figures)
    return replace(summary, headline=headline, lead=lead, figures=figures)


def _findings(shown: str, summary: Summary) -> Iterator[str]:
    (_, critical), (_, warnings) = mailbody.chosen(summary)
    told = [mailbody.text(row.said) for row in warnings]
    lacking = lost(bare(shown), [("a warning", said) for said in told])
    yield from lost(
        bare(shown), [("a critical finding", mailbody.text(row.said)) for row in critical]
    )
    yield from lacking if len(lacking) < len(told) else ()


def _changes(shown: str, mailed: Summary) -> Iterator[str]:
    """Yield how changes differ, which stand behind a figure or behind its note."""
    known = [one for one in mailed.figures if changed(one)]
    faults = []
    for one in known:
        short, noted = (one.label, one.value + one.unit), (one.note, changed(one))
        orders = ((*short, changed(one)), (*short, *noted))
        faults += differing(shown, one, orders, f"{worth(one)}, {changed(one)}")
    yield from faults if len(faults) < len(known) else ()


class _Shown(HTMLParser):
    """The text of a page that is seen, a gap where a tag stands."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self._open: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += "\n"
        if tag not in VOID:
            style = (dict(attrs).get("style") or "").replace(" ", "")
            hidden = self._hidden or tag in UNSEEN or "display:none" in style
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        self.text += "\n"
        while self._open and tag not in VOID and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data

    @property
    def _hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]
