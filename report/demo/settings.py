"""The demo's params: fleet.yaml, daily.yaml and mail.yaml, without any server for mail."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from collectors import COLLECTORS
from report.demo.organisation import DOMAIN, NAME, ROLES, ZONE, Server
from report.demo.printing import PRINTERS
from report.demo.settings_of import options
from report.demo.story import Absence, Story

HEADS = {
    "fleet": (
        f"# The servers of {NAME}, which does not exist. `replay`: nothing here is ever reached."
    ),
    "daily": f"# The report of {NAME}, which does not exist.",
    "silences": "# What is known at the firm, and need not be told every day.",
    "mail": "# No server: what would be sent waits as mail.eml in the day's folder.",
}


# The archive is watched while much is free still, for shelves take months to come.
THRESHOLDS = {"storage": {"mounts": {"/srv/archive": {"disks": {"free_gib": 4096}}}}}


def write(folder: Path, story: Story) -> None:
    """Write the files."""
    folder.mkdir(mode=0o700, parents=True)
    contents = {
        "fleet": _fleet(story), "daily": _daily(), "mail": _mail(),
        "silences": {"silences": story.silences},
    }  # fmt: skip
    for name, data in contents.items():
        # A host on a line of its own; elsewhere a key.
        flow = None if name == "fleet" else False
        said = yaml.safe_dump(data, sort_keys=False, default_flow_style=flow, width=100)
        (folder / f"{name}.yaml").write_text(f"{HEADS[name]}\n\n{said}")


def labels(server: Server) -> dict[str, str]:
    """Return a server's labels."""
    return {"site": server.site}


def kept(server: Server, at: datetime, absence: Absence | None) -> dict[str, Any]:
    """Return what a replay knows of a server beside what it printed (`collectors.keeping`)."""
    return {
        "address": server.address,
        "groups": [server.role],
        "labels": labels(server),
        "collectors": _asked(server.role),
        "outcome": absence.outcome if absence else "ok",
        "cause": absence.cause if absence else "",
        "collected_at": at.isoformat(),
    }


def _fleet(story: Story) -> dict[str, Any]:
    there = story.present(story.last)
    limited = {"user": "report-reader"}  # of few rights, on the servers where little can be read
    return {
        "defaults": {"user": "root", "transport": "replay"},
        "groups": {
            role: ({"collectors": _asked(role)} if _asked(role) else {})
            | ({"thresholds": THRESHOLDS[role]} if role in THRESHOLDS else {})
            | ({"maintenance": story.windows[role]} if role in story.windows else {})
            | {
                "hosts": {
                    server.name: {"address": server.address, "labels": labels(server)}
                    | (limited if server.name in story.denied else {})
                    for server in there
                    if server.role == role
                }
            }
            for role in ROLES
        },
    }


def _asked(role: str) -> dict[str, Any]:
    """Return what collectors are told for a role, of those that there are."""
    names = {one.NAME for one in COLLECTORS}
    return {name: told for name, told in options(role).items() if name in names}


def _daily() -> dict[str, Any]:
    data: dict[str, Any] = {"organisation": NAME, "classification": "Internal", "time_zone": ZONE}
    # What has no printer here yet is not asked, rather than failing on every server.
    without = [one.NAME for one in COLLECTORS if one.NAME not in PRINTERS]
    if without:
        data["collect"] = {"without": without}
    return data


def _mail() -> dict[str, Any]:
    return {
        "sender": f"Daily Infrastructure Report <infra-report@{DOMAIN}>",
        "to": [f"operations@{DOMAIN}"],
        "subject": "{organisation}: {title} - {date}",
    }
