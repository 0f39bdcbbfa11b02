"""Imports run one way: report → collectors → pandas; fabric stands in one file alone."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FUNCTION = 50


def modules(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert len(found) > 10
    return found


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def top(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def test_collectors_know_nothing_of_reports() -> None:
    for path in modules("collectors"):
        assert "report" not in top(imported(path)), path


def test_fabric_stands_in_one_file() -> None:
    users = [path for path in modules("collectors") + modules("report")
             if "fabric" in top(imported(path))]  # fmt: skip
    assert [path.relative_to(ROOT).as_posix() for path in users] == ["collectors/transports/ssh.py"]


def test_what_looks_at_a_day_talks_to_no_server() -> None:
    live = {"collection.py", "checks.py", "live.py", "console.py", "run.py", "replaying.py"}
    for path in modules("report"):
        names = imported(path)
        if path.name not in live:
            assert not {
                n
                for n in names
                if n.startswith(("collectors.gather", "collectors.asking", "collectors.transports"))
            }, path


def test_the_report_notebook_imports_report_only() -> None:
    import nbformat

    notebook = nbformat.read(ROOT / "notebooks/daily_report.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    names = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert top(names) == {"report"}


def test_no_function_is_longer_than_a_screen() -> None:
    for path in modules("collectors") + modules("report"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno
                assert length < LONGEST_FUNCTION, f"{path}:{node.lineno} {node.name}"


def test_nothing_but_test_code_accepts_unknown_host_keys() -> None:
    for path in modules("collectors") + modules("report"):
        text = path.read_text()
        assert "AutoAddPolicy" not in text and "WarningPolicy" not in text, path
