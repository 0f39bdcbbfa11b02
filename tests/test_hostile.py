"""What a server or a user name says is data, everywhere: one day of hostile texts through all."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import openpyxl
import pytest

from report import store
from tests.sites import Site, text_of

# What each is meant to do, and what must never be seen of it having done so.
TEXTS = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "template": "{{7*7}}{%raw%}",
    "maths": "$x^2$ $$y$$ \\(z\\)",
    "markdown": "[click](javascript:alert(1)) **bold** `code`",
    "formula": '=HYPERLINK("http://evil.example","x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)",
    "ansi": "\x1b[31mred\x1b[2J\x1b]0;title\x07",
    "rich": "[red]x[/red] [link=file:///etc/passwd]y[/link] [/]",
    "bidi": "evil\u202egnp.exe",
    "zero": "zero\u200bwidth",
    "astral": "𝔘𝔫𝔦 😀",
    "quote": '"\' onmouseover=alert(1) x="',
    "shell": "$(touch /tmp/infra-report-pwned) `id`; rm -rf x",
    "header": "x\r\nBcc: evil@example.org",
    "from": "root from 10.9.9.9 port 22 ssh2",
    "latin": b"caf\xe9".decode("utf-8", "surrogateescape"),
    "path": "../../etc/passwd",
}


SHOWN = (
    "script",
    "image",
    "template",
    "maths",
    "markdown",
    "formula",
    "ansi",
    "rich",
    "bidi",
    "from",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A day of this machine, in whose log every text is a user's name, a failed and a let in one."""
    folder = tmp_path_factory.mktemp("hostile")
    site = Site(folder / "site")
    stamp = subprocess.check_output(["date", "-Iseconds"], text=True).strip()
    lines = []
    for number, (key, text) in enumerate(TEXTS.items()):
        head = f"{stamp} web01 sshd[{100 + number}]: "
        name = text.replace("\r\n", "#015#012")  # as syslog daemons write line breaks
        refused = f"Failed password for invalid user {name} from 192.0.2.{number} port 5{number:03} ssh2\n"
        let_in = f"Accepted password for {name} from 198.51.100.7 port 6{number:03} ssh2\n"
        # The pages show ten names: these are tried most.
        often = 3 if key == "template" else 2 if key in SHOWN else 1
        lines += [head + refused] * often + [f"{head[:-3]}0]: {let_in}"]
    log = folder / "auth.log"
    log.write_bytes("".join(lines).encode("utf-8", "surrogateescape") + b"NUL \0 here\n")
    site.write("daily", {"collectors": {"logins": {"paths": [str(log)]}},
                         "thresholds": {"failed_logins": {"warning": 1, "critical": 2}}})  # fmt: skip
    site.terminal = site.run("daily")  # type: ignore[attr-defined]
    return site


def test_every_text_came_through_as_a_name_and_forged_nothing(site: Site) -> None:
    logins = store.load(site.output).frames["logins"]
    failed = logins[logins["result"] == "failed"]
    assert failed["count"].sum() == len(TEXTS) + len(SHOWN) + 1
    assert len(logins[logins["result"] == "accepted"]) == len(TEXTS)
    assert set(failed["source_ip"]) == {f"192.0.2.{n}" for n in range(len(TEXTS))}
    assert "10.9.9.9" not in set(logins["source_ip"])
    names = set(failed["user"])
    for key in ("script", "template", "formula", "rich", "bidi", "astral", "from", "path"):
        assert TEXTS[key] in names
    assert not Path("/tmp/infra-report-pwned").exists()


def test_the_terminal_and_the_log_stay_one_line_a_line(site: Site) -> None:
    log = (site.day / "run.log").read_text()
    for said in (site.terminal, log):  # type: ignore[attr-defined]
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said)


def test_pages_hold_no_markup_of_theirs(site: Site) -> None:
    html = (site.day / "report.html").read_text()
    lower = html.lower()
    assert "<script" not in lower
    assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", lower)
    assert not re.search(r"<[^>]*\son[a-z]+=", lower)
    assert 'href="javascript' not in lower
    assert not re.search(r'(?:src|href)="(?!#|data:)', lower)
    assert "49" not in re.findall(r"\{\{7\*7\}\}|49\{", html)
    assert "{{7*7}}" in html
    assert "\u202e" not in html
    assert "\x1b" not in html
    assert "Content-Security-Policy" in html
    text = text_of(site.day / "report.pdf")
    assert "{{7*7}}" in text
    assert "alert(1)" in text
    assert not re.search(r"[\x00-\x08\x0e-\x1f\u202e]", text)


def test_notebook_outputs_are_not_typeset(site: Site) -> None:
    notebook = json.loads((site.day / "report.ipynb").read_text())
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            html = "".join(output.get("data", {}).get("text/html", ()))
            assert not html or "mathjax_ignore" in html
            assert "\x1b" not in "".join(output.get("data", {}).get("text/plain", ()))


def test_the_workbook_has_no_formula_of_theirs(site: Site) -> None:
    book = openpyxl.load_workbook(site.day / "report.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    ours = re.compile(
        r"=(SUM|COUNTIFS?)\((t|summary_t)_[a-z_]+\[[A-Za-z]+\]"
        r'(,"[A-Za-z]+")?(,summary_t_[a-z_]+\[[A-Za-z]+\],"<>")?\)'
    )
    for cell in cells:
        if cell.data_type == "f":
            assert cell.parent.title == "Summary" and ours.fullmatch(cell.value)
        if cell.hyperlink:  # it leads to a sheet of this file
            assert cell.hyperlink.target is None
            sheet = re.fullmatch(r"'([^']+)'!A\d+", cell.hyperlink.location)
            assert sheet and sheet[1] in book.sheetnames
    values = {cell.value for cell in cells}
    for key in ("formula", "plus", "at", "minus", "script"):
        assert TEXTS[key] in values
    with zipfile.ZipFile(site.day / "report.xlsx") as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name) or name == "xl/worksheets/sheet1.xml"
            assert b'TargetMode="External"' not in archive.read(name)
            assert not name.startswith("xl/externalLinks")


def test_the_mail_has_the_headers_it_should_have(site: Site) -> None:
    raw = (site.day / "mail.eml").read_bytes()
    mail = message_from_bytes(raw, policy=default)
    assert mail["Bcc"] is None
    assert re.fullmatch(r"Daily Infrastructure Report - \d{4}-\d\d-\d\d", mail["Subject"])
    html = mail.get_body(("html",))
    plain = mail.get_body(("plain",))
    assert html is not None and plain is not None
    assert "<script" not in html.get_content().lower()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", plain.get_content().replace("\r\n", "\n"))
    assert all(len(line) <= 998 for line in raw.splitlines())


@pytest.mark.parametrize("kind", ["table", "csv", "json"])
def test_show_prints_data(site: Site, kind: str) -> None:
    done = subprocess.run(
        site.command("show", "this-machine", "logins", "--format", kind),
        capture_output=True, env=site.environment,
    )  # fmt: skip
    text = done.stdout.decode()
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", text)
    if kind == "json":
        names = {row["user"] for row in json.loads(text)}
        assert {TEXTS["bidi"], TEXTS["ansi"]} <= names
    if kind == "csv":
        assert not re.search(r'(?m)(^|,)"?[=@+]', text)
    if kind == "table":
        assert "[red]x[/red]" in text


def test_raw_output_is_kept_as_it_was_printed(site: Site) -> None:
    kept = gzip.decompress((site.day / "raw" / "this-machine.txt.gz").read_bytes())
    assert b"caf\xe9" in kept


def test_libreoffice_opens_the_workbook(site: Site, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs soffice (libreoffice-calc)")
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "csv",
         "--outdir", str(tmp_path), str(site.day / "report.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    # LibreOffice writes CSV in the encoding of the locale, whatever that is here.
    said = (tmp_path / "report.csv").read_text(errors="replace")
    assert "Daily Infrastructure Report" in said


def test_the_page_runs_nothing_in_a_browser(site: Site, tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("needs chromium")
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-sync", "--no-first-run", f"--user-data-dir={tmp_path}/profile", "--dump-dom",
         f"file://{site.day}/report.html"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "alert(1)" in done.stdout
    assert "<script" not in done.stdout.lower()
    assert sys.platform != "linux" or done.returncode == 0
