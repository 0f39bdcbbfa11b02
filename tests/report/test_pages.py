"""The pages: what the notebook calls, what they show, and that data stays data."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from report import pages
from report.errors import NoSnapshot
from report.exporters import InfraHTMLExporter
from report.markup import Page, prose
from report.pdf import make_pdf
from report.reading import view
from report.sections import order
from report.sections.today import css_string
from report.settings import ROOT
from tests.report import days

CALLS = (
    "today",
    "servers",
    "disks",
    "logins",
    "uptime",
    "health",
    "upkeep",
    "access",
    "trends",
    "coverage",
    "made",
)
CSS = pages.CSS.read_text()


class Reader(HTMLParser):
    """Collects elements, and checks that they are closed in order."""

    VOID = ("img", "col", "path", "circle", "rect", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.words: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        known = dict(attrs)
        assert not [name for name in known if name.startswith("on")]
        self.ids += [known["id"] or ""] if "id" in known else []
        self.links += [known["href"] or ""] if "href" in known else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data
            self.words.update(data.split())


def drawn(name: str) -> str:
    day = days.DAYS[name]()
    return "\n".join(getattr(pages, call)(day)._repr_html_() for call in CALLS)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert not reader.open
    return reader


@pytest.mark.parametrize("name", list(days.DAYS))
def test_pages_are_well_formed_and_links_lead_somewhere(name: str) -> None:
    reader = read(drawn(name))
    shown = order(view(days.DAYS[name]()))
    assert [one for one in reader.ids if not one.startswith("f-")] == shown
    assert len(set(reader.ids)) == len(reader.ids)
    assert all(link.removeprefix("#") in reader.ids for link in reader.links)
    assert not {"script", "iframe", "object", "link", "form"} & set(reader.seen)
    assert not re.search(r"\b(nan|NaN|NaT|None|<NA>)\b(?! of| on|\.)", reader.text)


@pytest.mark.parametrize("name", list(days.DAYS))
def test_every_table_has_a_width_for_each_column(name: str) -> None:
    for table in re.findall(r"<table.*?</table>", drawn(name), re.S):
        widths = [float(one) for one in re.findall(r'<col style="width:([\d.]+)%">', table)]
        assert sum(widths) == pytest.approx(100, abs=0.1)
        for row in re.findall(r"<tr>.*?</tr>", table, re.S):
            assert len(re.findall(r"<t[dh]", row)) == len(widths)


def test_the_worst_day_is_told() -> None:
    text = read(drawn("worst")).text
    for said in (
        "Root came in by password on app03, three servers are down",
        "db03", "limit 95 %", "no route to them",
        "No permission: not in group systemd-journal", "/mnt/nfs", "51 in full",
        "10 of 201 filesystems; the rest is in the workbook",
        "infra-report daily --date 2026-11-23 --no-send", "output/2026-11-23/data",
        "Sun 22 Nov 06:00 to Mon 23 Nov 06:00, Europe/Amsterdam",
    ):  # fmt: skip
        assert said in text, said


def test_a_thousand_hosts_are_cut_and_say_so() -> None:
    text = read(drawn("big")).text
    assert re.search(r"\d+ more\s*[\d,]+ [a-z].*→\s*Disks", text)
    assert re.search(r"30 of \d+ filesystems at a critical limit; \d+ more in the workbook", text)


def test_nobody_answered_is_not_known_rather_than_none() -> None:
    text = read(drawn("nobody")).text
    assert "None of 60 servers could be read: their names cannot be resolved." in text
    assert text.count("Nothing is known") == 4
    assert "None." not in text


def test_data_stays_data() -> None:
    html = drawn("hostile")
    reader = read(html)
    assert "<script" not in html.lower()
    assert "<script>alert(1)</script>" in reader.text
    assert "{{7*7}}" in reader.text
    assert r"evil\u202egnp.exe" in reader.text
    assert r"\x1b[31mred\x1b[0m" in reader.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", html)
    shown = order(view(days.hostile()))
    assert html.count('class="infra tex2jax_ignore mathjax_ignore"') == len(shown)


def test_css_strings_hold_no_character_that_ends_them() -> None:
    said = css_string('a"} </style> \\ b\n')
    assert re.fullmatch(r'"[A-Za-z0-9,.:/–\\-]*"', said)
    assert css_string("Ab 1") == '"Ab\\0000201"'


def test_sentences_show_commands_as_code_and_escape_the_rest() -> None:
    assert prose("run `a <b>` at 94 % now") == (
        'run <code class="nb">a &lt;b&gt;</code> at <span class="nb">94 %</span> now'
    )
    assert prose("one ` alone") == "one ` alone"


def test_outside_of_jupyter_a_page_is_one_line() -> None:
    page = pages.servers(days.good())
    assert repr(page) == "Servers: All 60 servers are up."
    assert repr(Page(page.html, "a\x1b[31m\nb")) == r"a\x1b[31m\x0ab"


def test_only_the_first_section_behind_page_1_begins_a_page() -> None:
    assert drawn("one").count('class="page flow"') == 6
    assert re.findall(r'class="page" id="(\w+)"', drawn("good")) == ["servers"]
    assert drawn("good").count('class="page flow"') == 5


def test_a_table_goes_on_overleaf_and_a_chart_does_not() -> None:
    html = drawn("worst")
    assert '<div class="block long"><h3 class="head">Collectors' in html
    assert '<div class="block"><h3 class="head">By hour' in html


def test_sections_left_out_show_nothing() -> None:
    day = days.good()
    info = day.info.model_copy(update={"sections": ["disks"]})
    day = type(day)(day.folder, info, day.frames)
    assert pages.servers(day)._repr_html_() == ""
    text = read(pages.today(day)._repr_html_()).text
    assert "2 Disks" in text
    assert "Uptime" not in text


def test_names_are_shown_without_a_domain_where_that_tells_them_apart() -> None:
    made = days.Fleet()
    days.ordinary(made, {"web": ["web1.a.org", "web2.a.org"]}, {"web2.a.org"})
    made.unread("web2.a.org", "unreachable", days.no_route("web2.a.org"), "down")
    day = made.day()
    text = read(pages.today(day)._repr_html_()).text
    assert "web2 is down." in text
    assert "no route to web2.a.org" in text
    assert "without .a.org" in read(pages.made(day)._repr_html_()).text
    assert day.frames["hosts"]["host"].iloc[0] == "web1.a.org"
    twins = days.Fleet()
    days.ordinary(twins, {"web": ["web1.a.org", "web1.b.org"]}, set())
    assert "web1.b.org" in read(pages.uptime(twins.day())._repr_html_()).text


def test_a_day_from_before_a_collector_came() -> None:
    day = days.good()
    outcomes = day.frames["outcomes"]
    frames = {name: frame for name, frame in day.frames.items() if name != "logins"}
    frames["outcomes"] = outcomes[outcomes["collector"] != "logins"]
    day = type(day)(day.folder, day.info, frames)
    assert "Nothing is known" in repr(pages.logins(day))
    assert "Logins failed–no server read" in read(pages.today(day)._repr_html_()).text


def test_open_day(tmp_path: Path) -> None:
    days.save_day(tmp_path, "worst")
    latest = pages.open_day(output_dir=str(tmp_path))
    assert latest.date == days.DATE
    web = pages.open_day("2026-11-23", ["web", "db"], str(tmp_path))
    assert len(web.hosts) == 23
    assert {name[:2] for frame in web.frames.values() for name in frame["host"]} == {"we", "db"}
    assert "Groups: web and db only." in read(pages.today(web)._repr_html_()).text


def test_open_day_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days.save_day(tmp_path, "local")
    monkeypatch.setenv("INFRA_REPORT_OUTPUT", str(tmp_path))
    assert pages.open_day().hosts == ["this-machine"]


def test_parameters_that_do_not_fit(tmp_path: Path) -> None:
    days.save_day(tmp_path, "good")
    with pytest.raises(TypeError, match=r"groups is 'web'; it would be a list"):
        pages.open_day(groups="web", output_dir=str(tmp_path))
    with pytest.raises(ValueError, match="no group 'wbe'; there are app, cache, db, edge"):
        pages.open_day(groups=["wbe"], output_dir=str(tmp_path))
    with pytest.raises(ValueError, match="report_date is 'monday'"):
        pages.open_day("monday", output_dir=str(tmp_path))
    with pytest.raises(NoSnapshot, match="no snapshot of 2026-01-01; there are 2026-11-23"):
        pages.open_day("2026-01-01", output_dir=str(tmp_path))


def test_a_missing_day_is_one_sentence_in_jupyter(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot) as caught:
        pages.open_day(output_dir=str(tmp_path))
    shell = InteractiveShell()
    shown: list[str] = []
    shell._showtraceback = lambda etype, value, lines: shown.extend(lines)
    shell.showtraceback((caught.type, caught.value, caught.tb))
    assert shown == [f"no day has been collected yet in {tmp_path}: run `infra-report daily`"]


def test_looks_change_nothing_else_in_jupyter() -> None:
    css = re.sub(r"/\*.*?\*/", "", pages.looks()._repr_html_(), flags=re.S)
    css = css[css.index("<style>") + 7 : css.index("</style>")]
    assert "@page" not in css
    for selectors in re.findall(r"([^{}]+)\{", re.sub(r"@media[^{]*\{", "", css)):
        for selector in selectors.split(","):
            assert selector.strip().startswith((".infra", "body.report")), selector


def test_css_uses_nothing_that_the_engine_lacks() -> None:
    rules = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)
    for word in ("grid", "calc(", "min(", "gradient", "ellipsis", "font-variant-numeric", "url("):
        assert word not in rules, word
    assert "font-variant-ligatures: none" in rules
    assert min(float(size) for size in re.findall(r"([\d.]+)pt \"IBM", rules)) >= 7
    assert min(float(size) for size in re.findall(r"font-size: ([\d.]+)pt", rules)) >= 7.5


NOTEBOOK = ROOT / "notebooks" / "daily_report.ipynb"


def test_the_notebook_is_short_and_has_no_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[0].metadata.tags == ["parameters"]
    assert all(len(cell.source.splitlines()) <= 12 for cell in code)
    assert not [cell.id for cell in code if cell.outputs or cell.execution_count]
    source = "\n".join(cell.source for cell in code)
    assert not re.search(r"\b(def|class|for|while)\b", source)
    assert set(re.findall(r"^(?:from|import) (\w+)", source, re.M)) == {"report"}
    assert re.findall(r"^pages\.(\w+)\(day\)$", source, re.M) == list(CALLS)
    assert all("screen-only" in c.metadata.tags for c in notebook.cells if c.cell_type != "code")


def test_the_template_shows_outputs_and_no_code() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    made = {
        "looks": nbformat.v4.new_output("execute_result", data={"text/html": "<p>L</p>"}),
        "today": nbformat.v4.new_output(
            "execute_result", data={"text/html": "<p>today's</p>", "text/plain": "plain"}
        ),
        "disks": nbformat.v4.new_output("execute_result", data={"text/plain": "<b>plain"}),
        "logins": nbformat.v4.new_output("stream", name="stdout", text="said <i>"),
        "uptime": nbformat.v4.new_output("error", ename="KeyError", evalue="<u>", traceback=[]),
    }
    for cell in notebook.cells:
        if cell.id in made:
            cell.outputs = [made[cell.id]]
    notebook.cells.append(nbformat.v4.new_markdown_cell("An *own* remark <script>x</script>"))
    html = InfraHTMLExporter().from_notebook_node(notebook)[0]
    assert "<p>today's</p>" in html
    assert "&lt;b&gt;plain" in html
    assert "said &lt;i&gt;" in html
    assert "KeyError: &lt;u&gt;" in html
    assert "An <em>own</em> remark" in html
    assert "<p>L</p>" not in html
    assert "pages.today" not in html
    assert "<script" not in html
    assert "default-src 'none'" in html
    assert not re.search(r"(?:src|href)=\"(?!data:|#)|url\((?!data:)", html)


@pytest.mark.parametrize(("name", "most"), [("worst", 6), ("one", 3), ("local", 2), ("big", 7)])
def test_on_paper_nothing_is_lost(name: str, most: int, tmp_path: Path) -> None:
    if not (pdftotext := shutil.which("pdftotext")):
        pytest.skip("pdftotext is not installed")
    notebook = nbformat.v4.new_notebook()
    day = days.DAYS[name]()
    for call in CALLS:
        data = {"text/html": getattr(pages, call)(day)._repr_html_()}
        cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data)])
        notebook.cells.append(cell)
    exporter = InfraHTMLExporter()
    exporter.for_pdf = True
    html = exporter.from_notebook_node(notebook)[0]
    (tmp_path / "report.pdf").write_bytes(make_pdf(html, 60, 2048))  # refuses what is too wide
    run = [pdftotext, str(tmp_path / "report.pdf"), "-"]
    text = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    sheets = text.split("\f")[:-1]
    assert len(sheets) <= most
    assert all(f"Page {n} of {len(sheets)}" in sheet for n, sheet in enumerate(sheets, 1))
    assert all("Internal" in sheet and len(sheet.split()) > 60 for sheet in sheets)
    body = re.sub(r'<(header|footer) class="screen.*?</\1>|<nav>.*?</nav>', "", html, flags=re.S)
    shown = set(text.split())
    wanted = read(body[body.index("<main>") : body.index("</main>")] + "</main>").words
    assert not {word for word in wanted if word not in shown and word not in "".join(text.split())}


def test_what_collectors_add_stands_under_coverage() -> None:
    said = read(pages.coverage(days.worst())._repr_html_()).text
    assert "Noted" in said
    assert "edge01 and edge02logins312 connections named no user, from 41 addresses" in said
    before = days.good()
    before.frames["outcomes"] = before.frames["outcomes"].drop(columns="note")  # type: ignore[index]
    assert "Noted" not in pages.coverage(before)._repr_html_()


def test_failed_units_say_since_when_and_what_they_said_last() -> None:
    said = read(pages.servers(days.worst())._repr_html_()).text
    assert (
        "app12app degraded21 Novbackup.service failedbackup.service: borg: Connection closed by"
        in said
    )


def test_a_reboot_says_how_the_run_before_it_ended() -> None:
    said = read(pages.uptime(days.worst())._repr_html_()).text
    assert re.search(r"cache02[^<]*?crashed", said)
    assert re.search(r"app03[^<]*?clean shutdown", said)
