"""Whose report it is: colours, logo, footer, and a folder of one's own templates."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from collectors.errors import SettingsError
from report import pages
from report.branding import Branding, Colours, contrast
from report.loading import load_settings
from tests.report import days

TEMPLATES = Path(pages.__file__).parent / "templates"


def png(folder: Path) -> Path:
    """Write a picture of one blue pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0\x0b\x3d\x91")
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    path = folder / "logo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts)
    return path


def render(folder: Path, daily: dict[str, object], code: int = 0) -> str:
    (folder / "params").mkdir(exist_ok=True)
    (folder / "params/daily.yaml").write_text(yaml.safe_dump(daily))
    done = subprocess.run(
        [sys.executable, "-m", "report", "render", "--params", str(folder / "params"),
         "--output", str(folder / "output")],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stderr


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#ffffff") == pytest.approx(1)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast("#ffffff", "#767676") == contrast("#767676")
    assert contrast("#0000ff", "#ffff00") == pytest.approx(8.0, abs=0.01)


@pytest.mark.parametrize(
    ("colour", "said"),
    [("#cccccc", "a contrast of 1.6 on white"), ("blue", "would be like '#0b3d91'"),
     ("#0b3d91;}", "would be like")],
)  # fmt: skip
def test_a_colour_that_cannot_be_read_is_refused(colour: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Colours(accent=colour)


def test_name_logo_colours_and_footer_stand_in_the_report(tmp_path: Path) -> None:
    own = Branding(logo=png(tmp_path), colours=Colours(accent="#0b3d91"), footer="Room 3.14")
    days.save_day(tmp_path / "output", "one", branding=own.shown(tmp_path), organisation="Ours")
    render(tmp_path, {})
    html = (tmp_path / "output/2026-11-23/report.html").read_text()
    assert '<img class="logo" alt="Ours" src="data:image/png;base64,' in html
    assert "color:#0b3d91;border-color:#0b3d91" in html
    assert "Internal · Room 3.14" in html
    assert b"Internal =C2=B7 Room 3.14" in (tmp_path / "output/2026-11-23/mail.eml").read_bytes()
    if shutil.which("pdftotext"):
        pdf = tmp_path / "output/2026-11-23/report.pdf"
        said = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True,
                              check=True).stdout  # fmt: skip
        assert "Internal · Room 3.14" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"<svg onload='x'>", "is no PNG and no JPEG"), (b"\xff\xd8\xff" + b"x" * 64_000, "larger")],
)
def test_a_logo_that_is_none_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "logo").write_bytes(content)
    (tmp_path / "daily.yaml").write_text(f"branding: {{logo: {tmp_path}/logo}}")
    with pytest.raises(SettingsError, match=said):
        load_settings(tmp_path, tmp_path, with_fleet=False)


class TestOwnTemplates:
    def test_they_take_the_place_of_ours_file_by_file(self, tmp_path: Path) -> None:
        own = tmp_path / "own"
        own.mkdir()
        css = (TEMPLATES / "infra/report.css").read_text()
        (own / "report.css").write_text(css + "\n.infra h1 { color: #004400 }")
        mail = (TEMPLATES / "mail.txt.j2").read_text()
        (own / "mail.txt.j2").write_text("From the night watch\n\n" + mail)
        page = (TEMPLATES / "infra/index.html.j2").read_text()
        (own / "index.html.j2").write_text(page.replace("</main>", "<p>Ours</p></main>"))
        days.save_day(tmp_path / "output", "one")
        render(tmp_path, {"templates": str(own)})
        html = (tmp_path / "output/2026-11-23/report.html").read_text()
        assert "color: #004400" in html
        assert "<p>Ours</p>" in html
        assert b"From the night watch" in (tmp_path / "output/2026-11-23/mail.eml").read_bytes()

    def test_a_faulty_one_is_named_and_the_mail_is_made_all_the_same(self, tmp_path: Path) -> None:
        own = tmp_path / "own"
        own.mkdir()
        (own / "mail.html.j2").write_text("<p>{{ nothing_of_that_name }}</p>")
        (own / "index.html.j2").write_text("one\n{% if %}")
        days.save_day(tmp_path / "output", "one")
        said = render(tmp_path, {"templates": str(own)}, code=4)
        assert "the template index.html.j2, line 2, is faulty" in said
        assert "the template mail.html.j2 is faulty" in said
        folder = tmp_path / "output/2026-11-23"
        assert b"web01" in (folder / "mail.eml").read_bytes()
        assert not (folder / "report.html").exists()

    def test_a_folder_that_is_none_is_refused(self, tmp_path: Path) -> None:
        said = render(tmp_path, {"templates": "/nowhere"}, code=2)
        assert "templates: /nowhere is no folder" in said
