"""Templates of one's own, in place of ours, file by file: `templates` in daily.yaml."""

from __future__ import annotations

from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent / "templates"
WORKBOOK = "report.xlsx"
TEXTS = ("index.html.j2", "mail.html.j2", "mail.txt.j2")  # each may include others
NAMES = (WORKBOOK, "report.css", *TEXTS)


def find(name: str, own: Path | None, ours: Path = TEMPLATES) -> Path:
    """Return a template's file: that in the folder of one's own if it is there, else ours."""
    mine = own / name if own else None
    return mine if mine and mine.is_file() else ours / name
