"""``touchstone monitor report`` and ``explain``: what was decided, and why it changed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from engine.cli.command import OK, PROBLEM, USAGE
from engine.cli.progress import progress
from engine.cli.shared import add_place, add_processes, add_window, day, processes_of, settings_of
from engine.monitor.cells import Metric
from engine.monitor.observation import DIMENSIONS
from engine.monitor.sentences import amounts, sentences
from engine.monitor.stability import Thresholds
from engine.settings import Storage
from engine.simulate.sources import StoredDecisions
from engine.watch.figures import Figures, Scope, between, unit_of, window_figures
from engine.watch.report_html import explanation_page, page
from engine.watch.report_text import as_json, explained, print_explanation, print_report
from engine.watch.shelf import Shelf
from engine.watch.why import Compared, why
from engine.watch.windows import Counts, count_window, window

if TYPE_CHECKING:
    from engine.cli.command import Area

_WIDTH = 120
_Window = tuple[date | None, date | None]


def add(area: Area) -> None:
    """Add ``monitor report`` and ``monitor explain``."""
    report = area.add_parser("report", help="scores, lines and decisions of a window")
    _common(report)
    report.add_argument("--against", type=_window, help="SINCE..UNTIL: an earlier window")
    report.add_argument(
        "--by", action="append", choices=DIMENSIONS, default=[], help="all figures for each value"
    )
    report.add_argument("--watch-psi", type=float, default=Thresholds().watch)
    report.add_argument("--drift-psi", type=float, default=Thresholds().drift)
    report.add_argument("--p-value", type=float, default=Thresholds().p_value)
    report.set_defaults(run=_report)
    explain = area.add_parser("explain", help="why a figure changed between two windows")
    _common(explain)
    explain.add_argument(
        "--against", type=_window, required=True, help="SINCE..UNTIL: the earlier window"
    )
    explain.add_argument(
        "--metric", choices=[metric.value for metric in Metric], default=Metric.APPROVAL.value
    )
    explain.add_argument("--language", choices=("en", "zh"), default="en")
    explain.add_argument("--seed", type=int, default=1, help="of the samples")
    explain.set_defaults(run=_explain)


def _common(parser: argparse.ArgumentParser) -> None:
    add_place(parser)
    add_window(parser)
    parser.add_argument(
        "--only",
        type=_only,
        action="append",
        default=[],
        metavar="DIMENSION=VALUE",
        help="only these, such as channel=mobile",
    )
    add_processes(parser)
    parser.add_argument("--format", choices=("text", "json", "html"), default="text")
    parser.add_argument("--output", type=Path, help="write it to this file")


def _window(text: str) -> _Window:
    since, dots, until = text.partition("..")
    if not dots:
        raise argparse.ArgumentTypeError("must be two days such as 2026-01-01..2026-01-31")
    return day(since) if since else None, day(until) if until else None


def _only(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or name not in DIMENSIONS:
        raise argparse.ArgumentTypeError(
            f"must be DIMENSION=VALUE; dimensions: {', '.join(DIMENSIONS)}"
        )
    return name, value


def _problem(options: argparse.Namespace) -> str:
    if options.output is not None and not options.output.parent.is_dir():
        return f"--output: there is no directory {options.output.parent}"
    if options.since and options.until and options.since >= options.until:
        return "--since must be before --until"
    earlier = options.against or (None, None)
    if earlier[0] and earlier[1] and earlier[0] >= earlier[1]:
        return "--against: the first day must be before the last"
    return ""


def _report(options: argparse.Namespace) -> int:
    problem = _problem(options)
    if problem:
        print(problem, file=sys.stderr)
        return USAGE
    shelf = Shelf(_storage(options).data_dir / "policies")
    scope = Scope(
        cards=shelf,
        thresholds=Thresholds(
            watch=options.watch_psi, drift=options.drift_psi, p_value=options.p_value
        ),
    )
    try:
        own = (options.since, options.until)
        counts = _counted(options, own, options.by)
        earlier = None if options.against is None else _counted(options, options.against, [])
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return PROBLEM
    found: Figures = {
        "window": _named(own),
        "figures": window_figures(counts, scope),
        "against": None,
        "between": [],
        "thresholds": asdict(scope.thresholds),
    }
    if earlier is not None:
        found["against"] = {
            "window": _named(options.against),
            "figures": window_figures(earlier, scope),
        }
        found["between"] = between(earlier, counts, scope)
    if options.format == "text":
        return _print(options, lambda console: print_report(found, console))
    return _write(options, as_json(found) if options.format == "json" else page(found))


def _explain(options: argparse.Namespace) -> int:
    problem = _problem(options)
    if problem:
        print(problem, file=sys.stderr)
        return USAGE
    windows = (options.against, (options.since, options.until))
    try:
        compared = Compared(
            sources=(_source(options, windows[0]), _source(options, windows[1])),
            counts=(_counted(options, windows[0], []), _counted(options, windows[1], [])),
            seed=options.seed,
        )
        shelf = Shelf(_storage(options).data_dir / "policies")
        found = why(Metric(options.metric), compared, shelf)
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return PROBLEM
    unit = unit_of(compared.counts[1].whole)
    told = explained(
        found,
        {"en": sentences(found, "en", unit), "zh": sentences(found, "zh", unit)},
        amounts(found, unit),
    )
    told["windows"] = [_named(one) for one in windows]
    if options.format == "text":
        return _print(options, lambda c: print_explanation(told, options.language, c))
    if options.format == "json":
        return _write(options, as_json(told))
    title = f"{options.metric}: {told['windows'][0]} against {told['windows'][1]}"
    return _write(options, explanation_page(told, title))


def _storage(options: argparse.Namespace) -> Storage:
    return settings_of(options).storage


def _source(options: argparse.Namespace, days: _Window) -> StoredDecisions:
    storage = _storage(options)
    return window(storage.data_dir, storage.keys_path, days[0], days[1], options.only)


def _counted(options: argparse.Namespace, days: _Window, by: list[str]) -> Counts:
    started = time.perf_counter()
    with progress(f"counting {_named(days)}, parts") as told:
        found = count_window(
            _source(options, days),
            by,
            processes=processes_of(options),
            progress=told,
        )
    took = time.perf_counter() - started
    print(
        f"{found.whole.n:,} applications in {took:.1f} s, {found.whole.n / took:,.0f} /s",
        file=sys.stderr,
    )
    return found


def _named(days: _Window) -> str:
    return f"{days[0] or 'the beginning'}..{days[1] or 'now'}"


def _print(options: argparse.Namespace, show: Callable[[Console], None]) -> int:
    # Values come from requests: nothing in them is markup.
    if options.output is None:
        show(Console(width=None if sys.stdout.isatty() else _WIDTH, markup=False, highlight=False))
        return OK
    with options.output.open("w", encoding="utf-8") as file:
        show(Console(file=file, width=_WIDTH, markup=False, highlight=False))
    return OK


def _write(options: argparse.Namespace, text: str) -> int:
    if options.output is None:
        print(text)
    else:
        options.output.write_text(text + "\n", encoding="utf-8")
    return OK
