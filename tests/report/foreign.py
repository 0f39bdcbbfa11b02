"""Days with other names: very long ones, such of foreign scripts, and hosts with their domain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from report.store import Day
from tests.report.fleets import TO, info_of, typed
from tests.report.worn import worn

LABEL = "rechnungspruefungsarchivierungsdienst-produktion-rechenzentrum"
LONG = f"{LABEL}.{'unterabteilung-fuer-grundsatzfragen.' * 3}example.org"
SCRIPTS = (
    "数据库服务器的主要备份存储", "الخادم-الاحتياطي-الرئيسي", "резервное-хранилище-основное",
    "ฐานข้อมูลสำรองหลักของบริษัท", "मुख्यसर्वरबैकअप", "αποθήκη-εφεδρικών", "ĞÜŞİÖÇığüşiöç",
    "e\u0301\u0302\u0303\u0304 zalgo", "👩‍👩‍👧‍👦🇳🇱", "ＷＩＤＥ", "ß" * 90, "W" * 180,
)  # fmt: skip
# What a collector chooses from a list of its own stays as it is.
OURS = {
    "collector", "outcome", "state", "result", "service", "method", "kind", "system_state", "labels",
    "last_stop", "time_zone", "os_family", "fs_type", "manager", "source_ip", "virtualisation",
    "boot_id", "severity", "place", "level",
}  # fmt: skip


def foreign() -> Day:
    """Return the day of seven worn servers, with other names for everything."""
    day = worn()
    hosts = {
        name: f"{name}-{'x' * 200 if name == 'gone01' else LONG}"[: 200 - nth * 9]
        for nth, name in enumerate(day.frames["hosts"].host)
    }
    frames = {name: _renamed(frame, hosts) for name, frame in day.frames.items()}
    logins = _logins([*hosts.values()][:3])
    words = {"organisation": SCRIPTS[0] * 3, "title": f"{SCRIPTS[2]} {SCRIPTS[10]}"[:90]}
    info = info_of(sections=day.info.sections, classification=SCRIPTS[1], **words)
    return replace(day, info=info, frames={**frames, "logins": logins})


def qualified(day: Day) -> Day:
    """Return a day whose hosts are listed with their domain."""
    frames = {
        name: frame.assign(host=(frame["host"] + ".example.org").astype(frame["host"].dtype))
        for name, frame in day.frames.items()
    }
    return replace(day, frames=frames)


def _renamed(frame: Any, hosts: dict[str, str]) -> Any:
    """Return a frame with every text that comes from a server in another script, and longer."""
    changed = {"host": frame["host"].map(hosts).astype(frame["host"].dtype)}
    for column in frame.columns:
        if str(frame[column].dtype) == "string" and column not in {"host", *OURS}:
            texts = frame[column].astype(object).where(frame[column].notna(), None)
            other = [_other(one, nth) if one else one for nth, one in enumerate(texts)]
            changed[column] = pd.Series(other, frame.index, "string")
    return frame.assign(**changed)


def _other(text: str, nth: int) -> str:
    script = SCRIPTS[nth % len(SCRIPTS)]
    return f"{text}/{script}" if text.startswith("/") else f"{script} {text}"


def _logins(hosts: list[str]) -> Any:
    rows = [
        {"host": host, "at": TO - timedelta(minutes=7 * nth + 1), "at_ambiguous": False,
         "result": result, "user": script, "source_ip": source, "service": "sshd",
         "method": "password", "key": None, "count": 90, "target_user": None}
        for host in hosts
        for nth, script in enumerate(SCRIPTS)
        for result in ("accepted", "failed")
        for source in (f"2001:db8:{nth}:ffff:ffff:ffff:ffff:ffff", f"{script}.example.org")
    ]  # fmt: skip
    return typed("logins", rows)
