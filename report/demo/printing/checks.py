"""checks: what the plug-ins that the settings name say of web servers and caches."""

from __future__ import annotations

import json

from report.demo.settings_of import CHECKS
from report.demo.visit import Visit, section


def printed(visit: Visit) -> str:
    """Return what the probe of `checks` prints."""
    said = ""
    for number, name in enumerate(CHECKS.get(visit.server.role, {}), 1):
        said += f"check{number}|{json.dumps({'name': name, 'kind': 'nagios'})}\n"
        text, status = _said(visit, name)
        said += section(f"out{number}", text, status) + f"end{number}|0 0 10\n"
    return said + section("now", f"{visit.now.timestamp():.0f}")


def _said(visit: Visit, name: str) -> tuple[str, int]:
    dice = visit.dice(name)
    if visit.story.state(visit.server.name, f"check {name}", visit.day) is not None:
        text = (
            "HTTP CRITICAL: HTTP/1.1 503 Service Unavailable - 312 bytes in 10.002 second response"
        )
        return f"{text} time |time=10.002s;1.000;2.000;0.000 size=312B;;;0", 2
    took = dice.uniform(0.004, 0.09)
    if name == "http":
        text = f"HTTP OK: HTTP/1.1 200 OK - 5123 bytes in {took:.3f} second response time"
        return f"{text} |time={took:.3f}s;1.000;2.000;0.000 size=5123B;;;0", 0
    clients = dice.randint(40, 220)
    return f"REDIS OK - {clients} clients |clients={clients};800;1000;0; used={took:.3f}s", 0
