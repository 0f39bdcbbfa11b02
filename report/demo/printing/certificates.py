"""certificates: those in the usual places, of web servers and at the edge."""

from __future__ import annotations

from collectors.certificates import USUAL
from report.demo import certificates
from report.demo.organisation import DOMAIN
from report.demo.visit import Visit, section


def printed(visit: Visit) -> str:
    """Return what the probe of `certificates` prints."""
    lines: list[str] = []
    own = certificates.GLOBS.get(visit.server.role, "")
    for pattern in USUAL:
        if pattern == own:
            lines += [f"file {path(visit.server.name, pattern)}", *_pem(visit).splitlines()]
        else:
            lines.append(f"none {pattern}")
    said = section("now", f"{visit.now.timestamp():.0f}") + "ask1|files\n"
    return said + section("out1", lines) + "end1|0 0 10\n"


def path(host: str, pattern: str) -> str:
    """Return where a host's certificate lies."""
    return pattern.replace("*", f"{host}.{DOMAIN}")


def _pem(visit: Visit) -> str:
    host = visit.server.name
    old = visit.story.state(host, "certificate", visit.day)
    return certificates.pem(host, old or certificates.begins(host, visit.day))
