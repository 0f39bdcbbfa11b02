"""The command line `infra-report`. What a verb imports is paid by that verb alone."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from report import __version__

if TYPE_CHECKING:
    from report.console import Console
    from report.settings import Settings

OPTIONS_OF_THEIR_OWN = {"report_date": "--date", "output_dir": "--output"}
EXIT_CODES = """\
exit codes, the first that applies:
  75  another run holds the output directory
   2  settings or usage
   6  no snapshot for that day
   1  our fault, or the output cannot be written
   4  a document could not be made
   5  the mail was not delivered, or not to everybody
   3  fewer servers were read than coverage.minimum_percent
   0  all is well
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(given)
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


def _parser() -> argparse.ArgumentParser:
    common = _common()
    parser = argparse.ArgumentParser(
        prog="infra-report",
        description="The Daily Infrastructure Report: reads servers, and reports on them.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"infra-report {__version__}")
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def verb(name: str, run: Any, what: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(
            name,
            help=what,
            description=f"{what[:1].upper()}{what[1:]}.",
            parents=[common],
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        added.set_defaults(run=run, limit="")
        return added

    _add_verbs(verb)
    return parser


def _add_verbs(verb: Callable[[str, Any, str], argparse.ArgumentParser]) -> None:
    daily = verb("daily", _daily, "collect, render and mail the day's report")
    _add_date(daily, "render that past day from its snapshot (sent only with --send)")
    send = daily.add_mutually_exclusive_group()
    send.add_argument("--send", action="store_true", default=None, dest="send", help="send it")
    send.add_argument("--no-send", action="store_false", default=None, dest="send", help="do not")
    _add_sending(daily)
    _add_parameters(daily)
    _add_limit(daily)

    collect = verb("collect", _collect, "read the servers and save the day's snapshot")
    which = collect.add_mutually_exclusive_group()
    _add_date(which, "fill what is absent in that past day's snapshot")
    which.add_argument(
        "--replay",
        type=Path,
        metavar="DIR",
        help="ask no server: make the snapshot of output/<date>/raw again",
    )
    _add_limit(collect)

    render = verb("render", _render, "make the documents of a day's snapshot")
    _add_date(render, "the day (otherwise the latest)")
    _add_parameters(render)

    sending = verb("send", _send, "deliver what waits, or one day's report")
    _add_date(sending, "that day's report")
    _add_sending(sending)

    show = verb("show", _show, "ask one host with one collector, now, and print the rows")
    show.add_argument("host", metavar="HOST", help="a host of the fleet")
    show.add_argument("collector", metavar="COLLECTOR", help="servers, uptime, disks, logins")
    show.add_argument("--since", metavar="T", help="ISO 8601 time, or like 24h or 7d (default 24h)")
    show.add_argument("--until", metavar="T", help="the same (default: now)")
    _add_format(show)

    hosts = verb("hosts", _hosts, "print every host's settings, and where each value comes from")
    _add_limit(hosts)
    _add_format(hosts)

    trust = verb("trust", _trust, "show a host's key, and accept it into params/known_hosts")
    trust.add_argument("host", metavar="HOST", help="a host of the fleet, or a name ssh knows")
    trust.add_argument("--fingerprint", metavar="SHA256:…", help="accept exactly that key, unasked")

    check = verb("check", _check, "say what would hinder a run")
    _add_limit(check)
    verb("columns", _columns, "print the frames' columns with dtype, unit and meaning")


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    group = common.add_argument_group("common options")
    group.add_argument(
        "--params", type=Path, metavar="DIR", help="the settings (INFRA_REPORT_PARAMS; params/)"
    )
    group.add_argument(
        "--output", type=Path, metavar="DIR", help="the day folders (INFRA_REPORT_OUTPUT; output/)"
    )
    group.add_argument(
        "--fleet",
        type=Path,
        metavar="FILE",
        help="a fleet.yaml, ansible-inventory JSON, or a program that prints it",
    )
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FILE.KEY=VALUE",
        help="override, like daily.thresholds.disks.critical=95",
    )
    group.add_argument("-q", "--quiet", action="store_true", help="print nothing unless it fails")
    group.add_argument("--debug", action="store_true", help="say more, and show tracebacks")
    group.add_argument("--version", action="version", version=f"infra-report {__version__}")
    return common


def _add_date(parser: argparse._ActionsContainer, what: str) -> None:
    parser.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help=what)


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("table", "json", "csv"), default="table")


def _add_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--limit",
        default="",
        metavar="PATTERN",
        help="only hosts or groups that match, like 'web*,db01'",
    )


def _add_sending(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to",
        default=None,
        type=_address,
        metavar="ADDR",
        help="send to that address alone, and note nothing",
    )
    parser.add_argument("--resend", action="store_true", help="send although it was delivered")


def _add_parameters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-p",
        action="append",
        default=[],
        dest="parameters",
        metavar="NAME=VALUE",
        type=_parameter,
        help="a notebook parameter, like 'groups=[web, db]'",
    )


def _date(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date like 2026-11-23") from None


def _address(text: str) -> str:
    from report.settings import check_address

    try:
        return check_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parameter(text: str) -> tuple[str, Any]:
    import yaml

    name, equals, value = text.partition("=")
    if not (equals and name.isidentifier()):
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME=VALUE")
    if name in OPTIONS_OF_THEIR_OWN:
        raise argparse.ArgumentTypeError(f"{name} is given as {OPTIONS_OF_THEIR_OWN[name]}")
    try:
        return name, yaml.safe_load(value)
    except yaml.YAMLError:
        raise argparse.ArgumentTypeError(f"{name}: the value is not YAML") from None


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


if __name__ == "__main__":
    sys.exit(main())
