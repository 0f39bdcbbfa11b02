"""What all tests share. Under CI=true a test that was left out is a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

IN_CI = os.environ.get("CI") == "true"
# In this order, before all others: a long file that begins last keeps one processor waiting.
LONGEST = (
    "test_run_daily.py",
    "test_truth.py",
    "test_promises.py",
    "test_chain.py",
    "test_notebooks.py",
    "test_editions.py",
    "test_cli.py",
    "test_stopped.py",
    "test_pages.py",
)


def pytest_configure() -> None:
    """Leave out settings from outside, before what is made for a whole file is made."""
    for variable in ("INFRA_REPORT_PARAMS", "INFRA_REPORT_OUTPUT", "TZ"):
        os.environ.pop(variable, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    report: pytest.TestReport = yield  # type: ignore[misc]
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"left out, which CI=true makes a failure: {why}"
    return report  # type: ignore[return-value]
