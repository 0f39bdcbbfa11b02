"""The command line `infra-report`. What a verb imports is paid by that verb alone."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from report.options import parser

if TYPE_CHECKING:
    from report.console import Console
    from report.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser(RUNS).parse_args(given)
    options.command = given
    os.umask(0o077)
    _open_closed()
    signal.signal(signal.SIGTERM, _terminated)
    from collectors.errors import InfraReportError
    from report.console import Console

    console = Console(options.quiet, options.debug)
    try:
        return int(options.run(options, console))
    except InfraReportError as error:
        if options.debug:
            traceback.print_exc()
        console.fail(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        console.fail("interrupted; what was complete before is as it was")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:
        if options.debug:
            traceback.print_exc()
        console.fail(
            f"this is a fault of infra-report itself: {type(error).__name__}: {error} "
            "(--debug shows where)"
        )
        return 1


def _open_closed() -> None:
    """Open what of the three standard files is closed, or the next file would take its place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _terminated(number: int, _: object) -> NoReturn:
    """End as on Ctrl-C, so that what a run started is ended with it."""
    raise SystemExit(128 + number)


def _settings(options: argparse.Namespace, console: Console, with_fleet: bool = True) -> Settings:
    from collectors.errors import SettingsError
    from report.loading import copy_examples, load_settings, output_folder, params_folder
    from report.lock import check_free

    folder = params_folder(options.params)
    if folder.is_dir():
        for path in copy_examples(folder):
            console.stage(f"made {path} from its example")
    try:
        return load_settings(
            options.params, options.output, options.fleet, options.set, options.limit, with_fleet
        )
    except SettingsError:
        check_free(output_folder(options.output))  # 75 comes before 2
        raise


def _daily(options: argparse.Namespace, console: Console) -> int:
    from report.run import daily, is_to_collect

    settings = _settings(options, console, with_fleet=options.date is None)
    if options.date is not None and is_to_collect(settings, options.date):
        settings = _settings(options, console)
    return daily(settings, options, console)


def _collect(options: argparse.Namespace, console: Console) -> int:
    from report.run import collect

    return collect(_settings(options, console, not options.replay), options, console)


def _render(options: argparse.Namespace, console: Console) -> int:
    from report.run import render

    return render(_settings(options, console, with_fleet=False), options, console)


def _send(options: argparse.Namespace, console: Console) -> int:
    from report.run import send

    return send(_settings(options, console, with_fleet=False), options, console)


def _show(options: argparse.Namespace, console: Console) -> int:
    from report.live import show

    return show(_settings(options, console), options)


def _hosts(options: argparse.Namespace, console: Console) -> int:
    from report.live import hosts

    return hosts(_settings(options, console), options)


def _trust(options: argparse.Namespace, console: Console) -> int:
    from report.live import trust

    return trust(_settings(options, console), options, console)


def _check(options: argparse.Namespace, console: Console) -> int:
    from report.checks import check

    return check(options, console, _settings)


def _columns(_: argparse.Namespace, __: Console) -> int:
    from report.live import columns

    return columns()


def _backtest(options: argparse.Namespace, console: Console) -> int:
    from report.backtest import backtest

    return backtest(_settings(options, console, with_fleet=options.raised), options, console)


def _demo(options: argparse.Namespace, console: Console) -> int:
    from report.demo.writing import demo

    return demo(options, console)


RUNS = {
    "backtest": _backtest,
    "check": _check,
    "collect": _collect,
    "columns": _columns,
    "daily": _daily,
    "demo": _demo,
    "hosts": _hosts,
    "render": _render,
    "send": _send,
    "show": _show,
    "trust": _trust,
}


if __name__ == "__main__":
    sys.exit(main())
