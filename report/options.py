"""The command line's words: commands, options, and what they take."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from report import __version__

DEMO_ENDS = date(2026, 11, 23)
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


def parser(runs: Mapping[str, Callable[..., int]]) -> argparse.ArgumentParser:
    """Return the command line's parser; `runs` has the function of each command."""
    common = _common()
    root = argparse.ArgumentParser(
        prog="infra-report",
        description="The Daily Infrastructure Report: reads servers, and reports on them.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    root.add_argument("--version", action="version", version=f"infra-report {__version__}")
    verbs = root.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def verb(name: str, what: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(
            name,
            help=what,
            description=f"{what[:1].upper()}{what[1:]}.",
            parents=[common],
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        added.set_defaults(run=runs[name], limit="")
        return added

    _add_verbs(verb)
    return root


def _add_verbs(verb: Callable[[str, str], argparse.ArgumentParser]) -> None:
    daily = verb("daily", "collect, render and mail the day's report")
    _add_date(daily, "render that past day from its snapshot (sent only with --send)")
    send = daily.add_mutually_exclusive_group()
    send.add_argument("--send", action="store_true", default=None, dest="send", help="send it")
    send.add_argument("--no-send", action="store_false", default=None, dest="send", help="do not")
    _add_sending(daily)
    _add_parameters(daily)
    _add_limit(daily)

    collect = verb("collect", "read the servers and save the day's snapshot")
    which = collect.add_mutually_exclusive_group()
    _add_date(which, "fill what is absent in that past day's snapshot")
    which.add_argument(
        "--replay",
        type=Path,
        metavar="DIR",
        help="ask no server: make the snapshot of output/<date>/raw again",
    )
    _add_limit(collect)

    render = verb("render", "make the documents of a day's snapshot")
    _add_date(render, "the day (otherwise the latest)")
    _add_parameters(render)

    sending = verb("send", "deliver what waits, or one day's report")
    _add_date(sending, "that day's report")
    _add_sending(sending)

    show = verb("show", "ask one host with one collector, now, and print the rows")
    show.add_argument("host", metavar="HOST", help="a host of the fleet")
    show.add_argument("collector", metavar="COLLECTOR", help="one of `infra-report columns`")
    show.add_argument("--since", metavar="T", help="ISO 8601 time, or like 24h or 7d (default 24h)")
    show.add_argument("--until", metavar="T", help="the same (default: now)")
    _add_format(show)

    hosts = verb("hosts", "print every host's settings, and where each value comes from")
    _add_limit(hosts)
    _add_format(hosts)

    trust = verb("trust", "show a host's key, and accept it into params/known_hosts")
    trust.add_argument("host", metavar="HOST", help="a host of the fleet, or a name ssh knows")
    trust.add_argument("--fingerprint", metavar="SHA256:…", help="accept exactly that key, unasked")

    check = verb("check", "say what would hinder a run")
    _add_limit(check)
    verb("columns", "print the frames' columns with dtype, unit and meaning")
    _add_backtest(verb("backtest", "hold the forecasts of past days against what came of them"))
    _add_demo(verb("demo", "write a fictional organisation's settings and days, to look at"))


def _add_backtest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--days", type=int, default=180, metavar="N", help="how far back (default 180)"
    )
    parser.add_argument(
        "--raised",
        action="store_true",
        help="instead: what the thresholds of now, or of --set, would have raised on each day, by "
        "kind as critical+warnings, and what was told then",
    )
    _add_format(parser)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="empty, or not there yet")
    parser.add_argument("--hosts", type=int, default=60, metavar="N", help="servers (default 60)")
    parser.add_argument("--days", type=int, default=90, metavar="N", help="days (default 90)")
    parser.add_argument(
        "--seed", type=int, default=7, metavar="N", help="the same gives the same (default 7)"
    )
    parser.add_argument(
        "--until",
        type=_date,
        default=DEMO_ENDS,
        metavar="YYYY-MM-DD",
        help=f"the last day, and the worst (default {DEMO_ENDS})",
    )


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


def _date(text: str) -> date:
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

    from collectors.config import parse_yaml

    name, equals, value = text.partition("=")
    if not (equals and name.isidentifier()):
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME=VALUE")
    if name in OPTIONS_OF_THEIR_OWN:
        raise argparse.ArgumentTypeError(f"{name} is given as {OPTIONS_OF_THEIR_OWN[name]}")
    try:
        return name, parse_yaml(value)
    except yaml.YAMLError as error:
        why = getattr(error, "problem", "") or ""
        wrong = why if "; " in why else "the value is not YAML"
        raise argparse.ArgumentTypeError(f"{name}: {wrong}") from None
